"""What a record is besides its values: deleted, not published, moved to another id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field

from connectors.sdk.assets import Asset, Missing, MissingReason, Ref
from connectors.sdk.errors import BadResponseError
from connectors.sdk.mapping import expressions
from connectors.sdk.mapping.fields import FieldSettings
from connectors.sdk.mapping.hints import Expression, shown

__all__ = ["VerdictSettings", "judge_together", "missing_as"]


class VerdictSettings(FieldSettings):
    """What a record means and what it says of its own state: the least that ``MappedConnector`` needs."""

    gone_when: Expression = Field(
        default="",
        title="A record is deleted if",
        description="JMESPath, true or false, on a record: status == 'deleted'",
        json_schema_extra=shown("Deleted and hidden"),
    )
    hidden_when: Expression = Field(
        default="",
        title="A record is not published if",
        description="JMESPath, such as status != 'published'",
        json_schema_extra=shown("Deleted and hidden"),
    )
    moved_to: Expression = Field(
        default="",
        title="New id of a record that moved",
        description="JMESPath, such as merged_into",
        json_schema_extra=shown("Deleted and hidden"),
    )


def missing_as(config: VerdictSettings, record: Mapping[str, Any], *, type: str) -> Missing | None:
    """Why a record is not to be shown, if it is not.

    Raises:
        BadResponseError: A condition does not work on the record. Evaluated strictly: a draft must not be
            shown because its condition could not be worked out.
    """
    if expressions.evaluate(config.gone_when, record):
        return Missing(MissingReason.GONE)
    if expressions.evaluate(config.hidden_when, record):
        return Missing(MissingReason.HIDDEN)
    moved_to = expressions.evaluate(config.moved_to, record)
    if moved_to not in (None, "", False):
        return Missing(MissingReason.MOVED, Ref(type, str(moved_to)))
    return None


def judge_together(
    records: Mapping[Ref, Mapping[str, Any]], judge: Callable[[Mapping[str, Any]], Asset | Missing]
) -> dict[Ref, Asset | Missing]:
    """What the records of one answer are. One that cannot be read is left out; it does not cost the rest.

    Raises:
        BadResponseError: Not one of them can be read.
    """
    verdicts: dict[Ref, Asset | Missing] = {}
    problems = []
    for ref, record in records.items():
        try:
            verdicts[ref] = judge(record)
        except BadResponseError as problem:
            problems.append(problem)
    if problems and not verdicts:
        raise problems[0]
    return verdicts
