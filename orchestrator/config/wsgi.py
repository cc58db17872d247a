"""One process, two stacks: delivery has its own short middleware, so that nothing meant for the admin
(sessions, languages, frames) touches an answer that a shared cache may keep."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.config.settings")


class DeliveryHandler(WSGIHandler):
    """Django's handler with the middleware of ``DELIVERY_MIDDLEWARE``."""

    def load_middleware(self, is_async=False):
        full, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.DELIVERY_MIDDLEWARE
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = full


django.setup(set_prefix=False)
_admin, _delivery = WSGIHandler(), DeliveryHandler()


def application(environ, start_response):
    """The WSGI entry."""
    handler = _delivery if environ["PATH_INFO"].startswith("/api/") else _admin
    return handler(environ, start_response)
