"""The form of a channel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from orchestrator.access.api import default_space, spaces
from orchestrator.channels.models import Channel

__all__ = ["ChannelForm"]


class ChannelForm(WagtailAdminModelForm):
    """A channel's names, its language, who may use it, whether a CDN may keep what it shows, its pictures."""

    default_locale = forms.ChoiceField(
        label=_("Default language"),
        help_text=_("Used when a request names none."),
        choices=lambda: settings.WAGTAIL_CONTENT_LANGUAGES,
    )

    class Meta:
        model = Channel
        fields = [
            *("name", "slug", "space", "default_locale", "clients", "shared_cache"),
            *("srcset", "widest_picture_px"),
        ]
        widgets = {"clients": forms.CheckboxSelectMultiple}
        help_texts = {
            "name": _("The place, as people call it: “Website”, “Lobby screens”."),
            "clients": _("A program that is not ticked is refused here."),
            "shared_cache": _(
                "Faster for everybody: a CDN may answer without asking us, so anyone who knows the address "
                "may see public answers there, without a key. Personal answers are never kept. "
                "Switch it off for content that only some programs may see."
            ),
            "srcset": _(
                "For web pages: the browser takes the width that fits its screen (“srcset”). Other programs "
                "need only the one picture that fits the slot."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clients"].queryset = self.fields["clients"].queryset.select_related("space")
        self._keep_unlisted_locale()
        if self.instance.pk:
            # Whoever asks this channel asks for the experiences of the space that it was made for.
            self.fields["space"].disabled = True
            self.fields["clients"].queryset = self.fields["clients"].queryset.filter(
                space=self.instance.space
            )
        else:
            self.initial.setdefault("space", default_space())
        if spaces().count() == 1:
            self.fields["space"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Programs belong to one space and use its channels only."""
        data = super().clean()
        strangers = [c.name for c in data.get("clients", ()) if c.space != data.get("space")]
        if strangers:
            message = _("Not of this space: %(names)s.") % {"names": ", ".join(strangers)}
            self.add_error("clients", ValidationError(message, code="other_space"))
        return data

    def _keep_unlisted_locale(self) -> None:
        """A language that a file set, and that the installation does not list, is not lost by saving."""
        field = self.fields["default_locale"]
        current = self.instance.default_locale
        if current not in dict(field.choices):
            field.choices = [*field.choices, (current, current)]
