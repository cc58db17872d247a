"""What every other test may rely on."""

import os
import socket
import warnings
from pathlib import Path

import pytest
from django.conf import settings


def test_settings_load_without_any_environment_of_the_caller():
    assert not settings.DEBUG
    assert Path(os.environ["DATA_DIR"]) == settings.DATA_DIR


def test_only_loopback_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
    with (
        pytest.raises(Exception, match="A test tried to use socket"),
        warnings.catch_warnings(action="ignore"),
    ):
        socket.create_connection(("192.0.2.1", 80), timeout=5)


def test_a_warning_is_an_error():
    with pytest.raises(UserWarning, match="left open"):
        warnings.warn("left open", UserWarning, stacklevel=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", ["first", "after the first one's flush"])
def test_real_transactions_find_the_rows_that_migrations_made(attempt):
    from wagtail.models import Locale

    assert Locale.objects.filter(language_code="en").exists()
