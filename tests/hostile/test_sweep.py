"""No value in an address, a query, a form or a body is an accident: every address of ours, both databases."""

import re
from urllib.parse import quote

import pytest
from django.http import QueryDict

from tests.hostile.addresses import all_addresses

pytestmark = pytest.mark.django_db

HUGE = "9" * 25
VALUES = (HUGE, "-1", "\0", "²", "'\"<>%", "a" * 3000)
DEEP = "[" * 10_000 + "]" * 10_000
DOCUMENTS = (DEEP, "null", b"\xff", f'{{"space": {HUGE}}}')
OURS = (
    "/admin/api-clients/",
    "/admin/channels/",
    "/admin/connections/",
    "/admin/links/",
    "/admin/next/",
    "/admin/snippets/",
    "/admin/spaces/",
    # Wagtail's, for our rows.
    "/admin/block-preview/",
    "/admin/bulk/",
    "/admin/editing-sessions/",
    "/admin/translation/submit/snippet/",
    "/api",
)
# Which row an address is about, by how it begins; the longer beginning first.
ROWS = {
    "/admin/snippets/experiences/fragment": "fragment",
    "/admin/snippets/choose/experiences/fragment": "fragment",
    "/admin/snippets": "arrival",
    "/admin/api-clients": "app",
    "/admin/channels": "channel",
    "/admin/connections": "dam",
    "/admin/links/bound": "guest",
    "/admin/links/choose-bound": "guest",
    "/admin/links/c": "help",
    "/admin/links": "hero",
    "/admin/spaces": "space",
}


def ours():
    return [one for one in all_addresses() if one.template.startswith(OURS)]


def areas():
    """The addresses in parts of some 20, so that several processes share the work."""
    found = ours()
    return [found[start::8] for start in range(8)]


def usual(hub, address):
    """Values that lead somewhere, by the names of parameters."""
    row = next((name for start, name in ROWS.items() if address.template.startswith(start)), "arrival")
    return {
        "pk": getattr(hub, row).pk,
        "key_pk": hub.key.pk,
        "revision_id": hub.arrival.latest_revision_id,
        "object_id": hub.arrival.pk,
        "connector": "scripted",
        "slug": "arrival",
        "uuid": hub.dam.uuid,
        "app_label": "experiences",
        "model_name": "experience",
        "action": "delete",
        "action_name": "approve",
    }


def fill(address, values):
    return re.sub(r"{(\w+)}", lambda found: quote(str(values.get(found[1], 1)), safe=""), address.template)


@pytest.fixture
def asked(monkeypatch):
    """The names that views look for in queries and forms, as they look."""
    names = set()

    def noting(method):
        def note(self, key, *rest, **more):
            if isinstance(key, str):
                names.add(key)
            return method(self, key, *rest, **more)

        return note

    for name in ("__getitem__", "get", "getlist", "__contains__"):
        monkeypatch.setattr(QueryDict, name, noting(getattr(QueryDict, name)))
    return names


def names_asked(asked, send):
    asked.clear()
    send()
    return sorted(asked)


# Whom the views let in decides what they read: editors are kept from most, and quarters say enough of them.
@pytest.mark.parametrize(
    ("role", "area"), [*(("Root", area) for area in range(8)), ("Editor", 0), ("Editor", 4)]
)
def test_no_value_is_an_accident(hub, person, asked, role, area):
    somebody = person(role)
    for address in areas()[area]:
        values = usual(hub, address)
        plain = fill(address, values)
        for name in address.parameters:
            for value in VALUES:
                somebody.ask("get", fill(address, values | {name: value}))
            somebody.ask("post", fill(address, values | {name: HUGE}), data={})
        names = names_asked(asked, lambda plain=plain: somebody.ask("get", plain))
        for value in VALUES[2:5]:
            somebody.ask("get", f"{plain}?" + "&".join(f"{quote(n)}={quote(value)}" for n in names))
        for name in names:
            somebody.ask("get", f"{plain}?{quote(name)}={HUGE}")
        names = names_asked(asked, lambda plain=plain: somebody.ask("post", plain, data={}))
        for value in (HUGE, "\0", "²", DEEP):
            somebody.ask("post", plain, data=dict.fromkeys(names, value))
        for document in DOCUMENTS:
            somebody.ask("post", plain, data=document, content_type="application/json")
    assert somebody.faults == []


def test_every_area_has_addresses_and_none_is_left_out():
    assert sorted(one.template for area in areas() for one in area) == sorted(one.template for one in ours())
    assert len(ours()) > 100
