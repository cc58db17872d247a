"""The connector SDK: the only thing that the hub and a connector both know.

``__all__`` is the promise. HTTP lives in :mod:`connectors.sdk.rest` and is not imported here, so that
the hub's engine can use these values without loading an HTTP client.
"""

from connectors.sdk import assets, connector, errors
from connectors.sdk.assets import *  # noqa: F403 - each module's own list is the public surface.
from connectors.sdk.connector import *  # noqa: F403
from connectors.sdk.errors import *  # noqa: F403

__all__ = [*assets.__all__, *connector.__all__, *errors.__all__]  # noqa: PLE0604
