"""A system that nobody wrote code for is connected in the browser: from an empty form to a saved row."""

import re

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from connectors.rest.simulator import SECRET
from orchestrator.connections.api import connection_by_slug
from tests.connections_admin.conftest import shop, shop_settings, space  # noqa: F401 - fixtures, by name.


@pytest.fixture
def ada(transactional_db):
    user = User.objects.create_user("ada")
    user.groups.add(Group.objects.get(name="Administrator"))
    return user


@pytest.fixture
def form(visit, ada, shop, space):  # noqa: F811 - pytest's way to ask for fixtures.
    """The form of a REST connection, filled in but for its key and its mapping."""
    page = visit(ada, "/admin/connections/new/rest/")
    page.fill("[name=name]", "Room shop")
    for name, value in shop_settings(shop.url).items():
        if name in ("auth", "type", "paging"):
            page.select_option(f"[name=config__{name}]", value)
        elif name not in ("key", "mapping"):
            page.fill(f"[name=config__{name}]", value)
    return page


def expression(page, field):
    row = page.locator("tr", has=page.locator(f'input[value="{field}"]'))
    return row.locator(".connections-table__expression")


def gives(page, field):
    return page.locator("tr", has=page.locator(f'input[value="{field}"]')).locator("[data-result]")


def test_only_what_matters_is_shown(form):
    expect(form.get_by_label("Name of the header or parameter")).to_be_visible()
    expect(form.locator("[name=config__password]")).to_be_hidden()
    form.select_option("[name=config__auth]", "basic")
    expect(form.locator("[name=config__password]")).to_be_visible()
    expect(form.locator("[name=config__key]")).to_be_hidden()


def test_from_a_refused_key_to_a_saved_connection(form, accessible, space):  # noqa: F811
    result = form.locator(".connections-trial")
    form.fill("[name=config__key]", "wrong")
    form.get_by_role("button", name="Test", exact=True).click()
    expect(result).to_contain_text("The address answers, but the key was refused.")
    accessible(form)

    form.fill("[name=config__key]", SECRET)
    expression(form, "name").fill("titles.en")
    form.get_by_role("button", name="Test", exact=True).click()
    expect(result).to_contain_text("The system answers and accepts these settings.")
    result.get_by_role("button", name="Close").click()
    expect(form.get_by_role("button", name="Test", exact=True)).to_be_focused()

    form.get_by_role("button", name="Load a sample").click()
    expect(form.locator(".connections-sample__record")).to_contain_text('"product_id"')
    expect(gives(form, "name")).to_have_text(re.compile(r"\w+"))
    expression(form, "offers.price").fill("price.cents")
    expression(form, "offers.priceCurrency").fill("price.currency")
    expect(gives(form, "offers.priceCurrency")).to_have_text("CHF")
    expression(form, "sku").fill("product_id[")
    expect(gives(form, "sku")).to_contain_text("is not a JMESPath expression")
    expect(gives(form, "offers.priceCurrency")).to_have_text("CHF")
    expression(form, "sku").fill("product_id")
    expect(gives(form, "sku")).to_have_text(re.compile(r"^\d+$"))
    accessible(form)

    form.get_by_role("button", name="Create").click()
    expect(form).to_have_url(re.compile("/admin/connections/edit/"))
    expect(form.locator("[name=config__key]")).to_have_value("")
    saved = connection_by_slug(space, "room-shop")
    assert saved.config["mapping"]["sku"] == "product_id"
    assert "key" not in saved.config


def test_another_type_draws_other_fields_and_keeps_what_was_typed(form):
    expression(form, "offers.price").fill("price.cents")
    form.select_option("[name=config__type]", "Article")
    expect(form.locator('input[type=hidden][value="headline"]')).to_be_attached()
    own = form.locator("tr", has=form.locator('th input[type="text"]')).locator(
        ".connections-table__expression"
    )
    expect(own).to_have_value("price.cents")
    form.select_option("[name=config__type]", "Product")
    expect(expression(form, "offers.price")).to_have_value("price.cents")
