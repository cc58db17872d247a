"""How records are read by id, and what their absence means."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from connectors.rest.settings.hints import Path, Statuses
from connectors.sdk import ConnectorConfig
from connectors.sdk.mapping import paths
from connectors.sdk.mapping.hints import LOCALE_NAMES, Expression, need, shown

__all__ = ["AnswerSettings", "ReadingSettings"]

_ONE = "One record"
_AT_ONCE = "Several records at once"


class ReadingSettings(ConnectorConfig):
    """How records are read by id, and what their absence means."""

    get_path: Path = Field(
        default="",
        title="Path of one record",
        description="Such as /items/{id}. {locale} and {lang} are the request's: de-CH and de",
        json_schema_extra=shown(_ONE),
    )
    record: Expression = Field(
        default="@",
        title="Place of the record in that answer",
        description="JMESPath; @ if the answer is the record itself, data if it is under “data”",
        json_schema_extra=shown(_ONE),
    )
    batch_path: Path = Field(
        default="",
        title="Path of several records",
        description="Such as /items?ids={ids}&limit={count}. Without it records are read one by one",
        json_schema_extra=shown(_AT_ONCE),
    )
    batch_style: Literal["joined", "repeated"] = Field(
        default="joined",
        title="How several ids are given",
        json_schema_extra=shown(
            _AT_ONCE, labels={"joined": "In one parameter: ids=1,2,3", "repeated": "Repeated: id=1&id=2&id=3"}
        ),
    )
    batch_separator: str = Field(
        default=",", title="Between two ids", json_schema_extra=shown(_AT_ONCE, batch_style=["joined"])
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
    gone_statuses: Statuses = Field(
        default=[404, 410],
        title="Answers that mean deleted",
        description="HTTP status when one record is read",
        json_schema_extra=shown("Deleted and hidden"),
    )
    hidden_statuses: Statuses = Field(
        default=[], title="Answers that mean not published", json_schema_extra=shown("Deleted and hidden")
    )

    @field_validator("record")
    @classmethod
    def _record(cls, value: str) -> str:
        return value or "@"

    @field_validator("get_path")
    @classmethod
    def _get_path(cls, value: str) -> str:
        return need(value, "id", others=LOCALE_NAMES)

    @field_validator("batch_path")
    @classmethod
    def _batch_path(cls, value: str, info: ValidationInfo) -> str:
        if not value and not info.data.get("get_path", "-"):
            raise ValueError("give this, or a path for one record")
        return need(value, "ids", others={"count", *LOCALE_NAMES})

    @field_validator("batch_style")
    @classmethod
    def _batch_style(cls, value: str, info: ValidationInfo) -> str:
        if value == "repeated" and "ids" in paths.required(info.data.get("batch_path", "")):
            raise ValueError("ids can be repeated only after the ?")
        return value

    @field_validator("absent_means")
    @classmethod
    def _absent_means(cls, value: str, info: ValidationInfo) -> str:
        if value == "ask" and not info.data.get("get_path", "-"):
            raise ValueError("“ask” needs a path for one record")
        return value


class AnswerSettings(ConnectorConfig):
    """What a whole answer says, where its status does not."""

    gone_answer_when: Expression = Field(
        default="",
        title="An answer means deleted if",
        description="JMESPath on the whole answer for one record, an error's too: error == 'RecordNotFound'",
        json_schema_extra=shown("Deleted and hidden"),
    )
    denied_when: Expression = Field(
        default="",
        title="An answer refuses our key if",
        description="JMESPath on the whole answer, for systems that say so with another status than 401",
        json_schema_extra=shown("Deleted and hidden"),
    )
    error_when: Expression = Field(
        default="",
        title="An answer is an error if",
        description="JMESPath on the whole answer, for systems that answer errors with 200: ok == `false`",
        json_schema_extra=shown("Deleted and hidden"),
    )
