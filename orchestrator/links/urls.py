"""The addresses that our own scripts ask."""

from django.urls import include, path

from orchestrator.links.views.cards import cards_view, changes_view
from orchestrator.links.views.picker import chosen_view, open_view, results_view

_picker = [
    path("", open_view, name="open"),
    path("results/", results_view, name="results"),
    path("chosen/", chosen_view, name="chosen"),
]
_cards = [
    path("", cards_view, name="cards"),
    path("changes/", changes_view, name="changes"),
]

urlpatterns = [
    path("links/picker/", include((_picker, "links_picker"))),
    path("links/cards/", include((_cards, "links_cards"))),
]
