"""The blocks of a page that teaches: which file each belongs to, and which commands are typed when."""

import re
from dataclasses import dataclass

__all__ = ["Block", "blocks"]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w/.-]+\.(?:py|md|yaml))`")


@dataclass(frozen=True)
class Block:
    """``file`` is what the paragraph before it names; with ``goes_on`` it follows a block of that."""

    language: str
    text: str
    file: str
    goes_on: bool

    @property
    def commands(self):
        """What is typed, without the prompt."""
        return [line.removeprefix("$ ") for line in self.text.splitlines() if line.startswith("$ ")]


def blocks(page):
    """All blocks in the page's order."""
    found = []
    for match in _BLOCK.finditer(page):
        paragraph = page[: match.start()].rstrip().rpartition("\n\n")[2]
        named = _FILE.search(paragraph)
        found.append(Block(match[1], match[2], named[1] if named else "", "goes on" in paragraph))
    return found
