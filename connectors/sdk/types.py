"""The canonical types: what an asset looks like, whatever system it comes from.

Names are schema.org's. A connector calls :func:`canonical` once for each asset it reads; the hub, its
cache and its answers then hold plain JSON. Choices, where schema.org leaves several:

- Prices are decimal strings ("129.00"): no float ever rounds one. A float that comes in gets two
  to six decimals.
- Instants are ISO 8601 with a zone; where a day is enough ("datePublished"), a date may stand alone.
- ``image`` is a list of addresses, the best first; ``offers``, ``author``, ``brand`` are one object.
  Several offers of one product are one with ``lowPrice``, ``highPrice`` and ``offerCount``.
- Terms of an enumeration are bare ("InStock", not "https://schema.org/InStock").
- ``None``, empty text and empty objects mean *not given* and are left out.
- What a system has beyond its type is under ``extra``. Text may hold HTML; the hub cleans it.
"""

# ruff: noqa: N815 - the names are schema.org's.

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from textwrap import shorten
from typing import Annotated, Any, LiteralString, Union, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from connectors.sdk.errors import BadResponseError, ConfigurationError

__all__ = [
    "TYPES",
    "FieldName",
    "canonical",
    "field_names",
    "map_pictures",
    "nest",
    "picture_of",
    "summary_of",
    "title_of",
    "type_title",
]

# --- Values ---------------------------------------------------------------------------------------

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_DURATION = re.compile(
    r"P(?=[0-9]|T[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
)
_UNSAFE_IN_URL = re.compile(r"[\x00-\x1f\x7f\"<>\\]")


def _misfit(says: LiteralString) -> PydanticCustomError:
    """A complaint in our own words. Those of the standard library quote the value."""
    return PydanticCustomError("misfit", says)


def _as_url(value: Any) -> Any:
    if not isinstance(value, str):
        raise _misfit("not an address")
    url = value.strip().replace(" ", "%20")
    if _UNSAFE_IN_URL.search(url):
        raise _misfit("not an address")
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise _misfit("not an http(s) address")
    return url


def _as_price(value: Any) -> Any:
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        value = _in_decimals(value)
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value.strip()):
        raise _misfit("not a decimal number")
    return value.strip()


def _in_decimals(number: float | Decimal) -> str:
    """A whole number as it is; others with two decimals, or up to six where they have them."""
    if isinstance(number, int):
        return str(number)
    text = format(number, ".6f")
    return text[:-4] + text[-4:].rstrip("0")


def _as_instant(value: Any) -> Any:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(_text_of_time(value))
    if moment.tzinfo is None:
        raise _misfit("not a time with a zone")
    return moment.isoformat().replace("+00:00", "Z")


def _as_day_or_instant(value: Any) -> Any:
    if isinstance(value, str) and len(value.strip()) == 10:
        return date.fromisoformat(value.strip()).isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return _as_instant(value)


def _text_of_time(value: Any) -> str:
    if not isinstance(value, str):
        raise _misfit("not a time")
    return value.strip()


def _as_duration(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return _iso_duration(timedelta(seconds=value))
    if isinstance(value, str) and _DURATION.fullmatch(value):
        return value
    raise _misfit("not an ISO 8601 duration or a number of seconds")


def _iso_duration(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return f"PT{parts or '0S'}"


def _as_list(value: Any) -> Any:
    values = value if isinstance(value, (list, tuple)) else (value,)
    return [v for v in values if not _is_blank(v)]


def _as_term(value: Any) -> Any:
    return re.sub(r"^https?://schema\.org/", "", value) if isinstance(value, str) else value


def _as_named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


Url = Annotated[str, BeforeValidator(_as_url)]
Urls = Annotated[list[Url], BeforeValidator(_as_list)]
Texts = Annotated[list[str], BeforeValidator(_as_list)]
Price = Annotated[str, BeforeValidator(_as_price)]
Instant = Annotated[str, BeforeValidator(_as_instant)]
Day = Annotated[str, BeforeValidator(_as_day_or_instant)]
Duration = Annotated[str, BeforeValidator(_as_duration)]
Term = Annotated[str, BeforeValidator(_as_term)]
Pixels = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]


# --- Parts ----------------------------------------------------------------------------------------


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_not_given(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if not _is_blank(value)}


def _is_blank(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_blank, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_blank, value))
    return value is None or value == ""


class Brand(_Shape):
    name: str = Field(title="Brand")
    url: Url | None = Field(None, title="Address of the brand")


class Author(_Shape):
    """A person or an organisation, as far as a byline needs."""

    name: str = Field(title="Author")
    url: Url | None = Field(None, title="Author's page")
    image: Url | None = Field(None, title="Author's picture")


class Offer(_Shape):
    """One offer, or several of one product: then ``price`` is what the cheapest costs, as is ``lowPrice``."""

    price: Price = Field(title="Price")
    priceCurrency: str = Field(title="Currency", pattern=r"^[A-Z]{3}$")
    lowPrice: Price | None = Field(None, title="Lowest price, of several")
    highPrice: Price | None = Field(None, title="Highest price, of several")
    offerCount: Count | None = Field(None, title="Number of offers")
    availability: Term | None = Field(None, title="Availability")
    priceValidUntil: Day | None = Field(None, title="Price valid until")
    validFrom: Day | None = Field(None, title="Valid from")
    url: Url | None = Field(None, title="Where to buy")


class AggregateRating(_Shape):
    ratingValue: float = Field(title="Rating")
    reviewCount: Count | None = Field(None, title="Number of reviews")
    bestRating: float | None = Field(None, title="Best possible rating")


class InteractionCounter(_Shape):
    interactionType: Term = Field(title="Kind of interaction")
    userInteractionCount: Count = Field(title="Number of interactions")


class Answer(_Shape):
    text: str = Field(title="Answer")
    dateModified: Day | None = Field(None, title="Answer changed")
    url: Url | None = Field(None, title="Address of the answer")
    author: Annotated[Author, BeforeValidator(_as_named)] | None = Field(None, title="Answered by")


class MemberProgramTier(_Shape):
    name: str = Field(title="Tier")


class ProgramMembership(_Shape):
    """A membership. ``tier`` is ours: schema.org has no way from a membership to its tier."""

    programName: str | None = Field(None, title="Programme")
    membershipNumber: str | None = Field(None, title="Membership number")
    membershipPointsEarned: float | None = Field(None, title="Points")
    tier: Annotated[MemberProgramTier, BeforeValidator(_as_named)] | None = Field(None, title="Tier")


class GeoCoordinates(_Shape):
    latitude: float = Field(title="Latitude", ge=-90, le=90)
    longitude: float = Field(title="Longitude", ge=-180, le=180)


class PostalAddress(_Shape):
    streetAddress: str | None = Field(None, title="Street")
    postalCode: str | None = Field(None, title="Postal code")
    addressLocality: str | None = Field(None, title="Town")
    addressRegion: str | None = Field(None, title="Region")
    addressCountry: str | None = Field(None, title="Country")


class Location(_Shape):
    """The place of an event."""

    name: str = Field(title="Location")
    address: PostalAddress | None = Field(None, title="Address")
    geo: GeoCoordinates | None = Field(None, title="Position")


# --- Types ----------------------------------------------------------------------------------------


class _Thing(_Shape):
    url: Url | None = Field(None, title="Address of its page")
    keywords: Texts | None = Field(None, title="Keywords")
    inLanguage: str | None = Field(None, title="Language")
    dateModified: Day | None = Field(None, title="Changed")
    extra: dict[str, JsonValue] | None = Field(None, title="Further values")


class _Named(_Thing):
    name: str = Field(title="Name")
    description: str | None = Field(None, title="Description")
    image: Urls | None = Field(None, title="Pictures")


class _Media(_Thing):
    name: str | None = Field(None, title="Name")
    description: str | None = Field(None, title="Description (alternative text)")
    caption: str | None = Field(None, title="Caption")
    width: Pixels | None = Field(None, title="Width in pixels")
    height: Pixels | None = Field(None, title="Height in pixels")
    encodingFormat: str | None = Field(None, title="Media type")
    contentSize: str | None = Field(None, title="Size of the file")
    thumbnailUrl: Url | None = Field(None, title="Address of a small picture")
    license: str | None = Field(None, title="Licence")
    acquireLicensePage: Url | None = Field(None, title="Where to get a licence")
    creditText: str | None = Field(None, title="Credit")
    copyrightNotice: str | None = Field(None, title="Copyright notice")
    creator: Annotated[Author, BeforeValidator(_as_named)] | None = Field(None, title="Made by")
    dateCreated: Day | None = Field(None, title="Made")
    expires: Day | None = Field(None, title="May be used until")


class ImageObject(_Media):
    model_config = ConfigDict(title="Picture")

    contentUrl: Url = Field(title="Address of the picture")


class VideoObject(_Media):
    model_config = ConfigDict(title="Video")

    contentUrl: Url | None = Field(None, title="Address of the video")
    embedUrl: Url | None = Field(None, title="Address of a player")
    duration: Duration | None = Field(None, title="Duration")
    uploadDate: Day | None = Field(None, title="Published")
    transcript: str | None = Field(None, title="Transcript")

    @model_validator(mode="after")
    def _has_an_address(self) -> VideoObject:
        if self.contentUrl is None and self.embedUrl is None:
            raise _misfit("neither contentUrl nor embedUrl is given")
        return self


class Product(_Named):
    model_config = ConfigDict(title="Product")

    sku: str | None = Field(None, title="Article number")
    gtin: str | None = Field(None, title="GTIN")
    brand: Annotated[Brand, BeforeValidator(_as_named)] | None = Field(None, title="Brand")
    category: str | None = Field(None, title="Category")
    color: str | None = Field(None, title="Colour")
    size: str | None = Field(None, title="Size")
    offers: Offer | None = Field(None, title="Offer")
    aggregateRating: AggregateRating | None = Field(None, title="Rating")


class SocialMediaPosting(_Thing):
    model_config = ConfigDict(title="Post")

    headline: str | None = Field(None, title="Headline")
    articleBody: str | None = Field(None, title="Text")
    author: Annotated[Author, BeforeValidator(_as_named)] | None = Field(None, title="Author")
    datePublished: Day | None = Field(None, title="Published")
    image: Urls | None = Field(None, title="Pictures")
    interactionStatistic: list[InteractionCounter] | None = Field(None, title="Interactions")

    @model_validator(mode="after")
    def _says_something(self) -> SocialMediaPosting:
        if not (self.headline or self.articleBody or self.image):
            raise _misfit("none of headline, articleBody and image is given")
        return self


class Question(_Thing):
    model_config = ConfigDict(title="Question with answer")

    name: str = Field(title="Question")
    text: str | None = Field(None, title="Question in full")
    acceptedAnswer: Answer | None = Field(None, title="Answer")


class Article(_Thing):
    model_config = ConfigDict(title="Article")

    headline: str = Field(title="Headline")
    description: str | None = Field(None, title="Summary")
    articleBody: str | None = Field(None, title="Text")
    articleSection: str | None = Field(None, title="Section")
    author: Annotated[Author, BeforeValidator(_as_named)] | None = Field(None, title="Author")
    datePublished: Day | None = Field(None, title="Published")
    image: Urls | None = Field(None, title="Pictures")


class Person(_Thing):
    model_config = ConfigDict(title="Person")

    name: str | None = Field(None, title="Name")
    givenName: str | None = Field(None, title="Given name")
    familyName: str | None = Field(None, title="Family name")
    honorificPrefix: str | None = Field(None, title="Form of address")
    email: str | None = Field(None, title="E-mail")
    telephone: str | None = Field(None, title="Telephone")
    image: Urls | None = Field(None, title="Pictures")
    memberOf: ProgramMembership | None = Field(None, title="Membership")


class Event(_Named):
    model_config = ConfigDict(title="Event")

    startDate: Day = Field(title="Starts")
    endDate: Day | None = Field(None, title="Ends")
    eventStatus: Term | None = Field(None, title="Status")
    location: Annotated[Location, BeforeValidator(_as_named)] | None = Field(None, title="Location")
    offers: Offer | None = Field(None, title="Offer")


class Place(_Named):
    model_config = ConfigDict(title="Place")

    address: PostalAddress | None = Field(None, title="Address")
    geo: GeoCoordinates | None = Field(None, title="Position")
    telephone: str | None = Field(None, title="Telephone")
    openingHours: Texts | None = Field(None, title="Opening hours")
    aggregateRating: AggregateRating | None = Field(None, title="Rating")


class TouristAttraction(Place):
    model_config = ConfigDict(title="Sight")


class LocalBusiness(Place):
    model_config = ConfigDict(title="Local business")

    email: str | None = Field(None, title="E-mail")
    priceRange: str | None = Field(None, title="Price range")


class Hotel(LocalBusiness):
    model_config = ConfigDict(title="Hotel")

    checkinTime: str | None = Field(None, title="Check-in from")
    checkoutTime: str | None = Field(None, title="Check-out until")
    starRating: float | None = Field(None, title="Stars", ge=0, le=7)
    amenityFeature: Texts | None = Field(None, title="Amenities")


TYPES: Mapping[str, type[BaseModel]] = types.MappingProxyType(
    {
        model.__name__: model
        for model in (
            ImageObject,
            VideoObject,
            Product,
            SocialMediaPosting,
            Question,
            Article,
            Person,
            Event,
            Place,
            TouristAttraction,
            LocalBusiness,
            Hotel,
        )
    }
)
"""The canonical types by name."""


# --- Making them ----------------------------------------------------------------------------------


def canonical(type: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Values of an asset in canonical form: plain JSON, nothing that is not given. Unknown names are refused.

    Raises:
        BadResponseError: They do not fit; the message names the type and the fields, never a value.
        ConfigurationError: There is no such type.
    """
    try:
        return _model(type).model_validate(data).model_dump(exclude_none=True, mode="json")
    except ValidationError as error:
        raise BadResponseError(f"{type}: {_complaints(error)}") from None


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted name as objects: ``{"offers.price": 1}`` is ``{"offers": {"price": 1}}``."""
    nested: dict[str, Any] = {}
    for name, value in values.items():
        *parents, last = name.split(".")
        inner = nested
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
    return nested


def _model(type: str) -> type[BaseModel]:
    try:
        return TYPES[type]
    except KeyError:
        raise ConfigurationError(f"there is no type {type}") from None


def _complaints(error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, p['loc'])) or 'the asset'}: {_in_words(p)}" for p in problems[:3])


def _in_words(problem: ErrorDetails) -> str:
    """Pydantic's words are free of values, except where they repeat an error of the standard library."""
    return "not valid" if problem["type"] == "value_error" else problem["msg"]


# --- Their fields, for forms ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldName:
    """One field that a form can map: its dotted name, what people read, whether it must be given."""

    name: str
    title: str
    required: bool = False


def field_names(type: str) -> list[FieldName]:
    """The fields of a type: those that must be given, its own, those that all have. Parts' are dotted."""
    found = _walk(_model(type), prefix="", needed=True)
    return sorted(found, key=lambda field: (not field.required, field.name in _Thing.model_fields))


def type_title(type: str) -> str:
    """What people call a type: "Picture" for ImageObject."""
    return str(_model(type).model_config.get("title", type))


def _walk(model: type[BaseModel], *, prefix: str, needed: bool) -> Iterator[FieldName]:
    for name, info in model.model_fields.items():
        part = _part(info.annotation)
        if part is not None:
            yield from _walk(part, prefix=f"{prefix}{name}.", needed=needed and info.is_required())
        elif name != "extra":
            yield FieldName(f"{prefix}{name}", info.title or name, needed and info.is_required())


def _part(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds one of, also inside ``Annotated`` and ``| None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        return next(filter(None, map(_part, get_args(annotation))), None)
    return None


# --- What cards show ------------------------------------------------------------------------------

_TITLES = ("name", "headline", "caption", "articleBody", "description")
_SUMMARIES = ("description", "caption", "articleBody", "text")
_ONE_PICTURE = ("contentUrl", "thumbnailUrl")


def title_of(fields: Mapping[str, Any], type: str) -> str:
    """What to call an asset, at most 120 characters of plain text; empty when it has no name at all."""
    if type == "Person" and not fields.get("name"):
        return " ".join(filter(None, (fields.get("givenName"), fields.get("familyName"))))
    return next((_plain(fields[name], 120) for name in _TITLES if fields.get(name)), "")


def picture_of(fields: Mapping[str, Any], type: str) -> str | None:
    """The address of its best picture."""
    if type == "ImageObject":
        return fields.get("contentUrl")
    images = fields.get("image") or ()
    return next(iter(images), None) or fields.get("thumbnailUrl")


def summary_of(fields: Mapping[str, Any], type: str) -> str:
    """A line about it, at most 200 characters of plain text; a product's begins with its price."""
    offer = fields.get("offers") or {}
    price = f"{_price_range(offer)} {offer['priceCurrency']}" if offer else ""
    answer = (fields.get("acceptedAnswer") or {}).get("text", "") if type == "Question" else ""
    text = answer or next((fields[name] for name in _SUMMARIES if fields.get(name)), "")
    return _plain(" · ".join(filter(None, (price, text))), 200)


def _price_range(offer: Mapping[str, Any]) -> str:
    low, high = str(offer["price"]), offer.get("highPrice")
    return low if high in (None, low) else f"{low}–{high}"


def map_pictures(fields: Mapping[str, Any], type: str, change: Callable[[str], str]) -> dict[str, Any]:
    """The fields with every address of a picture of its own replaced by ``change(address)``.

    A video's ``contentUrl`` is no picture; the picture of an author is not the asset's own.
    """
    changed = dict(fields)
    for name in _ONE_PICTURE if type == "ImageObject" else ("thumbnailUrl",):
        if changed.get(name):
            changed[name] = change(changed[name])
    if changed.get("image"):
        changed["image"] = [change(address) for address in changed["image"]]
    return changed


class _PlainText(HTMLParser):
    """Collects the text between tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def _plain(text: str, length: int) -> str:
    if "<" in text or "&" in text:
        parser = _PlainText()
        parser.feed(text)
        parser.close()
        text = " ".join(parser.pieces)
    return shorten(text, length, placeholder="…")
