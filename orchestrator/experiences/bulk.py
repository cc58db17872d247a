"""Deleting several experiences or fragments at once.

Wagtail's own page names, to everybody in the admin, what they may not delete.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.shortcuts import redirect
from wagtail.actions.delete import DeleteAction
from wagtail.admin import messages
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction

from orchestrator.experiences.errors import DeletedMeanwhileError
from orchestrator.experiences.models import Experience, Fragment

__all__ = ["DeleteSeveral"]


class DeleteSeveral(DeleteBulkAction):
    """Only for who may delete; says which of them are live, and logs each."""

    models = [Experience, Fragment]
    template_name = "experiences/confirm_bulk_delete.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.permission_policy.user_has_permission(request.user, "delete"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"live": [item["item"] for item in context["items"] if item["item"].live]}

    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)
        except ProtectedError as refusal:
            # Placed in an experience since this page was asked for; none of them is deleted.
            messages.error(self.request, str(refusal.args[0]))
            return redirect(self.next_url)

    @classmethod
    def execute_action(cls, objects: list[Any], user: Any = None, **_context: Any) -> tuple[int, int]:
        with transaction.atomic():
            deleted = [_delete(row, user) for row in objects]
        return sum(deleted), 0

    def get_execution_context(self) -> dict[str, Any]:
        return super().get_execution_context() | {"user": self.request.user}


def _delete(row: Any, user: Any) -> bool:
    try:
        DeleteAction(row, user=user).execute(skip_permission_checks=True)
    except DeletedMeanwhileError:
        return False
    return True
