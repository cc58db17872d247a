"""Making values of an asset canonical, and saying what does not fit without a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from connectors.sdk.errors import BadResponseError
from connectors.sdk.types.catalogue import model_of

__all__ = ["canonical", "nest"]


def canonical(type: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Values of an asset in canonical form: plain JSON, nothing that is not given. Unknown names are refused.

    Raises:
        BadResponseError: They do not fit; the message names the type and the fields, never a value.
        ConfigurationError: There is no such type.
    """
    try:
        return model_of(type).model_validate(data).model_dump(exclude_none=True, mode="json")
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


def _complaints(error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, p['loc'])) or 'the asset'}: {_in_words(p)}" for p in problems[:3])


def _in_words(problem: ErrorDetails) -> str:
    """Pydantic's words are free of values, except where they repeat an error of the standard library."""
    return "not valid" if problem["type"] == "value_error" else problem["msg"]
