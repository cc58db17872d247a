"""What the form asks while it is filled in: does it work, show a record, what does this expression give.

None of these saves anything; what a system answers goes to the browser and nowhere else.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from connectors.sdk.mapping import PlaceError
from orchestrator.connections.admin.forms import ConnectionForm
from orchestrator.connections.admin.trial import Step, Trial, explain, read_sample, try_mapping, try_settings
from orchestrator.connections.configuring.registry import registered_connectors
from orchestrator.connections.models import Connection, GrantLevel
from orchestrator.connections.permissions import connections_for

__all__ = ["EvaluateView", "SampleView", "TrialView"]

# Each unreadable expression costs another look at the whole form.
_MOST_UNREADABLE = 20


@method_decorator(never_cache, name="dispatch")
class UnsavedSettingsView(ABC, View):
    """Takes the form as it stands, for a new connection or one that the user may configure."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        connection = self._connection()
        cls = registered_connectors().get(connection.connector)
        if cls is None:
            raise Http404
        form = ConnectionForm(
            request.POST, instance=connection, connector=cls, with_grants=False, for_user=request.user
        )
        # Only what the system is asked with counts here; a missing name can wait.
        if not form.settings_form.is_valid():
            return self.refuse(form)
        personal = bool(request.POST.get("personal"))
        return self.answer(connection.connector, form.settings_form.values, personal=personal)

    @abstractmethod
    def refuse(self, form: ConnectionForm) -> HttpResponse:
        """The settings cannot be tried."""

    @abstractmethod
    def answer(self, connector: str, config: Mapping[str, Any], *, personal: bool) -> HttpResponse:
        """What came of them."""

    def _connection(self) -> Connection:
        if "pk" in self.kwargs:
            permitted = connections_for(self.request.user, GrantLevel.CONFIGURE)
            connection = permitted.filter(pk=self.kwargs["pk"]).first()
            if connection is None:
                raise PermissionDenied
            return connection
        if not self.request.user.has_perm("connections.add_connection"):
            raise PermissionDenied
        return Connection(connector=self.kwargs["connector"])


class TrialView(UnsavedSettingsView):
    """The *Test* button: a fragment of HTML, in words."""

    def refuse(self, form: ConnectionForm) -> HttpResponse:
        steps = tuple(Step(False, f"{label}: {text}") for label, text in _problems(form))
        return self._render(Trial(steps))

    def answer(self, connector: str, config: Mapping[str, Any], *, personal: bool) -> HttpResponse:
        return self._render(try_settings(connector, config, personal=personal))

    def _render(self, trial: Trial) -> HttpResponse:
        return TemplateResponse(self.request, "connections/trial.html", {"trial": trial})


class SampleView(UnsavedSettingsView):
    """One raw record, for the mapping beside it."""

    def refuse(self, form: ConnectionForm) -> HttpResponse:
        problems = [f"{label}: {text}" for label, text in _problems(form)]
        return JsonResponse({"problem": " ".join(problems)}, status=422)

    def answer(self, connector: str, config: Mapping[str, Any], *, personal: bool) -> HttpResponse:  # noqa: ARG002
        try:
            return JsonResponse({"sample": read_sample(connector, config)})
        # A plugin may raise anything at all; the form has to say so and stay open.
        except Exception as error:  # noqa: BLE001
            step = explain(error)
            problem: dict[str, Any] = {"problem": f"{step.sentence} {step.detail}".strip()}
            if isinstance(error, PlaceError):
                # Whoever looks for the place of the records has to see what there is.
                problem["answer"] = error.answer
            return JsonResponse(problem, status=422)


class EvaluateView(UnsavedSettingsView):
    """What the expressions give on a sample that the browser holds: for each field a value or a problem."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """While somebody types, an expression is often no expression yet; that must not hide the others."""
        self.unreadable: dict[str, str] = {}
        request.POST = request.POST.copy()
        for _attempt in range(_MOST_UNREADABLE):
            response = super().post(request, **kwargs)
            if response is not None:
                return response
        return JsonResponse({"problems": self.unreadable})

    def refuse(self, form: ConnectionForm) -> HttpResponse | None:
        """``None`` after leaving out an expression that the connector's model names as unreadable."""
        for name, errors in form.settings_form.errors.items():
            for text in errors:
                field, colon, problem = text.partition(": ")
                if colon and self._leave_out(name, field):
                    self.unreadable[field] = problem
                    return None
        return JsonResponse({"problem": " ".join(f"{label}: {text}" for label, text in _problems(form))})

    def answer(self, connector: str, config: Mapping[str, Any], *, personal: bool) -> HttpResponse:  # noqa: ARG002
        try:
            sample = json.loads(self.request.POST.get("sample", ""))
        except (ValueError, RecursionError):
            return JsonResponse({"problem": _("The sample is not JSON any more. Load it again.")}, status=400)
        found = try_mapping(connector, config, sample)
        return JsonResponse({**found, "problems": {**found.get("problems", {}), **self.unreadable}})

    def _leave_out(self, setting: str, field: str) -> bool:
        names = self.request.POST.getlist(f"{setting}-name")
        texts = self.request.POST.getlist(f"{setting}-text")
        if field not in names or len(names) != len(texts) or not texts[names.index(field)]:
            return False
        texts[names.index(field)] = ""
        self.request.POST.setlist(f"{setting}-text", texts)
        return True


def _problems(form: ConnectionForm) -> list[tuple[str, str]]:
    settings = form.settings_form
    return [
        (settings.fields[name].label if name in settings.fields else _("Settings"), text)
        for name, texts in settings.errors.items()
        for text in texts
    ]
