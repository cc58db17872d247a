"""Expressions that people type, records that systems send: what does not work is said and breaks nothing."""

import pytest

from connectors.sdk.mapping.expressions import ExpressionError, check_expression, evaluate


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("(" * 900 + "a" + ")" * 900, "nested too deeply"),
        ("a" * 2_001, "at most 2,000 characters"),
        ("a..b", "is not a JMESPath expression"),
        ("nothing(@)", "does not have"),
    ],
)
def test_what_cannot_be_an_expression_is_refused_in_words(expression, words):
    with pytest.raises(ValueError, match=words):
        check_expression(expression)


def test_a_number_that_is_no_price_is_said():
    with pytest.raises(ExpressionError, match="InvalidOperation"):
        evaluate("minor_units(@, `-99999999999`)", 1e300)


def test_what_works_works():
    assert evaluate(check_expression(" minor_units(price, `2`) "), {"price": 12900}) == "129.00"
