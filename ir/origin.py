"""Where a thing was written: in a text, or in a JSON document."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ir.json_text import Places

BLOCK = 1 << 16
"""Characters of a block, by which lines are counted."""


@dataclass(eq=False)
class Source:
    """A file that was read: its name for people, and its text where it has one."""

    name: str
    text: str = ""

    @cached_property
    def _lines_before(self) -> list[int]:
        """How many lines end before each block of the text."""
        ends = (self.text.count("\n", start, start + BLOCK) for start in range(0, len(self.text), BLOCK))
        return list(accumulate(ends, initial=0))

    @cached_property
    def json_places(self) -> Places:
        """Where the values of the text are, if it is JSON."""
        from ir.json_text import Places

        return Places(self.text)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of a character, both counted from 1."""
        block = min(offset // BLOCK, len(self._lines_before) - 1)
        line = self._lines_before[block] + self.text.count("\n", block * BLOCK, offset) + 1
        return line, offset - self.text.rfind("\n", 0, offset)

    def around(self, offset: int, width: int) -> tuple[str, int]:
        """Return the line of a character, cut to its surroundings if it is long, and where in that it stands."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        line_end = len(self.text) if end < 0 else end
        if line_end - start > width:
            start = max(start, offset - width // 2)
            line_end = min(line_end, start + width)
        return self.text[start:line_end].rstrip("\r"), offset - start


@dataclass(frozen=True)
class Origin:
    """A place in a source: a character of its text, a JSON pointer, or the file as a whole."""

    source: Source
    offset: int | None = None
    pointer: str | None = field(default=None, kw_only=True)

    def at(self) -> int | None:
        """Return the number of the character, if the place is one."""
        if self.offset is None and self.pointer is not None and self.source.text:
            return self.source.json_places.locate(self.pointer)
        return self.offset

    def place(self) -> tuple[int, int] | None:
        """Return line and column, if the place has any."""
        at = self.at()
        return None if at is None else self.source.place(at)
