"""What pydantic refuses, in words for the people who wrote it: what is wrong, and what they may have meant.

No message repeats a value: it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

__all__ = ["did_you_mean", "keys_at", "refusal_words"]

_MOST_LISTED = 12
_KEYS = "must be keys with values, such as “name: …”"

_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "string_type": "must be a text; a number or a date that is meant as one stands in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "is longer than {max_length} characters",
    "list_type": "must be a list: a line with “- ” for each entry",
    "too_short": "needs at least one entry",
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}


def refusal_words(error: Mapping[str, Any], *, known: Iterable[str] = (), given: Any = None) -> str:
    """One of ``ValidationError.errors()`` as half a sentence about its place.

    Args:
        known: The keys that there are at the place of an unknown one; see :func:`keys_at`.
        given: What stood there, to find what was meant by it. It is not repeated.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"is not known here{did_you_mean(str(error['loc'][-1]), known)}"
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context.get("expected", ""))
        meant = did_you_mean(given, choices, listed=False) if isinstance(given, str) else ""
        return f"must be {context.get('expected', 'another value')}{meant}"
    if given is None and (kind.endswith("_type") or kind == "model_attributes_type"):
        return "is empty: give it a value"
    if kind in _WORDS:
        return _WORDS[kind].format(**context)
    return str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")


def did_you_mean(word: str, known: Iterable[str], *, listed: bool = True) -> str:
    """The end of a sentence: what is near to ``word``, or else what there is, if that is not too much."""
    choices = sorted(dict.fromkeys(known))
    near = get_close_matches(word, choices, n=2, cutoff=0.6) or _same_letters(word, choices)
    if near:
        return f"; did you mean {' or '.join(f'“{choice}”' for choice in near)}?"
    if listed and 0 < len(choices) <= _MOST_LISTED:
        return f"; there is {', '.join(f'“{choice}”' for choice in choices)}"
    return ""


def keys_at(model: type[BaseModel], place: Sequence[Any]) -> frozenset[str]:
    """The keys that a model takes at a place, as an error's ``loc`` names it; none where any may stand."""
    for step in place:
        if isinstance(step, int):
            continue
        info = model.model_fields.get(str(step))
        inner = next(_models_in(info.annotation), None) if info else None
        if inner is None:
            return frozenset()
        model = inner
    return frozenset(model.model_fields)


def _same_letters(word: str, choices: Sequence[str]) -> list[str]:
    """Other capitals, or other marks between words."""
    plain = re.sub(r"[\W_]", "", word).lower()
    return [choice for choice in choices if re.sub(r"[\W_]", "", choice).lower() == plain]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
