"""What ``test_bodies.py`` serves: a WSGI application behind our entry, with limits that tests can reach."""

import os
import threading
from asyncio import CancelledError
from pathlib import Path

from django.conf import settings
from django.urls import include, path

from orchestrator.config.request_bodies import Intake
from orchestrator.config.rsgi import PICTURES, Application

# Problem documents name the page that explains them.
urlpatterns = [path("api/v1/", include(([path("docs/", lambda _request: None, name="docs")], "delivery")))]
settings.configure(ROOT_URLCONF=__name__)

closed = []
sources_answer = threading.Event()


class Pieces:
    """A body that comes in pieces, and what must be told when it was sent."""

    def __init__(self, count):
        self.pieces = iter([b"x" * 1000] * count)

    def __iter__(self):
        return self.pieces

    def close(self):
        closed.append(self)


def echo(environ, start_response):
    """What came, told back."""
    if environ["PATH_INFO"] == "/pieces":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Pieces(int(environ["QUERY_STRING"]))
    if environ["PATH_INFO"] == "/file":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return environ["wsgi.file_wrapper"](Path(__file__).open("rb"), 4096)
    if environ["PATH_INFO"] == "/sources-answer":
        sources_answer.set()
    if environ["PATH_INFO"].startswith(PICTURES):
        sources_answer.wait()
    if environ["PATH_INFO"] == "/broken":
        raise RuntimeError("as a fault of ours would")
    if environ["PATH_INFO"] == "/exits":
        raise SystemExit("as a plugin might")
    if environ["PATH_INFO"] == "/cancelled":
        raise CancelledError
    body = environ["wsgi.input"].read()
    told = [
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"].encode("latin-1").decode(),
        environ["CONTENT_LENGTH"],
        environ.get("HTTP_COOKIE", "-"),
        environ.get("HTTP_X_TWICE", "-"),
        environ["REMOTE_ADDR"],
        str(len(body)),
        str(len(closed)),
    ]
    start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [" ".join(told).encode()]


intake = Intake(
    within_s=float(os.environ.get("WITHIN_S", "20")),
    most_shared_bytes=int(os.environ.get("MOST_SHARED_BYTES", "1000000")),
)
application = Application(
    echo, threads=4, intake=intake, most_streams=int(os.environ.get("MOST_STREAMS", "64"))
)
