"""A shop on loopback, people of each role, and the form as a browser would send it."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from connectors.rest.connector import RestApiConnector
from connectors.rest.simulator import SECRET, NumberedShop
from orchestrator.access.models import Space
from orchestrator.connections.admin.settings_form import SettingsForm
from orchestrator.connections.admin.settings_schema import Kind
from orchestrator.connections.configuring.saving import save_connection


@pytest.fixture
def space(db):
    return Space.objects.create(slug="meridian", name="Meridian")


@pytest.fixture
def shop():
    """A system with a key, reachable on loopback."""
    server = NumberedShop()
    server.start()
    yield server
    server.stop()


def make_user(name, *, groups=()):
    user = User.objects.create_user(name, password="not-used-by-these-tests")
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def log_in(user):
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def administrator(db):
    return log_in(make_user("ada", groups=["Administrator"]))


@pytest.fixture
def editor(db):
    return log_in(make_user("ed", groups=["Editor"]))


@pytest.fixture
def guests(db):
    """A group that may enter the admin and nothing else."""
    group = Group.objects.create(name="Guests")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    return group


@pytest.fixture
def outsider(guests):
    return log_in(make_user("otto", groups=["Guests"]))


def shop_settings(url):
    """The connector's settings for the shop, as plain data."""
    return {
        "base_url": f"{url}/v2",
        "auth": "header",
        "key_name": "X-Api-Key",
        "key": SECRET,
        "type": "Product",
        "id_field": "product_id",
        "get_path": "/products/{id}",
        "record": "product",
        "list_path": "/products",
        "search_path": "/products?q={query}",
        "items": "products",
        "paging": "page",
        "mapping": {
            "name": "titles.en",
            "offers.price": "price.cents",
            "offers.priceCurrency": "price.currency",
        },
    }


@pytest.fixture
def connection(space, shop):
    return save_connection(
        space=space, slug="shop", name="Room shop", connector="rest", config=shop_settings(shop.url)
    )


@pytest.fixture
def other_connection(space, shop):
    return save_connection(
        space=space, slug="other", name="Other shop", connector="rest", config=shop_settings(shop.url)
    )


@pytest.fixture
def form_data(shop, space):
    """What the browser sends for the shop's form; ``changes`` are by field."""

    def make(**changes):
        data = {"name": "Room shop", "slug": "", "space": space.pk, "enabled": "on", "timeout_ms": "1000"}
        data |= {"poll_interval_s": "0", "hook_scheme": "none", "hook_header": "", "hook_secret": ""}
        return data | settings_data(shop_settings(shop.url)) | changes

    return make


def settings_data(values):
    """Every field of the form of REST settings, as it is drawn, with ``values`` typed in."""
    form = SettingsForm(config_class=RestApiConnector.config_class)
    drawn = {name: form[name].value() for name, s in form.settings.items() if s.kind not in _TABLES}
    plain = {name: _as_sent(form.fields[name].prepare_value(value)) for name, value in drawn.items()}
    typed = {f"config__{name}": value for name, value in values.items() if name != "mapping"}
    mapping = values["mapping"]
    return {
        **{name: value for name, value in (plain | typed).items() if value is not None},
        "config__mapping-name": list(mapping),
        "config__mapping-text": list(mapping.values()),
    }


_TABLES = (Kind.MAPPING, Kind.PAIRS)


def _as_sent(value):
    if isinstance(value, bool):
        return "on" if value else None
    return "" if value is None else value
