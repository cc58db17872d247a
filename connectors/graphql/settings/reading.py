"""How records are read by id, and what their absence means."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from connectors.graphql.documents import LOCALE, check_document
from connectors.sdk import ConnectorConfig
from connectors.sdk.graphql import plain_code
from connectors.sdk.mapping.hints import Expression, shown

__all__ = ["AnswerSettings", "Codes", "ReadingSettings"]

_ONE = "One record"
_AT_ONCE = "Several records at once"
_STATE = "Deleted and hidden"


def _checked_codes(codes: list[str]) -> list[str]:
    checked = [plain_code(code.strip()) for code in codes]
    if not all(checked):
        raise ValueError("a code is one word, such as NOT_FOUND")
    return checked


Codes = Annotated[list[str], AfterValidator(_checked_codes)]


class ReadingSettings(ConnectorConfig):
    """How records are read by id."""

    get_document: str = Field(
        default="",
        title="Query of one record",
        description="Such as query ($id: ID!) { product(id: $id) { id name } }",
        json_schema_extra=shown(_ONE, format="textarea"),
    )
    record: Expression = Field(
        default="",
        title="Place of the record in that answer",
        description="JMESPath below “data”, such as product; empty if the answer has one field, which is it",
        json_schema_extra=shown(_ONE),
    )
    batch_document: str = Field(
        default="",
        title="Query of several records",
        description="Such as query ($ids: [ID!]!, $count: Int) { products(ids: $ids, first: $count) "
        "{ nodes { id name } } }. Without it records are read one by one",
        json_schema_extra=shown(_AT_ONCE, format="textarea"),
    )
    batch_items: Expression = Field(
        default="",
        title="Place of the records in that answer",
        description="JMESPath below “data”; empty as in a list",
        json_schema_extra=shown(_AT_ONCE),
    )
    batch_size: int = Field(
        default=50, ge=1, le=200, title="Ids in one call, at most", json_schema_extra=shown(_AT_ONCE)
    )
    absent_means: Literal["gone", "unknown", "ask"] = Field(
        default="unknown",
        title="An id that such an answer leaves out is",
        json_schema_extra=shown(
            _AT_ONCE,
            labels={
                "gone": "Deleted",
                "unknown": "Perhaps there, perhaps not",
                "ask": "To be read alone, which tells",
            },
        ),
    )
    concurrency: int = Field(
        default=4, ge=1, le=16, title="Calls at the same time, at most", json_schema_extra=shown(_AT_ONCE)
    )

    @field_validator("get_document")
    @classmethod
    def _get_document(cls, value: str) -> str:
        return check_document(value, needs="id", allowed=LOCALE)

    @field_validator("batch_document")
    @classmethod
    def _batch_document(cls, value: str, info: ValidationInfo) -> str:
        if not value.strip() and not info.data.get("get_document", "-"):
            raise ValueError("give this, or a query of one record")
        return check_document(value, needs="ids", allowed={"count", *LOCALE})

    @field_validator("absent_means")
    @classmethod
    def _absent_means(cls, value: str, info: ValidationInfo) -> str:
        if value == "ask" and not info.data.get("get_document", "-"):
            raise ValueError("that needs a query of one record")
        return value


class AnswerSettings(ConnectorConfig):
    """What null and codes of errors mean."""

    null_means: Literal["gone", "hidden", "unknown"] = Field(
        default="gone",
        title="A record that is null is",
        json_schema_extra=shown(
            _STATE,
            labels={
                "gone": "Deleted",
                "hidden": "Not published",
                "unknown": "Perhaps there, perhaps not",
            },
        ),
    )
    gone_codes: Codes = Field(
        default=["NOT_FOUND", "ENTITY_NOT_FOUND"],
        title="Codes of errors that mean deleted",
        description="extensions.code of an error, or its type",
        json_schema_extra=shown(_STATE),
    )
    denied_codes: Codes = Field(
        default=[],
        title="Codes that refuse our key",
        description="Besides UNAUTHENTICATED, FORBIDDEN and others that are in use everywhere",
        json_schema_extra=shown(_STATE),
    )
    later_codes: Codes = Field(
        default=[],
        title="Codes that ask to try later",
        description="Besides THROTTLED, RATE_LIMITED, INTERNAL_SERVER_ERROR",
        json_schema_extra=shown(_STATE),
    )
