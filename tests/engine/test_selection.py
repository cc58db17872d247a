from hypothesis import given

from orchestrator.engine.outcome import LinkState, WantAsset, WantFound, WantQuery
from orchestrator.engine.plan import Bound, Bundle, Collected, Failure, FragmentUse, Policy, Slot
from orchestrator.engine.selection import select
from tests.engine.worlds import bundles, context, contexts, link, plan

GUEST = Bound(id="b1", connection="crm", type="Person", identifier_kind="loyalty_id")


def chosen(*items, ctx=None, fragments=None):
    selection = select(Bundle(plan(Slot("hero", items=items)), fragments or {}), ctx or context())
    return selection.slots[0].items


@given(bundles, contexts)
def test_the_order_is_the_authors(bundle, ctx):
    selection = select(bundle, ctx)
    assert [slot.name for slot in selection.slots] == [slot.name for slot in bundle.plan.slots]
    for selected, authored in zip(selection.slots, bundle.plan.slots, strict=True):
        rest = iter(chosen.item for chosen in selected.items)
        assert all(item in rest for item in authored.items if not isinstance(item, FragmentUse))


@given(bundles, contexts)
def test_the_same_inputs_choose_the_same(bundle, ctx):
    assert select(bundle, ctx) == select(bundle, ctx)


@given(bundles, contexts)
def test_each_want_is_read_once_and_has_a_limit(bundle, ctx):
    selection = select(bundle, ctx)
    wants = selection.wants()
    assert len(set(wants)) == len(wants)
    assert set(selection.limits()) == set(wants)


@given(bundles, contexts)
def test_nothing_personal_is_wanted_without_the_right(bundle, ctx):
    selection = select(bundle, ctx)
    if not ctx.may_use_personal:
        assert not selection.personal
    assert all(
        w.identifier.value in ctx.identifiers.values() for w in selection.wants() if isinstance(w, WantFound)
    )


def test_a_link_a_query_and_a_person_become_wants():
    feed = Collected(id="c", connection="social", type="SocialMediaPosting", query={"b": 1, "a": 2}, limit=5)
    guest = context(identifiers={"loyalty_id": "M-1"}, may_use_personal=True)
    one, two, three = (c.want for c in chosen(link(1), feed, GUEST, ctx=guest))
    assert isinstance(one, WantAsset)
    assert two == WantQuery("social", "SocialMediaPosting", '{"a":2,"b":1}', 5)
    assert isinstance(three, WantFound)


def test_a_person_without_an_identifier_is_denied_with_the_reason():
    (guest,) = chosen(GUEST, ctx=context(may_use_personal=True))
    assert (guest.want, guest.settled.state, guest.settled.reason) == (
        None,
        LinkState.DENIED,
        "no_identifier",
    )


def test_a_fragment_stands_for_its_items_at_its_place():
    fragment = plan(Slot("content", items=(link(2), link(3))), id="f1", version=7)
    items = chosen(link(1), FragmentUse("f1"), link(4), fragments={"f1": fragment})
    assert [c.item.id for c in items] == ["l1", "l2", "l3", "l4"]


def test_a_fragment_that_is_not_published_says_so_and_takes_nothing_else_along():
    first, second = chosen(FragmentUse("f1"), link(1))
    assert (first.settled.state, first.settled.reason) == (LinkState.HIDDEN, "fragment_not_published")
    assert second.want is not None


def test_a_fragment_inside_itself_ends():
    fragment = plan(Slot("content", items=(link(2), FragmentUse("f1"))), id="f1")
    items = chosen(FragmentUse("f1"), fragments={"f1": fragment})
    assert [c.settled.reason if c.settled else c.item.id for c in items] == ["l2", "fragment_in_itself"]


def test_the_versions_of_the_fragments_are_known():
    fragment = plan(Slot("content", items=(link(2),)), id="f1", version=7)
    selection = select(Bundle(plan(Slot("hero", items=(FragmentUse("f1"),))), {"f1": fragment}), context())
    assert selection.fragments == {"f1": 7}


def test_slots_that_share_an_asset_ask_for_it_with_the_more_generous_limit():
    strict = Slot("a", items=(link(1), link(2)), policy=Policy(Failure.OMIT))
    limited = Slot("b", items=(link(1),), policy=Policy(Failure.LAST_KNOWN_GOOD, 60))
    open_ended = Slot("c", items=(link(2),), policy=Policy(Failure.LAST_KNOWN_GOOD))
    selection = select(Bundle(plan(strict, limited, open_ended)), context())
    one, two = selection.wants()
    assert selection.limits() == {one: 60, two: None}
