"""Addresses that sources and their pictures need, for delivery to place under ``/api/v1/``."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from orchestrator.connections.listening.hooks import receive_hook
from orchestrator.connections.models import Connection
from orchestrator.connections.pictures import show_picture

__all__ = ["hook_url", "source_urls"]

source_urls = [
    path("hooks/<uuid:uuid>", receive_hook, name="hook"),
    path("pictures/<str:token>", show_picture, name="picture"),
]


def hook_url(connection: Connection) -> str:
    """Where its system sends hooks; what an administrator pastes there."""
    return f"{settings.PUBLIC_URL}/api/v1/hooks/{connection.uuid}"
