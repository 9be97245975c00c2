"""Diagnostics as a person reads them: what is said of many names alike is said once, with the names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ir.diagnostics import Diagnostic

NAMES = 6
"""Names at most that are told beside the first."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


@dataclass
class _Told:
    first: str
    name: str = ""
    others: dict[str, None] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        yield self.first
        if self.others:
            more = len(self.others) - NAMES
            yield "  also: " + ", ".join([*self.others][:NAMES]) + (f", and {more} more" if more > 0 else "")


def told(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield the lines of diagnostics, in the order in which they come.

    What is the same word for word is told once. So is what differs in the one name that it quotes, at one place: the
    other names stand below the first of them.
    """
    groups: dict[str, _Told] = {}
    for each in diagnostics:
        text = str(each)
        names = _QUOTED.findall(each.message)
        alike = len(names) == 1 and "\n" not in text.removesuffix(f"\n  hint: {each.hint}")
        group = groups.setdefault(
            text.replace(names[0], "\0", 1) if alike else text, _Told(text, names[0] if names else "")
        )
        if alike and names[0] != group.name:
            group.others[names[0]] = None
    for group in groups.values():
        yield from group.lines()
