"""Connections in the admin: the list, and the addresses of its views."""

from __future__ import annotations

import django_filters
from django.db.models import Q
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.viewsets.model import ModelViewSet

from orchestrator.connections.admin.forms import ConnectionForm
from orchestrator.connections.admin.trial_views import EvaluateView, SampleView, TrialView
from orchestrator.connections.admin.views import (
    ConnectionAddView,
    ConnectionCheckView,
    ConnectionDeleteView,
    ConnectionEditView,
    ConnectionHistoryView,
    ConnectionIndexView,
    ConnectionInspectView,
    ConnectorChoiceView,
)
from orchestrator.connections.configuring.registry import registered_connectors
from orchestrator.connections.models import Connection, HealthState

__all__ = ["ConnectionViewSet"]


def connector_choices():
    """Installed connectors and those that connections still name."""
    names = {name: cls.name for name, cls in registered_connectors().items()}
    used = Connection.objects.order_by("connector").values_list("connector", flat=True).distinct()
    return [(name, names.get(name, name)) for name in sorted({*names, *used})]


class ConnectionFilterSet(WagtailFilterSet):
    """By health and by connector."""

    health = django_filters.MultipleChoiceFilter(
        label=_("Health"), choices=HealthState.choices, method="filter_health"
    )
    connector = django_filters.MultipleChoiceFilter(label=_("Connector"), choices=connector_choices)

    class Meta:
        model = Connection
        fields = ["health", "connector"]

    def filter_health(self, queryset, _name, states):
        """A connection that nobody asked yet has no finding: it is unchecked."""
        chosen = Q(health__state__in=states)
        if HealthState.UNCHECKED in states:
            chosen |= Q(health=None)
        return queryset.filter(chosen)


class ConnectionColumn(BaseColumn):
    """A cell with a template of its own, which gets the connection."""

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "connection": instance, "health": getattr(instance, "health", None)}


class HealthColumn(ConnectionColumn):
    """A badge in words, and how old the finding is."""

    cell_template_name = "connections/columns/health.html"


class CapabilitiesColumn(ConnectionColumn):
    """What the connection can do, with its settings."""

    cell_template_name = "connections/columns/capabilities.html"


class LastPollColumn(ConnectionColumn):
    """When it was last asked for changes."""

    cell_template_name = "connections/columns/last_poll.html"


class ConnectionViewSet(ModelViewSet):
    """Connections: configured connectors with their health."""

    model = Connection
    name = "connections"
    url_namespace = "connections"
    icon = "plug"
    menu_label = _("Connections")
    menu_order = 300
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = 50
    search_fields = ["name", "slug"]
    search_backend_name = None
    filterset_class = ConnectionFilterSet
    index_view_class = ConnectionIndexView
    add_view_class = ConnectionAddView
    edit_view_class = ConnectionEditView
    delete_view_class = ConnectionDeleteView
    history_view_class = ConnectionHistoryView
    inspect_view_class = ConnectionInspectView
    index_template_name = "connections/index.html"
    create_template_name = edit_template_name = "connections/form.html"
    inspect_template_name = "connections/inspect.html"
    delete_template_name = "connections/confirm_delete.html"

    @cached_property
    def list_display(self):
        return [
            "name",
            HealthColumn("health", label=_("Health"), sort_key="health__state"),
            Column("slug", label=_("Source"), sort_key="slug"),
            Column("connector_name", label=_("Connector"), sort_key="connector"),
            CapabilitiesColumn("capabilities", label=_("Can")),
            LastPollColumn("last_poll", label=_("Last poll")),
        ]

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(**{"usage_url_name": None, **kwargs})

    def get_form_class(self, for_update=False):  # noqa: ARG002 - Wagtail's signature.
        return ConnectionForm

    def get_urlpatterns(self):
        views = {
            name: self.construct_view(view)
            for name, view in (("test", TrialView), ("sample", SampleView), ("evaluate", EvaluateView))
        }
        # "usage" would list links by their bare addresses; the links' own pages say it better.
        kept = [p for p in super().get_urlpatterns() if p.name not in ("add", "usage")]
        return [
            *kept,
            path("new/", self.construct_view(ConnectorChoiceView), name="add"),
            path("new/<str:connector>/", self.add_view, name="add_with"),
            path("new/<str:connector>/test/", views["test"], name="test_new"),
            path("new/<str:connector>/sample/", views["sample"], name="sample_new"),
            path("new/<str:connector>/evaluate/", views["evaluate"], name="evaluate_new"),
            path("check/<int:pk>/", ConnectionCheckView.as_view(), name="check"),
            path("edit/<int:pk>/test/", views["test"], name="test"),
            path("edit/<int:pk>/sample/", views["sample"], name="sample"),
            path("edit/<int:pk>/evaluate/", views["evaluate"], name="evaluate"),
        ]
