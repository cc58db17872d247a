"""The way into experiences for other apps: what is published, and how a file publishes."""

from orchestrator.experiences.drafts import compile_draft
from orchestrator.experiences.errors import PublishRefusedError
from orchestrator.experiences.locales import locale_chain, locale_tag, reading_locale
from orchestrator.experiences.plans import published_experiences, published_plan
from orchestrator.experiences.publishing import refuse_unless_fitting
from orchestrator.experiences.recompiling import recompile
from orchestrator.experiences.saving import (
    UnknownLocaleError,
    experience_by_slug,
    fragment_by_slug,
    save_experience,
    save_fragment,
)
from orchestrator.experiences.waiting import Draft, find_drafts

__all__ = [
    "Draft",
    "PublishRefusedError",
    "UnknownLocaleError",
    "compile_draft",
    "experience_by_slug",
    "find_drafts",
    "fragment_by_slug",
    "locale_chain",
    "locale_tag",
    "published_experiences",
    "published_plan",
    "reading_locale",
    "recompile",
    "refuse_unless_fitting",
    "save_experience",
    "save_fragment",
]
