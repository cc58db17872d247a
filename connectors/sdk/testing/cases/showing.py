"""Pictures and renditions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from connectors.sdk.assets import Asset, FocalPoint, Rendition
from connectors.sdk.connector import Call
from connectors.sdk.errors import BadResponseError, ConnectorError
from connectors.sdk.testing.faults import Html, Status
from connectors.sdk.testing.pictures import Measured, measured
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer
from connectors.sdk.testing.stage import ContractData, Stage, case
from connectors.sdk.types import picture_of

__all__ = ["ShowingCases"]

_WISHES: tuple[dict[str, Any], ...] = (
    {"width": 300},
    {"width": 300, "height": 150},
    {"width": 300, "encoding_format": "image/webp"},
    {"width": 20_000},
)


class ShowingCases(ContractData):
    """What ``rendition`` and ``open_picture`` promise."""

    @case(capability="renditions", needs=("picture",))
    def test_a_rendition_is_an_address_and_costs_no_call(self, stage: Stage) -> None:
        connector: Any = stage.connector
        asset = self._pictured(stage)
        before = stage.proxy.requests
        for wish in ({}, {"width": 320}, {"width": 320, "height": 200, "focal_point": FocalPoint(0.5, 0.25)}):
            rendition = connector.rendition(asset, **wish)
            assert isinstance(rendition, Rendition)
            assert urlsplit(rendition.url).scheme in ("http", "https")
            assert not [secret for secret in self.secrets if secret in rendition.url]
        assert connector.rendition(asset, encoding_format="image/webp") is not None
        assert stage.proxy.requests == before

    @case(capability="renditions", needs=("picture",))
    def test_a_smaller_rendition_has_an_address_of_its_own(self, stage: Stage) -> None:
        connector: Any = stage.connector
        asset = self._pictured(stage)
        assert connector.rendition(asset, width=100).url != connector.rendition(asset, width=900).url

    @case(capability="renditions", needs=("picture",))
    def test_what_comes_has_about_the_size_asked_and_is_what_was_said(self, stage: Stage) -> None:
        connector: Any = stage.connector
        asset = self._pictured(stage)
        own = self._measured(stage, Rendition(self._picture(asset), protected=asset.protected))
        for wish in _WISHES:
            rendition = connector.rendition(asset, **wish)
            came = self._measured(stage, rendition)
            asked = min(wish["width"], own.width)
            assert asked - 1 <= came.width <= min(2 * asked, own.width), "enlarged, too small, or far off"
            said = (rendition.encoding_format, rendition.width, rendition.height)
            assert _is_said(said, came), f"said {said}, and {came} came"
            if "height" not in wish:
                assert abs(came.width / came.height - own.width / own.height) < 0.02, "another shape"

    @case(capability="renditions", needs=("picture",))
    def test_equal_wishes_have_equal_addresses(self, stage: Stage) -> None:
        connector: Any = stage.connector
        asset, again = self._pictured(stage), self._pictured(stage)
        for wish in _WISHES:
            assert connector.rendition(asset, **wish) == connector.rendition(again, **wish)

    @case(capability="pictures", needs=("picture",))
    def test_a_picture_of_its_own_streams(self, stage: Stage) -> None:
        connector: Any = stage.connector
        picture = connector.open_picture(self._address(stage), Call.within(5))
        assert picture.content_type.startswith("image/")
        assert b"".join(picture.chunks)

    @case(capability="pictures", needs=("picture",))
    def test_a_picture_that_nobody_reads_is_closed(self, stage: Stage) -> None:
        connector: Any = stage.connector
        connector.open_picture(self._address(stage), Call.within(5)).chunks.close()
        assert b"".join(connector.open_picture(self._address(stage), Call.within(5)).chunks)

    @case(capability="pictures")
    def test_no_picture_is_opened_at_another_address(self, stage: Stage) -> None:
        connector: Any = stage.connector
        with _Elsewhere() as elsewhere:
            own = urlsplit(stage.proxy.url).netloc
            for url in (
                f"{elsewhere.url}/a.png",
                f"http://{own}@{elsewhere.host}/a.png",
                "file:///etc/passwd",
            ):
                with pytest.raises(ConnectorError) as refused:
                    connector.open_picture(url, Call.within(5))
                self.assert_silent(refused.value)
            assert not elsewhere.requests, "credentials may have left for another host"
        assert stage.proxy.requests == 0

    @case(capability="pictures", needs=("picture",))
    def test_what_is_no_picture_is_refused(self, stage: Stage) -> None:
        connector: Any = stage.connector
        url = self._address(stage)
        svg = Status(200, {"Content-Type": "image/svg+xml"}, b"<svg onload='alert(1)'/>")
        for fault in (Html(), Html("application/json"), svg):
            with stage.proxy.faulty(fault):
                error = self.failure_of(lambda call: connector.open_picture(url, call))
            assert isinstance(error, BadResponseError)

    def _pictured(self, stage: Stage) -> Asset:
        asset = stage.connector.fetch([self.picture], Call.within(5))[self.picture]
        assert isinstance(asset, Asset)
        return asset

    def _picture(self, asset: Asset) -> str:
        address = picture_of(asset.fields, asset.ref.type)
        assert address, "the asset of `picture` has none"
        return address

    def _address(self, stage: Stage) -> str:
        asset = self._pictured(stage)
        assert asset.protected, "pictures that need credentials are marked as protected"
        stage.proxy.paths.clear()
        return self._picture(asset)

    def _measured(self, stage: Stage, rendition: Rendition) -> Measured:
        """What comes from there: as the hub or, where it is open to everybody, as a browser gets it."""
        connector: Any = stage.connector
        if rendition.protected:
            return measured(b"".join(connector.open_picture(rendition.url, Call.within(5)).chunks))
        answer = requests.get(rendition.url, timeout=5)
        assert answer.ok, f"HTTP {answer.status_code}: marked as open to everybody, and is not there"
        return measured(answer.content)


def _is_said(said: tuple[str | None, int | None, int | None], came: Measured) -> bool:
    """Whether what was said is true; nothing said is true, too. Systems round a side their own way."""
    media_type, width, height = said
    return (
        media_type in (None, came.media_type)
        and (width is None or abs(width - came.width) <= 1)
        and (height is None or abs(height - came.height) <= 1)
    )


class _Elsewhere(SimulatorServer):
    """Another host, which answers everything with a picture."""

    def answer(self, request: SimRequest) -> SimAnswer:  # noqa: ARG002 - it answers all alike.
        return SimAnswer(200, {"Content-Type": "image/png"}, b"\x89PNG")
