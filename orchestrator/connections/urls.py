"""Addresses that sources and their pictures need, for delivery to place under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from orchestrator.connections.listening.hooks import receive_hook
from orchestrator.connections.pictures import show_picture

__all__ = ["source_urls"]

source_urls = [
    path("hooks/<uuid:uuid>", receive_hook, name="hook"),
    path("pictures/<str:token>", show_picture, name="picture"),
]
