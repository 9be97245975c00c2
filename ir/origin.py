"""Where a thing was written: in a text, or in a JSON document."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ir.json_text import Places


@dataclass(eq=False)
class Source:
    """A file that was read: its name for people, and its text where it has one."""

    name: str
    text: str = ""

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    @cached_property
    def json_places(self) -> Places:
        """Where the values of the text are, if it is JSON."""
        from ir.json_text import Places

        return Places(self.text)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of a character, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Return a line's text without its end."""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else None].rstrip("\r")


@dataclass(frozen=True)
class Origin:
    """A place in a source: a character of its text, a JSON pointer, or the file as a whole."""

    source: Source
    offset: int | None = None
    pointer: str | None = field(default=None, kw_only=True)

    def place(self) -> tuple[int, int] | None:
        """Return line and column, if the place has any."""
        offset = self.offset
        if offset is None and self.pointer is not None and self.source.text:
            offset = self.source.json_places.locate(self.pointer)
        return None if offset is None else self.source.place(offset)
