"""What a request asks for: query and body in, checked values out.

Everything that is wrong is named at once, in the query's order. A GET carries nothing personal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict
from pydantic import ValidationError

from orchestrator.delivery.bodies import read_json
from orchestrator.delivery.problems import FieldError, ProblemError
from orchestrator.delivery.schemas import PersonalRequest

__all__ = ["Inputs", "check_names", "read_inputs"]

PARAMETERS = ("channel", "locale", "explain")
# BCP 47 without its rare parts: language, and up to three subtags.
LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
# Words under which apps know people. A name outside this list is refused too, as an unknown parameter.
_IDENTIFYING = re.compile(
    r"identifiers?([.\[].*)?|context([.\[].*)?|.*(e-?mail|phone|loyalty|customer|member|guest|user|person|crm|account).*",
    re.IGNORECASE,
)
_FIELD_ERRORS: Mapping[str, tuple[str, str]] = {
    "extra_forbidden": ("unknown_field", "is unknown"),
    "missing": ("invalid_field", "is missing"),
    "dict_type": ("invalid_field", "must be an object"),
    "model_type": ("invalid_field", "must be an object"),
    "string_type": ("invalid_field", "must be text"),
    "string_too_short": ("invalid_field", "must not be empty"),
    "string_too_long": ("invalid_field", "is too long"),
    "too_long": ("invalid_field", "has too many fields"),
    "string_pattern_mismatch": ("invalid_field", "has characters that are not allowed"),
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was asked. ``identifiers`` are personal: read to bind links, and for nothing else."""

    channel: str | None = None
    locale: str | None = None
    explain: bool = False
    identifiers: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_inputs(
    request: HttpRequest, *, identifier_kinds: Callable[[], Collection[str]] = frozenset
) -> Inputs:
    """Query and, of a POST, body. ``identifier_kinds`` is asked only where a parameter is unknown.

    Raises:
        ProblemError: 400 naming each bad parameter or field; 413 and 415 of the body.
    """
    check_names(request.GET, PARAMETERS, identifier_kinds=identifier_kinds)
    errors = list(_check_values(request.GET))
    if errors:
        raise ProblemError.of_fields(errors)
    return Inputs(
        channel=request.GET.get("channel"),
        locale=request.GET.get("locale"),
        explain=request.GET.get("explain") == "1",
        identifiers=_read_identifiers(request) if request.method == "POST" else {},
    )


def check_names(
    query: QueryDict,
    known: Collection[str],
    *,
    identifier_kinds: Callable[[], Collection[str]] = frozenset,
) -> None:
    """Refuse parameters that are unknown, given twice, or name a person. Raises ``ProblemError`` (400)."""
    unknown = [name for name in query if name not in known]
    kinds = identifier_kinds() if unknown else ()
    errors = [_refuse_name(name, known, kinds) for name in unknown]
    # The graver refusal first: it gives the problem its code.
    errors.sort(key=lambda error: error.code != "identifier_in_url")
    errors += [_refuse_twins(name, len(values)) for name, values in query.lists() if len(values) > 1]
    if errors:
        raise ProblemError.of_fields(errors)


def _refuse_name(name: str, known: Iterable[str], kinds: Collection[str]) -> FieldError:
    shown = _show(name)
    if name in kinds or _IDENTIFYING.fullmatch(name):
        detail = f"{shown} names a person: send identifiers in a POST body"
        return FieldError("query", shown, "identifier_in_url", detail)
    detail = f"{shown} is unknown; known are {', '.join(known)}"
    return FieldError("query", shown, "unknown_parameter", detail)


def _refuse_twins(name: str, times: int) -> FieldError:
    shown = _show(name)
    return FieldError("query", shown, "duplicate_parameter", f"{shown} is given {times} times")


def _check_values(query: QueryDict) -> Iterator[FieldError]:
    if not query.get("channel", "-"):
        yield FieldError("query", "channel", "invalid_parameter", "channel must not be empty")
    if not LOCALE.fullmatch(query.get("locale", "en")):
        detail = "locale must be a language tag like en or de-CH"
        yield FieldError("query", "locale", "invalid_parameter", detail)
    if query.get("explain", "0") not in ("0", "1"):
        yield FieldError("query", "explain", "invalid_parameter", "explain must be 0 or 1")


def _read_identifiers(request: HttpRequest) -> Mapping[str, str]:
    try:
        return PersonalRequest.model_validate(read_json(request)).identifiers
    except ValidationError as error:
        # Type and place of each error only: pydantic's own texts may quote the value.
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise ProblemError.of_fields([_name_field(one["loc"], one["type"]) for one in found]) from None


def _name_field(place: tuple[int | str, ...], kind: str) -> FieldError:
    # Pydantic marks an error in a key of a mapping by a last part "[key]".
    parts = [_show(str(part)) for part in place if part != "[key]"]
    name = ".".join(parts) or "body"
    code, meaning = _FIELD_ERRORS.get(kind, ("invalid_field", "is not allowed"))
    return FieldError("body", name, code, f"{name} {meaning}")


def _show(name: str) -> str:
    """A caller's own word, short and printable, fit for a message."""
    return "".join(character if character.isprintable() else "�" for character in name[:80])
