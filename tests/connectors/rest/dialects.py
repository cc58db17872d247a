"""Settings that absorb each dialect of the simulated shop, written from its answers, not from its code."""

from __future__ import annotations

from typing import Any

from connectors.rest.connector import RestApiConnector
from connectors.rest.settings import RestApiConfig
from connectors.rest.simulator import SECRET, USER
from connectors.sdk import Egress

NUMBERED: dict[str, Any] = {
    "auth": "header",
    "key_name": "X-Api-Key",
    "key": SECRET,
    "type": "Product",
    "id_field": "product_id",
    "mapping": {
        "name": "titles.en",
        "sku": "product_id",
        "image": "media[].url",
        "offers.price": "minor_units(price.cents, `2`)",
        "offers.priceCurrency": "price.currency",
        "extra.labels": "labels",
    },
    "updated_at": "changed",
    "valid_until": "offer_ends",
    "time_format": "epoch_ms",
    "edit_url": "https://pim.example.com/app/products/{id}",
    "get_path": "/products/{id}",
    "record": "product",
    "batch_path": "/products?ids={ids}",
    "absent_means": "gone",
    "list_path": "/products",
    "search_path": "/products?q={query}",
    "items": "products",
    "paging": "page",
    "page_size_parameter": "per_page",
    "total": "meta.total",
    "query_path": "/products?tag={tag}",
    "query_parameters": {"tag": "Label"},
    "changes_path": "/products?since={since}",
    "notice_ids": "items[].id",
    "notice_when": "kind == 'product'",
}
CURSOR: dict[str, Any] = {
    "auth": "bearer",
    "token": SECRET,
    "type": "SocialMediaPosting",
    "id_field": "uri",
    "mapping": {
        "articleBody": "record.text",
        "author.name": "author.displayName",
        "datePublished": "record.createdAt",
        "keywords": "tags",
    },
    "updated_at": "record.createdAt",
    "get_path": "/xrpc/getPost?uri={id}",
    "batch_path": "/xrpc/getPosts?uris={ids}",
    "batch_style": "repeated",
    "absent_means": "gone",
    "denied_when": "error == 'InvalidToken'",
    "gone_when": "deleted",
    "gone_answer_when": "error == 'RecordNotFound'",
    "search_path": "/xrpc/searchPosts?q={query}",
    "items": "posts",
    "paging": "cursor",
    "next": "cursor",
    "page_size_parameter": "limit",
    "page_size": 3,
    "query_path": "/xrpc/searchPosts?tag={tag}&sort=latest",
    "changes_path": "/xrpc/changes?since={since}",
    "changes_cursor": "seq",
    "notice_ids": "uri",
}
PAGED: dict[str, Any] = {
    "auth": "basic",
    "username": USER,
    "password": SECRET,
    "type": "Article",
    "mapping": {"headline": "headline", "dateModified": "modified"},
    "updated_at": "modified",
    "time_format": "iso_local",
    "time_zone": "Europe/Zurich",
    "get_path": "/articles/{id}/",
    "hidden_when": "status != 'published'",
    "list_path": "/articles/",
    "search_path": "/articles/?search={query}",
    "items": "results",
    "paging": "next_url",
    "next": "next",
}
LINKED: dict[str, Any] = {
    "auth": "query",
    "key_name": "api_key",
    "key": SECRET,
    "type": "ImageObject",
    "mapping": {
        "name": "title.rendered",
        "description": "alt_text",
        "contentUrl": "source_url",
        "width": "media_details.width",
        "height": "media_details.height",
    },
    "updated_at": "modified_gmt",
    "time_format": "iso_local",
    "get_path": "/media/{id}",
    "batch_path": "/media?include={ids}&per_page={count}",
    "absent_means": "ask",
    "gone_statuses": [401, 404],
    "list_path": "/media",
    "search_path": "/media?search={query}",
    "paging": "header",
    "page_size_parameter": "per_page",
    "page_size": 2,
    "pictures_need_key": True,
    "rendition_path": "/renditions/{id}?w={width}&h={height}&type={format}",
}
COUNTED: dict[str, Any] = {
    "auth": "bearer",
    "token": SECRET,
    "type": "Product",
    "mapping": {"name": "name", "offers.price": "price", "offers.priceCurrency": '`"CHF"`'},
    "updated_at": "updated",
    "time_format": "epoch_s",
    "get_path": "/items/services/{id}",
    "record": "data",
    "batch_path": "/items/services?filter[id][_in]={ids}",
    "absent_means": "gone",
    "gone_statuses": [403],
    "list_path": "/items/services",
    "search_path": "/items/services?search={query}",
    "items": "data",
    "paging": "offset",
    "page_size_parameter": "limit",
    "page_size": 4,
    "total": "meta.filter_count",
    "query_path": "/items/services?filter[tag][_eq]={tag}",
}
TWO_HUNDRED: dict[str, Any] = {
    "auth": "query",
    "key_name": "token",
    "key": SECRET,
    "type": "Question",
    "id_field": "key",
    "mapping": {"name": "question", "acceptedAnswer.text": "answer"},
    "updated_at": "edited",
    "time_format": "http",
    "get_path": "/rpc/get?id={id}",
    "record": "result",
    "denied_when": "error == 'not_authed'",
    "gone_answer_when": "error == 'not_found'",
    "error_when": "ok == `false`",
    "list_path": "/rpc/list",
    "search_path": "/rpc/list?query={query}",
    "items": "result",
    "paging": "page",
    "first_page": 0,
}
GUESTS: dict[str, Any] = {
    "auth": "bearer",
    "token": SECRET,
    "type": "Person",
    "mapping": {
        "givenName": "first",
        "name": "join(' ', [first, last])",
        "memberOf.tier.name": "tier",
        "memberOf.membershipPointsEarned": "points",
    },
    "get_path": "/items/guests/{id}",
    "record": "data",
    "gone_statuses": [403],
    "items": "data",
    "check_path": "/items/guests",
    "find_path": "/items/guests?filter[card][_in]={values}",
    "found": "data",
    "identifiers": {"loyalty_id": "card"},
}
BASE_PATHS = {"numbered": "/v2", "paged": "/api", "linked": "/wp-json/wp/v2"}
SETTINGS: dict[str, dict[str, Any]] = {
    "numbered": NUMBERED,
    "cursor": CURSOR,
    "paged": PAGED,
    "linked": LINKED,
    "counted": COUNTED,
    "two_hundred": TWO_HUNDRED,
}


def connect(settings: dict[str, Any], url: str, *, base_path: str = "", **changed: Any) -> RestApiConnector:
    """A connector with these settings, some of them changed, for a server on loopback."""
    config = RestApiConfig(**{**settings, "base_url": f"{url}{base_path}", **changed})
    return RestApiConnector(config, egress=Egress(allowed_hosts=frozenset({"127.0.0.1"})))
