"""Settings for each file of the simulated shop, and its text as data that the contract rewrites."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from connectors.csv.characters import decode
from connectors.csv.connector import TableConnector
from connectors.csv.settings import TableConfig
from connectors.csv.simulator import SECRET, USER, ExportFile, SheetFile, TabFile
from connectors.sdk import Egress
from connectors.sdk.testing.faults import Form

SHEET: dict[str, Any] = {
    "path": SheetFile.path,
    "auth": "basic",
    "username": USER,
    "password": SECRET,
    "type": "Product",
    "id_field": "Artikel-Nr.",
    "mapping": {
        "name": "Bezeichnung",
        "category": "Gruppe",
        "image": "Bild",
        "offers.price": '"Preis (CHF)"',
        "offers.priceCurrency": '`"CHF"`',
    },
    "comma_columns": ["Preis (CHF)"],
    "filters": {"Gruppe": "Gruppe"},
    "page_size": 3,
}
EXPORT: dict[str, Any] = {
    "path": ExportFile.path,
    "auth": "query",
    "key_name": "key",
    "key": SECRET,
    "type": "Product",
    "mapping": {
        "name": "title",
        "category": "category",
        "image": "picture",
        "offers.price": "price",
        "offers.priceCurrency": '`"CHF"`',
    },
    "filters": {"category": "Category"},
    "page_size": 3,
}
TAB: dict[str, Any] = {
    "path": TabFile.path,
    "auth": "bearer",
    "token": SECRET,
    "type": "ImageObject",
    "header_line": 0,
    "id_field": "column_1",
    "mapping": {"name": "column_2", "contentUrl": "column_5", "extra.group": "column_3"},
    "filters": {"column_3": "Group"},
    "page_size": 3,
}


def connect(
    settings: dict[str, Any], url: str, egress: Egress | None = None, **changed: Any
) -> TableConnector:
    given = {**settings, **changed}
    address = f"{url}{given.pop('path')}"
    egress = egress or Egress(allowed_hosts=frozenset({"127.0.0.1"}))
    return TableConnector(TableConfig(base_url=address, **given), egress=egress)


def form_of(simulator: Any) -> Form:
    """The rows of a file as a list of objects, by the number of their column."""

    def read(body: bytes) -> Any:
        rows = csv.reader(io.StringIO(decode(body), newline=""), **simulator.dialect)
        return [{str(number): cell for number, cell in enumerate(row)} for row in list(rows)]

    def write(data: Any) -> bytes:
        written = io.StringIO(newline="")
        try:
            rows = [list(row.values()) for row in data]
            # The names stay where they are, whatever order the rows come in.
            if simulator.names:
                rows.sort(key=lambda row: row[0] != simulator.names[0])
            csv.writer(written, **simulator.dialect).writerows(rows)
        except (AttributeError, TypeError, IndexError, csv.Error):
            return json.dumps(data).encode()
        return written.getvalue().encode(simulator.charset)

    return Form(read, write)
