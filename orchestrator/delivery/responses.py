"""An assembled answer as an HTTP response: bytes, validators, and what caches may do with them."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import parse_etags

from orchestrator.channels.renderers import json as json_renderer
from orchestrator.delivery.cache_groups import groups_of
from orchestrator.delivery.explanation import explain
from orchestrator.delivery.lifetimes import lifetime_of
from orchestrator.delivery.pipeline import Delivery
from orchestrator.delivery.tracing import Trace

__all__ = ["respond"]


def respond(delivery: Delivery, request: HttpRequest, *, trace: Trace) -> HttpResponse:
    """200 with the document, or 304 where the caller has these very bytes."""
    document = delivery.assembly.document
    if delivery.inputs.explain:
        document = document | {"explain": explain(delivery, trace=trace)}
    body = json_renderer.render(document)
    headers = _cache_headers(delivery, body)
    if "ETag" in headers and _matches(request.headers.get("If-None-Match", ""), headers["ETag"]):
        response = HttpResponse(status=304, headers=headers | _request_headers(delivery, trace))
        del response.headers["Content-Type"]
        return response
    headers |= {"Content-Type": json_renderer.MEDIA_TYPE, "Content-Length": str(len(body))}
    return HttpResponse(body, headers=headers | _request_headers(delivery, trace))


def _cache_headers(delivery: Delivery, body: bytes) -> dict[str, str]:
    """The same for equal answers. A personal or explained answer is stored nowhere."""
    if delivery.personal or delivery.inputs.explain:
        return {"Cache-Control": "private, no-store"}
    headers = {"ETag": _etag(body), "Cache-Control": "private, no-cache"}
    if delivery.channel.shared_cache:
        headers["Cache-Control"] = _public_cache_control(delivery)
        groups = groups_of(delivery.assembly.selection)
        headers["Cache-Groups"] = ", ".join(f'"{name}"' for name in groups)
        headers["Surrogate-Key"] = " ".join(groups)
        if not _address_says_all(delivery):
            headers["Vary"] = "Authorization"
    return headers


def _public_cache_control(delivery: Delivery) -> str:
    # Caches count from the end of an answer, which a slow source may have put off.
    lifetime = lifetime_of(delivery.assembly, now=timezone.now(), changes_at=delivery.changes_at)
    return (
        f"public, max-age=0, s-maxage={lifetime.fresh_s}, "
        f"stale-while-revalidate={lifetime.revalidate_s}, stale-if-error={lifetime.if_error_s}"
    )


def _address_says_all(delivery: Delivery) -> bool:
    """Whether every key that may ask this address gets this answer.

    Not where the key stands for the channel, nor where two spaces have a channel of this name: there
    the answer depends on the key, and a shared cache has to know.
    """
    return delivery.inputs.channel is not None and delivery.channel.only_of_its_name


def _etag(body: bytes) -> str:
    return f'"{urlsafe_b64encode(sha256(body).digest()[:18]).decode()}"'


def _matches(if_none_match: str, etag: str) -> bool:
    # If-None-Match compares weakly (RFC 9110, 13.1.2): a proxy that compresses makes our tags weak.
    known = {tag.removeprefix("W/") for tag in parse_etags(if_none_match)}
    return etag in known or "*" in known


def _request_headers(delivery: Delivery, trace: Trace) -> dict[str, str]:
    """What is true of this request only."""
    return {
        "Cache-Status": _cache_status(delivery),
        "Server-Timing": _server_timing(delivery, trace),
    }


def _cache_status(delivery: Delivery) -> str:
    """RFC 9211: whether the sources were asked for this answer."""
    wants, calls = delivery.assembly.selection.wants(), delivery.assembly.resolution.calls
    asked = sum(call.items for call in calls)
    if not calls:
        return "Onevoice; hit"
    return f"Onevoice; fwd={'miss' if asked >= len(wants) else 'partial'}"


def _server_timing(delivery: Delivery, trace: Trace) -> str:
    """Each source that was waited for, and the whole."""
    calls = [
        f'{call.connection};dur={call.elapsed_ms:.1f};desc="{call.kind} {call.items} {call.outcome}"'
        for call in delivery.assembly.resolution.calls
    ]
    return ", ".join([*calls, f"onevoice;dur={trace.elapsed_s() * 1000:.1f}"])
