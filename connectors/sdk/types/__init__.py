"""The canonical types: what an asset looks like, whatever system it comes from.

Names are schema.org's. A connector calls :func:`canonical` once for each asset it reads; the hub, its
cache and its answers then hold plain JSON. Choices, where schema.org leaves several:

- Prices are decimal strings ("129.00"): no float ever rounds one. A float that comes in gets two
  to six decimals.
- Instants are ISO 8601 with a zone; where a day is enough ("datePublished"), a date may stand alone.
- ``image`` is a list of addresses, the best first; ``offers``, ``author``, ``brand`` are one object.
  Several offers of one product are one with ``lowPrice``, ``highPrice`` and ``offerCount``.
- Terms of an enumeration are bare ("InStock", not "https://schema.org/InStock").
- ``None``, empty text and empty objects mean *not given* and are left out.
- What a system has beyond its type is under ``extra``. Text may hold HTML; the hub cleans it.
"""

from connectors.sdk.types.catalogue import TYPES, type_title
from connectors.sdk.types.fields import FieldName, field_names
from connectors.sdk.types.making import canonical, nest
from connectors.sdk.types.showing import focal_point_of, map_pictures, picture_of, summary_of, title_of

__all__ = [
    "TYPES",
    "FieldName",
    "canonical",
    "field_names",
    "focal_point_of",
    "map_pictures",
    "nest",
    "picture_of",
    "summary_of",
    "title_of",
    "type_title",
]
