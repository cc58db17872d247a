"""Registers experiences with the admin."""

from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.search import SearchArea
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet

from orchestrator.experiences import deletion
from orchestrator.experiences.bulk import DeleteSeveral
from orchestrator.experiences.listing import CompositionSearchArea
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


# After Wagtail's own, in whose place it stands.
hooks.register("register_bulk_action", DeleteSeveral, order=1000)


@hooks.register("register_admin_search_area")
def search_experiences() -> SearchArea:
    """What the search beside the menu finds."""
    return CompositionSearchArea(experience_viewset, order=10)


@hooks.register("register_admin_search_area")
def search_fragments() -> SearchArea:
    """The second tab of it."""
    return CompositionSearchArea(fragment_viewset, order=11)


# Each says of itself what it does. The first is used by the two after it.
_EDITOR_SCRIPTS = ("field-words.js", "slot-names.js", "hold-ups.js", "autosave-guard.js")


@hooks.register("insert_editor_js")
def help_the_editor() -> str:
    """Keep every edit, and say at once what is wrong."""
    return format_html_join(
        "\n",
        '<script src="{}" defer></script>',
        ((static(f"experiences/{name}"),) for name in _EDITOR_SCRIPTS),
    )


@hooks.register("before_delete_snippet")
def refuse_to_delete_placed_fragments(request, instances):
    """Say where a fragment is placed, instead of leaving holes in experiences."""
    for instance in instances:
        placed_in = deletion.experiences_that_need(instance)
        if placed_in:
            messages.error(
                request,
                gettext("“%(title)s” is used by %(experiences)s. Take it out there first.")
                % {"title": instance, "experiences": ", ".join(f"“{title}”" for title in placed_in)},
            )
            return redirect(fragment_viewset.get_url_name("edit"), instance.pk)
    return None


@hooks.register("insert_global_admin_css")
def style_the_editor() -> str:
    """What the editor's blocks need beyond Wagtail's own styles."""
    return format_html('<link rel="stylesheet" href="{}">', static("experiences/editor.css"))
