"""Asking whether a document changed, for connectors that read many things from one (a feed, a table).

Source: RFC 9110, section 13
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.sdk.answers import Answer
from connectors.sdk.assets import Ref
from connectors.sdk.connector import Call
from connectors.sdk.polling import clock_of

__all__ = ["condition_of", "validator_of", "validator_of_all"]

# What changes in the very second of an answer gets the same time, and by it the same mark.
_SETTLED = timedelta(seconds=2)


def validator_of(answer: Answer) -> str | None:
    """What to ask with the next time; ``None`` where an edit could hide behind it.

    Times have whole seconds, and so has a tag that is made of one, which is WordPress': what changes in the
    very second of this answer would look unchanged (section 8.8.2.2).
    """
    tag, changed = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    if changed and not _is_settled(changed, answer):
        return None
    if tag:
        return f"tag:{tag}"
    return f"time:{changed}" if changed else None


def validator_of_all(refs: Iterable[Ref], call: Call) -> str | None:
    """The validator that all of these were read with, if it is one and the same."""
    known = {call.validators.get(ref) for ref in refs}
    return known.pop() if len(known) == 1 else None


def condition_of(validator: str | None) -> Mapping[str, str]:
    """The header that asks for the document only if it is another than the validator's."""
    name, _, value = (validator or "").partition(":")
    header = {"tag": "If-None-Match", "time": "If-Modified-Since"}.get(name)
    return {header: value} if header else {}


def _is_settled(changed: str, answer: Answer) -> bool:
    try:
        moment = parsedate_to_datetime(changed)
    except ValueError:
        return False
    now = clock_of(answer.headers, otherwise=datetime.now(UTC))
    return moment.replace(tzinfo=moment.tzinfo or UTC) + _SETTLED <= now
