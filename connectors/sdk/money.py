"""Money in minor units, as most shops keep it, in major units, as people and schema.org write it."""

from __future__ import annotations

from decimal import Decimal

__all__ = ["decimals_of", "major_units"]

# ISO 4217, list one, "minor units" other than 2.
# Source: https://www.six-group.com/en/products-services/financial-information/data-standards.html
_DECIMALS = {
    **dict.fromkeys(
        (
            *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"),
            *("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def decimals_of(currency: str) -> int:
    """How many decimals a currency has by ISO 4217; two for one that is not in the list."""
    return _DECIMALS.get(currency.upper(), 2)


def major_units(amount: int, currency: str, *, decimals: int | None = None) -> str:
    """12900 "CHF" is "129.00", 5000 "JPY" is "5000". Exact: no float touches it.

    Args:
        decimals: Of a system that keeps prices otherwise than by the currency.
    """
    places = decimals_of(currency) if decimals is None else decimals
    return format(Decimal(amount).scaleb(-places), "f")
