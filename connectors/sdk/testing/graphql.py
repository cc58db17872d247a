"""A small GraphQL server for simulators: what was asked for, and nothing else, from plain data.

A simulator that ignored the document would let a misspelt field pass. So documents are read and run
here, as far as connectors need it: one query, variables, aliases, arguments, fragments, ``@include``
and ``@skip``::

    class ShopSimulator(SimulatorServer):
        def answer(self, request: SimRequest) -> SimAnswer:
            return graphql_answer(request, {"product": lambda id: self.products.get(id)})

A root field is a function of its arguments. Objects are mappings; a field of theirs that is a function
is called with its arguments. A field that an object does not have is refused, as a schema would; an
object may name its type as ``__typename``, which fragments compare.

Source: https://spec.graphql.org/October2021/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from connectors.sdk.testing.simulator import SimAnswer, SimRequest, json_answer

__all__ = ["InvalidError", "RefusedError", "graphql_answer", "run"]

_TOKEN = re.compile(
    r'[\s,\ufeff]+|#[^\n]*|(?P<block>"""(?:.|\n)*?""")|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<mark>\.\.\.|[!$():=@\[\]{}|&])"
)
_WORDS = {"true": True, "false": False, "null": None}

Root = Mapping[str, Callable[..., Any]]


class RefusedError(Exception):
    """What a resolver raises: an entry of ``errors``.

    ``whole``: the field must not be null, so that all of ``data`` is. Else only the field is.
    """

    def __init__(self, code: str, message: str, *, whole: bool = True) -> None:
        super().__init__(message)
        self.code, self.message, self.whole = code, message, whole


class InvalidError(Exception):
    """The document or its variables do not fit; a resolver may raise it. The answer has no ``data``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class _Variable:
    """The use of a variable as a value."""

    name: str


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    key: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    directives: Sequence[_Field] = ()
    selections: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A named one where it is spread (``name``), or one in its place (``selections``)."""

    name: str = ""
    on: str = ""
    directives: Sequence[_Field] = ()
    selections: Sequence[Any] = ()


@dataclass(slots=True)
class _Document:
    variables: dict[str, tuple[bool, Any]] = field(default_factory=dict)
    """By name: whether one must be given, and what it is else."""
    selections: Sequence[Any] = ()
    fragments: dict[str, _Fragment] = field(default_factory=dict)


def graphql_answer(request: SimRequest, root: Root, *, headers: Mapping[str, str] | None = None) -> SimAnswer:
    """Run the document of a POST. One that cannot be run is a 400, as of Apollo Server."""
    try:
        asked = request.json()
        document, variables = asked["query"], asked.get("variables") or {}
    except (ValueError, KeyError, TypeError):
        return json_answer({"errors": [_entry("BAD_REQUEST", "No query.")]}, status=400, headers=headers)
    answer, valid = run(document, variables, root)
    return json_answer(answer, status=200 if valid else 400, headers=headers)


def run(document: str, variables: Mapping[str, Any], root: Root) -> tuple[dict[str, Any], bool]:
    """The answer's object, and whether it is one of status 200."""
    try:
        parsed = _Parser(document).document()
        given = _given(parsed, variables)
        runner = _Runner(parsed, given)
        data = runner.select({**root, "__typename": "Query"}, parsed.selections, ())
    except InvalidError as invalid:
        # Apollo Server answers wrong variables with 200 unless it is told otherwise.
        valid = invalid.code == "BAD_USER_INPUT"
        return {"errors": [_entry(invalid.code, invalid.message)]}, valid
    except RefusedError as refused:
        path = getattr(refused, "path", ())
        return {"errors": [_entry(refused.code, refused.message, path)], "data": None}, True
    return {**({"errors": runner.errors} if runner.errors else {}), "data": data}, True


def _given(document: _Document, variables: Mapping[str, Any]) -> dict[str, Any]:
    unknown = variables.keys() - document.variables.keys()
    values = {name: value for name, value in variables.items() if name not in unknown}
    for name, (needed, default) in document.variables.items():
        if values.get(name) is None and needed:
            raise InvalidError("BAD_USER_INPUT", f'Variable "${name}" of required type was not provided.')
        values.setdefault(name, default)
    return values


def _entry(code: str, message: str, path: Sequence[str | int] = ()) -> dict[str, Any]:
    placed = {"path": list(path)} if path else {}
    return {
        "message": message,
        "locations": [{"line": 1, "column": 2}],
        **placed,
        "extensions": {"code": code},
    }


class _Runner:
    """Takes from data what a document selects."""

    def __init__(self, document: _Document, variables: Mapping[str, Any]) -> None:
        self.document, self.variables = document, variables
        self.errors: list[dict[str, Any]] = []

    def select(
        self, held: Mapping[str, Any], selections: Sequence[Any], path: tuple[str | int, ...]
    ) -> dict[str, Any]:
        """The selected fields of one object."""
        taken: dict[str, Any] = {}
        for chosen in self._fields(held, selections):
            place = (*path, chosen.key)
            try:
                taken[chosen.key] = self._complete(self._resolve(held, chosen), chosen, place)
            except RefusedError as refused:
                if refused.whole:
                    refused.path = getattr(refused, "path", place)  # type: ignore[attr-defined]
                    raise
                self.errors.append(_entry(refused.code, refused.message, place))
                taken[chosen.key] = None
        return taken

    def _fields(self, held: Mapping[str, Any], selections: Sequence[Any]) -> Iterator[_Field]:
        for one in selections:
            if not self._included(one):
                continue
            if isinstance(one, _Field):
                yield one
                continue
            fragment = self.document.fragments.get(one.name) if one.name else one
            if fragment is None:
                raise InvalidError("GRAPHQL_VALIDATION_FAILED", f'Unknown fragment "{one.name}".')
            if fragment.on in ("", held.get("__typename", fragment.on)):
                yield from self._fields(held, fragment.selections)

    def _included(self, one: Any) -> bool:
        wishes = {directive.name: self._value(directive.arguments["if"]) for directive in one.directives}
        return bool(wishes.get("include", True)) and not wishes.get("skip", False)

    def _resolve(self, held: Mapping[str, Any], chosen: _Field) -> Any:
        if chosen.name not in held:
            raise InvalidError("GRAPHQL_VALIDATION_FAILED", f'Cannot query field "{chosen.name}".')
        value = held[chosen.name]
        if not callable(value):
            return value
        arguments = {name: self._value(given) for name, given in chosen.arguments.items()}
        try:
            return value(**arguments)
        except TypeError as error:
            raise InvalidError("GRAPHQL_VALIDATION_FAILED", f"{chosen.name}: {error}") from None

    def _complete(self, value: Any, chosen: _Field, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, list | tuple):
            return [self._complete(one, chosen, (*path, n)) for n, one in enumerate(value)]
        if isinstance(value, Mapping):
            if not chosen.selections:
                raise InvalidError("GRAPHQL_VALIDATION_FAILED", f'Field "{chosen.name}" needs subfields.')
            return self.select(value, chosen.selections, path)
        if chosen.selections and value is not None:
            raise InvalidError("GRAPHQL_VALIDATION_FAILED", f'Field "{chosen.name}" has no subfields.')
        return value

    def _value(self, given: Any) -> Any:
        if isinstance(given, _Variable):
            if given.name not in self.variables:
                raise InvalidError("GRAPHQL_VALIDATION_FAILED", f'Variable "${given.name}" is not defined.')
            return self.variables[given.name]
        if isinstance(given, list):
            return [self._value(one) for one in given]
        if isinstance(given, dict):
            # A variable without a value leaves its field out.
            return {
                name: self._value(one)
                for name, one in given.items()
                if not (isinstance(one, _Variable) and self.variables.get(one.name) is None)
            }
        return given


class _Parser:
    """Reads a document."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def document(self) -> _Document:
        """The one query, and its fragments."""
        found = _Document()
        while self._peek()[0] != "end":
            if self._peek()[1] == "fragment":
                self._fragment_definition(found)
            else:
                self._operation(found)
        if not found.selections:
            raise InvalidError("OPERATION_RESOLUTION_FAILURE", "There is no query.")
        return found

    def _operation(self, found: _Document) -> None:
        if found.selections:
            raise InvalidError("OPERATION_RESOLUTION_FAILURE", "There are several operations.")
        if self._peek()[1] != "{":
            if self._take("name") != "query":
                raise InvalidError("GRAPHQL_VALIDATION_FAILED", "Only queries are simulated.")
            if self._peek()[0] == "name":
                self._take("name")
            if self._skip("("):
                while not self._skip(")"):
                    self._variable(found)
        found.selections = self._selections()

    def _variable(self, found: _Document) -> None:
        self._expect("$")
        name = self._take("name")
        self._expect(":")
        needed = self._type()
        default = self._value() if self._skip("=") else None
        found.variables[name] = (needed and default is None, default)

    def _type(self) -> bool:
        """Read a type; whether it must not be null."""
        if self._skip("["):
            self._type()
            self._expect("]")
        else:
            self._take("name")
        return self._skip("!")

    def _fragment_definition(self, found: _Document) -> None:
        self._take("name")
        name = self._take("name")
        self._take("name")
        on = self._take("name")
        found.fragments[name] = _Fragment(name, on, (), self._selections())

    def _selections(self) -> list[Any]:
        self._expect("{")
        found: list[Any] = []
        while not self._skip("}"):
            found.append(self._spread() if self._skip("...") else self._field())
        return found

    def _spread(self) -> _Fragment:
        if self._peek()[0] == "name" and self._peek()[1] != "on":
            return _Fragment(self._take("name"), "", self._directives())
        on = ""
        if self._peek()[1] == "on":
            self._take("name")
            on = self._take("name")
        return _Fragment("", on, self._directives(), self._selections())

    def _field(self) -> _Field:
        key = name = self._take("name")
        if self._skip(":"):
            name = self._take("name")
        arguments = self._arguments()
        directives = self._directives()
        selections = self._selections() if self._peek()[1] == "{" else []
        return _Field(name, key, arguments, directives, selections)

    def _directives(self) -> list[_Field]:
        found = []
        while self._skip("@"):
            name = self._take("name")
            found.append(_Field(name, name, self._arguments()))
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
            return _Variable(self._take("name"))
        if self._skip("["):
            found = []
            while not self._skip("]"):
                found.append(self._value())
            return found
        if self._skip("{"):
            held = {}
            while not self._skip("}"):
                name = self._take("name")
                self._expect(":")
                held[name] = self._value()
            return held
        kind, text = self._next()
        if kind == "name":
            return _WORDS.get(text, text)  # What is no word of the language is an enum's.
        if kind == "block":
            return text[3:-3]
        if kind not in ("string", "number"):
            self._fail(text)
        return json.loads(text)

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at]

    def _next(self) -> tuple[str, str]:
        found = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return found

    def _take(self, kind: str) -> str:
        found, text = self._next()
        if found != kind:
            self._fail(text)
        return text

    def _skip(self, mark: str) -> bool:
        kind, text = self._peek()
        if kind == "end" and mark in ")}]":
            self._fail("<EOF>")
        if kind == "mark" and text == mark:
            self._next()
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._skip(mark):
            self._fail(self._peek()[1])

    def _fail(self, text: str) -> NoReturn:
        raise InvalidError("GRAPHQL_PARSE_FAILED", f"Syntax Error: Unexpected {text or '<EOF>'}.")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise InvalidError("GRAPHQL_PARSE_FAILED", f"Syntax Error: Unexpected {text[at]!r}.")
        at = found.end()
        if found.lastgroup:
            yield found.lastgroup, found[0]
    yield "end", ""
