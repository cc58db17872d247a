"""What an editor finds beside the form: where apps fetch an experience, where a fragment is placed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel

from orchestrator.channels import api as channels
from orchestrator.experiences import uses
from orchestrator.experiences.locales import locale_tag

__all__ = ["FetchSidePanel", "PlacementsSidePanel"]


class FetchSidePanel(BaseSidePanel):
    """The address of an experience, ready to paste, for each channel."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """Its button."""

        aria_label = _("Toggle where to fetch it")
        icon_name = "code"
        has_counter = False

    name = "fetch"
    title = _("Fetch it")
    template_name = "experiences/side_panels/fetch.html"
    order = 400

    class Media:
        css = {"all": ["experiences/side-panels.css"]}

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """One entry for each channel: its name and the line to paste."""
        context = super().get_context_data(parent_context)
        # An address says what apps get, so it is the live one's, not the draft's.
        live = type(self.object).objects.select_related("locale").get(pk=self.object.pk)
        context["live"] = live.live
        context["calls"] = [_call(live, channel) for channel in channels.channels_in(live.space_id)]
        return context


class PlacementsSidePanel(BaseSidePanel):
    """Which experiences hold a fragment, drafts included."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """Its button."""

        aria_label = _("Toggle where it is placed")
        icon_name = "grid"
        has_counter = False

    name = "placements"
    title = _("Placed in")
    template_name = "experiences/side_panels/placements.html"
    order = 400

    class Media:
        css = {"all": ["experiences/side-panels.css"]}

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The placements, by title."""
        context = super().get_context_data(parent_context)
        context["placements"] = [
            {
                "title": placement.experience.title,
                "url": reverse("wagtailsnippets_experiences_experience:edit", args=[placement.experience_id]),
                "in_live": placement.in_live,
            }
            for placement in uses.placements_of(self.object).order_by("experience__title")
        ]
        return context


def _call(experience: Any, channel: Any) -> dict[str, str]:
    query = urlencode({"channel": channel.slug, "locale": locale_tag(experience.locale.language_code)})
    url = f"{settings.PUBLIC_URL}/api/v1/experiences/{experience.slug}?{query}"
    return {"channel": channel.name, "curl": f'curl -H "Authorization: Bearer $KEY" "{url}"'}
