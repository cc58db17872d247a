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
        if name == "paging":
            # Folded: its first page is enough to begin with.
            expect(page.locator("[name=config__paging]")).to_be_hidden()
            page.get_by_role("heading", name="Pages").click()
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
    # The verdict was on another key, and would cover the sample.
    expect(result).to_be_hidden()
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


def test_paths_are_asked_before_the_fields_that_are_read_through_them(form):
    form.set_viewport_size({"width": 1280, "height": 900})
    order = ["Address", "Finding", "One record", "Fields", "Pages", "How fresh values are"]
    tops = [form.get_by_role("heading", name=name, exact=True).bounding_box()["y"] for name in order]
    assert tops == sorted(tops)


def test_a_choice_is_in_words_and_a_folded_panel_says_what_it_is_for(form):
    options = form.locator("[name=config__auth] option").all_inner_texts()
    assert "User name and password (Basic)" in options
    assert not {"basic", "Basic", "bearer"} & set(options)
    expect(form.get_by_text("Ten links then cost one call instead of ten.").last).to_be_visible()


def test_who_names_a_wrong_place_sees_what_the_system_answered(form):
    form.fill("[name=config__key]", SECRET)
    form.fill("[name=config__items]", "wares")
    form.get_by_role("button", name="Load a sample").click()
    expect(form.get_by_text("no list of records at “wares”")).to_be_visible()
    expect(form.get_by_role("heading", name="What the system answered")).to_be_visible()
    expect(form.locator(".connections-sample__record")).to_contain_text('"products"')
    form.fill("[name=config__items]", "products")
    form.get_by_role("button", name="Load a sample").click()
    expect(form.get_by_role("heading", name="A live record")).to_be_visible()
    assert "titles.en" in form.locator("#connections-places option").all_text_contents()


@pytest.mark.parametrize("width", [390, 1280])
def test_an_error_in_a_folded_panel_is_seen(form, width):
    form.set_viewport_size({"width": width, "height": 800})
    form.get_by_role("heading", name="Pictures").click()
    form.fill("[name=config__rendition_path]", "/assets")
    form.get_by_role("button", name="Create").click()
    wrong = form.locator("[name=config__rendition_path]")
    expect(wrong).to_be_visible()
    expect(form.locator(".w-field", has=wrong)).to_contain_text("has to contain {id}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_form_fits_and_saving_stays_in_reach(form, accessible, width, scheme):
    form.emulate_media(color_scheme=scheme)
    form.set_viewport_size({"width": width, "height": 800})
    assert form.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("Name", "Path of one record", "Time limit for one call (ms)"):
        form.get_by_label(name).first.scroll_into_view_if_needed()
        expect(form.get_by_role("button", name="Create")).to_be_in_viewport()
        expect(form.get_by_role("button", name="Test", exact=True)).to_be_in_viewport()
    accessible(form)


@pytest.mark.parametrize("connector", ["graphql", "vendure", "wordpress", "kinto"])
def test_no_answer_is_wider_than_a_phone(visit, ada, space, connector):  # noqa: F811
    page = visit(ada, f"/admin/connections/new/{connector}/")
    page.set_viewport_size({"width": 390, "height": 800})
    ends = page.locator(".connections-rows .w-field").evaluate_all(
        "fields => fields.map((field) => field.getBoundingClientRect().right)"
    )
    assert ends
    assert max(ends) <= 390
