"""Settings for each feed of the simulated magazine, and its XML as data that the contract rewrites."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from connectors.rss.connector import FeedConnector
from connectors.rss.elements import Element, parse
from connectors.rss.settings import FeedConfig
from connectors.rss.simulator import SECRET, USER
from connectors.sdk import Egress
from connectors.sdk.testing.faults import Form

WORDPRESS: dict[str, Any] = {
    "path": "/feed/",
    "auth": "basic",
    "username": USER,
    "password": SECRET,
    "paging": "page",
    "page_size": 3,
}
ATOM: dict[str, Any] = {
    "path": "/news.atom",
    "auth": "query",
    "key_name": "key",
    "key": SECRET,
    "paging": "next",
    "page_size": 3,
    "type": "SocialMediaPosting",
}
RDF: dict[str, Any] = {
    "path": "/index.rdf",
    "auth": "header",
    "key_name": "X-Api-Key",
    "key": SECRET,
    "page_size": 3,
    "mapping": {"articleSection": "`null`", "extra.site": "source.title"},
}


def connect(
    settings: dict[str, Any], url: str, egress: Egress | None = None, **changed: Any
) -> FeedConnector:
    given = {**settings, **changed}
    address = f"{url}{given.pop('path')}"
    egress = egress or Egress(allowed_hosts=frozenset({"127.0.0.1"}))
    return FeedConnector(FeedConfig(base_url=address, **given), egress=egress)


def _read(body: bytes) -> Any:
    return _as_data(parse(body))


def _as_data(node: Element | str) -> Any:
    if isinstance(node, str):
        return node
    name = f"{node.prefix}:{node.name}" if node.prefix else node.name
    declared = f"xmlns:{node.prefix}" if node.prefix else "xmlns"
    attributes = {key: value for key, value in node.attributes.items() if " " not in key}
    if node.space:
        attributes[declared] = node.space
    about = {key.rpartition(" ")[2]: value for key, value in node.attributes.items() if " " in key}
    return {
        "name": name,
        "attributes": attributes,
        "about": about,
        "in": [_as_data(one) for one in node.content],
    }


def _write(data: Any) -> bytes:
    try:
        return f'<?xml version="1.0" encoding="UTF-8"?>{_as_text(data)}'.encode()
    except (KeyError, TypeError):
        return json.dumps(data).encode()


def _as_text(data: Any) -> str:
    if isinstance(data, str):
        return escape(data)
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in data["attributes"].items())
    if data["about"]:
        spaces = {"about": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
        space = spaces.get(next(iter(data["about"])))
        attributes += f" xmlns:q={quoteattr(space)}" if space else ""
        prefix = "q" if space else "xml"
        attributes += "".join(f" {prefix}:{name}={quoteattr(value)}" for name, value in data["about"].items())
    return f"<{data['name']}{attributes}>{''.join(map(_as_text, data['in']))}</{data['name']}>"


XML = Form(_read, _write)
