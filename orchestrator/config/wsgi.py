"""One process, two stacks: delivery has its own short middleware, so that nothing meant for the admin
(sessions, languages, frames) touches an answer that a shared cache may keep."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.config.settings")


class DeliveryRequest(WSGIRequest):
    """A request whose address is UTF-8, whatever charset is named for its body.

    Django would read the address in that charset, and fails on those that are none of text ("rot13").
    """

    def _set_content_type_params(self, meta):
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class DeliveryHandler(WSGIHandler):
    """Django's handler with the middleware of ``DELIVERY_MIDDLEWARE``."""

    request_class = DeliveryRequest

    def load_middleware(self, is_async=False):
        full, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.DELIVERY_MIDDLEWARE
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = full


# Addresses that programs ask: apps, sources that send hooks, load balancers.
_FOR_PROGRAMS = ("/api/", "/health/")

django.setup(set_prefix=False)
_admin, _delivery = WSGIHandler(), DeliveryHandler()


def application(environ, start_response):
    """The WSGI entry."""
    path = environ["PATH_INFO"]
    handler = _delivery if path == "/api" or path.startswith(_FOR_PROGRAMS) else _admin
    response = handler(environ, start_response)
    if getattr(response, "streaming", True):  # A file in the server's own wrapper says nothing.
        return response
    # The server sends a list at once; from anything else it takes piece after piece.
    body = [response.content]
    response.close()
    return body
