"""The admin's shell: what Wagtail brings for pages and files of its own goes, our first page comes.

This hub has no pages, and stores no pictures or documents: those are linked.
"""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import path, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from orchestrator.config.guidance.views import NextStepView
from orchestrator.config.home import BrokenPanel, ConnectionsPanel, DraftsPanel, NextStepPanel

# Pages, and what exists only for them or for stored files.
_HIDDEN_MENU_ITEMS = {"explorer", "images", "documents"}
_HIDDEN_SETTINGS = {"sites", "collections", "redirects"}
_HIDDEN_REPORTS = {"locked-pages", "aging-pages", "page-types-usage"}
# Wagtail's news and its guide are about pages.
_HIDDEN_HELP = ("whats-new", "editor-guide")
_HIDDEN_PANELS = {"locked_pages", "recent_edits"}


@hooks.register("construct_main_menu")
def leave_out_pages(_request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in _HIDDEN_MENU_ITEMS]


@hooks.register("construct_settings_menu")
def leave_out_settings_of_pages(_request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in _HIDDEN_SETTINGS]


@hooks.register("construct_reports_menu")
def leave_out_reports_on_pages(_request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in _HIDDEN_REPORTS]


@hooks.register("construct_help_menu")
def leave_out_help_on_pages(_request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if not item.name.startswith(_HIDDEN_HELP)]


@hooks.register("construct_homepage_summary_items", order=1000)
def leave_out_counts(_request: HttpRequest, items: list[Any]) -> None:
    items.clear()


@hooks.register("construct_homepage_panels")
def show_what_needs_somebody(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [panel for panel in panels if getattr(panel, "name", "") not in _HIDDEN_PANELS]
    panels += [kind(request) for kind in (NextStepPanel, BrokenPanel, DraftsPanel, ConnectionsPanel)]


@hooks.register("register_admin_urls")
def register_next_step() -> list[Any]:
    return [path("next/", NextStepView.as_view(), name="next_step")]


@hooks.register("register_admin_menu_item")
def lead_to_next_step() -> MenuItem:
    """First in the menu: whoever has just taken a step finds the next one from any page."""
    return MenuItem(
        _("Next step"), reverse_lazy("next_step"), name="next-step", icon_name="arrow-right-full", order=1
    )


@hooks.register("insert_global_admin_css")
def stack_lists() -> str:
    """Lists are readable on a phone: ours, Wagtail's own, and those of modals."""
    return format_html('<link rel="stylesheet" href="{}">', static("lists/lists.css"))


@hooks.register("insert_global_admin_js")
def label_lists() -> str:
    """There, each value stands beside the heading of its column."""
    return format_html('<script src="{}" defer></script>', static("lists/lists.js"))
