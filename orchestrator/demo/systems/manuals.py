"""What somebody needs who connects a system by hand, in the words of the hub's form.

It holds the system's key, so it is for browsers on this machine only: a page elsewhere whose name was made
to lead here must not read it.
"""

from __future__ import annotations

from html import escape
from ipaddress import ip_address
from urllib.parse import urlsplit

from orchestrator.demo.systems.messages import Request
from orchestrator.demo.systems.records import Manual, System

__all__ = ["describe"]


def describe(system: System, request: Request, *, hub: str) -> str:
    """The part of the page that can be unfolded."""
    if not _asked_by_this_machine(request):
        here = f"<code>{escape(request.address)}</code>"
        body = f"<p>Its key is shown on this machine only: open {here} there.</p>"
    else:
        body = _steps(system.manual(), request.address, hub)
    return f'<details class="manual"><summary>Connect it yourself</summary>{body}</details>'


def _asked_by_this_machine(request: Request) -> bool:
    name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _steps(manual: Manual, address: str, hub: str) -> str:
    entries = [(label, value.replace("{address}", address, 1)) for label, value in manual.entries]
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{_lines(text)}</dd>" for label, text in entries)
    base = next(text for label, text in entries if label == "Address")
    posted = f" -H 'Content-Type: application/json' -d '{manual.body}'" if manual.body else ""
    curl = f"curl -s {manual.credentials}{posted} '{base}{manual.example}'"
    mapped = "load a sample, say where it holds what, and " if manual.maps else ""
    form = "Connections &gt; Add a connection"
    if hub:
        form = f'<a href="{escape(hub)}/admin/connections/new/">{form}</a>'
    return (
        f"<p>In the hub: {form}, connector <b>{escape(manual.connector)}</b>. Its form asks what is here; a "
        f"click marks a value. Then {mapped}press Test.</p>"
        f"<dl>{rows}</dl>"
        f"<p>See what it answers:</p><pre><code>{escape(curl)}</code></pre>"
    )


def _lines(text: str) -> str:
    return "<br>".join(f"<code>{escape(line)}</code>" for line in text.splitlines())
