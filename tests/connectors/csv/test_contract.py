"""The contract of the SDK, for files in three dialects."""

from typing import ClassVar

from connectors.csv.simulator import SECRET, ExportFile, SheetFile, TabFile
from connectors.sdk import Ref
from connectors.sdk.testing.contract import Collection, ConnectorContract, NotApplicable
from tests.connectors.csv import dialects


class TableContract(ConnectorContract, abstract=True):
    """What all files have in common: the shop's stock, and what people do there."""

    settings: ClassVar[dict]
    simulator: ClassVar[type]
    secrets = (SECRET,)
    search_word = "harbour"
    hide = NotApplicable("A table has no drafts.")
    forbid = NotApplicable("A file is given as a whole or not at all.")

    def __init_subclass__(cls, **options):
        if "settings" in vars(cls):
            given = cls.settings["type"]
            cls.form = dialects.form_of(cls.simulator)
            cls.seeded = tuple(Ref(given, f"p-{number}") for number in range(101, 108))
            cls.known, cls.search_hits = cls.seeded[:3], (cls.seeded[0],)
            cls.unknown = Ref(given, "p-999")
            column = next(iter(cls.settings["filters"]))
            cls.collections = (
                Collection(given, {column: "House"}, ["p-102", "p-103", "p-107"]),
                Collection(given, {}, [ref.external_id for ref in cls.seeded]),
            )
        super().__init_subclass__(**options)

    def make_simulator(self):
        return self.simulator()

    def make_connector(self, url, egress):
        return dialects.connect(self.settings, url, egress)

    def make_refused(self, url, egress):
        secret = {"basic": "password", "bearer": "token"}.get(self.settings["auth"], "key")
        return dialects.connect({**self.settings, secret: "wrong"}, url, egress)

    def edit(self, simulator, ref):
        simulator.change(int(ref.external_id.removeprefix("p-")), title="Renamed")

    def delete(self, simulator, ref):
        simulator.delete(int(ref.external_id.removeprefix("p-")))

    def drift(self, data):
        """Every value is still there, and the id has another name."""
        return [{**data[0], "0": "id_v2"}, *data[1:]]


class TestSheetFile(TableContract):
    settings = dialects.SHEET
    simulator = SheetFile


class TestExportFile(TableContract):
    settings = dialects.EXPORT
    simulator = ExportFile


class TestTabFile(TableContract):
    settings = dialects.TAB
    simulator = TabFile

    def drift(self, data):
        """Without names: the columns are one more, and the first is empty."""
        return [{"new": "", **row} for row in data]
