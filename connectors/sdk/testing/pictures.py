"""Real PNG files of any size, for simulators: a plain ground with a diagonal of another colour."""

from __future__ import annotations

import struct
import zlib

__all__ = ["png"]

Colour = tuple[int, int, int]


def png(width: int, height: int, colour: Colour) -> bytes:
    """A truecolour PNG.

    Source: https://www.w3.org/TR/png-3/
    """
    ground, line = bytes(colour), bytes(255 - part for part in colour)
    rows = bytearray()
    for y in range(height):
        at = y * width // height
        # Each row starts with its filter: 0, none.
        rows += b"\0" + ground * at + line + ground * (width - at - 1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(bytes(rows), 6)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
