"""What the readable page shows, taken from the OpenAPI document: operations and shapes, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

__all__ = ["operations_of", "shapes_of"]

_METHODS = ("get", "post")
_CODE = re.compile(r"`([^`]+)`")


def operations_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every operation; what most readers came for is first."""
    found = list(_operations(document))
    return sorted(found, key=lambda operation: "{slug}" not in operation["path"])


def shapes_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything that has a name: objects with their fields, and choices."""
    return [
        {
            "name": name,
            "description": _with_code(_without_choices(schema)),
            "choices": _words(schema) if "enum" in schema else "",
            "fields": list(_fields(schema)),
        }
        for name, schema in document["components"]["schemas"].items()
    ]


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if operation := methods.get(method):
                yield {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "description": _with_code(operation["description"]),
                    "parameters": [_parameter(one) for one in operation["parameters"]],
                    "takes_body": "requestBody" in operation,
                    "answers": list(_answers(operation["responses"])),
                }


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {**parameter, "description": _with_code(parameter["description"])}


def _answers(responses: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for status, response in sorted(responses.items()):
        shapes = [_words(content["schema"]) for content in response.get("content", {}).values()]
        headers = [(n, _with_code(h["description"])) for n, h in response.get("headers", {}).items()]
        yield {
            "status": status,
            "description": _with_code(response["description"]),
            "shape": shapes[0] if shapes else "",
            "headers": headers,
        }


def _fields(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, field in schema.get("properties", {}).items():
        yield {
            "name": name,
            "type": _words(field),
            "always": name in schema.get("required", ()),
            "description": _with_code(_without_choices(field)),
        }


def _without_choices(schema: Mapping[str, Any]) -> str:
    # Of a choice the generator repeats every value, which its type already says.
    return schema.get("description", "").partition("* `")[0].strip()


def _words(schema: Mapping[str, Any]) -> SafeString:
    """A type in words, with a link to each shape in it."""
    return mark_safe(_type(schema))  # noqa: S308 - all text in it is escaped where it is put in.


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#shape-{name}">{name}</a>'
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " or ".join(_type(one) for one in several)
    if "enum" in schema:
        return " or ".join(f"<code>{escape(value)}</code>" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if isinstance(of_keys := schema.get("additionalProperties"), dict) and of_keys:
        return f"object of {_type(of_keys)}"
    plain = schema.get("type", "any value")
    return escape(" or ".join(plain) if isinstance(plain, list) else schema.get("format", plain))


def _with_code(text: str) -> SafeString:
    """Escaped, with what stands in backticks as code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped before.
