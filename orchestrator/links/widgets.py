"""The editor's widgets: a live card for what is chosen, and a button that opens the picker.

Rendering one reads the local row only. The card is filled by ``static/links/cards.js`` after the page
has loaded.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.telepath import register
from wagtail.admin.widgets import BaseChooser, BaseChooserAdapter

from orchestrator.links.addresses import outline_of

__all__ = ["BoundLinkChooser", "CollectionChooser", "LinkChooser"]


class LiveChooser(BaseChooser):
    """What the three widgets share."""

    template_name = "links/widgets/live_chooser.html"
    kind: str

    def get_value_data_from_instance(self, instance: Any) -> dict[str, Any]:
        lost = instance._state.adding
        return {
            "id": instance.pk,
            "uuid": "" if lost else str(instance.uuid),
            # Until its card comes, which knows who asks.
            "title": "" if lost else outline_of(instance),
            "edit_url": "" if lost else reverse(f"{self.namespace}:edit", args=[instance.pk]),
        }

    def get_context(self, name: str, value_data: dict[str, Any], attrs: dict[str, Any]) -> dict[str, Any]:
        context = super().get_context(name, value_data, attrs)
        return context | {"kind": self.kind, "uuid": value_data.get("uuid", "")}

    @cached_property
    def media(self) -> forms.Media:
        # One list, so that Django keeps the order: ours extend Wagtail's.
        return forms.Media(
            js=[
                versioned_static("wagtailadmin/js/modal-workflow.js"),
                versioned_static("wagtailadmin/js/chooser-modal.js"),
                versioned_static("wagtailadmin/js/chooser-widget.js"),
                versioned_static("wagtailadmin/js/chooser-widget-telepath.js"),
                "links/cards.js",
                "links/picker.js",
                "links/choosers.js",
            ],
            css={"all": ["links/links.css"]},
        )


class LinkChooser(LiveChooser):
    """One asset, picked from all connections."""

    kind = "link"
    model = "links.Link"
    namespace = "links"
    icon = "link"
    choose_one_text = _("Choose an asset")
    choose_another_text = _("Choose another asset")
    link_to_chosen_text = _("About this link")
    chooser_modal_url_name = "links_picker:open"
    js_constructor = "onevoiceLinks.LinkChooser"


class CollectionChooser(LiveChooser):
    """One collection."""

    kind = "collection"
    model = "links.Collection"
    namespace = "links_collections"
    icon = "list-ul"
    choose_one_text = _("Choose a collection")
    choose_another_text = _("Choose another collection")
    link_to_chosen_text = _("Edit this collection")
    chooser_modal_url_name = "links_collection_chooser:choose"
    js_constructor = "onevoiceLinks.LiveChooser"


class BoundLinkChooser(LiveChooser):
    """One bound link."""

    kind = "bound"
    model = "links.BoundLink"
    namespace = "links_bound"
    icon = "user"
    choose_one_text = _("Choose a bound link")
    choose_another_text = _("Choose another bound link")
    link_to_chosen_text = _("Edit this bound link")
    chooser_modal_url_name = "links_bound_chooser:choose"
    js_constructor = "onevoiceLinks.LiveChooser"


class LiveChooserAdapter(BaseChooserAdapter):
    """A collection or bound link, chosen in Wagtail's modal."""

    js_constructor = "links.LiveChooser"


class LinkChooserAdapter(BaseChooserAdapter):
    """A link, chosen in the picker."""

    js_constructor = "links.LinkChooser"


register(LiveChooserAdapter(), LiveChooser)
register(LinkChooserAdapter(), LinkChooser)
