"""All settings together. The form asks them by heading, in the order in which a person finds them out."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from connectors.graphql.settings.address import GraphqlAddress
from connectors.graphql.settings.capabilities import CapabilitySettings
from connectors.graphql.settings.lists import ListSettings
from connectors.graphql.settings.reading import AnswerSettings, ReadingSettings
from connectors.sdk.mapping import FieldSettings, NoticeSettings, VerdictSettings, heading

__all__ = ["GraphqlConfig"]

# Documents before fields: a record has to be found before its values can be mapped.
_HEADINGS: list[Any] = [
    heading("Address"),
    heading("Finding", "Where people find what they pick from: GraphQL queries, as you would try them."),
    heading("One record", "How a link reads its record again, by its id."),
    heading("Fields", "What the records are, and where each holds what."),
    heading("Pages", "How a list goes on. As it is, people find what is on its first page.", folded=True),
    heading("Several records at once", "Ten links then cost one call instead of ten.", folded=True),
    heading("Deleted and hidden", "For systems that do not simply answer null.", folded=True),
    heading("Languages", "How the system is told the language of the request.", folded=True),
    heading("Collections", "Lists that fill slots by a question, such as the newest of a tag.", folded=True),
    heading(
        "Changes",
        "How the hub learns that something changed there. Without it a change shows once what was read is no "
        "longer fresh.",
        folded=True,
    ),
    heading("Pictures", "Smaller pictures, and pictures that need our key.", folded=True),
]


class GraphqlConfig(
    NoticeSettings,
    CapabilitySettings,
    ListSettings,
    AnswerSettings,
    VerdictSettings,
    ReadingSettings,
    FieldSettings,
    GraphqlAddress,
):
    """Settings of one GraphQL connection."""

    # Defaults are checked too: an empty token is wrong once "bearer" is chosen.
    model_config = ConfigDict(validate_default=True, json_schema_extra={"groups": _HEADINGS})
