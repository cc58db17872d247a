"""Reads GraphQL documents: enough to check one that a person typed, and to run one in a simulator.

Source: https://spec.graphql.org/October2021/#sec-Document-Syntax
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

__all__ = [
    "Document",
    "DocumentError",
    "Field",
    "Fragment",
    "Variable",
    "VariableUse",
    "parse",
    "used_variables",
]

_TOKEN = re.compile(
    r'[\s,\ufeff]+|#[^\n]*|(?P<block>"""(?:.|\n)*?""")|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<mark>\.\.\.|[!$():=@\[\]{}|&])",
    re.ASCII,
)
_WORDS = {"true": True, "false": False, "null": None}
_MAX_DEPTH = 50
_CLOSING = frozenset(")}]")


class DocumentError(ValueError):
    """The text is no GraphQL, or not what is allowed. Says in which line."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that a document declares: ``$ids: [ID!]! = []``.

    Attributes:
        type: The name of its type, or of that of its members: "ID".
        is_list: It holds several.
        required: A value must be given.
    """

    name: str
    type: str
    is_list: bool
    required: bool
    default: Any = None


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A variable that stands for a value."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A selected field. ``key`` is its alias, or its name."""

    name: str
    key: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    directives: Sequence[Field] = ()
    selections: Sequence[Field | Fragment] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """A named fragment, one that is spread (``name`` alone), or one in its place (no ``name``)."""

    name: str = ""
    on: str = ""
    directives: Sequence[Field] = ()
    selections: Sequence[Field | Fragment] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One operation, with its fragments. ``kind`` is "query", "mutation" or "subscription"."""

    kind: str
    variables: Mapping[str, Variable]
    selections: Sequence[Field | Fragment]
    fragments: Mapping[str, Fragment]


def parse(text: str) -> Document:
    """Read a document that holds one operation.

    Raises:
        DocumentError: It does not, or cannot be read.
    """
    return _Parser(text).document()


def used_variables(document: Document) -> set[str]:
    """Names of the variables that a document uses, in whatever place."""
    return set(_uses([*document.selections, *document.fragments.values()]))


def _uses(held: Any) -> Iterator[str]:
    if isinstance(held, VariableUse):
        yield held.name
    elif isinstance(held, Mapping):
        yield from _uses(list(held.values()))
    elif isinstance(held, list | tuple):
        for one in held:
            yield from _uses(one)
    elif isinstance(held, Field | Fragment):
        yield from _uses([getattr(held, "arguments", {}), *held.directives, *held.selections])


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = self._depth = 0

    def document(self) -> Document:
        operations: list[tuple[str, dict[str, Variable], list[Field | Fragment]]] = []
        fragments: dict[str, Fragment] = {}
        while self._peek.kind != "end":
            if self._peek.text == "fragment":
                fragment = self._definition()
                fragments[fragment.name] = fragment
            else:
                operations.append(self._operation())
        if len(operations) != 1:
            raise DocumentError("there are several operations" if operations else "there is no query")
        return Document(*operations[0], fragments)

    def _operation(self) -> tuple[str, dict[str, Variable], list[Field | Fragment]]:
        if self._peek.text == "{":
            return "query", {}, self._selections()
        if self._peek.text not in ("query", "mutation", "subscription"):
            self._fail()
        kind, variables = self._take("name"), dict[str, Variable]()
        if self._peek.kind == "name":
            self._take("name")
        if self._skip("("):
            while not self._skip(")"):
                variable = self._variable()
                variables[variable.name] = variable
        self._directives()
        return kind, variables, self._selections()

    def _variable(self) -> Variable:
        self._expect("$")
        name = self._take("name")
        self._expect(":")
        is_list = self._skip("[")
        type_name = self._take("name")
        self._skip("!")
        if is_list:
            self._expect("]")
        required = self._skip("!") or (not is_list and self._tokens[self._at - 1].text == "!")
        default = self._value() if self._skip("=") else None
        return Variable(name, type_name, is_list, required and default is None, default)

    def _definition(self) -> Fragment:
        self._take("name")
        name = self._take("name")
        if self._take("name") != "on":
            self._fail()
        return Fragment(name, self._take("name"), self._directives(), self._selections())

    def _selections(self) -> list[Field | Fragment]:
        self._expect("{")
        found: list[Field | Fragment] = []
        with self._deeper():
            while not self._skip("}"):
                found.append(self._spread() if self._skip("...") else self._field())
        return found

    def _spread(self) -> Fragment:
        if self._peek.kind == "name" and self._peek.text != "on":
            return Fragment(self._take("name"), "", self._directives())
        on = ""
        if self._peek.text == "on":
            self._take("name")
            on = self._take("name")
        return Fragment("", on, self._directives(), self._selections())

    def _field(self) -> Field:
        key = name = self._take("name")
        if self._skip(":"):
            name = self._take("name")
        arguments, directives = self._arguments(), self._directives()
        selections = self._selections() if self._peek.text == "{" else []
        return Field(name, key, arguments, directives, selections)

    def _directives(self) -> list[Field]:
        found = []
        while self._skip("@"):
            name = self._take("name")
            found.append(Field(name, name, self._arguments()))
        return found

    def _arguments(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._skip("("):
            while not self._skip(")"):
                name = self._take("name")
                self._expect(":")
                found[name] = self._value()
        return found

    def _value(self) -> Any:
        if self._skip("$"):
            return VariableUse(self._take("name"))
        if self._peek.text in ("[", "{"):
            with self._deeper():
                return self._members() if self._skip("[") else self._object()
        token = self._next()
        if token.kind == "name":
            return _WORDS.get(token.text, token.text)  # What is no word of the language is an enum's.
        if token.kind == "block":
            return token.text[3:-3]
        if token.kind not in ("string", "number"):
            self._fail(token)
        try:
            return json.loads(token.text)
        except ValueError:
            self._fail(token)

    def _members(self) -> list[Any]:
        found = []
        while not self._skip("]"):
            found.append(self._value())
        return found

    def _object(self) -> dict[str, Any]:
        self._expect("{")
        held = {}
        while not self._skip("}"):
            name = self._take("name")
            self._expect(":")
            held[name] = self._value()
        return held

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise DocumentError(f"line {self._peek.line}: nested too deeply")
        yield
        self._depth -= 1

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        found = self._peek
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return found

    def _take(self, kind: str) -> str:
        found = self._next()
        if found.kind != kind:
            self._fail(found)
        return found.text

    def _skip(self, mark: str) -> bool:
        if self._peek.kind == "end" and mark in _CLOSING:
            self._fail()
        if self._peek.kind == "mark" and self._peek.text == mark:
            self._next()
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._skip(mark):
            self._fail()

    def _fail(self, token: _Token | None = None) -> NoReturn:
        token = token or self._peek
        what = f"“{token.text[:20]}” is not expected here" if token.text else "it ends too early"
        raise DocumentError(f"line {token.line}: {what}")


def _tokens(text: str) -> Iterator[_Token]:
    at, line = 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise DocumentError(f"line {line}: “{text[at]}” is not expected here")
        if found.lastgroup:
            yield _Token(found.lastgroup, found[0], line)
        line += found[0].count("\n")
        at = found.end()
    yield _Token("end", "", line)
