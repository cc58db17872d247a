"""Directus: pictures and videos of its file library.

Batches by ``filter[id][_in]``, because Directus answers 403 alike for a file that is deleted, never
was, or may not be read: only its absence from a batch that works tells anything.

Source: https://directus.io/docs/api/files and https://directus.io/docs/guides/files/transform
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors.directus.files import FIELDS, TYPES_BY_MEDIA, File, Listing, read_moment, to_verdict
from connectors.directus.renditions import FORMATS, rendered_size, rendition_query
from connectors.directus.settings import DirectusConfig
from connectors.sdk import (
    AccessDeniedError,
    Asset,
    AssetPage,
    BadResponseError,
    Call,
    Change,
    ChangePage,
    ConfigurationError,
    FocalPoint,
    Missing,
    MissingReason,
    Notice,
    Picture,
    Ref,
    Rendition,
)
from connectors.sdk.polling import PollPosition, clock_of
from connectors.sdk.rest import Params, RestConnector, segment

__all__ = ["DirectusConnector"]

PAGE_SIZE = 25
POLL_SIZE = 100
POLL_OVERLAP = timedelta(seconds=10)
# Pages that one collection may take: a tag is compared here, so a page can bring few that match.
MAX_QUERY_PAGES = 5

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SMALLEST: Params = {"limit": 1, "fields": "id"}
_SORTS = {"newest": "-uploaded_on,id", "changed": "-modified_on,id", "title": "title,id"}


class DirectusConnector(RestConnector[DirectusConfig]):
    """Pictures and videos of one Directus."""

    name: ClassVar[str] = "Directus"
    description: ClassVar[str] = "Pictures and videos of a Directus file library."
    config_class = DirectusConfig
    types: ClassVar[tuple[str, ...]] = tuple(TYPES_BY_MEDIA.values())
    # Its own default for the size of an answer, and 4 kB of address.
    max_batch: ClassVar[int] = 100

    def base_url(self) -> str:
        """The address from the settings."""
        return self.config.base_url

    def headers(self) -> Mapping[str, str]:
        """The token, as a bearer."""
        return {"Authorization": f"Bearer {self.config.token.get_secret_value()}"}

    def check(self, call: Call) -> None:
        """See that the token reads files, then that it reads the fields of the settings."""
        self._probe(call)
        own = self.config.own_fields()
        try:
            self._list(call, {"limit": 1})
        except AccessDeniedError:
            # Directus answers 403 for a field that it does not have.
            named = ", ".join(own) or "the usual fields"
            raise ConfigurationError(f"{self.name}: not there, or not for this token: {named}") from None

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing]:
        """Read in one call. What a batch leaves out is gone, if the token shows anything at all."""
        own = [ref for ref in dict.fromkeys(refs) if ref.type in self.types]
        # A database that keeps ids as UUIDs answers anything else with an error for the whole batch.
        ids = list(dict.fromkeys(ref.external_id for ref in own if _UUID.fullmatch(ref.external_id)))
        rows = self._list(call, {"filter[id][_in]": ",".join(ids), "limit": len(ids)}).data if ids else []
        by_id = {_id_of(row).lower(): row for row in rows}
        found = {ref: by_id[ref.external_id.lower()] for ref in own if ref.external_id.lower() in by_id}
        absent = [ref for ref in own if ref not in found]
        # Rows that nobody asked for mean that the filter was not read, and then absence proves nothing.
        honoured = by_id.keys() <= {external_id.lower() for external_id in ids}
        sure = honoured and (bool(found) or not ids or self._shows_anything(call))
        reason = MissingReason.GONE if sure else MissingReason.UNKNOWN
        return {**self._verdicts(found), **dict.fromkeys(absent, Missing(reason))}

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        """Find by Directus' own full-text search; an empty query lists the newest."""
        wanted = [own for own in self.types if not types or own in types]
        if not wanted:
            return AssetPage(())
        params: Params = {**self._filters(wanted), "search": query or None, "sort": _SORTS["newest"]}
        offset = _offset(cursor)
        rows, more = self._page(params, offset=offset, size=PAGE_SIZE, call=call)
        return AssetPage(self._assets(rows), str(offset + len(rows)) if more else None)

    def query_schema(self) -> Mapping[str, Any]:
        """Folder, tag, words, and the order."""
        return {
            "type": "object",
            "properties": {
                "folder": {"type": "string", "title": "Folder", "description": "Its name, or its id"},
                "tag": {"type": "string", "title": "Tag"},
                "search": {"type": "string", "title": "Words"},
                "sort": {"type": "string", "title": "Order", "enum": list(_SORTS), "default": "newest"},
            },
            "required": [],
            "additionalProperties": False,
        }

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """The files of a folder or a tag. The cursor counts rows, so that no page hides another."""
        if type not in self.types or limit < 1:
            return AssetPage(())
        params, tag = self._query_params(type, query), str(query.get("tag") or "")
        assets: list[Asset] = []
        offset, more = _offset(cursor), True
        for _ in range(MAX_QUERY_PAGES):
            # Directus refuses every filter on tags, which are a JSON field to it; so they are compared here.
            size = POLL_SIZE if tag else limit - len(assets)
            rows, more = self._page(params, offset=offset, size=size, call=call)
            taken = _first_tagged(rows, tag, limit - len(assets))
            assets += self._assets([rows[n] for n in taken])
            if len(assets) >= limit and taken and taken[-1] + 1 < len(rows):
                return AssetPage(assets, str(offset + taken[-1] + 1))
            offset += len(rows)
            if not more or len(assets) >= limit:
                break
        return AssetPage(assets, str(offset) if more else None)

    def rendition(
        self,
        asset: Asset,
        *,
        width: int | None = None,
        height: int | None = None,
        encoding_format: str | None = None,
        focal_point: FocalPoint | None = None,
    ) -> Rendition | None:
        """Directus scales on the way out, never up; with both sizes it crops around the focal point."""
        if asset.ref.type != "ImageObject":
            return None
        query = rendition_query(asset, width, height, encoding_format, focal_point)
        url = self._asset_url(asset.ref.external_id)
        return Rendition(
            f"{url}?{query}" if query else url,
            *rendered_size(asset, width, height),
            encoding_format if encoding_format in FORMATS else asset.fields.get("encodingFormat"),
            protected=asset.protected,
        )

    def open_picture(self, url: str, call: Call) -> Picture:
        """Open a picture with the token; of this Directus' assets only."""
        path = url.partition("?")[0]
        if not _UUID.fullmatch(path.removeprefix(self.absolute("assets/"))):
            raise BadResponseError(f"{self.name}: the picture is not one of this system's assets")
        return self.stream(url, call)

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:  # noqa: ARG002 - the protocol's.
        """The ids of a flow's request about files; its payload is never used.

        A notice does not say whether a file is a picture or a video, so it names both.
        """
        try:
            data = json.loads(body)
            collection, ids = data["collection"], data.get("keys") or [data["key"]]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise BadResponseError(f"{self.name}: a hook is not the body of a flow's trigger") from None
        if collection != "directus_files" or not isinstance(ids, list):
            return Notice()
        named = dict.fromkeys(map(str, ids))
        return Notice(refs=[Ref(kind, external_id) for external_id in named for kind in self.types])

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """Changed files by ``modified_on``. Deletions do not show: those come by hook, or with a reading."""
        if cursor is None:
            answer = self.request("GET", "files", call, params=_SMALLEST)
            self.parse(Listing, answer.json(), where=answer.where)
            now = clock_of(answer.headers, otherwise=datetime.now(UTC))
            return ChangePage((), PollPosition.at(now).to_text())
        position = PollPosition.from_text(cursor)
        since = position.since - POLL_OVERLAP
        params: Params = {
            "filter[modified_on][_gte]": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "sort": "modified_on,id",
            "fields": "id,type,modified_on",
        }
        offset = _offset(position.page)
        answer = self.request("GET", "files", call, params={**params, **_paging(offset, POLL_SIZE)})
        rows, more = self._rows(self.parse(Listing, answer.json(), where=answer.where), offset)
        return position.advance(
            list(self._changes(rows)),
            next_page=str(offset + len(rows)) if more else None,
            overlap=POLL_OVERLAP,
            # Its times are whole seconds: another change of this one would look the same.
            answered_at=clock_of(answer.headers, otherwise=datetime.now(UTC)),
        )

    # Asking

    def _list(self, call: Call, params: Params) -> Listing:
        fields = ",".join((*FIELDS, *self.config.own_fields()))
        return self.get("files", Listing, call, params={"fields": fields, **params})

    def _page(
        self, params: Params, *, offset: int, size: int, call: Call
    ) -> tuple[list[dict[str, Any]], bool]:
        """Rows of one page, and whether there are more; an installation may cut pages at its own size."""
        return self._rows(self._list(call, {**params, **_paging(offset, size)}), offset)

    def _rows(self, listing: Listing, offset: int) -> tuple[list[dict[str, Any]], bool]:
        if listing.meta is None:
            raise BadResponseError(f"{self.name}: GET files: no count in the answer")
        more = bool(listing.data) and offset + len(listing.data) < listing.meta.filter_count
        return listing.data, more

    def _probe(self, call: Call) -> Listing:
        return self.get("files", Listing, call, params=_SMALLEST)

    def _shows_anything(self, call: Call) -> bool:
        """Whether the token still reads files: a role that lost its rows answers empty, not refused."""
        return bool(self._probe(call).data)

    def _query_params(self, type: str, query: Mapping[str, Any]) -> Params:
        unknown = [name for name in query if name not in self.query_schema()["properties"]]
        if unknown:
            raise ConfigurationError(f"{self.name}: a collection cannot ask for “{unknown[0]}”")
        sort = _SORTS.get(str(query.get("sort") or "newest"))
        if sort is None:
            raise ConfigurationError(f"{self.name}: a collection's order is one of {', '.join(_SORTS)}")
        folder = str(query.get("folder") or "")
        place = "filter[folder][_eq]" if _UUID.fullmatch(folder) else "filter[folder][name][_eq]"
        return {
            **self._filters([type]),
            place: folder or None,
            "search": query.get("search") or None,
            "sort": sort,
        }

    def _filters(self, types: Sequence[str]) -> Params:
        """Files of these types that may be shown."""
        status = f"filter[{self.config.status_field}][_eq]"
        media = [name for name, kind in TYPES_BY_MEDIA.items() if kind in types]
        return {
            **{f"filter[_or][{n}][type][_starts_with]": f"{name}/" for n, name in enumerate(media)},
            **({status: self.config.published_status} if self.config.status_field else {}),
        }

    # Reading

    def _asset_url(self, id: str) -> str:
        return self.absolute(f"assets/{segment(id)}")

    def _verdicts(self, rows: Mapping[Ref, Mapping[str, Any]]) -> dict[Ref, Asset | Missing]:
        """What each row is. One that cannot be read is left out; if none can, the answer is bad."""
        verdicts: dict[Ref, Asset | Missing] = {}
        problems = []
        for ref, row in rows.items():
            try:
                file = self.parse(File, row, where=f"{self.name}: GET files")
                url = self._asset_url(file.id)
                verdicts[ref] = to_verdict(file, ref, self.config, content_url=url)
            except BadResponseError as problem:
                problems.append(problem)
        if problems and not verdicts:
            raise problems[0]
        return verdicts

    def _assets(self, rows: Iterable[Mapping[str, Any]]) -> list[Asset]:
        by_ref = {ref: row for row in rows if (ref := _ref_of(row))}
        return [asset for asset in self._verdicts(by_ref).values() if isinstance(asset, Asset)]

    def _changes(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Change, datetime | None]]:
        for row in rows:
            if ref := _ref_of(row):
                yield Change(ref), read_moment(row.get("modified_on"))


def _ref_of(row: Mapping[str, Any]) -> Ref | None:
    """The address of a row; ``None`` for what is neither picture nor video."""
    external_id, media = _id_of(row), row.get("type")
    kind = TYPES_BY_MEDIA.get(media.partition("/")[0]) if isinstance(media, str) else None
    return Ref(kind, external_id) if kind else None


def _id_of(row: Mapping[str, Any]) -> str:
    external_id = row.get("id")
    if not isinstance(external_id, str) or not external_id:
        raise BadResponseError("Directus: GET files: a file without an id")
    return external_id


def _first_tagged(rows: Sequence[Mapping[str, Any]], tag: str, count: int) -> list[int]:
    """Places of the first rows that have the tag; of all rows, where there is none to compare."""
    return [n for n, row in enumerate(rows) if not tag or tag in _tags(row)][:count]


def _tags(row: Mapping[str, Any]) -> Sequence[Any]:
    tags = row.get("tags")
    return tags if isinstance(tags, list) else ()


def _paging(offset: int, size: int) -> Params:
    return {"limit": size, "offset": offset or None, "meta": "filter_count"}


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not re.fullmatch(r"\d{1,9}", cursor):
        raise BadResponseError("not a cursor of Directus")
    return int(cursor)
