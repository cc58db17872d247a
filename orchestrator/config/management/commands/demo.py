"""``manage.py demo``: the hub with the demo company and its systems. Started by ``make demo``."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from orchestrator.config.migrating import migrate_if_needed
from orchestrator.config.programs import hub_programs
from orchestrator.config.supervision import (
    GaveUpError,
    PortTakenError,
    Program,
    Supervisor,
    require_free_port,
)
from orchestrator.demo.loading import LOGIN, expect_new_content, load_demo, paste_hook_addresses


class Command(BaseCommand):
    """Loads the demo company and runs everything until it is told to stop."""

    help = "Run the hub with the demo company and its systems. Start it by make demo."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until SIGTERM or Ctrl-C."""
        started = time.monotonic()
        if "DEMO_DIR" not in os.environ:
            raise CommandError("Start it by make demo, which makes the keys that it needs.")
        port, systems_port = int(os.environ["PORT"]), int(os.environ["DEMO_SYSTEMS_PORT"])
        _require_free_ports(port, systems_port)
        logs = Path(os.environ["DEMO_DIR"]) / "log"
        logs.mkdir(exist_ok=True)
        with Supervisor(say=self._say) as supervisor:
            supervisor.stop_on_signals()
            try:
                self._start_all(supervisor, port, systems_port, logs)
                if not supervisor.stopping:
                    self._greet(port, systems_port, logs, seconds=time.monotonic() - started)
                supervisor.watch()
            except GaveUpError as error:
                raise CommandError(str(error)) from None
            self._say("\nStopping …")
        self._say("Everything has ended.")

    def _start_all(self, supervisor: Supervisor, port: int, systems_port: int, logs: Path) -> None:
        supervisor.start(_systems(port, systems_port, logs))
        migrate_if_needed()
        if supervisor.stopping:
            return
        for program in hub_programs(host="127.0.0.1", port=port, logs=logs):
            supervisor.start(program)
        # While those start up. Who edits and publishes is told in the log of the hub, not here.
        logging.getLogger("wagtail").setLevel(logging.WARNING)
        load_demo(password=os.environ["DEMO_PASSWORD"])
        systems = f"http://127.0.0.1:{systems_port}"
        self._wait_for(supervisor, f"{systems}/control", logs)
        if not supervisor.stopping:
            paste_hook_addresses(systems)
            expect_new_content()
        connections.close_all()
        self._wait_for(supervisor, f"http://127.0.0.1:{port}/health/ready", logs)

    def _wait_for(self, supervisor: Supervisor, url: str, logs: Path) -> None:
        if not supervisor.wait_for(url, within_s=60) and not supervisor.stopping:
            raise CommandError(f"{url} did not answer within a minute. See {logs}.")

    def _greet(self, port: int, systems_port: int, logs: Path, *, seconds: float) -> None:
        hub = f"http://127.0.0.1:{port}"
        key = os.environ["DEMO_APP_KEY"]
        self._say(f"""
Onevoice runs (ready after {seconds:.1f} s). Ctrl-C ends everything.

  Compose             {hub}/admin/
  Login               {LOGIN}  {os.environ["DEMO_PASSWORD"]}
  Meridian's systems  http://127.0.0.1:{systems_port}/   change a title or a price, unplug one, and watch
  Reference           {hub}/api/v1/docs/
  Logs                {logs}

Fetch the arrival experience:

  curl -s -H 'Authorization: Bearer {key}' '{hub}/api/v1/experiences/arrival?channel=web&locale=en'
""")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _require_free_ports(port: int, systems_port: int) -> None:
    for name, number in (("PORT", port), ("DEMO_SYSTEMS_PORT", systems_port)):
        try:
            require_free_port(number)
        except PortTakenError as error:
            raise CommandError(f"{error} Choose another one: {name}={number + 10} make demo") from None


def _systems(port: int, systems_port: int, logs: Path) -> Program:
    command = (sys.executable, "-m", "orchestrator.demo.systems")
    addresses = ("--port", str(systems_port), "--hub", f"http://127.0.0.1:{port}")
    return Program("systems", (*command, *addresses), log=logs / "systems.log")
