"""Addresses for load balancers, under ``/health/``."""

from django.urls import path

from orchestrator.delivery import health

app_name = "health"
urlpatterns = [
    path("live", health.show_live, name="live"),
    path("ready", health.show_ready, name="ready"),
]
