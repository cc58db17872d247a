"""Brings the database up to date, and costs nothing when it is."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

__all__ = ["migrate_if_needed"]


def migrate_if_needed() -> bool:
    """Apply the migrations that are missing; false when there were none.

    ``migrate`` looks through all permissions and content types even when nothing is missing, which is
    most of the time of a start. Leaves no connection open: programs started next have their own.
    """
    executor = MigrationExecutor(connection)
    missing = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()
    return missing
