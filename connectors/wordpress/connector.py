"""WordPress: posts, pages and types of a site's own as articles; its media as pictures and videos.

Source: https://developer.wordpress.org/rest-api/reference/
"""

from __future__ import annotations

from typing import ClassVar

from connectors.sdk import Asset, Call, FocalPoint, Rendition
from connectors.wordpress.changes import Following
from connectors.wordpress.finding import Finding
from connectors.wordpress.renditions import closest
from connectors.wordpress.settings import WordPressConfig

__all__ = ["WordPressConnector"]


class WordPressConnector(Finding, Following):
    """Articles and media of one site."""

    name: ClassVar[str] = "WordPress"
    description: ClassVar[str] = "Articles, pictures and videos of a WordPress site."
    config_class = WordPressConfig
    types: ClassVar[tuple[str, ...]] = ("Article", "ImageObject", "VideoObject")
    # WordPress takes 100; articles of page builders are long, and each brings its author and terms.
    max_batch: ClassVar[int] = 25

    def asset_types(self) -> tuple[str, ...]:
        """What the settings ask for."""
        articles, media = bool(self.config.post_types), self.config.media
        return tuple(name for name in self.types if (articles if name == "Article" else media))

    def check(self, call: Call) -> None:
        """See that each list is there, and that the key is known."""
        for base in self.bases():
            self.listed_whatever_status(base, {"per_page": 1, "_fields": "id"}, call)

    def rendition(
        self,
        asset: Asset,
        *,
        width: int | None = None,
        height: int | None = None,
        encoding_format: str | None = None,
        focal_point: FocalPoint | None = None,  # noqa: ARG002 - WordPress cut its sizes at the upload.
    ) -> Rendition | None:
        """The closest of the sizes that WordPress made; its files are open to everybody."""
        if asset.ref.type != "ImageObject":
            return None
        return closest(asset, width=width, height=height, encoding_format=encoding_format)
