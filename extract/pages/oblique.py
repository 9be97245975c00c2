"""Words that stand neither level nor on their side, as those along the edges of volumes do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot
from typing import Any

ALONG = 0.15
"""How much of a letter's way goes across its line at least, and how much along it, that it stands obliquely."""
APART, BESIDE = 1.5, 0.3
"""How far the next letter is at most along the way, and aside, as a share of the size of the type."""
SPACE = 0.95
"""How far it is from which on a space is between, as such a share."""
Char = dict[str, Any]


def is_oblique(char: Char) -> bool:
    """Tell a letter of pdfplumber's that stands neither level nor upright."""
    a, b, *_ = char.get("matrix", (1.0, 0.0))
    length = hypot(a, b)
    return length > 0 and abs(a) > ALONG * length and abs(b) > ALONG * length


def oblique_words(chars: Sequence[Char]) -> Iterator[tuple[str, list[Char], float]]:
    """Yield the words of oblique letters, in the order in which these are drawn, each with its letters and its size."""
    word: list[Char] = []
    for char in chars:
        if word and not _goes_on(word[-1], char):
            yield _text(word), word, _size(word[0])
            word = []
        word.append(char)
    if word:
        yield _text(word), word, _size(word[0])


def _size(char: Char) -> float:
    """Return the size of a letter's type, of which pdfplumber has the box around it alone: a square's is larger."""
    a, b, *_ = char["matrix"]
    length = hypot(a, b)
    wide, high = float(char["x1"]) - float(char["x0"]), float(char["bottom"]) - float(char["top"])
    turn = abs(a) / length, abs(b) / length
    # A box of half as wide as high, turned, is about so wide and high.
    return float((wide + high) / (1.5 * (turn[0] + turn[1])))


def _goes_on(before: Char, char: Char) -> bool:
    (a, b, _, _, x, y), (c, d, _, _, u, v) = before["matrix"], char["matrix"]
    length, other = hypot(a, b), hypot(c, d)
    if abs(a / length - c / other) > 0.02 or abs(b / length - d / other) > 0.02:
        return False
    along = ((u - x) * a + (v - y) * b) / length
    aside = abs((v - y) * a - (u - x) * b) / length
    size = _size(before)
    return bool(0 < along < APART * size and aside < BESIDE * size)


def _text(chars: Sequence[Char]) -> str:
    text = str(chars[0]["text"])
    for before, char in pairwise(chars):
        away = hypot(char["matrix"][4] - before["matrix"][4], char["matrix"][5] - before["matrix"][5])
        text += (" " if away > SPACE * _size(before) else "") + str(char["text"])
    return text
