"""The OpenAPI document, and the same for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from orchestrator.access.api import RIGHTS
from orchestrator.delivery.problems import PROBLEMS
from orchestrator.delivery.views import DeliveryView

__all__ = ["OpenApiView", "openapi", "show_docs"]

_METHODS = ("get", "post")


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


def show_docs(request: HttpRequest) -> HttpResponse:
    """The document for people: server-rendered, without scripts. Needs no key."""
    page = {
        "operations": list(_operations(openapi())),
        "problems": PROBLEMS.values(),
        "rights": RIGHTS.items(),
        "public_url": settings.PUBLIC_URL,
    }
    response = render(request, "delivery/docs.html", page)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if operation := methods.get(method):
                yield {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "description": operation["description"],
                    "parameters": operation.get("parameters", []),
                    "takes_body": "requestBody" in operation,
                    "answers": list(_answers(operation["responses"])),
                }


def _answers(responses: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for status, response in sorted(responses.items()):
        schemas = (content["schema"] for content in response.get("content", {}).values())
        shape = next((schema["$ref"].rpartition("/")[2] for schema in schemas if "$ref" in schema), "")
        yield {
            "status": status,
            "description": response["description"],
            "shape": shape,
            "headers": response.get("headers", {}),
        }
