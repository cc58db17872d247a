"""The fields of the types, for forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from connectors.sdk.types.catalogue import model_of
from connectors.sdk.types.shapes import Thing

__all__ = ["FieldName", "field_names"]


@dataclass(frozen=True, slots=True)
class FieldName:
    """One field that a form can map: its dotted name, what people read, whether it must be given."""

    name: str
    title: str
    required: bool = False


def field_names(type: str) -> list[FieldName]:
    """The fields of a type: those that must be given, its own, those that all have. Parts' are dotted."""
    found = _walk(model_of(type), prefix="", needed=True)
    return sorted(found, key=lambda field: (not field.required, field.name in Thing.model_fields))


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
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return next(filter(None, map(_part, get_args(annotation))), None)
    return None
