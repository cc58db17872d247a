"""Wagtail's modals for collections and bound links. Every view checks who asks: Wagtail's own do not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from orchestrator.links.permissions import usable
from orchestrator.links.widgets import BoundLinkChooser, CollectionChooser
from orchestrator.links.words import type_label

__all__ = ["bound_chooser", "collection_chooser"]

_WIDGETS = {"Collection": CollectionChooser, "BoundLink": BoundLinkChooser}


class NameFilterForm(BaseFilterForm):
    """A search by name."""

    q = forms.CharField(label=_("Search by name"), required=False)

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        objects = super().filter(objects)
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        return objects.filter(name__icontains=self.search_query) if self.is_searching else objects


class GuardedMixin:
    """Only who may see the kind, and of it only what hangs on connections that he may use."""

    model_class: Any
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        options = self.model_class._meta
        if not request.user.has_perm(f"{options.app_label}.view_{options.model_name}"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def rows(self) -> QuerySet[Any]:
        """What may be chosen."""
        return usable(self.model_class.objects.all(), self.request.user)


class ListMixin(GuardedMixin):
    """The list in the modal."""

    filter_form_class = NameFilterForm
    # Wagtail takes this from the address.
    is_multiple_choice = False

    def get_object_list(self) -> QuerySet[Any]:
        return self.rows()

    @property
    def columns(self) -> list[Any]:
        return [
            *super().columns,
            Column("connection", label=_("Source")),
            Column("type", label=_("Type"), accessor=lambda row: type_label(row.type)),
        ]


class ChooseView(ListMixin, chooser.ChooseView):
    """The modal."""


class ChooseResultsView(ListMixin, chooser.ChooseResultsView):
    """Its list alone."""


class ChosenView(GuardedMixin, chooser.ChosenViewMixin, chooser.ChosenResponseMixin, View):
    """What was chosen, as the widget wants it."""

    def get_object(self, pk: str) -> Any:
        return self.rows().get(pk=int(pk) if pk.isdecimal() else None)

    def get_chosen_response_data(self, item: Any) -> dict[str, Any]:
        return _WIDGETS[self.model_class.__name__]().get_value_data_from_instance(item)


class RowChooserViewSet(ChooserViewSet):
    """What both have in common."""

    register_widget = False
    per_page = 20
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView

    def get_urlpatterns(self) -> list[Any]:
        # No creation and no multiple choice here: their addresses would answer without a check of ours.
        return [p for p in super().get_urlpatterns() if p.name in ("choose", "choose_results", "chosen")]


collection_chooser = RowChooserViewSet(
    "links_collection_chooser",
    url_prefix="links/choose-collection",
    model="links.Collection",
    icon="list-ul",
    choose_one_text=_("Choose a collection"),
)
bound_chooser = RowChooserViewSet(
    "links_bound_chooser",
    url_prefix="links/choose-bound-link",
    model="links.BoundLink",
    icon="user",
    choose_one_text=_("Choose a bound link"),
)
