"""The admin of experiences and fragments."""

from __future__ import annotations

from wagtail.admin.panels import FieldPanel, Panel, PublishingPanel, TitleFieldPanel
from wagtail.admin.widgets.slug import SlugInput
from wagtail.snippets.views.snippets import SnippetViewSet

from orchestrator.experiences import listing, views
from orchestrator.experiences.choosers import CompositionChooserViewSet
from orchestrator.experiences.comparison import CompareView, ContentPanel
from orchestrator.experiences.models import Experience, Fragment

__all__ = ["experience_viewset", "fragment_viewset"]


class CompositionViewSet(SnippetViewSet):
    """What the two share."""

    add_to_admin_menu = True
    copy_view_enabled = True
    inspect_view_enabled = False
    list_per_page = 50
    index_view_class = listing.IndexView
    add_view_class = views.CreateView
    edit_view_class = views.EditView
    copy_view_class = views.CopyView
    delete_view_class = views.DeleteView
    unpublish_view_class = views.UnpublishView
    revisions_compare_view_class = CompareView
    confirm_workflow_cancellation_view_class = views.ConfirmWorkflowCancellationView
    workflow_action_view_class = views.WorkflowActionView
    collect_workflow_action_data_view_class = views.CollectWorkflowActionDataView
    workflow_preview_view_class = views.WorkflowPreviewView
    # Wagtail registers a chooser for each snippet, also where nothing chooses.
    chooser_viewset_class = CompositionChooserViewSet


def _panels(content: str) -> list[Panel]:
    # A draft may be incomplete, but without a name and an address nobody could find it again.
    return [
        TitleFieldPanel("title", targets=["slug"], classname="", placeholder=False, required_on_save=True),
        FieldPanel("slug", widget=SlugInput, required_on_save=True),
        FieldPanel("space", required_on_save=True),
        ContentPanel(content),
        # Without it the status panel offers no schedule.
        PublishingPanel(),
    ]


class ExperienceViewSet(CompositionViewSet):
    """Experiences: the first thing in the menu."""

    model = Experience
    icon = "grid"
    menu_order = 10
    filterset_class = listing.ExperienceFilterSet
    panels = _panels("slots")


class FragmentViewSet(CompositionViewSet):
    """Fragments, beside them."""

    model = Fragment
    icon = "snippet"
    menu_order = 11
    filterset_class = listing.FragmentFilterSet
    panels = _panels("items")


experience_viewset = ExperienceViewSet()
fragment_viewset = FragmentViewSet()
