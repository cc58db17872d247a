"""Hooks as the vendors send them: what the standard's own library accepts, and a fixed header."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook

from orchestrator.demo.systems.__main__ import hook_proofs
from orchestrator.demo.systems.hooks import HookSender


@pytest.fixture
def hub():
    """Where hooks arrive: (headers, body) of each."""
    arrived = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            arrived.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        server.arrived = arrived
        server.address = f"http://127.0.0.1:{server.server_port}/hooks"
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def sending(world, hub):
    """Systems that send to the hub; ``done()`` waits for what is on its way."""
    sender = HookSender(hook_proofs(world.environment))
    for slug, system in world.systems.items():
        system.on_change = sender.send
        if system.sends_hooks:
            world.order(system=slug, action="send_hooks_to", url=hub.address)
    world.done = sender.close
    return world


def test_signed_hooks_pass_the_standards_own_check(sending, hub):
    sending.order(system="social", action="delete", id="3lq4m5meridianc")
    sending.done()
    ((headers, body),) = hub.arrived
    told = Webhook(sending.environment["DEMO_SOCIAL_HOOK_SECRET"]).verify(body, headers)
    assert told["type"] == "post.deleted"
    assert told["data"] == {"uri": "at://did:plc:meridianhotels/app.feed.post/3lq4m5meridianc"}


def test_the_shops_plugin_sends_a_fixed_header_and_only_ids(sending, hub):
    sending.order(system="pim", action="edit", id="3", values={"price": "65"})
    sending.done()
    ((headers, body),) = hub.arrived
    assert headers["x-hub-secret"] == sending.environment["DEMO_PIM_HOOK_SECRET"]
    assert json.loads(body) == {"event": "ProductEvent", "type": "updated", "products": ["3"]}


def test_the_picture_library_sends_a_fixed_header_and_only_what_changed(sending, hub):
    file_id = "5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0001"
    sending.order(system="dam", action="edit", id=file_id, values={"title": "New"})
    sending.order(system="dam", action="delete", id=file_id)
    sending.done()
    assert {headers["x-hub-secret"] for headers, _ in hub.arrived} == {
        sending.environment["DEMO_DAM_HOOK_SECRET"]
    }
    told = [json.loads(body) for _, body in hub.arrived]
    assert [(hook["event"], hook["keys"]) for hook in told] == [
        ("files.update", [file_id]),
        ("files.delete", [file_id]),
    ]
    assert b"New" not in hub.arrived[0][1]


def test_starting_over_tells_of_each_record_that_is_another_one(sending, hub):
    sending.order(system="pim", action="edit", id="3", values={"price": "65"})
    sending.order(system="pim", action="delete", id="1")
    product = sending.systems["pim"].find("3").values
    sending.order(system="pim", action="create", id="13", values=dict(product))
    sending.order(system="pim", action="hooks", on=False)
    sending.order(action="reset")
    sending.done()
    told = [json.loads(body) for _, body in hub.arrived][3:]
    assert [(hook["type"], hook["products"]) for hook in told] == [
        ("updated", ["1"]),
        ("updated", ["3"]),
        ("deleted", ["13"]),
    ]


def test_starting_over_is_found_by_whoever_asks_what_changed(world):
    untouched = world.systems["help"].find("41008")
    world.order(system="help", action="edit", id="41007", values={"title": "New"})
    since = world.systems["help"].find("41007").updated_at
    world.order(action="reset")
    article = world.systems["help"].find("41007")
    assert (article.values["title"] != "New", article.updated_at > since) == (True, True)
    assert world.systems["help"].find("41008") == untouched


def test_no_hook_without_a_change_without_an_address_or_when_switched_off(sending, hub):
    sending.order(system="pim", action="edit", id="3", values={"price": "62.00"})
    sending.order(system="help", action="edit", id="41007", values={"title": "New"})
    sending.order(system="pim", action="hooks", on=False)
    sending.order(system="pim", action="edit", id="3", values={"price": "65"})
    sending.order(system="social", action="send_hooks_to", url="")
    sending.order(system="social", action="delete", id="3lq4m5meridianc")
    sending.done()
    assert hub.arrived == []


def test_the_page_tells_what_became_of_a_hook(sending, hub):
    sending.order(system="pim", action="edit", id="3", values={"price": "65"})
    sending.order(system="dam", action="send_hooks_to", url="http://127.0.0.1:9/nobody")
    sending.order(system="dam", action="delete", id="5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0001")
    sending.done()
    assert [hook.outcome for hook in sending.systems["pim"].sent_hooks] == ["202"]
    assert [hook.outcome for hook in sending.systems["dam"].sent_hooks] == ["not reached"]
