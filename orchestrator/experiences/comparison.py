"""The page that compares two versions: which they are, what changed, and live cards for what was chosen.

The cards know who asks; nothing that a source says is in the page itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.compare import StreamFieldComparison
from wagtail.admin.panels import FieldPanel
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.snippets.views import snippets

from orchestrator.experiences.comparing import Mark, compare_items, compare_slots
from orchestrator.links import api as links

__all__ = ["CompareView", "ContentPanel"]


class ContentComparison(StreamFieldComparison):
    """The slots of an experience, or the items of a fragment."""

    def has_changed(self) -> bool:
        return any(change.mark is not Mark.SAME for change in self._changes())

    def htmldiff(self) -> SafeString:
        changes = self._changes()
        if not self._has_slots:
            return render_to_string("experiences/compare_items.html", {"items": changes})
        same = [change.name for change in changes if change.mark is Mark.SAME]
        changed = [change for change in changes if change.mark is not Mark.SAME]
        return render_to_string("experiences/compare_slots.html", {"slots": changed, "same": same})

    @property
    def _has_slots(self) -> bool:
        return "slot" in self.val_b.stream_block.child_blocks

    def _changes(self) -> Sequence[Any]:
        compare = compare_slots if self._has_slots else compare_items
        return compare(self.val_a, self.val_b)


class ContentPanel(FieldPanel):
    """The field of slots or items, compared as above."""

    def get_comparison_class(self) -> type[ContentComparison]:
        return ContentComparison


@dataclass(frozen=True, slots=True)
class Version:
    """What a version is called: when it was saved and by whom, where that is known."""

    name: str
    saved_at: datetime | None = None
    saved_by: str = ""


class CompareView(snippets.RevisionsCompareView):
    """Two versions, the older one first."""

    template_name = "experiences/compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        versions = [self._version(asked) for asked in (self.revision_id_a, self.revision_id_b)]
        return context | {"versions": versions, "media": links.live_media()}

    def _version(self, asked: str) -> Version:
        if asked == "live":
            return Version(_("The live version"))
        revisions = self.object.revisions.select_related("user").order_by("created_at", "id")
        found = {"earliest": revisions.first, "latest": revisions.last}
        revision = found[asked]() if asked in found else revisions.get(pk=asked)
        who = user_display_name(revision.user) if revision.user else ""
        name = _("The live version") if revision.pk == self.object.live_revision_id else _("Version")
        return Version(name, revision.created_at, who)
