"""A small GraphQL server for simulators: what was asked for, and nothing else, from plain data.

A simulator that ignored the document would let a misspelt field pass. So documents are read and run
here, as far as connectors need it: one query, variables, aliases, arguments, fragments, ``@include``
and ``@skip``::

    class ShopSimulator(SimulatorServer):
        def answer(self, request: SimRequest) -> SimAnswer:
            return graphql_answer(request, {"product": lambda id: self.products.get(id)})

A root field is a function of its arguments. Objects are mappings; a field of theirs that is a function
is called with its arguments, and so is a member of a list, without any. A field that an object does not
have is refused, as a schema would; an object may name its type as ``__typename``, which fragments
compare.

Source: https://spec.graphql.org/October2021/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from connectors.sdk.graphql_language import Document, DocumentError, Field, VariableUse, parse
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, json_answer

__all__ = ["InvalidError", "RefusedError", "graphql_answer", "run"]

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
        parsed = _read(document)
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


def _read(text: str) -> Document:
    try:
        document = parse(text)
    except DocumentError as error:
        raise InvalidError("GRAPHQL_PARSE_FAILED", f"Syntax Error: {error}") from None
    if document.kind != "query":
        raise InvalidError("GRAPHQL_VALIDATION_FAILED", "Only queries are simulated.")
    return document


def _given(document: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
    unknown = variables.keys() - document.variables.keys()
    values = {name: value for name, value in variables.items() if name not in unknown}
    for name, variable in document.variables.items():
        if values.get(name) is None and variable.required:
            raise InvalidError("BAD_USER_INPUT", f'Variable "${name}" of required type was not provided.')
        values.setdefault(name, variable.default)
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

    def __init__(self, document: Document, variables: Mapping[str, Any]) -> None:
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

    def _fields(self, held: Mapping[str, Any], selections: Sequence[Any]) -> Iterator[Field]:
        for one in selections:
            if not self._included(one):
                continue
            if isinstance(one, Field):
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

    def _resolve(self, held: Mapping[str, Any], chosen: Field) -> Any:
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

    def _complete(self, value: Any, chosen: Field, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, list | tuple):
            return [self._member(one, chosen, (*path, n)) for n, one in enumerate(value)]
        if isinstance(value, Mapping):
            if not chosen.selections:
                raise InvalidError("GRAPHQL_VALIDATION_FAILED", f'Field "{chosen.name}" needs subfields.')
            return self.select(value, chosen.selections, path)
        if chosen.selections and value is not None:
            raise InvalidError("GRAPHQL_VALIDATION_FAILED", f'Field "{chosen.name}" has no subfields.')
        return value

    def _member(self, value: Any, chosen: Field, path: tuple[str | int, ...]) -> Any:
        """One of a list. A function may refuse this one only."""
        try:
            return self._complete(value() if callable(value) else value, chosen, path)
        except RefusedError as refused:
            if refused.whole:
                raise
            self.errors.append(_entry(refused.code, refused.message, path))
            return None

    def _value(self, given: Any) -> Any:
        if isinstance(given, VariableUse):
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
                if not (isinstance(one, VariableUse) and self.variables.get(one.name) is None)
            }
        return given
