"""Views of connections. Each asks for the connection among those that the user may see or configure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton

from connectors.sdk import Connector, capabilities
from connectors.sdk.types import TYPES, field_names, type_title
from orchestrator.connections.admin.badges import badge_of
from orchestrator.connections.admin.words import capability_words
from orchestrator.connections.api import check, hook_url
from orchestrator.connections.configuring.abilities import abilities
from orchestrator.connections.configuring.registry import failed_connectors, registered_connectors
from orchestrator.connections.models import Connection, GrantLevel
from orchestrator.connections.permissions import connections_for

__all__ = [
    "ConnectionAddView",
    "ConnectionCheckView",
    "ConnectionDeleteView",
    "ConnectionEditView",
    "ConnectionHistoryView",
    "ConnectionIndexView",
    "ConnectionInspectView",
    "ConnectorChoiceView",
]


class ConnectionIndexView(generic.IndexView):
    """The connections that the user may see; connectors that failed to load are named on top."""

    results_template_name = "connections/index_results.html"

    def get_base_queryset(self) -> QuerySet[Connection]:
        visible = connections_for(self.request.user, GrantLevel.VIEW)
        return visible.select_related("health", "poll_state", "sweep", "space")

    @cached_property
    def configurable(self) -> set[int]:
        """Ids of the connections that the user may configure."""
        return set(connections_for(self.request.user, GrantLevel.CONFIGURE).values_list("pk", flat=True))

    def get_edit_url(self, instance: Connection) -> str | None:
        return super().get_edit_url(instance) if instance.pk in self.configurable else None

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        for connection in context["object_list"]:
            describe(connection)
        context["failed_connectors"] = failed_connectors()
        return context


class ConnectorChoiceView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """First step of a new connection: what kind of system is it?"""

    model = Connection
    permission_required = "add"
    template_name = "connections/choose_connector.html"
    page_title = gettext_lazy("Add a connection")
    header_icon = "plug"
    index_url_name = None

    def get_breadcrumbs_items(self):
        return [*_breadcrumbs(self), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cards = [
            {
                "name": cls.name,
                "description": cls.description,
                "capabilities": capability_words(capabilities(cls)),
                "types": [type_title(name) if name in TYPES else name for name in cls.types],
                "settings_decide": not cls.types,
                "badge": badge_of(cls),
                "url": reverse("connections:add_with", args=(connector,)),
            }
            for connector, cls in registered_connectors().items()
        ]
        return super().get_context_data(**kwargs, cards=cards, failed_connectors=failed_connectors())


class SettingsViewMixin(ABC):
    """What adding and editing share: the form of one connector, and the addresses of its helpers."""

    @property
    @abstractmethod
    def connector_id(self) -> str:
        """Which connector the settings are of."""

    @cached_property
    def connector(self) -> type[Connector[Any]] | None:
        """The connector's class; ``None`` when no installed package brings it any more."""
        return registered_connectors().get(self.connector_id)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "connector": self.connector,
            "with_grants": self.request.user.has_perm("connections.change_connection"),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        context["media"] += form.settings_form.media if form.settings_form else form.media
        context |= {
            # A class would be called by the template.
            "connector_installed": self.connector is not None,
            "connector_id": self.connector_id,
            "connector_failure": failed_connectors().get(self.connector_id, ""),
            "test_url": self.trial_url("test"),
            "sample_url": self.trial_url("sample"),
            "evaluate_url": self.trial_url("evaluate"),
            "fields_by_type": fields_by_type(),
            "hook_url": hook_url(form.instance) if form.instance.pk else "",
        }
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, then say whether the system answers: nobody should find out from an editor."""
        response = super().form_valid(form)
        if self.object.enabled and self.connector is not None:
            _ask(self.request, self.object)
        return response

    def get_success_url(self) -> str:
        return self.get_edit_url()

    def get_success_buttons(self) -> list[Any]:
        return []

    @abstractmethod
    def trial_url(self, name: str) -> str:
        """The address of a helper: "test", "sample" or "evaluate"."""


class ConnectionAddView(SettingsViewMixin, generic.CreateView):
    """Second step of a new connection: its settings."""

    def get_page_title(self) -> str:
        return _("New")

    def get_page_subtitle(self) -> str:
        return _("%(connector)s connection") % {"connector": self.connector.name}

    @cached_property
    def connector_id(self) -> str:
        if self.kwargs["connector"] not in registered_connectors():
            raise Http404
        return self.kwargs["connector"]

    def get_initial_form_instance(self) -> Connection:
        return Connection(connector=self.connector_id)

    def get_add_url(self) -> str:
        return reverse("connections:add_with", args=(self.connector_id,))

    def get_breadcrumbs_items(self):
        return [
            *_breadcrumbs(self),
            {"url": reverse("connections:add"), "label": _("Add a connection")},
            {"url": "", "label": self.connector.name},
        ]

    def trial_url(self, name: str) -> str:
        return reverse(f"connections:{name}_new", args=(self.connector_id,))


class ConnectionEditView(SettingsViewMixin, generic.EditView):
    """The settings of one connection; secrets stay where they are."""

    def get_queryset(self) -> QuerySet[Connection]:
        return connections_for(self.request.user, GrantLevel.CONFIGURE).select_related("health", "poll_state")

    @cached_property
    def connector_id(self) -> str:
        return self.object.connector

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, health=getattr(self.object, "health", None))

    def trial_url(self, name: str) -> str:
        return reverse(f"connections:{name}", args=(self.object.pk,))


class ConnectionInspectView(generic.InspectView):
    """What those read who may not configure: health, and what it can do."""

    page_title = gettext_lazy("Connection")
    fields = ["name"]

    def get_object(self, queryset: Any = None) -> Connection:  # noqa: ARG002 - Django's signature.
        visible = connections_for(self.request.user, GrantLevel.VIEW)
        return _one(visible.select_related("health", "poll_state", "sweep", "space"), self.pk)

    @cached_property
    def may_configure(self) -> bool:
        """Whether the user may change this one."""
        return connections_for(self.request.user, GrantLevel.CONFIGURE).filter(pk=self.object.pk).exists()

    def get_edit_url(self) -> str | None:
        return super().get_edit_url() if self.may_configure else None

    @property
    def header_buttons(self):
        url = self.get_edit_url()
        return [HeaderButton(_("Edit"), url=url, icon_name="edit")] if url else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        grants = self.object.grants.select_related("group").order_by("group__name")
        return super().get_context_data(**kwargs, connection=describe(self.object), grants=grants)


class ConnectionCheckView(View):
    """Asks a system now whether it answers, for those who may configure its connection."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, say what came of it, and show the connection."""
        _ask(request, _one(connections_for(request.user, GrantLevel.CONFIGURE), pk))
        return redirect("connections:inspect", pk)


class ConnectionHistoryView(history.HistoryView):
    """Who changed what when, for those who may configure."""

    permission_required = "change"

    def get_base_object_queryset(self) -> QuerySet[Connection]:
        return connections_for(self.request.user, GrantLevel.CONFIGURE)


class ConnectionDeleteView(generic.DeleteView):
    """Refuses, in words, while links lead through the connection."""

    def get_queryset(self) -> QuerySet[Connection]:
        return connections_for(self.request.user, GrantLevel.CONFIGURE)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.user_has_permission("delete"):
            raise PermissionDenied
        try:
            return super().post(request, *args, **kwargs)
        except ProtectedError as refused:
            text = _("“%(connection)s” is still used by %(count)d links, collections or bound links.")
            messages.error(
                request, text % {"connection": self.object, "count": len(refused.protected_objects)}
            )
            return redirect(self.get_success_url())


def describe(connection: Connection) -> Connection:
    """Put on a loaded connection what lists and pages say of it beside its columns. Asks no system."""
    cls = registered_connectors().get(connection.connector)
    able = abilities(connection)
    connection.connector_name = cls.name if cls else connection.connector
    connection.installed = cls is not None
    connection.badge = badge_of(cls) if cls else None
    connection.can = capability_words(sorted(able.capabilities)) if able else []
    connection.gives = able.types if able else ()
    connection.last_poll = _last_poll(connection)
    connection.last_sweep = getattr(connection, "sweep", None)
    return connection


def fields_by_type() -> dict[str, list[dict[str, Any]]]:
    """The canonical fields of each type, for the browser to draw another table when the type changes."""
    return {name: [asdict(field) for field in field_names(name)] for name in TYPES}


def _ask(request: HttpRequest, connection: Connection) -> None:
    found = check(connection)
    say = messages.success if found.ok else messages.warning
    say(request, found.message)


def _last_poll(connection: Connection) -> Any:
    state = getattr(connection, "poll_state", None)
    if state is None or not connection.poll_interval_s:
        return None
    # due_at moves on by the interval when a poll begins.
    return state.due_at - timedelta(seconds=connection.poll_interval_s)


def _one(connections: QuerySet[Connection], pk: Any) -> Connection:
    found = connections.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _breadcrumbs(view: WagtailAdminTemplateMixin) -> list[dict[str, Any]]:
    return [*view.breadcrumbs_items, {"url": reverse("connections:index"), "label": _("Connections")}]
