"""Addresses of the delivery API, under ``/api/v1/``."""

from django.urls import path, re_path

from orchestrator.connections.api import source_urls
from orchestrator.delivery import docs, lists, views

app_name = "delivery"
urlpatterns = [
    path("experiences", lists.ExperiencesView.as_view(), name="experiences"),
    path("experiences/<slug:slug>", views.ExperienceView.as_view(), name="experience"),
    path("channels", lists.ChannelsView.as_view(), name="channels"),
    path("connections", lists.ConnectionsView.as_view(), name="connections"),
    path("links", lists.LinksView.as_view(), name="links"),
    path("openapi.json", docs.OpenApiView.as_view(), name="openapi"),
    path("docs/", docs.show_docs, name="docs"),
    # What sources send and what browsers load; connections answers these itself.
    *source_urls,
    re_path(r"^(?P<rest>.*)$", views.NothingHereView.as_view(), name="nothing"),
]
