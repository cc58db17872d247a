"""What is read: articles, posts, questions with their answers."""

# ruff: noqa: N815 - the names are schema.org's.

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from connectors.sdk.types.people import Author
from connectors.sdk.types.shapes import Shape, Thing
from connectors.sdk.types.values import Count, Day, Term, Url, Urls, as_named, misfit

__all__ = ["Answer", "Article", "InteractionCounter", "Question", "SocialMediaPosting"]


class InteractionCounter(Shape):
    interactionType: Term = Field(title="Kind of interaction")
    userInteractionCount: Count = Field(title="Number of interactions")


class SocialMediaPosting(Thing):
    model_config = ConfigDict(title="Post")

    headline: str | None = Field(None, title="Headline")
    articleBody: str | None = Field(None, title="Text")
    author: Annotated[Author, BeforeValidator(as_named)] | None = Field(None, title="Author")
    datePublished: Day | None = Field(None, title="Published")
    image: Urls | None = Field(None, title="Pictures")
    interactionStatistic: list[InteractionCounter] | None = Field(None, title="Interactions")

    @model_validator(mode="after")
    def _says_something(self) -> SocialMediaPosting:
        if not (self.headline or self.articleBody or self.image):
            raise misfit("none of headline, articleBody and image is given")
        return self


class Answer(Shape):
    text: str = Field(title="Answer")
    dateModified: Day | None = Field(None, title="Answer changed")
    url: Url | None = Field(None, title="Address of the answer")
    author: Annotated[Author, BeforeValidator(as_named)] | None = Field(None, title="Answered by")


class Question(Thing):
    model_config = ConfigDict(title="Question with answer")

    name: str = Field(title="Question")
    text: str | None = Field(None, title="Question in full")
    acceptedAnswer: Answer | None = Field(None, title="Answer")


class Article(Thing):
    model_config = ConfigDict(title="Article")

    headline: str = Field(title="Headline")
    description: str | None = Field(None, title="Summary")
    articleBody: str | None = Field(None, title="Text")
    articleSection: str | None = Field(None, title="Section")
    author: Annotated[Author, BeforeValidator(as_named)] | None = Field(None, title="Author")
    datePublished: Day | None = Field(None, title="Published")
    image: Urls | None = Field(None, title="Pictures")
