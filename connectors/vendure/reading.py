"""How products and pictures are read by id, and when Vendure's silence means that one is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from connectors.sdk import AccessDeniedError, Asset, Call, Missing, MissingReason, Ref
from connectors.sdk.mapping.verdicts import judge_together
from connectors.vendure import documents
from connectors.vendure.asking import VendureAsking, by_ids
from connectors.vendure.markets import Market, market_of
from connectors.vendure.pictures import Picture, to_picture
from connectors.vendure.products import Product, to_product
from connectors.vendure.rows import Row, askable, id_of, of_type, sort_out

__all__ = ["VendureReading"]

_GONE, _UNKNOWN, _HIDDEN = map(Missing, (MissingReason.GONE, MissingReason.UNKNOWN, MissingReason.HIDDEN))


class VendureReading(VendureAsking):
    """Reads by id."""

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing]:
        """Read in one call for each type. What a batch leaves out is gone, if there are others to be seen."""
        return {**self._fetch_products(refs, call), **self._fetch_pictures(refs, call)}

    def products(self, refs: Sequence[Ref], call: Call) -> dict[Ref, Asset | Missing]:
        """Products that are there, or hidden; the others are left out."""
        return self._as_products(refs, self.read_products(askable(refs), call), call)

    def pictures(self, refs: Sequence[Ref], rows: Iterable[Row]) -> dict[Ref, Asset | Missing]:
        """Pictures of rows."""

        def judge(row: Row, ref: Ref) -> Asset | Missing:
            return to_picture(self.parse(Picture, row, where=f"{self.name}: assets"), ref, self.config)

        return _judged(refs, rows, judge)

    def _fetch_products(self, refs: Sequence[Ref], call: Call) -> dict[Ref, Asset | Missing]:
        own = of_type(refs, "Product")
        rows = self.read_products(askable(own), call)
        absent, honoured = sort_out(own, rows)
        sure = honoured and (bool(rows) or not askable(own) or self.shows_products(call))
        missing = self._why_absent(absent, call) if sure else dict.fromkeys(absent, _UNKNOWN)
        return {**self._as_products(own, rows, call), **missing}

    def _fetch_pictures(self, refs: Sequence[Ref], call: Call) -> dict[Ref, Asset | Missing]:
        own = of_type(refs, "ImageObject") if self.has_library else []
        rows = self.read_pictures(call, **by_ids(askable(own))).rows if askable(own) else ()
        absent, honoured = sort_out(own, rows)
        sure = honoured and (bool(rows) or not askable(own) or self.shows_pictures(call))
        return {**self.pictures(own, rows), **dict.fromkeys(absent, _GONE if sure else _UNKNOWN)}

    def _why_absent(self, absent: Sequence[Ref], call: Call) -> dict[Ref, Missing]:
        """Look for what a channel does not have in the connection's own channel, and in the default one.

        The default channel holds every product, and with a key also those that are disabled. So what is
        found there is hidden, and the rest is gone.
        """
        market, ids = market_of(self.config, call.locale), askable(absent)
        homes = dict.fromkeys((self.home(call).channel, ""))
        present: set[str] = set()
        for channel in homes:
            if channel != market.channel and ids:
                home = Market(market.language, channel)
                try:
                    data = self.question(documents.LIST, call, market=home, options=by_ids(ids))
                except AccessDeniedError:
                    # A role may be for one channel only; then nobody can tell.
                    return {ref: _HIDDEN if ref.external_id in present else _UNKNOWN for ref in absent}
                present |= {id_of(row) for row in self.window(data, "products").rows}
        return {ref: _HIDDEN if ref.external_id in present else _GONE for ref in absent}

    def _as_products(
        self, refs: Sequence[Ref], rows: Iterable[Row], call: Call
    ) -> dict[Ref, Asset | Missing]:
        def judge(row: Row, _: Ref) -> Asset | Missing:
            product = self.parse(Product, row, where=f"{self.name}: products")
            return to_product(product, self.config, locale=call.locale)

        return _judged(refs, rows, judge)


def _judged(
    refs: Iterable[Ref], rows: Iterable[Row], judge: Callable[[Row, Ref], Asset | Missing]
) -> dict[Ref, Asset | Missing]:
    """What each row is to the ref that asked for it. One that cannot be read is left out."""
    by_id = {id_of(row): row for row in rows}
    found = {ref: by_id[ref.external_id] for ref in refs if ref.external_id in by_id}
    refs_of = {id_of(row): ref for ref, row in found.items()}
    return judge_together(found, lambda row: judge(row, refs_of[id_of(row)]))
