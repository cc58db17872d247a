"""What only Kinto does."""

import logging
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from connectors.kinto.connector import KintoConnector
from connectors.kinto.settings import KintoConfig
from connectors.kinto.simulator import PASSWORD, USER, KintoSimulator
from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Call,
    ConfigurationError,
    Identifier,
    Missing,
    MissingReason,
    RateLimitedError,
    Ref,
    Unchanged,
)
from connectors.sdk.connector import Egress
from connectors.sdk.testing.faults import Drift, FaultProxy, Status

LOOPBACK = Egress(allowed_hosts=frozenset({"127.0.0.1"}))
GONE, FORBIDDEN = Missing(MissingReason.GONE), Missing(MissingReason.FORBIDDEN)
UNKNOWN = Missing(MissingReason.UNKNOWN)
SETTINGS = {"username": USER, "password": PASSWORD, "bucket": "crm", "collection": "contacts"}


def call(**validators: str) -> Call:
    known = {person(one): validator for one, validator in validators.items()}
    return Call(deadline=Call.within(5).deadline, validators=known)


def person(id: str) -> Ref:
    return Ref("Person", id)


def loyalty(number: str) -> Identifier:
    return Identifier("loyalty_id", number)


@pytest.fixture
def kinto():
    with KintoSimulator() as simulator:
        yield simulator


@pytest.fixture
def connect(kinto):
    opened = []

    def make(url=None, **settings):
        config = KintoConfig(**{"base_url": f"{url or kinto.url}/v1", **SETTINGS, **settings})
        opened.append(KintoConnector(config, egress=LOOPBACK))
        return opened[-1]

    yield make
    for connector in opened:
        connector.close()


def test_a_record_becomes_a_person(kinto, connect):
    kinto.change("c1", nights=31, card={"level": 3})
    fields = {
        "givenName": "name",
        "email": "email",
        "memberOf.membershipNumber": "loyalty_id",
        "memberOf.membershipPointsEarned": "points",
        "memberOf.tier.name": "tier",
        "extra.nights": "nights",
        "extra.level": "card.level",
    }
    there = "https://crm.example.com/admin/{id}"
    connector = connect(fields=fields, programme="Circle", edit_url=there)
    asset = connector.fetch([person("c1")], call())[person("c1")]
    assert asset.fields == {
        "givenName": "Ann 1",
        "email": "ann1@example.test",
        "memberOf": {
            "programName": "Circle",
            "membershipNumber": "ML-001",
            "membershipPointsEarned": 100.0,
            "tier": {"name": "gold"},
        },
        "extra": {"nights": 31, "level": 3},
    }
    assert asset.validator == f'"{kinto.rows["c1"]["last_modified"]}"'
    assert asset.updated_at == datetime.fromtimestamp(kinto.rows["c1"]["last_modified"] / 1000, tz=UTC)
    assert asset.edit_url == "https://crm.example.com/admin/c1"


def test_what_is_not_mapped_does_not_leave_kinto(kinto, connect):
    kinto.change("c1", diagnosis="never asked for")
    connect().fetch([person("c1"), person("c2")], call())
    connect().find([loyalty("ML-001")], call())
    asked = [one["path"] for request in kinto.requests for one in request.json()["requests"]]
    assert len(asked) == 3
    assert all("_fields=loyalty_id,name,points,tier" in path for path in asked)


def test_who_is_no_member_has_no_programme(kinto, connect):
    kinto.put("c40", name="Nova", loyalty_id="ML-040")
    connector = connect(programme="Circle", fields={"name": "name", "memberOf.tier.name": "tier"})
    assert connector.find([loyalty("ML-040")], call())[loyalty("ML-040")].fields == {"name": "Nova"}


def test_one_known_record_is_read_conditionally(kinto, connect):
    connector, ref = connect(), person("c1")
    validator = connector.fetch([ref], call())[ref].validator
    kinto.requests.clear()
    assert connector.fetch([ref], call(c1=validator)) == {ref: Unchanged()}
    assert [request.headers["if-none-match"] for request in kinto.requests] == [validator]
    kinto.change("c1", points=101)
    assert connector.fetch([ref], call(c1=validator))[ref].fields["memberOf"]["membershipPointsEarned"] == 101
    kinto.delete("c1")
    assert connector.fetch([ref], call(c1=validator)) == {ref: GONE}


def test_several_known_records_are_read_together_without_conditions(kinto, connect):
    # A condition that is met inside a batch makes Kinto 26.5 answer 500 for all of it.
    connector, refs = connect(), [person("c1"), person("c2")]
    known = {ref.external_id: asset.validator for ref, asset in connector.fetch(refs, call()).items()}
    kinto.change("c2", points=0)
    answers = connector.fetch(refs, call(**known))
    assert answers[person("c1")] == Unchanged()
    assert isinstance(answers[person("c2")], Asset)


def test_a_validator_of_somebody_else_is_not_sent(kinto, connect):
    assert isinstance(connect().fetch([person("c1")], call(c1='W/"abc"'))[person("c1")], Asset)
    assert [request.path for request in kinto.requests] == ["/v1/batch"]


def test_an_account_that_may_read_some_is_forbidden_the_others(kinto, connect):
    kinto.readable = {"c2"}
    answers = connect().fetch([person("c1"), person("c2"), person("c99")], call())
    assert (answers[person("c1")], answers[person("c99")]) == (FORBIDDEN, FORBIDDEN)
    assert isinstance(answers[person("c2")], Asset)
    assert connect().fetch([person("c1")], call(c1='"1"')) == {person("c1"): FORBIDDEN}


def test_an_account_that_may_read_nothing_here_is_refused(kinto, connect):
    kinto.readable = set()
    for operation in (
        lambda: connect().fetch([person("c1"), person("c2")], call()),
        lambda: connect().fetch([person("c1")], call(c1='"1"')),
        lambda: connect().find([loyalty("ML-001")], call()),
    ):
        with pytest.raises(AccessDeniedError):
            operation()


def test_nobody_is_called_unknown_because_an_answer_is_missing(kinto, connect):
    short = Drift(lambda data: {"responses": data["responses"][1:]})
    with (
        FaultProxy(kinto.url) as proxy,
        proxy.faulty(short),
        pytest.raises(BadResponseError, match="not as many answers"),
    ):
        connect(proxy.url).find([loyalty("ML-001"), loyalty("ML-002")], call())


def test_an_account_that_is_refused_inside_a_batch_is_refused(connect):
    refused = connect(password="wrong")
    for operation in (
        lambda: refused.fetch([person("c1"), person("c2")], call()),
        lambda: refused.fetch([person("c1")], call(c1='"1"')),
        lambda: refused.find([loyalty("ML-001")], call()),
        lambda: refused.changes_since(None, call()),
        lambda: refused.erase(loyalty("ML-001"), call()),
    ):
        with pytest.raises(AccessDeniedError):
            operation()


def test_a_collection_that_is_not_there_calls_nobody_gone(connect):
    connector = connect(collection="nobody")
    for operation in (
        lambda: connector.fetch([person("c1"), person("c2")], call()),
        lambda: connector.find([loyalty("ML-001")], call()),
    ):
        with pytest.raises(ConfigurationError, match="the collection is not there"):
            operation()


@pytest.mark.parametrize(
    ("held", "given"),
    [
        ("ML-1,ML-2", "ML-1,ML-2"),
        ('"quoted"', '"quoted"'),
        ("ü&x=1#", "ü&x=1#"),
        (1001, "1001"),
        ("1001", "1001"),
    ],
)
def test_any_value_can_be_an_identifier(kinto, connect, held, given):
    kinto.put("odd", name="Odd", loyalty_id=held)
    assert connect().find([loyalty(given)], call())[loyalty(given)].ref == person("odd")


def test_an_email_is_found_in_any_case_that_it_is_given_in(connect):
    connector = connect(identifiers={"email": "email"})
    given = Identifier("email", "Ann1@Example.test")
    assert connector.find([given], call())[given].ref == person("c1")


def test_an_identifier_in_a_field_named_like_a_filter_is_compared_whole(kinto, connect):
    kinto.put("c40", min_age="7", age=9, name="Nova")
    connector = connect(identifiers={"age_card": "min_age"})
    given = Identifier("age_card", "7")
    assert connector.find([given], call())[given].ref == person("c40")


def test_an_identifier_that_two_records_hold_is_nobodys(kinto, connect):
    kinto.change("c2", loyalty_id="ML-001")
    assert connect().find([loyalty("ML-001")], call()) == {loyalty("ML-001"): UNKNOWN}


@pytest.mark.parametrize("value", ["", "  ", "a\0b", "a\nb"])
def test_a_value_that_nobody_can_have_is_not_asked_for(kinto, connect, value):
    assert connect().find([loyalty(value)], call()) == {loyalty(value): GONE}
    assert not kinto.requests


def test_a_kind_that_is_not_set_up_is_left_out(kinto, connect):
    assert connect().find([Identifier("passport", "X1")], call()) == {}
    assert not kinto.requests


def test_a_filter_that_is_not_read_hands_out_no_stranger(kinto, connect, monkeypatch):
    monkeypatch.setattr(kinto, "_filtered", lambda request: list(kinto.rows.values())[:2])
    assert connect().find([loyalty("ML-009")], call()) == {loyalty("ML-009"): GONE}


def test_more_identifiers_than_a_batch_takes_are_asked_in_two(kinto, connect):
    given = [loyalty(f"ML-{n:03}") for n in range(1, 31)]
    answers = connect().find(given, call())
    assert [answers[one].ref.external_id for one in given] == [f"c{n}" for n in range(1, 31)]
    assert len(kinto.requests) == 2


def test_a_record_that_cannot_be_read_costs_only_itself(kinto, connect):
    kinto.change("c1", points="many")
    answers = connect().find([loyalty("ML-001"), loyalty("ML-002")], call())
    assert [one.value for one in answers] == ["ML-002"]
    with pytest.raises(BadResponseError, match="membershipPointsEarned") as bad:
        connect().find([loyalty("ML-001")], call())
    assert "many" not in str(bad.value)


def test_no_identifier_and_no_id_is_in_an_address_a_message_or_a_log(kinto, connect, caplog):
    with FaultProxy(kinto.url) as proxy, caplog.at_level(logging.DEBUG):
        connector = connect(proxy.url)
        connector.find([loyalty("ML-001")], call())
        connector.fetch([person("c1"), person("c2")], call())
        connector.erase(loyalty("ML-004"), call())
        told = " ".join(proxy.paths)
        with proxy.faulty(Status(500)):
            for operation in (
                lambda: connector.find([loyalty("ML-001")], call()),
                lambda: connector.fetch([person("c1")], call(c1='"1"')),
                lambda: connector.erase(loyalty("ML-001"), call()),
            ):
                with pytest.raises(Exception, match="Kinto") as failed:
                    operation()
                told += f" {failed.value!r}"
    told += " ".join(f"{request.path}?{request.query}" for request in kinto.requests) + caplog.text
    assert "ML-0" not in told
    assert "c1" not in told


def test_a_poll_tells_deletions_and_restorations(kinto, connect):
    connector = connect()
    cursor = connector.changes_since(None, call()).cursor
    kinto.change("c1", points=1)
    kinto.delete("c2")
    page = connector.changes_since(cursor, call())
    assert [(change.ref.external_id, change.deleted) for change in page.changes] == [
        ("c1", False),
        ("c2", True),
    ]
    kinto.put("c2", name="back")
    again = connector.changes_since(page.cursor, call())
    assert [(change.ref.external_id, change.deleted) for change in again.changes] == [("c2", False)]
    assert again.cursor.isdigit()


def test_a_poll_without_news_is_answered_304_and_stays_where_it_is(kinto, connect):
    connector = connect()
    cursor = connector.changes_since(None, call()).cursor
    kinto.requests.clear()
    page = connector.changes_since(cursor, call())
    assert (page.changes, page.cursor, page.more) == ([], cursor, False)
    assert kinto.requests[0].headers["if-none-match"] == f'"{cursor}"'


def test_a_poll_goes_on_over_pages(kinto, connect, monkeypatch):
    monkeypatch.setattr("connectors.kinto.connector.POLL_SIZE", 4)
    connector = connect()
    cursor = connector.changes_since(None, call()).cursor
    for n in range(1, 11):
        kinto.change(f"c{n}", points=n)
    told, pages, more = [], 0, True
    while more:
        page = connector.changes_since(cursor, call())
        told += [change.ref.external_id for change in page.changes]
        cursor, more, pages = page.cursor, page.more, pages + 1
    assert told == [f"c{n}" for n in range(1, 11)]
    assert pages == 3


def test_a_poll_hands_on_that_kinto_wants_rest(kinto, connect):
    kinto.backoff_s = 30
    connector = connect()
    page = connector.changes_since(None, call())
    assert page.wait_s == 30
    assert connector.changes_since(page.cursor, call()).wait_s == 30


def test_kinto_under_maintenance_says_when_to_come_again(kinto, connect):
    with (
        FaultProxy(kinto.url) as proxy,
        proxy.faulty(Status(503, {"Retry-After": "3"})),
        pytest.raises(RateLimitedError) as limited,
    ):
        connect(proxy.url).find([loyalty("ML-001")], call())
    assert limited.value.retry_after_s == 3


def test_a_cursor_of_another_system_is_refused(connect):
    with pytest.raises(BadResponseError):
        connect().changes_since('["2026-11-21T10:00:00+00:00"]', call())


def test_erasing_takes_the_record_and_its_history(kinto, connect):
    kinto.change("c1", points=2)
    proof = connect().erase(loyalty("ML-001"), call())
    assert proof == {
        "erased": 1,
        "record": "c1",
        "at_epoch_ms": kinto.tombstones["c1"]["last_modified"],
        "history_entries": 2,
    }
    assert "c1" not in kinto.history
    assert len(kinto.history) == 29


def test_erasing_works_where_no_history_is_kept(kinto, connect):
    kinto.keeps_history = False
    assert connect().erase(loyalty("ML-001"), call())["history_entries"] == 0


def test_an_account_that_may_only_read_erases_nothing(kinto, connect):
    kinto.may_write = False
    with pytest.raises(AccessDeniedError):
        connect().erase(loyalty("ML-001"), call())
    assert "c1" in kinto.rows
    assert "c1" in kinto.history


def test_nobody_is_erased_by_an_identifier_that_two_hold(kinto, connect):
    kinto.change("c2", loyalty_id="ML-001")
    with pytest.raises(ConfigurationError, match="several records"):
        connect().erase(loyalty("ML-001"), call())
    assert {"c1", "c2"} <= set(kinto.rows)
    with pytest.raises(ConfigurationError, match="no field is set up"):
        connect().erase(Identifier("passport", "X1"), call())


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("base_url", {"base_url": "crm.example.com"}),
        ("base_url", {"base_url": "https://hub:pw@crm.example.com/v1"}),
        ("base_url", {"base_url": "https://crm.example.com/v1?x=1"}),
        ("username", {"username": "account:hub"}),
        ("username", {"username": " "}),
        ("password", {"password": "two\nlines"}),
        ("bucket", {"bucket": "a/b"}),
        ("collection", {"collection": ".."}),
        ("identifiers", {"identifiers": {}}),
        ("identifiers", {"identifiers": {"Loyalty": "x"}}),
        ("identifiers", {"identifiers": {"loyalty_id": "_since"}}),
        ("identifiers", {"identifiers": {"loyalty_id": "a&b"}}),
        ("fields", {"fields": {"shoeSize": "size"}}),
        ("fields", {"fields": {"name": "a,b"}}),
        ("edit_url", {"edit_url": "https://crm.example.com/admin"}),
        ("edit_url", {"edit_url": "javascript:{id}"}),
    ],
)
def test_settings_that_cannot_work_are_refused_at_their_field(field, settings):
    with pytest.raises(ValidationError) as refused:
        KintoConfig(**{"base_url": "https://crm.example.com/v1", **SETTINGS, **settings})
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]
