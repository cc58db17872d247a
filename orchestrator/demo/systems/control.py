"""Changes systems by JSON: what the page does by forms.

``GET /control`` tells the state; ``POST /control`` takes ``{"system", "action", …}`` with the actions
``edit`` (``id``, ``values``), ``create`` (``id``, ``values``), ``delete`` and ``restore`` (``id``),
``unplug``, ``plug``, ``slow`` (``delay_ms``), ``hooks`` (``on``), ``send_hooks_to`` (``url``), and ``reset``
(``system`` may be left out).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.records import System, UnknownColumnError, UnknownRecordError

MAX_DELAY_MS = 60_000


class UnknownActionError(LookupError):
    """There is no such system or action, or one of its values is missing."""


def answer(systems: Mapping[str, System], request: Request) -> Response:
    """Answer ``/control``."""
    if request.method != "POST":
        return json_response({slug: state(system) for slug, system in systems.items()})
    try:
        perform(systems, json.loads(request.body))
    except (UnknownActionError, UnknownRecordError, UnknownColumnError, ValueError, TypeError) as error:
        return json_response({"error": str(error)}, status=400)
    return json_response({slug: state(system) for slug, system in systems.items()})


def state(system: System) -> dict[str, Any]:
    """What can be seen of a system from outside."""
    return {
        "plugged": system.behaviour.plugged,
        "delay_ms": system.behaviour.delay_ms,
        "hooks": system.behaviour.hooks and system.sends_hooks,
        "requests": system.request_count,
        "records": sum(1 for _ in system.records()),
        "sent_hooks": [
            {
                "at": hook.at.isoformat(timespec="seconds"),
                "event": hook.event,
                "id": hook.record_id,
                "outcome": hook.outcome,
            }
            for hook in list(system.sent_hooks)
        ],
    }


def perform(systems: Mapping[str, System], order: Mapping[str, Any]) -> None:
    """Do what is ordered.

    Raises:
        UnknownActionError, UnknownRecordError, UnknownColumnError, ValueError: Nothing was done.
    """
    if not isinstance(order, Mapping):
        raise UnknownActionError("an order is a JSON object")
    action = order.get("action", "")
    if action == "reset" and "system" not in order:
        for system in systems.values():
            system.reset()
        return
    if order.get("system") not in systems:
        raise UnknownActionError(f"system must be one of {', '.join(systems)}")
    if action not in _ACTIONS:
        raise UnknownActionError(f"action must be one of {', '.join(_ACTIONS)}")
    try:
        _ACTIONS[action](systems[order["system"]], order)
    except KeyError as missing:
        raise UnknownActionError(f"{action} needs {missing.args[0]}") from None


def _slow(system: System, order: Mapping[str, Any]) -> None:
    delay_ms = int(order["delay_ms"])
    if not 0 <= delay_ms <= MAX_DELAY_MS:
        raise ValueError(f"delay_ms must be 0 to {MAX_DELAY_MS}")
    system.behaviour.delay_ms = delay_ms


def _plug(system: System, *, plugged: bool) -> None:
    system.behaviour.plugged = plugged


def _hooks(system: System, order: Mapping[str, Any]) -> None:
    system.behaviour.hooks = bool(order["on"])


def _send_hooks_to(system: System, order: Mapping[str, Any]) -> None:
    url = str(order["url"]).strip()
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("hooks go to an http or https address")
    system.behaviour.hook_url = url


_ACTIONS: dict[str, Callable[[System, Mapping[str, Any]], Any]] = {
    "edit": lambda system, order: system.edit(str(order["id"]), order["values"]),
    "create": lambda system, order: system.create(str(order["id"]), order["values"]),
    "delete": lambda system, order: system.delete(str(order["id"])),
    "restore": lambda system, order: system.restore(str(order["id"])),
    "unplug": lambda system, _: _plug(system, plugged=False),
    "plug": lambda system, _: _plug(system, plugged=True),
    "slow": _slow,
    "hooks": _hooks,
    "send_hooks_to": _send_hooks_to,
    "reset": lambda system, _: system.reset(),
}
