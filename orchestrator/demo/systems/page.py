"""The page for people: see what each system holds, change it, unplug it, slow it down.

Plain forms that work without JavaScript; a small script only keeps the counters current.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from orchestrator.demo.systems import control, manuals, pictures
from orchestrator.demo.systems.messages import Request, Response
from orchestrator.demo.systems.records import (
    Column,
    Record,
    System,
    UnknownColumnError,
    UnknownRecordError,
)

_ASSETS = {"/page.css": "text/css", "/page.js": "text/javascript", "/icon.svg": "image/svg+xml"}
_DELAYS_MS = (0, 200, 800, 3000, 10_000)
_SECURITY = {
    "Content-Security-Policy": "default-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def answer(systems: Mapping[str, System], request: Request, *, hub: str) -> Response:
    """Answer everything that is not a system's own path."""
    if request.path in _ASSETS:
        folder = files("orchestrator.demo.systems").joinpath("assets")
        return Response(
            200,
            folder.joinpath(request.path.lstrip("/")).read_bytes(),
            {"Content-Type": f"{_ASSETS[request.path]}; charset=utf-8", "Cache-Control": "no-cache"},
        )
    if request.path.startswith("/picture/"):
        return _picture(request.path.removeprefix("/picture/"))
    if request.path.startswith("/edit/"):
        return _to_record(request.path)
    if request.path == "/change" and request.method == "POST":
        return _change(systems, request, hub)
    if request.path == "/":
        return _html(_render(systems, request, hub, slug=request.query.get("system", "")))
    return _html("<!doctype html><title>Not found</title><p>Nothing here. <a href='/'>To the page</a>", 404)


def _to_record(path: str) -> Response:
    """Where "Edit in …" leads: ``/edit/SYSTEM/ID``. An id may be an address; its last part is ours."""
    slug, _, record_id = unquote(path).removeprefix("/edit/").partition("/")
    location = f"/?{urlencode({'system': slug})}#{_anchor(record_id.rpartition('/')[2])}"
    return Response(302, b"", {"Location": location})


def _picture(scene: str) -> Response:
    if scene not in pictures.SCENES:
        return _html("", 404)
    headers = {"Content-Type": "image/jpeg", "Cache-Control": "max-age=3600"}
    return Response(200, pictures.rendition(scene, width=320, height=200), headers)


def _change(systems: Mapping[str, System], request: Request, hub: str) -> Response:
    """Do it and show where; or say why not, at the record, with what was typed."""
    form = {
        name: values[-1] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()
    }
    values = {name.removeprefix("value-"): text for name, text in form.items() if name.startswith("value-")}
    order: dict[str, Any] = {**form, "values": values}
    if form.get("action") == "hooks":
        order["on"] = form.get("on") == "yes"
    slug, record_id = form.get("system", ""), form.get("id", "")
    try:
        control.perform(systems, order)
    except (control.UnknownActionError, UnknownRecordError, UnknownColumnError, ValueError) as error:
        return _html(
            _render(systems, request, hub, slug=slug, refused=_Refused(str(error), record_id, values)), 422
        )
    fragment = f"#{_anchor(record_id)}" if record_id else ""
    return Response(303, b"", {"Location": f"/?{urlencode({'system': slug})}{fragment}"})


def _html(text: str, status: int = 200) -> Response:
    return Response(status, text.encode(), {"Content-Type": "text/html; charset=utf-8", **_SECURITY})


@dataclass(frozen=True, slots=True)
class _Refused:
    """A change that was not made: why, of which record, and what was typed."""

    problem: str
    record_id: str
    values: Mapping[str, str]


def _render(
    systems: Mapping[str, System], request: Request, hub: str, *, slug: str, refused: _Refused | None = None
) -> str:
    chosen = systems.get(slug) or next(iter(systems.values()))
    to_hub = f'<a class="hub" href="{escape(hub)}">Open the hub</a>' if hub else ""
    listed = _listed(chosen)
    at_record = refused is not None and any(record.id == refused.record_id for record in listed)
    notice = _notice(refused) if refused and not at_record else ""
    tabs = "".join(_tab(system, current=system is chosen) for system in systems.values())
    records = "".join(_record(chosen, record, refused) for record in listed)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(chosen.name)} · Meridian's systems</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<header>
<div><h1>Meridian's systems</h1>
<p>The systems that own the content. Change something here and watch every channel follow.</p></div>
{to_hub}
</header>
<nav aria-label="Systems"><ul>{tabs}</ul></nav>
<main>
{notice}
<section class="panel" aria-labelledby="chosen">
<h2 id="chosen">{escape(chosen.name)}</h2>
<p class="style">{escape(chosen.style)}</p>
{_controls(chosen)}
{_hooks(chosen)}
{manuals.describe(chosen, request, hub=hub)}
</section>
<ul class="records">{records}</ul>
</main>
</body>
</html>
"""


def _tab(system: System, *, current: bool) -> str:
    mark = ' aria-current="page"' if current else ""
    dot, words = _condition(system)
    return (
        f'<li><a href="/?system={system.slug}"{mark}><strong>{escape(system.name)}</strong>'
        f'<span class="condition"><span class="dot {dot}"></span>{words}</span><span class="count">'
        f'<b data-requests="{system.slug}">{system.request_count}</b> calls</span></a></li>'
    )


def _condition(system: System) -> tuple[str, str]:
    if not system.behaviour.plugged:
        return "off", "unplugged"
    if system.behaviour.delay_ms:
        return "slow", f"waits {system.behaviour.delay_ms:,} ms"
    return "on", "plugged in"


def _controls(system: System) -> str:
    plugged, hooks = system.behaviour.plugged, system.behaviour.hooks
    plug = ("unplug", "Unplug", "danger") if plugged else ("plug", "Plug in", "good")
    options = "".join(
        f'<option value="{ms}"{" selected" if ms == system.behaviour.delay_ms else ""}>'
        f"{f'{ms:,} ms' if ms else 'at once'}</option>"
        for ms in _DELAYS_MS
    )
    parts = [
        _form(system, plug[0], f'<button class="{plug[2]}">{plug[1]}</button>'),
        _form(
            system,
            "slow",
            f'<label>Answers <select name="delay_ms">{options}</select></label><button>Set</button>',
        ),
        _form(system, "reset", "<button>Start over</button>"),
    ]
    if system.sends_hooks:
        turn = ("no", "Switch hooks off") if hooks else ("yes", "Switch hooks on")
        hidden = f'<input type="hidden" name="on" value="{turn[0]}">'
        parts.insert(2, _form(system, "hooks", f"{hidden}<button>{turn[1]}</button>"))
    return f'<div class="controls">{"".join(parts)}</div>'


def _hooks(system: System) -> str:
    if not system.sends_hooks:
        return '<p class="hooks">This system sends no hooks: the hub asks it.</p>'
    lines = "".join(
        f"<li><time>{hook.at:%H:%M:%S}</time> <code>{escape(hook.event)}</code> "
        f"{escape(hook.record_id)} → {escape(hook.outcome)}</li>"
        for hook in list(system.sent_hooks)
    )
    if not system.behaviour.hooks:
        state = "Hooks are off: the hub has to ask."
    elif system.behaviour.hook_url:
        state = f"Hooks go to <code>{escape(system.behaviour.hook_url)}</code>"
    else:
        state = "Nobody has said where hooks should go."
    shown = f'<ol data-hooks="{system.slug}" aria-label="Last hooks">{lines}</ol>'
    return f'<div class="hooks"><p>{state}</p>{shown}</div>'


def _listed(system: System) -> list[Record]:
    return sorted(system.all_records(), key=lambda record: (record.deleted, -record.created_at.timestamp()))


def _notice(refused: _Refused) -> str:
    return f'<p class="problem" role="alert">Not changed: {escape(refused.problem)}</p>'


def _record(system: System, record: Record, refused: _Refused | None) -> str:
    mine = refused if refused is not None and refused.record_id == record.id else None
    fields = "".join(_field(record, column, mine) for column in system.columns)
    scene = system.picture_of(record)
    picture = (
        f'<img src="/picture/{quote(scene)}" alt="" width="160" height="100" loading="lazy">' if scene else ""
    )
    called = system.also_called(record)
    identity = f'<code class="id">{escape(record.id)}{f" · {escape(called)}" if called else ""}</code>'
    if record.deleted:
        title = escape(str(record.values[system.columns[0].name]))
        body = f'<p class="gone"><s>{title}</s> {system.deleted_is}</p>' + _form(
            system, "restore", '<button class="good">Restore</button>', record
        )
    else:
        notice = _notice(mine) if mine else ""
        save = f'{fields}{notice}<div class="buttons"><button class="save">Save</button></div>'
        body = _form(system, "edit", save, record, css="edit") + _form(
            system, "delete", '<button class="danger">Delete</button>', record, css="delete"
        )
    state = " deleted" if record.deleted else ""
    body = f'{picture}<div class="body">{identity}{body}</div>'
    return f'<li id="{_anchor(record.id)}" class="record{state}">{body}</li>'


def _field(record: Record, column: Column, refused: _Refused | None) -> str:
    value = record.values[column.name]
    text = ", ".join(value) if isinstance(value, list) else str(value)
    name = f'name="value-{column.name}"'
    if refused is not None:
        text = refused.values.get(column.name, text)
        if refused.problem.startswith(f"{column.label} must"):
            # The page opens where something has to be mended.
            name += ' aria-invalid="true" autofocus'
    text = escape(text)
    if column.kind == "long":
        control_html = f'<textarea {name} rows="3">{text}</textarea>'
    elif column.kind == "choice":
        options = "".join(
            f"<option{' selected' if choice == value else ''}>{escape(choice)}</option>"
            for choice in column.choices
        )
        control_html = f"<select {name}>{options}</select>"
    elif column.kind in ("number", "price"):
        control_html = f'<input {name} value="{text}" inputmode="decimal" class="short">'
    else:
        control_html = f'<input {name} value="{text}">'
    return f"<label><span>{escape(column.label)}</span>{control_html}</label>"


def _form(system: System, action: str, inner: str, record: Record | None = None, *, css: str = "") -> str:
    record_id = f'<input type="hidden" name="id" value="{escape(record.id)}">' if record else ""
    return (
        f'<form method="post" action="/change" class="{css}">'
        f'<input type="hidden" name="system" value="{system.slug}">'
        f'<input type="hidden" name="action" value="{action}">{record_id}{inner}</form>'
    )


def _anchor(record_id: str) -> str:
    return "r-" + quote(record_id, safe="")
