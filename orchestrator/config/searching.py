"""Wagtail's search in the database, for whatever somebody types.

On SQLite a quotation mark in the words is a fault of syntax, on PostgreSQL a NUL (seen with modelsearch 1.3).
"""

from __future__ import annotations

from typing import Any

from wagtail.search.backends import database

__all__ = ["SearchBackend"]

_NO_WORDS = str.maketrans({'"': " ", "\0": " "})


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802 - the name that Wagtail looks for.
    """The backend of this database, asked for plain words only."""
    plain = type(database.SearchBackend(params))
    return type("PlainWords", (_PlainWords, plain), {})(params)


class _PlainWords:
    def _search(self, compiler: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(query, str):
            return super()._search(compiler, query, *arguments, **options)
        words = " ".join(query.translate(_NO_WORDS).split())
        # Wagtail's lists cannot show its own "nothing"; a dash is in no index.
        return super()._search(compiler, words or "-", *arguments, **options)
