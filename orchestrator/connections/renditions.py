"""How a slot shows an asset: its pictures in the sizes asked for, at addresses that the outside can open.

A connector says what its system makes of a picture without asking it. Where the system wants credentials for
that, the address is ours, of that very rendition and no other; else it is the system's own. What was found
out about a value is kept with it, where it is held, and ends with it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from connectors.sdk import Asset, Connector, Renders, Rendition
from connectors.sdk.types import focal_point_of, picture_of
from orchestrator.connections.failures import where_of
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.gateway.seeking import Resolution
from orchestrator.connections.pictures import address_for_all, deliverable, token_day
from orchestrator.connections.process import this_process
from orchestrator.connections.seldom import Seldom
from orchestrator.engine import framing
from orchestrator.engine.framing import Show, Shown, Size, Wanted
from orchestrator.engine.outcome import Reading

__all__ = ["shower"]

log = logging.getLogger(__name__)

Connectors = Mapping[str, Connector[Any] | None]
# Slots and channels that differ in their sizes and show the same asset: beyond that, it is made again.
_MOST_KEPT = 8
_seldom = Seldom()


def shower(resolution: Resolution, *, asks_for_pictures: bool, within_s: float) -> Show:
    """What shows the readings of a resolution.

    If it ``asks_for_pictures`` their connectors are opened now, within so many seconds: a query for each
    connection that this process has not used yet, neither query nor wait for the others.
    """
    connectors = _open(resolution, within_s) if asks_for_pictures else {}
    return lambda reading, wanted: _show(reading, wanted, connectors.get(reading.connection))


def _open(resolution: Resolution, within_s: float) -> Connectors:
    """The connector of each connection that something was read of; ``None`` where there is none in time."""
    end = time.monotonic() + within_s
    used = {r.connection for outcome in resolution.outcomes.values() for r in outcome.readings}
    lanes = this_process().lanes
    opened = {
        uuid: lanes.of(source, within_s=max(0.0, end - time.monotonic()))
        for uuid, source in resolution.sources.items()
        if uuid in used
    }
    return {uuid: lane.connector if isinstance(lane, Lane) else None for uuid, lane in opened.items()}


def _show(reading: Reading, wanted: Wanted | None, connector: Connector[Any] | None) -> Shown:
    kept, key = reading.derived, (wanted, token_day())
    found: Shown | None = kept.get(key)
    if found is None:
        found = _made(reading, wanted, connector)
        # Without its connector it is shown as well as can be: another time there is more.
        if connector is not None or wanted is None:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[key] = found
    return found


def _made(reading: Reading, wanted: Wanted | None, connector: Connector[Any] | None) -> Shown:
    asset = reading.asset
    fields = deliverable(reading).asset.fields
    own = _own(asset)
    if wanted is None or own is None:
        return Shown(fields)
    whole = Size(own.width, own.height)
    ask = _asking(reading, wanted, connector, whole)
    one = (ask(wanted.size or Size()) if wanted.replaces else None) or own
    choices = [_as_wide(made, size) for size in wanted.choices if (made := ask(size)) is not None]
    one, *choices = (_for_all(reading, each) for each in (one, *choices))
    picture = framing.picture_of(one, choices, whole=whole, focal_point=focal_point_of(asset.fields))
    return Shown(_with_picture(fields, asset.ref.type, one) if wanted.replaces else fields, picture)


def _own(asset: Asset) -> Rendition | None:
    """The asset's picture as it is; of anything but a picture itself no size is known."""
    url = picture_of(asset.fields, asset.ref.type)
    if not isinstance(url, str):
        return None
    if asset.ref.type != "ImageObject":
        return Rendition(url, protected=asset.protected)
    told = (asset.fields.get(name) for name in ("width", "height", "encodingFormat"))
    return _usable(Rendition(url, *told, protected=asset.protected))


def _asking(
    reading: Reading, wanted: Wanted, connector: Connector[Any] | None, whole: Size
) -> Callable[[Size], Rendition | None]:
    """What asks the connector for a size; it has none where the system makes none."""
    # Asked once: to see whether a class has a protocol's methods costs as much as naming a rendition.
    renders = connector if isinstance(connector, Renders) else None

    def ask(size: Size) -> Rendition | None:
        if renders is None:
            return None
        size = framing.narrowed(size, wanted.widest_px, whole=whole)
        try:
            made = renders.rendition(
                reading.asset,
                width=size.width,
                height=size.height,
                encoding_format=wanted.encoding_format,
            )
        # A plugin may raise anything at all; the picture is then shown as it is.
        except Exception as error:
            if _seldom.due(reading.connection):
                log.warning("%s: no rendition can be named", reading.source, exc_info=where_of(error))
            return None
        return _usable(made)

    return ask


def _as_wide(made: Rendition, asked: Size) -> Rendition:
    """Browsers choose by width: where the source tells none, the one that was asked for stands for it."""
    return made if made.width else replace(made, width=asked.width)


def _usable(made: Any) -> Rendition | None:
    """What a connector gave, with no more than it can have told: whole pixels and a media type."""
    if not isinstance(made, Rendition) or not isinstance(made.url, str):
        return None
    if not made.url.startswith(("http://", "https://")):
        return None
    width, height = (side if type(side) is int and side > 0 else None for side in (made.width, made.height))
    kind = made.encoding_format if isinstance(made.encoding_format, str) else None
    return replace(made, width=width, height=height, encoding_format=kind)


def _for_all(reading: Reading, made: Rendition) -> Rendition:
    return replace(made, url=address_for_all(reading, made.url), protected=False) if made.protected else made


def _with_picture(fields: Mapping[str, Any], type: str, one: Rendition) -> dict[str, Any]:
    """The fields with the rendition in the place of the picture that it was made of."""
    if type == "ImageObject":
        told = {"width": one.width, "height": one.height, "encodingFormat": one.encoding_format}
        # How many bytes will come, nobody knows.
        rest = {name: value for name, value in fields.items() if name not in (*told, "contentSize")}
        return {**rest, "contentUrl": one.url, **dict(_known(told))}
    images = fields.get("image")
    if isinstance(images, list) and images:
        return {**fields, "image": [one.url, *images[1:]]}
    return {**fields, "thumbnailUrl": one.url}


def _known(told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in told.items() if value is not None)
