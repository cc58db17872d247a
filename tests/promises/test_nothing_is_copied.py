"""Promise 1: origin values live in the cache and nowhere else."""

import json
import logging

from django.conf import settings
from django.db import connection as database
from django.urls import reverse

from connectors.sdk import AccessDeniedError, Asset, Identifier, Ref, TransientError
from orchestrator.connections.process import this_process
from orchestrator.connections.tasks import poll_due, tidy

PLANT = "zyxplant"
PERSONAL = "zyxperson"


def plant(hub):
    """Give every value of every system a mark that nobody else writes."""
    for slug, script in hub.systems.items():
        for ref, asset in list(script.assets.items()):
            marked = {name: _mark(slug, value) for name, value in asset.fields.items()}
            script.put(ref.type, ref.external_id, **marked)
    person = Asset(ref=Ref("Person", f"{PERSONAL}-id"), fields={"name": f"{PERSONAL} name", "tier": PERSONAL})
    for identifier in list(hub.systems["crm"].people):
        hub.systems["crm"].people[identifier] = person
    hub.systems["crm"].people[Identifier("loyalty_id", f"{PERSONAL}-card")] = person


def _mark(slug, value):
    if isinstance(value, list):
        return value  # The tag that the collection asks for.
    return f"https://{slug}.example/{PLANT}.jpg" if value.startswith("https:") else f"{PLANT} {slug} {value}"


def use_everything(hub):
    """Everything that people and programs do with a hub, also while its sources fail."""
    assert PLANT in json.dumps(hub.get())
    assert PERSONAL in json.dumps(hub.post(f"{PERSONAL}-card"))
    hub.get("channel=web&locale=de-CH&explain=1")
    use_the_admin(hub)
    hub.hook("dam", hub.hero)
    poll_due()
    tidy()
    for error in (TransientError("dam: down"), AccessDeniedError("dam: refused"), ValueError(f"{PLANT} bug")):
        for script in hub.systems.values():
            script.error = error
        hub.hook("dam", hub.hero)
        hub.get()
        hub.post(f"{PERSONAL}-card")
        use_the_admin(hub)
        tidy()
    for script in hub.systems.values():
        script.error = None
    hub.systems["dam"].delete(hub.hero)
    hub.hook("dam", hub.hero)
    hub.get()


def use_the_admin(hub):
    browser, arrival = hub.browser, hub.arrival
    browser.force_login(hub.administrator)
    browser.post(reverse("links_picker:results"), json.dumps({"query": ""}), content_type="application/json")
    hub.card(hub.links.hero)
    edit = reverse(arrival.snippet_viewset.get_url_name("edit"), args=[arrival.pk])
    page = browser.get(edit).content.decode()
    assert PLANT not in page, "the editor's page itself holds addresses only"
    arrival.save_revision()
    arrival.make_preview_request(None, arrival.default_preview_mode)
    for name in ("wagtailadmin_home", "links:index", "links:broken", "connections:index"):
        assert browser.get(reverse(name)).status_code == 200


def everywhere_but_the_cache():
    """Every place that the hub writes to, as (place, text)."""
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {database.ops.quote_name(table)}")  # noqa: S608 - its own name.
            yield from ((f"table {table}", repr(row)) for row in cursor.fetchall())
    for file in settings.DATA_DIR.rglob("*"):
        if file.is_file() and "sqlite3" not in file.name:
            yield str(file), file.read_text(errors="replace")


def test_planted_values_are_found_in_the_cache_only(hub, caplog):
    plant(hub)
    with caplog.at_level(logging.DEBUG):
        use_everything(hub)
    process = this_process()
    process.findings.flush()
    places = [place for place, text in everywhere_but_the_cache() if PLANT in text or PERSONAL in text]
    assert places == []
    assert [line for line in caplog.messages if PLANT in line or PERSONAL in line] == []

    held = [entry.to_row() for entry in process.cache.shared.entries()]
    assert any(PLANT in repr(row) for row in held), "the cache is where they are"
    assert not any(PERSONAL in repr(row) for row in held), "people's data is not even there"
    assert not any(PERSONAL in repr(entry.to_row()) for entry in process.cache.local.entries())


def test_no_secret_is_stored_or_logged_in_clear(hub, caplog):
    with caplog.at_level(logging.DEBUG):
        plant(hub)
        use_everything(hub)
    secrets = ["password-of-dam-7c41", "a-secret-between-two-programs", hub.key]
    found = [
        (place, secret) for place, text in everywhere_but_the_cache() for secret in secrets if secret in text
    ]
    assert found == []
    assert [line for line in caplog.messages for secret in secrets if secret in line] == []
