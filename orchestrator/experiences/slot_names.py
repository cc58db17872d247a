"""What a slot may be called."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

__all__ = ["GIVEN_TWICE", "NAME_RULE", "NAME_RULE_WORDS", "is_slot_name"]

# As Python and browsers both read it; the whole name has to match.
NAME_RULE = "[a-z][a-z0-9_-]*"
NAME_RULE_WORDS = _("Use small letters, digits, hyphens and underscores, and begin with a letter.")
GIVEN_TWICE = _("Another slot has this name. Apps could not tell them apart.")


def is_slot_name(name: str) -> bool:
    """Whether an app can ask for it."""
    return re.fullmatch(NAME_RULE, name) is not None
