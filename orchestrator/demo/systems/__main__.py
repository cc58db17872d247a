"""``python -m orchestrator.demo.systems --port 8801 --hub http://127.0.0.1:8000``.

Keys and hook secrets come from the environment (see ``VARIABLES``); none has a default.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Mapping

from orchestrator.demo.systems import hooks, pictures
from orchestrator.demo.systems.crm import GuestRecords
from orchestrator.demo.systems.dam import PictureLibrary
from orchestrator.demo.systems.helpdesk import HelpDesk
from orchestrator.demo.systems.pim import ProductCatalogue
from orchestrator.demo.systems.records import System
from orchestrator.demo.systems.scenes import SCENES
from orchestrator.demo.systems.server import MeridianServer, PortTakenError
from orchestrator.demo.systems.social import SocialNetwork

VARIABLES = (
    "DEMO_DAM_TOKEN",
    "DEMO_DAM_HOOK_SECRET",
    "DEMO_PIM_KEY",
    "DEMO_PIM_HOOK_SECRET",
    "DEMO_SOCIAL_TOKEN",
    "DEMO_SOCIAL_HOOK_SECRET",
    "DEMO_HELP_PASSWORD",
    "DEMO_CRM_PASSWORD",
)
HOOK_HEADER = "X-Hub-Secret"


def build_systems(secrets: Mapping[str, str]) -> dict[str, System]:
    """The five systems, in the order of the page."""
    systems: list[System] = [
        PictureLibrary(token=secrets["DEMO_DAM_TOKEN"]),
        ProductCatalogue(key=secrets["DEMO_PIM_KEY"]),
        SocialNetwork(token=secrets["DEMO_SOCIAL_TOKEN"]),
        HelpDesk(password=secrets["DEMO_HELP_PASSWORD"]),
        GuestRecords(password=secrets["DEMO_CRM_PASSWORD"]),
    ]
    return {system.slug: system for system in systems}


def hook_proofs(secrets: Mapping[str, str]) -> dict[str, hooks.Headers]:
    """How each system's hooks prove where they come from."""
    return {
        "dam": hooks.with_header(HOOK_HEADER, secrets["DEMO_DAM_HOOK_SECRET"]),
        "pim": hooks.with_header(HOOK_HEADER, secrets["DEMO_PIM_HOOK_SECRET"]),
        "social": hooks.signed(secrets["DEMO_SOCIAL_HOOK_SECRET"]),
    }


def main() -> int:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m orchestrator.demo.systems", description=__doc__)
    parser.add_argument("--port", type=int, default=8801)
    parser.add_argument("--hub", default="http://127.0.0.1:8000", help="shown as a link")
    options = parser.parse_args()
    missing = [name for name in VARIABLES if not os.environ.get(name)]
    if missing:
        sys.stderr.write(f"Not set: {', '.join(missing)}. make demo makes them.\n")
        return 2
    systems = build_systems(os.environ)
    try:
        server = MeridianServer(options.port, systems, hub=options.hub)
    except PortTakenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sender = hooks.HookSender(hook_proofs(os.environ))
    for system in systems.values():
        system.on_change = sender.send
    threading.Thread(target=_paint_all, name="painter", daemon=True).start()
    _serve_until_told(server)
    sender.close()
    return 0


def _serve_until_told(server: MeridianServer) -> None:
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    serving.start()
    told.wait()
    server.shutdown()
    server.server_close()


def _paint_all() -> None:
    """Paint ahead of the first request, and only while nobody else needs the processor."""
    if sys.platform == "linux":  # There, and only there, a thread has a priority of its own.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)
    for scene in SCENES:
        pictures.rendition(scene, width=400)


if __name__ == "__main__":
    sys.exit(main())
