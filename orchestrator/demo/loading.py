"""Puts Meridian's content and its administrator into a hub."""

from __future__ import annotations

from importlib.resources import as_file, files

from django.contrib.auth import get_user_model

from orchestrator.provisioning import api as provisioning

__all__ = ["LOGIN", "load_demo"]

LOGIN = "admin"


def load_demo(*, password: str) -> provisioning.Summary:
    """Apply the demo company's file and make its administrator; a second time changes nothing."""
    user, made = get_user_model().objects.get_or_create(
        username=LOGIN,
        defaults={
            "is_staff": True,
            "is_superuser": True,
            "email": "admin@meridian.example",
            "first_name": "Mara",
        },
    )
    if made:
        user.set_password(password)
        user.save(update_fields=["password"])
    with as_file(files("orchestrator.demo").joinpath("content.yaml")) as content:
        return provisioning.apply_file(content)
