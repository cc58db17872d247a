"""All settings together, in the order of the form."""

from __future__ import annotations

from pydantic import ConfigDict

from connectors.rest.settings.capabilities import CapabilitySettings
from connectors.rest.settings.lists import ListSettings
from connectors.rest.settings.reading import AnswerSettings, ReadingSettings
from connectors.sdk.mapping import AddressSettings, FieldSettings, NoticeSettings, VerdictSettings

__all__ = ["RestApiConfig"]


class RestApiConfig(
    NoticeSettings,
    CapabilitySettings,
    ListSettings,
    AnswerSettings,
    VerdictSettings,
    ReadingSettings,
    FieldSettings,
    AddressSettings,
):
    """Settings of one REST connection."""

    # Defaults are checked too: an empty token is wrong once "bearer" is chosen.
    model_config = ConfigDict(validate_default=True)
