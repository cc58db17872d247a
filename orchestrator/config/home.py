"""The admin's first page: the next step, what waits to be published, what is connected, what is broken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import Media
from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from orchestrator.config.guidance.views import describe_advice
from orchestrator.connections import api as connections
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links

__all__ = ["BrokenPanel", "ConnectionsPanel", "DraftsPanel", "NextStepPanel"]

_MOST_ROWS = 8


class HomePanel(Component):
    """A panel that knows who asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.user = request.user

    @property
    def media(self) -> Media:
        return Media(css={"all": ["config/home.css", "connections/connections.css"]})


class NextStepPanel(HomePanel):
    """One thing to do; nothing for somebody who can do nothing here."""

    name = "next"
    order = 2
    template_name = "config/home_next.html"

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> str:
        self.advice = describe_advice(self.user)
        return super().render_html(parent_context) if any(self.advice.values()) else ""

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        # Its button posts: a component gets nothing of the page but this.
        return {"advice": self.advice, "csrf_token": parent_context.get("csrf_token")}


class ConnectionsPanel(HomePanel):
    """The connections that the user may see; the ones that need somebody come first."""

    name = "connections"
    order = 20
    template_name = "config/home_connections.html"

    def get_context_data(self, _parent_context: Mapping[str, Any]) -> dict[str, Any]:
        visible = connections.connections_for(self.user, connections.GrantLevel.VIEW)
        found = sorted(visible.select_related("health"), key=_urgency)
        return {
            "connections": found[:_MOST_ROWS],
            "more": max(0, len(found) - _MOST_ROWS),
            "failed_connectors": connections.failed_connectors() if found or self._may_add else {},
            "may_add": self._may_add,
        }

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> str:
        visible = connections.connections_for(self.user, connections.GrantLevel.VIEW)
        return super().render_html(parent_context) if self._may_add or visible.exists() else ""

    @property
    def _may_add(self) -> bool:
        return self.user.has_perm("connections.add_connection")


class DraftsPanel(HomePanel):
    """Compositions with work that nobody sees yet."""

    name = "drafts"
    order = 10
    template_name = "config/home_drafts.html"

    def get_context_data(self, _parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "drafts": experiences.find_drafts(self.user, limit=_MOST_ROWS),
            "may_add": self.user.has_perm("experiences.add_experience"),
        }

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> str:
        may_change = self.user.has_perm("experiences.change_experience")
        return super().render_html(parent_context) if may_change else ""


class BrokenPanel(HomePanel):
    """How many links their sources no longer give; nothing while there are none."""

    name = "broken"
    order = 5
    template_name = "config/home_broken.html"

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> str:
        self.number = links.count_broken(self.user) if self.user.has_perm("links.view_link") else 0
        return super().render_html(parent_context) if self.number else ""

    def get_context_data(self, _parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {"number": self.number}


def _urgency(connection: Any) -> tuple[int, str]:
    state = getattr(getattr(connection, "health", None), "state", "unchecked")
    order = ("broken", "failing", "unchecked", "ok")
    return order.index(state) if state in order else len(order), connection.name.lower()
