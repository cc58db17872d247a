"""The lists of experiences and fragments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.search import SearchArea
from wagtail.admin.ui.tables import (
    BulkActionsCheckboxColumn,
    Column,
    LiveStatusTagColumn,
    NumberColumn,
    UpdatedAtColumn,
)
from wagtail.permissions import policy_registry
from wagtail.snippets.views import snippets

from orchestrator.access import api as access
from orchestrator.experiences.models import Composition, Experience, Fragment

__all__ = ["CompositionSearchArea", "ExperienceFilterSet", "FragmentFilterSet", "IndexView"]

STATUS_CHOICES = [
    ("live", _("Live")),
    ("changed", _("Live, with a newer draft")),
    ("draft", _("Draft")),
    ("scheduled", _("Scheduled")),
]

_STATUS_IS = {
    "live": Q(live=True, has_unpublished_changes=False),
    "changed": Q(live=True, has_unpublished_changes=True),
    "draft": Q(live=False),
    "scheduled": Q(_revisions__approved_go_live_at__isnull=False),
}


class CompositionFilterSet(WagtailFilterSet):
    """By status, and by space where there are several. Wagtail adds the language."""

    status = django_filters.ChoiceFilter(label=_("Status"), choices=STATUS_CHOICES, method="filter_status")
    space = django_filters.ModelChoiceFilter(label=_("Space"), queryset=lambda _request: access.spaces())

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if access.spaces().count() < 2:
            del self.filters["space"]

    def filter_status(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        """Rows in that status."""
        return queryset.filter(_STATUS_IS[value]).distinct()


class ExperienceFilterSet(CompositionFilterSet):
    """Of experiences."""

    class Meta:
        model = Experience
        fields = ["status", "space"]


class FragmentFilterSet(CompositionFilterSet):
    """Of fragments."""

    class Meta:
        model = Fragment
        fields = ["status", "space"]


class LanguagesColumn(Column):
    """The row's language, and those that it is translated to."""

    def get_value(self, instance: Any) -> str:
        own = instance.locale.language_name_localized
        others = [name for name in instance.languages if name != own]
        if not others:
            return own
        return gettext("%(language)s (also %(others)s)") % {"language": own, "others": ", ".join(others)}


def _count_of_slots(composition: Any) -> int:
    return len(composition.slots if hasattr(composition, "slots") else composition.items)


class IndexView(snippets.IndexView):
    """The list; what its rows have in common is read once for the page."""

    @property
    def list_display(self) -> list[Any]:
        """Title, short name, space where there are several, languages, size, status, last change."""
        size = _("Slots") if self.model is Experience else _("Items")
        space = ["space"] if access.spaces().count() > 1 else []
        return [
            "__str__",
            Column("slug", label=_("Short name"), sort_key="slug"),
            *space,
            LanguagesColumn("languages", label=_("Languages"), sort_key="locale"),
            NumberColumn("size", label=size, accessor=_count_of_slots),
            LiveStatusTagColumn(),
            UpdatedAtColumn(),
        ]

    @cached_property
    def columns(self) -> list[Any]:
        """No boxes to tick for who may do nothing with what is ticked: all there is is deleting."""
        columns = super().columns
        if self.user_has_permission("delete"):
            return columns
        return [column for column in columns if not isinstance(column, BulkActionsCheckboxColumn)]

    def get_base_queryset(self) -> QuerySet:
        """Rows with what every line shows of them."""
        return super().get_base_queryset().select_related("space", "locale")

    def paginate_queryset(self, queryset, page_size):
        """Add to the rows of a page the languages that each is there in."""
        paginator, page, rows, is_paginated = super().paginate_queryset(queryset, page_size)
        page.object_list = list(rows)
        _add_languages(self.model, page.object_list)
        return paginator, page, page.object_list, is_paginated


class CompositionSearchArea(SearchArea):
    """The list as a place of the admin's search."""

    def __init__(self, viewset: Any, *, order: int) -> None:
        self.model = viewset.model
        url = reverse(viewset.get_url_name("list"))
        super().__init__(viewset.menu_label, url, icon_name=viewset.icon, order=order)

    def is_shown(self, request: Any) -> bool:
        """To those who see the list."""
        policy = policy_registry.get_by_type(self.model)
        return policy.user_has_any_permission(request.user, {"add", "change", "delete", "view"})


def _add_languages(model: type[Composition], rows: Sequence[Any]) -> None:
    families = {row.translation_key for row in rows}
    languages: dict[Any, list[str]] = {}
    translations = model.objects.filter(translation_key__in=families).select_related("locale")
    for row in translations.only("translation_key", "locale"):
        languages.setdefault(row.translation_key, []).append(row.locale.language_name_localized)
    for row in rows:
        row.languages = sorted(languages.get(row.translation_key, []))
