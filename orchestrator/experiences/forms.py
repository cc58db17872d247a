"""The editor's form: drafts may be incomplete, what is published may not."""

from __future__ import annotations

from django.utils.translation import gettext as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from orchestrator.access import api as access
from orchestrator.experiences import validation

__all__ = ["CompositionForm"]


class CompositionForm(WagtailAdminModelForm):
    """Fills in the space where there is but one, and shows beside each block why it cannot be published."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # Links belong to a space: moving an experience to another would strand them.
        if "space" in self.fields and (self.instance.pk or len(access.spaces()[:2]) < 2):
            del self.fields["space"]
            if self.instance.space_id is None:
                self.instance.space = access.default_space()

    def clean(self):
        """Refuse a short name that is taken, also where the draft is not stored as a row yet."""
        cleaned = super().clean()
        space = cleaned.get("space") or (self.instance.space_id and self.instance.space)
        slug = cleaned.get("slug")
        if space and slug and self._is_taken(space, slug):
            self.add_error("slug", _("Another one of this space and language has this short name."))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        field = "slots" if "slots" in self.fields else "items"
        if field not in self.cleaned_data or self.instance.space_id is None:
            return
        found = [] if self.for_user is None else validation.addition_problems(self.instance, self.for_user)
        if not self.is_deferred_validation:
            found += validation.content_problems(self.instance) + validation.fit_problems(self.instance)
        if found:
            self.add_error(field, validation.as_form_error(found))

    def _is_taken(self, space, slug: str) -> bool:
        same_address = self._meta.model.objects.filter(space=space, slug=slug, locale=self.instance.locale_id)
        return same_address.exclude(pk=self.instance.pk).exists()
