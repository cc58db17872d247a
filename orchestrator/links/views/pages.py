"""The pages of links: the list, one link with who uses it, and the broken ones."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from orchestrator.connections import api as connections
from orchestrator.links.addresses import address_of
from orchestrator.links.broken import count_doubted, find_broken, find_outages
from orchestrator.links.media import live_media
from orchestrator.links.models import Link
from orchestrator.links.permissions import visible
from orchestrator.links.uses import used_uuids, uses_of
from orchestrator.links.views.saving import TellsWhoIsLive
from orchestrator.links.words import state_words, type_label

__all__ = ["BrokenLinksView", "CardColumn", "LinkIndexView", "LinkPageView", "UsesColumn"]


class CardColumn(BaseColumn):
    """A live card, filled after the page has loaded."""

    cell_template_name = "links/columns/card.html"


class UsesColumn(BaseColumn):
    """Who uses it; the view puts ``users`` on each row."""

    cell_template_name = "links/columns/uses.html"


def _types_in_use() -> list[tuple[str, str]]:
    names = Link.objects.order_by("type").values_list("type", flat=True).distinct()
    return [(name, type_label(name)) for name in names]


class LinkFilterSet(WagtailFilterSet):
    """By source, by type and by use."""

    connection = django_filters.ModelMultipleChoiceFilter(
        label=_("Source"),
        queryset=lambda request: connections.connections_for(request.user, connections.GrantLevel.VIEW),
        widget=forms.CheckboxSelectMultiple,
    )
    type = django_filters.MultipleChoiceFilter(
        label=_("Type"), choices=_types_in_use, widget=forms.CheckboxSelectMultiple
    )
    use = django_filters.ChoiceFilter(
        label=_("Used"),
        method="by_use",
        choices=[("live", _("Live")), ("draft", _("Only in drafts")), ("unused", _("Nowhere"))],
        widget=forms.RadioSelect,
        empty_label=_("All"),
    )

    def by_use(self, queryset: QuerySet[Link], _name: str, value: str) -> QuerySet[Link]:
        """Links that are used so."""
        if value == "unused":
            return queryset.exclude(uuid__in=used_uuids("link"))
        return queryset.filter(uuid__in=used_uuids("link", live=value == "live"))

    class Meta:
        model = Link
        fields = ["connection", "type", "use"]


class LinkIndexView(generic.IndexView):
    """All links that this person may see. Titles come live; the search knows addresses only."""

    @cached_property
    def columns(self) -> list[Any]:
        return [
            CardColumn("card", label=_("Asset")),
            self._get_title_column("external_id"),
            UsesColumn("uses", label=_("Used in")),
        ]

    def get_base_queryset(self) -> QuerySet[Link]:
        return visible(super().get_base_queryset(), self.request.user)

    def get_table(self, object_list: Any) -> Any:
        links = list(object_list)
        users = uses_of(kind="link", uuids=[link.uuid for link in links])
        for link in links:
            link.users = users.get(str(link.uuid), [])
        return super().get_table(links)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["media"] = context.get("media", forms.Media()) + live_media()
        return context


class LinkPageView(TellsWhoIsLive, generic.EditView):
    """One link: its live card, its address, who uses it, and what editors wrote about it."""

    use_kind = "link"

    def get_queryset(self) -> QuerySet[Link]:
        return visible(Link.objects.all(), self.request.user)

    def get_page_subtitle(self) -> str:
        return address_of(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["media"] += live_media()
        context["users"] = uses_of(kind="link", uuids=[self.object.uuid]).get(str(self.object.uuid), [])
        context["type_label"] = type_label(self.object.type)
        return context


class BrokenLinksView(WagtailAdminTemplateMixin, TemplateView):
    """What sources no longer give, by cause, with who uses it."""

    template_name = "links/broken.html"
    page_title = _("Broken links")
    header_icon = "warning"
    index_url_name = "links:index"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("links.view_link"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        causes = find_broken(self.request.user)
        return {
            **super().get_context_data(**kwargs),
            "causes": [(cause, state_words(cause.state)) for cause in causes],
            "outages": find_outages(self.request.user),
            "doubted": count_doubted(self.request.user),
            "media": live_media(),
        }
