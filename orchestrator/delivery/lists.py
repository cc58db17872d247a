"""Lists for app developers, each limited to the client's own space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from orchestrator.channels import api as channels
from orchestrator.connections import api as connections
from orchestrator.delivery import paging, rows
from orchestrator.delivery.documentation import describe_list
from orchestrator.delivery.inputs import check_names
from orchestrator.delivery.views import DeliveryView
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links

__all__ = ["ChannelsView", "ConnectionsView", "ExperiencesView", "LinksView"]


class ListView(DeliveryView, GenericAPIView):
    """One page of rows; parameters that no filter knows are refused."""

    http_method_names = ["get", "head"]
    filter_backends = [DjangoFilterBackend]
    pagination_class = paging.Paging

    def list_page(self, request: Request) -> Response:
        """The page that was asked for."""
        check_names(request.query_params, [*self.filterset_class.base_filters, *paging.PARAMETERS])
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        serializer = self.get_serializer_class()(page, many=True, context=self.describe_page(page))
        response = self.get_paginated_response(serializer.data)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    def describe_page(self, _page: Sequence[Any]) -> dict[str, Any]:
        """What the rows of a page need and is looked up once for all."""
        return {}


class ExperiencesView(ListView):
    """What is published."""

    right = "experiences:read"
    serializer_class = rows.ExperienceRow
    filterset_class = rows.ExperienceFilters

    def get_queryset(self) -> QuerySet[Any]:
        """One row for each experience and language."""
        return experiences.published_experiences(self.client.space_id)

    @extend_schema(
        **describe_list(
            operation_id="list_experiences",
            tag="Experiences",
            summary="List published experiences",
            description="One row for each experience and language. Needs `experiences:read`.",
            row=rows.ExperienceRow(many=True),
        )
    )
    def get(self, request: Request) -> Response:
        """List published experiences."""
        return self.list_page(request)


class ChannelsView(ListView):
    """What the key may name as ``channel``."""

    right = "experiences:read"
    serializer_class = rows.ChannelRow
    filterset_class = rows.ChannelFilters

    def get_queryset(self) -> QuerySet[Any]:
        """The client's own."""
        return channels.channels_of(self.client)

    @extend_schema(
        **describe_list(
            operation_id="list_channels",
            tag="Channels",
            summary="List the key's channels",
            description="Those that this key may use. Needs `experiences:read`.",
            row=rows.ChannelRow(many=True),
        )
    )
    def get(self, request: Request) -> Response:
        """List the key's channels."""
        return self.list_page(request)


class ConnectionsView(ListView):
    """Where assets come from."""

    right = "connections:read"
    serializer_class = rows.ConnectionRow
    filterset_class = rows.ConnectionFilters

    def get_queryset(self) -> QuerySet[Any]:
        """The space's own, with what is known of their health."""
        return connections.connections_in(self.client.space_id).select_related("health").order_by("slug")

    @extend_schema(
        **describe_list(
            operation_id="list_connections",
            tag="Connections",
            summary="List connections and their health",
            description="Without settings and secrets. Needs `connections:read`.",
            row=rows.ConnectionRow(many=True),
        )
    )
    def get(self, request: Request) -> Response:
        """List connections and their health."""
        return self.list_page(request)


class LinksView(ListView):
    """Which assets are linked, and where they are used."""

    right = "links:read"
    serializer_class = rows.LinkRow
    filterset_class = rows.LinkFilters

    def get_queryset(self) -> QuerySet[Any]:
        """The space's own, newest first."""
        return links.links_in(self.client.space_id)

    def describe_page(self, page: Sequence[Any]) -> dict[str, Any]:
        """Who uses the links of this page."""
        return {"uses": links.uses_of(kind="link", uuids=[link.uuid for link in page])}

    @extend_schema(
        **describe_list(
            operation_id="list_links",
            tag="Links",
            summary="List links and where they are used",
            description="Addresses only: what is behind a link comes with experiences. Needs `links:read`.",
            row=rows.LinkRow(many=True),
        )
    )
    def get(self, request: Request) -> Response:
        """List links and where they are used."""
        return self.list_page(request)
