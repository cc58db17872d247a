"""Choosing fragments and experiences. Wagtail's own views let in everybody in the admin; these do not."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from wagtail.snippets.views import chooser

__all__ = ["CompositionChooserViewSet"]

_COMPOSE = ("experiences.add_experience", "experiences.change_experience")


class MayChooseMixin:
    """Only for those who compose, or may see what is chosen from anyway."""

    def dispatch(self, request, *args, **kwargs):
        see = f"experiences.view_{self.model_class._meta.model_name}"
        if not any(request.user.has_perm(permission) for permission in (see, *_COMPOSE)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ChooseView(MayChooseMixin, chooser.ChooseView):
    """The first page."""


class ChooseResultsView(MayChooseMixin, chooser.ChooseResultsView):
    """The results of a search."""


class ChosenView(MayChooseMixin, chooser.SnippetChosenView):
    """What was chosen."""


class ChosenMultipleView(MayChooseMixin, chooser.SnippetChosenMultipleView):
    """What was chosen, several at once."""


class CompositionChooserViewSet(chooser.SnippetChooserViewSet):
    """The views of the chooser."""

    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView

    def get_urlpatterns(self):
        """Without creation: nothing of ours is made in a modal, and Wagtail's view fails without a form."""
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]
