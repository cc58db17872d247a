"""The part of a connector that settings tell what a record means. It does no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from connectors.sdk.assets import Asset, MappingTrial, Missing, Ref
from connectors.sdk.connector import Connector
from connectors.sdk.errors import ConfigurationError
from connectors.sdk.mapping import records
from connectors.sdk.mapping.verdicts import VerdictSettings, judge_together, missing_as

__all__ = ["MappedConnector"]


M = TypeVar("M", bound=VerdictSettings)


class MappedConnector(Connector[M], Generic[M]):
    """Gives one canonical type, by a mapping that can be tried on a sample (capability ``mapping``)."""

    def address_of_records(self) -> str:
        """Completes relative addresses in records; empty where there is none to complete them with."""
        return ""

    def pictures_need_key(self) -> bool:
        """Whether pictures at the system's own address answer with its credentials only."""
        return False

    def asset_types(self) -> tuple[str, ...]:
        """The one type of the settings."""
        return (self.config.type,)

    def id_of(self, record: Mapping[str, Any]) -> str:
        """The id of a record as text. ``BadResponseError`` if it has none."""
        return records.read_id(self.config, record)

    def judged(self, record: Mapping[str, Any], *, validator: str | None = None) -> Asset | Missing:
        """What a record is: an asset, or one that is deleted, hidden or moved.

        Raises:
            BadResponseError: A required field is not there, or a condition does not work on the record.
        """
        missing = missing_as(self.config, record, type=self.config.type)
        if missing is not None:
            return missing
        return records.to_asset(
            self.config,
            record,
            external_id=self.id_of(record),
            address=self.address_of_records(),
            validator=validator,
            pictures_need_key=self.pictures_need_key(),
        )

    def judged_all(self, found: Sequence[Mapping[str, Any]]) -> list[Asset]:
        """Assets of a list, in its order, each once. What is deleted, hidden or unreadable is left out.

        Raises:
            BadResponseError: Not one of the records can be read.
        """
        by_ref = {Ref(self.config.type, self.id_of(record)): record for record in found}
        return [asset for asset in self.judged_together(by_ref).values() if isinstance(asset, Asset)]

    def judged_together(self, found: Mapping[Ref, Mapping[str, Any]]) -> dict[Ref, Asset | Missing]:
        """What the records of one answer are. One that cannot be read is left out; it does not cost the rest.

        Raises:
            BadResponseError: Not one of them can be read.
        """
        return judge_together(found, self.judged)

    def check_mapping(self) -> None:
        """See that all is mapped that the type needs.

        Raises:
            ConfigurationError: It is not; names the fields.
        """
        unmapped = records.unmapped_fields(self.config)
        if unmapped:
            raise ConfigurationError(f"{self.name}: not mapped yet: {', '.join(unmapped)}")

    def try_mapping(self, record: Mapping[str, Any]) -> MappingTrial:
        """Each field on this record: its value, or what is wrong."""
        return records.try_record(self.config, record, address=self.address_of_records())
