"""What the OpenAPI document says of each address. Codes and shapes come from the code that uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from orchestrator.delivery.problems import MEDIA_TYPE, PROBLEMS
from orchestrator.delivery.schemas import Answer, Problem

__all__ = ["EXPERIENCE_GET", "EXPERIENCE_POST", "describe_list"]

_ALWAYS = (
    "malformed_request",
    "key_required",
    "key_refused",
    "right_missing",
    "method_not_allowed",
    "not_acceptable",
    "internal",
)
_OF_QUERY = ("unknown_parameter", "duplicate_parameter", "invalid_parameter", "identifier_in_url")
_OF_CHANNEL = ("channel_required", "unknown_channel", "channel_refused", "unknown_experience")
_OF_BODY = (
    "malformed_body",
    "unknown_field",
    "invalid_field",
    "body_too_slow",
    "body_too_large",
    "unsupported_media_type",
    "no_room_for_body",
)


def _problems(codes: Iterable[str]) -> dict[Any, Any]:
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    return {
        (status, MEDIA_TYPE): OpenApiResponse(
            Problem, description="; ".join(f"{PROBLEMS[code].title} (`{code}`)" for code in named)
        )
        for status, named in sorted(by_status.items())
    }


def _query(name: str, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.QUERY, description=description, **more)


def _said(name: str, description: str, *statuses: int) -> OpenApiParameter:
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, description=description, response=list(statuses)
    )


_SENT = [
    OpenApiParameter(
        "X-Request-Id",
        str,
        OpenApiParameter.HEADER,
        description="Your name for this request: 8 to 64 letters, digits, dots, dashes. "
        "It comes back, and is in our log.",
    ),
    OpenApiParameter(
        "traceparent",
        str,
        OpenApiParameter.HEADER,
        description="W3C trace context; passed on to the sources.",
    ),
]
_ASKED = [
    OpenApiParameter("slug", str, OpenApiParameter.PATH, description="The experience's short name."),
    _query("channel", "Where the answer will be shown. Optional for a key with exactly one channel."),
    _query(
        "locale",
        "A language tag: de-CH finds de-CH, else de, else the installation's own. "
        "Without one, the channel's default.",
    ),
    _query(
        "explain",
        "1 adds why the answer is as it is. Needs the right `explain`; such an answer is not stored.",
        enum=["0", "1"],
    ),
    *_SENT,
]
_ANSWERED = [
    _said("X-Request-Id", "The request's name in our log.", 200),
    _said("Cache-Control", "What caches may do with it.", 200),
    _said("Cache-Status", "Whether sources were asked for it (RFC 9211).", 200),
    _said("Server-Timing", "Each source that was waited for, and the whole.", 200),
]
_PUBLIC = [
    OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="ETags that you have."),
    _said("ETag", "Strong: equal bytes have equal tags. Not on explained answers.", 200),
    _said(
        "Cache-Groups",
        "Names by which a cache can forget it (RFC 9875); the same as `Surrogate-Key`. "
        "Only where shared caches may keep it.",
        200,
    ),
]

EXPERIENCE_GET: Mapping[str, Any] = {
    "operation_id": "fetch_experience",
    "tags": ["Experiences"],
    "summary": "Fetch an experience",
    "description": (
        "Every slot resolved for this request, within the time budget. A slot that cannot be filled says so "
        "in a 200; it never fails the answer. Identifiers have no place in an address: see POST."
    ),
    "parameters": [*_ASKED, *_ANSWERED, *_PUBLIC],
    "responses": {
        200: OpenApiResponse(Answer, description="The experience."),
        304: OpenApiResponse(description="You have these very bytes."),
        **_problems([*_OF_QUERY, *_OF_CHANNEL, *_ALWAYS]),
    },
}
EXPERIENCE_POST: Mapping[str, Any] = {
    "operation_id": "fetch_experience_for_a_person",
    "tags": ["Experiences"],
    "summary": "Fetch an experience for a person",
    "description": (
        "The same with identifiers, which bind the links to people's records. Needs the right "
        "`personal:read`. The answer is for this caller only and stored nowhere."
    ),
    "parameters": [*_ASKED, *_ANSWERED],
    "responses": {
        200: OpenApiResponse(Answer, description="The experience for this person."),
        **_problems([*_OF_QUERY, *_OF_CHANNEL, *_OF_BODY, *_ALWAYS]),
    },
    "examples": [
        OpenApiExample("A guest", {"identifiers": {"loyalty_id": "ML-100234"}}, request_only=True),
    ],
}


def describe_list(*, operation_id: str, tag: str, summary: str, description: str, row: Any) -> dict[str, Any]:
    """What a list says of itself; its filters and pages describe themselves."""
    return {
        "operation_id": operation_id,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "parameters": [*_SENT, _ANSWERED[0]],
        "responses": {
            (200, "application/json"): OpenApiResponse(row, description="One page."),
            **_problems([*_OF_QUERY, *_ALWAYS]),
        },
    }
