"""Form fields and widgets for what is more than one line of text: lists, mappings, freshness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from connectors.sdk.types import TYPES, FieldName, type_title
from orchestrator.connections.configuring.freshness import (
    ANY_TYPE,
    WINDOW_NAMES,
    clean_freshness,
    windows_for,
)
from orchestrator.connections.errors import InvalidConfigError

__all__ = [
    "FreshnessField",
    "LinesField",
    "MappingField",
    "MappingWidget",
    "NumbersField",
    "PairsField",
    "PairsWidget",
]


class LinesField(forms.CharField):
    """A list of texts, one a line; empty lines do not count."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def prepare_value(self, value: Any) -> str:
        return "\n".join(str(line) for line in value) if isinstance(value, (list, tuple)) else (value or "")

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        return [line for line in lines if line]


class NumbersField(forms.CharField):
    """A list of whole numbers, separated by commas or blanks."""

    default_error_messages = {"invalid": _("Enter whole numbers, separated by commas.")}

    def prepare_value(self, value: Any) -> str:
        return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else (value or "")

    def clean(self, value: Any) -> list[int]:
        parts = super().clean(value).replace(",", " ").split()
        if not all(part.lstrip("-").isascii() and part.lstrip("-").isdigit() for part in parts):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return [int(part) for part in parts]


class PairsWidget(forms.Widget):
    """A table of names and texts, with rows to add."""

    template_name = "connections/widgets/pairs.html"

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> dict[str, str]:
        names = data.getlist(f"{name}-name") if hasattr(data, "getlist") else []
        texts = data.getlist(f"{name}-text") if hasattr(data, "getlist") else []
        pairs = zip(names, texts, strict=False)
        return {key.strip(): text.strip() for key, text in pairs if key.strip() and text.strip()}

    def value_omitted_from_data(self, data: Any, _files: Any, name: str) -> bool:
        return f"{name}-name" not in data

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["rows"] = list(self.rows(dict(value or {})))
        context["widget"]["blank"] = {"name": "", "text": "", "label": ""}
        return context

    def rows(self, pairs: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """What the template shows: the pairs there are."""
        for name, text in pairs.items():
            yield {"name": name, "text": text, "label": name}

    def id_for_label(self, _id: str, _index: Any = None) -> str:
        # A table has no single input that a label could point to; it is labelled as a whole.
        return ""


class MappingWidget(PairsWidget):
    """A table of canonical fields, all that are ``offered``, and the expression for each."""

    template_name = "connections/widgets/mapping.html"
    offered: Sequence[FieldName] = ()

    def rows(self, pairs: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        rest = dict(pairs)
        for field in self.offered:
            yield {
                "name": field.name,
                "text": rest.pop(field.name, ""),
                "label": field.title,
                "required": field.required,
                "offered": True,
            }
        yield from super().rows(rest)


class PairsField(forms.Field):
    """Free names and a text for each."""

    widget = PairsWidget


class MappingField(PairsField):
    """Canonical field -> expression, without the empty ones."""

    widget = MappingWidget
    default_error_messages = {"required": _("Map at least one field.")}


class FreshnessWidget(forms.Widget):
    """A table of types and the seconds of each window; an empty cell means the default, shown in it."""

    template_name = "connections/widgets/freshness.html"
    types: Sequence[str] = ()

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> dict[str, dict[str, str]]:
        value: dict[str, dict[str, str]] = {}
        for asset_type in data.getlist(f"{name}-type") if hasattr(data, "getlist") else []:
            cells = {window: data.get(f"{name}-{asset_type}-{window}", "").strip() for window in WINDOW_NAMES}
            value[asset_type] = {window: text for window, text in cells.items() if text}
        return value

    def value_omitted_from_data(self, data: Any, _files: Any, name: str) -> bool:
        return f"{name}-type" not in data

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        said = dict(value or {})
        context["widget"]["headings"] = _WINDOW_HEADINGS
        context["widget"]["rows"] = [
            _freshness_row(name, asset_type, said.get(asset_type, {}))
            for asset_type in dict.fromkeys((*self.types, *said))
        ]
        return context

    def id_for_label(self, _id: str, _index: Any = None) -> str:
        return ""


_WINDOW_HEADINGS = (
    _("Fresh"),
    _("Then shown while it is read again"),
    _("Then shown if the system is down"),
)
_WINDOW_LABELS = (
    _("%(type)s: fresh for, in seconds"),
    _("%(type)s: shown while it is read again, in seconds"),
    _("%(type)s: shown if the system is down, in seconds"),
)


def _freshness_row(name: str, type: str, said: Mapping[str, Any]) -> dict[str, Any]:
    windows = windows_for(type)
    defaults = (windows.fresh_s, windows.revalidate_s, windows.if_error_s)
    title = type_title(type) if type in TYPES else _("All types") if type == ANY_TYPE else type
    cells = zip(WINDOW_NAMES, _WINDOW_HEADINGS, _WINDOW_LABELS, defaults, strict=True)
    return {
        "type": type,
        "title": title,
        "cells": [
            {
                "name": f"{name}-{type}-{window}",
                "heading": heading,
                "label": label % {"type": title},
                "value": said.get(window, ""),
                # The default for all types differs by type, so there is no one number to show.
                "placeholder": _("by type") if type == ANY_TYPE else default,
            }
            for window, heading, label, default in cells
        ],
    }


class FreshnessField(forms.Field):
    """``{"Product": {"fresh_for_s": 3600}}``: what differs from the defaults, in seconds."""

    widget = FreshnessWidget

    def clean(self, value: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, float]]:
        said = {name: _in_seconds(name, cells) for name, cells in (value or {}).items() if cells}
        try:
            return clean_freshness(said)
        except InvalidConfigError as refused:
            raise forms.ValidationError(list(refused.fields.values())) from None


def _in_seconds(type: str, cells: Mapping[str, str]) -> dict[str, float]:
    try:
        return {window: int(text) for window, text in cells.items()}
    except ValueError:
        raise forms.ValidationError(
            _("%(type)s: enter whole seconds."), code="invalid", params={"type": type}
        ) from None
