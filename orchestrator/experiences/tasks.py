"""Jobs of experiences."""

from celery import shared_task

from orchestrator.experiences.scheduling import publish_due


@shared_task
def publish_scheduled() -> None:
    """Publish and expire what is due; run every few seconds."""
    publish_due()
