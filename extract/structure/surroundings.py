"""What a text says around a table of it, which is its caption: its section, and what those around it begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

from extract.structure.latex_cells import plain_latex
from extract.structure.latex_floats import TABULAR, Span, around, beside, floats_of, holds

MOST = 20_000
"""Characters of a caption at most."""
BOLD = 7
"""How deep a line of bold letters stands below headings."""
_HEADINGS = (
    re.compile(r"^ {0,3}(?P<marks>#{1,6}) .*$", re.MULTILINE),
    re.compile(r"^ *(?P<bold>\*\*)(?=\S)[^*\n|]{,60}\*\*:?[ \t]*$", re.MULTILINE),
    re.compile(r"<h(?P<level>[1-6])\b.*?</h(?P=level)>", re.DOTALL | re.IGNORECASE),
    re.compile(r"\\(?P<subs>(?:sub)*)(?P<part>chapter|section|paragraph)\*?\{"),
)
_PARTS = {"chapter": 0, "section": 1, "paragraph": 4}
_FENCED = re.compile(r"^( *)(```+|~~~+)([^\n`]*)\n.*?^ *\2[ \t]*$", re.MULTILINE | re.DOTALL)
_PLAIN = ("", "text", "txt", "plaintext", "ascii")
"""What stands behind a fence around what is no code."""
_TABLES = re.compile(
    rf"\\begin\{{({TABULAR}|array)\}}.*?\\end\{{\1\}}|<table\b.*?</table>|^[^\n|]*\|[^\n]*$",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True)
class _Section:
    """A part of a text: where it begins, where its first own part does, and where it ends."""

    start: int
    inner: int
    end: int

    def holds(self, span: Span) -> bool:
        return self.start <= span[0] < self.end


def caption_of(text: str, tables: Sequence[Span], own: Span, *, is_latex: bool) -> str:
    """Return what stands around a table, one of those of a text, and speaks of it.

    It is the largest section in which no other table is, or what is between others, and the leads of all around it.
    """
    text = _FENCED.sub(lambda found: found[0] if found[3].strip().lower() in _PLAIN else _blank(found), text)
    floats = floats_of(text) if is_latex else []
    text = text[: own[0]] + _caption_alone(text[slice(*own)]) + text[own[1] :]
    others = [beside(each, own, floats) for each in tables if each != own]
    kept = around(own, floats)
    sections = list(_sections(text, own))
    alone = [each for each in sections if not any(map(each.holds, others))]
    outer = [each for each in sections if each not in alone and (alone or each is not sections[0])]
    body = (alone[-1].start, alone[-1].end) if alone else _between(text, sections[0], others, own)
    if kept != own:
        for other in [each for each in others if holds(kept, each)]:
            text = text[: other[0]] + re.sub(r"[^\n]", " ", text[slice(*other)]) + text[other[1] :]
        body = min(body[0], kept[0]), max(body[1], kept[1])
    leads = [text[each.start : min([each.inner, *(other[0] for other in others if each.holds(other)), body[0]])]
             for each in reversed(outer)]  # fmt: skip
    said = " ".join(_TABLES.sub(" ", each) for each in [*leads, text[slice(*body)]])
    plain = plain_latex(said) if is_latex else unescape(re.sub(r"<[^>]*>", " ", said))
    return plain[:MOST]


_CAPTION = re.compile(r"<caption\b.*?</caption\s*>", re.DOTALL | re.IGNORECASE)


def _caption_alone(table: str) -> str:
    """Return as many characters as a table has, its lines as they are, blanks but for the caption that it holds."""
    kept = [0, *(place for found in _CAPTION.finditer(table) for place in found.span()), len(table)]
    parts = [table[a:b] for a, b in pairwise(kept)]
    return "".join(part if i % 2 else re.sub(r"[^\n]", " ", part) for i, part in enumerate(parts))


def _blank(found: re.Match[str]) -> str:
    """Return as many blanks as a text has characters, its lines as they are."""
    return re.sub(r"[^\n]", " ", found[0])


def _sections(text: str, own: Span) -> Iterator[_Section]:
    """Yield the sections that a table stands in, the innermost first, and at last the whole text."""
    heads = sorted((each.start(), _level(each)) for pattern in _HEADINGS for each in pattern.finditer(text))
    ends = [*(start for start, _ in heads), len(text)]
    deepest = BOLD + 1
    for i, (start, level) in reversed([*enumerate(heads)]):
        if start < own[0] and level < deepest:
            deepest = level
            end = next((other for other, high in heads[i + 1 :] if high <= level), len(text))
            yield _Section(start, ends[i + 1], end)
    yield _Section(0, ends[0], len(text))


def _level(head: re.Match[str]) -> int:
    """Return how deep a heading is."""
    said = head.groupdict()
    if "marks" in said:
        return len(said["marks"])
    if "bold" in said:
        return BOLD
    return int(said["level"]) if "level" in said else _PARTS[said["part"]] + len(said["subs"]) // 3


def _between(text: str, section: _Section, others: Sequence[Span], own: Span) -> Span:
    """Return what is between the tables around one: of what stands between two, the last paragraph is of the second."""
    above = max([section.start, *(end for start, end in others if start < own[0])])
    below = min([section.end, *(start for start, _ in others if start > own[0])])
    if above > section.start and (first := re.match(r"\s*\S.*?\n\s*\n(?=\s*\S)", text[above : own[0]], re.DOTALL)):
        above += first.end()
    if below < section.end:
        last = [each.start() for each in re.finditer(r"\n\s*\n(?=\s*\S)", text[own[1] : below])]
        below = own[1] + (last[-1] if len(last) > 1 else 0)
    return above, below
