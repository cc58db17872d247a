"""JSON requests of our own pages: checked in shape, in size and in permission before anything else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from pydantic import BaseModel, ConfigDict, Field, ValidationError

__all__ = ["CardsBody", "ChooseBody", "SearchBody", "accepts_json", "refuse"]

Type = Annotated[str, Field(min_length=1, max_length=60)]
Types = Annotated[list[Type], Field(max_length=50)]
# What a key in the database can be.
Number = Annotated[int, Field(ge=0, lt=2**63)]
Uuids = Annotated[list[UUID], Field(max_length=200)]


class Body(BaseModel):
    """A request of our own script; what it does not send is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlaceBody(Body):
    """Where the picker was opened: the slot's types and the experience's space."""

    accepts: Types = []
    space: Number | None = None


class SearchBody(PlaceBody):
    """A search; ``cursors`` by connection uuid."""

    query: Annotated[str, Field(max_length=200)] = ""
    sources: Uuids = []
    types: Types = []
    cursors: Annotated[dict[UUID, Annotated[str, Field(max_length=4000)]], Field(max_length=50)] = {}
    patient: bool = False


class ChoiceBody(Body):
    """One asset. The id may hold any character."""

    connection: UUID
    type: Type
    id: Annotated[str, Field(min_length=1, max_length=400)]


class ChooseBody(PlaceBody):
    """What was picked, in its order."""

    items: Annotated[list[ChoiceBody], Field(min_length=1, max_length=50)]


class CardsBody(Body):
    """The cards of one page."""

    link: Uuids = []
    collection: Uuids = []
    bound: Uuids = []


B = TypeVar("B", bound=Body)


def refuse(message: str, *, status: int) -> JsonResponse:
    """An error that the page shows."""
    return JsonResponse({"error": message}, status=status)


def accepts_json(body_class: type[B], *, permission: str) -> Callable[..., Callable[..., HttpResponse]]:
    """Call the view with ``(request, body)`` if the person may and the body has the shape."""

    def decorate(view: Callable[[HttpRequest, B], HttpResponse]) -> Callable[..., HttpResponse]:
        @require_POST
        @wraps(view)
        def checked(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                return refuse(_("You do not have permission for this."), status=403)
            try:
                body = body_class.model_validate_json(request.body)
            except ValidationError as error:
                # Names of fields only: what was sent may be a source's own id.
                fields = sorted({str(e["loc"][0]) if e["loc"] else "body" for e in error.errors()})
                return refuse(_("Not understood: %(fields)s") % {"fields": ", ".join(fields)}, status=400)
            return view(request, body)

        return checked

    return decorate
