"""Where links are used, as the apps above report it."""

from uuid import UUID, uuid4

import pytest

from orchestrator.links import api as links
from orchestrator.links.models import Use

ARRIVAL, SPA = UUID(int=1), UUID(int=2)


def report(user, draft=(), live=()):
    links.report_uses(used_by="experience", used_by_uuid=user, draft=draft, live=live)


def states(uuid):
    uses = links.uses_of(kind="link", uuids=[uuid]).get(str(uuid), [])
    return {UUID(use.uuid): (use.in_draft, use.in_live) for use in uses}


def test_draft_and_live_are_told_apart(db):
    both, draft, live = uuid4(), uuid4(), uuid4()
    report(ARRIVAL, draft=[("link", both), ("link", draft)], live=[("link", both), ("link", live)])
    assert states(both) == {ARRIVAL: (True, True)}
    assert states(draft) == {ARRIVAL: (True, False)}
    assert states(live) == {ARRIVAL: (False, True)}


def test_a_report_replaces_the_one_before_and_leaves_other_users_alone(db):
    old, new = uuid4(), uuid4()
    report(SPA, live=[("link", old)])
    report(ARRIVAL, draft=[("link", old)], live=[("link", old)])
    report(ARRIVAL, draft=[("link", new)], live=[("link", old)])
    assert states(old) == {ARRIVAL: (False, True), SPA: (False, True)}
    assert states(new) == {ARRIVAL: (True, False)}
    report(ARRIVAL)
    assert states(old) == {SPA: (False, True)}


def test_the_same_report_writes_nothing(db, django_assert_max_num_queries):
    uses = [("link", uuid4()) for _ in range(30)]
    report(ARRIVAL, draft=uses, live=uses)
    before = list(Use.objects.order_by("pk").values())
    with django_assert_max_num_queries(4) as queries:
        report(ARRIVAL, draft=uses, live=uses)
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]
    assert list(Use.objects.order_by("pk").values()) == before


def test_a_big_report_takes_few_queries(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        report(ARRIVAL, draft=[("link", uuid4()) for _ in range(100)])


def test_an_item_that_is_there_twice_is_one_use(db):
    link = uuid4()
    report(ARRIVAL, draft=[("link", link), ("link", str(link))])
    assert Use.objects.count() == 1


def test_kinds_are_apart(db):
    same = uuid4()
    report(ARRIVAL, draft=[("link", same), ("collection", same)])
    assert set(links.uses_of(kind="collection", uuids=[same])) == {str(same)}
    assert Use.objects.count() == 2


def test_an_unknown_kind_is_refused_and_changes_nothing(db):
    link = uuid4()
    report(ARRIVAL, draft=[("link", link)])
    with pytest.raises(ValueError, match="page"):
        report(ARRIVAL, draft=[("page", link)])
    assert states(link) == {ARRIVAL: (True, False)}


def test_what_is_deleted_uses_nothing(db):
    link = uuid4()
    report(ARRIVAL, draft=[("link", link)])
    links.forget_uses(used_by="experience", used_by_uuid=ARRIVAL)
    assert links.uses_of(kind="link", uuids=[link]) == {}


def test_users_have_names_live_ones_first(db):
    first, second, third, link = uuid4(), uuid4(), uuid4(), uuid4()
    titles = {first: "B draft", second: "C live", third: "A draft"}
    links.describe_users(
        "leaflet", lambda uuids: {uuid: links.Named(titles[uuid], f"/edit/{uuid}") for uuid in uuids}
    )
    for user in titles:
        live = [("link", link)] if user == second else []
        links.report_uses(used_by="leaflet", used_by_uuid=user, draft=[("link", link)], live=live)
    uses = links.uses_of(kind="link", uuids=[link])[str(link)]
    assert [use.title for use in uses] == ["C live", "A draft", "B draft"]
    assert uses[0].edit_url == f"/edit/{second}"


def test_a_user_that_nobody_names_is_still_told(db):
    link = uuid4()
    links.report_uses(used_by="pamphlet", used_by_uuid=ARRIVAL, draft=[("link", link)], live=[])
    (use,) = links.uses_of(kind="link", uuids=[link])[str(link)]
    assert "pamphlet" in use.title
