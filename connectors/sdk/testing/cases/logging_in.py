"""Keys that end, of connectors that log in."""

from __future__ import annotations

import pytest

from connectors.sdk.connector import Call
from connectors.sdk.errors import ConfigurationError
from connectors.sdk.login import LoginConnector, Token
from connectors.sdk.testing.stage import ContractData, Stage, case

__all__ = ["LoggingInCases"]


class LoggingInCases(ContractData):
    """What a connector does whose token is refused before its time: after a restart, a revocation."""

    @case(capability="login")
    def test_a_refused_token_is_replaced_unnoticed(self, stage: Stage) -> None:
        connector = stage.connector
        assert isinstance(connector, LoginConnector)
        for name, operation in self.operations(connector).items():
            connector._token = refused = Token.lasting("a-token-of-before", seconds=60)
            try:
                operation(Call.within(5))
            except ConfigurationError as error:
                pytest.fail(f"{name}: {error}: a status for LoginConnector.token_refused?")
            assert connector._token is not refused, f"{name}: the simulator takes any token"
