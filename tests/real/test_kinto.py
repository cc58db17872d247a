"""Kinto's connector against the real Kinto."""

import pytest

from connectors.kinto.connector import KintoConnector
from connectors.kinto.settings import KintoConfig
from connectors.sdk import AccessDeniedError, Asset, Call, Identifier, Missing, Ref, Unchanged
from tests.real.suite import LOOPBACK, RealSuite
from tests.real.systems import Key

ADA = Identifier("loyalty_id", "ML-100234")


def call(**validators: str) -> Call:
    known = {Ref("Person", one): validator for one, validator in validators.items()}
    return Call(deadline=Call.within(20).deadline, validators=known)


class TestKinto(RealSuite):
    system = "kinto"
    unknown = Ref("Person", "nobody")
    deletions_told = "poll"
    person = ADA
    stranger = Identifier("loyalty_id", "ML-999999")

    def make_connector(self, url, key, egress, **settings):
        config = KintoConfig(
            base_url=f"{url}/v1",
            username=key.user,
            password=key.secret,
            bucket="crm",
            collection="contacts",
            **{"identifiers": {"loyalty_id": "loyalty_id", "email": "email"}, **settings},
        )
        return KintoConnector(config, egress=egress)

    def ref_of(self, seeded):
        return Ref("Person", seeded.id)

    def test_a_person_has_tier_and_points(self, connector):
        ada = connector.find([ADA], call())[ADA]
        assert ada.fields["memberOf"] == {
            "membershipNumber": "ML-100234",
            "membershipPointsEarned": 18200.0,
            "tier": {"name": "gold"},
        }

    def test_many_are_found_in_one_question_each_by_its_own_kind(self, connector):
        mail = Identifier("email", "ML-100235@Example.test")
        numbers = [Identifier("loyalty_id", f"ML-2{n:05}") for n in range(1, 61)]
        answers = connector.find([ADA, mail, *numbers], call())
        assert answers[mail].fields["name"] == "Björn Harbour"
        assert [answers[one].fields["name"] for one in numbers] == [f"Guest {n:03}" for n in range(1, 61)]

    def test_whatever_was_typed_is_a_value_and_no_question(self, connector):
        for value in (
            '"ML-100234"',
            "ML-100234,ML-100235",
            "*",
            "%",
            "ML-1002_4",
            "ü&_limit=9#",
            "null",
            "1",
        ):
            identifier = Identifier("loyalty_id", value)
            assert isinstance(connector.find([identifier], call())[identifier], Missing), value

    def test_what_is_known_is_unchanged_until_it_changes(self, connector, running, added):
        one = added.external_id
        first = connector.fetch([added], call())[added]
        assert connector.fetch([added], call(**{one: first.validator})) == {added: Unchanged()}
        others = [Ref("Person", "c-001"), added]
        assert connector.fetch(others, call(**{one: first.validator}))[added] == Unchanged()
        running.set(one, points=5)
        assert isinstance(connector.fetch([added], call(**{one: first.validator}))[added], Asset)

    def test_a_poll_tells_a_restoration(self, connector, running, added):
        cursor = connector.changes_since(None, call()).cursor
        running.delete(added.external_id)
        deleted = connector.changes_since(cursor, call())
        running.restore(added.external_id)
        restored = connector.changes_since(deleted.cursor, call())
        assert [(c.ref, c.deleted) for c in deleted.changes] == [(added, True)]
        assert [(c.ref, c.deleted) for c in restored.changes] == [(added, False)]
        assert connector.changes_since(restored.cursor, call()).changes == []

    def test_many_changes_come_over_pages_without_a_gap(self, connector, running, monkeypatch):
        monkeypatch.setattr("connectors.kinto.connector.POLL_SIZE", 3)
        cursor, told, more = connector.changes_since(None, call()).cursor, [], True
        changed = [f"c-{n:03}" for n in range(10, 18)]
        for one in changed:
            running.set(one, points=1)
        while more:
            page = connector.changes_since(cursor, call())
            told += [change.ref.external_id for change in page.changes]
            cursor, more = page.cursor, page.more
        assert told == changed

    def test_who_may_only_read_erases_nobody(self, connector):
        with pytest.raises(AccessDeniedError):
            connector.erase(ADA, call())
        assert isinstance(connector.find([ADA], call())[ADA], Asset)

    def test_an_erased_person_is_gone_with_a_proof(self, running, added):
        running.set(added.external_id, loyalty_id="ML-to-be-erased")
        known = Identifier("loyalty_id", "ML-to-be-erased")
        writer = self.make_connector(running.base_url, Key(*running._admin), LOOPBACK)
        try:
            proof = writer.erase(known, call())
            assert (proof["erased"], proof["record"]) == (1, added.external_id)
            assert proof["history_entries"] == 2
            assert isinstance(writer.find([known], call())[known], Missing)
            assert writer.erase(known, call()) == {"erased": 0}
            assert isinstance(writer.find([ADA], call())[ADA], Asset)
        finally:
            writer.close()
