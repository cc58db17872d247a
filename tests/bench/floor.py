"""The floor of what a Django view can do: the measured answer's bytes, handed out by a bare view.

Run by the same server with the same settings as the hub; no middleware, no database.
"""

import os
from pathlib import Path

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()


def answer(_request):
    return HttpResponse(BODY, content_type="application/json")


urlpatterns = [path("floor", answer)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="floor", MIDDLEWARE=[])
application = WSGIHandler()
