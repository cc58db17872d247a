"""A link, collection or bound link that something uses is not deleted, from wherever it is tried."""

from __future__ import annotations

from typing import Any

from django.db.models import ProtectedError
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _

from orchestrator.links.models import BoundLink, Collection, Link, Use

__all__ = ["guard_deletion"]

_KIND_OF = {Link: Use.Target.LINK, Collection: Use.Target.COLLECTION, BoundLink: Use.Target.BOUND}


def guard_deletion() -> None:
    """Refuse from now on. A signal, since a queryset deletes without asking its model."""
    for model in _KIND_OF:
        pre_delete.connect(_refuse_while_used, sender=model, dispatch_uid=f"links.guard.{model.__name__}")


def _refuse_while_used(sender: type, instance: Any, **_kwargs: Any) -> None:
    uses = Use.objects.filter(target=_KIND_OF[sender], target_uuid=instance.uuid)
    if uses.exists():
        raise ProtectedError(_("It is still used; take it out there first."), set(uses))
