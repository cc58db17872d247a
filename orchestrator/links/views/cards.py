"""The cards of one page, and the number that tells when to read them again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from orchestrator.connections import api as connections
from orchestrator.links.cards import read_cards
from orchestrator.links.views.requests import CardsBody, accepts_json, refuse
from orchestrator.links.words import CLOSED

__all__ = ["cards_view", "changes_view"]

SEE = "links.view_link"
_CHANGE = {
    "link": "links.change_link",
    "collection": "links.change_collection",
    "bound": "links.change_boundlink",
}


@accepts_json(CardsBody, permission=SEE)
def cards_view(request: HttpRequest, body: CardsBody) -> HttpResponse:
    """All cards of a page in one batch for each connection."""
    # Read before the cards are: what changes in between shows at the next poll.
    generation = connections.generation()
    cards = read_cards(
        request.user,
        links=map(str, body.link),
        collections=map(str, body.collection),
        bound=map(str, body.bound),
    )
    return JsonResponse(
        {
            "generation": generation,
            "cards": {
                uuid: {
                    "label": card.label,
                    "html": render_to_string("links/card.html", {"card": card}),
                    "may_open": card.state != CLOSED and request.user.has_perm(_CHANGE[card.kind]),
                }
                for uuid, card in cards.items()
            },
        }
    )


@require_GET
def changes_view(request: HttpRequest) -> HttpResponse:
    """The number of the newest change that this process knows of: an integer in memory."""
    if not request.user.has_perm(SEE):
        return refuse(_("You do not have permission for this."), status=403)
    return JsonResponse({"generation": connections.generation()})
