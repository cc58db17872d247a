"""What all types have in common: what is not given is left out, what is unknown is refused."""

# ruff: noqa: N815 - the names are schema.org's.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from connectors.sdk.types.values import Day, Texts, Url, Urls, is_blank

__all__ = ["Named", "Shape", "Thing"]


class Shape(BaseModel):
    """A part of an asset, or an asset."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_not_given(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if not is_blank(value)}


class Thing(Shape):
    """An asset: what each of them may have."""

    url: Url | None = Field(None, title="Address of its page")
    keywords: Texts | None = Field(None, title="Keywords")
    inLanguage: str | None = Field(None, title="Language")
    dateModified: Day | None = Field(None, title="Changed")
    extra: dict[str, JsonValue] | None = Field(None, title="Further values")


class Named(Thing):
    """An asset that must have a name."""

    name: str = Field(title="Name")
    description: str | None = Field(None, title="Description")
    image: Urls | None = Field(None, title="Pictures")
