"""States, reasons and types in editors' words. Never colour alone: a state has words, an icon and a tone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import camel_case_to_spaces, capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from orchestrator.engine.outcome import LinkState

__all__ = [
    "CLOSED",
    "STATES",
    "StateWords",
    "count_links",
    "explain",
    "state_words",
    "type_icon",
    "type_label",
]

# The state of what this person may not see, whatever it is.
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a state is shown. ``tone`` is ``ok``, ``warn`` or ``bad`` and names a CSS class."""

    text: Any
    icon: str
    tone: str


STATES: Mapping[str, StateWords] = {
    LinkState.FRESH: StateWords(_("Live"), "success", "ok"),
    LinkState.STALE: StateWords(_("Last good copy"), "history", "warn"),
    LinkState.GONE: StateWords(_("Deleted at its source"), "bin", "bad"),
    LinkState.HIDDEN: StateWords(_("Not published at its source"), "no-view", "bad"),
    LinkState.DENIED: StateWords(_("Refused by its source"), "lock", "bad"),
    LinkState.TIMEOUT: StateWords(_("No answer in time"), "time", "warn"),
    LinkState.ERROR: StateWords(_("Cannot be read now"), "warning", "warn"),
    # States of our own row, which no source can have.
    "lost": StateWords(_("This link no longer exists"), "warning", "bad"),
    CLOSED: StateWords(_("Not shown to you"), "lock", "warn"),
    "no_sample": StateWords(_("No sample"), "user", "ok"),
}

_SENTENCES: Mapping[str, Any] = {
    LinkState.STALE: _("%(source)s does not answer. This is the last good copy."),
    LinkState.GONE: _("%(source)s says that it was deleted. Choose another, or take it out."),
    LinkState.HIDDEN: _("%(source)s holds it back: a draft, or under embargo."),
    LinkState.DENIED: _("%(source)s refuses this asset to the hub."),
    LinkState.TIMEOUT: _("%(source)s did not answer in time."),
    LinkState.ERROR: _("%(source)s cannot be read now. The link stays as it is."),
    "lost": _("Choose another before you publish."),
    CLOSED: _("You may not see what %(source)s holds. The link works all the same."),
    "no_sample": _("Set the identifier of a test person to see a sample here."),
}

# Words of the gateway and of connections, where they say more than the state does.
_REASONS: Mapping[str, Any] = {
    "busy": _("%(source)s still works on too many earlier questions."),
    "rate_limited": _("%(source)s is asked too often and wants a pause."),
    "crashed": _("The connector of %(source)s failed. Tell an administrator."),
    "access_denied": _("%(source)s refuses the hub's key. Tell an administrator."),
    "configuration": _("The settings of %(source)s are wrong. Tell an administrator."),
    "bad_response": _("%(source)s answers something that cannot be read."),
    "unavailable": _("%(source)s does not answer."),
    "timeout": _("%(source)s did not answer in time."),
    "disabled": _("%(source)s is switched off."),
    "unknown": _("%(source)s does not say what became of it."),
    "connector_missing": _("The connector of %(source)s is not installed."),
    "secrets_unreadable": _("The secrets of %(source)s cannot be read. Tell an administrator."),
}

_TYPES: Mapping[str, tuple[Any, str]] = {
    "ImageObject": (_("Picture"), "image"),
    "VideoObject": (_("Video"), "media"),
    "AudioObject": (_("Sound"), "media"),
    "MediaObject": (_("File"), "doc-full"),
    "Product": (_("Product"), "tag"),
    "Offer": (_("Offer"), "tag"),
    "SocialMediaPosting": (_("Post"), "comment"),
    "Question": (_("Question"), "help"),
    "Article": (_("Article"), "doc-full"),
    "Person": (_("Person"), "user"),
    "Event": (_("Event"), "calendar"),
    "Place": (_("Place"), "site"),
}


def state_words(state: str) -> StateWords:
    """How a state is shown; one that is not known reads as unreadable."""
    return STATES.get(state, STATES[LinkState.ERROR])


def explain(state: str, reason: str | None, *, source: str) -> str:
    """What is wrong and what to do, in one sentence; empty while all is well."""
    sentence = _REASONS.get(reason or "") if state != LinkState.FRESH else None
    return str(sentence or _SENTENCES.get(state, "")) % {"source": source}


def type_label(name: str) -> str:
    """A canonical type in words; one that is not known, by its own name."""
    label, _icon = _TYPES.get(name, ("", ""))
    return str(label) or capfirst(camel_case_to_spaces(name))


def type_icon(name: str) -> str:
    """The icon of a type, for the place of a picture that it does not have."""
    _label, icon = _TYPES.get(name, ("", "link"))
    return icon


def count_links(number: int) -> str:
    """ "1 link", "12 links"."""
    return ngettext("%(number)s link", "%(number)s links", number) % {"number": number}


def unnamed(type: str) -> str:
    """What an asset without a name is called."""
    return gettext("%(type)s without a name") % {"type": type_label(type)}
