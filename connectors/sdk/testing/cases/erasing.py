"""Erasing a person's data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.sdk.assets import Missing
from connectors.sdk.connector import Call
from connectors.sdk.testing.stage import ContractData, Stage, case

__all__ = ["ErasingCases"]


class ErasingCases(ContractData):
    """What ``erase`` promises."""

    @case(capability="erasure", needs=("person", "stranger"))
    def test_an_erased_person_is_found_no_more(self, stage: Stage) -> None:
        connector: Any = stage.connector
        self._assert_proof(connector.erase(self.person, Call.within(5)))
        answers = connector.find([self.person], Call.within(5))
        assert isinstance(answers[self.person], Missing)

    @case(capability="erasure", needs=("person", "stranger"))
    def test_erasing_a_stranger_erases_nobody(self, stage: Stage) -> None:
        connector: Any = stage.connector
        self._assert_proof(connector.erase(self.stranger, Call.within(5)))
        self.assert_proper(connector.find([self.person], Call.within(5))[self.person])

    def _assert_proof(self, proof: Any) -> None:
        """Something that can be kept: what it proves must not be the very data that was to go."""
        assert isinstance(proof, Mapping)
        assert proof, "nothing is proved"
        kept = json.dumps(proof)
        assert not [word for word in self._private_words() if word in kept]
