"""One request in a straight line: each step calls the next once, nothing calls back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from orchestrator.access import api as access
from orchestrator.assembly.assembling import Assembly, assemble
from orchestrator.channels import api as channels
from orchestrator.delivery.authentication import require_right
from orchestrator.delivery.inputs import Inputs, read_inputs
from orchestrator.delivery.problems import FieldError, ProblemError
from orchestrator.delivery.tracing import Trace
from orchestrator.engine.context import Context
from orchestrator.engine.plan import Bundle
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links

__all__ = ["Delivery", "deliver"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An assembled answer and everything that its headers and its explanation are made of."""

    client: access.Client
    channel: channels.Channel
    inputs: Inputs
    context: Context
    locales: tuple[str, ...]
    assembly: Assembly
    budget_ms: int
    posted: bool
    changes_at: datetime | None

    @property
    def personal(self) -> bool:
        """Whether it is for this caller only."""
        return self.posted or self.assembly.selection.personal


def deliver(request: HttpRequest, client: access.Client, slug: str, *, trace: Trace) -> Delivery:
    """From a known client to an assembled answer, within the budget that is left.

    Raises:
        ProblemError: What is wrong with the request. Never a fault of a source.
    """
    inputs = _read_inputs(request, client)
    channel = _find_channel(client, inputs.channel)
    context = _describe(client, inputs, channel, now=timezone.now())
    locales = tuple(experiences.locale_chain(context.locale))
    bundle = _find_bundle(client, slug, locales)
    budget_s = max(0.0, settings.DELIVERY_BUDGET_MS / 1000 - trace.elapsed_s())
    assembly = assemble(
        bundle,
        context,
        locale=experiences.reading_locale(locales),
        budget_s=budget_s,
        traceparent=trace.traceparent,
    )
    return Delivery(
        client=client,
        channel=channel,
        inputs=inputs,
        context=context,
        locales=locales,
        assembly=assembly,
        budget_ms=settings.DELIVERY_BUDGET_MS,
        posted=request.method == "POST",
        changes_at=bundle.changes_at,
    )


def _read_inputs(request: HttpRequest, client: access.Client) -> Inputs:
    if request.method == "POST":
        require_right(client, "personal:read")
    inputs = read_inputs(request, identifier_kinds=lambda: links.identifier_kinds(client.space_id))
    if inputs.explain:
        require_right(client, "explain")
    return inputs


# What nobody who only has a key can see: where it is allowed.
_ALLOW = "an administrator allows it under Settings > Channels"
_NO_CHANNEL = f"this key may use none; {_ALLOW}"


def _find_channel(client: access.Client, slug: str | None) -> channels.Channel:
    try:
        return channels.channel_for(client, slug)
    except channels.UnknownChannelError:
        detail = f"There is no such channel: {_choices(channels.slugs_of(client))}"
        raise _channel_problem("unknown_channel", detail) from None
    except channels.ChannelRequiredError as error:
        detail = f"No channel is named: {_choices(error.choices)}"
        raise _channel_problem("channel_required", detail) from None
    except channels.ChannelNotAllowedError:
        raise ProblemError("channel_refused", f"The client may not use this channel: {_ALLOW}.") from None


def _choices(slugs: Sequence[str]) -> str:
    """Only what this key may use is named."""
    return f"name one of {', '.join(slugs)}" if slugs else _NO_CHANNEL


def _channel_problem(code: str, detail: str) -> ProblemError:
    return ProblemError.of_fields([FieldError("query", "channel", code, detail)])


def _describe(client: access.Client, inputs: Inputs, channel: channels.Channel, *, now: datetime) -> Context:
    return Context(
        now=now,
        channel=channel.slug,
        locale=experiences.locale_tag(inputs.locale or channel.default_locale),
        identifiers=inputs.identifiers,
        may_use_personal=client.may("personal:read"),
        pictures=channel.pictures,
    )


def _find_bundle(client: access.Client, slug: str, locales: tuple[str, ...]) -> Bundle:
    bundle = experiences.published_plan(space_id=client.space_id, slug=slug, locales=locales)
    if bundle is None:
        raise ProblemError("unknown_experience", "No experience of this name is published.")
    return bundle
