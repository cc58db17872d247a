"""Addresses of the delivery API."""

urlpatterns: list = []
