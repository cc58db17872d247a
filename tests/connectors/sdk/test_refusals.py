"""Refusals in words: what is wrong, what may have been meant, and never what was written."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.sdk.refusals import did_you_mean, keys_at, refusal_words


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    style: Literal["page", "cursor"] = "page"


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=5)] = ""
    size: int = Field(default=5, ge=1, le=9)
    ratio: float = 1.0
    on: bool = True
    tags: list[str] = Field(default=["a"], min_length=1)
    free: dict[str, str] = {}
    inner: Inner | None = None
    several: list[Inner] = []


def words(**values):
    with pytest.raises(ValidationError) as refused:
        Outer.model_validate(values)
    error = refused.value.errors(include_url=False)[0]
    given = values
    for step in error["loc"]:
        given = given[step] if isinstance(given, list) else given.get(step)
    return refusal_words(error, known=keys_at(Outer, error["loc"][:-1]), given=given)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"nmae": 1}, "is not known here; did you mean “name”?"),
        ({"inner": {"stile": "page"}}, "is not known here; did you mean “style”?"),
        ({"several": [{}, {"stile": "page"}]}, "is not known here; did you mean “style”?"),
        ({"inner": {"style": "pages"}}, "must be 'page' or 'cursor'; did you mean “page”?"),
        ({"inner": {"style": "qqq"}}, "must be 'page' or 'cursor'"),
        ({"inner": {"style": 5}}, "must be 'page' or 'cursor'"),
        ({"name": "too long"}, "is longer than 5 characters"),
        ({"name": 5}, "must be a text; a number or a date that is meant as one stands in quotes"),
        ({"name": None}, "is empty: give it a value"),
        ({"size": "x"}, "must be a whole number"),
        ({"size": 1.5}, "must be a whole number"),
        ({"size": 0}, "must be 1 or more"),
        ({"size": 10}, "must be 9 or less"),
        ({"ratio": "x"}, "must be a number"),
        ({"on": "perhaps"}, "must be true or false"),
        ({"tags": "a"}, "must be a list: a line with “- ” for each entry"),
        ({"tags": []}, "needs at least one entry"),
        ({"free": "a"}, "must be keys with values, such as “name: …”"),
        ({"inner": "page"}, "must be keys with values, such as “name: …”"),
    ],
)
def test_each_refusal_has_words(values, expected):
    assert words(**values) == expected


def test_what_was_written_is_not_repeated():
    assert "s3cret" not in words(size="s3cret") + words(on="s3cret") + words(inner={"style": "s3cret"})


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("rset", ["rest", "directus"], "; did you mean “rest”?"),
        ("Basic_Auth", ["basic-auth", "token"], "; did you mean “basic-auth”?"),
        ("fax", ["rest", "directus"], "; there is “directus”, “rest”"),
        ("fax", [], ""),
        ("fax", [f"name-{n}" for n in range(40)], ""),
        ("", ["rest"], "; there is “rest”"),
    ],
)
def test_what_is_near_is_offered_or_else_what_there_is(word, known, expected):
    assert did_you_mean(word, known) == expected


def test_where_any_key_may_stand_none_is_known():
    assert keys_at(Outer, ["free"]) == frozenset()
    assert keys_at(Outer, ["nothing"]) == frozenset()
    assert keys_at(Outer, ["several", 3]) == {"style"}
