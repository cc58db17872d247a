"""Adding, changing and deleting collections and bound links, with a preview of what they bring now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from orchestrator.connections import api as connections
from orchestrator.links.cards import card_of, resolve, want_of
from orchestrator.links.forms import BoundLinkForm, CollectionForm, SourceForm
from orchestrator.links.media import live_media
from orchestrator.links.models import BoundLink, Collection
from orchestrator.links.permissions import usable, visible
from orchestrator.links.sources import Source, bindable, queryable
from orchestrator.links.uses import uses_of
from orchestrator.links.views.pages import UsesColumn
from orchestrator.links.views.saving import TellsWhoIsLive
from orchestrator.links.words import type_label

__all__ = [
    "BoundLinkRows",
    "CollectionRows",
    "RowAddView",
    "RowDeleteView",
    "RowEditView",
    "RowIndexView",
    "RowPreviewView",
]


class CollectionRows:
    """What the views need to know of collections."""

    kind = "collection"
    sources = staticmethod(queryable)
    form = CollectionForm
    change = ("links.add_collection", "links.change_collection")
    preview_title = _("What it brings now")

    @staticmethod
    def options(source: Source) -> dict[str, Any]:
        """What the form asks beside its fields."""
        abilities = connections.abilities(source.connection)
        return {"schema": dict(abilities.query_schema) if abilities else {}}


class BoundLinkRows:
    """What the views need to know of bound links."""

    kind = "bound"
    sources = staticmethod(bindable)
    form = BoundLinkForm
    change = ("links.add_boundlink", "links.change_boundlink")
    preview_title = _("The sample record")

    @staticmethod
    def options(source: Source) -> dict[str, Any]:
        """What the form asks beside its fields."""
        abilities = connections.abilities(source.connection)
        return {"kinds": abilities.identifier_kinds if abilities else ()}


_ROWS: dict[type, Any] = {Collection: CollectionRows, BoundLink: BoundLinkRows}


class RowMixin:
    """Only rows at connections that this person may use."""

    model: Any
    request: HttpRequest

    @property
    def rows(self) -> Any:
        """The subject of the view."""
        return _ROWS[self.model]

    def get_queryset(self) -> QuerySet[Any]:
        return usable(self.model.objects.all(), self.request.user)

    def page_context(self, source: Source | None) -> dict[str, Any]:
        """What the form's template shows beside the form."""
        return {
            "source": source,
            "source_key": f"{source.id}:{source.types[0]}" if source else "",
            "source_type": type_label(source.types[0]) if source else "",
            "preview_title": self.rows.preview_title,
        }


class RowIndexView(generic.IndexView):
    """Rows at connections that this person may see."""

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("name"),
            Column("connection", label=_("Source"), sort_key="connection__name"),
            Column("type", label=_("Type"), accessor=lambda row: type_label(row.type), sort_key="type"),
            UsesColumn("uses", label=_("Used in")),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        return visible(super().get_base_queryset(), self.request.user)

    def get_table(self, object_list: Any) -> Any:
        rows = list(object_list)
        users = uses_of(kind=_ROWS[self.model].kind, uuids=[row.uuid for row in rows])
        for row in rows:
            row.users = users.get(str(row.uuid), [])
        return super().get_table(rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["media"] = context.get("media", forms.Media()) + live_media()
        return context


class RowAddView(RowMixin, generic.CreateView):
    """Two steps: where it comes from, then what it asks."""

    source_template_name = "links/source.html"
    preview_url_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.source else self.ask_source()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.source:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    @cached_property
    def source(self) -> Source | None:
        """The chosen connection and type, if this person may use it."""
        return find_source(self.rows, self.request.user, self.request.GET.get("source", ""))

    def ask_source(self) -> HttpResponse:
        """The first step."""
        form = SourceForm(sources=self.rows.sources(self.request.user))
        context = {
            "form": form,
            "page_title": self.page_title,
            "header_icon": self.header_icon,
            "header_title": self.get_header_title(),
            "breadcrumbs_items": self.get_breadcrumbs_items(),
            "kind": self.rows.kind,
            "media": live_media(),
        }
        return render(self.request, self.source_template_name, context)

    def get_initial_form_instance(self) -> Any:
        source = self.source
        return self.model(connection=source.connection, type=source.types[0]) if source else None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.rows.options(self.source)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | self.page_context(self.source)
        context["action_url"] = f"{self.add_url}?source={context['source_key']}"
        context["media"] += live_media() + _preview_media()
        return context


class RowEditView(TellsWhoIsLive, RowMixin, generic.EditView):
    """The connection and the type stay what they are."""

    preview_url_name = ""

    @property
    def use_kind(self) -> str:
        """As uses of such rows are reported."""
        return self.rows.kind

    @cached_property
    def source(self) -> Source:
        """Where the row is from, whatever its connection gives now."""
        return Source(self.object.connection, (self.object.type,))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.rows.options(self.source)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | self.page_context(self.source)
        context["users"] = uses_of(kind=self.rows.kind, uuids=[self.object.uuid]).get(
            str(self.object.uuid), []
        )
        context["media"] += live_media() + _preview_media()
        return context


class RowDeleteView(RowMixin, generic.DeleteView):
    """Refused while something uses it."""

    template_name = "links/confirm_delete.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        # Wagtail looks for the row here, before it asks for the permission: 404 would tell what exists.
        if not request.user.has_perm(f"links.delete_{self.model._meta.model_name}"):
            raise PermissionDenied
        super().setup(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        users = uses_of(kind=self.rows.kind, uuids=[self.object.uuid]).get(str(self.object.uuid), [])
        return super().get_context_data(**kwargs) | {"users": users}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ProtectedError as refused:
            messages.error(self.request, str(refused.args[0]))
            return redirect(reverse(self.delete_url_name, args=[self.object.pk]))


class RowPreviewView(View):
    """What the form, as it stands, would bring now. Nothing is stored."""

    model: Any = None
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        rows = _ROWS[self.model]
        self._refuse_unless_allowed(rows)
        source = find_source(rows, request.user, request.POST.get("source", ""))
        if source is None:
            raise Http404
        row = self._row(rows, source)
        want = want_of(row) if row is not None else None
        card = card_of(row, resolve([want]).get(want)) if want else None
        return render(request, "links/preview.html", {"card": card, "valid": row is not None})

    def _refuse_unless_allowed(self, rows: Any) -> None:
        user = self.request.user
        # The record of a test person is shown to those only who may see samples.
        samples = rows is not BoundLinkRows or user.has_perm("links.sample_boundlink")
        if not (samples and any(map(user.has_perm, rows.change))):
            raise PermissionDenied

    def _row(self, rows: Any, source: Source) -> Any:
        row = self.model(connection=source.connection, type=source.types[0])
        form = rows.form(self.request.POST, instance=row, **rows.options(source))
        # It needs no name yet, and may have the name that it is stored under.
        wrong = set(form.errors) - {"name", "__all__"}
        return None if wrong else form.instance


def find_source(rows: Any, user: Any, key: str) -> Source | None:
    """The source that ``connection uuid:type`` names, with that one type, if ``user`` may use it."""
    uuid, _colon, name = key.partition(":")
    for source in rows.sources(user):
        if source.id == uuid and name in source.types:
            return Source(source.connection, (name,))
    return None


def _preview_media() -> forms.Media:
    return forms.Media(js=["links/preview.js"])
