"""Composition: settings, addresses, the queue and the web entry. Nothing imports this but the runtime."""

from orchestrator.config.celery import app as celery_app

__all__ = ["celery_app"]
