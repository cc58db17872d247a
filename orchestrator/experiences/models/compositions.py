"""Experiences and fragments: drafts with revisions, workflow, locks, previews and translations."""

from __future__ import annotations

import uuid

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)
from wagtail.search import index

from orchestrator.experiences import publishing, uses
from orchestrator.experiences.blocks import FragmentItemsBlock, SlotsBlock
from orchestrator.experiences.forms import CompositionForm


def _preview():
    # It assembles, and assembling needs the models of every app below.
    from orchestrator.experiences import preview  # noqa: PLC0415

    return preview


class Composition(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    TranslatableMixin,
    index.Indexed,
    models.Model,
):
    """What experiences and fragments have in common.

    Every way to publish (a button, a schedule, a workflow, a file) goes through :meth:`publish`, and
    each writes the plan in the same transaction: what is live and what is delivered cannot differ.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    space = models.ForeignKey(
        "access.Space", on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("space")
    )
    title = models.CharField(_("title"), max_length=255)
    slug = models.SlugField(
        _("short name"), help_text=_("The name in addresses. Apps ask for it; a change breaks their links.")
    )
    # A new draft is not live before somebody publishes it, whoever makes the row.
    live = models.BooleanField(verbose_name=_("live"), default=False, editable=False)

    base_form_class = CompositionForm
    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.SearchField("slug"),
        index.AutocompleteField("slug"),
        index.FilterField("space_id"),
        index.FilterField("locale_id"),
        index.FilterField("live"),
    ]
    # A translation starts as a draft of its own; nothing of the original's life comes along.
    exclude_fields_in_copy = [
        "uuid", "live", "live_revision", "has_unpublished_changes", "first_published_at",
        "last_published_at", "go_live_at", "expire_at", "expired", "locked", "locked_at", "locked_by",
    ]  # fmt: skip

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:
        """Store the row; the first time, tell the links that a draft uses them.

        Raises:
            DeletedMeanwhileError: Somebody else has deleted it.
        """
        adding = self._state.adding
        with transaction.atomic():
            if not adding:
                publishing.claim(self)
            super().save(*args, **kwargs)
            if adding:
                uses.report_draft(self)

    @property
    def revisions(self):
        """Its revisions; Wagtail asks for this where a model names its own relation."""
        return self._revisions

    def save_revision(self, *args, **kwargs):
        """Store a draft, and tell the links that it uses them.

        Raises:
            DeletedMeanwhileError: Somebody else has deleted it.
        """
        with transaction.atomic():
            publishing.claim(self)
            revision = super().save_revision(*args, **kwargs)
            uses.report_draft(self)
        return revision

    def publish(self, revision, *, fit_is_judged_later: bool = False, **options) -> None:
        """Make a revision live and compile it, or schedule it: both or neither.

        ``fit_is_judged_later`` is for who publishes a fragment together with what shows it.

        Raises:
            PublishRefusedError: It cannot be published as it is; says why, slot by slot.
            DeletedMeanwhileError: Somebody else has deleted it.
        """
        with transaction.atomic():
            publishing.claim(self)
            draft = revision.as_object()
            publishing.refuse_unless_ready(draft)
            if not fit_is_judged_later:
                publishing.refuse_unless_fitting(draft)
            super().publish(revision, **options)
            publishing.follow(self)

    def unpublish(self, **options) -> None:
        """Take it off the air, at once.

        Raises:
            DeletedMeanwhileError: Somebody else has deleted it.
        """
        with transaction.atomic():
            super().unpublish(**options)
            publishing.withdraw(self)

    def delete(self, *args, **kwargs):
        """Delete it with all that belongs to it, also what a publication under way still adds.

        Raises:
            DeletedMeanwhileError: Somebody else was faster.
        """
        with transaction.atomic():
            publishing.claim(self)
            return super().delete(*args, **kwargs)

    @cached_property
    def preview_modes(self) -> list[tuple[str, str]]:
        """One for each channel of its space; read once, as the editor asks dozens of times."""
        return _preview().modes(self)

    @cached_property
    def preview_sizes(self) -> list[dict[str, object]]:
        """Phone first, as that is what most guests hold."""
        return _preview().sizes()

    def serve_preview(self, request, mode_name):
        """The page of the draft, from the document that delivery would answer."""
        return _preview().respond(self, request, channel=mode_name)


class Experience(Composition):
    """What a channel fetches: named slots of linked assets, with what happens when one is missing."""

    slots = StreamField(
        SlotsBlock(),
        verbose_name=_("slots"),
        help_text=_("Each slot is a named place in the app. Its items are read live from their systems."),
    )
    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="experience",
        for_concrete_model=False,
    )
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="experience",
        for_concrete_model=False,
    )

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("experience")
        verbose_name_plural = _("experiences")
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "locale", "slug"],
                name="experiences_experience_slug_once",
                violation_error_message=_(
                    "Another experience of this space and language has this short name."
                ),
            ),
        ]


class Fragment(Composition):
    """Items that several experiences share, published on its own. It holds no other fragment."""

    items = StreamField(
        FragmentItemsBlock(),
        verbose_name=_("items"),
        help_text=_("They appear, in this order, wherever the fragment is placed."),
    )
    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="fragment",
        for_concrete_model=False,
    )
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="fragment",
        for_concrete_model=False,
    )

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("fragment")
        verbose_name_plural = _("fragments")
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "locale", "slug"],
                name="experiences_fragment_slug_once",
                violation_error_message=_("Another fragment here has this short name."),
            ),
        ]
