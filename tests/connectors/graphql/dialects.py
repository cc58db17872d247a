"""Settings that absorb each dialect of the simulated shop, as a person would type them."""

from __future__ import annotations

from typing import Any

from connectors.graphql.connector import GraphqlConnector
from connectors.graphql.settings import GraphqlConfig
from connectors.graphql.simulator import DIALECTS, SECRET
from connectors.sdk import Egress

FRAGMENT = """
fragment record on Product {
  id title status tags updatedAt
  price { amount currencyCode }
  image { url }
}
"""
RELAY: dict[str, Any] = {
    "auth": "bearer",
    "token": SECRET,
    "type": "Product",
    "mapping": {
        "name": "title",
        "image": "image.url",
        "keywords": "tags",
        "offers.price": "price.amount",
        "offers.priceCurrency": "price.currencyCode",
    },
    "updated_at": "updatedAt",
    "edit_url": "https://admin.example.com/products/{id}",
    "get_document": "query ($id: ID!) { node(id: $id) { ...record } }" + FRAGMENT,
    "batch_document": "query ($ids: [ID!]!) { nodes(ids: $ids) { ...record } }" + FRAGMENT,
    "absent_means": "gone",
    "hidden_when": "status != 'ACTIVE'",
    "list_document": """query ($count: Int, $cursor: String) {
      products(first: $count, after: $cursor) {
        edges { node { ...record } }
        pageInfo { endCursor hasNextPage }
      }
    }"""
    + FRAGMENT,
    "search_document": """query ($query: String!, $count: Int, $cursor: String) {
      products(query: $query, first: $count, after: $cursor) {
        edges { node { ...record } }
        pageInfo { endCursor hasNextPage }
      }
    }"""
    + FRAGMENT,
    "paging": "relay",
    "query_document": """query ($tag: String, $count: Int, $cursor: String) {
      products(tag: $tag, first: $count, after: $cursor) {
        edges { node { ...record } }
        pageInfo { endCursor hasNextPage }
      }
    }"""
    + FRAGMENT,
    "query_parameters": {"tag": "Label"},
    "changes_document": """query ($since: DateTime!, $count: Int, $cursor: String) {
      products(updatedAfter: $since, first: $count, after: $cursor) {
        nodes { id updatedAt }
        pageInfo { endCursor hasNextPage }
      }
    }""",
    "notice_ids": "id",
    "rendition_params": "w={width}&h={height}&type={format}",
}
FIELDS = "id name hidden cents changed"
OFFSET: dict[str, Any] = {
    "auth": "header",
    "key_name": "X-Api-Key",
    "key": SECRET,
    "type": "Product",
    "mapping": {
        "name": "name",
        "offers.price": "minor_units(cents, `2`)",
        "offers.priceCurrency": '`"CHF"`',
    },
    "updated_at": "changed",
    "time_format": "epoch_s",
    "get_document": f"query ($id: Int!) {{ service(id: $id) {{ {FIELDS} }} }}",
    "batch_document": f"query ($ids: [Int!], $count: Int) {{ services(ids: $ids, limit: $count) "
    f"{{ items {{ {FIELDS} }} totalItems }} }}",
    "absent_means": "ask",
    "hidden_when": "hidden",
    "list_document": f"query ($count: Int, $offset: Int) {{ services(limit: $count, offset: $offset) "
    f"{{ items {{ {FIELDS} }} totalItems }} }}",
    "search_document": f"query ($query: String!, $count: Int, $offset: Int) "
    f"{{ services(search: $query, limit: $count, offset: $offset) {{ items {{ {FIELDS} }} totalItems }} }}",
    "items": "services.items",
    "paging": "offset",
    "page_size": 4,
    "query_document": f"query ($tag: String!, $count: Int, $offset: Int) "
    f"{{ services(tag: $tag, limit: $count, offset: $offset) {{ items {{ {FIELDS} }} totalItems }} }}",
    "changes_document": "query ($since: Int!, $count: Int, $offset: Int) "
    "{ services(since: $since, limit: $count, offset: $offset) { items { id changed } totalItems } }",
}
NUMBERED: dict[str, Any] = {
    "auth": "query",
    "key_name": "key",
    "key": SECRET,
    "type": "Article",
    "mapping": {"headline": "headline", "dateModified": "modified"},
    "lang": "language",
    "updated_at": "modified",
    "languages": {"de": "DE", "en": "EN"},
    "get_document": """query One($id: ID!, $lang: Language) {
      article(id: $id, language: $lang) { id headline language published modified }
    }""",
    "hidden_when": "published == `false`",
    "search_document": """query Some($query: String, $page: Int, $count: Int, $lang: Language) {
      articles(query: $query, page: $page, size: $count, language: $lang) {
        id headline language published modified
      }
    }""",
    "paging": "page",
    "first_page": 0,
    "page_size": 2,
}
SETTINGS: dict[str, dict[str, Any]] = {"relay": RELAY, "offset": OFFSET, "numbered": NUMBERED}


def connect(dialect: str, url: str, *, egress: Egress | None = None, **changed: Any) -> GraphqlConnector:
    """A connector with these settings, some of them changed, for a server on loopback."""
    address = f"{url}{DIALECTS[dialect].path}"
    config = GraphqlConfig(**{**SETTINGS[dialect], "base_url": address, **changed})
    return GraphqlConnector(config, egress=egress or Egress(allowed_hosts=frozenset({"127.0.0.1"})))
