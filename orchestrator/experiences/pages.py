"""An answer's document as a page that a person can judge: cards, with states and reasons in words.

Only reads the document, so that a preview shows nothing that an app would not get. Whatever a source
says stays text; rich text is cleaned once more, as here it becomes HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orchestrator.engine.outcome import LinkState, SlotState
from orchestrator.links import api as links

__all__ = ["Card", "Gap", "Page", "SlotView", "hide_items", "name_sources", "page_of"]

_RICH_TEXT_TAGS = {"p", "br", "b", "strong", "i", "em", "ul", "ol", "li", "a", "code", "blockquote"}

_REASONS: Mapping[str, Any] = {
    "no_items": gettext_lazy("There is nothing to show."),
    "no_identifier": gettext_lazy("The request names no person. Set a test person at the bound link."),
    "personal_data_not_permitted": gettext_lazy("The app may not read people's data."),
    "fragment_not_published": gettext_lazy("Its fragment is not published."),
    "fragment_in_itself": gettext_lazy("A fragment holds itself."),
    "too_stale": gettext_lazy("The last good copy is older than this slot allows."),
    "not_read": gettext_lazy("No answer in time."),
}

_SLOT_STATES = {
    SlotState.FILLED: gettext_lazy("Filled"),
    SlotState.SUBSTITUTED: gettext_lazy("Substituted"),
    SlotState.EMPTY: gettext_lazy("Empty"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """What an ``<img>`` takes. ``srcset`` is empty where there is one picture for all screens.

    ``position`` is CSS: what stays in sight when the page cuts it.
    """

    src: str
    srcset: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One item. ``text`` is safe HTML; everything else is text, escaped where it is shown.

    ``closed`` says why nothing of it is shown, and is empty where it is.
    """

    kind: str
    title: str
    text: SafeString
    picture: Picture | None
    picture_words: str
    price: str
    badge: str
    byline: str
    published_at: datetime | None
    source: str
    stale: bool
    as_of: datetime | None
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """One item that is not shown, and why."""

    kind: str
    source: str
    words: str
    reason: str


# As ``preview.css`` has it: its page is 68rem wide at most, its phones end at 40rem.
_PICTURE_SIZES: Mapping[str, str] = {
    "hero": "(max-width: 68rem) 100vw, 66rem",
    "gallery": "(max-width: 40rem) 50vw, 16rem",
    "products": "(max-width: 40rem) 50vw, 20rem",
    "posts": "(max-width: 40rem) 7rem, 20rem",
    "answers": "20rem",
    "person": "5rem",
    "cards": "(max-width: 40rem) 100vw, 20rem",
}


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot. ``layout`` names how its cards stand; the style sheet has one rule for each."""

    name: str
    label: str
    state: str
    words: str
    reason: str
    layout: str
    cards: Sequence[Card]
    gaps: Sequence[Gap]

    @property
    def picture_sizes(self) -> str:
        """How wide the style sheet shows a picture here, for the browser that has to choose one."""
        return _PICTURE_SIZES.get(self.layout, _PICTURE_SIZES["cards"])


@dataclass(frozen=True, slots=True)
class Page:
    """The whole answer."""

    title: str
    lang: str
    channel: str
    slots: Sequence[SlotView]

    @property
    def summary(self) -> str:
        """How the slots fared, in one line."""
        short = sum(slot.state != SlotState.FILLED for slot in self.slots)
        if not self.slots:
            return _("No slots yet.")
        if not short:
            return _("Every slot is filled.")
        return ngettext(
            "%(short)d of %(all)d slots is not filled as composed.",
            "%(short)d of %(all)d slots are not filled as composed.",
            short,
        ) % {"short": short, "all": len(self.slots)}


def page_of(document: Mapping[str, Any], *, channel_name: str = "") -> Page:
    """The page of a document as :mod:`orchestrator.engine.projection` makes it."""
    experience = document["experience"]
    return Page(
        title=experience["title"],
        lang=experience["lang"],
        channel=channel_name or document["channel"],
        slots=[_slot(name, slot) for name, slot in document["slots"].items()],
    )


_MASK: Mapping[str, Any] = {"state": links.CLOSED, "reason": None, "fields": {}, "as_of": None}


def hide_items(document: Mapping[str, Any], closed: Mapping[str, str]) -> dict[str, Any]:
    """The same document without what the items of these ids bring; a closed collection is one item.

    ``closed`` has the names of their sources: of what was not read, the document knows none.
    """

    def hidden(things: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        shown, masks = [], set()
        for thing in things:
            # What a collection brings is known by its id and the asset's.
            item = thing["id"].partition("/")[0]
            if item not in closed:
                shown.append(dict(thing))
            elif item not in masks:
                masks.add(item)
                shown.append({"id": item, "type": thing["type"], "source": closed[item], **_MASK})
        return shown

    slots = {
        name: {**slot, "items": hidden(slot["items"]), "missing": hidden(slot["missing"])}
        for name, slot in document["slots"].items()
    }
    return {**document, "slots": slots}


def name_sources(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The same document with the names that people gave to its sources; apps know them by short name."""

    def named(things: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{**thing, "source": names.get(thing["source"], thing["source"])} for thing in things]

    slots = {
        key: {**slot, "items": named(slot["items"]), "missing": named(slot["missing"])}
        for key, slot in document["slots"].items()
    }
    return {**document, "slots": slots}


def _slot(name: str, slot: Mapping[str, Any]) -> SlotView:
    gaps = [_gap(missing) for missing in slot.get("missing") or ()]
    return SlotView(
        name=name,
        label=slot.get("label") or "",
        state=slot["state"],
        words=str(_SLOT_STATES[SlotState(slot["state"])]),
        reason=_slot_reason(slot, gaps),
        layout=_layout([item["type"] for item in slot["items"]]),
        cards=[_card(item) for item in slot["items"]],
        gaps=gaps,
    )


def _slot_reason(slot: Mapping[str, Any], gaps: Sequence[Gap]) -> str:
    if slot["state"] == SlotState.FILLED:
        return ""
    return gaps[0].reason if gaps else str(_REASONS["no_items"])


def _gap(missing: Mapping[str, Any]) -> Gap:
    source = missing.get("source") or _("Its source")
    reason = missing.get("reason") or ""
    words = _REASONS.get(reason) or links.explain(missing["state"], reason, source=source)
    return Gap(
        kind=links.type_label(missing["type"]) if missing.get("type") else "",
        source=missing.get("source") or "",
        words=str(links.state_words(missing["state"]).text),
        reason=str(words),
    )


_LAYOUTS = {
    "ImageObject": "gallery",
    "VideoObject": "gallery",
    "Product": "products",
    "Offer": "products",
    "SocialMediaPosting": "posts",
    "Question": "answers",
    "Article": "answers",
    "Person": "person",
}


def _layout(types: Sequence[str]) -> str:
    layouts = {_LAYOUTS.get(name, "cards") for name in types}
    if len(layouts) != 1:
        return "cards"
    (layout,) = layouts
    return "hero" if layout == "gallery" and len(types) == 1 else layout


# An article's text fills a page; its summary is what a teaser shows.
_TEXT_OF = {"Article": ("description", "abstract", "articleBody")}
_TEXT = ("acceptedAnswer.text", "articleBody", "description", "caption", "text")


def _card(item: Mapping[str, Any]) -> Card:
    fields, closed = item["fields"], _closed_words(item)
    title = _first_text(fields, "name", "headline") or _full_name(fields)
    text = _first_text(fields, *_TEXT_OF.get(item["type"], _TEXT)) or ""
    return Card(
        kind=links.type_label(item["type"]),
        title=str(links.state_words(links.CLOSED).text) if closed else title,
        text=_rich_text(text if text != title else ""),
        picture=_picture(item),
        picture_words=_first_text(fields, "description", "caption", "alternateName", "name", "headline")
        or "",
        price=_price(fields),
        badge=_first_text(fields, "memberOf.tier.name", "tier", "extra.tier") or "",
        byline=_first_text(fields, "author.name", "author") or "",
        published_at=_moment(_first_text(fields, "datePublished", "dateCreated")),
        source=item["source"] or "",
        stale=item["state"] == LinkState.STALE,
        as_of=_moment(item["as_of"]),
        closed=closed,
    )


def _closed_words(item: Mapping[str, Any]) -> str:
    if item["state"] != links.CLOSED:
        return ""
    return links.explain(links.CLOSED, None, source=item["source"] or _("Its source"))


def _first_text(fields: Mapping[str, Any], *paths: str) -> str | None:
    """The first of ``paths`` that leads to a text that says something, a number counting as one."""
    for path in paths:
        value = _at(fields, path)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return None


def _at(fields: Any, path: str) -> Any:
    value = fields
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _full_name(fields: Mapping[str, Any]) -> str:
    names = (_first_text(fields, name) for name in ("givenName", "familyName"))
    return " ".join(filter(None, names))


def _picture(item: Mapping[str, Any]) -> Picture | None:
    made = item.get("picture")
    if made is None:
        address = _picture_address(item["fields"], item["type"])
        return Picture(address) if address else None
    if not _may_be_shown(made["contentUrl"]):
        return None
    return Picture(made["contentUrl"], made.get("srcset", ""), _position(made.get("focalPoint")))


def _position(point: Mapping[str, float] | None) -> str:
    return f"{point['x']:.0%} {point['y']:.0%}" if point else ""


def _picture_address(fields: Mapping[str, Any], type: str) -> str:
    # A video's own address is no picture.
    own = () if type == "VideoObject" else ("contentUrl",)
    for name in (*own, "image", "thumbnailUrl"):
        for url in _addresses(fields.get(name)):
            if _may_be_shown(url):
                return url
    return ""


def _addresses(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _addresses(value.get("contentUrl") or value.get("url"))
    elif isinstance(value, list):
        for part in value:
            yield from _addresses(part)


def _may_be_shown(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") or (
        not parts.scheme and not parts.netloc and url.startswith("/")
    )


def _price(fields: Mapping[str, Any]) -> str:
    offers = fields.get("offers")
    offer = offers[0] if isinstance(offers, list) and offers else offers
    places = [part for part in (fields, offer) if isinstance(part, Mapping)]
    for place in places:
        price = _first_text(place, "price", "lowPrice")
        if price is not None:
            return f"{place.get('priceCurrency') or ''} {_amount(price)}".strip()
    return ""


def _amount(price: str) -> str:
    try:
        return number_format(float(price), decimal_pos=2, force_grouping=True)
    except ValueError:
        return price


def _moment(text: str | None) -> datetime | None:
    try:
        return parse_datetime(text) if text else None
    except ValueError:
        return None


def _rich_text(text: str) -> SafeString:
    cleaned = nh3.clean(text, tags=_RICH_TEXT_TAGS, url_schemes={"http", "https", "mailto", "tel"})
    return mark_safe(cleaned)  # noqa: S308 - nh3 has just made it so.
