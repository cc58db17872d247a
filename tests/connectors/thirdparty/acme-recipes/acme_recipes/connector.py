"""Acme Recipes: articles by id, and search.

Source: https://api.acme-recipes.example/docs
"""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field, SecretStr

from connectors.sdk import Asset, AssetPage, Call, ConnectorConfig, Missing, MissingReason, Ref
from connectors.sdk.rest import RestConnector
from connectors.sdk.types import canonical


class AcmeConfig(ConnectorConfig):
    base_url: str = Field(title="Address", description="Such as https://api.acme-recipes.example")
    token: SecretStr = Field(title="Token", description="Acme, Settings, API tokens: one that reads")


class Recipe(BaseModel):
    id: int
    title: str
    method: str = ""  # Empty until the cook has written it.


class Listing(BaseModel):
    recipes: list[Recipe]
    next_page: int | None = None


class AcmeConnector(RestConnector[AcmeConfig]):
    name = "Acme Recipes"
    description = "Recipes, as articles."
    config_class = AcmeConfig
    types = ("Article",)
    max_batch = 20

    def base_url(self) -> str:
        return self.config.base_url

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.config.token.get_secret_value()}"}

    def check(self, call: Call) -> None:
        self.get("recipes", Listing, call)

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing]:
        wanted = {
            ref.external_id: ref for ref in refs if ref.type == "Article" and ref.external_id.isdecimal()
        }
        if not wanted:
            return dict.fromkeys(refs, Missing(MissingReason.GONE))
        listing = self.get("recipes", Listing, call, params={"ids": ",".join(wanted)})
        found = {asset.ref: asset for asset in map(self._asset, listing.recipes) if asset.ref in refs}
        # Acme leaves out what it does not have, and documents it.
        return {ref: found.get(ref, Missing(MissingReason.GONE)) for ref in refs}

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        if types and "Article" not in types:
            return AssetPage(())
        listing = self.get("recipes", Listing, call, params={"q": query, "page": cursor})
        page = [self._asset(recipe) for recipe in listing.recipes]
        return AssetPage(page, str(listing.next_page) if listing.next_page else None)

    def _asset(self, recipe: Recipe) -> Asset:
        fields = {"headline": recipe.title, "articleBody": recipe.method}
        return Asset(
            ref=Ref("Article", str(recipe.id)),
            fields=canonical("Article", fields),
            edit_url=self.absolute(f"edit/{recipe.id}"),
        )
