"""The page of the next smallest step, at ``/admin/next/``, and putting a step off."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from orchestrator.config.guidance import postponed
from orchestrator.config.guidance.facts import gather
from orchestrator.config.guidance.steps import advise
from orchestrator.config.guidance.words import done_words, step_words, wait_words

__all__ = ["NextStepView", "describe_advice"]

_LONGEST_KEY = 500


class NextStepView(WagtailAdminTemplateMixin, TemplateView):
    """One step, what is done, and what was put off. For everybody in the admin: facts know who asks."""

    template_name = "config/next_step.html"
    page_title = _("Next smallest step")
    header_icon = "arrow-right-full"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, advice=describe_advice(self.request.user), page="next")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Put a step off, or bring it back; then to where the button was."""
        key = request.POST.get("key", "")
        if 0 < len(key) <= _LONGEST_KEY:
            change = postponed.bring_back if "bring_back" in request.POST else postponed.put_off
            change(request.user, key)
        return redirect("next_step" if request.POST.get("page") == "next" else "wagtailadmin_home")


def describe_advice(user: Any) -> dict[str, Any]:
    """What templates show to ``user``: the step with its words, what is done, what was put off."""
    advice = advise(gather(user), postponed.put_off_by(user))
    return {
        "step": advice.step and {"key": advice.step.key, "words": step_words(advice.step)},
        "wait": wait_words(advice.wait) if advice.wait else "",
        "done": [done_words(thing, number) for thing, number in advice.done],
        "put_off": [{"key": step.key, "words": step_words(step)} for step in advice.put_off],
    }
