"""Minor units become what people and schema.org write."""

import pytest

from connectors.sdk.money import decimals_of, major_units


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (12900, "CHF", "129.00"),
        (5, "EUR", "0.05"),
        (0, "USD", "0.00"),
        (-150, "USD", "-1.50"),
        (5000, "JPY", "5000"),
        (12345, "KWD", "12.345"),
        (12345, "CLF", "1.2345"),
        (10**17, "VND", "100000000000000000"),
        (1, "XTS", "0.01"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(amount, currency, written):
    assert major_units(amount, currency) == written


def test_a_system_may_keep_prices_otherwise():
    assert major_units(500000, "JPY", decimals=2) == "5000.00"


def test_the_case_of_a_currency_does_not_matter():
    assert decimals_of("jpy") == decimals_of("JPY") == 0
