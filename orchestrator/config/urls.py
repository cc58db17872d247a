"""Addresses of the hub."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from orchestrator.delivery.views import NothingHereView

urlpatterns = [
    path("api/v1/", include("orchestrator.delivery.urls")),
    re_path(r"^api(/.*)?$", NothingHereView.as_view()),
    path("health/", include("orchestrator.delivery.health_urls")),
    path("admin/", include("orchestrator.config.doors")),
    path("admin/", include(wagtailadmin_urls)),
    path("", RedirectView.as_view(pattern_name="wagtailadmin_home", permanent=False)),
]
