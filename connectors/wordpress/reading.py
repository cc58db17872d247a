"""Reading by id, and what it means that WordPress does not give something.

A list that is asked for ids leaves out what is a draft, in the trash, private, deleted or never was, all
alike. Alone, what exists and may not be seen is 401 or 403, what does not exist is 404.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.sdk import Asset, BadResponseError, Call, ConfigurationError, Missing, MissingReason, Ref
from connectors.wordpress.asking import MEDIA, Asking, Problem, whole
from connectors.wordpress.media import Media, media_type, to_media
from connectors.wordpress.posts import Post, to_article

__all__ = ["Reading"]

# Ids that a list left out and that are then asked for alone, in one reading. Further ones are unknown.
MOST_ALONE = 10

_ID = re.compile(r"[1-9][0-9]{0,18}")
_GONE, _HIDDEN = Missing(MissingReason.GONE), Missing(MissingReason.HIDDEN)

Row = Mapping[str, Any]


class Reading(Asking):
    """Reads articles, pictures and videos."""

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing]:
        """One call for each list that may hold some of them, and one for each that is not there."""
        # WordPress reads "-5" and "05" as 5.
        own = [r for r in refs if r.type in self.asset_types() and _ID.fullmatch(r.external_id)]
        verdicts: dict[Ref, Asset | Missing] = {ref: _GONE for ref in refs if ref not in own}
        articles = [ref for ref in own if ref.type == "Article"]
        files = [ref for ref in own if ref.type != "Article"]
        if articles:
            verdicts |= self._read(articles, self.config.post_types, call)
        if files:
            verdicts |= self._read(files, (MEDIA,), call)
        return verdicts

    def assets(self, base: str, rows: Iterable[Row]) -> list[Asset]:
        """Assets of a list, in its order. What cannot be shown or read is left out.

        Raises:
            BadResponseError: Not one of them can be read.
        """
        refs = {ref: row for row in rows if (ref := self.ref_of(base, row))}
        return [one for one in self._judged(base, refs).values() if isinstance(one, Asset)]

    def _read(self, refs: Sequence[Ref], bases: Sequence[str], call: Call) -> dict[Ref, Asset | Missing]:
        verdicts: dict[Ref, Asset | Missing] = {}
        left = list(dict.fromkeys(refs))
        for base in bases:
            ids = list(dict.fromkeys(ref.external_id for ref in left))
            if not ids:
                break
            rows = {self._id_of(base, row): row for row in self._rows(base, ids, call)}
            found = {ref: rows[ref.external_id] for ref in left if ref.external_id in rows}
            verdicts |= self._judged(base, found)
            left = [ref for ref in left if ref not in found]
        for ref in left[:MOST_ALONE]:
            verdict = self._ask_alone(ref, bases, call)
            if verdict is not None:
                verdicts[ref] = verdict
        return verdicts

    def _rows(self, base: str, ids: Sequence[str], call: Call) -> list[dict[str, Any]]:
        params = {**whole(base), "include": ",".join(ids), "orderby": "include", "per_page": len(ids)}
        return self.listed_whatever_status(base, params, call).rows

    def _ask_alone(self, ref: Ref, bases: Sequence[str], call: Call) -> Asset | Missing | None:
        """What a list left out. Gone is what no list knows; ``None`` if WordPress says something else.

        A list may leave out what is there: one of another language, where a plugin keeps several.
        """
        for base in bases:
            given = self.one(base, ref.external_id, call)
            if not isinstance(given, Problem):
                return self._judge(base, ref, given)
            if given.code == "rest_forbidden":
                # A draft, planned, private, or in the trash: without an editor's key all are alike.
                return _HIDDEN
            if given.code == "rest_no_route":
                raise ConfigurationError(f"{self.name}: GET {base}: HTTP 404: there is no such list")
            if given.code != "rest_post_invalid_id":
                return None
        return _GONE

    def _judged(self, base: str, rows: Mapping[Ref, Row]) -> dict[Ref, Asset | Missing]:
        """What each row is. One that cannot be read is left out; if none can, the answer is bad."""
        verdicts: dict[Ref, Asset | Missing] = {}
        problems = []
        for ref, row in rows.items():
            try:
                verdicts[ref] = self._judge(base, ref, row)
            except BadResponseError as problem:
                problems.append(problem)
        if problems and not verdicts:
            raise problems[0]
        return verdicts

    def _judge(self, base: str, ref: Ref, row: Row) -> Asset | Missing:
        where = f"{self.name}: GET {base}"
        if base == MEDIA:
            return to_media(self.parse(Media, row, where=where), ref, self.config)
        return to_article(self.parse(Post, row, where=where), self.config)

    def _id_of(self, base: str, row: Row) -> str:
        number = row.get("id")
        if not isinstance(number, int) or isinstance(number, bool):
            raise BadResponseError(f"{self.name}: GET {base}: a row without an id")
        return str(number)

    def ref_of(self, base: str, row: Row) -> Ref | None:
        """The address of a row; ``None`` for a file that is neither picture nor video."""
        kind = media_type(row.get("mime_type")) if base == MEDIA else "Article"
        return Ref(kind, self._id_of(base, row)) if kind else None
