"""Steps in people's words: what to do, why, and the button that leads right there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orchestrator.config.guidance.steps import Done, Kind, Step, Wait

__all__ = ["Words", "done_words", "step_words", "wait_words"]


@dataclass(frozen=True, slots=True)
class Words:
    """A step as it is shown.

    Attributes:
        action: What the button says; it leads to ``url``.
        asks: The button does it at once (a POST) instead of leading to a form.
        command: A line to paste, where the step is taken outside of the admin.
    """

    title: str
    why: str
    action: str
    url: str
    asks: bool = False
    command: str = ""


@dataclass(frozen=True, slots=True)
class _Template:
    title: str
    why: str
    action: str


_TEMPLATES: Mapping[Kind, _Template] = {
    Kind.CONNECT: _Template(
        gettext_lazy("Connect a first system"),
        gettext_lazy(
            "Pictures, products and texts stay in the systems that own them; here they are linked. So "
            "nothing can be picked before a system is connected. Have its address at hand, and a key that "
            "may read."
        ),
        gettext_lazy("Add a connection"),
    ),
    Kind.MEND_CONNECTION: _Template(
        gettext_lazy("Mend the settings of “%(name)s”"),
        gettext_lazy(
            "It refuses to be read with them as they are: most often a key has changed or ended. Until then "
            "its links show what was read last, and after that nothing."
        ),
        gettext_lazy("Open its settings"),
    ),
    Kind.RETRY_CONNECTION: _Template(
        gettext_lazy("See whether “%(name)s” is back"),
        gettext_lazy(
            "It does not answer. Its links show what was read last, as long as that may be shown. If it "
            "stays away, tell whoever looks after it."
        ),
        gettext_lazy("Ask it now"),
    ),
    Kind.TEST_CONNECTION: _Template(
        gettext_lazy("See whether “%(name)s” answers"),
        gettext_lazy(
            "Nobody has asked it since its settings were written, so nobody knows yet whether anything can "
            "be picked from it."
        ),
        gettext_lazy("Ask it now"),
    ),
    Kind.MEND_LINKS: _Template(
        "",  # It counts: see _title.
        gettext_lazy(
            "Their sources no longer give what they lead to, so slots show their fallback or stay empty. "
            "Choose something else, or take them out."
        ),
        gettext_lazy("See broken links"),
    ),
    Kind.ADD_CLIENT: _Template(
        gettext_lazy("Let a first program fetch"),
        gettext_lazy(
            "An app, a website or a screen asks with a key of its own, so that one can be ended without the "
            "others. Without a program nobody gets an answer."
        ),
        gettext_lazy("Add an API client"),
    ),
    Kind.MAKE_KEY: _Template(
        gettext_lazy("Make a key for “%(name)s”"),
        gettext_lazy(
            "It may fetch, but has no key to show. A key is shown once: have the place at hand where its "
            "secrets are kept."
        ),
        gettext_lazy("To its keys"),
    ),
    Kind.ADD_CHANNEL: _Template(
        gettext_lazy("Add a first channel"),
        gettext_lazy(
            "A channel is a place where experiences appear: a website, an app, the screens in the lobby. It "
            "says which programs may fetch there. Tick the one that has a key."
        ),
        gettext_lazy("Add a channel"),
    ),
    Kind.OPEN_CHANNEL: _Template(
        gettext_lazy("Let a program use “%(name)s”"),
        gettext_lazy(
            "No program with a key may fetch through a channel yet, so every request is refused. Tick one."
        ),
        gettext_lazy("Open the channel"),
    ),
    Kind.COMPOSE: _Template(
        gettext_lazy("Compose a first experience"),
        gettext_lazy(
            "An experience is what one place shows: slots with names, and in them links to what your systems "
            "hold. One slot with one picture is enough to begin with; it stays a draft until it is published."
        ),
        gettext_lazy("Compose an experience"),
    ),
    Kind.PUBLISH: _Template(
        gettext_lazy("Publish “%(name)s”"),
        gettext_lazy(
            "It is composed, but a draft: no app gets anything of it. Publish is in the menu at the "
            "bottom of the page."
        ),
        gettext_lazy("Open the draft"),
    ),
    Kind.SUBMIT: _Template(
        gettext_lazy("Hand in “%(name)s”"),
        gettext_lazy(
            "It is composed, but a draft: no app gets anything of it. Submit it for moderation, and somebody "
            "who may publish decides."
        ),
        gettext_lazy("Open the draft"),
    ),
    Kind.FETCH: _Template(
        gettext_lazy("Fetch “%(name)s” for the first time"),
        gettext_lazy(
            "It is published, and nobody has fetched anything yet. Paste this line into a terminal, with a "
            "key in place of $KEY; an app sends the same request."
        ),
        gettext_lazy("Read how apps fetch"),
    ),
    Kind.PUBLISH_CHANGES: _Template(
        gettext_lazy("Publish the changes of “%(name)s”"),
        gettext_lazy(
            "It is live, with a newer draft beside it. Until that is published apps get the old one."
        ),
        gettext_lazy("Open the draft"),
    ),
    Kind.SUBMIT_CHANGES: _Template(
        gettext_lazy("Hand in the changes of “%(name)s”"),
        gettext_lazy(
            "It is live, with a newer draft beside it. Submit that for moderation; until it is published "
            "apps get the old one."
        ),
        gettext_lazy("Open the draft"),
    ),
    Kind.HEAR_CHANGES: _Template(
        gettext_lazy("Hear of changes in “%(name)s” at once"),
        gettext_lazy(
            "It could send hooks or say when asked what changed, but neither is switched on. A change there "
            "appears only when what was read is no longer fresh."
        ),
        gettext_lazy("Switch one on"),
    ),
    Kind.BIND_PEOPLE: _Template(
        gettext_lazy("Let slots greet people of “%(name)s”"),
        gettext_lazy(
            "It holds people's data, which is never picked. A bound link shows the record of the person who "
            "asks: say by which identifier an app names them."
        ),
        gettext_lazy("Add a bound link"),
    ),
    Kind.INVITE: _Template(
        gettext_lazy("Invite somebody who composes"),
        gettext_lazy(
            "Nobody but you can log in. An Editor composes and hands in, a Publisher publishes too, an "
            "Administrator connects systems and makes keys."
        ),
        gettext_lazy("Add a user"),
    ),
}

_EDIT_CONNECTION = "connections:edit"
# Where a step leads to: the name of an address, whether it is about the step's subject, a place on the page.
_PLACES: Mapping[Kind, tuple[str, bool, str]] = {
    Kind.CONNECT: ("connections:add", False, ""),
    Kind.MEND_CONNECTION: (_EDIT_CONNECTION, True, ""),
    Kind.RETRY_CONNECTION: ("connections:check", True, ""),
    Kind.TEST_CONNECTION: ("connections:check", True, ""),
    Kind.MEND_LINKS: ("links:broken", False, ""),
    Kind.ADD_CLIENT: ("access_clients:add", False, ""),
    Kind.MAKE_KEY: ("access_clients:edit", True, "#keys-section"),
    Kind.ADD_CHANNEL: ("channels:add", False, ""),
    Kind.OPEN_CHANNEL: ("channels:edit", True, ""),
    Kind.COMPOSE: ("wagtailsnippets_experiences_experience:add", False, ""),
    Kind.FETCH: ("delivery:docs", False, ""),
    Kind.HEAR_CHANGES: (_EDIT_CONNECTION, True, "#freshness-section"),
    Kind.BIND_PEOPLE: ("links_bound:add", False, ""),
    Kind.INVITE: ("wagtailusers_users:add", False, ""),
}
_ASKS = frozenset({Kind.RETRY_CONNECTION, Kind.TEST_CONNECTION})


def step_words(step: Step) -> Words:
    """How a step is shown."""
    template = _TEMPLATES[step.kind]
    return Words(
        title=_title(step, template),
        why=str(template.why),
        action=str(template.action),
        url=_url(step),
        asks=step.kind in _ASKS,
        command=f'curl -H "Authorization: Bearer $KEY" "{step.subject}"' if step.kind is Kind.FETCH else "",
    )


def wait_words(wait: Wait) -> str:
    """What somebody reads who has nothing to do."""
    return {
        Wait.FOR_A_SYSTEM: _(
            "An administrator connects a system first. Then you can compose with what it holds."
        ),
        Wait.FOR_A_DECISION: _("What you handed in waits for somebody who may publish, or for its time."),
    }[wait]


def done_words(done: Done, number: int) -> str:
    """What is there already, in one line."""
    texts = {
        Done.CONNECTED: ngettext("%(n)d system answers", "%(n)d systems answer", number),
        Done.HEARD: ngettext(
            "%(n)d system tells when something changes",
            "%(n)d systems tell when something changes",
            number,
        ),
        Done.KEYS: ngettext("%(n)d program has a key", "%(n)d programs have keys", number),
        Done.CHANNELS: ngettext("%(n)d channel", "%(n)d channels", number),
        Done.LIVE: ngettext("%(n)d experience is live", "%(n)d experiences are live", number),
        Done.FETCHED: ngettext("%(n)d program has fetched", "%(n)d programs have fetched", number),
    }
    return texts[done] % {"n": number}


def _title(step: Step, template: _Template) -> str:
    if step.kind is Kind.MEND_LINKS:
        title = ngettext("Mend %(number)d broken link", "Mend %(number)d broken links", step.number)
        return title % {"number": step.number}
    return str(template.title) % {"name": step.name}


def _url(step: Step) -> str:
    if step.kind not in _PLACES:
        # Drafts know their own address.
        return str(step.subject)
    name, about_subject, place = _PLACES[step.kind]
    return reverse(name, args=(step.subject,) if about_subject else ()) + place
