"""Views of API clients, and of keys: made, shown once, revoked."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from orchestrator.access.keys import issue_key, revoke_key
from orchestrator.access.models import ApiClient, ApiKey

__all__ = [
    "ApiClientAddView",
    "ApiClientDeleteView",
    "ApiClientEditView",
    "KeyIssueView",
    "KeyRevokeView",
    "SpaceDeleteView",
]


class ApiClientAddView(generic.CreateView):
    """A new client leads on to its keys: without one it cannot fetch."""

    def get_success_url(self):
        return self.get_edit_url()

    def get_success_buttons(self):
        return []


class ApiClientEditView(generic.EditView):
    """Rights, and the panel of keys beneath."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            keys=self.object.keys.all(),
            issue_key_url=reverse("access_clients:issue_key", args=(self.object.pk,)),
        )


class ApiClientDeleteView(generic.DeleteView):
    """Says how many keys end with the client."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs, usable_keys=self.object.keys.filter(revoked_at=None).count()
        )


class KeyView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What both views of one client's keys share."""

    model = ApiClient
    permission_required = "change"
    header_icon = "key"

    @cached_property
    def client(self) -> ApiClient:
        return get_object_or_404(ApiClient, pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return str(self.client)

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("access_clients:index"), "label": _("API clients")},
            {"url": self.client_url, "label": str(self.client)},
            {"url": "", "label": self.get_page_title()},
        ]

    @property
    def client_url(self) -> str:
        return reverse("access_clients:edit", args=(self.client.pk,))


@method_decorator(never_cache, name="dispatch")
class KeyIssueView(KeyView):
    """Makes a key and shows it, in the answer to the POST and nowhere else."""

    page_title = gettext_lazy("New key")
    template_name = "access/apiclient/key_issued.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args, **_kwargs) -> HttpResponse:
        key, plaintext = issue_key(self.client)
        log(instance=self.client, action="access.issue_key", user=request.user, data={"key": key.prefix})
        return self.render_to_response(
            self.get_context_data(client=self.client, plaintext=plaintext, curl=_curl_line(plaintext))
        )


class KeyRevokeView(KeyView):
    """Asks, then ends a key."""

    page_title = gettext_lazy("Revoke a key")
    template_name = "access/apiclient/confirm_revoke.html"

    @cached_property
    def key(self) -> ApiKey:
        return get_object_or_404(ApiKey, pk=self.kwargs["key_pk"], client=self.client)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, key=self.key)

    def post(self, request: HttpRequest, *_args, **_kwargs) -> HttpResponse:
        revoke_key(self.key)
        log(
            instance=self.client, action="access.revoke_key", user=request.user, data={"key": self.key.prefix}
        )
        messages.success(request, _("The key %(key)s is revoked.") % {"key": self.key})
        return redirect(self.client_url)


class SpaceDeleteView(generic.DeleteView):
    """Refuses, in words, while something belongs to the space."""

    def post(self, request, *args, **kwargs):
        if not self.user_has_permission("delete"):
            raise PermissionDenied
        try:
            return super().post(request, *args, **kwargs)
        except ProtectedError:
            messages.error(
                request,
                _("“%(space)s” still owns connections, channels, clients or experiences. Delete those first.")
                % {"space": self.object},
            )
            return redirect(self.get_success_url())


def _curl_line(plaintext: str) -> str:
    return f"curl -H 'Authorization: Bearer {plaintext}' {settings.PUBLIC_URL}/api/v1/experiences"
