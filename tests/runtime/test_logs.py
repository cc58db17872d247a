"""What the hub writes down when a request fails."""

import io
import logging

from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.log import log_response

from orchestrator.config.logs import WithoutTokens


def test_a_failed_picture_is_logged_without_its_token():
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(WithoutTokens())
    logger = logging.getLogger("of-this-test")
    logger.addHandler(handler)
    request = RequestFactory().get("/api/v1/pictures/eyJhIjoxfQ:1abc:s1gned")
    log_response(
        "%s: %s",
        "Service Unavailable",
        request.path,
        response=HttpResponse(status=503),
        request=request,
        logger=logger,
    )
    assert written.getvalue() == "Service Unavailable: /api/v1/pictures/…\n"


def test_a_foreign_host_is_refused_and_fills_no_log(client, caplog):
    answer = client.get("/health/live", headers={"Host": "elsewhere.example"})
    assert (answer.status_code, caplog.records) == (400, [])


def test_every_line_goes_through_it():
    handlers = settings.LOGGING["handlers"].values()
    assert all("without_tokens" in each["filters"] for each in handlers)
