"""When a key was last used, right to the hour, so that nobody revokes one that a program still needs."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from orchestrator.access.models import ApiKey

__all__ = ["note_use", "use_is_news"]

_EVERY_S = 3600.0
_MOST_KEYS = 1000

_noted: dict[int, float] = {}
_lock = threading.Lock()


def use_is_news(key_id: int) -> bool:
    """Whether this process has not said so within the hour; if so, it now has. No query."""
    now = time.monotonic()
    with _lock:
        if now - _noted.get(key_id, -_EVERY_S) < _EVERY_S:
            return False
        if len(_noted) >= _MOST_KEYS:
            _noted.clear()
        _noted[key_id] = now
        return True


def note_use(key_id: int) -> None:
    """Write that a key was used just now, unless another process wrote so within the hour."""
    now = timezone.now()
    outdated = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(seconds=_EVERY_S))
    ApiKey.objects.filter(outdated, pk=key_id).update(last_used_at=now)
