"""What is served after a restore from a backup, under every interleaving that hypothesis finds.

The law: whoever has heard the log since the last restore serves nothing as fresh that was read before a
purge of which anybody ever heard, also one that the restored log has forgotten.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from connectors.sdk import Asset
from orchestrator.connections.cache import Address, Cache, LocalCache, SharedCache
from orchestrator.connections.cache.entry import count_of
from orchestrator.connections.cache.sqlite import SqliteStore
from orchestrator.connections.configuring.freshness import Windows
from orchestrator.connections.gateway.answers import EntryMaker
from orchestrator.connections.models import new_epoch
from orchestrator.connections.purges.generations import Line, Log
from orchestrator.connections.purges.lineage import Lineage


@dataclass
class _Member:
    """One process. ``knows`` is how many restores there had been when it last heard the log."""

    cache: Cache
    lineage: Lineage
    knows: int = -1

    @property
    def generations(self):
        return self.lineage.generations

    def address(self):
        how = {
            "connection": "c-1",
            "version": 1,
            "kind": "asset",
            "type": "Product",
            "id": "p",
            "locale": "en",
        }
        return Address.of(epoch=self.generations.epoch, **how)


class _World(RuleBasedStateMachine):
    """One source, a database that is backed up and restored, processes that come and go beside one cache."""

    reads = Bundle("reads")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.epoch, self.lines = new_epoch("db"), ()
        self.version = self.restores = 0
        self.backups = []
        self.version_of = {}
        self.heard = set()
        self.members = [self.member(), self.member()]

    def member(self):
        store = SqliteStore(Path(self.folder.name) / "cache.sqlite3")
        cache = Cache(LocalCache(), SharedCache(store))
        return _Member(cache, Lineage(cache, read=self.read_log, begin_epoch=self.begin_epoch))

    def read_log(self, after):
        return Log(self.epoch, [line for line in self.lines if line.n >= after])

    def begin_epoch(self, after):
        self.epoch = new_epoch("db", max(after, count_of(self.epoch)) + 1)

    @rule(who=st.sampled_from([None, 0, 1]))
    def change_and_purge(self, who):
        self.backups.append((self.epoch, self.lines))
        self.version += 1
        line = Line(len(self.lines) + 1, "c:c-1:i:Product:p", False, float(self.version))
        self.lines = (*self.lines, line)
        self.version_of[line] = self.version
        if who is not None:
            self.hear(who)

    @precondition(lambda self: self.backups)
    @rule(back=st.integers(1, 4), ways=st.tuples(*[st.sampled_from(["starts", "stays", "is deaf"])] * 2))
    def restore(self, back, ways):
        for who, way in enumerate(ways):
            if way == "starts":
                self.members[who] = self.member()
            elif way == "stays":
                self.hear(who)  # A restore takes longer than to hear what was purged before it.
            else:
                self.members[who].generations._heard_at = float("-inf")
        self.epoch, self.lines = self.backups[-min(back, len(self.backups))]
        self.restores += 1

    @rule(who=st.integers(0, 1))
    def hear(self, who):
        member = self.members[who]
        member.lineage.catch_up()
        member.knows = self.restores
        # What one process has heard counts for all, for ever: also when the log forgets it.
        self.heard.update(self.lines)

    @rule(target=reads, who=st.integers(0, 1))
    def begin_read(self, who):
        member = self.members[who]
        return member, member.address(), member.generations.head, self.version

    @rule(read=reads)
    def end_read(self, read):
        member, address, generation, version = read
        asset = Asset(address.ref, {"version": version})
        entry = EntryMaker(Windows(3600, 0, 0), 1_000_000.0, generation).make(asset, address, known=None)
        if not member.generations.has_dropped(entry):
            member.cache.keep([entry])
            member.cache.share([entry])

    @rule(who=st.integers(0, 1))
    def read(self, who):
        self.end_read(self.begin_read(who))

    @invariant()
    def nothing_purged_is_served(self):
        for member in self.members:
            if member.knows == self.restores:
                self.serve(member)

    def serve(self, member):
        address = member.address()
        entry = member.cache.look_up([address], suffices=lambda entry: False)[address.key]
        if entry is None or member.generations.overtaking(address, entry.generation) is not None:
            return
        known = [*self.lines[: member.generations.head], *self.heard.difference(self.lines)]
        assert entry.asset.fields["version"] >= max((self.version_of[line] for line in known), default=0)

    def teardown(self):
        for member in self.members:
            member.cache.close()
        self.folder.cleanup()


TestRestoreLaw = _World.TestCase
TestRestoreLaw.settings = settings(
    max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
