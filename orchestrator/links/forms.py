"""The forms of links, collections and bound links."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orchestrator.links.models import BoundLink, Collection, Link
from orchestrator.links.queries import PREFIX, query_fields, query_values
from orchestrator.links.sources import Source
from orchestrator.links.words import type_label

__all__ = ["BoundLinkForm", "CollectionForm", "LinkForm", "SourceForm"]


class LinkForm(forms.ModelForm):
    """What editors may write about an asset. All else is its source's."""

    class Meta:
        model = Link
        fields = ["alt"]


class SourceForm(forms.Form):
    """The first step of a collection or bound link: where it comes from, and of which type."""

    source = forms.ChoiceField(label=_("From"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, sources: list[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs = {f"{source.id}:{name}": (source, name) for source in sources for name in source.types}
        self.fields["source"].choices = [
            (key, f"{source.connection.name}: {type_label(name)}")
            for key, (source, name) in self.pairs.items()
        ]


class RowForm(forms.ModelForm):
    """A row at a connection that the view has checked; the form never changes it."""

    def _get_validation_exclusions(self) -> set[str]:
        # The name must be the only one at its connection, though the form does not ask for that one.
        return super()._get_validation_exclusions() - {"connection"}


class CollectionForm(RowForm):
    """Name, number, and the connector's own query parameters."""

    class Meta:
        model = Collection
        fields = ["name", "limit"]

    def __init__(self, *args: Any, schema: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = query_fields(schema, self.instance.query)
        limit = self.fields.pop("limit")
        self.fields.update({**asked, "limit": limit})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.query = query_values(cleaned)
        return cleaned

    @property
    def query_field_names(self) -> list[str]:
        """The fields of the query alone."""
        return [name for name in self.fields if name.startswith(PREFIX)]


class BoundLinkForm(RowForm):
    """How the person of a request is found."""

    identifier_kind = forms.ChoiceField(
        label=_("Identifier in the request"),
        help_text=_("What the app sends to say whom the request is about."),
    )

    class Meta:
        model = BoundLink
        fields = ["name", "identifier_kind", "sample_value"]

    def __init__(self, *args: Any, kinds: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict.fromkeys([*kinds, self.instance.identifier_kind])
        self.fields["identifier_kind"].choices = [(kind, kind) for kind in known if kind]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.connection.personal:
            raise ValidationError(_("A bound link needs a connection that holds people's data."))
        return cleaned
