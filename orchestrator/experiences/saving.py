"""Experiences and fragments from plain data, for files that say what there should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Locale

from orchestrator.engine.plan import Failure
from orchestrator.experiences import publishing
from orchestrator.experiences.locales import locale_tag
from orchestrator.experiences.models import Composition, Experience, Fragment
from orchestrator.experiences.types import in_order

__all__ = [
    "UnknownLocaleError",
    "experience_by_slug",
    "fragment_by_slug",
    "save_experience",
    "save_fragment",
]

SlotData = Mapping[str, Any]
ItemData = Mapping[str, Any]
_PICTURES = ("picture_width", "picture_height", "picture_format")


class UnknownLocaleError(ValueError):
    """A language that this installation does not offer."""


def save_experience(
    *,
    space: Any,
    slug: str,
    title: str,
    locale: str,
    slots: Sequence[SlotData],
    publish: bool,
    by: Any = None,
    translation_of: Experience | None = None,
) -> Experience:
    """Make or change the experience at ``space``, ``locale`` and ``slug``; saying the same changes nothing.

    Args:
        slots: Each ``{"name", "label", "accepts", "items", "fallback", "on_failure",
            "last_known_good_s", "picture_width", "picture_height", "picture_format"}``; only ``name`` is
            needed. A format is "webp", "jpeg" or "avif". Items are ``{"link": row}``,
            ``{"collection": row}``, ``{"bound": row}`` or ``{"fragment": row}``.
        publish: False leaves a draft, and what is live as it is.
        translation_of: The experience that a new one translates.

    Raises:
        ValidationError: A value is refused; nothing is stored.
        PublishRefusedError: It cannot be published as it is; nothing is stored.
        UnknownLocaleError: The installation has no such language.
    """
    experience = _found(Experience, space, slug, locale, translation_of)
    return _save(experience, title, {"slots": _slots(slots)}, publish=publish, by=by)


def save_fragment(
    *,
    space: Any,
    slug: str,
    title: str,
    locale: str,
    items: Sequence[ItemData],
    publish: bool,
    by: Any = None,
    translation_of: Fragment | None = None,
    fit_is_judged_later: bool = False,
) -> Fragment:
    """As :func:`save_experience`, for a fragment; its items hold no other fragment.

    With ``fit_is_judged_later`` the caller changes the experiences that show it, too, and calls
    :func:`refuse_unless_fitting` in the end.
    """
    fragment = _found(Fragment, space, slug, locale, translation_of)
    later = {"fit_is_judged_later": True} if fit_is_judged_later else {}
    return _save(fragment, title, {"items": _items(items)}, publish=publish, by=by, **later)


def fragment_by_slug(*, space: Any, slug: str, locale: str) -> Fragment | None:
    """The fragment at this address, live or not."""
    return Fragment.objects.filter(space=space, slug=slug, locale=_locale(locale)).first()


def experience_by_slug(*, space: Any, slug: str, locale: str) -> Experience | None:
    """The experience at this address, live or not."""
    return Experience.objects.filter(space=space, slug=slug, locale=_locale(locale)).first()


def _found(model: type[Any], space: Any, slug: str, locale: str, translation_of: Composition | None) -> Any:
    row = _locale(locale)
    found = model.objects.filter(space=space, slug=slug, locale=row).first()
    if found is not None:
        return found.get_latest_revision_as_object()
    made = model(space=space, slug=slug, locale=row)
    if translation_of is not None:
        made.translation_key = translation_of.translation_key
    return made


def _locale(code: str) -> Locale:
    wanted = locale_tag(code)
    for locale in Locale.objects.all():
        if locale_tag(locale.language_code) == wanted:
            return locale
    raise UnknownLocaleError(f"no language {wanted!r} here; add it in the admin under Settings, Locales")


@transaction.atomic
def _save(
    composition: Any, title: str, content: Mapping[str, Any], *, publish: bool, by: Any, **options: Any
) -> Any:
    before = _state(composition)
    composition.title = title
    for field, value in content.items():
        setattr(composition, field, value)
    if composition.pk is None:
        composition.full_clean(exclude=list(content) if not publish else None)
        composition.save()
    if composition.latest_revision is None or _state(composition) != before:
        revision = composition.save_revision(user=by, clean=publish, log_action=True)
    else:
        revision = composition.latest_revision
    if publish and (composition.has_unpublished_changes or not composition.live):
        # What ``revision.publish`` does, which takes no option of ours.
        revision.content_object.publish(revision, user=by, skip_permission_checks=True, **options)
    stored = type(composition).objects.get(pk=composition.pk)
    if publish:
        # What its collections and links say may have changed, though nothing in it has.
        publishing.follow(stored)
    return stored


def _state(composition: Any) -> Any:
    """What an editor would see as changed; ids of blocks are made anew each time and say nothing."""
    field = "slots" if hasattr(composition, "slots") else "items"
    stream = getattr(composition, field)
    return composition.title, _without_ids(stream.stream_block.get_prep_value(stream))


def _without_ids(value: Any) -> Any:
    if isinstance(value, Mapping):
        is_block = {"type", "value"} <= value.keys()
        return {name: _without_ids(part) for name, part in value.items() if not (is_block and name == "id")}
    return [_without_ids(part) for part in value] if isinstance(value, list) else value


def _slots(slots: Iterable[SlotData]) -> list[dict[str, Any]]:
    return [{"type": "slot", "value": _slot(slot)} for slot in slots]


def _slot(slot: SlotData) -> dict[str, Any]:
    known = {"name", "label", "accepts", "items", "fallback", "on_failure", "last_known_good_s", *_PICTURES}
    if unknown := sorted(slot.keys() - known):
        raise ValidationError(f"unknown keys in a slot: {', '.join(unknown)}")
    last_known_good_s = slot.get("last_known_good_s")
    return {
        "name": slot["name"],
        "label": slot.get("label", ""),
        "accepts": in_order(slot.get("accepts", ())),
        "items": _items(slot.get("items", ())),
        "fallback": _items(slot.get("fallback", ())),
        "on_failure": Failure(slot.get("on_failure") or Failure.LAST_KNOWN_GOOD).value,
        # Editors see minutes; a part of one counts as a whole, as less would show less than was asked.
        "last_known_good_minutes": None if last_known_good_s is None else ceil(last_known_good_s / 60),
        "picture_width": slot.get("picture_width"),
        "picture_height": slot.get("picture_height"),
        "picture_format": slot.get("picture_format") or "",
    }


def _items(items: Iterable[ItemData]) -> list[dict[str, Any]]:
    return [{"type": kind, "value": row.pk} for item in items for kind, row in item.items()]
