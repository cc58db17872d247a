"""Which character set a file is in. Pure.

Found by evidence and never by guessing a language: a byte order mark, what the server says, whether it is
UTF-8, which hardly any other text is by accident, and else Windows-1252, which spreadsheets write.

Source: https://www.unicode.org/faq/utf_bom.html, https://encoding.spec.whatwg.org/#names-and-labels
"""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from types import MappingProxyType

from connectors.csv.unreadable import UnreadableError

__all__ = ["CHARSETS", "decode"]

CHARSETS = MappingProxyType(
    {
        "utf-8": "utf-8-sig",
        "utf8": "utf-8-sig",
        "utf-16": "utf-16",
        "us-ascii": "utf-8-sig",
        "iso-8859-1": "cp1252",  # As browsers do: it has all of it, and what people mean.
        "iso-8859-15": "iso-8859-15",
        "windows-1252": "cp1252",
        "windows-1250": "cp1250",
        "windows-1251": "cp1251",
    }
)
"""Names of character sets, and what decodes them."""

_MARKS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))


def decode(body: bytes, *, chosen: str = "", announced: str = "") -> str:
    """The text of a file.

    Args:
        chosen: The character set of the settings, which counts before all else.
        announced: That of the server's header.

    Raises:
        UnreadableError: It is in none that is known, or in another one than is said.
    """
    marked = next((codec for mark, codec in _MARKS if body.startswith(mark)), "")
    said = CHARSETS.get(chosen.lower()) or CHARSETS.get(announced.lower(), "")
    if marked and said and said != marked:
        raise UnreadableError("in another character set than is said")
    for codec in [marked or said] if marked or said else ["utf-8", "cp1252"]:
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise UnreadableError("no text but another kind of file")
        return text
    says = "in another character set than is said" if said else "its character set is not found"
    raise UnreadableError(says)
