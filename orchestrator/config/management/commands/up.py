"""``manage.py up``: the whole hub on this machine."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.config.migrating import migrate_if_needed
from orchestrator.config.programs import PROGRAMS, hub_programs, reachable
from orchestrator.config.supervision import GaveUpError, PortTakenError, Supervisor, require_free_port


class Command(BaseCommand):
    """Migrates, then runs web, worker and scheduler until it is told to stop."""

    help = "Run the hub: migrate, then web server, worker and scheduler. What dies is started again."
    requires_system_checks = []  # The programs check for themselves; a plugin's fault must not stop them.

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and how many processes."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--workers", type=int, help="web processes; one for each core by default")
        parser.add_argument("--threads", type=int, default=16, help="threads of each web process")
        parser.add_argument("--no-migrate", action="store_true", help="leave the database as it is")
        parser.add_argument("--only", choices=PROGRAMS, nargs="+", default=PROGRAMS, help="run a part")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run until SIGTERM or Ctrl-C."""
        host, port = options["host"], options["port"]
        with_web = "web" in options["only"]
        if with_web:
            _require_free(port, host=host)
        if not options["no_migrate"]:
            migrate_if_needed()
        programs = hub_programs(host=host, port=port, workers=options["workers"], threads=options["threads"])
        address = f"http://{reachable(host)}:{port}"
        with Supervisor(say=self._say) as supervisor:
            supervisor.stop_on_signals()
            for program in programs:
                if program.name in options["only"]:
                    supervisor.start(program)
            try:
                if with_web and supervisor.wait_for(f"{address}/health/live", within_s=60):
                    self._say(f"The hub answers at {address}/")
                supervisor.watch()
            except GaveUpError as error:
                raise CommandError(str(error)) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _require_free(port: int, *, host: str) -> None:
    try:
        require_free_port(port, host=host)
    except PortTakenError as error:
        raise CommandError(f"{error} Choose another one: manage.py up --port {port + 1}") from None
