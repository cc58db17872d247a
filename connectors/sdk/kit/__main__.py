"""``python -m connectors.sdk.kit NAME [FOLDER]``."""

from __future__ import annotations

import sys

from connectors.sdk.kit.scaffolding import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
