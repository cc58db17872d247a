"""Plans, contexts and outcomes, small and random, for the engine's tests."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from connectors.sdk import Asset, Ref
from orchestrator.engine.context import Context
from orchestrator.engine.framing import PictureRules
from orchestrator.engine.outcome import LinkState, Outcome, Reading
from orchestrator.engine.plan import (
    Bound,
    Bundle,
    Collected,
    Failure,
    FragmentUse,
    Frame,
    Linked,
    Plan,
    Policy,
    Slot,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TYPES = ("ImageObject", "Product")


def link(number: int, *, overrides=None) -> Linked:
    return Linked(
        id=f"l{number}",
        connection="dam",
        type=TYPES[number % 2],
        external_id=str(number),
        overrides=overrides or {},
    )


def plan(*slots: Slot, id: str = "exp", version: int = 1) -> Plan:
    return Plan(
        id=id, slug="arrival", space="main", locale="en", version=version, title="Arrival", slots=slots
    )


def context(**changes) -> Context:
    return Context(**{"now": NOW, "channel": "web", "locale": "en", **changes})


def reading(want, number: int = 0, *, stale_s: float = 0.0) -> Reading:
    ref = getattr(want, "ref", Ref(want.type, f"m{number}") if hasattr(want, "type") else None)
    asset = Asset(ref=ref, fields={"name": f"{ref.type} {ref.external_id}", "description": "theirs"})
    return Reading(
        connection="dam", source="dam", asset=asset, as_of=NOW - timedelta(minutes=5), stale_s=stale_s
    )


def good(want, *, stale_s: float = 0.0, count: int = 1) -> Outcome:
    state = LinkState.STALE if stale_s else LinkState.FRESH
    return Outcome(state, readings=[reading(want, n, stale_s=stale_s) for n in range(count)], source="dam")


def bad(state: LinkState, reason: str | None = None) -> Outcome:
    return Outcome(state, reason=reason, source="dam")


links = st.integers(0, 9).map(link)
bounds = st.sampled_from(["loyalty_id", "email"]).map(
    lambda kind: Bound(id=f"b-{kind}", connection="crm", type="Person", identifier_kind=kind)
)
collections = st.integers(1, 3).map(
    lambda n: Collected(
        id=f"c{n}", connection="social", type="SocialMediaPosting", query={"tag": str(n)}, limit=n
    )
)
fragment_uses = st.sampled_from(["f1", "f2", "unpublished"]).map(FragmentUse)
items = st.one_of(links, bounds, collections, fragment_uses)
policies = st.builds(
    Policy,
    on_failure=st.sampled_from(Failure),
    last_known_good_s=st.one_of(st.none(), st.integers(0, 600)),
)


sides = st.one_of(st.none(), st.integers(16, 5000))
frames = st.builds(
    Frame, width=sides, height=sides, encoding_format=st.sampled_from([None, "image/webp", "image/avif"])
)
rules = st.builds(PictureRules, srcset=st.booleans(), widest_px=st.one_of(st.none(), st.integers(16, 10_000)))


@st.composite
def plans(draw, *, id: str = "exp", parts=items) -> Plan:
    names = draw(st.lists(st.sampled_from(["hero", "gallery", "offers", "help"]), unique=True, max_size=4))
    slots = [
        Slot(
            name=name,
            items=tuple(draw(st.lists(parts, max_size=4))),
            fallback=tuple(draw(st.lists(parts, max_size=3))),
            policy=draw(policies),
            frame=draw(st.one_of(st.none(), frames)),
        )
        for name in names
    ]
    return plan(*slots, id=id, version=draw(st.integers(1, 9)))


bundles = st.builds(
    lambda main, one, two: Bundle(main, {"f1": one, "f2": two}),
    plans(),
    plans(id="f1"),
    plans(id="f2"),
)
contexts = st.builds(
    context,
    locale=st.sampled_from(["en", "de-CH"]),
    identifiers=st.dictionaries(st.sampled_from(["loyalty_id", "email"]), st.just("p-1")),
    may_use_personal=st.booleans(),
    pictures=rules,
)


@st.composite
def outcomes_for(draw, wants, *, complete: bool = True) -> dict:
    """One outcome for each want; without ``complete``, for some of them."""
    given_wants = [want for want in wants if complete or draw(st.booleans())]
    return {want: draw(_outcomes(want)) for want in given_wants}


def _outcomes(want):
    failures = st.sampled_from([s for s in LinkState if s not in (LinkState.FRESH, LinkState.STALE)])
    return st.one_of(
        st.integers(0, 2).map(lambda count: good(want, count=count if hasattr(want, "limit") else 1)),
        st.integers(1, 900).map(lambda stale_s: good(want, stale_s=stale_s)),
        failures.map(bad),
    )
