"""Log lines: an event and its fields, written by the standard library's handlers."""

import logging
import re
from typing import Any

import structlog

__all__ = ["WithoutTokens", "configure_logs"]

# Whoever has one may see the picture until it expires.
_TOKEN = re.compile(r"(?<=/api/v1/pictures/)[^/\s?]+")


class WithoutTokens(logging.Filter):
    """Keeps the tokens of pictures out of the lines in which Django names the address of a failed request."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_TOKEN.sub("…", a) if isinstance(a, str) else a for a in record.args)
        return True


def configure_logs(*, level: str) -> dict[str, Any]:
    """Let structlog write through ``logging``; return the setting ``LOGGING``.

    A field's line breaks and quotes are escaped: one event is one line, whatever a field holds.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.LogfmtRenderer(key_order=["event"], bool_as_flag=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
        "filters": {"without_tokens": {"()": WithoutTokens}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["without_tokens"],
            }
        },
        "loggers": {
            # Django's own handler would write each line a second time.
            "django": {"handlers": [], "level": "INFO"},
            # A caller's mistake is told to the caller; its address may hold anything.
            "django.request": {"level": "ERROR"},
            # Scanners ask for any host; each would leave a whole traceback. They are answered with 400.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # Two lines for each row that Wagtail indexes; a hostname that a queue of files does not have.
            "django_tasks": {"level": "WARNING"},
            "kombu.connection": {"level": "ERROR"},
        },
        "root": {"handlers": ["console"], "level": level},
    }
