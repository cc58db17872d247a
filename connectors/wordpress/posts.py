"""A post of WordPress (or a page, or one of a type of its own), and the article that it is.

Source: https://developer.wordpress.org/rest-api/reference/posts/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field

from connectors.sdk import Asset, Missing, MissingReason, Ref
from connectors.sdk.types import canonical
from connectors.wordpress.settings import WordPressConfig
from connectors.wordpress.text import plain_text, read_gmt

__all__ = ["EMBEDDED", "POST_FIELDS", "Post", "to_article"]

# Links are asked for because WordPress embeds only what it would link to.
EMBEDDED = "author,wp:featuredmedia,wp:term"
POST_FIELDS = ",".join(
    (
        *("id", "type", "status", "slug", "link", "date_gmt", "modified_gmt", "title", "excerpt", "content"),
        *("categories", "tags", "author"),
        *("_links.author", "_links.wp:featuredmedia", "_links.wp:term", "_embedded"),
    )
)


class Rendered(BaseModel):
    """A text as HTML. ``protected`` is true where a password of the post's own is needed."""

    rendered: str = ""
    protected: bool = False


class Embedded(BaseModel):
    """What came with a post. Each may be an error in place of the thing: it is then not shown."""

    author: list[dict[str, Any]] = []
    pictures: list[dict[str, Any]] = Field([], alias="wp:featuredmedia")
    terms: list[list[dict[str, Any]]] = Field([], alias="wp:term")

    def names(self, taxonomy: str) -> Iterator[str]:
        """Names of the categories ("category") or tags ("post_tag")."""
        for term in (term for terms in self.terms for term in terms):
            if term.get("taxonomy") == taxonomy and isinstance(term.get("name"), str):
                yield plain_text(term["name"])


class Post(BaseModel):
    """One post. A type without excerpts, authors or terms leaves them out."""

    id: int
    status: str
    type: str = ""
    slug: str = ""
    link: str | None = None
    date_gmt: str | None = None
    modified_gmt: str | None = None
    title: Rendered = Rendered()
    excerpt: Rendered = Rendered()
    content: Rendered = Rendered()
    embedded: Embedded = Field(Embedded.model_validate({}), alias="_embedded")


def to_article(post: Post, config: WordPressConfig) -> Asset | Missing:
    """What a post is to everybody: an article, hidden (a draft, planned, private), or gone (in the trash).

    Raises:
        BadResponseError: It cannot be read.
    """
    if post.status == "trash":
        return Missing(MissingReason.GONE)
    if post.status != "publish" or post.content.protected:
        return Missing(MissingReason.HIDDEN)
    return Asset(
        ref=Ref("Article", str(post.id)),
        fields=canonical("Article", _fields(post, config)),
        lang=config.language or None,
        updated_at=read_gmt(post.modified_gmt),
        edit_url=f"{config.base_url}/wp-admin/post.php?post={post.id}&action=edit",
    )


def _fields(post: Post, config: WordPressConfig) -> dict[str, Any]:
    categories = list(post.embedded.names("category"))
    return {
        # WordPress publishes posts without a title, too.
        "headline": plain_text(post.title.rendered) or post.slug or str(post.id),
        "description": plain_text(post.excerpt.rendered),
        "articleBody": post.content.rendered,
        "articleSection": next(iter(categories), None),
        "author": _author(post.embedded),
        "datePublished": read_gmt(post.date_gmt),
        "dateModified": read_gmt(post.modified_gmt),
        "image": _picture(post.embedded, "source_url"),
        "url": post.link,
        "keywords": [*categories, *post.embedded.names("post_tag")],
        "inLanguage": config.language,
        "extra": {
            "slug": post.slug,
            "postType": post.type,
            "imageAlt": _picture(post.embedded, "alt_text"),
        },
    }


def _author(embedded: Embedded) -> dict[str, Any] | None:
    """Not everybody may see every author: an error in their place has no name."""
    author = next(iter(embedded.author), {})
    name = author.get("name")
    return {"name": plain_text(name), "url": author.get("link")} if isinstance(name, str) and name else None


def _picture(embedded: Embedded, field: str) -> str | None:
    value = next(iter(embedded.pictures), {}).get(field)
    return value if isinstance(value, str) else None
