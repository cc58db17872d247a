"""Pictures to fill systems with."""

from __future__ import annotations

import io

from PIL import Image

__all__ = ["jpeg"]


def jpeg(size: tuple[int, int]) -> bytes:
    """A picture whose four corners differ, so that a crop can be told."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    out = io.BytesIO()
    Image.merge("RGB", (across, down, Image.new("L", size, 96))).save(out, "JPEG", quality=80)
    return out.getvalue()
