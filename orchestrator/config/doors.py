"""Addresses of Wagtail's admin that answer everybody in it: who asks is checked first, or there is nothing.

Included before Wagtail's own, whose names they keep.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path
from wagtail.admin.auth import require_admin_access, user_passes_test
from wagtail.admin.views import workflows
from wagtail.models import Workflow
from wagtail.permissions import policy_registry

__all__ = ["urlpatterns"]


def _may_arrange_workflows(user: Any) -> bool:
    return policy_registry.get_by_type(Workflow).user_has_any_permission(user, {"add", "change"})


def _for_who_arranges_workflows(view: Any) -> Any:
    return require_admin_access(user_passes_test(_may_arrange_workflows)(view))


def no_pages(_request: HttpRequest) -> HttpResponse:
    """This hub has no pages; Wagtail's views of them would still tell the names of workflows."""
    raise Http404


# The choosers of tasks list all tasks, with the workflows that use them.
urlpatterns = [
    path("workflows/task_chooser/", _for_who_arranges_workflows(workflows.TaskChooserView.as_view())),
    path(
        "workflows/task_chooser/results/",
        _for_who_arranges_workflows(workflows.TaskChooserResultsView.as_view()),
    ),
    path(
        "workflows/task_chooser/create/",
        _for_who_arranges_workflows(workflows.TaskChooserCreateView.as_view()),
    ),
    path("workflows/task_chooser/<int:task_id>/", _for_who_arranges_workflows(workflows.task_chosen)),
    re_path(r"^pages/", require_admin_access(no_pages)),
]
