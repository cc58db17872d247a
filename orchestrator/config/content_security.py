"""The content security policy of the administrator's pages.

Delivery has a stack of its own and no pages but its documentation; this is for ``MIDDLEWARE`` only.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

__all__ = ["ContentSecurityPolicy"]

_DIRECTIVES = {
    "default-src": "'self'",
    "script-src": "'self'",
    # Draftail and the admin's own widgets set style attributes.
    "style-src": "'self' 'unsafe-inline'",
    # Pictures come from the systems that own them.
    "img-src": "'self' data: https: http:",
    "media-src": "'self' https: http:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
# Wagtail prints an inline script for each date and time field, in forms and filters; it knows no nonce.
_PAGES_WITH_INLINE_SCRIPTS = re.compile(r"^/admin/snippets/.+/(add|edit|copy|history)/")


class ContentSecurityPolicy:
    """Sets the header on every answer that has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy_for(request.path))
        return response


def _policy_for(path: str) -> str:
    directives = dict(_DIRECTIVES)
    if _PAGES_WITH_INLINE_SCRIPTS.match(path):
        directives["script-src"] += " 'unsafe-inline'"
    return "; ".join(f"{name} {value}" for name, value in directives.items())
