"""Settings of one table. The form asks them by heading."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator

from connectors.sdk.documents import DocumentSettings
from connectors.sdk.mapping import heading, shown

__all__ = ["TableConfig"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEADINGS: list[Any] = [
    heading("Address"),
    heading("Fields", "What the rows are, and which column holds what."),
    heading("The file", "Most of it is found by itself.", folded=True),
    heading("Collections", "Lists that fill slots by a question, such as all of a category.", folded=True),
    heading("Deleted and hidden", "Rows that are there and should not be shown.", folded=True),
]


class TableConfig(DocumentSettings):
    """Settings of one connection to a table."""

    model_config = ConfigDict(validate_default=True, json_schema_extra={"groups": _HEADINGS})

    base_url: str = Field(
        title="Address of the file",
        description="Such as https://files.example.com/products.csv",
        json_schema_extra={**shown("Address"), "format": "uri"},
    )
    id_field: str = Field(
        default="id",
        title="Column with the id",
        description="Its name as it stands in the file. The id that never changes",
        json_schema_extra=shown("Fields"),
    )
    encoding: Literal[
        "found", "utf-8", "utf-16", "windows-1252", "iso-8859-15", "windows-1250", "windows-1251"
    ] = Field(
        default="found",
        title="Character set",
        json_schema_extra=shown(
            "The file",
            labels={
                "found": "Found by itself",
                "utf-8": "UTF-8",
                "utf-16": "UTF-16",
                "windows-1252": "Windows-1252 (Western Europe)",
                "iso-8859-15": "ISO 8859-15 (Western Europe)",
                "windows-1250": "Windows-1250 (Central Europe)",
                "windows-1251": "Windows-1251 (Cyrillic)",
            },
        ),
    )
    delimiter: Literal["found", ",", ";", "tab", "|"] = Field(
        default="found",
        title="Between two columns",
        json_schema_extra=shown(
            "The file",
            labels={
                "found": "Found by itself",
                ",": "A comma",
                ";": "A semicolon",
                "tab": "A tab",
                "|": "A vertical bar",
            },
        ),
    )
    header_line: int = Field(
        default=1,
        ge=0,
        le=50,
        title="Line with the names of the columns",
        description="0 if there is none: the columns are then column_1, column_2 and so on",
        json_schema_extra=shown("The file"),
    )
    comma_columns: list[str] = Field(
        default=[],
        title="Columns with a comma in their numbers",
        description="Names of columns with numbers such as 1.299,50",
        json_schema_extra=shown("The file"),
    )
    list_columns: dict[str, str] = Field(
        default={},
        title="Columns with several values",
        description="The name of a column, and what stands between two of its values",
        json_schema_extra=shown("The file", format="pairs"),
    )
    filters: dict[str, str] = Field(
        default={},
        title="Columns to ask for",
        description="The name of a column, and what editors read for it",
        json_schema_extra=shown("Collections", format="pairs"),
    )
    page_size: int = Field(
        default=25, ge=1, le=100, title="Rows that people see at once", json_schema_extra=shown("The file")
    )

    @property
    def id_column(self) -> str:
        """The name of the column with the id."""
        return str(json.loads(self.id_field)) if self.id_field.startswith('"') else self.id_field

    @field_validator("id_field")
    @classmethod
    def _id_field(cls, value: str) -> str:
        """As an expression, which a name with a space or a dot has to be quoted for."""
        value = value.strip()
        if not value:
            raise ValueError("needed: without it no row can be told from another")
        if value.startswith('"'):
            try:
                value = str(json.loads(value))
            except ValueError:
                raise ValueError("the name of a column, please") from None
        name = " ".join(value.split())
        return name if _NAME.fullmatch(name) else json.dumps(name, ensure_ascii=False)

    @field_validator("list_columns")
    @classmethod
    def _list_columns(cls, value: dict[str, str]) -> dict[str, str]:
        if not all(value.values()):
            raise ValueError("say what stands between two values")
        return value
