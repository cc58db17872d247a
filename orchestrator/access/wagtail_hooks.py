"""Registers spaces, API clients and what is logged about keys."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from orchestrator.access.viewsets import ApiClientViewSet, SpaceViewSet


@hooks.register("register_admin_viewset")
def register_viewsets():
    return [SpaceViewSet(), ApiClientViewSet()]


@hooks.register("register_log_actions")
def register_log_actions(actions):
    @actions.register_action("access.issue_key")
    class IssueKey(LogFormatter):
        label = _("Make a key")

        def format_message(self, log_entry):
            return _("Key %(key)s… made") % {"key": log_entry.data.get("key", "")}

    @actions.register_action("access.revoke_key")
    class RevokeKey(LogFormatter):
        label = _("Revoke a key")

        def format_message(self, log_entry):
            return _("Key %(key)s… revoked") % {"key": log_entry.data.get("key", "")}
