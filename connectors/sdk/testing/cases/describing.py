"""Settings, and what a connector says of itself."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from connectors.sdk.connector import ConnectorConfig
from connectors.sdk.testing.stage import ContractData, Stage, case
from connectors.sdk.types import TYPES

__all__ = ["DescribingCases"]


class DescribingCases(ContractData):
    """What people and forms read of a connector."""

    @case()
    def test_it_says_what_it_is(self, stage: Stage) -> None:
        assert stage.connector.name
        assert stage.connector.description
        assert stage.connector.asset_types()
        assert set(stage.connector.asset_types()) <= set(TYPES)

    @case()
    def test_an_unknown_setting_is_refused(self, stage: Stage) -> None:
        config: ConnectorConfig = stage.connector.config
        given = config.model_dump(exclude_unset=True)
        assert type(config).model_validate(given) == config
        with pytest.raises(ValidationError, match="no_such_setting"):
            type(config).model_validate({**given, "no_such_setting": 1})

    @case()
    def test_every_setting_has_a_title_for_its_form(self, stage: Stage) -> None:
        fields = type(stage.connector.config).model_fields
        assert not [name for name, info in fields.items() if not info.title]

    @case()
    def test_no_repr_holds_a_secret(self, stage: Stage) -> None:
        config = stage.connector.config
        told = f"{stage.connector!r} {config!r} {config} {config.model_dump_json()}"
        for secret in self.secrets:
            assert secret not in told

    @case()
    def test_secrets_are_declared_as_such(self, stage: Stage) -> None:
        held = [
            value.get_secret_value() for _, value in stage.connector.config if isinstance(value, SecretStr)
        ]
        assert sorted(self.secrets) == sorted(filter(None, held)), "`secrets` has to name every SecretStr"
