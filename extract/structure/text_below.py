"""The running text below a table, which is none of its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.pages.borders import Rule
from extract.pages.page import Line, segments
from extract.structure.beside import Part

SENTENCE = 12
"""Words of a line of running text at least."""
HALF_SENTENCE = 7
"""Words of one at least that begins a text."""
CLOSED = 3
"""Rules of a table at least that ends with one: above it, below its header, and below it."""


def without_text_below(region: Part, rules: Sequence[Rule]) -> Part:
    """Return a table without lines of text below the last of its rules, which are one part each: it ends there.

    Sentences are none of its rows where it has no rules either.
    """
    rows = len(region.lines)
    while rows > 2 and len(segments(region.lines[rows - 1])) == 1 and len(region.lines[rows - 1].words) >= SENTENCE:
        rows -= 1
    region = replace(region, lines=region.lines[:rows])
    inside = [(y, x1 - x0) for y, x0, x1 in rules]
    widest = max((width for _, width in inside), default=0.0)
    whole = [y for y, width in inside if width > 0.95 * widest]
    below = [line for line in region.lines if line.top > max(whole, default=region.box[3])]
    ended = len(whole) >= CLOSED and len(below) < 0.3 * len(region.lines)
    if not ended or (
        any(len(segments(line)) > 1 and not _is_sentence(line) for line in below) and not _begins_text(below[0])
    ):
        return region
    return replace(region, lines=tuple(line for line in region.lines if line not in below))


def _begins_text(line: Line) -> bool:
    """Tell the first line of a text, in whose last there may be a formula: its words are those of a sentence."""
    words = segments(line)[0].words
    plain = {word.text for word in words if re.fullmatch(r"[a-z]{2,}", word.text)}
    return len(words) >= HALF_SENTENCE and words[0].text[:1].isupper() and len(plain) > HALF_SENTENCE // 2 + 1


def _is_sentence(line: Line) -> bool:
    """Tell a line of running text, though formulas in it leave gaps as wide as those between columns."""
    plain = [word for word in line.words if re.fullmatch(r"[a-z]+[,.;:]?", word.text)]
    return len(line.words) >= SENTENCE and 2 * len(plain) >= len(line.words) and len({*plain}) > SENTENCE // 2
