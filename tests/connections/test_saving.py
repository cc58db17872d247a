"""Connections are made with their secrets apart, and changed without surprises."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pydantic import SecretStr

from connectors.sdk import ConnectorConfig
from orchestrator.connections.configuring.saving import save_connection
from orchestrator.connections.configuring.secrets import Secrets, join_secrets, split_secrets
from orchestrator.connections.configuring.sources import settings_of
from orchestrator.connections.errors import InvalidConfigError, SecretsUnreadableError
from orchestrator.connections.models import Connection


class Auth(ConnectorConfig):
    user: str = ""
    password: SecretStr | None = None


class Deep(ConnectorConfig):
    auth: Auth
    headers: dict[str, SecretStr] = {}
    several: list[Auth] = []
    plain: str = ""


DEEP = {
    "auth": {"user": "ann", "password": "p1"},
    "headers": {"X-Key.With.Dots": "p2"},
    "several": [{"user": "a"}, {"user": "b", "password": "p3"}],
    "plain": "seen",
}


def save(space, **changed):
    values = {
        "space": space,
        "slug": "dam",
        "name": "DAM",
        "connector": "scripted",
        "config": {"script": "dam", "password": "hush-hush"},
    }
    return save_connection(**values | changed)


def test_secrets_are_found_wherever_the_schema_has_them_and_go_back_to_their_place():
    public, secrets = split_secrets(Deep.model_json_schema(), DEEP)
    assert sorted(secrets.values()) == ["p1", "p2", "p3"]
    assert not any(secret in json.dumps(public) for secret in secrets.values())
    assert join_secrets(public, secrets) == DEEP


def test_a_stored_connection_shows_no_secret_and_works_with_it(space, scripted):
    row = save(space, hook_scheme="header", hook_header="X", hook_secret="hook-secret")
    stored = json.dumps(list(Connection.objects.values()), default=str)
    assert "hush-hush" not in stored
    assert "hook-secret" not in stored
    assert settings_of(row)["password"] == "hush-hush"
    assert Secrets.unseal(row.secrets).hook == "hook-secret"
    assert "hush-hush" not in repr(Secrets.unseal(row.secrets))


def test_a_secret_not_given_again_is_kept_or_removed_as_asked(space, scripted):
    save(space)
    row = save(space, config={"script": "dam", "password": ""}, name="Renamed")
    assert settings_of(row)["password"] == "hush-hush"
    assert (row.name, row.settings_version) == ("Renamed", 1)
    row = save(space, config={"script": "dam"}, keep_secrets=False)
    assert "password" not in settings_of(row)
    assert row.settings_version == 2


@pytest.mark.parametrize(
    "change",
    [
        {"config": {"script": "other", "password": "hush-hush"}},
        {"config": {"script": "dam", "password": "new"}},
        {"personal": True},
        {"freshness": {"Product": {"fresh_for_s": 5}}},
    ],
    ids=["setting", "secret", "personal", "freshness"],
)
def test_a_change_that_matters_starts_the_cache_anew(space, scripted, change):
    assert save(space).settings_version == 1
    assert save(space, **change).settings_version == 2
    assert save(space, **change).settings_version == 2


def test_two_changes_of_the_same_row_make_two_versions(space, scripted):
    """Else a process that has seen one of them would go on with it and never see the other."""
    save(space)
    one, other = Connection.objects.get(), Connection.objects.get()
    assert save(space, connection=one, config={"script": "b"}).settings_version == 2
    assert save(space, connection=other, config={"script": "c"}).settings_version == 3
    assert save(space, connection=one, config={"script": "dam"}).settings_version == 4


@pytest.mark.parametrize(
    "change", [{"timeout_ms": 500}, {"enabled": False}, {"name": "x"}, {"poll_interval_s": 5}]
)
def test_a_change_that_does_not_matter_keeps_what_was_read(space, scripted, change):
    save(space)
    assert save(space, **change).settings_version == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"config": {}}, "script"),
        ({"config": {"script": "dam", "tpyo": 1}}, "tpyo"),
        ({"slug": "not a slug"}, "slug"),
        ({"freshness": {"Product": {"fresh": 5}}}, "freshness.Product.fresh"),
        ({"freshness": {"Product": {"fresh_for_s": -1}}}, "freshness.Product.fresh_for_s"),
        ({"freshness": {"Product": 5}}, "freshness.Product"),
        ({"hook_scheme": "header", "hook_header": "X"}, "hook_secret"),
        ({"hook_scheme": "header", "hook_secret": "s"}, "hook_header"),
        ({"hook_scheme": "standard", "hook_secret": "not base64!"}, "hook_secret"),
    ],
)
def test_what_is_refused_is_named_and_changes_nothing(space, scripted, change, field):
    with pytest.raises(InvalidConfigError) as refused:
        save(space, **change)
    assert field in refused.value.fields
    assert "hush-hush" not in str(refused.value)
    assert not Connection.objects.exists()


def test_keys_rotate(space, scripted, settings):
    row = save(space)
    old = settings.SECRETS_KEYS[0]
    settings.SECRETS_KEYS = ["a newer key of any length", old]
    assert settings_of(row)["password"] == "hush-hush"
    call_command("rotate_secrets", stdout=StringIO())
    settings.SECRETS_KEYS = ["a newer key of any length"]
    row.refresh_from_db()
    assert settings_of(row)["password"] == "hush-hush"
    assert row.settings_version == 1
    settings.SECRETS_KEYS = ["a lost key"]
    with pytest.raises(SecretsUnreadableError):
        settings_of(row)
    with pytest.raises(CommandError, match="dam"):
        call_command("rotate_secrets", stdout=StringIO())


def test_secrets_that_no_key_opens_can_be_typed_again(space, scripted, settings):
    save(space)
    settings.SECRETS_KEYS = ["a new key"]
    assert settings_of(save(space))["password"] == "hush-hush"
