"""The addresses of experiences: parse, call the pipeline, respond."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.views import APIView

from orchestrator.access import api as access
from orchestrator.connections import api as connections
from orchestrator.delivery import documentation
from orchestrator.delivery.authentication import authenticate, require_right
from orchestrator.delivery.negotiation import JsonNegotiation
from orchestrator.delivery.pipeline import Delivery, deliver
from orchestrator.delivery.problems import ProblemError
from orchestrator.delivery.responses import respond
from orchestrator.delivery.schemas import PersonalRequest
from orchestrator.delivery.tracing import Trace, read_trace

__all__ = ["DeliveryView", "ExperienceView", "NothingHereView"]

log = structlog.stdlib.get_logger(__name__)


class DeliveryView(APIView):
    """What all addresses of the API share: a trace, one format, a key with a right, problems as errors."""

    http_method_names = ["get", "head", "post"]
    content_negotiation_class = JsonNegotiation
    right: ClassVar[str | None] = None

    client: access.Client = access.NOBODY

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Give the request its id before anything can fail."""
        wrapped = super().initialize_request(request, *args, **kwargs)
        wrapped.trace = read_trace(request.headers)
        return wrapped

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Method, format, key, right: in this order, each before the next is looked at."""
        if request.method not in self.allowed_methods:
            raise MethodNotAllowed(request.method)
        super().initial(request, *args, **kwargs)
        if self.right:
            self.client = authenticate(request.headers)
            require_right(self.client, self.right)

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Say which request this was; name the methods only where another one was tried."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if final.status_code != 405:
            del final.headers["Allow"]
        for name, value in request.trace.headers().items():
            final.headers[name] = value
        return final


class ExperienceView(DeliveryView):
    """One experience, resolved for this request."""

    right = "experiences:read"

    @extend_schema(**documentation.EXPERIENCE_GET)
    def get(self, request: Request, slug: str) -> HttpResponse:
        """Fetch an experience."""
        return self._answer(request, slug)

    @extend_schema(request=PersonalRequest, **documentation.EXPERIENCE_POST)
    def post(self, request: Request, slug: str) -> HttpResponse:
        """Fetch an experience for a person."""
        return self._answer(request, slug)

    def _answer(self, request: Request, slug: str) -> HttpResponse:
        delivery = deliver(request._request, self.client, slug, trace=request.trace)
        response = respond(delivery, request._request, trace=request.trace)
        _note(delivery, response, request.trace)
        _note_use(self.client)
        return response


class NothingHereView(DeliveryView):
    """Every other address under the API's root."""

    @extend_schema(exclude=True)
    def get(self, _request: Request, *_path: str, **_named: str) -> HttpResponse:
        """There is nothing here. A method that the API has nowhere is refused before that."""
        raise ProblemError("not_found", "There is nothing at this address.")

    post = get


def _note(delivery: Delivery, response: HttpResponse, trace: Trace) -> None:
    """One line for each answer: names and numbers; no address, no identifier, no value."""
    log.info(
        "delivered",
        request_id=trace.request_id,
        client=delivery.client.uuid,
        experience=delivery.assembly.selection.plan.slug,
        version=delivery.assembly.selection.plan.version,
        channel=delivery.channel.slug,
        status=response.status_code,
        personal=delivery.personal,
        calls=len(delivery.assembly.resolution.calls),
        elapsed_ms=round(trace.elapsed_s() * 1000, 1),
    )


def _note_use(client: access.Client) -> None:
    """Once an hour at most, so that people see which keys are in use, and that somebody fetches at all."""
    if access.use_is_news(client.key_id):
        connections.write_soon(partial(access.note_use, client.key_id))
