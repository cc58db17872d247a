"""Making and changing connections: their connector's own model judges settings, secrets are kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from django.core.exceptions import ValidationError as FieldsError
from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError
from standardwebhooks import Webhook

from connectors.sdk.refusals import keys_at, refusal_words
from orchestrator.connections.configuring.freshness import clean_freshness
from orchestrator.connections.configuring.registry import connector_class
from orchestrator.connections.configuring.secrets import Path, Secrets, join_secrets, split_secrets
from orchestrator.connections.errors import InvalidConfigError, SecretsUnreadableError
from orchestrator.connections.models import Connection, ConnectionHealth, HookScheme, PollState
from orchestrator.connections.permissions import give_default_grants

__all__ = ["check_config", "check_hook", "connection_by_slug", "save_connection"]


def connection_by_slug(space: Any, slug: str) -> Connection | None:
    """The connection of that name in a space, if there is one."""
    return Connection.objects.filter(space=space, slug=slug).first()


def save_connection(
    *,
    space: Any,
    slug: str,
    name: str,
    connector: str,
    config: Mapping[str, Any],
    connection: Connection | None = None,
    hook_secret: str | None = None,
    keep_secrets: bool = True,
    enabled: bool = True,
    personal: bool = False,
    timeout_ms: int = 1000,
    freshness: Mapping[str, Any] | None = None,
    poll_interval_s: int = 0,
    hook_scheme: str = HookScheme.NONE,
    hook_header: str = "",
) -> Connection:
    """Create or change a connection: ``connection``, or else the one of this space and slug.

    Args:
        config: The connector's settings, secrets included. With ``keep_secrets`` a secret that is
            missing or empty keeps its stored value; without, it is removed.
        hook_secret: ``None`` keeps the stored one.

    A change of anything that decides what is read raises ``settings_version``, so that nothing read
    with the old settings is served; saving the same again changes nothing.

    Raises:
        InvalidConfigError: Something is refused; nothing was changed.
        UnknownConnectorError: No such connector.
    """
    with transaction.atomic():
        target = _locked(space, slug, connection) or Connection(space=space)
        before = _stored_secrets(target)
        kept = before.config if keep_secrets and target.connector == connector else {}
        public, secret = check_config(connector, config, kept=kept)
        hook = before.hook if hook_secret is None else hook_secret
        check_hook(hook_scheme, hook_header, hook)
        decisive = {
            "connector": connector,
            "config": public,
            "personal": personal,
            "freshness": clean_freshness(freshness or {}),
        }
        changed = before.config != secret or any(getattr(target, k) != v for k, v in decisive.items())
        plain = {
            "space": space,
            "slug": slug,
            "name": name,
            "enabled": enabled,
            "timeout_ms": timeout_ms,
            "poll_interval_s": poll_interval_s,
            "hook_scheme": hook_scheme,
            "hook_header": hook_header,
        }
        for attribute, value in (decisive | plain).items():
            setattr(target, attribute, value)
        after = Secrets(secret, hook)
        if after != before:
            target.secrets = after.seal()
        _store(target, changed=changed)
    return target


def _locked(space: Any, slug: str, connection: Connection | None) -> Connection | None:
    """The row as it is now, until this transaction ends: two changes must not make the same version."""
    wanted = {"pk": connection.pk} if connection and connection.pk else {"space": space, "slug": slug}
    return Connection.objects.select_for_update().filter(**wanted).first()


def check_config(
    connector: str, config: Mapping[str, Any], *, kept: Mapping[Path, str] | None = None
) -> tuple[dict[str, Any], dict[Path, str]]:
    """Judge settings by the connector's model: the settings without secrets, and the secrets by path.

    ``kept`` are secrets that stand where none is given, as far as the settings still have a place for them.

    Raises:
        InvalidConfigError: By field; no value is repeated.
        UnknownConnectorError: No such connector.
    """
    model = connector_class(connector).config_class
    schema = model.model_json_schema()
    public, given = split_secrets(schema, config)
    secrets = {**(kept or {}), **given}
    while True:
        whole = join_secrets(public, secrets)
        try:
            model.model_validate(whole)
        except ValidationError as refused:
            errors = refused.errors(include_input=False, include_url=False)
            outdated = {p for p in secrets if p not in given and _has_no_place(p, errors)}
            if not outdated:
                raise InvalidConfigError(_by_field(errors, whole, model)) from None
            secrets = {path: value for path, value in secrets.items() if path not in outdated}
        else:
            return public, secrets


def _store(target: Connection, *, changed: bool) -> None:
    new = target.pk is None
    if changed and not new:
        target.settings_version += 1
    try:
        target.full_clean(exclude=["secrets"])
    except FieldsError as refused:
        raise InvalidConfigError(
            {field: " ".join(messages) for field, messages in refused.message_dict.items()}
        ) from None
    target.save()
    if new:
        give_default_grants(target)
        ConnectionHealth.objects.create(connection=target)
    elif changed:
        # What was known of the old settings says nothing of the new ones; a cursor may be of another system.
        ConnectionHealth.objects.update_or_create(connection=target, defaults=_UNKNOWN_HEALTH)
        PollState.objects.filter(connection=target).delete()


_UNKNOWN_HEALTH = {"state": "unchecked", "reason": "", "message": "", "checked_at": None, "since": None}


def _stored_secrets(target: Connection) -> Secrets:
    try:
        return Secrets.unseal(target.secrets)
    except SecretsUnreadableError:
        return Secrets()  # The way out is to type them again.


def check_hook(scheme: str, header: str, secret: str) -> None:
    """Whether hooks can be verified with these.

    Raises:
        InvalidConfigError: By field.
    """
    errors: dict[str, str] = {}
    if scheme != HookScheme.NONE and not secret:
        errors["hook_secret"] = _("Hooks need a secret.")
    if scheme == HookScheme.HEADER and not header:
        errors["hook_header"] = _("Name the header that carries the secret.")
    if scheme == HookScheme.STANDARD and secret:
        try:
            Webhook(secret)
        # The package raises what base64 raises, and an error of its own for an empty key.
        except Exception:  # noqa: BLE001
            errors["hook_secret"] = _("A Standard Webhooks secret is “whsec_” and base64 text.")
    if errors:
        raise InvalidConfigError(errors)


def _has_no_place(path: Path, errors: Any) -> bool:
    """Whether the model refuses a kept secret as a setting that it does not have."""
    wanted = tuple(map(str, path))
    return any(
        error["type"] == "extra_forbidden" and _is_within(wanted, tuple(map(str, error["loc"])))
        for error in errors
    )


def _is_within(path: tuple[str, ...], location: tuple[str, ...]) -> bool:
    """A location also names the branches of a union; a path does not."""
    parts = iter(location)
    return all(any(part == other for other in parts) for part in path)


def _by_field(errors: Any, whole: Mapping[str, Any], model: type[BaseModel]) -> dict[str, str]:
    found: dict[str, str] = {}
    for error in errors:
        path = _plain_location(error["loc"], deepcopy(dict(whole)))
        words = refusal_words(error, known=keys_at(model, path[:-1]), given=_value_at(whole, path))
        found.setdefault(".".join(path) or "config", words)
    return found


def _value_at(data: Any, path: Sequence[str]) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _plain_location(location: tuple[Any, ...], data: Any) -> list[str]:
    """Where the error is in the settings as typed, without the names of a union's branches."""
    path: list[str] = []
    for part in location:
        if isinstance(data, dict) and part not in data and part in data.values():
            continue
        path.append(str(part))
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
    return path
