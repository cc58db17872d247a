"""Incoming hooks: who may send them, and what they do."""

import json
from asyncio import CancelledError
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests
from django.test import RequestFactory
from standardwebhooks import Webhook

from connectors.sdk import Notice, Ref
from connectors.sdk.testing.scripted import ScriptedConnector
from orchestrator.connections.listening import hooks
from orchestrator.connections.listening.floods import pay_purges
from orchestrator.connections.models import Purge
from orchestrator.connections.process import this_process

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"refs": [{"type": "ImageObject", "external_id": "a-1"}], "name": "never used"}).encode()


@pytest.fixture(autouse=True)
def full_buckets(monkeypatch):
    """No test is limited by the one before, and none refills while a slow machine runs it."""
    for buckets in (hooks._hooks, hooks._refused):
        buckets._levels.clear()
        monkeypatch.setattr(buckets, "_clock", lambda: 0.0)


@pytest.fixture
def signing(connect):
    return connect(hook_scheme="standard", hook_secret=SECRET)


@pytest.fixture
def with_header(connect):
    return connect(hook_scheme="header", hook_secret="s3cret", hook_header="X-Hook-Secret")


def send(system, body=BODY, *, method="post", address="10.0.0.1", **headers):
    request = getattr(RequestFactory(headers=headers), method)(
        "/", body, content_type="application/json", REMOTE_ADDR=address
    )
    return hooks.receive_hook(request, uuid=getattr(system, "uuid", system))


def signed(body=BODY, *, secret=SECRET, at=None, id="msg_1"):
    at = at or datetime.now(UTC)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, at, body.decode()),
    }


def test_a_genuine_hook_has_what_it_names_read_again(signing, name_of):
    ref = signing.script.put("ImageObject", "a-1", name="old")
    name_of(signing.want(ref))
    signing.script.edit(ref, name="new")
    assert send(signing, **signed()).status_code == 202
    assert name_of(signing.want(ref))[1] == ["new"]
    assert Purge.objects.get().scope == f"c:{signing.uuid}:i:ImageObject:a-1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(secret="whsec_" + "A" * 32),
        signed(b"another body"),
        signed(at=datetime.now(UTC) - timedelta(minutes=6)),
        signed(at=datetime.now(UTC) + timedelta(hours=6)),
        {**signed(), "webhook-signature": "no comma"},
        {**signed(), "webhook-signature": "v1,not base64!"},
        {**signed(), "webhook-timestamp": "soon"},
    ],
    ids=["unsigned", "other secret", "other body", "old", "from the future", "odd", "no base64", "no time"],
)
def test_a_forged_hook_is_refused_and_does_nothing(signing, headers):
    response = send(signing, **headers)
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert not Purge.objects.exists()


def test_a_body_that_is_no_text_is_refused(signing):
    assert send(signing, b"\xff\xfe", **signed()).status_code == 401


@pytest.mark.parametrize(("given", "status"), [("s3cret", 202), ("S3cret", 401), ("", 401), ("s3cretx", 401)])
def test_a_secret_in_a_header(with_header, given, status):
    assert send(with_header, **{"X-Hook-Secret": given}).status_code == status


def test_no_hooks_are_taken_where_none_are_set_up(connect, space):
    assert send(connect()).status_code == 404
    off = connect("off", enabled=False, hook_scheme="header", hook_secret="s", hook_header="X")
    assert send(off, X="s").status_code == 404
    assert send("4b1f7a9e-0000-4000-8000-000000000000").status_code == 404


def test_where_no_hooks_are_expected_nobody_waits_for_a_body(connect):
    request = RequestFactory().post("/", b"{}", content_type="application/json")
    unread = request.environ["wsgi.input"]
    assert hooks.receive_hook(request, uuid=connect().uuid).status_code == 404
    assert unread.read() == b"{}"


def test_only_posts_of_at_most_64_kb(with_header):
    assert send(with_header, method="put", **{"X-Hook-Secret": "s3cret"}).status_code == 405
    assert send(with_header, b"x" * 65_537, **{"X-Hook-Secret": "s3cret"}).status_code == 413
    assert send(with_header, b" " * 65_534 + b"{}", **{"X-Hook-Secret": "s3cret"}).status_code == 202


def test_a_hook_that_nobody_can_read(with_header):
    assert send(with_header, b"{", **{"X-Hook-Secret": "s3cret"}).status_code == 422


def test_whoever_guesses_is_slowed_down_and_the_real_sender_is_not(with_header):
    statuses = [
        send(with_header, address="6.6.6.6", **{"X-Hook-Secret": str(n)}).status_code for n in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2
    refused = send(with_header, address="6.6.6.6", **{"X-Hook-Secret": "s3cret"})
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert send(with_header, address="10.0.0.1", **{"X-Hook-Secret": "s3cret"}).status_code == 202


def test_forged_hooks_take_nothing_from_the_real_sender(with_header):
    for n in range(150):
        send(with_header, address=f"6.6.6.{n}", **{"X-Hook-Secret": "guess"})
    assert send(with_header, address="10.0.0.1", **{"X-Hook-Secret": "s3cret"}).status_code == 202


def test_wrong_signatures_do_not_lock_out_a_sender_at_the_same_address(signing):
    for _ in range(20):
        assert send(signing, **signed(secret="whsec_" + "A" * 32)).status_code == 401
    assert send(signing, **signed()).status_code == 202


def test_behind_a_proxy_senders_are_told_apart_by_the_address_that_it_saw(with_header, settings):
    def send_from(addresses, secret):
        headers = {"X-Hook-Secret": secret, "X-Forwarded-For": addresses}
        return send(with_header, address="10.9.9.9", **headers).status_code

    settings.BEHIND_PROXY = True
    statuses = [send_from(f"10.0.0.{n}, 6.6.6.6", "guess") for n in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    assert send_from("6.6.6.6, 10.0.0.1", "s3cret") == 202


def test_a_storm_is_one_purge_of_everything(with_header, name_of):
    refs = [with_header.script.put("ImageObject", f"a-{n}", name="old") for n in range(130)]
    for ref in refs:
        name_of(with_header.want(ref))
    for ref in refs:
        with_header.script.edit(ref, name="new")
        assert send(with_header, notice_of(ref), **{"X-Hook-Secret": "s3cret"}).status_code == 202
    assert Purge.objects.count() == 100
    assert pay_purges() == 1
    assert pay_purges() == 0
    assert Purge.objects.count() == 101
    assert {name_of(with_header.want(ref))[1][0] for ref in refs} == {"new"}


def test_what_comes_after_a_purge_was_paid_is_owed_again(with_header):
    for _ in range(101):
        send(with_header, **{"X-Hook-Secret": "s3cret"})
    assert pay_purges() == 1
    send(with_header, **{"X-Hook-Secret": "s3cret"})
    assert pay_purges() == 1


def test_forged_hooks_owe_nothing(with_header):
    for n in range(150):
        send(with_header, address=f"6.6.6.{n}", **{"X-Hook-Secret": "guess"})
    assert pay_purges() == 0


def notice_of(ref):
    return json.dumps({"refs": [{"type": ref.type, "external_id": ref.external_id}]}).encode()


def send_at_once(address, hooks):
    """The statuses of many (body, headers), sent over real sockets from many threads."""

    def post(hook):
        return requests.post(address, hook[0], headers=hook[1], timeout=60).status_code

    with ThreadPoolExecutor(max_workers=24) as pool:
        return list(pool.map(post, hooks))


def names_served(system, refs):
    wants = [system.want(ref) for ref in refs]
    outcomes = this_process().gateway.resolve(wants, locale="en", budget_s=60).outcomes.values()
    return {outcome.readings[0].asset.fields["name"] for outcome in outcomes}


@pytest.mark.django_db(transaction=True)
def test_far_too_many_at_once_lose_nothing_and_forged_ones_among_them_change_nothing(signing, live_server):
    refs = [signing.script.put("Product", f"p-{n}", name="old") for n in range(300)]
    assert names_served(signing, refs) == {"old"}
    hooks, expected = [], []
    for n, ref in enumerate(refs):
        signing.script.edit(ref, name="new")
        body = notice_of(ref)
        hooks.append((body, signed(body, id=f"msg_{n}")))
        expected.append(202)
        if n % 5 == 0:
            hooks.append((body, signed(body, secret="whsec_" + "A" * 32)))
            expected.append(401)
    assert send_at_once(f"{live_server.url}/api/v1/hooks/{signing.uuid}", hooks) == expected
    pay_purges()
    assert Purge.objects.count() == 101
    assert names_served(signing, refs) == {"new"}


def test_a_type_in_a_notice_has_its_items_and_lists_read_again(with_header, name_of):
    ref = with_header.script.put("ImageObject", "a-1", name="old", keywords=["spa"])
    name_of(with_header.want(ref))
    name_of(with_header.want_tag("ImageObject", "spa"))
    with_header.script.edit(ref, name="new")
    send(with_header, b'{"types": ["ImageObject"]}', **{"X-Hook-Secret": "s3cret"})
    assert name_of(with_header.want(ref))[1] == ["new"]
    assert name_of(with_header.want_tag("ImageObject", "spa"))[1] == ["new"]


@pytest.mark.parametrize("id", ["\ud800", "\ud800" + 300 * "x", "a\0b"])
def test_an_id_that_no_database_takes_has_lists_of_its_type_read_again(signing, read, id):
    """A sender that gets a 500 would send it again for days."""
    want = signing.want_tag("ImageObject", "spa")
    read(want)
    body = json.dumps({"refs": [{"type": "ImageObject", "external_id": id}], "types": ["\udfff"]}).encode()
    assert send(signing, body, **signed(body)).status_code == 202
    read(want)
    assert signing.script.count("query") == 2
    assert list(Purge.objects.values_list("scope", flat=True)) == [f"c:{signing.uuid}:t:ImageObject"]


@pytest.mark.parametrize("given", [Notice(refs=[{"id": "a-1"}]), CancelledError(), SystemExit(3)])
def test_a_plugin_that_reads_a_hook_badly_answers_422(signing, monkeypatch, given):
    def parse(*_):
        if isinstance(given, BaseException):
            raise given
        return given

    monkeypatch.setattr(ScriptedConnector, "parse_notice", parse)
    assert send(signing, **signed()).status_code == 422


def test_content_of_a_hook_is_never_served(with_header, name_of):
    ref = with_header.script.put("ImageObject", "a-1", name="true")
    body = json.dumps({"refs": [{"type": ref.type, "external_id": "a-1", "name": "forged"}]}).encode()
    send(with_header, body, **{"X-Hook-Secret": "s3cret"})
    assert name_of(with_header.want(Ref("ImageObject", "a-1")))[1] == ["true"]
