"""One small shop that exports its stock as a file, in three ways.

``SheetFile`` is what a spreadsheet of Western Europe saves: semicolons, Windows-1252, decimal commas, and
no mark but a time. ``ExportFile`` is RFC 4180 in UTF-8 with a byte order mark and a tag. ``TabFile`` is
in UTF-16, with tabs and no line of names.

Run one by hand: ``python -m connectors.sdk.testing.serve connectors.csv.simulator:ExportFile 8900``.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar

from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer

__all__ = ["SECRET", "USER", "ExportFile", "Item", "SheetFile", "TabFile", "TableSimulator"]

SECRET = "s3cret-k3y"
USER = "reader"
_STOCK = (
    ("Harbour massage", "spa", 129_000),
    ("Bath towel, large", "house", 39_50),
    ("Candle “Lighthouse”", "house", 12_00),
    ("Hot stones", "spa", 1_299_50),
    ("Café crème set", "kitchen", 24_90),
    ("Sea salt", "kitchen", 8_00),
    ("Foghorn", "house", 240_00),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the shop sells. ``price`` is in cents."""

    number: int
    title: str
    category: str
    price: int

    @property
    def cells(self) -> list[str]:
        """Its row."""
        return [
            f"p-{self.number}",
            self.title,
            self.category,
            f"{self.price / 100:.2f}",
            f"/i/{self.number}.jpg",
        ]


class TableSimulator(SimulatorServer):
    """The shop; a dialect says how its file is asked for and written."""

    path: ClassVar[str]
    content_type: ClassVar[str]
    charset: ClassVar[str]
    names: ClassVar[Sequence[str]] = ("id", "title", "category", "price", "picture")
    dialect: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.changed = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
        self.items = {
            number: Item(number, title, category, price)
            for number, (title, category, price) in enumerate(_STOCK, start=101)
        }
        self.extra = ""
        """Lines that somebody added by hand."""

    # What a person at the shop does.

    def change(self, number: int, **values: Any) -> None:
        """Change some values of one thing."""
        self.items[number] = replace(self.items[number], **values)
        self._touch()

    def add(self, title: str, *, category: str = "house", price: int = 10_00) -> int:
        """Sell one thing more; its number."""
        number = max([100, *self.items]) + 1
        self.items[number] = Item(number, title, category, price)
        self._touch()
        return number

    def delete(self, number: int) -> None:
        """Sell it no more."""
        del self.items[number]
        self._touch()

    def _touch(self) -> None:
        self.changed = max(self.changed + timedelta(seconds=1), datetime.now(UTC).replace(microsecond=0))

    # The file.

    def rows(self) -> list[list[str]]:
        """Names and cells."""
        return [*([list(self.names)] if self.names else []), *(item.cells for item in self.items.values())]

    def text(self) -> str:
        """The file as text."""
        written = io.StringIO(newline="")
        csv.writer(written, **self.dialect).writerows(self.rows())
        return written.getvalue() + self.extra

    @abstractmethod
    def is_known(self, request: SimRequest) -> bool:
        """Whether a request has the key."""

    def marks(self, body: bytes) -> dict[str, str]:
        """Headers by which to ask whether it changed."""
        return {"ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"'}

    def answer(self, request: SimRequest) -> SimAnswer:
        if not self.is_known(request):
            return SimAnswer(401, {"Content-Type": "text/html"}, b"<html>no</html>")
        if request.path != self.path:
            return SimAnswer(404, {"Content-Type": "text/html"}, b"<html>no</html>")
        body = self.text().encode(self.charset)
        marks = self.marks(body)
        asked = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
        if set(asked) & set(marks.values()):
            return SimAnswer(304, marks)
        return SimAnswer(200, {"Content-Type": self.content_type, **marks}, body)


class SheetFile(TableSimulator):
    """What a spreadsheet saves, on a server of files that knows nothing of character sets."""

    path = "/stock/Preise.csv"
    content_type = "application/octet-stream"
    charset = "cp1252"
    names = ("Artikel-Nr.", "Bezeichnung", "Gruppe", "Preis (CHF)", "Bild")
    dialect: ClassVar = {"delimiter": ";"}

    def rows(self) -> list[list[str]]:
        names, *rows = super().rows()
        return [names, *([*row[:3], _with_comma(row[3]), row[4]] for row in rows)]

    def is_known(self, request: SimRequest) -> bool:
        pair = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {pair}"

    def marks(self, body: bytes) -> dict[str, str]:  # noqa: ARG002 - it knows the time of a file, no more.
        return {"Last-Modified": format_datetime(self.changed, usegmt=True)}


class ExportFile(TableSimulator):
    """RFC 4180, every cell in quotes."""

    path = "/export"
    content_type = "text/csv"
    charset = "utf-8-sig"
    dialect: ClassVar = {"quoting": csv.QUOTE_ALL}

    def is_known(self, request: SimRequest) -> bool:
        return request.arg("key") == SECRET


class TabFile(TableSimulator):
    """Tabs, UTF-16 and no line of names."""

    path = "/export.tsv"
    content_type = "text/tab-separated-values"
    charset = "utf-16"
    names = ()
    dialect: ClassVar = {"delimiter": "\t"}

    def is_known(self, request: SimRequest) -> bool:
        return request.headers.get("authorization") == f"Bearer {SECRET}"


def _with_comma(number: str) -> str:
    whole, _, cents = number.partition(".")
    return f"{int(whole):,}".replace(",", ".") + f",{cents}"
