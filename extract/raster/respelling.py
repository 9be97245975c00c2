"""Read a picture's signs by each other: signs that are drawn alike are read alike, as most of them were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import numpy as np

from extract.raster.glyphs import MOST_GLYPHS, Glyph, Image, Kinds, windowed

SURE, SHARE = 2, 0.6
"""How often a kind of mark was read alike at least to be known, and in which share of all."""
USUAL = {sign: wide for signs, wide in (("'.,:;|!il", 0.25), ("Ijft()[]{}r1-", 0.45), ("mwMW", 1.2)) for sign in signs}
CAPITAL, SMALL = 0.95, 0.68
"""How wide signs are of which nothing is known, in heights of capital letters: some, other capitals, and others."""
MISSED, ADDED, OTHER = 0.9, 0.6, 1.0
"""What it costs that a mark was not read, a sign was read where there is none, or another one than is known."""
LONGEST = 4
"""Signs of a mark at most."""
FITS = 0.3
"""What it costs, for each mark of a line, at most, that it was read as it was, for it to be learnt from."""
NO_SPACE, SPACE = 0.35, 0.6
"""The ground in front of a sign where no space can be, at most, and where one must be, at least."""
LOW, HANGING, HIGH, DEEP = frozenset("acemnorsuvwxz"), frozenset("gpqy"), 1.15, 0.1
"""Low signs, and those that hang under their line; how high the first are at most, for most of them, and how deep the
others at least."""
DOUBT = 0.2
"""What it costs that a line was read so for it to be read again, beyond what marks cost that are not known."""
DOUBLE = 1.7
"""How many times as wide as a sign a mark is at least that is the same sign twice."""
SIDES = 0.13
"""How far the sides of the same sign are apart at most, in heights of capital letters."""
AGAIN = ((0.75, False), (1.5, False), (1.0, True), (0.75, True))
"""The scales at which a line is read again, and whether without the signs of which it has a mark that looks unlike."""
VOTES = (0.75, 1.25, 1.5)
"""The scales at which a line with a digit that is not known by others is read again, for most readings to decide."""
TIMES = 2
"""How often what is known of marks is made better by itself."""
TOUCHING = 0.12
"""The share of a sign's ink by which it differs, at most, where others touch it."""


def respelt(kinds: Kinds, read: Callable[[Sequence[int], float, str], Sequence[str]]) -> list[str]:
    """Return the texts of lines as most of a picture's marks that look the same were read.

    A letter that was read twice, or left out, or taken for another one here and there, is put right by that. `read`
    returns the texts of lines, by their numbers, as they are read at a scale without some signs: of those that have the
    same marks one is read, and those in doubt again, at other scales and without signs that they cannot have.
    """
    if len(kinds.shown) > MOST_GLYPHS:
        return list(read(range(len(kinds.lines)), 1.0, ""))
    alike = kinds.alike()
    first = sorted(set(alike))
    reader = _Reader(kinds, dict(zip(first, read(first, 1.0, ""), strict=True)))
    for scale, omits in AGAIN:
        doubted = reader.doubted()
        without = "".join(sorted(reader.unlike(doubted))) if omits else ""
        if doubted and (without or not omits):
            reader.hear(dict(zip(doubted, read(doubted, scale, without), strict=True)))
    if open_ := reader.open():
        reader.vote(open_, [read(open_, scale, "") for scale in VOTES])
    said = reader.said()
    return [said[number] for number in alike]


class _Reader:
    """What lines were read as, by their numbers, and what that tells of the kinds of marks: what they say, how wide.

    `parted` has what marks say that are taken apart; as signs that touch do not look just as they do alone, what was
    read stands against that, where it has as many signs.
    """

    def __init__(self, kinds: Kinds, texts: dict[int, str]) -> None:
        self.kinds = kinds
        self.texts = texts
        self.fonts = kinds.fonts(NO_SPACE)
        self.known: dict[int, str] = {}
        self.parted: dict[int, str] = {}
        self.widths: dict[str, float] = {}
        self.looks: dict[str, list[Glyph]] = {}
        self.low = 1.0
        self.votes: dict[int, Counter[str]] = {}
        self.unlikely: dict[tuple[int, str], bool] = {}
        self.costs: dict[tuple[int, str], float] = {}
        for _ in range(TIMES):
            self._learn()
            self._take_apart()

    def doubted(self) -> list[int]:
        """Return the lines with a mark that was hardly meant as it was read."""
        return [number for number in self.texts if self._cost(number, self.texts[number]) > DOUBT]

    def unlike(self, numbers: Sequence[int]) -> set[str]:
        """Return the signs that lines were read to have and that do not look like these."""
        found = set()
        for number in numbers:
            line = self.kinds.lines[number]
            _, parts = self._aligned(line, self.texts[number])
            pairs = ((kind, signs.strip()) for kind, signs in zip(line, parts, strict=True) if kind not in self.known)
            found |= {sign for kind, sign in pairs if len(sign) == 1 and self._is_unlike(kind, sign)}
        return found

    def hear(self, texts: dict[int, str]) -> None:
        """Take up other readings of lines, where they fit better."""
        for number, text in texts.items():
            if self._cost(number, text) < self._cost(number, self.texts[number]):
                self.texts[number] = text

    def open(self) -> list[int]:
        """Return the lines with a mark which is not known and was read as a digit, or as no sign of a word."""
        found = []
        for number, text in self.texts.items():
            line = self.kinds.lines[number]
            pairs = zip(line, self._aligned(line, text)[1], strict=True)
            if any(kind not in self.known and _is_open(signs.strip()) for kind, signs in pairs):
                found.append(number)
        return found

    def vote(self, numbers: Sequence[int], readings: Sequence[Sequence[str]]) -> None:
        """Take up what most readings of lines have in the places of marks that are not known."""
        for number, *texts in zip(numbers, *readings, strict=True):
            line = self.kinds.lines[number]
            told = [self._aligned(line, text) for text in (self.texts[number], *texts)]
            fitting = [parts for cost, parts in told if cost <= FITS * len(line)] or [told[0][1]]
            for i, kind in enumerate(line):
                counts = Counter(parts[i].strip() for parts in fitting)
                self.votes.setdefault(kind, Counter()).update(counts)

    def said(self) -> dict[int, str]:
        """Return the texts of lines, put right."""
        return {number: self._said(number, text) for number, text in self.texts.items()}

    def _cost(self, number: int, text: str) -> float:
        """Return what it costs that a line was read so, beyond what marks cost that are not known."""
        if (number, text) not in self.costs:
            line = self.kinds.lines[number]
            unknown = sum(kind not in self.known for kind in line)
            self.costs[number, text] = self._aligned(line, text)[0] - FITS / 2 * unknown
        return self.costs[number, text]

    def _learn(self) -> None:
        """Take up what the marks of lines were read as, of those that fit what was read."""
        said: dict[int, Counter[str]] = {}
        for number, text in self.texts.items():
            line = self.kinds.lines[number]
            cost, parts = self._aligned(line, text)
            if cost <= FITS * len(line):
                for kind, signs in zip(line, parts, strict=True):
                    said.setdefault(kind, Counter())[signs.strip()] += 1
        self.known, self.looks, self.unlikely = {}, {}, {}
        overs = [self.kinds.shown[kind].over for kind, counts in said.items() for sign in counts if sign in LOW]
        self.low = median(overs) if overs else self.low
        for kind, counts in said.items():
            ((signs, count),) = counts.most_common(1)
            if signs and count >= SURE and count >= SHARE * counts.total() and not self._is_too_high(kind, signs):
                self.known[kind] = signs
        shown, known = self.kinds.shown, self.known
        narrow = {signs: min(shown[kind].wide for kind in known if known[kind] == signs) for signs in {*known.values()}}
        for kind, signs in [*known.items()]:
            if shown[kind].wide > DOUBLE * narrow[signs] and shown[kind].is_double:
                del known[kind]  # A sign twice, of which one was read.
            else:
                self.looks.setdefault(signs, []).append(shown[kind])
        self.widths = {signs: median(glyph.wide for glyph in glyphs) for signs, glyphs in self.looks.items()}

    def _said(self, number: int, text: str) -> str:
        """Return a text with what is known of its marks in the places of what was read, and spaces where ground is."""
        line, gaps = self.kinds.lines[number], self.kinds.gaps[number]
        said = ""
        for kind, gap, signs in zip(line, gaps, self._aligned(line, text)[1], strict=True):
            read = self._voted(kind, signs.strip())
            parted = self.parted.get(kind, read)
            said += " " if gap > (NO_SPACE if signs.startswith(" ") else SPACE) else ""
            said += self.known.get(kind, parted if len(parted) != len(read) else read)
        return said.strip() if line else text

    def _voted(self, kind: int, signs: str) -> str:
        """Return what most readings of a mark have, where it was read as what may well be another."""
        counts = self.votes.get(kind)
        return counts.most_common(1)[0][0] or signs if counts and _is_open(signs) else signs

    def _aligned(self, line: Sequence[int], text: str) -> tuple[float, list[str]]:
        """Return what part of a text each mark was read as, with the space in front of it, and what that costs.

        It is the cheapest of all ways to part the text.
        """
        words = text.split()
        signs = "".join(words)
        starts = {sum(map(len, words[:i])) for i in range(1, len(words))}
        ends = np.cumsum([0.0, *(self._wide(sign) for sign in signs)])
        wide = [ends[taken:] - ends[: len(ends) - taken] for taken in range(min(LONGEST, len(signs)) + 1)]
        misread = {kind: [self._misread(kind, signs, taken, each) for taken, each in enumerate(wide)] for kind in line}
        added = ADDED * np.arange(len(signs) + 1)
        cost, came = added, []
        for kind in line:
            ways = np.full((LONGEST + 1, len(signs) + 1), np.inf)
            for taken, each in enumerate(misread[kind]):
                ways[taken, taken:] = cost[: len(cost) - taken] + each
            reached = ways.min(0)
            cost = np.minimum.accumulate(reached - added) + added
            came.append(np.where(cost < reached - 1e-6, -1, ways.argmin(0)))
        found, j = [], len(signs)
        for steps in came[::-1]:
            while steps[j] < 0:
                j -= 1
            taken = int(steps[j])
            j -= taken
            found.append((" " if taken and j in starts else "") + signs[j : j + taken])
        return float(cost[-1]), [self._once(*each) for each in zip(line, found[::-1], strict=True)]

    def _once(self, kind: int, signs: str) -> str:
        """Return signs without the second of two alike, where the mark is not drawn as one sign twice."""
        plain = signs.strip()
        twice = len(plain) == 2 and plain[0] == plain[1] and not self.kinds.shown[kind].is_double
        return signs[:-1] if twice else signs

    def _misread(self, kind: int, signs: str, taken: int, wide: Any) -> Any:
        """Return what it costs, from each sign on, that a mark was read as some: little where it is as wide as they."""
        known = self.known.get(kind, self.parted.get(kind))
        if not taken:
            return MISSED
        cost = np.abs(wide - self.kinds.shown[kind].wide)
        if kind in self.known or (known and len(known) != taken):
            cost += OTHER
        if known and len(known) == taken:
            cost[[i for i in range(len(cost)) if signs.startswith(known, i)]] = 0.0
        if taken == 1 and known and known == 2 * known[0]:
            cost[[i for i in range(len(cost)) if signs[i] == known[0]]] = ADDED  # One of two was read.
        if known is None and taken == 1:
            cost[[i for i, sign in enumerate(signs) if self._is_unlike(kind, sign)]] += OTHER / 2
        return cost

    def _is_unlike(self, kind: int, sign: str) -> bool:
        """Tell a mark that does not look as those do that are known to be a sign."""
        if (kind, sign) not in self.unlikely:
            mark, looks = self.kinds.shown[kind], self.looks.get(sign, ())
            is_other = not any(mark.looks_like(each, SIDES) for each in looks)
            is_high_or_low = self._is_too_high(kind, sign) or (sign in HANGING and mark.under < DEEP)
            self.unlikely[kind, sign] = is_other if looks else is_high_or_low
        return self.unlikely[kind, sign]

    def _is_too_high(self, kind: int, sign: str) -> bool:
        """Tell a mark that is higher than others that were read as low signs."""
        return sign in LOW and self.kinds.shown[kind].over > HIGH * self.low

    def _wide(self, sign: str) -> float:
        """Return how wide a sign is, in heights of capital letters."""
        return self.widths.get(sign) or USUAL.get(sign) or (CAPITAL if sign.isupper() else SMALL)

    def _take_apart(self) -> None:
        """Find what marks say that are several signs which touch, and are not known: known ones of the font beside."""
        for font in {*self.fonts.values()}:
            parts = {
                kind: self.kinds.shown[kind].image
                for kind, signs in self.known.items()
                if len(signs) == 1 and self.fonts[kind] == font
            }
            if not parts:
                continue
            by_sign = _Parts([self.known[kind] for kind in parts], list(parts.values()))
            for kind, glyph in self.kinds.shown.items():
                if self.fonts[kind] == font and kind not in self.known and (signs := by_sign.of(glyph.image)):
                    self.parted[kind] = signs


def _is_open(signs: str) -> bool:
    """Tell what may well be another sign: all but small letters, which words tell, and what stands around words."""
    return len(signs) == 1 and not signs.islower() and signs not in "()[]{},._:-"


class _Parts:
    """Signs as they look, of which marks are put together."""

    def __init__(self, signs: Sequence[str], images: Sequence[Image]) -> None:
        wide = max(image.shape[1] for image in images)
        self.signs = signs
        self.across = [image.shape[1] - 2 for image in images]
        self.wide = wide
        self.images = np.stack([windowed(image, wide).reshape(-1) for image in images])
        covers = [np.pad(np.ones_like(image[:, 1:-1]), ((0, 0), (1, 1 + wide - image.shape[1]))) for image in images]
        self.covers = np.stack([each.reshape(-1) for each in covers])
        self.images *= self.covers
        self.weights = (self.images * self.images).sum(1)

    def of(self, image: Image) -> str:
        """Return the signs, two or more, that a mark is put together of, or nothing where it is not."""
        long = image.shape[1] - 2
        padded = np.pad(image, ((0, 0), (1, self.wide + 1)))
        best: dict[int, tuple[float, str]] = {0: (0.0, "")}
        for x in range(long):
            if x not in best or len(best[x][1]) >= LONGEST:
                continue
            cost, said = best[x]
            for shift in (-1, 0, 1):
                part = padded[:, x + shift + 1 : x + shift + 1 + self.wide].reshape(-1)
                apart = self.covers @ (part * part) - 2 * (self.images @ part) + self.weights
                for i in np.flatnonzero(apart < TOUCHING * self.weights).tolist():
                    end = x + shift + self.across[i]
                    new = cost + float(apart[i]), said + self.signs[i]
                    if end > x and new < best.get(end, (np.inf, "")):
                        best[end] = new
        ends = [best[end] for end in range(long - 1, long + 2) if end in best]
        said = min(ends)[1] if ends else ""
        return said if len(said) > 1 else ""
