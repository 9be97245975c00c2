"""A page of a PDF as words, with their places in points from its upper left corner, and rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Any

from extract.pages.borders import Bar, Rule, bands_on, bars_on, rules_on, whole_rules
from extract.pages.brackets import Box, stacks_in
from extract.pages.fractions import fractions_of, is_within
from extract.pages.oblique import is_oblique, oblique_words
from extract.pages.scrambled import legible
from extract.pages.underscores import underscores_of
from extract.pages.upright import aligned

LIGATURES = {0xFB00 + i: text for i, text in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
"""Letters that are one glyph in print."""
CODES = {first + i: text for first in (11, 27) for i, text in enumerate(("ff", "fi", "fl", "ffi", "ffl"))}
CODES |= {0: "-", 2: "×", 21: "–", 22: "—"}
"""What the letters of TeX's fonts are where they have codes alone: ligatures, dashes, a multiplication.

Source: Knuth, Computer Modern Typefaces (cmr10, cmsy10); the Cork encoding (T1).
"""
_LARGE = {"JK": "\u2299", "LM": "\u2295", "NO": "\u2297", "PX": "\u2211", "QY": "\u220f"}
OPERATORS = str.maketrans({code: sign for codes, sign in _LARGE.items() for code in codes})
"""Large operators in TeX's font of extensible signs, whose names in a PDF say nothing: their codes are told as letters.

Source: Knuth, Computer Modern Typefaces (cmex10).
"""
_UNTOLD = re.compile(r"(?:(?<=[A-Za-z])|(?=\(cid:\d+\)[a-z]))\(cid:(1[1-5]|2[7-9]|3[01])\)")
"""A ligature among letters, of which a font does not tell what it is."""
APART = 0.08
"""How far the digits of two numbers are apart at least, as a share of their size."""
SMALL = 0.8
"""A character of less than this share of its line's size, and above its base line, is a superscript."""


@dataclass(frozen=True)
class Word:
    """A word and the box around it."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    base: float
    bold: bool = False
    turned: int = 0
    """1 where it stands on its side and is read up, -1 where down."""
    slanted: bool = False
    """Where it stands obliquely, and is neither level nor upright."""

    @property
    def centre(self) -> float:
        """The place of the middle of its width."""
        return (self.x0 + self.x1) / 2

    @property
    def middle(self) -> float:
        """The height of the middle of its small letters."""
        return self.base - 0.25 * self.size


@dataclass(frozen=True)
class Line:
    """Words of one height, from left to right."""

    words: tuple[Word, ...]

    @cached_property
    def x0(self) -> float:
        """The left end."""
        return self.words[0].x0

    @cached_property
    def x1(self) -> float:
        """The right end."""
        return max(word.x1 for word in self.words)

    @property
    def centre(self) -> float:
        """The place of the middle of its width."""
        return (self.x0 + self.x1) / 2

    @cached_property
    def base(self) -> float:
        """The height of its base line."""
        return median(word.base for word in self.words)

    @cached_property
    def top(self) -> float:
        """The upper end of its letters."""
        return self.base - 0.75 * self.size

    @cached_property
    def bottom(self) -> float:
        """The lower end of its letters."""
        return self.base + 0.25 * self.size

    @cached_property
    def size(self) -> float:
        """The size of its type."""
        return median(word.size for word in self.words)

    @cached_property
    def largest(self) -> float:
        """The size of its largest type."""
        return max(word.size for word in self.words)

    @cached_property
    def text(self) -> str:
        """Its words with spaces between them."""
        return " ".join(word.text for word in self.words)

    def placed(self, by: float, across: float, down: float) -> Line:
        """Return the line larger by a factor, and then moved."""
        moved = {"x0": across, "x1": across, "top": down, "bottom": down, "base": down, "size": 0.0}
        words = (
            replace(word, **{name: getattr(word, name) * by + to for name, to in moved.items()}) for word in self.words
        )
        return Line(tuple(words))


@dataclass(frozen=True)
class Page:
    """A page: its number from 1, its size, its words, and the heights and ends of horizontal rules.

    `bars` are the places and ends of vertical rules, `stacks` the boxes of pairs of tall brackets, and `bands` those of
    the ground that rows are set on.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[Rule, ...]
    bars: tuple[Bar, ...] = ()
    stacks: tuple[Box, ...] = ()
    bands: tuple[Box, ...] = ()

    def lines(self, x0: float = 0.0, x1: float = 1e9, top: float = 0.0, bottom: float = 1e9) -> list[Line]:
        """Return the lines of a part of the page from the top down."""
        inside = [
            word for word in self.words if word.x0 >= x0 - 1 and word.x1 <= x1 + 1 and top <= word.middle <= bottom
        ]
        return lines_of(inside)


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Gather words that stand on one base line: signs of mathematics have boxes at other heights than their lines."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda each: each.base):
        if found and abs(word.base - median(each.base for each in found[-1])) < 0.3 * max(word.size, found[-1][0].size):
            found[-1].append(word)
        else:
            found.append([word])
    return [Line(tuple(sorted(line, key=lambda each: each.x0))) for line in found]


def segments(line: Line, least: float = 0.75) -> list[Line]:
    """Return the parts of a line between its gaps, which are wider than a share of its size."""
    parts: list[list[object]] = [[line.words[0]]]
    for before, word in zip(line.words, line.words[1:], strict=False):
        if word.x0 - before.x1 > least * max(word.size, before.size):
            parts.append([])
        parts[-1].append(word)
    return [Line(tuple(part)) for part in parts]  # type: ignore[arg-type]


GAP = 0.17
"""How wide the gap between two words is at least, as a share of the type's size."""
SMALLEST = 8.0
"""Size of type from which lines are as far apart as usual; of smaller type they are nearer."""


def page_of(page: Any) -> Page:
    """Return a page of pdfplumber's; annotations, as of readers, are no part of it."""
    from pdfplumber.utils.text import extract_words

    chars = aligned(legible(page.chars))
    sizes = [float(char["size"]) for char in chars]
    fine = min(1.0, median(sizes) / SMALLEST) if sizes else 1.0
    slanted = [char for char in chars if is_oblique(char)]
    root = getattr(page, "root_page", page)  # A part of a page is less high.
    whole = float(root.height) + float(root.mediabox[1])
    rules = tuple(whole_rules(rules_on(page)))
    straight = [char for char in chars if not is_oblique(char)] if slanted else chars
    words = extract_words(
        [*straight, *underscores_of(straight, rules_on(page, 1), whole)],
        x_tolerance_ratio=GAP,
        y_tolerance=2 * fine,
        return_chars=True,
        use_text_flow=False,
        extra_attrs=[],
    )
    fractions = fractions_of(chars, rules, SMALL * median(sizes)) if sizes else []
    upright = (word for each in words for word in _words(each, whole, fractions))
    found = (*upright, *_oblique(slanted))
    size = float(page.width), float(page.height)
    return Page(
        page.page_number, *size, found, rules, tuple(bars_on(page)), stacks_in(chars, whole), tuple(bands_on(page))
    )


def _words(raw: dict[str, Any], height: float, fractions: Sequence[Box] = ()) -> Iterator[Word]:
    """Yield the words that pdfplumber takes for one: characters over each other stand on lines of their own."""
    chars = raw["chars"]
    if not all(char.get("upright", True) for char in chars):
        yield from _turned(chars)
        return
    size = max(float(char["size"]) for char in chars)
    for line in (part for each in _over_each_other(chars, size, fractions) for part in _numbers(each, size)):
        text = _text(line, size)
        font = str(line[0].get("fontname", "")).lower()
        ends = (min(float(each["x0"]) for each in line), min(float(each["top"]) for each in line))
        other = (max(float(each["x1"]) for each in line), max(float(each["bottom"]) for each in line))
        large = [each for each in line if float(each["size"]) > SMALL * size]
        base = median(height - float(each["matrix"][5]) for each in large or line)
        plain = _spelt(text, font)
        if plain.strip():
            yield Word(plain, *ends, *other, size, base, "bold" in font or "medi" in font)


def _numbers(chars: list[dict[str, Any]], size: float) -> Iterator[list[dict[str, Any]]]:
    """Yield the numbers, and names with one, that stand closely beside each other: they have no gaps between them."""
    start, digits = 0, all(str(char["text"]).isdigit() for char in chars)
    for i, (before, char) in enumerate(pairwise(chars), 1):
        level = abs(float(char["matrix"][5]) - float(before["matrix"][5])) < 0.05 * size
        named = level and str(before["text"]).isdigit() and str(char["text"]).isupper()
        gap = float(char["x0"]) - float(before["x1"])
        if (digits and gap > APART * size) or (named and abs(gap) > APART / 2 * size):
            yield chars[start:i]
            start = i
    yield chars[start:]


def _over_each_other(
    chars: Sequence[dict[str, Any]], size: float, fractions: Sequence[Box]
) -> Iterator[list[dict[str, Any]]]:
    """Yield the characters that stand on each line: raised and lowered ones with the larger in front of or behind them.

    Those of fractions are no part of a line, which they cut.
    """
    lines: list[list[dict[str, Any]]] = []
    raised: list[dict[str, Any]] = []  # In front of all others.
    for char in chars:
        base, small = float(char["matrix"][5]), float(char["size"]) <= SMALL * size
        small = small and not is_within(char, fractions)
        near = [each for each in lines if small or abs(_base(each) - base) < 0.2 * size]
        cut = near and any(near[-1][-1]["x1"] <= box[0] + 2 and box[2] - 2 <= char["x0"] for box in fractions)
        if near and not cut:
            near[-1].append(char)
        elif small:
            raised.append(char)
        else:
            lines.append([*raised, char])
            raised = []
    yield from [*lines, *([raised] if raised else [])]


def _base(line: Sequence[dict[str, Any]]) -> float:
    """Return the height of the base line of characters, as the largest of them stand."""
    return float(max(line, key=lambda char: float(char["size"]))["matrix"][5])


def _spelt(text: str, font: str = "") -> str:
    """Return a text with its ligatures as letters, those too that a font of TeX's has without telling which they are.

    Letters of formulas, as some fonts have them, are plain ones. A font of pictures has codes alone. Parts of tall
    brackets come from fonts of pieces, tall ones with a sign of which form they are: both say nothing by themselves.
    """
    pattern = r"\(cid:(\d+)\)" if font == "unknown" else _UNTOLD
    told = re.sub(pattern, lambda match: CODES.get(int(match[1]), ""), text)
    told = told.translate(OPERATORS) if "cmex" in font else told
    told = re.sub(r"[\U0001d400-\U0001d7ff]", lambda match: unicodedata.normalize("NFKC", match[0]), told)
    return re.sub(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]|[()\[\]{}|]?[\ufe00-\ufe0f]", "", told).translate(LIGATURES)


def _oblique(chars: Sequence[dict[str, Any]]) -> Iterator[Word]:
    """Yield the words of letters that stand obliquely, which are read up or down as those on their side are."""
    for said, letters, size in oblique_words(chars):
        x0, top = (min(float(char[name]) for char in letters) for name in ("x0", "top"))
        x1, bottom = (max(float(char[name]) for char in letters) for name in ("x1", "bottom"))
        way = 1 if float(letters[0]["matrix"][1]) > 0 else -1
        if text := _spelt(said).strip():
            yield Word(text, x0, top, x1, bottom, size, (top + bottom) / 2 + 0.25 * size, False, way, True)


def _turned(chars: Sequence[dict[str, Any]]) -> Iterator[Word]:
    """Yield the word of letters that stand on their side, which is read down or up."""
    down = sum(float(char["matrix"][1]) for char in chars) < 0
    along = sorted(chars, key=lambda char: float(char["top"]), reverse=not down)
    text = _spelt("".join(str(char["text"]) for char in along)).strip()
    x0, top = (min(float(char[name]) for char in chars) for name in ("x0", "top"))
    x1, bottom = (max(float(char[name]) for char in chars) for name in ("x1", "bottom"))
    if text:
        yield Word(text, x0, top, x1, bottom, x1 - x0, (top + bottom) / 2 + 0.25 * (x1 - x0), False, -1 if down else 1)


def sidewise(words: Iterable[Word]) -> list[Word]:
    """Return words of which those that stand on their side, one behind the other, are one."""
    found: list[Word] = []
    for word in sorted(words, key=lambda each: -each.turned * each.bottom):
        before = next((each for each in reversed(found) if _goes_on(each, word)), None)
        if before is None:
            found.append(word)
            continue
        top, bottom = min(before.top, word.top), max(before.bottom, word.bottom)
        base = (top + bottom) / 2 + 0.25 * before.size
        text = _squared(before.text, word.text) if _is_raised(before, word) else f"{before.text} {word.text}"
        found[found.index(before)] = replace(before, text=text, top=top, bottom=bottom, base=base)
    return found


def _goes_on(before: Word, word: Word) -> bool:
    """Tell a word on its side that is read right behind another one."""
    if not word.turned or word.turned != before.turned:
        return False
    gap = before.top - word.bottom if word.turned > 0 else word.top - before.bottom
    if _is_raised(before, word):
        return before.text.isdecimal() and -0.3 * before.size < gap < 0.3 * before.size
    return abs(before.x0 - word.x0) < 0.3 * word.size and -0.2 * word.size < gap < 0.8 * word.size


def _is_raised(before: Word, word: Word) -> bool:
    """Tell the superscript 2 of a number on its side."""
    small = word.text == "2" and word.size <= SMALL * before.size
    raised = before.x0 - word.x0 if word.turned > 0 else word.x1 - before.x1
    return small and -0.1 * before.size < raised < 0.5 * before.size


def _text(chars: Sequence[dict[str, Any]], size: float) -> str:
    """Return the text of a word; a raised 2 behind a number squares it: 224 and a small 2 are 224×224."""
    base = max((-float(char["matrix"][5]) for char in chars if float(char["size"]) > SMALL * size), default=0.0)
    plain, raised, before = "", "", False
    for char in chars:
        small = float(char["size"]) <= SMALL * size and -float(char["matrix"][5]) < base - 0.15 * size
        begins = not before and (plain[-1:].isdigit() or plain[-1:] in ("R", "ℝ", "ℜ"))  # And no digit within others.
        if small and str(char["text"]).isdigit() and (raised or begins):
            raised += char["text"]
        else:
            plain, raised = _squared(plain, raised) + str(char["text"]), ""
        before = small
    return _squared(plain, raised)


def _squared(plain: str, raised: str) -> str:
    if raised != "2" or not plain[-1:].isdigit():
        return plain + (f"^{raised}" if raised else "")
    number = plain[len(plain.rstrip("0123456789")) :]
    return f"{plain}×{number}"
