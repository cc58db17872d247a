"""A connector that is nothing but its base class: what tests of HTTP ask through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field, SecretStr

from connectors.sdk import Asset, Call, ConnectorConfig, Egress, Missing, Ref
from connectors.sdk.rest import RestConnector

TOKEN = "t0ken-in-a-header"
KEY = "k3y-in-the-query"
LOOPBACK = Egress(allowed_hosts=frozenset({"127.0.0.1"}))


class ProbeConfig(ConnectorConfig):
    base_url: str = Field(title="Address")
    token: SecretStr = Field(default=SecretStr(TOKEN), title="Token")
    key: SecretStr = Field(default=SecretStr(KEY), title="Key")


class Probe(RestConnector[ProbeConfig]):
    name = "Probe"
    config_class = ProbeConfig

    def base_url(self) -> str:
        return self.config.base_url

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.config.token.get_secret_value()}"}

    def auth_params(self) -> Mapping[str, str]:
        return {"key": self.config.key.get_secret_value()}

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing]:
        return {}

    def check(self, call: Call) -> None:
        self.get_json("", call)
