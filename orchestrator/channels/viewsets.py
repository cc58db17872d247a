"""Channels in the admin."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from orchestrator.channels.forms import ChannelForm
from orchestrator.channels.models import Channel

__all__ = ["ChannelViewSet"]


class ChannelIndexView(generic.IndexView):
    """All channels, with the programs that may use them."""

    def get_base_queryset(self) -> QuerySet[Channel]:
        return super().get_base_queryset().select_related("space").prefetch_related("clients")


class ChannelViewSet(ModelViewSet):
    """Where experiences are delivered. Administrators change channels; everybody else reads them."""

    model = Channel
    name = "channels"
    url_namespace = "channels"
    icon = "desktop"
    menu_label = _("Channels")
    menu_order = 305
    add_to_settings_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = [
        *("name", "slug", "space", "default_locale", "clients", "shared_cache"),
        *("srcset", "widest_picture_px"),
    ]
    list_per_page = 50
    list_filter = ["space", "shared_cache"]
    search_fields = ["name", "slug"]
    search_backend_name = None
    index_view_class = ChannelIndexView

    @cached_property
    def list_display(self) -> list[object]:
        return [
            "name",
            Column("slug", label=_("Sent as “channel”"), sort_key="slug"),
            Column(
                "language", label=_("Default language"), accessor=_name_language, sort_key="default_locale"
            ),
            Column("clients", label=_("Used by"), accessor=_list_clients),
            Column("shared_cache", label=_("Shared caches"), accessor=_tell_caches),
        ]

    def get_form_class(self, for_update: bool = False) -> type[ChannelForm]:  # noqa: ARG002 - one form for both.
        return ChannelForm


def _list_clients(channel: Channel) -> str:
    return ", ".join(client.name for client in channel.clients.all()) or str(_("nobody yet"))


def _name_language(channel: Channel) -> str:
    return dict(settings.WAGTAIL_CONTENT_LANGUAGES).get(channel.default_locale, channel.default_locale)


def _tell_caches(channel: Channel) -> str:
    return str(_("may keep answers") if channel.shared_cache else _("keep nothing"))
