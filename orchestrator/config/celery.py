"""The Celery app. What it runs is in each app's ``tasks.py``; when, in settings."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.config.settings")

TRANSPORT_ALIASES["filesystem"] = "orchestrator.config.filesystem_queue:Transport"

app = Celery("orchestrator")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
