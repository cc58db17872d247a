"""What is told of a value that nothing can have; and that a fault of ours stays one."""

import pytest
from django.db import DataError
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDictKeyError

from orchestrator.config.impossible_values import ImpossibleValues


@pytest.mark.django_db
def test_the_refusal_names_the_field(person):
    root = person("Root")
    answer = root.client.get("/admin/links/", {"connection": "9" * 25, "q": "spa"})
    assert answer.status_code in (200, 400)  # PostgreSQL compares the number and finds nothing.
    answer = root.client.post("/admin/snippets/experiences/experience/add/", {"title": "Spa"})
    assert answer.status_code == 400
    assert "slots-count" in answer.content.decode()
    assert "Spa" not in answer.content.decode()


@pytest.mark.parametrize(
    "error", [OverflowError("too large"), DataError("out of range"), ValueError("no"), KeyError("slug")]
)
def test_an_error_that_nothing_sent_explains_is_ours(error):
    request = RequestFactory().post("/admin/?p=12", {"title": "Spa", "count": "1"})
    request.resolver_match = None
    assert ImpossibleValues(lambda _request: None).process_exception(request, error) is None


def test_what_explains_it_is_found(rf):
    from orchestrator.config.impossible_values import _culprits

    request = rf.post("/admin/?p=" + "9" * 25, {"title": "a\0b", "count": "²", "id": "x" * 5000})
    request.resolver_match = None
    assert sorted(_culprits(request, OverflowError())) == ["p", "title"]
    assert list(_culprits(request, ValueError("Field 'id' expected a number but got '²'."))) == ["count"]
    assert list(_culprits(request, MultiValueDictKeyError("slots-count"))) == ["slots-count"]
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int("x" * 5000)
    assert list(_culprits(request, caught.value)) == ["id"]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ['"', "'", 'arrival"', "a\0b", "\\", "%", "(*)", "a:b^c", " "])
def test_whatever_is_searched_for_is_no_accident(person, words):
    root = person("Root")
    assert root.ask("get", "/admin/snippets/experiences/experience/", data={"q": words}) == 200


@pytest.mark.django_db
def test_a_quotation_mark_hides_nothing(person):
    answer = person("Root").client.get("/admin/snippets/experiences/experience/", {"q": 'Hotel "arrival"'})
    assert "Hotel arrival" in answer.content.decode()
