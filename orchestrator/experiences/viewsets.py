"""The admin of experiences and fragments."""

from __future__ import annotations

from wagtail.admin.panels import FieldPanel, TitleFieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from orchestrator.experiences.models import Experience, Fragment

__all__ = ["experience_viewset", "fragment_viewset"]


class CompositionViewSet(SnippetViewSet):
    """What the two share."""

    add_to_admin_menu = True
    search_fields = ["title", "slug"]
    copy_view_enabled = True


class ExperienceViewSet(CompositionViewSet):
    """Experiences: the first thing in the menu."""

    model = Experience
    icon = "layer-group"
    menu_order = 100
    panels = [
        TitleFieldPanel("title", targets=["slug"], required_on_save=True),
        FieldPanel("slug", required_on_save=True),
        FieldPanel("space", required_on_save=True),
        FieldPanel("slots"),
    ]


class FragmentViewSet(CompositionViewSet):
    """Fragments, beside them."""

    model = Fragment
    icon = "copy"
    menu_order = 110
    panels = [
        TitleFieldPanel("title", targets=["slug"], required_on_save=True),
        FieldPanel("slug", required_on_save=True),
        FieldPanel("space", required_on_save=True),
        FieldPanel("items"),
    ]


experience_viewset = ExperienceViewSet()
fragment_viewset = FragmentViewSet()
