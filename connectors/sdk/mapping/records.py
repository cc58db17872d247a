"""From a raw record to a canonical asset, by the mapping of the settings. Pure.

A field that cannot be read is left out if the type can do without it, because an unreadable colour
must not cost a product its place; :func:`try_record` shows it. A field that the type needs makes the
record unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, get_args, get_type_hints
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from connectors.sdk.assets import Asset, FieldTrial, MappingTrial, Ref
from connectors.sdk.errors import BadResponseError
from connectors.sdk.mapping import expressions, paths, times
from connectors.sdk.mapping.expressions import ExpressionError
from connectors.sdk.mapping.fields import FieldSettings
from connectors.sdk.types import TYPES, canonical, field_names, nest, picture_of
from connectors.sdk.types.values import Day, Url

__all__ = ["read_id", "to_asset", "try_record", "unmapped_fields"]


def to_asset(
    config: FieldSettings,
    record: Mapping[str, Any],
    *,
    external_id: str,
    address: str,
    validator: str | None = None,
    pictures_need_key: bool = False,
) -> Asset:
    """The asset of a record. ``address`` completes relative addresses; pictures there may need its key.

    Raises:
        BadResponseError: A field that the type needs is not there; the message names ``type.field``.
    """
    read = _read_fields(config, record, address=address)
    if read.fatal is not None:
        field = f"{config.type}.{read.fatal}" if read.fatal else config.type
        raise BadResponseError(f"{field}: {read.problems[read.fatal]}")
    edit_url = paths.fill(config.edit_url, {"id": external_id}) if config.edit_url else None
    return Asset(
        ref=Ref(config.type, external_id),
        fields=read.fields,
        lang=_text(config.lang, record),
        updated_at=_moment(config, "updated_at", record),
        valid_until=_moment(config, "valid_until", record),
        validator=validator,
        edit_url=edit_url,
        protected=pictures_need_key and _has_own_picture(config, read.fields, address),
    )


def _has_own_picture(config: FieldSettings, fields: Mapping[str, Any], address: str) -> bool:
    """Whether its picture is at the system itself: the key is for no other host, a public CDN say."""
    picture = picture_of(fields, config.type)
    return picture is not None and urlsplit(picture)[:2] == urlsplit(address)[:2]


def try_record(config: FieldSettings, record: Mapping[str, Any], *, address: str) -> MappingTrial:
    """Each field that is mapped or needed: its value on this record, or the problem."""
    read = _read_fields(config, record, address=address)
    names = dict.fromkeys([*config.mapping, *read.problems])
    trials = [FieldTrial(name, _at(read.fields, name), read.problems.get(name)) for name in names]
    times_of_record = [_try_moment(config, name, record) for name in ("updated_at", "valid_until")]
    own_id = _try_id(config, record)
    usable = read.fatal is None and own_id.problem is None
    return MappingTrial([own_id, *trials, *filter(None, times_of_record)], usable)


def read_id(config: FieldSettings, record: Mapping[str, Any]) -> str:
    """The id of a record as text.

    Raises:
        BadResponseError: It has none.
    """
    found = expressions.evaluate(config.id_field, record)
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise BadResponseError(f"a record has no id at “{config.id_field}” (id_field)")
    return str(found)


def unmapped_fields(config: FieldSettings) -> list[str]:
    """Fields that the type needs and the mapping does not have."""
    return [
        field.name
        for field in field_names(config.type)
        if field.required and field.name not in config.mapping
    ]


# Fields


@dataclass(frozen=True, slots=True)
class _Reading:
    """Canonical fields, problems by field, and the problem that the type cannot do with, if any."""

    fields: Mapping[str, Any]
    problems: Mapping[str, str] = field(default_factory=dict)
    fatal: str | None = None


def _read_fields(config: FieldSettings, record: Mapping[str, Any], *, address: str) -> _Reading:
    """Leave out, field by field, what does not fit, until the rest does or cannot."""
    values, problems = _evaluate_all(config, record, address=address)
    while True:
        try:
            return _Reading(canonical(config.type, nest(values)), problems)
        except BadResponseError:
            misfits = _misfits(config.type, values)
        problems = misfits | problems
        blamed = {name for misfit in misfits for name in _blamed(misfit, values)}
        if not blamed:
            return _Reading({}, problems, fatal=next(iter(misfits)))
        values = {name: value for name, value in values.items() if name not in blamed}


def _evaluate_all(
    config: FieldSettings, record: Mapping[str, Any], *, address: str
) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, expression in config.mapping.items():
        try:
            found = expressions.evaluate(expression, record)
            if found is not None:
                values[name] = _coerce(config, name, found, address=address)
        except (ExpressionError, ValueError) as problem:
            problems[name] = str(problem)
    return values, problems


def _misfits(type: str, values: Mapping[str, Any]) -> dict[str, str]:
    """What the type complains about, by dotted field."""
    try:
        TYPES[type].model_validate(nest(values))
    except ValidationError as error:
        return {
            ".".join(part for part in problem["loc"] if isinstance(part, str)): _in_words(problem)
            for problem in error.errors(include_url=False, include_input=False, include_context=False)
        }
    return {}


def _in_words(problem: ErrorDetails) -> str:
    if problem["type"] == "missing":
        return "is needed, and not given"
    # A "value_error" repeats the standard library, which repeats the value.
    return "is not valid" if problem["type"] == "value_error" else problem["msg"]


def _blamed(misfit: str, values: Mapping[str, Any]) -> list[str]:
    """Mapped fields to leave out for a misfit: the field itself, else the whole part that lacks something."""
    own = [name for name in values if misfit == name or misfit.startswith(f"{name}.")]
    part = misfit.partition(".")[0]
    return own or [name for name in values if name.startswith(f"{part}.")]


def _at(fields: Mapping[str, Any], name: str) -> Any:
    value: Any = fields
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


# Values


def _coerce(config: FieldSettings, name: str, value: Any, *, address: str) -> Any:
    """A value in the form that its field wants: whole addresses, and times with a zone."""
    if name in _fields_of(config.type, Url):
        return _whole_addresses(value, address)
    if name in _fields_of(config.type, Day) and not _is_day(value):
        return times.read_time(value, time_format=config.time_format, time_zone=config.time_zone)
    return value


def _whole_addresses(value: Any, address: str) -> Any:
    if isinstance(value, list):
        return [_whole_addresses(item, address) for item in value]
    return urljoin(address, value.strip()) if isinstance(value, str) and value.strip() else value


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip()) == len("2026-11-21")


@lru_cache(maxsize=64)
def _fields_of(type: str, kind: Any) -> frozenset[str]:
    """Dotted names of the fields of a type that hold this kind of value, alone or in a list."""
    return frozenset(_walk(TYPES[type], kind, prefix=""))


def _walk(model: type[BaseModel], kind: Any, *, prefix: str) -> Iterator[str]:
    for name, hint in get_type_hints(model, include_extras=True).items():
        if _holds(hint, kind):
            yield f"{prefix}{name}"
        for part in _parts(hint):
            yield from _walk(part, kind, prefix=f"{prefix}{name}.")


def _holds(hint: Any, kind: Any) -> bool:
    return hint == kind or any(_holds(inner, kind) for inner in get_args(hint))


def _parts(hint: Any) -> list[type[BaseModel]]:
    inner = [part for argument in get_args(hint) for part in _parts(argument)]
    return [hint, *inner] if isinstance(hint, type) and issubclass(hint, BaseModel) else inner


def _text(expression: str, record: Mapping[str, Any]) -> str | None:
    found = expressions.evaluate(expression, record)
    return found if isinstance(found, str) and found else None


def _moment(config: FieldSettings, setting: str, record: Mapping[str, Any]) -> datetime | None:
    """The time of a setting.

    Raises:
        BadResponseError: It is no time. A hard end that cannot be read must not pass for none.
    """
    found = expressions.evaluate(getattr(config, setting), record)
    if found is None or found == "":
        return None
    try:
        return times.read_time(found, time_format=config.time_format, time_zone=config.time_zone)
    except ValueError as problem:
        raise BadResponseError(f"{config.type}: {setting} {problem}") from None


# The trial's further rows


def _try_id(config: FieldSettings, record: Mapping[str, Any]) -> FieldTrial:
    try:
        return FieldTrial("id", read_id(config, record))
    except BadResponseError as problem:
        return FieldTrial("id", problem=str(problem))


def _try_moment(config: FieldSettings, setting: str, record: Mapping[str, Any]) -> FieldTrial | None:
    if not getattr(config, setting):
        return None
    try:
        moment = _moment(config, setting, record)
    except BadResponseError as problem:
        return FieldTrial(setting, problem=str(problem))
    return FieldTrial(setting, moment and moment.isoformat())
