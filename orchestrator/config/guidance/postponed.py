"""Steps that somebody put off, kept with the person in Wagtail's profile like other things they dismissed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from wagtail.users.models import UserProfile

__all__ = ["bring_back", "put_off", "put_off_by"]

_NAME = "next-step"
# Of steps that are no longer open the oldest are forgotten.
_MOST = 50


def put_off_by(user: Any) -> Collection[str]:
    """The keys of the steps that ``user`` put off."""
    profile = UserProfile.objects.filter(user=user).first()
    found = profile.dismissibles.get(_NAME, []) if profile else []
    return found if isinstance(found, list) else []


def put_off(user: Any, key: str) -> None:
    """Do not propose this step to ``user`` until it is brought back or becomes another one."""
    _write(user, [*_without(user, key), key][-_MOST:])


def bring_back(user: Any, key: str) -> None:
    """Propose it again."""
    _write(user, _without(user, key))


def _without(user: Any, key: str) -> list[str]:
    return [known for known in put_off_by(user) if known != key]


def _write(user: Any, keys: list[str]) -> None:
    profile = UserProfile.get_for_user(user)
    profile.dismissibles[_NAME] = keys
    profile.save(update_fields=["dismissibles"])
