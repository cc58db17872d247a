"""Links, collections and bound links in the admin: their lists and the addresses of their views."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet

from orchestrator.links.forms import BoundLinkForm, CollectionForm, LinkForm
from orchestrator.links.models import BoundLink, Collection, Link
from orchestrator.links.views.pages import BrokenLinksView, LinkFilterSet, LinkIndexView, LinkPageView
from orchestrator.links.views.rows import (
    RowAddView,
    RowDeleteView,
    RowEditView,
    RowIndexView,
    RowPreviewView,
)

__all__ = ["BoundLinkViewSet", "CollectionViewSet", "LinkViewSet"]


class PlainViewSet(ModelViewSet):
    """No copies, no history and no usage page of Wagtail's: it knows nothing of drafts, ``Use`` does."""

    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    without = ("history", "history_results", "usage", "usage_results")

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        gone = {f"{name}_url_name": None for name in self.without}
        return super().get_common_view_kwargs(**kwargs) | gone

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.without]

    def get_permissions_to_register(self) -> QuerySet[Any]:
        return Permission.objects.filter(content_type__app_label="links", content_type__model=self.model_name)


class LinkViewSet(PlainViewSet):
    """Links are made by picking and never deleted by hand."""

    model = Link
    name = url_namespace = "links"
    icon = "link"
    menu_label = _("All links")
    list_per_page = 30
    search_fields = ["external_id", "alt"]
    filterset_class = LinkFilterSet
    index_view_class = LinkIndexView
    edit_view_class = LinkPageView
    edit_template_name = "links/link.html"
    without = ("add", "delete", *PlainViewSet.without)

    def get_form_class(self, for_update: bool = False) -> type[LinkForm]:  # noqa: ARG002
        return LinkForm

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("broken/", BrokenLinksView.as_view(), name="broken")]

    def get_permissions_to_register(self) -> QuerySet[Any]:
        return super().get_permissions_to_register().exclude(codename="delete_link")


class RowViewSet(PlainViewSet):
    """What collections and bound links have in common."""

    search_fields = ["name"]
    index_view_class = RowIndexView
    add_view_class = RowAddView
    edit_view_class = RowEditView
    delete_view_class = RowDeleteView
    delete_template_name = "links/confirm_delete.html"
    create_template_name = edit_template_name = "links/row_form.html"
    form_class: type[Any]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs, preview_url_name=self.get_url_name("preview"))

    def get_form_class(self, for_update: bool = False) -> type[Any]:  # noqa: ARG002
        return self.form_class

    def get_urlpatterns(self) -> list[Any]:
        preview = RowPreviewView.as_view(model=self.model)
        return [*super().get_urlpatterns(), path("preview/", preview, name="preview")]


class CollectionViewSet(RowViewSet):
    """Stored queries."""

    model = Collection
    name = url_namespace = "links_collections"
    url_prefix = "links/collections"
    icon = "list-ul"
    menu_label = _("Collections")
    form_class = CollectionForm


class BoundLinkViewSet(RowViewSet):
    """How the people of requests are found."""

    model = BoundLink
    name = url_namespace = "links_bound"
    url_prefix = "links/bound"
    icon = "user"
    menu_label = _("Bound links")
    form_class = BoundLinkForm
