"""What an operator relies on: production settings hold, and no secret has a default."""

import secrets

import pytest

from tests.runtime.processes import running

PRODUCTION = {
    "PUBLIC_URL": "https://hub.example.com",
    "ALLOWED_HOSTS": "hub.example.com",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "SECRETS_KEYS": secrets.token_urlsafe(50),
    "BEHIND_PROXY": "1",
}


def run(*command: str, **environment: str) -> tuple[int, str]:
    with running("manage.py", *command, **environment) as process:
        said, _ = process.communicate(timeout=120)
    return process.returncode, said


def test_the_deployment_check_is_clean_with_production_settings(tmp_path):
    status, said = run("check", "--deploy", "--fail-level", "DEBUG", DATA_DIR=str(tmp_path), **PRODUCTION)
    assert (status, said.strip()) == (0, "System check identified no issues (0 silenced).")


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRETS_KEYS"])
def test_without_its_secrets_the_hub_does_not_start(tmp_path, name):
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    status, said = run("check", DATA_DIR=str(tmp_path), **environment)
    assert status == 1
    assert said.rstrip().endswith(f"ImproperlyConfigured: {name} must be set")


def test_no_migration_is_missing(tmp_path):
    status, said = run("makemigrations", "--check", "--dry-run", DATA_DIR=str(tmp_path), **PRODUCTION)
    assert (status, said) == (0, "No changes detected\n")
