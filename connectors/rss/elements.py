"""Reads XML that nobody vouches for into a plain tree.

A document type is refused, and with it every entity, inner or outer, and every default of an attribute:
no feed needs one. What is left is bounded by the size of an answer, and here by depth and number. It is
expat itself that parses, in one go, because no layer above it tells of a document type before it is read.

Source: https://www.w3.org/TR/xml-names/ and, for which character set counts, RFC 7303 section 3
"""

from __future__ import annotations

import html
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin
from xml.parsers import expat

__all__ = ["Element", "UnreadableError", "parse"]

_XML = "http://www.w3.org/XML/1998/namespace"
_DEEPEST = 100
_MOST = 100_000
# No namespace can hold one.
_SEPARATOR = " "
# Those that a server may announce. Of others the document itself has to tell.
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "us-ascii",
    "utf-16": "utf-16",
    "iso-8859-1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "windows-1252",
}
_EMPTY = frozenset({"area", "br", "col", "hr", "img", "source", "wbr"})


class UnreadableError(ValueError):
    """It is no XML that is read here. The message repeats nothing of it."""


@dataclass(slots=True)
class Element:
    """An element. Attributes without a namespace have their name, others "namespace name"."""

    space: str
    name: str
    prefix: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    lang: str = ""
    content: list[Element | str] = field(default_factory=list)

    def children(self, space: str | None = None, name: str | None = None) -> Iterator[Element]:
        """Child elements, of a namespace and a name if they are given."""
        for child in self.content:
            if isinstance(child, Element) and space in (None, child.space) and name in (None, child.name):
                yield child

    def child(self, space: str, name: str) -> Element | None:
        """The first of them."""
        return next(self.children(space, name), None)

    def text(self) -> str:
        """All text in it, without outer spaces."""
        return "".join(self._texts()).strip()

    def text_at(self, space: str, name: str) -> str:
        """The text of the first such child that has some."""
        return next(filter(None, (child.text() for child in self.children(space, name))), "")

    def markup(self) -> str:
        """What is in it, as HTML."""
        return "".join(_as_html(child) for child in self.content).strip()

    def address(self, value: str | None) -> str:
        """An address that stands in it, completed by what is around it; empty for none."""
        value = (value or "").strip()
        try:
            return urljoin(self.base, value) if value else ""
        except ValueError:
            return ""

    def _texts(self) -> Iterator[str]:
        for child in self.content:
            if isinstance(child, Element):
                yield from child._texts()
            else:
                yield child


def parse(body: bytes, *, charset: str = "", address: str = "") -> Element:
    """The root of a document.

    Args:
        charset: What the server says of it, which outweighs what the document says.
        address: Where it is; relative addresses in it begin there.

    Raises:
        UnreadableError: It is not well-formed, has a document type, or is nested or large beyond measure.
    """
    reader = _Reader(address)
    announced = _CHARSETS.get(charset.strip().lower())
    if announced and announced != "utf-16" and body.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
        raise UnreadableError("in another character set than the server says")
    parser = expat.ParserCreate(announced, namespace_separator=_SEPARATOR)
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise UnreadableError(f"not well-formed XML, at line {error.lineno}") from None
    except (LookupError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("not in a character set that is read here") from None
    if reader.root is None:
        raise UnreadableError("no XML")
    return reader.root


def _refuse_document_type(*_: object) -> None:
    raise UnreadableError("it has a document type (DOCTYPE), which could hold anything")


class _Reader:
    """Builds the tree while expat reads."""

    def __init__(self, address: str) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._outside = Element("", "", base=address)
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        around = self._open[-1] if self._open else self._outside
        self._count += 1
        if self._count > _MOST or len(self._open) >= _DEEPEST:
            raise UnreadableError("nested too deeply, or of too many elements")
        space, local, prefix = _split(name)
        given = {" ".join(filter(None, _split(key)[:2])): value for key, value in attributes.items()}
        element = Element(
            space,
            local,
            prefix,
            given,
            base=around.address(given.get(f"{_XML} base")) or around.base,
            lang=given.get(f"{_XML} lang", around.lang),
        )
        self.root = self.root or element
        around.content.append(element)
        self._open.append(element)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        self._open[-1].content.append(data)


def _split(name: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix of what expat writes as "namespace local prefix", or shorter."""
    parts = name.split(_SEPARATOR)
    if len(parts) == 1:
        return "", name, ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _as_html(node: Element | str) -> str:
    if isinstance(node, str):
        return html.escape(node, quote=False)
    attributes = "".join(
        f' {name}="{html.escape(value)}"' for name, value in node.attributes.items() if " " not in name
    )
    inner = "".join(map(_as_html, node.content))
    return f"<{node.name}{attributes}>" + ("" if node.name in _EMPTY else f"{inner}</{node.name}>")
