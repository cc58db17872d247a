"""The form of a connector's settings, made from their JSON schema; the connector's own model judges it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import SecretStr, ValidationError

from connectors.sdk import ConnectorConfig
from connectors.sdk.types import TYPES, field_names, type_title
from orchestrator.connections.admin.settings_schema import (
    Group,
    Kind,
    Path,
    Setting,
    read_groups,
    read_settings,
)
from orchestrator.connections.admin.widgets import LinesField, MappingField, NumbersField, PairsField

__all__ = ["SettingsForm"]

_WORDS = {
    "missing": gettext_lazy("This field is required."),
    "url_parsing": gettext_lazy("Enter a full address that begins with http:// or https://."),
    "url_scheme": gettext_lazy("Enter a full address that begins with http:// or https://."),
    "extra_forbidden": gettext_lazy("This connector has no such setting."),
    "string_too_short": gettext_lazy("This is too short."),
    "string_too_long": gettext_lazy("This is too long."),
}
_REMOVE = "__remove"
_WIDE = frozenset({Kind.MAPPING, Kind.PAIRS, Kind.JSON, Kind.TEXTAREA})


class SettingsForm(forms.Form):
    """Asks one connector's settings.

    ``stored`` are the settings that the connection has, secrets included. A secret left empty keeps the
    stored one; it is never rendered. After a successful ``is_valid()``, ``values`` holds plain JSON data
    that the connector's model accepted, with the secrets in it.
    """

    use_required_attribute = False
    values: dict[str, Any]

    def __init__(
        self,
        data: Any = None,
        *,
        config_class: type[ConnectorConfig],
        stored: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.config_class = config_class
        self.stored = stored
        self.settings = {field_name(s.path): s for s in read_settings(config_class.model_json_schema())}
        for name, setting in self.settings.items():
            self._add_field(name, setting)
        self._offer_fields_of_type()

    def groups(self) -> Iterator[tuple[Group, list[dict[str, Any]]]]:
        """Panels, and what a template needs of each of their fields. What is filled in is not folded."""
        for group in read_groups(self.config_class.model_json_schema(), self.settings.values()):
            names = [name for name, setting in self.settings.items() if setting.group == group.name]
            folded = group.folded and not any(self._is_filled_in(name) for name in names)
            yield replace(group, folded=folded), [self._row(name) for name in names]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.values = {}
        for name, setting in self.settings.items():
            if name in cleaned and self._is_shown(setting):
                self._put(setting, cleaned[name])
        self._refuse_kept_secrets_for_new_addresses()
        if not self.errors:
            self._judge()
        return cleaned

    def keeps_secret(self, setting: Setting) -> bool:
        """Whether the stored secret is used: there is one, no other was typed, and it is not removed."""
        name = field_name(setting.path)
        return bool(
            setting.kind is Kind.SECRET
            and self._stored_value(setting.path)
            and not self.cleaned_data.get(name)
            and not self.cleaned_data.get(name + _REMOVE)
        )

    def _add_field(self, name: str, setting: Setting) -> None:
        stored = self._stored_value(setting.path)
        has_secret = setting.kind is Kind.SECRET and bool(stored)
        field = _make_field(setting)
        field.label, field.help_text = setting.label, setting.help_text
        field.required = setting.required and setting.kind is not Kind.BOOLEAN and not has_secret
        if setting.kind is not Kind.SECRET:
            field.initial = setting.default if self.stored is None or stored is _ABSENT else stored
        self.fields[name] = field
        if has_secret:
            remove = forms.BooleanField(required=False, label=_("Remove the stored value"))
            self.fields[name + _REMOVE] = remove

    def _offer_fields_of_type(self) -> None:
        for name, setting in self.settings.items():
            type_name = field_name((*setting.path[:-1], "type"))
            if setting.kind is Kind.MAPPING and type_name in self.fields:
                chosen = self[type_name].value()
                self.fields[name].widget.offered = field_names(chosen) if chosen in TYPES else ()

    def _row(self, name: str) -> dict[str, Any]:
        setting, field = self.settings[name], self[name]
        if setting.kind is Kind.SECRET:
            field.help_text = " ".join(filter(None, (setting.help_text, self._tell_about_secret(name))))
        conditions = {field_name(other): values for other, values in setting.show_if}
        return {
            "field": field,
            "is_mapping": setting.kind is Kind.MAPPING,
            "is_wide": setting.kind in _WIDE,
            "remove": self[name + _REMOVE] if name + _REMOVE in self.fields else None,
            "show_if": json.dumps(conditions) if conditions else "",
        }

    def _is_filled_in(self, name: str) -> bool:
        """Whether it holds anything but its default, or an error is there to be read."""
        setting, field = self.settings[name], self.fields[name]
        if name in self.errors:
            return True
        if setting.kind is Kind.SECRET:
            return bool(self._stored_value(setting.path))
        default = field.prepare_value(setting.default)
        return field.has_changed(default, field.prepare_value(self[name].value()))

    def _tell_about_secret(self, name: str) -> str:
        if self.is_bound and self.data.get(name):
            return _("What you typed is not sent back to you: type it again.")
        if name + _REMOVE in self.fields:
            return _("A value is stored and never shown. Leave this empty to keep it, type to replace it.")
        return ""

    def _is_shown(self, setting: Setting) -> bool:
        """What a person cannot see says nothing: a password typed for another way to log in is dropped."""
        return all(self._is_one_of(other, values) for other, values in setting.show_if)

    def _is_one_of(self, path: Path, values: tuple[str, ...]) -> bool:
        name = field_name(path)
        if name not in self.settings:
            return True
        if not self._is_shown(self.settings[name]):
            return False
        current = self.cleaned_data.get(name)
        return (str(current).lower() if isinstance(current, bool) else str(current)) in values

    def _put(self, setting: Setting, value: Any) -> None:
        if setting.kind is Kind.SECRET and not value and self.keeps_secret(setting):
            value = self._stored_value(setting.path)
        if value in (None, ""):
            if setting.nullable:
                value = None
            elif not setting.required and setting.kind in (Kind.TEXT, Kind.TEXTAREA) and setting.default:
                value = ""
            else:
                return
        target = self.values
        for part in setting.path[:-1]:
            target = target.setdefault(part, {})
        target[setting.path[-1]] = value

    def _refuse_kept_secrets_for_new_addresses(self) -> None:
        """Whoever may change the address must not thereby get a secret that others stored."""
        kept = [s for s in self.settings.values() if self._is_shown(s) and self.keeps_secret(s)]
        if not kept or not self._leads_elsewhere():
            return
        for setting in kept:
            self.add_error(
                field_name(setting.path),
                _("The address leads to another system now. Type this again to send it there."),
            )

    def _leads_elsewhere(self) -> bool:
        names = [setting for setting in self.settings.values() if setting.is_address]
        before = {host for s in names for host in _hosts(self._stored_value(s.path), whole=True)}
        after = {host for s in names for host in _hosts(_dig(self.values, s.path), whole=True)}
        return bool(after - before or set(_hosts(self.values)) - set(_hosts(self.stored)))

    def _judge(self) -> None:
        try:
            self.config_class.model_validate(self.values)
        except ValidationError as refused:
            for error in refused.errors(include_input=False, include_url=False, include_context=False):
                name, text = self._place(error)
                self.add_error(name, text)

    def _place(self, error: Mapping[str, Any]) -> tuple[str | None, str]:
        """The field of a pydantic error and its words; ``None`` when it is about no single field."""
        location = tuple(str(part) for part in error["loc"])
        text = str(_WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, "))
        for length in range(len(location), 0, -1):
            name = field_name(location[:length])
            if name in self.settings:
                return name, _tell_part(location[length:], text, self.settings[name])
        inside = [s.label for n, s in self.settings.items() if s.path[: len(location)] == location]
        return None, f"{inside[0]}: {text}" if location and inside else text

    def _stored_value(self, path: Path) -> Any:
        return _dig(self.stored or {}, path)


class _Absent:
    """Distinguishes "not stored" from a stored ``None``; false, so that it reads as nothing."""

    def __bool__(self) -> bool:
        return False


_ABSENT = _Absent()


def field_name(path: Path) -> str:
    """The form field of a setting."""
    return "config__" + "__".join(path)


def _make_field(setting: Setting) -> forms.Field:
    if setting.kind is Kind.CHOICE:
        return _make_choice(setting)
    if setting.kind in (Kind.INTEGER, Kind.NUMBER):
        number = forms.IntegerField if setting.kind is Kind.INTEGER else forms.FloatField
        return number(min_value=setting.minimum, max_value=setting.maximum)
    return _FIELDS[setting.kind]()


def _secret_field() -> forms.Field:
    # "new-password" keeps browsers from offering the administrator's own.
    return forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False)


_FIELDS: Mapping[Kind, Callable[[], forms.Field]] = {
    Kind.TEXT: forms.CharField,
    Kind.TEXTAREA: lambda: forms.CharField(widget=forms.Textarea(attrs={"rows": 4})),
    Kind.SECRET: _secret_field,
    Kind.BOOLEAN: forms.BooleanField,
    Kind.LINES: LinesField,
    Kind.NUMBERS: NumbersField,
    Kind.PAIRS: PairsField,
    Kind.MAPPING: MappingField,
    Kind.JSON: forms.JSONField,
}


def _make_choice(setting: Setting) -> forms.Field:
    values = {str(value): value for value, _label in setting.choices}
    choices = [(str(v), type_title(v) if v in TYPES else label) for v, label in setting.choices]
    if setting.nullable or setting.default is None:
        choices.insert(0, ("", "---------"))
    return forms.TypedChoiceField(choices=choices, coerce=lambda text: values[text], empty_value=None)


def _tell_part(rest: tuple[str, ...], text: str, setting: Setting) -> str:
    """Name the line or the canonical field inside a setting that an error is about."""
    if not rest:
        return text
    if setting.kind is Kind.LINES and rest[0].isdigit():
        return _("Line %(number)s: %(problem)s") % {"number": int(rest[0]) + 1, "problem": text}
    return f"{rest[0]}: {text}"


def _dig(values: Any, path: Path) -> Any:
    for part in path:
        if not isinstance(values, Mapping) or part not in values:
            return _ABSENT
        values = values[part]
    return values.get_secret_value() if isinstance(values, SecretStr) else values


def _hosts(values: Any, *, whole: bool = False) -> Iterator[str]:
    """Origins of all addresses in ``values``; with ``whole``, a text without scheme counts as it is."""
    if isinstance(values, Mapping):
        for value in values.values():
            yield from _hosts(value, whole=whole)
    elif isinstance(values, (list, tuple)):
        for value in values:
            yield from _hosts(value, whole=whole)
    elif isinstance(values, str):
        addresses = re.findall(r"(?i)[a-z][a-z0-9+.-]*://[^\s\"'<>]+", values)
        if addresses:
            yield from (_origin(address) for address in addresses)
        elif whole and values:
            yield values.strip().lower()


def _origin(address: str) -> str:
    parts = urlsplit(address.lower())
    # The scheme counts: a secret kept for https must not go out in clear text.
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
