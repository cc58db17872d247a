"""``manage.py rotate_secrets``: encrypt the secrets of all connections with the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from orchestrator.connections.configuring.secrets import reseal
from orchestrator.connections.errors import SecretsUnreadableError
from orchestrator.connections.models import Connection


class Command(BaseCommand):
    """Put the new key first in SECRETS_KEYS, run this, then remove the old one."""

    help = "Encrypt the secrets of all connections again, with the first key of SECRETS_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django\'s signature.
        unreadable: list[str] = []
        done = 0
        with transaction.atomic():
            for connection in Connection.objects.select_for_update().exclude(secrets=""):
                try:
                    connection.secrets = reseal(connection.secrets)
                except SecretsUnreadableError:
                    unreadable.append(connection.slug)
                    continue
                connection.save(update_fields=["secrets"])
                done += 1
        self.stdout.write(f"{done} connections now use the newest key")
        if unreadable:
            raise CommandError(f"no key opens the secrets of: {', '.join(unreadable)}; type them again")
