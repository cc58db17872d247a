"""The OpenAPI document, and the same for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from orchestrator.access.api import RIGHTS
from orchestrator.delivery.docs_page import operations_of, shapes_of
from orchestrator.delivery.problems import PROBLEMS
from orchestrator.delivery.views import DeliveryView

__all__ = ["OpenApiView", "openapi", "show_docs"]


@cache
def openapi() -> Mapping[str, Any]:
    """The OpenAPI 3.1 document, made once: nothing in it depends on a request."""
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)
    # Lazy texts and other types of Python's become plain JSON.
    return json.loads(json.dumps(schema, default=str))


class OpenApiView(DeliveryView):
    """The document for programs. Needs no key."""

    http_method_names = ["get", "head"]

    @extend_schema(exclude=True)
    def get(self, _request: Request) -> HttpResponse:
        """The whole document."""
        response = HttpResponse(orjson.dumps(openapi()), content_type="application/json")
        response.headers["Cache-Control"] = "public, max-age=300"
        return response


@require_safe
def show_docs(request: HttpRequest) -> HttpResponse:
    """The document for people: server-rendered, without scripts. Needs no key."""
    page = {
        "operations": operations_of(openapi()),
        "shapes": shapes_of(openapi()),
        "problems": PROBLEMS.values(),
        "rights": RIGHTS.items(),
        "public_url": settings.PUBLIC_URL,
    }
    response = render(request, "delivery/docs.html", page)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
