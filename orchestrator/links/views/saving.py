"""What somebody should know who changes a row that published experiences use."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from orchestrator.links.uses import uses_of

__all__ = ["TellsWhoIsLive"]


class TellsWhoIsLive:
    """For edit views: what is published was compiled with the row as it was, and stays so until republished.

    Publishing may need an approval; a change of a shared row must not get round it.
    """

    use_kind: str

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, then name what still delivers the old state."""
        response = super().form_valid(form)
        users = uses_of(kind=self.use_kind, uuids=[self.object.uuid])
        live = [user.title for user in users.get(str(self.object.uuid), []) if user.in_live]
        if live and form.has_changed():
            text = _("Apps see the change once these are published again: %(titles)s.")
            messages.warning(self.request, text % {"titles": ", ".join(live)})
        return response
