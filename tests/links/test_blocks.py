"""The StreamField blocks: one query for all, no call to any source, and nothing erased in silence."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from wagtail.admin.telepath import JSContext
from wagtail.blocks import StreamValue
from wagtail.blocks.stream_block import StreamBlockValidationError

from orchestrator.links import api as links
from orchestrator.links.blocks import BoundLinkBlock, CollectionBlock, ItemsBlock, LinkBlock
from orchestrator.links.models import Link


@pytest.fixture
def items():
    return ItemsBlock()


def raw(*items):
    return [{"type": kind, "value": row.pk, "id": f"block-{n}"} for n, (kind, row) in enumerate(items)]


def test_twenty_links_are_one_query_and_no_call(world, items, django_assert_num_queries):
    rows = [
        links.ensure_link(connection=world.dam, type="ImageObject", external_id=f"n-{n}") for n in range(20)
    ]
    with django_assert_num_queries(1):
        value = items.to_python(raw(*(("link", row) for row in rows)))
        state = items.get_form_state(value)
    assert [child["value"]["uuid"] for child in state] == [str(row.uuid) for row in rows]
    assert state[0]["value"]["title"] == "DAM · Picture"
    assert world.files.log == []


def test_all_three_kinds_keep_their_ids(world, items):
    stored = raw(("link", world.hero), ("collection", world.help), ("bound", world.guest))
    value = items.to_python(stored)
    assert [child.value for child in value] == [world.hero, world.help, world.guest]
    assert items.get_prep_value(value) == stored


def test_the_same_link_twice_is_two_objects(world):
    first, second, nothing = LinkBlock().bulk_to_python([world.hero.pk, world.hero.pk, None])
    assert first == second
    assert first is not second
    assert nothing is None


@pytest.mark.parametrize("block_class", [LinkBlock, CollectionBlock, BoundLinkBlock])
def test_a_lost_row_keeps_its_id_through_a_draft_and_is_refused_when_cleaned(db, block_class):
    block = block_class()
    for value in (block.to_python(4711), block.value_from_form("4711")):
        assert block.get_prep_value(value) == 4711
        state = block.get_form_state(value)
        assert (state["id"], state["uuid"], state["edit_url"]) == (4711, "", "")
        with pytest.raises(ValidationError, match="no longer exists"):
            block.clean(value)


def test_a_lost_row_is_named_where_it_is(world, items):
    value = StreamValue(
        items,
        [{"type": "link", "value": 4711}, {"type": "link", "value": world.hero.pk}],
        is_lazy=True,
    )
    with pytest.raises(StreamBlockValidationError) as refused:
        items.clean(value)
    assert list(refused.value.block_errors) == [0]


@pytest.mark.parametrize("typed", ["", None, "abc", "-1", "1; drop table"])
def test_what_is_no_id_is_no_choice(db, typed):
    assert LinkBlock().value_from_form(typed) is None


def test_a_subclass_may_add_kinds_and_keeps_the_button(world):
    class More(ItemsBlock):
        extra = LinkBlock()

    block = More()
    block.set_name("items")
    definition = json.dumps(JSContext().pack(block))
    assert "links.ItemsBlock" in definition
    assert "Choose assets" in definition
    assert set(block.child_blocks) == {"link", "collection", "bound", "extra"}


def test_scripts_come_in_an_order_that_works(world, items):
    context = JSContext()
    context.pack(items)
    order = [path.rsplit("/", 1)[-1].split("?")[0] for path in context.media._js]
    assert order.index("blocks.js") < order.index("items.js")
    assert order.index("chooser-widget-telepath.js") < order.index("choosers.js")
    assert order.index("cards.js") < order.index("choosers.js")
    assert order.index("picker.js") < order.index("items.js")


def test_a_form_brings_back_what_it_showed(world, items):
    value = items.to_python(raw(("link", world.hero)))
    posted = {
        "items-count": "1",
        "items-0-deleted": "",
        "items-0-order": "0",
        "items-0-type": "link",
        "items-0-id": "block-0",
        "items-0-value": str(value[0].value.pk),
    }
    request = RequestFactory().post("/", posted)
    again = items.value_from_datadict(request.POST, request.FILES, "items")
    assert items.clean(again)[0].value == world.hero
    assert Link.objects.count() == 2
