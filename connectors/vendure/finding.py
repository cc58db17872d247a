"""How people find products and pictures, and how collections list products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sdk import Asset, AssetPage, Call, Ref
from connectors.sdk.gathering import gather
from connectors.vendure import documents, selections
from connectors.vendure.reading import VendureReading
from connectors.vendure.rows import id_of, skip_of
from connectors.vendure.selections import Selection

__all__ = ["VendureFinding"]

PAGE_SIZE = 25
# Products that "the newest of a collection" looks at; see selections.
MAX_SORTED = 500


class VendureFinding(VendureReading):
    """Searches, and answers stored queries. Lists bring ids; one more call reads the products."""

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        """Products by Vendure's search and pictures by name, side by side; without words the newest."""
        skip, assets, more = skip_of(cursor), list[Asset](), False
        for kind in self.asset_types():
            if types and kind not in types:
                continue
            page = self._search_products if kind == "Product" else self._search_pictures
            found, goes_on = page(query.strip(), skip, call)
            assets += found
            more = more or goes_on
        return AssetPage(assets, str(skip + PAGE_SIZE) if more else None)

    def query_schema(self) -> Mapping[str, Any]:
        """Collection, facet value, words, and the order."""
        return selections.SCHEMA

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """Products of a collection or a facet, in the order that is asked for."""
        if type != "Product" or limit < 1:
            return AssetPage(())
        wish = selections.read_query(query, name=self.name)
        if wish.facet:
            facet = self._facet_id(wish.facet, call)
            if facet is None:
                return AssetPage(())
            wish = wish.with_facet(facet)
        size = min(limit, PAGE_SIZE)

        def read(at: str | None) -> AssetPage:
            skip = skip_of(at)
            ids, total = self._select(wish, skip, size, call)
            return AssetPage(self._in_order(ids, call), str(skip + size) if skip + size < total else None)

        return gather(read, limit=limit, cursor=cursor)

    def _search_products(self, words: str, skip: int, call: Call) -> tuple[list[Asset], bool]:
        wish = Selection(words=words, order="best match" if words else "newest")
        ids, total = self._select(wish, skip, PAGE_SIZE, call)
        return self._in_order(ids, call), skip + PAGE_SIZE < total

    def _search_pictures(self, words: str, skip: int, call: Call) -> tuple[list[Asset], bool]:
        options = selections.picture_options(words, skip=skip, take=PAGE_SIZE)
        rows, total = self.read_pictures(call, **options)
        found = self.pictures([Ref("ImageObject", id_of(row)) for row in rows], rows)
        return [one for one in found.values() if isinstance(one, Asset)], skip + PAGE_SIZE < total

    def _select(self, wish: Selection, skip: int, take: int, call: Call) -> tuple[list[str], int]:
        """Ids of one page of a list, in its order, and how many the list has."""
        if wish.is_ordered_by_search:
            return self._found(wish, skip, take, call)
        ids: list[str] | None = None
        if wish.is_narrowed:
            ids, _ = self._found(wish, 0, MAX_SORTED, call)
            if not ids:
                return [], 0
        options = wish.list_options(skip=skip, take=take, only=ids)
        rows, total = self.window(self.question(documents.LIST, call, options=options), "products")
        return [id_of(row) for row in rows], total

    def _found(self, wish: Selection, skip: int, take: int, call: Call) -> tuple[list[str], int]:
        asked = wish.search_input(skip=skip, take=take)
        rows, total = self.window(self.question(documents.SEARCH, call, input=asked), "search")
        return [id_of(row, "productId") for row in rows], total

    def _facet_id(self, wanted: str, call: Call) -> str | None:
        """The id of a facet value by its code or name; ``None`` if there is none."""
        facet, _, value = wanted.rpartition(":")
        data = self.question(documents.FACETS, call, options={"take": 100})
        for row in self.window(data, "facets").rows:
            if facet and row.get("code") != facet.strip():
                continue
            for held in row.get("values") or ():
                if value.strip().casefold() in _names_of(held):
                    return id_of(held)
        return None

    def _in_order(self, ids: Sequence[str], call: Call) -> list[Asset]:
        """Products in the order of their ids; those that are not to be shown are left out."""
        refs = [Ref("Product", one) for one in dict.fromkeys(ids)]
        found = self.products(refs, call)
        return [asset for ref in refs if isinstance(asset := found.get(ref), Asset)]


def _names_of(held: Any) -> set[str]:
    if not isinstance(held, Mapping):
        return set()
    return {str(held.get(name, "")).casefold() for name in ("code", "name")} - {""}
