"""A connector's settings as a flat list of what a form asks, read from their JSON schema.

Nested objects are flattened: ``{"paging": {"style": …}}`` is the setting with the path
``("paging", "style")``. Hints that a connector may give a field by ``json_schema_extra``:

- ``group``: the panel it belongs to.
- ``show_if``: ``{"auth": ["basic"]}``, shown while the sibling ``auth`` is one of these; of several
  siblings, all have to agree.
- ``format: mapping``: an object of canonical field to expression; the sibling ``type`` says which fields.
- ``format: pairs``: an object of free names to texts.
- ``format: textarea``: a text of several lines.
- ``labels``: words for the values of a choice.

The model as a whole may give ``groups``: ``[{"name": "Address", "help": "…", "folded": true}, …]``, the
panels in the order in which a person fills them in, with a sentence each. A folded one opens when something
is filled in there. Groups that are not named follow in the order of their settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.text import capfirst

__all__ = ["Group", "Kind", "Path", "Setting", "read_groups", "read_settings"]

Path = tuple[str, ...]


class Kind(StrEnum):
    """How a setting is asked. ``JSON`` is the last resort for a shape that has no better form."""

    TEXT = "text"
    TEXTAREA = "textarea"
    SECRET = "secret"  # noqa: S105 - the word, not one.
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    LINES = "lines"
    NUMBERS = "numbers"
    PAIRS = "pairs"
    MAPPING = "mapping"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Setting:
    """One question of the form.

    Attributes:
        path: Where its value is in the settings.
        nullable: Left empty, it is ``None``.
        show_if: Paths of other settings and the values for which this one is shown.
        is_address: It decides which system is called, and so who gets the secrets.
    """

    path: Path
    kind: Kind
    label: str
    help_text: str = ""
    required: bool = False
    nullable: bool = False
    default: Any = None
    choices: Sequence[tuple[Any, str]] = ()
    minimum: float | None = None
    maximum: float | None = None
    group: str = ""
    show_if: tuple[tuple[Path, tuple[str, ...]], ...] = ()
    is_address: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A panel of the form. ``name`` is empty for settings that have none."""

    name: str
    help_text: str = ""
    folded: bool = False


def read_groups(schema: Mapping[str, Any], settings: Iterable[Setting]) -> tuple[Group, ...]:
    """The panels in the order of the form: those that the model names, then the others; none is empty."""
    used = dict.fromkeys(setting.group for setting in settings)
    named = {
        group["name"]: Group(group["name"], group.get("help", ""), bool(group.get("folded")))
        for group in schema.get("groups", ())
    }
    rest = [Group(name) for name in used if name not in named]
    return (*(group for name, group in named.items() if name in used), *rest)


def read_settings(schema: Mapping[str, Any]) -> tuple[Setting, ...]:
    """The settings of a pydantic model's JSON schema, in its order."""
    return tuple(_read_object(schema, schema.get("$defs", {}), path=(), group="", asked_default=None))


def _read_object(
    schema: Mapping[str, Any],
    definitions: Mapping[str, Any],
    *,
    path: Path,
    group: str,
    asked_default: Mapping[str, Any] | None,
) -> Iterator[Setting]:
    required = set(schema.get("required", ()))
    for name, declared in schema.get("properties", {}).items():
        node, nullable = _resolve(declared, definitions)
        default = (asked_default or {}).get(name, node.get("default"))
        node_group = node.get("group") or group
        if _is_nested(node):
            yield from _read_object(
                node,
                definitions,
                path=(*path, name),
                group=node_group or node.get("title", ""),
                asked_default=default if isinstance(default, Mapping) else None,
            )
        else:
            yield _read_setting(
                node,
                path=(*path, name),
                group=node_group,
                default=default,
                required=name in required,
                nullable=nullable,
            )


def _read_setting(
    node: Mapping[str, Any], *, path: Path, group: str, default: Any, required: bool, nullable: bool
) -> Setting:
    kind = _kind(node)
    return Setting(
        path=path,
        kind=kind,
        label=node.get("title") or capfirst(path[-1].replace("_", " ")),
        help_text=node.get("description", ""),
        required=required,
        nullable=nullable,
        default=default,
        choices=tuple(_choices(node)),
        minimum=node.get("minimum"),
        maximum=node.get("maximum"),
        group=group,
        show_if=tuple(_show_if(node, path[:-1])),
        is_address=_is_address(node, path[-1]),
    )


def _resolve(declared: Mapping[str, Any], definitions: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Follow references and take ``X | None`` apart; what is said beside them wins."""
    own = dict(declared)
    nullable = False
    options = own.get("anyOf") or own.get("allOf") or ()
    concrete = [option for option in options if option.get("type") != "null"]
    if options and len(concrete) == 1:
        nullable = len(options) > len(concrete)
        own.pop("anyOf", None)
        own.pop("allOf", None)
        inner, inner_nullable = _resolve(concrete[0], definitions)
        return {**inner, **own}, nullable or inner_nullable
    if reference := own.pop("$ref", None):
        inner, nullable = _resolve(definitions[reference.rsplit("/", 1)[-1]], definitions)
        return {**inner, **own}, nullable
    return own, nullable


def _is_nested(node: Mapping[str, Any]) -> bool:
    return node.get("type") == "object" and bool(node.get("properties"))


_KINDS = {
    ("string", "password"): Kind.SECRET,
    ("string", "textarea"): Kind.TEXTAREA,
    ("object", "mapping"): Kind.MAPPING,
    ("object", "pairs"): Kind.PAIRS,
}
_PLAIN_KINDS = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
}
_LIST_KINDS = {"string": Kind.LINES, "integer": Kind.NUMBERS}


def _kind(node: Mapping[str, Any]) -> Kind:
    if "enum" in node or "const" in node:
        return Kind.CHOICE
    kind = node.get("type", "")
    if kind == "array":
        items = node.get("items", {})
        return Kind.JSON if "enum" in items else _LIST_KINDS.get(items.get("type", ""), Kind.JSON)
    return _KINDS.get((kind, node.get("format", ""))) or _PLAIN_KINDS.get(kind, Kind.JSON)


def _choices(node: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """Pairs of value and label."""
    labels = node.get("labels", {})
    for value in node.get("enum", [node["const"]] if "const" in node else []):
        yield value, str(labels.get(str(value)) or capfirst(str(value).replace("_", " ")))


def _show_if(node: Mapping[str, Any], parent: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for name, values in (node.get("show_if") or {}).items():
        yield (*parent, *name.split(".")), tuple(_as_text(value) for value in values)


def _as_text(value: Any) -> str:
    # As a check box or a select says it in the browser.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_address(node: Mapping[str, Any], name: str) -> bool:
    if node.get("type") not in ("string", "array"):
        return False
    words = name.lower().split("_")
    return node.get("format") in ("uri", "hostname") or bool(
        {"url", "uri", "host", "hosts", "hostname", "domain", "address", "server", "endpoint"} & set(words)
    )
