"""The menu "Links", with the number of those that are broken."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from orchestrator.links.broken import count_broken

__all__ = ["links_menu"]


class GuardedMenuItem(MenuItem):
    """Shown to those who may see the page."""

    def __init__(self, *args: Any, permission: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


class BrokenMenuItem(GuardedMenuItem):
    """Says how many there are, so that nobody has to look."""

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        number = count_broken(request.user)
        if number:
            component.label = _("Broken links (%(number)s)") % {"number": number}
        return component


def links_menu() -> SubmenuMenuItem:
    """The submenu and its pages."""
    items = [
        BrokenMenuItem(
            gettext_lazy("Broken links"),
            reverse_lazy("links:broken"),
            name="links-broken",
            icon_name="warning",
            order=10,
            permission="links.view_link",
        ),
        GuardedMenuItem(
            gettext_lazy("All links"),
            reverse_lazy("links:index"),
            name="links-all",
            icon_name="link",
            order=20,
            permission="links.view_link",
        ),
        GuardedMenuItem(
            gettext_lazy("Collections"),
            reverse_lazy("links_collections:index"),
            name="links-collections",
            icon_name="list-ul",
            order=30,
            permission="links.view_collection",
        ),
        GuardedMenuItem(
            gettext_lazy("Bound links"),
            reverse_lazy("links_bound:index"),
            name="links-bound",
            icon_name="user",
            order=40,
            permission="links.view_boundlink",
        ),
    ]
    return SubmenuMenuItem(
        gettext_lazy("Links"), Menu(items=items), name="links", icon_name="link", order=250
    )
