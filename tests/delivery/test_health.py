"""What load balancers are told."""

import pytest
from django.db import OperationalError, connection


@pytest.mark.django_db
def test_ready_says_what_works(client):
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (200, "ready")
    assert response.json()["checks"] == {"database": "ok", "cache": "ok"}


@pytest.mark.django_db
def test_a_dead_database_is_not_ready_and_yet_alive(client):
    def refuse(*_args):
        raise OperationalError("password authentication failed for user hub at 10.0.0.5")

    with connection.execute_wrapper(refuse):
        response = client.get("/health/ready")
        assert client.get("/health/live").status_code == 200
    assert response.status_code == 503
    assert response.json() == {
        "status": "not ready",
        "checks": {"database": "unreachable", "cache": "ok"},
    }
    assert b"10.0.0.5" not in response.content


@pytest.mark.django_db
def test_a_load_balancer_is_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health/live").status_code == 200
    assert client.get("/api/v1/openapi.json").status_code == 301
