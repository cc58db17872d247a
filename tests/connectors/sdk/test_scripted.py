"""The scripted connector does what its script says, and nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from connectors.sdk import (
    Asset,
    BadResponseError,
    Call,
    ConfigurationError,
    Identifier,
    Missing,
    MissingReason,
    Notice,
    Ref,
    TransientError,
    Unchanged,
    capabilities,
)
from connectors.sdk.testing.scripted import Script, ScriptedConfig, ScriptedConnector, scripts


@pytest.fixture
def script() -> Iterator[Script]:
    scripts["dam"] = Script()
    yield scripts["dam"]
    del scripts["dam"]


@pytest.fixture
def connector(script: Script) -> ScriptedConnector:
    return ScriptedConnector(ScriptedConfig(script="dam"))


def test_it_has_every_capability_that_reads() -> None:
    reading = ("search", "collections", "identify", "hooks", "polling", "renditions", "pictures", "samples")
    assert set(reading) <= set(capabilities(ScriptedConnector))


def test_it_is_built_from_settings_alone_and_fails_like_a_wrong_setting() -> None:
    connector = ScriptedConnector(ScriptedConfig(script="nobody-wrote-it"))
    with pytest.raises(ConfigurationError):
        connector.check(Call.within(1))


def test_it_fetches_what_was_put_and_logs_the_call(script: Script, connector: ScriptedConnector) -> None:
    ref, gone = script.put("Product", "p-1", name="Spa"), Ref("Product", "p-2")
    answers = connector.fetch([ref, gone], Call.within(1, locale="de"))
    asset = answers[ref]
    assert isinstance(asset, Asset)
    assert asset.fields == {"name": "Spa"}
    assert answers[gone] == Missing(MissingReason.GONE)
    assert [(one.method, one.refs, one.locale) for one in script.log] == [("fetch", (ref, gone), "de")]
    assert script.count("fetch") == script.count() == 1


def test_an_answer_may_be_missing_an_error_or_left_out(script: Script, connector: ScriptedConnector) -> None:
    hidden, broken = Ref("Product", "h"), Ref("Product", "b")
    script.assets = {hidden: Missing(MissingReason.HIDDEN), broken: BadResponseError("odd")}
    script.missing = None
    assert connector.fetch([hidden, Ref("Product", "u")], Call.within(1)) == {
        hidden: Missing(MissingReason.HIDDEN)
    }
    with pytest.raises(BadResponseError, match="odd"):
        connector.fetch([hidden, broken], Call.within(1))


def test_it_raises_what_the_script_says_for_all_or_for_one_method(
    script: Script, connector: ScriptedConnector
) -> None:
    script.errors["search"] = ZeroDivisionError()
    connector.check(Call.within(1))
    with pytest.raises(ZeroDivisionError):
        connector.search("", (), None, Call.within(1))
    script.error = TransientError("down")
    with pytest.raises(TransientError, match="down"):
        connector.check(Call.within(1))


def test_it_keeps_its_deadline_unless_it_is_told_to_overrun(
    script: Script, connector: ScriptedConnector
) -> None:
    script.delay_s = 30
    with pytest.raises(TransientError) as error:
        connector.check(Call.within(0.02))
    assert error.value.timeout
    script.delay_s, script.keeps_deadline = 0.1, False
    call = Call.within(0.01)
    connector.check(call)
    assert call.remaining_s() == 0


def test_a_gate_holds_calls_until_it_opens(script: Script, connector: ScriptedConnector) -> None:
    script.gate = threading.Event()
    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(connector.check, Call.within(10)) for _ in range(3)]
        while script.running < 3:
            time.sleep(0.005)
        assert not any(job.done() for job in jobs)
        script.gate.set()
        for job in jobs:
            job.result()
    assert (script.running, script.most_running, script.count("check")) == (0, 3, 3)
    script.gate = threading.Event()
    with pytest.raises(TransientError):
        connector.check(Call.within(0.02))


def test_it_answers_unchanged_to_its_own_validator(script: Script, connector: ScriptedConnector) -> None:
    ref = Ref("Product", "p-1")
    script.put("Product", "p-1", asset=Asset(ref, {"name": "Spa"}, validator="v1"))
    script.honours_validators = True
    known = Call(deadline=Call.within(1).deadline, validators={ref: "v1"})
    assert connector.fetch([ref], known)[ref] == Unchanged()
    older = Call(deadline=Call.within(1).deadline, validators={ref: "v0"})
    assert isinstance(connector.fetch([ref], older)[ref], Asset)


def test_it_finds_pages_and_filters(script: Script, connector: ScriptedConnector) -> None:
    script.page_size = 2
    for n in range(5):
        script.put(
            "Product" if n else "Article", f"p-{n}", name=f"Towel {n}", keywords=["spa"] if n > 2 else []
        )
    first = connector.search("towel", ("Product",), None, Call.within(1))
    rest = connector.search("towel", ("Product",), first.next_cursor, Call.within(1))
    assert [a.ref.external_id for a in (*first.assets, *rest.assets)] == ["p-1", "p-2", "p-3", "p-4"]
    assert rest.next_cursor is None
    assert not connector.search("pillow", (), None, Call.within(1)).assets
    tagged = connector.query("Product", {"tag": "spa"}, 5, None, Call.within(1)).assets
    assert [a.ref.external_id for a in tagged] == ["p-3", "p-4"]


def test_changes_are_what_was_put_edited_and_deleted(script: Script, connector: ScriptedConnector) -> None:
    ref = script.put("Product", "p-1", name="Spa")
    cursor = connector.changes_since(None, Call.within(1)).cursor
    script.edit(ref, name="Spa day")
    script.delete(ref)
    page = connector.changes_since(cursor, Call.within(1))
    assert [(one.ref, one.deleted) for one in page.changes] == [(ref, False), (ref, True)]
    assert not connector.changes_since(page.cursor, Call.within(1)).changes


def test_it_reads_notices_finds_people_and_shows_pictures(
    script: Script, connector: ScriptedConnector
) -> None:
    body = b'{"refs": [{"type": "Product", "external_id": "p-1"}], "types": ["Article"]}'
    assert connector.parse_notice({}, body) == Notice((Ref("Product", "p-1"),), ("Article",))
    with pytest.raises(BadResponseError):
        connector.parse_notice({}, b"[]")
    ada = Identifier("loyalty_id", "M-1")
    person = Asset(Ref("Person", "1"), {"name": "Ada"}, updated_at=datetime.now(UTC))
    script.people[ada] = person
    stranger = Identifier("loyalty_id", "M-2")
    assert connector.find([ada, stranger], Call.within(1)) == {
        ada: person,
        stranger: Missing(MissingReason.GONE),
    }
    script.pictures["https://dam.example/a.png"] = ("image/png", b"PNG")
    picture = connector.open_picture("https://dam.example/a.png", Call.within(1))
    assert (picture.content_type, b"".join(picture.chunks), picture.size_bytes) == ("image/png", b"PNG", 3)
    image = Asset(Ref("ImageObject", "1"), {"contentUrl": "https://dam.example/a.png"})
    rendition = connector.rendition(image, width=320)
    assert rendition is not None
    assert "320" in rendition.url


def test_limits_are_the_script_s(script: Script) -> None:
    script.max_batch, script.max_concurrency = 3, 2
    connector = ScriptedConnector(ScriptedConfig(script="dam"))
    assert (connector.max_batch, connector.max_concurrency) == (3, 2)
    assert ScriptedConnector.max_batch == 50
