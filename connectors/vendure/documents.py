"""The GraphQL documents that are asked.

The Shop API and the Admin API name the same things alike; the Admin API says more of variants and is
the only one that lists pictures. Money must not be null in Vendure's schema, so that one variant without
a price in the currency asked costs the whole answer: prices can be left out.

Source: https://docs.vendure.io/current/core/reference/graphql-api/shop/queries and .../admin/queries
"""

from __future__ import annotations

__all__ = [
    "ADMIN_CHANGES",
    "ADMIN_PICTURES",
    "ANY_PICTURE",
    "ANY_PRODUCT",
    "FACETS",
    "LIST",
    "SEARCH",
    "SHOP_CHANGES",
    "products_document",
]

_ASSET = "id name mimeType width height source preview focalPoint { x y }"

_PRODUCTS = """query Products($options: ProductListOptions, $prices: Boolean!) {
  products(options: $options) {
    items {
      id name slug languageCode description enabled updatedAt
      featuredAsset { ...asset }
      assets { ...asset }
      facetValues { code name facet { code name } }
      collections { name slug }
      variants {
        id name sku updatedAt stockLevel %(enabled)s
        currencyCode @include(if: $prices)
        price @include(if: $prices)
        priceWithTax @include(if: $prices)
        options { name group { name } }
      }
    }
  }
}
fragment asset on Asset { %(asset)s }
"""


def products_document(*, admin: bool) -> str:
    """Whole products. Only the Admin API says which variants are enabled; the Shop API leaves others out."""
    return _PRODUCTS % {"asset": _ASSET, "enabled": "enabled" if admin else ""}


LIST = "query List($options: ProductListOptions) { products(options: $options) { totalItems items { id } } }"
SEARCH = "query Search($input: SearchInput!) { search(input: $input) { totalItems items { productId } } }"
FACETS = (
    "query Facets($options: FacetListOptions) "
    "{ facets(options: $options) { items { code values { id code name } } } }"
)
ANY_PRODUCT = "{ products(options: { take: 1 }) { totalItems } }"
ANY_PICTURE = "{ assets(options: { take: 1 }) { totalItems } }"
ADMIN_PICTURES = (
    "query Pictures($options: AssetListOptions) { assets(options: $options) { totalItems items { "
    f"{_ASSET} type fileSize updatedAt tags {{ value }} }} }} }}"
)
SHOP_CHANGES = """query Changes($products: ProductListOptions) {
  products(options: $products) { totalItems items { id updatedAt } }
}"""
# A price, a stock or a variant's name changes the variant's time, not the product's; and only the Admin
# API lists variants.
ADMIN_CHANGES = """query Changes(
  $products: ProductListOptions, $variants: ProductVariantListOptions, $assets: AssetListOptions,
  $library: Boolean!
) {
  products(options: $products) { totalItems items { id updatedAt } }
  productVariants(options: $variants) { totalItems items { productId updatedAt } }
  assets(options: $assets) @include(if: $library) { totalItems items { id updatedAt } }
}"""
