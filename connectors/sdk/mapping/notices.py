"""Hooks of systems that somebody configures: which ids they name, by an expression."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import Field

from connectors.sdk.assets import Notice, Ref
from connectors.sdk.connector import Connector
from connectors.sdk.errors import BadResponseError
from connectors.sdk.mapping import expressions
from connectors.sdk.mapping.fields import FieldSettings
from connectors.sdk.mapping.hints import Expression, shown

__all__ = ["NoticeSettings", "Noticing"]


class NoticeSettings(FieldSettings):
    """What a hook of the system says."""

    notice_ids: Expression = Field(
        default="",
        title="Ids in a hook",
        description="JMESPath on what the system sends us: data.id or items[].id",
        json_schema_extra=shown("Changes"),
    )
    notice_when: Expression = Field(
        default="",
        title="A hook concerns us if",
        description="JMESPath, such as collection == 'products'; empty takes every hook",
        json_schema_extra=shown("Changes"),
    )


N = TypeVar("N", bound=NoticeSettings)


class Noticing(Connector[N]):
    """It sends hooks."""

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:  # noqa: ARG002 - the protocol's.
        """The ids of a hook; one without ids means that anything may have changed."""
        data = _json_body(body, name=self.name)
        if self.config.notice_when and not expressions.holds(self.config.notice_when, data):
            return Notice()
        found = expressions.evaluate(self.config.notice_ids, data)
        ids = found if isinstance(found, list) else [found]
        refs = [Ref(self.config.type, str(one)) for one in ids if _is_id(one)]
        return Notice(refs=tuple(dict.fromkeys(refs))) if refs else Notice(types=(self.config.type,))


def _json_body(body: bytes, *, name: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadResponseError(f"{name}: a hook is not JSON") from None


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""
