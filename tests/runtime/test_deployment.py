"""What an operator relies on: production settings hold, and no secret has a default."""

import re
import secrets
import subprocess

import pytest

from tests.runtime.processes import ROOT, running

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
    assert said.splitlines() == [
        f"{name} must be set. docs/operating.md lists what is read; to try things DEBUG=1 is enough."
    ]


def test_no_migration_is_missing(tmp_path):
    status, said = run("makemigrations", "--check", "--dry-run", DATA_DIR=str(tmp_path), **PRODUCTION)
    assert (status, said) == (0, "No changes detected\n")


def test_the_docs_name_every_variable_that_settings_read():
    settings = (ROOT / "orchestrator/config/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    table = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    for_tests_only = {"TEST_DATABASE_FILE"}
    assert told == read - for_tests_only


def test_make_lists_what_can_be_done():
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  make ([a-z-]+) ", said, re.MULTILINE)
    assert {"demo", "test", "lint", "services-test", "browser-test", "bench"} <= set(listed)
