"""What a page with live cards loads."""

from django import forms

__all__ = ["live_media"]


def live_media() -> forms.Media:
    """The cards' script, and the styles of this app."""
    return forms.Media(js=["links/cards.js"], css={"all": ["links/links.css"]})
