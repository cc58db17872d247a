"""What keeps a form from being saved, field by field, for the script that tells the editor.

Wagtail's autosave only says that something is wrong somewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError

__all__ = ["HoldUp", "hold_ups"]

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HoldUp:
    """A field that is refused. ``name`` is its name in the form, ``label`` what people call it."""

    name: str
    label: str
    message: str


def hold_ups(form: Any) -> list[HoldUp]:
    """Every refused field of a bound form, in the form's order; a form's own errors have no name."""
    found = []
    for name, errors in form.errors.as_data().items():
        field = form.fields.get(name)
        label = str(form[name].label) if field else ""
        for error in errors:
            if isinstance(error, StreamBlockValidationError) and field:
                inner = _in_stream(field.block, error, form.add_prefix(name), "", form.data)
                found += [replace(hold_up, label=hold_up.label or label) for hold_up in inner]
            else:
                found.append(_hold_up(form.add_prefix(name) if field else "", label, error))
    return found


def _hold_up(name: str, label: str, error: ValidationError) -> HoldUp:
    return HoldUp(name, label, " ".join(error.messages))


def _within(block: Any, error: ValidationError, name: str, label: str, data: Data) -> Iterator[HoldUp]:
    if isinstance(error, StreamBlockValidationError):
        yield from _in_stream(block, error, name, label, data)
    elif isinstance(error, StructBlockValidationError):
        yield from _in_struct(block, error, name, label, data)
    else:
        yield _hold_up(name, label, error)


def _in_stream(
    stream: Any, error: StreamBlockValidationError, name: str, label: str, data: Data
) -> Iterator[HoldUp]:
    for whole in error.non_block_errors.as_data():
        yield _hold_up(name, label, whole)
    children = _children(name, data)
    for place, inner in error.block_errors.items():
        prefix = f"{name}-{children[place]}"
        child = stream.child_blocks[data[f"{prefix}-type"]]
        own = data.get(f"{prefix}-value-name")
        called = f"{child.label} “{own}”" if own else f"{child.label} {place + 1}"
        words = f"{label}: {called}" if label else called
        yield from _within(child, inner, f"{prefix}-value", words, data)


def _in_struct(
    struct: Any, error: StructBlockValidationError, name: str, label: str, data: Data
) -> Iterator[HoldUp]:
    for whole in error.non_block_errors.as_data():
        yield _hold_up(name, label, whole)
    for key, inner in error.block_errors.items():
        child = struct.child_blocks[key]
        yield from _within(child, inner, f"{name}-{key}", f"{label}: {child.label}", data)


def _children(name: str, data: Data) -> list[int]:
    """The numbers in the names of a stream's children, in the order in which they stand."""
    there = [n for n in range(int(data[f"{name}-count"])) if not data.get(f"{name}-{n}-deleted")]
    return sorted(there, key=lambda number: int(data[f"{name}-{number}-order"]))
