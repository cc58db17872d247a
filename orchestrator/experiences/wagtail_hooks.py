"""Registers experiences with the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet

from orchestrator.experiences.scheduling import REFUSED_ACTION
from orchestrator.experiences.viewsets import experience_viewset, fragment_viewset

register_snippet(experience_viewset)
register_snippet(fragment_viewset)


@hooks.register("register_log_actions")
def register_refused_publication(actions) -> None:
    """A scheduled publication that was refused is told in the history, with its reasons."""

    @actions.register_action(REFUSED_ACTION)
    class RefusedPublication(LogFormatter):
        label = _("Scheduled publication refused")

        def format_message(self, log_entry):
            reasons = " ".join(log_entry.data.get("reasons", ()))
            return _("Scheduled publication refused: %(reasons)s") % {"reasons": reasons}
