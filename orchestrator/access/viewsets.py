"""Spaces, API clients and their keys in the admin."""

from __future__ import annotations

from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.templatetags.wagtailadmin_tags import timesince_simple
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from orchestrator.access.clients import RIGHTS, with_keys
from orchestrator.access.forms import ApiClientForm, SpaceForm
from orchestrator.access.models import ApiClient, Space
from orchestrator.access.views import (
    ApiClientAddView,
    ApiClientDeleteView,
    ApiClientEditView,
    KeyIssueView,
    KeyRevokeView,
    SpaceDeleteView,
)

__all__ = ["ApiClientViewSet", "SpaceViewSet"]


class ApiClientIndexView(generic.IndexView):
    """The programs that may fetch."""

    results_template_name = "access/apiclient/index_results.html"

    def get_base_queryset(self):
        return with_keys(super().get_base_queryset().select_related("space"))


class ApiClientViewSet(ModelViewSet):
    """API clients: what they may do, and their keys."""

    model = ApiClient
    name = "api-clients"
    url_namespace = "access_clients"
    icon = "key"
    menu_label = _("API clients")
    menu_order = 310
    add_to_settings_menu = True
    copy_view_enabled = False
    list_per_page = 50
    list_filter = ["space"]
    search_fields = ["name"]
    search_backend_name = None
    index_view_class = ApiClientIndexView
    add_view_class = ApiClientAddView
    edit_view_class = ApiClientEditView
    delete_view_class = ApiClientDeleteView
    edit_template_name = "access/apiclient/edit.html"
    delete_template_name = "access/apiclient/confirm_delete.html"

    @cached_property
    def list_display(self):
        return [
            "name",
            Column("space", label=_("Space"), sort_key="space__name"),
            Column("rights", label=_("May"), accessor=_list_rights),
            Column("keys", label=_("Keys"), accessor=_count_keys),
            Column("last_used_at", label=_("Last used"), accessor=_tell_last_use, sort_key="last_used_order"),
        ]

    def get_form_class(self, for_update=False):  # noqa: ARG002 - Wagtail's signature.
        return ApiClientForm

    @property
    def issue_key_view(self):
        return self.construct_view(KeyIssueView)

    @property
    def revoke_key_view(self):
        return self.construct_view(KeyRevokeView)

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("edit/<int:pk>/keys/new/", self.issue_key_view, name="issue_key"),
            path("edit/<int:pk>/keys/<int:key_pk>/revoke/", self.revoke_key_view, name="revoke_key"),
        ]


class SpaceViewSet(ModelViewSet):
    """Spaces: the brands that own connections, channels, keys and experiences."""

    model = Space
    name = "spaces"
    url_namespace = "access_spaces"
    icon = "site"
    menu_label = _("Spaces")
    menu_order = 300
    add_to_settings_menu = True
    copy_view_enabled = False
    list_display = ["name", Column("slug", label=_("Short name"), sort_key="slug")]
    delete_view_class = SpaceDeleteView
    delete_template_name = "access/space/confirm_delete.html"

    def get_common_view_kwargs(self, **kwargs):
        # Wagtail's usage page knows some of what a space owns; the refusal to delete counts all of it.
        return super().get_common_view_kwargs(**{"usage_url_name": None, **kwargs})

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "usage"]

    def get_form_class(self, for_update=False):  # noqa: ARG002 - Wagtail's signature.
        return SpaceForm


def _list_rights(client: ApiClient) -> str:
    return ", ".join(str(RIGHTS[right]) for right in client.rights if right in RIGHTS) or str(
        _("nothing yet")
    )


def _tell_last_use(client: ApiClient) -> str:
    return str(timesince_simple(client.last_used_at) if client.last_used_at else _("never"))


def _count_keys(client: ApiClient) -> str:
    if not client.usable_keys:
        return str(_("none"))
    return ngettext("%(count)d in use", "%(count)d in use", client.usable_keys) % {
        "count": client.usable_keys
    }
