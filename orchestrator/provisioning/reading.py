"""Reads a YAML file into plain data that remembers its lines.

Stricter than YAML: a key may stand once, and dates stay text. One addition: ``{env: NAME}``, with an
optional ``followed_by``, stands for the value of an environment variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestrator.provisioning.errors import ApplyError, Place, Problem

__all__ = ["Source", "read_source"]

# Lists whose entries are named by one of these keys, rather than by their position.
_NAMING_KEYS = ("slug", "name")
_SINGULAR = {
    "spaces": "space",
    "connections": "connection",
    "collections": "collection",
    "bound_links": "bound link",
    "api_clients": "API client",
    "channels": "channel",
    "fragments": "fragment",
    "experiences": "experience",
    "slots": "slot",
    "items": "item",
    "clients": "client",
    "rights": "right",
    "keys": "key",
}
_ENVIRONMENT = ({"env"}, {"env", "followed_by"})
# Aliases of aliases multiply: a few lines can stand for more than fits into memory.
_MOST_VALUES = 200_000


class _Loader(yaml.SafeLoader):
    """Safe YAML in which 2026-11-21 is a text."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _FromEnvironment(str):
    """A value of the environment: most often a secret, so no message quotes it."""

    __slots__ = ()


@dataclass(slots=True)
class Source:
    """A file's data, and where in it each value stands."""

    file: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, place: Place, message: str) -> None:
        """Note a problem at a place; the nearest known line above counts for what is missing."""
        self.problems.append(Problem(self._line_of(place), self._words_for(place), message))

    def at(self, place: Place) -> Any:
        """The value at a place; ``None`` where there is none."""
        data = self.data
        for step in place:
            if isinstance(data, Mapping):
                data = data.get(step)
            elif isinstance(data, list) and isinstance(step, int) and step < len(data):
                data = data[step]
            else:
                return None
        return data

    def raise_problems(self) -> None:
        """Raise ``ApplyError`` if there are any."""
        if self.problems:
            raise ApplyError(self.file, self.problems)

    def _line_of(self, place: Place) -> int:
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def _words_for(self, place: Place) -> str:
        return ", ".join(self._words(place))

    def _words(self, place: Place) -> Iterator[str]:
        data, steps = self.data, iter(place)
        for step in steps:
            data = data.get(step) if isinstance(data, Mapping) else None
            position = next(steps, None) if isinstance(data, list) else None
            if not isinstance(position, int):
                yield str(step)
                continue
            data = data[position] if position < len(data) else None
            yield f"{_SINGULAR.get(step, step)} {_name_of(data) or position + 1}"


def read_source(path: Path, environment: Mapping[str, str]) -> Source:
    """Read and resolve a file.

    Raises:
        ApplyError: It cannot be read, is no YAML, stands for too many values, repeats a key or names a
            variable that is not set.
    """
    source = Source(path.name)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), _Loader)
    except OSError as error:
        raise ApplyError(path.name, [Problem(1, "", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise ApplyError(path.name, [Problem(1, "", "is not a text in UTF-8")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ApplyError(path.name, [Problem(line, "", f"is not YAML: {_yaml_words(error)}")]) from None
    except yaml.YAMLError:
        raise ApplyError(path.name, [Problem(1, "", "is not YAML")]) from None
    except RecursionError:
        raise ApplyError(path.name, [Problem(1, "", "is nested too deeply")]) from None
    if root is None:
        raise ApplyError(path.name, [Problem(1, "", "is empty")])
    _Reader(source, environment).read(root)
    source.raise_problems()
    return source


# What the parser says begins so; what a person has to do about it.
_YAML_WORDS = (
    ("found character '\\t'", "a tab stands here; indent with blanks"),
    (
        "mapping values are not allowed",
        "a text with “: ” in it needs quotes; or the line is indented too far",
    ),
    ("expected <block end>", "the line is indented otherwise than those that it belongs with"),
    ("expected ',' or", "inside of brackets there is a comma missing, or a text needs quotes"),
    ("but found another document", "“---” begins a second document; a file is one"),
    ("found undefined alias", "“*” names an anchor that is not there; or the text needs quotes"),
)


def _yaml_words(error: yaml.MarkedYAMLError) -> str:
    said = str(error.problem)
    return next((words for begin, words in _YAML_WORDS if said.startswith(begin)), said)


class _Reader:
    """Builds the data of one file."""

    def __init__(self, source: Source, environment: Mapping[str, str]) -> None:
        self._source = source
        self._environment = environment
        self._plain = yaml.constructor.SafeConstructor()
        self._unfinished: set[int] = set()
        self._found: list[tuple[Place, str]] = []

    def read(self, root: yaml.Node) -> None:
        """Fill the source's data, lines and problems."""
        self._source.data = self._value(root, ())
        # Names for the path are known only now that all data is there.
        for place, message in self._found:
            self._source.complain(place, message)

    def _value(self, node: yaml.Node, place: Place) -> Any:
        if len(self._source.lines) >= _MOST_VALUES:
            message = f"stands for more than {_MOST_VALUES} values, aliases included"
            raise ApplyError(self._source.file, [Problem(node.start_mark.line + 1, "", message)])
        self._source.lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        if id(node) in self._unfinished:
            self._found.append((place, "an alias must not hold itself"))
            return None
        self._unfinished.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self._value(item, (*place, number)) for number, item in enumerate(node.value)]
            return self._mapping(node, place)
        finally:
            self._unfinished.discard(id(node))

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Any:
        try:
            return self._plain.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self._found.append((place, "this kind of value is not allowed here"))
            return None

    def _mapping(self, node: yaml.Node, place: Place) -> Any:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self._found.append((place, "a key must be a plain word"))
                continue
            if key in data:
                self._source.lines[*place, key] = key_node.start_mark.line + 1
                self._found.append(((*place, key), "this key stands twice"))
                continue
            data[key] = self._value(value_node, (*place, key))
            self._source.lines[*place, key] = key_node.start_mark.line + 1
        return self._from_environment(data, place) if set(data) in _ENVIRONMENT else data

    def _from_environment(self, data: Mapping[str, Any], place: Place) -> str | None:
        name = str(data["env"])
        value = self._environment.get(name)
        if not value:
            self._found.append((place, f"the environment variable {name} is not set"))
            return None
        return _FromEnvironment(value + str(data.get("followed_by", "")))


def _name_of(data: Any) -> str | None:
    if not isinstance(data, Mapping):
        return None
    named = (data.get(key) for key in _NAMING_KEYS)
    return next((n for n in named if isinstance(n, str) and not isinstance(n, _FromEnvironment)), None)
