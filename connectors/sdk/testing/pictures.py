"""Real picture files of any size, for simulators, and what a picture file is: its type and its size.

A PNG is a plain ground with a diagonal of another colour; a WebP is the plain ground alone.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Measured", "made_size", "measured", "picture", "png", "webp"]

Colour = tuple[int, int, int]

_PNG, _GIF = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")


class Measured(NamedTuple):
    """What the bytes of a picture say."""

    media_type: str
    width: int
    height: int


def picture(width: int, height: int, colour: Colour, *, media_type: str = "image/png") -> tuple[str, bytes]:
    """A picture in the type asked for, if that is PNG or WebP, else as PNG; its type and its bytes."""
    if media_type == "image/webp":
        return media_type, webp(width, height, colour)
    return "image/png", png(width, height, colour)


def made_size(own: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """What a system makes of its picture that enlarges nothing; 0 is not asked for, both sides cut it."""
    if width and height:
        return min(width, own[0]), min(height, own[1])
    factor = min(1.0, (width or own[0]) / own[0], (height or own[1]) / own[1])
    return round(own[0] * factor), round(own[1] * factor)


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
            _PNG,
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(bytes(rows), 6)),
            _chunk(b"IEND", b""),
        )
    )


def webp(width: int, height: int, colour: Colour) -> bytes:
    """A lossless WebP of one colour: each of its prefix codes has one symbol, so a pixel takes no bit.

    Source: https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification
    """
    red, green, blue = colour
    # Size; no alpha, version 0; no transform, no colour cache, no meta prefix codes.
    fields = [(width - 1, 14), (height - 1, 14), (0, 1), (0, 3), (0, 1), (0, 1), (0, 1)]
    for symbol in (green, red, blue, 255):
        # A simple code of one symbol of eight bits.
        fields += [(1, 1), (0, 1), (1, 1), (symbol, 8)]
    # Of distances, which nothing uses: one symbol of one bit.
    fields += [(1, 1), (0, 1), (0, 1), (0, 1)]
    data = b"\x2f" + _packed(fields)
    body = b"WEBP" + b"VP8L" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def measured(data: bytes) -> Measured:
    """Type and size of a PNG, a GIF, a JPEG or a lossless WebP, from its header.

    Raises:
        ValueError: It is something else.
    """
    if data.startswith(_PNG):
        return Measured("image/png", *struct.unpack(">II", data[16:24]))
    if data.startswith(_GIF):
        return Measured("image/gif", *struct.unpack("<HH", data[6:10]))
    if data.startswith(b"RIFF") and data[8:16] == b"WEBPVP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return Measured("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if data.startswith(b"\xff\xd8"):
        return _measured_jpeg(data)
    raise ValueError("no PNG, GIF, JPEG or lossless WebP")


def _measured_jpeg(data: bytes) -> Measured:
    at = 2
    while at + 9 <= len(data):
        marker, length = struct.unpack(">BxH", data[at + 1 : at + 2] + b"\0" + data[at + 2 : at + 4])
        # A frame's header; C4, C8 and CC of that range are tables.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Measured("image/jpeg", width, height)
        at += 2 + length
    raise ValueError("a JPEG without a frame")


def _packed(fields: Iterable[tuple[int, int]]) -> bytes:
    """Numbers of so many bits each, the least significant bit first."""
    bits = shift = 0
    for value, width in fields:
        bits |= value << shift
        shift += width
    return bits.to_bytes((shift + 7) // 8, "little")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
