"""Forms of spaces and API clients."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from orchestrator.access.clients import RIGHTS
from orchestrator.access.models import ApiClient, Space
from orchestrator.access.spaces import default_space, spaces

__all__ = ["ApiClientForm", "SpaceForm"]


class ApiClientForm(WagtailAdminModelForm):
    """Name, space, and what the program may do, in words."""

    rights = forms.MultipleChoiceField(
        label=_("It may"),
        # The API names a right that is missing by its short word.
        choices=lambda: [(right, f"{words} ({right})") for right, words in RIGHTS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = ApiClient
        fields = ["name", "space", "rights"]
        help_texts = {"name": _("The program, as people call it: “Guest app”, “Lobby screens”.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("space", default_space())
        if spaces().count() == 1:
            self.fields["space"].widget = forms.HiddenInput()
        if self.instance.pk:
            # Keys, channels and answers belong to the space it was made for.
            self.fields["space"].disabled = True
        else:
            self.initial.setdefault("rights", ["experiences:read"])


class SpaceForm(WagtailAdminModelForm):
    """A brand's name and its short name."""

    class Meta:
        model = Space
        fields = ["name", "slug"]
