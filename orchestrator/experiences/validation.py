"""What keeps a draft from being published, in words that name the slot.

The same findings are shown beside their blocks in the editor, and said in sentences to everybody
who publishes otherwise: a schedule, a workflow, a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError

from orchestrator.engine.plan import FRAME_PX, Failure
from orchestrator.experiences import uses
from orchestrator.experiences.blocks import FORMAT_CHOICES
from orchestrator.experiences.compilation import is_lost
from orchestrator.experiences.fits import misfits
from orchestrator.experiences.models.plans import PublishedPlan
from orchestrator.experiences.places import places
from orchestrator.experiences.slot_names import GIVEN_TWICE, NAME_RULE_WORDS, is_slot_name
from orchestrator.links import api as links

if TYPE_CHECKING:
    from wagtail.blocks import StreamValue, StructValue

    from orchestrator.experiences.models import Composition

__all__ = ["Problem", "addition_problems", "as_form_error", "content_problems", "fit_problems", "problems"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason. ``slot``, ``field`` and ``item`` are where it is, as far as it is anywhere."""

    message: str
    slot: int | None = None
    slot_name: str = ""
    field: str | None = None
    item: int | None = None

    def sentence(self) -> str:
        """The reason, with its slot's name."""
        if self.slot is None:
            return self.message
        name = self.slot_name or str(self.slot + 1)
        return _("Slot “%(name)s”: %(message)s") % {"name": name, "message": self.message}


def problems(composition: Composition) -> list[Problem]:
    """Everything that keeps it from being published, its users apart; empty when nothing does."""
    return [*_address_problems(composition), *content_problems(composition)]


def content_problems(composition: Composition) -> list[Problem]:
    """What is wrong with its slots or items in themselves."""
    if hasattr(composition, "slots"):
        return list(_slots_problems(composition))
    if not composition.items:
        return [Problem(_("Add at least one item."))]
    check = _ItemCheck(composition.space_id, types_of_fragments(()))
    return list(check.each(composition.items, accepts=()))


def fit_problems(composition: Composition) -> list[Problem]:
    """What a fragment would bring into live experiences that their slots do not accept."""
    if hasattr(composition, "slots"):
        return []
    message = _(
        "The live experience “%(experience)s” shows this fragment in its slot “%(slot)s”, which does not "
        "accept %(type)s. Let that slot accept it first, or take the fragment out there."
    )
    return [
        Problem(
            message
            % {"experience": misfit.experience, "slot": misfit.slot, "type": links.type_label(misfit.type)},
            item=misfit.item,
        )
        for misfit in misfits(composition)
    ]


def addition_problems(composition: Composition, user: Any) -> list[Problem]:
    """What was added to it that ``user`` may not use; nobody is refused what others composed."""
    refused = uses.refused_additions(user, composition)
    message = _("You may not use this, or it is of another space. Take it out, or choose another.")
    return [
        Problem(message, place.slot, place.slot_name, place.field, place.item)
        for place in places(composition)
        if not is_lost(place.value) and (place.kind, place.value.uuid) in refused
    ]


def types_of_fragments(families: Iterable[Any]) -> Mapping[Any, frozenset[str]]:
    """The types of what each published fragment holds; a fragment that is not published is left out."""
    wanted = set(families)
    if not wanted:
        return {}
    rows = PublishedPlan.objects.filter(kind=PublishedPlan.Kind.FRAGMENT, live=True, family__in=wanted)
    types: dict[Any, frozenset[str]] = {}
    for row in rows:
        found = frozenset(item.type for item in row.plan.items() if hasattr(item, "type"))
        types[row.family] = types.get(row.family, frozenset()) | found
    return types


def as_form_error(found: Iterable[Problem]) -> ValidationError:
    """Problems of slots (or, for a fragment, of items) as Wagtail shows them: beside the block."""
    whole: list[ValidationError] = []
    by_slot: dict[int, dict[str, Any]] = {}
    by_item: dict[int, ValidationError] = {}
    for problem in found:
        error = ValidationError(problem.message)
        if problem.slot is not None:
            _put(by_slot.setdefault(problem.slot, {}), problem, error)
        elif problem.item is not None:
            by_item[problem.item] = _joined(by_item.get(problem.item), error)
        else:
            whole.append(error)
    blocks = by_item | {place: StructBlockValidationError(fields) for place, fields in by_slot.items()}
    return StreamBlockValidationError(block_errors=blocks, non_block_errors=whole)


def _put(fields: dict[str, Any], problem: Problem, error: ValidationError) -> None:
    name = problem.field or "name"
    if problem.item is None:
        fields[name] = error
        return
    earlier = fields.get(name)
    inner = earlier.block_errors if isinstance(earlier, StreamBlockValidationError) else {}
    error = _joined(inner.get(problem.item), error)
    fields[name] = StreamBlockValidationError(block_errors=inner | {problem.item: error})


def _joined(earlier: ValidationError | None, error: ValidationError) -> ValidationError:
    return error if earlier is None else ValidationError([earlier, error])


def _address_problems(composition: Composition) -> Iterator[Problem]:
    if not composition.title:
        yield Problem(_("Give it a title."))
    if not composition.slug:
        yield Problem(_("Give it a short name."))
        return
    same_address = type(composition).objects.filter(
        space=composition.space_id, locale=composition.locale_id, slug=composition.slug
    )
    if same_address.exclude(pk=composition.pk).exists():
        yield Problem(
            _("Another one of this space and language has the short name “%(slug)s”.")
            % {"slug": composition.slug}
        )


def _slots_problems(experience: Any) -> Iterator[Problem]:
    if not experience.slots:
        yield Problem(_("Add at least one slot."))
    values = [child.value for child in experience.slots]
    families = (
        place.value.translation_key
        for place in places(experience)
        if place.kind == "fragment" and not is_lost(place.value)
    )
    check = _ItemCheck(experience.space_id, types_of_fragments(families))
    names = Counter(value.get("name") for value in values)
    for place, value in enumerate(values):
        for problem in _slot_problems(value, check, names):
            yield replace(problem, slot=place, slot_name=value.get("name") or "")


def _slot_problems(value: StructValue, check: _ItemCheck, names: Counter[str]) -> Iterator[Problem]:
    name = value.get("name")
    if not name:
        yield Problem(_("Give the slot a name."), field="name")
    elif not is_slot_name(name):
        yield Problem(str(NAME_RULE_WORDS), field="name")
    elif names[name] > 1:
        yield Problem(str(GIVEN_TWICE), field="name")
    if value.get("on_failure") == Failure.SUBSTITUTE and not value["fallback"]:
        yield Problem(_("It shows a fallback when an item fails, but has none."), field="fallback")
    yield from _picture_problems(value)
    for field in ("items", "fallback"):
        for problem in check.each(value[field], accepts=value.get("accepts") or ()):
            yield replace(problem, field=field)


def _picture_problems(value: StructValue) -> Iterator[Problem]:
    for field in ("picture_width", "picture_height"):
        side = value.get(field)
        if side is not None and side not in FRAME_PX:
            limits = {"least": FRAME_PX[0], "most": FRAME_PX[-1]}
            yield Problem(_("Give a size from %(least)d to %(most)d pixels.") % limits, field=field)
    if (value.get("picture_format") or "") not in dict(FORMAT_CHOICES):
        yield Problem(_("Choose one of the formats."), field="picture_format")


class _ItemCheck:
    """Checks items against what their slot accepts and their space owns."""

    def __init__(self, space_id: int, fragments: Mapping[Any, frozenset[str]]) -> None:
        self.space_id = space_id
        self.fragments = fragments

    def each(self, items: StreamValue, *, accepts: Iterable[str]) -> Iterator[Problem]:
        for place, item in enumerate(items):
            message = self._message(item.block_type, item.value, frozenset(accepts), number=place + 1)
            if message:
                yield Problem(message, item=place)

    def _message(self, kind: str, value: Any, accepts: frozenset[str], *, number: int) -> str | None:
        if is_lost(value):
            return _("This no longer exists. Choose another, or remove it.")
        if self._space_of(kind, value) != self.space_id:
            words = _("%(item)s, belongs to another space.") % {"item": _name(kind, value, number)}
            return capfirst(words)
        if kind == "fragment" and value.translation_key not in self.fragments:
            return _("The fragment “%(item)s” is not published. Publish it first.") % {"item": value.title}
        types = self.fragments[value.translation_key] if kind == "fragment" else {value.type}
        refused = sorted(links.type_label(name) for name in types - accepts) if accepts else []
        if refused:
            return _("It does not accept %(types)s (%(item)s).") % {
                "types": ", ".join(refused),
                "item": _name(kind, value, number),
            }
        return None

    @staticmethod
    def _space_of(kind: str, value: Any) -> int:
        return value.space_id if kind == "fragment" else value.connection.space_id


def _name(kind: str, value: Any, number: int) -> str:
    """What people find it by. Never its id: whoever reads this may not be allowed to see its connection."""
    if kind == "link":
        return _("item %(number)d, of %(source)s") % {"number": number, "source": value.connection.name}
    return _("item %(number)d, “%(name)s”") % {
        "number": number,
        "name": value.title if kind == "fragment" else value.name,
    }
