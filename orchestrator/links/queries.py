"""The form of a collection's query, made from the connector's JSON schema of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

__all__ = ["PREFIX", "query_fields", "query_values"]

PREFIX = "query-"

_LONGEST_TEXT = 400


class WordsField(forms.CharField):
    """A list of texts, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        return [word.strip() for word in (super().to_python(value) or "").split(",") if word.strip()]


def query_fields(schema: Mapping[str, Any], query: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Form fields by name, ``PREFIX`` before each; ``query`` is what is asked so far.

    Texts, numbers, yes/no, choices, and lists of texts or choices have a field of their own. A schema
    says nothing else that an editor could answer.
    """
    required = schema.get("required", ())
    return {
        PREFIX + name: _field(
            _resolved(schema, part),
            name=name,
            required=name in required,
            initial=query.get(name, part.get("default")),
        )
        for name, part in schema.get("properties", {}).items()
    }


def query_values(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The query that a valid form asks; what was left empty is not part of it."""
    return {
        name.removeprefix(PREFIX): value
        for name, value in cleaned.items()
        if name.startswith(PREFIX) and value not in (None, "", [], False)
    }


def _resolved(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part itself, behind the references and "or null" that pydantic writes."""
    rest = {key: value for key, value in part.items() if key not in ("$ref", "anyOf", "allOf")}
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return {**_resolved(schema, schema.get("$defs", {}).get(name, {})), **rest}
    for choice in (*part.get("allOf", ()), *part.get("anyOf", ())):
        if choice.get("type") != "null":
            return {**_resolved(schema, choice), **rest}
    return part


def _field(part: Mapping[str, Any], *, name: str, required: bool, initial: Any) -> forms.Field:
    common = {
        "label": part.get("title") or capfirst(name.replace("_", " ")),
        "help_text": part.get("description", ""),
        "required": required,
        "initial": initial,
    }
    if part.get("enum"):
        return _choice(part["enum"], common)
    match part.get("type"):
        case "boolean":
            return forms.BooleanField(**{**common, "required": False})
        case "integer":
            return forms.IntegerField(**common, **_bounds(part))
        case "number":
            return forms.FloatField(**common, **_bounds(part))
        case "array":
            return _list(part.get("items", {}), common)
    return forms.CharField(**common, max_length=min(part.get("maxLength", _LONGEST_TEXT), _LONGEST_TEXT))


def _choice(values: Sequence[Any], common: Mapping[str, Any]) -> forms.Field:
    choices = [(value, _in_words(value)) for value in values]
    kind = type(values[0])
    if not common["required"]:
        choices.insert(0, ("", _("Any")))
    return forms.TypedChoiceField(**common, choices=choices, coerce=kind, empty_value=None)


def _list(items: Mapping[str, Any], common: Mapping[str, Any]) -> forms.Field:
    if items.get("enum"):
        choices = [(value, _in_words(value)) for value in items["enum"]]
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(**common, choices=choices, widget=widget)
    help_text = common["help_text"] or _("Separate several with commas.")
    return WordsField(**{**common, "help_text": help_text}, max_length=_LONGEST_TEXT)


def _bounds(part: Mapping[str, Any]) -> dict[str, Any]:
    return {"min_value": part.get("minimum"), "max_value": part.get("maximum")}


def _in_words(value: Any) -> str:
    return capfirst(str(value).replace("_", " "))
