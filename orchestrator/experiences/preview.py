"""The draft as its readers would get it: the same line as delivery, on the compiled draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from orchestrator.assembly.assembling import Assembly, assemble
from orchestrator.channels import api as channels
from orchestrator.connections import api as connections
from orchestrator.engine.context import Context
from orchestrator.engine.framing import PictureRules
from orchestrator.engine.plan import Bound, FragmentUse
from orchestrator.experiences.drafts import compile_draft, sample_identifiers
from orchestrator.experiences.locales import locale_chain, locale_tag, reading_locale
from orchestrator.experiences.pages import hide_items, name_sources, page_of
from orchestrator.links import api as links

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from orchestrator.experiences.models import Composition

__all__ = ["assemble_draft", "modes", "respond", "sizes"]

NO_CHANNEL = "preview"


def modes(composition: Composition) -> list[tuple[str, str]]:
    """One preview for each channel of the space; one without a name where there is no channel yet."""
    if composition.space_id is None:
        return [(NO_CHANNEL, _("Preview"))]
    found = [(channel.slug, channel.name) for channel in channels.channels_in(composition.space_id)]
    return found or [(NO_CHANNEL, _("Preview"))]


def sizes() -> list[dict[str, object]]:
    """Phone and desktop."""
    return [
        {"name": "phone", "icon": "mobile-alt", "device_width": 390, "label": _("Preview in phone size")},
        {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("Preview in desktop size")},
    ]


def assemble_draft(composition: Composition, *, channel: str, viewer: Any) -> Assembly:
    """The document of the draft in its own language, with the test persons that ``viewer`` may see."""
    context = Context(
        now=timezone.now(),
        channel=channel,
        locale=locale_tag(composition.locale.language_code),
        identifiers=sample_identifiers(composition, viewer=viewer),
        may_use_personal=True,
        pictures=_picture_rules(composition, channel),
    )
    return assemble(
        compile_draft(composition),
        context,
        locale=reading_locale(locale_chain(context.locale)),
        budget_s=settings.DELIVERY_BUDGET_MS / 1000,
    )


def _picture_rules(composition: Composition, channel: str) -> PictureRules:
    """What the channel says of its pictures; where there is no channel yet, what a new one says."""
    # Looked for here: the mode comes from an address, and PostgreSQL refuses a text with a NUL in it.
    row = next((row for row in channels.channels_in(composition.space_id) if row.slug == channel), None)
    return channels.describe(row).pictures if row else PictureRules()


def closed_items(assembly: Assembly, *, viewer: Any) -> dict[str, str]:
    """Items that ``viewer`` may not see, each with its connection's uuid.

    They are read all the same: the page is what apps get, with masks.
    """
    seen = links.seen_by(viewer)
    return {
        chosen.item.id: chosen.item.connection
        for slot in assembly.selection.slots
        for chosen in (*slot.items, *slot.fallback)
        if not isinstance(chosen.item, FragmentUse)
        and not seen.shows_at(chosen.item.connection, person=isinstance(chosen.item, Bound))
    }


def respond(composition: Composition, request: HttpRequest, *, channel: str) -> HttpResponse:
    """The preview page. Never stored by a browser: it may show a test person."""
    assembly = assemble_draft(composition, channel=channel, viewer=request.user)
    names = dict(composition.preview_modes)
    rows = connections.connections_in(composition.space_id)
    called = {str(row.uuid): row.name for row in rows}
    closed = closed_items(assembly, viewer=request.user)
    document = hide_items(
        name_sources(assembly.document, {row.slug: row.name for row in rows}),
        {item: called.get(connection, "") for item, connection in closed.items()},
    )
    answer = page_of(document, channel_name=names.get(channel, channel))
    context = {"answer": answer, "composition": composition, "request": request}
    response = TemplateResponse(request, "experiences/preview.html", context)
    response["Cache-Control"] = "no-store"
    return response
