"""The form of a connection: the hub's own fields, the connector's settings, and who may use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from connectors.sdk import Connector, capabilities
from orchestrator.connections.admin.settings_form import SettingsForm
from orchestrator.connections.admin.widgets import FreshnessField
from orchestrator.connections.configuring.abilities import abilities
from orchestrator.connections.configuring.freshness import ANY_TYPE
from orchestrator.connections.configuring.saving import check_hook, save_connection
from orchestrator.connections.configuring.secrets import Secrets, join_secrets
from orchestrator.connections.errors import InvalidConfigError, SecretsUnreadableError
from orchestrator.connections.models import Connection, ConnectionGrant, GrantLevel, HookScheme

__all__ = ["ConnectionForm", "GrantsForm"]


class GrantsForm(forms.Form):
    """What each group may do with one connection. Groups that may configure all are only named."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, connection: Connection) -> None:
        super().__init__(data)
        self.connection = connection
        levels = dict(connection.grants.values_list("group_id", "level")) if connection.pk else None
        for group in self.groups:
            default = GrantLevel.USE if _has(group, "connections.view_connection") else ""
            self.fields[_grant_name(group)] = forms.TypedChoiceField(
                label=group.name,
                choices=[("", _("Nothing")), *GrantLevel.choices],
                coerce=int,
                empty_value=None,
                required=False,
                initial=default if levels is None else levels.get(group.pk, ""),
            )

    @cached_property
    def groups(self) -> list[Group]:
        """Groups whose members can enter the admin and do not configure everything anyway."""
        return [group for group in _groups_in_admin() if not _has(group, "connections.change_connection")]

    @cached_property
    def almighty_groups(self) -> list[Group]:
        """Groups that configure every connection."""
        return [group for group in _groups_in_admin() if _has(group, "connections.change_connection")]

    def save(self) -> None:
        """Write the grants of the groups that were asked; others keep theirs."""
        for group in self.groups:
            level = self.cleaned_data[_grant_name(group)]
            if level is None:
                self.connection.grants.filter(group=group).delete()
            else:
                ConnectionGrant.objects.update_or_create(
                    connection=self.connection, group=group, defaults={"level": level}
                )


class ConnectionForm(WagtailAdminModelForm):
    """Everything about one connection.

    ``connector`` is the class that its settings are asked for; ``None`` when no installed package brings
    it, and then the settings stay as they are. ``with_grants`` is for those who may say who may use it.
    """

    use_required_attribute = False
    hook_secret = forms.CharField(
        label=_("Secret of the hook"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    freshness = FreshnessField(
        label=_("How long a value is good, in seconds"),
        help_text=_("An empty cell means the number that it shows."),
        required=False,
    )

    class Meta:
        model = Connection
        fields = [
            "name",
            "slug",
            "space",
            "enabled",
            "personal",
            "timeout_ms",
            "freshness",
            "poll_interval_s",
            "hook_scheme",
            "hook_header",
        ]
        help_texts = {
            "name": _("As editors call the system: “Picture archive”."),
            "enabled": _("Switched off, it is not asked, and its links say so."),
            "timeout_ms": _("A call that takes longer is given up."),
            "hook_header": _("For example X-Hook-Secret."),
        }

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        connector: type[Connector[Any]] | None,
        with_grants: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, *args, **kwargs)
        self.connector = connector
        self.capabilities = capabilities(connector) if connector else ()
        self.secrets, self.secrets_lost = _unseal(self.instance)
        self.settings_form = self._make_settings_form(data)
        self.grants_form = GrantsForm(data, connection=self.instance) if with_grants else None
        self._fit_fields()

    @property
    def parts(self) -> list[forms.Form]:
        """The forms that are asked together with this one."""
        return [form for form in (self.settings_form, self.grants_form) if form]

    def is_valid(self) -> bool:
        # All are asked, so that all errors show at once.
        return all([super().is_valid(), *(form.is_valid() for form in self.parts)])

    def has_changed(self) -> bool:
        return super().has_changed() or any(form.has_changed() for form in self.parts)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self._slug_is_taken(cleaned):
            self.add_error("slug", _("Another connection of this space has this short name."))
        scheme = cleaned.get("hook_scheme") or HookScheme.NONE
        try:
            check_hook(scheme, cleaned.get("hook_header", ""), self._hook_secret())
        except InvalidConfigError as refused:
            for name, text in refused.fields.items():
                self.add_error(name, text)
        return cleaned

    def save(self, commit: bool = True) -> Connection:  # noqa: ARG002 - Django's signature.
        """Write the connection and its grants."""
        connection = super().save(commit=False)
        # Without its connector nobody can judge the settings; they stay as they are.
        if self.settings_form:
            self.instance = connection = self._save_with_settings(connection)
        else:
            connection.save()
        if self.grants_form:
            self.grants_form.connection = connection
            self.grants_form.save()
        return connection

    def _save_with_settings(self, connection: Connection) -> Connection:
        plain = {name: getattr(connection, name) for name in self.Meta.fields}
        before = Connection.objects.get(pk=connection.pk) if connection.pk else connection
        return save_connection(
            **plain,
            connector=connection.connector,
            connection=before,
            config=self.settings_form.values,
            keep_secrets=False,
            hook_secret="" if connection.hook_scheme == HookScheme.NONE else self._hook_secret(),
        )

    @property
    def identity_fields(self) -> list[forms.BoundField]:
        """What it is called and who it is about."""
        names = ["name", "slug", "space", "personal", "enabled"]
        return [self[name] for name in names if not self[name].is_hidden]

    @property
    def limit_fields(self) -> list[forms.BoundField]:
        """How long a call may take, and how often it is asked for changes."""
        return [self[name] for name in ("timeout_ms", "poll_interval_s") if name in self.fields]

    @property
    def sends_hooks(self) -> bool:
        """Whether the connector may understand hooks, or one is set up already."""
        return self._may("hooks") or self.instance.hook_scheme != HookScheme.NONE

    @property
    def can_be_polled(self) -> bool:
        """Whether the connector may be able to say what changed, or polling is set up already."""
        return self._may("polling") or self.instance.poll_interval_s > 0

    def _may(self, capability: str) -> bool:
        """Where a connector names no types, its settings decide what it can do, and they may change."""
        return capability in self.capabilities or bool(self.connector and not self.connector.types)

    def _make_settings_form(self, data: Any) -> SettingsForm | None:
        if self.connector is None:
            return None
        stored = join_secrets(self.instance.config, self.secrets.config) if self.instance.pk else None
        return SettingsForm(data, config_class=self.connector.config_class, stored=stored)

    def _fit_fields(self) -> None:
        """Leave out what this connector cannot do, and what may not change any more."""
        if not self.sends_hooks:
            del self.fields["hook_scheme"], self.fields["hook_header"], self.fields["hook_secret"]
        if not self.can_be_polled:
            del self.fields["poll_interval_s"]
        if self.secrets.hook and "hook_secret" in self.fields:
            kept = _("A value is stored and never shown. Leave this empty to keep it, type to replace it.")
            self.fields["hook_secret"].help_text = kept
        self.fields["freshness"].widget.types = _types_of(self.instance, self.connector)
        # What a space is belongs to the app beside this one; the field knows its model.
        spaces = self.fields["space"].queryset
        default = spaces.model.objects.default()
        if spaces.count() == 1:
            self.fields["space"].widget = forms.HiddenInput()
        if self.instance.pk:
            # Links and experiences of the space refer to it.
            self.fields["space"].disabled = True
        else:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Shown to apps as the source. Left empty, it follows the name.")
            self.initial["personal"] = "identify" in self.capabilities
            self.initial["space"] = default

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or slugify(self.cleaned_data.get("name", ""))[:50]

    def _slug_is_taken(self, cleaned: Mapping[str, Any]) -> bool:
        others = Connection.objects.filter(space=cleaned.get("space"), slug=cleaned.get("slug"))
        return others.exclude(pk=self.instance.pk).exists()

    def _hook_secret(self) -> str:
        return self.cleaned_data.get("hook_secret") or self.secrets.hook


def _unseal(connection: Connection) -> tuple[Secrets, bool]:
    """The stored secrets, and whether they can no longer be read."""
    try:
        return Secrets.unseal(connection.secrets), False
    except SecretsUnreadableError:
        return Secrets(), True


def _types_of(connection: Connection, connector: type[Connector[Any]] | None) -> tuple[str, ...]:
    if connector is None or connector.types:
        return connector.types if connector else ()
    if not connection.pk:
        return (ANY_TYPE,)
    able = abilities(connection)
    return able.types if able else (ANY_TYPE,)


def _groups_in_admin() -> list[Group]:
    groups = Group.objects.filter(permissions__codename="access_admin").prefetch_related(
        "permissions__content_type"
    )
    return list(groups.order_by("name").distinct())


def _has(group: Group, permission: str) -> bool:
    return any(f"{p.content_type.app_label}.{p.codename}" == permission for p in group.permissions.all())


def _grant_name(group: Group) -> str:
    return f"grant-{group.pk}"
