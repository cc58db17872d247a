"""The StreamField blocks over links, collections and bound links; a door into this app.

A block's value is the local row. Opening an editor costs one query for each kind of block and no call
to any source.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.telepath import register
from wagtail.blocks.stream_block import StreamBlockAdapter

from orchestrator.links.addresses import outline_of

__all__ = ["BoundLinkBlock", "CollectionBlock", "ItemsBlock", "LinkBlock"]


class RowBlock(blocks.ChooserBlock):
    """A block over one of our rows that never turns an id it cannot find into nothing.

    Wagtail's own block would: the next save would then erase the choice without a word. Here a row
    that is lost stands in with its id, keeps it through drafts, and is refused by publishing only.
    """

    def to_python(self, value: Any) -> Any:
        return None if value is None else self.bulk_to_python([value])[0]

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        ids = list(values)
        rows = self._rows().in_bulk([pk for pk in ids if pk is not None])
        # A copy for each place: two places with the same row do not share an object.
        return [None if pk is None else copy.copy(rows.get(int(pk))) or self._lost(pk) for pk in ids]

    def value_from_form(self, value: Any) -> Any:
        if value in (None, "") or isinstance(value, self.model_class):
            return value or None
        return self.to_python(value) if str(value).isdecimal() else None

    def clean(self, value: Any) -> Any:
        if value is not None and value._state.adding:
            if self.is_deferred_validation:
                return value
            raise ValidationError(gettext("This no longer exists. Choose another."), code="lost")
        return super().clean(value)

    def _rows(self) -> Any:
        return self.model_class.objects.select_related("connection")

    def _lost(self, pk: Any) -> Any:
        return self.model_class(pk=int(pk))


class LinkBlock(RowBlock):
    """One asset, shown as a live card."""

    target_model = "links.Link"

    @cached_property
    def widget(self) -> Any:
        # Blocks are imported by models; widgets need models that are ready.
        from orchestrator.links.widgets import LinkChooser  # noqa: PLC0415

        return LinkChooser()

    def render_basic(self, value: Any, context: Any = None) -> str:  # noqa: ARG002 - Wagtail's signature.
        # Wherever Wagtail tells a value in words: to everybody, whatever they may see of its connection.
        return "" if value is None or value._state.adding else outline_of(value)

    class Meta:
        icon = "link"
        label = _("Asset")
        description = _("One asset of a connected system, read live.")


class CollectionBlock(RowBlock):
    """What a stored query brings."""

    target_model = "links.Collection"

    @cached_property
    def widget(self) -> Any:
        from orchestrator.links.widgets import CollectionChooser  # noqa: PLC0415

        return CollectionChooser()

    class Meta:
        icon = "list-ul"
        label = _("Collection")
        description = _("A stored query: its source decides what it brings.")


class BoundLinkBlock(RowBlock):
    """The record of whoever the request is about."""

    target_model = "links.BoundLink"

    @cached_property
    def widget(self) -> Any:
        from orchestrator.links.widgets import BoundLinkChooser  # noqa: PLC0415

        return BoundLinkChooser()

    class Meta:
        icon = "user"
        label = _("Bound link")
        description = _("The guest of the request, found by an identifier that the app sends.")


class ItemsBlock(blocks.StreamBlock):
    """Any number of items, with a button that picks several assets at once.

    A child named ``accepts`` beside it in a StructBlock limits what the picker offers.
    """

    link = LinkBlock()
    collection = CollectionBlock()
    bound = BoundLinkBlock()

    class Meta:
        icon = "list-ul"
        label = _("Items")


class ItemsBlockAdapter(StreamBlockAdapter):
    """Wagtail's StreamBlock and a toolbar."""

    js_constructor = "links.ItemsBlock"

    def js_args(self, block: ItemsBlock) -> Sequence[Any]:
        name, children, states, meta = super().js_args(block)
        options = {
            "pickerUrl": block.child_blocks["link"].widget.get_chooser_modal_url(),
            "chooseText": gettext("Choose assets"),
        }
        return [name, children, states, meta | {"links": options}]

    @cached_property
    def media(self) -> forms.Media:
        return forms.Media(
            js=[versioned_static("wagtailadmin/js/telepath/blocks.js"), "links/picker.js", "links/items.js"]
        )


register(ItemsBlockAdapter(), ItemsBlock)
