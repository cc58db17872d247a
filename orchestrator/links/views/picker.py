"""The picker's three addresses: the empty modal, what is found, and what was chosen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from orchestrator.links.picker import Ask, Choice, ChoiceRefusedError, Found, choose, find
from orchestrator.links.sources import Source, pickable
from orchestrator.links.views.requests import ChooseBody, SearchBody, accepts_json, refuse
from orchestrator.links.widgets import LinkChooser
from orchestrator.links.words import type_label

__all__ = ["chosen_view", "open_view", "results_view"]

PICK = "links.add_link"


@require_GET
def open_view(request: HttpRequest) -> HttpResponse:
    """The modal with its filters. No source is asked."""
    if not request.user.has_perm(PICK):
        return render(request, "links/picker_refused.html", status=403)
    space = request.GET.get("space", "")
    sources = pickable(
        request.user,
        space=int(space) if space.isdecimal() else None,
        accepts=request.GET.getlist("accepts"),
    )
    context = {
        "multiple": bool(request.GET.get("multiple")),
        "sources": sources,
        "types": _types_of(sources),
        "skeletons": range(8),
        "connections_url": _connections_url(request),
    }
    return render(request, "links/picker.html", context)


def _types_of(sources: list[Source]) -> list[tuple[str, str]]:
    names = {name for source in sources for name in source.types}
    return sorted(((name, type_label(name)) for name in names), key=lambda pair: pair[1].casefold())


def _connections_url(request: HttpRequest) -> str:
    may = request.user.has_perm("connections.add_connection")
    return reverse("connections:add") if may else ""


@accepts_json(SearchBody, permission=PICK)
def results_view(request: HttpRequest, body: SearchBody) -> HttpResponse:
    """What the sources have by now, each for itself; those still to come are ``pending``."""
    ask = Ask(
        query=body.query.strip(),
        sources=frozenset(map(str, body.sources)),
        types=frozenset(body.types),
        accepts=tuple(body.accepts),
        space=body.space,
        cursors={str(uuid): cursor for uuid, cursor in body.cursors.items()},
        patient=body.patient,
    )
    return JsonResponse({"sources": [_source_json(found) for found in find(request.user, ask)]})


def _source_json(found: Found) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "state": found.state,
        "note": found.note,
        "cursor": found.cursor,
        "options": [render_to_string("links/option.html", {"option": option}) for option in found.options],
    }


@accepts_json(ChooseBody, permission=PICK)
def chosen_view(request: HttpRequest, body: ChooseBody) -> HttpResponse:
    """Links to what was picked, as the editor's widget wants them."""
    choices = [Choice(str(item.connection), item.type, item.id) for item in body.items]
    try:
        links = choose(request.user, choices, space=body.space, accepts=body.accepts)
    except ChoiceRefusedError as refused:
        return refuse(str(refused), status=400)
    widget = LinkChooser()
    return JsonResponse({"links": [widget.get_value_data_from_instance(link) for link in links]})
