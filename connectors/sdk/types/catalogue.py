"""Which types there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel

from connectors.sdk.errors import ConfigurationError
from connectors.sdk.types.events import Event
from connectors.sdk.types.media import ImageObject, VideoObject
from connectors.sdk.types.people import Person
from connectors.sdk.types.places import Hotel, LocalBusiness, Place, TouristAttraction
from connectors.sdk.types.products import Product
from connectors.sdk.types.texts import Article, Question, SocialMediaPosting

__all__ = ["TYPES", "model_of", "type_title"]

TYPES: Mapping[str, type[BaseModel]] = MappingProxyType(
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


def type_title(type: str) -> str:
    """What people call a type: "Picture" for ImageObject."""
    return str(model_of(type).model_config.get("title", type))


def model_of(type: str) -> type[BaseModel]:
    """The model of a type. ``ConfigurationError`` if there is none."""
    try:
        return TYPES[type]
    except KeyError:
        raise ConfigurationError(f"there is no type {type}") from None
