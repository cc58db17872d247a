"""Views of the editor that differ from Wagtail's: refusals in words, copies that are new, where to fetch."""

from __future__ import annotations

from dataclasses import asdict
from itertools import count

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import policy_registry
from wagtail.snippets.views import snippets

from orchestrator.experiences import uses
from orchestrator.experiences.errors import DeletedMeanwhileError, PublishRefusedError
from orchestrator.experiences.hold_ups import hold_ups
from orchestrator.experiences.models import Composition
from orchestrator.experiences.side_panels import FetchSidePanel, PlacementsSidePanel

__all__ = [
    "CollectWorkflowActionDataView",
    "ConfirmWorkflowCancellationView",
    "CopyView",
    "CreateView",
    "DeleteView",
    "EditView",
    "UnpublishView",
    "WorkflowActionView",
    "WorkflowPreviewView",
]


def tell_refusal(request, composition: Composition, refusal: PublishRefusedError) -> None:
    """Say that the draft is kept, that it is not published, and why."""
    reasons = " ".join(refusal.messages)
    messages.error(
        request,
        _("“%(title)s” is saved as a draft, but not published. %(reasons)s")
        % {"title": composition.title, "reasons": reasons},
    )


class DeletedMixin:
    """A view that says so when somebody else has deleted what it is about, instead of failing."""

    deleted_meanwhile = False

    def setup(self, request, *args, **kwargs):
        try:
            super().setup(request, *args, **kwargs)
        except Http404:
            # Who only looks is told that there is nothing; who did something wants to know what became of it.
            there = self.model._default_manager.filter(pk=unquote(str(kwargs["pk"]))).exists()
            if request.method != "POST" or there:
                raise
            self.deleted_meanwhile = True

    def dispatch(self, request, *args, **kwargs):
        if self.deleted_meanwhile:
            return self.tell_deleted()
        try:
            return super().dispatch(request, *args, **kwargs)
        except DeletedMeanwhileError:
            return self.tell_deleted()

    def tell_deleted(self):
        """Autosave leaves the page as it is; everybody else is taken to the list."""
        kind = self.model._meta.verbose_name
        if not self.request.accepts("text/html"):
            words = _("This %(kind)s was deleted meanwhile. What you typed is in this window only.")
            # Of the codes that Wagtail's script knows, the one whose words it shows and does nothing else.
            answer = {"success": False, "error_code": "locked", "error_message": words % {"kind": kind}}
            return JsonResponse(answer, status=404)
        messages.error(self.request, _("This %(kind)s was deleted meanwhile.") % {"kind": kind})
        return redirect(reverse(self.model.snippet_viewset.get_url_name("list")))


class RefusalMixin:
    """An editor in which a refused publication ends with a message and the draft kept."""

    def publish_action(self):
        return self._unless_refused(super().publish_action)

    def workflow_action_action(self):
        return self._unless_refused(super().workflow_action_action)

    def _unless_refused(self, act):
        try:
            with transaction.atomic():
                return act()
        except PublishRefusedError as refusal:
            tell_refusal(self.request, self.object, refusal)
            return redirect(self.get_edit_url())


class HoldUpsMixin:
    """An editor that tells autosave which fields it refuses, so that the page can say so at once."""

    def get_error_message(self):
        if self.expects_json_response:
            return _("Until the fields named above are mended, what you typed is in this window only.")
        return super().get_error_message()

    def json_error_response(self, error_code, error_message):
        form = getattr(self, "form", None)
        found = [asdict(hold_up) for hold_up in hold_ups(form)] if form is not None and form.is_bound else []
        answer = {"success": False, "error_code": error_code, "error_message": error_message}
        title = _("These fields keep it from being saved:")
        return JsonResponse(answer | {"hold_ups": found, "hold_ups_title": title}, status=400)


class SidePanelsMixin:
    """Adds what an editor wants to know beside the form."""

    def get_side_panels(self):
        panels = [*super().get_side_panels()]
        if self.object and self.object.pk and not self.expects_json_response:
            own = FetchSidePanel if self.model._meta.model_name == "experience" else PlacementsSidePanel
            panels.append(own(self.object, self.request))
        return MediaContainer(panels)


class CreateView(HoldUpsMixin, RefusalMixin, snippets.CreateView):
    """A new one."""


class EditView(DeletedMixin, HoldUpsMixin, RefusalMixin, SidePanelsMixin, snippets.EditView):
    """An existing one."""


class CopyView(HoldUpsMixin, RefusalMixin, snippets.CopyView):
    """A new one that begins as another does: with an identity, a title and a short name of its own."""

    def get_initial_form_instance(self):
        source = self.get_object().get_latest_revision_as_object()
        copy = self.model(
            space=source.space,
            locale=source.locale,
            title=_("Copy of %(title)s") % {"title": source.title},
            slug=self._free_slug(source),
        )
        field = "slots" if hasattr(source, "slots") else "items"
        setattr(copy, field, getattr(source, field))
        return copy

    def _free_slug(self, source: Composition) -> str:
        siblings = self.model.objects.filter(space=source.space_id, locale=source.locale_id)
        taken = set(siblings.filter(slug__startswith=source.slug).values_list("slug", flat=True))
        return next(slug for number in count(2) if (slug := f"{source.slug[:45]}-{number}") not in taken)


class ReviewMixin:
    """A view of a workflow's step, for those who see its object anyway and for those whose step it is.

    Wagtail tells everybody in the admin the title of what is not under review, and the name of its step.
    """

    def dispatch(self, request, *args, **kwargs):
        if not self.deleted_meanwhile and not self._may_know(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def _may_know(self, user) -> bool:
        policy = policy_registry.get_by_type(self.model)
        sees = policy.user_has_any_permission(user, {"view", "add", "change", "delete", "publish"})
        return sees or bool(self.task.get_actions(self.object, user))


class CollectWorkflowActionDataView(ReviewMixin, DeletedMixin, snippets.CollectWorkflowActionDataView):
    """What a step asks before it is taken."""


class WorkflowPreviewView(ReviewMixin, DeletedMixin, snippets.WorkflowPreviewView):
    """What is under review, as its readers would get it."""


class WorkflowActionView(ReviewMixin, DeletedMixin, snippets.WorkflowActionView):
    """Approval from outside the editor."""

    def post(self, request, *args, **kwargs):
        try:
            with transaction.atomic():
                return super().post(request, *args, **kwargs)
        except PublishRefusedError as refusal:
            tell_refusal(request, self.object, refusal)
            return redirect(self.redirect_url)


class ConfirmWorkflowCancellationView(PermissionCheckedMixin, snippets.ConfirmWorkflowCancellationView):
    """Says which workflow publishing ends; only to those who may publish."""

    permission_required = "publish"


class DeleteView(DeletedMixin, snippets.DeleteView):
    """Deleting, with what it will do to readers."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError as refusal:
            # Placed in an experience since this page was asked for.
            messages.error(self.request, str(refusal.args[0]))
            return redirect(self.get_delete_url())

    @property
    def confirmation_message(self):
        if self.object.live:
            return _(
                "“%(title)s” is live. Apps that ask for it will find nothing from this moment on. Delete it?"
            ) % {"title": self.object.title}
        return super().confirmation_message


class UnpublishView(DeletedMixin, snippets.UnpublishView):
    """Unpublishing, with what it will do to readers."""

    template_name = "experiences/confirm_unpublish.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.model._meta.model_name == "fragment":
            context["placements"] = uses.placements_of(self.object).filter(in_live=True)
        return context
