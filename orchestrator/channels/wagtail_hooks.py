"""Registers channels."""

from wagtail import hooks

from orchestrator.channels.viewsets import ChannelViewSet


@hooks.register("register_admin_viewset")
def register_viewset():
    return ChannelViewSet()
