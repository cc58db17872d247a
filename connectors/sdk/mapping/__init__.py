"""What connectors share that an administrator configures: settings, expressions, and what a record means.

A connector for one kind of system knows its records. A generic one (any JSON API, any GraphQL API, any
table) is told by settings which value of a record is which canonical field. That telling is here, so
that all of them have the same form and the same words::

    class TableConfig(VerdictSettings):
        file: str = Field(title="Address of the file", json_schema_extra=shown("Address"))

    class TableConnector(MappedConnector[TableConfig]):
        def fetch(self, refs, call):
            found = {Ref(self.config.type, self.id_of(row)): row for row in self._rows(call)}
            return self.judged_together({ref: found[ref] for ref in refs if ref in found})
"""

from connectors.sdk.mapping.address import AddressSettings, credential_headers, credential_params
from connectors.sdk.mapping.connector import MappedConnector
from connectors.sdk.mapping.expressions import PlaceError
from connectors.sdk.mapping.fields import FieldSettings
from connectors.sdk.mapping.hints import Expression, heading, shown
from connectors.sdk.mapping.notices import NoticeSettings, Noticing
from connectors.sdk.mapping.verdicts import VerdictSettings

__all__ = [
    "AddressSettings",
    "Expression",
    "FieldSettings",
    "MappedConnector",
    "NoticeSettings",
    "Noticing",
    "PlaceError",
    "VerdictSettings",
    "credential_headers",
    "credential_params",
    "heading",
    "shown",
]
