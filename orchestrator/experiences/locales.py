"""Which languages stand in for which."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from orchestrator.engine.locales import locale_tag

__all__ = ["best_locale", "locale_chain", "locale_tag", "reading_locale"]


def locale_chain(code: str) -> list[str]:
    """The locale, what it narrows, and the installation's own: "de-CH" is ["de-CH", "de", "en"]."""
    parts = locale_tag(code).split("-")
    narrowing = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return list(dict.fromkeys([*narrowing, locale_tag(settings.LANGUAGE_CODE)]))


def reading_locale(chain: Sequence[str]) -> str:
    """The language in which sources are asked: the first of ``chain`` that this installation has.

    Callers may ask for any language; what they make up must not become calls and cache keys.
    """
    known = [locale_tag(code) for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]
    return best_locale(known, chain) or locale_tag(settings.LANGUAGE_CODE)


def best_locale(available: Sequence[str], chain: Sequence[str]) -> str | None:
    """The first of ``chain`` that is available."""
    return next((locale for locale in chain if locale in available), None)
