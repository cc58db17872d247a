"""Choosing a fragment. Wagtail's own views let in everybody who may enter the admin; these do not."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from wagtail.snippets.views import chooser

__all__ = ["FragmentChooserViewSet"]

_MAY_CHOOSE = ("experiences.add_experience", "experiences.change_experience", "experiences.view_fragment")


class MayChooseMixin:
    """Only for those who compose, or may see fragments anyway."""

    def dispatch(self, request, *args, **kwargs):
        if not any(request.user.has_perm(permission) for permission in _MAY_CHOOSE):
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


class FragmentChooserViewSet(chooser.SnippetChooserViewSet):
    """The views of the chooser."""

    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
