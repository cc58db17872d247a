"""Every address of the hub, from its URL patterns."""

import re
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

_ROUTE = re.compile(r"<(?:\w+:)?(\w+)>")
_NAMED = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Address:
    """``template`` has its parameters in braces."""

    template: str
    view: object

    @property
    def parameters(self):
        return re.findall(r"{(\w+)}", self.template)

    @property
    def model(self):
        """The model whose rows it is about, where the view says so."""
        given = getattr(self.view, "view_initkwargs", {}).get("model")
        found = given or getattr(getattr(self.view, "view_class", None), "model", None)
        return found if isinstance(found, type) else None


def all_addresses():
    """Of the API and of the admin, each template once."""
    found = {one.template: one for one in _walk(get_resolver(), "/")}
    return [one for one in found.values() if one.template.startswith(("/api", "/admin/"))]


def _walk(resolver, prefix):
    for pattern in resolver.url_patterns:
        template = prefix + _template(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, template)
        elif isinstance(pattern, URLPattern):
            yield Address(template, pattern.callback)


def _template(text):
    text = _NAMED.sub(r"{\1}", _ROUTE.sub(r"{\1}", text))
    text = re.sub(r"\((/)?[^()]*\)\??", r"{rest}", text) if "(" in text else text
    return text.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")
