"""What is written at the volumes of a drawing: their sizes, single numbers, what is done between them, and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extract.designs.hand_drawn import said
from extract.drawings.arrows import Box
from extract.drawings.chains import words_in
from extract.pages.page import Line, Word, lines_of, segments
from extract.spatial.solids import around
from extract.words.cells import read_attributes
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.signatures import LARGEST_KERNEL
from extract.words.spellings import normalized

_APART = (r"\d+(?:×\d+)*", r"[A-Za-z]+\d+")
_NAMED = {"conv", "deconv", "pool", "dense", "softmax", "dropout", "flatten"}
_MAPS = re.compile(r"(\d+) ?@ ?(\d+)(?: ?× ?(\d+))?")
_THREE = re.compile(r"(?<![\d×])(\d+) ?× ?(\d+) ?× ?(\d+)(?! ?[×\d])")
_TWO = re.compile(r"(?<![\d×])(\d+) ?× ?(\d+)(?! ?[×\d])")
_SIDE = re.compile(r"\bsize\D{0,4}(\d+)$", re.IGNORECASE)
_UNITS = re.compile(
    r"(?:^\w+: ?\D*|\bunits?\D{0,3}|\bneurons?\D{0,3}|\boutputs?\D{0,3}|\bhidden\D{0,3})(\d+)$", re.IGNORECASE
)
_COUNTED = re.compile(r"^(\d+)[ -](?:units?|neurons?|d(?:im\w*)?|hidden\b.*|way|class\w*|nodes?)\b", re.IGNORECASE)
_CHANNELS = re.compile(r"^(\d+) ?(?:filters?|channels?|(?:feature )?maps?|kernels?)$", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(?:stride|filter size|kernel size|kernel|pad(?:ding)?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Note:
    """A text of one line or several: a size (height, width, channels), a number, layers, or what one of them has."""

    text: str
    box: Box
    size: float
    space: tuple[int, ...] = ()
    channels: int | None = None
    units: int | None = None
    number: int | None = None
    layers: tuple[Reading, ...] = ()
    attributes: tuple[tuple[str, Any], ...] = ()
    slanted: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    def is_in(self, box: Box) -> bool:
        """Tell whether the middle is in a box."""
        (x, y), (left, top, right, bottom) = self.middle, box
        return left < x < right and top < y < bottom


def notes_of(words: Sequence[Word], *, together: bool = True) -> list[Note]:
    """Return what words say, those below each other about one middle together, or else line by line."""
    upright = [part for each in words if not each.turned for part in words_in(each)]
    lines = [part for line in (lines_of(upright) if upright else ()) for part in segments(line, 0.9)]
    parts = [part for line in lines for part in _numbers(line)]
    turned = [Line((each,)) for each in words if each.turned]
    stacks = _stacks(parts) if together else [[each] for each in parts]
    return [note for stack in (*stacks, *([each] for each in turned)) for note in _notes(stack)]


def _numbers(line: Line) -> list[Line]:
    """Return a line, or, where it has nothing but numbers, sizes or numbered names, these: volumes have one each."""
    kinds = [_family(each.text) for each in line.words]
    apart = (len({*kinds}) == len(kinds) > 1 and _NAMED.issuperset(kinds)) or any(
        all(re.fullmatch(form, normalized(each.text)) for each in line.words) for form in _APART
    )
    return [Line((each,)) for each in line.words] if apart else [line]


def without(words: Sequence[Word], notes: Sequence[Note]) -> list[Word]:
    """Return the words that are not in some texts."""

    def is_in(word: Word, note: Note) -> bool:
        x, y = word.centre, (word.top + word.bottom) / 2
        return note.box[0] <= x <= note.box[2] and note.box[1] <= y <= note.box[3]

    return [each for each in words if not any(is_in(each, note) for note in notes)]


def _stacks(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the texts that stand closely below each other; a number, or a size, is a text of its own."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: each.base):
        near = [each for each in found if _goes_on(each[-1], line)]
        if near:
            near[0].append(line)
        else:
            found.append([line])
    return found


def _goes_on(above: Line, line: Line) -> bool:
    middles = abs(above.x0 + above.x1 - line.x0 - line.x1) / 2
    aligned = min(middles, abs(above.x0 - line.x0)) < 0.6 * line.size
    close = 0.5 * line.size < line.base - above.base < 1.35 * max(line.size, above.size)
    return close and aligned and not (above.text.isdecimal() or (line.text.isdecimal() and above.text.isdecimal()))


def _notes(stack: Sequence[Line]) -> Iterator[Note]:
    """Yield what lines say: one that names a layer of its own begins another text."""
    parts: list[list[Line]] = []
    for line in stack:
        if parts and not _begins(parts[-1], line):
            parts[-1].append(line)
        else:
            parts.append([line])
    yield from map(_note, parts)


def _begins(before: Sequence[Line], line: Line) -> bool:
    """Tell a line that names a layer behind another one, and not the rest of its name: `Max`, `pooling`."""
    first, kind = (_family(" ".join(each.text for each in lines)) for lines in (before, [line]))
    if not first or not kind:
        return False
    return first != kind or bool(re.search(r"\d", line.text) and re.search(r"\d", before[-1].text))


def _family(text: str) -> str:
    kind = kind_of(text)
    return "pool" if "pool" in kind else "" if kind == "input" else kind


def _note(lines: Sequence[Line]) -> Note:
    text = " ".join(each.text for each in lines)
    boxes = [
        (
            min(word.x0 for word in line.words),
            min(word.top for word in line.words),
            line.x1,
            max(w.bottom for w in line.words),
        )
        for line in lines
    ]
    plain = re.sub(r"-\s+(?=[a-z])", "", re.sub(r"\s+", " ", normalized(text).replace(";", " "))).strip()
    slanted = any(word.slanted for each in lines for word in each.words)
    return _told(plain, Note(text, around(boxes), max(each.size for each in lines), slanted=slanted))


def _told(plain: str, note: Note) -> Note:
    """Return a note with what its text says."""
    if found := re.fullmatch(r"(\d+)(?: ?[a-z])?", plain):
        return replace(note, number=int(found[1]))  # A letter behind it names the vector.
    if (found := _COUNTED.search(plain) or _UNITS.search(plain)) and not _THREE.search(plain):
        return replace(note, units=int(found[1]))
    if found := _CHANNELS.search(plain):
        return replace(note, channels=int(found[1]))
    note = _sized(plain, note)
    rest = re.sub(r"\bstride of\b", "stride", plain, flags=re.IGNORECASE)
    if note.space:
        rest = re.sub(r"\(\W*\)", "", _THREE.sub("", _TWO.sub("", _MAPS.sub("", rest)))).strip(" ,:;")
    if not kind_of(rest) and not _ATTRIBUTE.search(rest):
        rest = re.sub(r"^([A-Za-z]{2,})[ _]?\d{1,2}$", r"\1", rest)  # BN1
    if kind_of(rest) not in ("", "input", "stage", "shortcut") or posts_of(rest):
        return replace(note, layers=tuple(each for each in said(rest) if each.kind))
    if _ATTRIBUTE.search(rest):
        return replace(note, attributes=_attributes(rest))
    return note


def _sized(plain: str, note: Note) -> Note:
    """Return a note with the size of a volume that its text holds, and not that of a window."""
    if found := _MAPS.search(plain):
        return replace(note, channels=int(found[1]), space=(int(found[2]), int(found[3] or found[2])))
    if found := _THREE.search(plain):
        a, b, c = map(int, found.groups())
        window = max(a, b) <= LARGEST_KERNEL and kind_of(plain) not in ("", "input")
        first = b == c and a != b
        return note if window else replace(note, space=(b, c) if first else (a, b), channels=a if first else c)
    if found := _TWO.search(plain):
        a, b = map(int, found.groups())
        window = max(a, b) <= LARGEST_KERNEL and (kind_of(plain) not in ("", "input") or bool(posts_of(plain)))
        return note if window else replace(note, space=(a, b))
    if found := _SIDE.search(plain):
        return replace(note, space=(int(found[1]),) * 2) if not _ATTRIBUTE.search(plain) else note
    return note


def _attributes(text: str) -> tuple[tuple[str, Any], ...]:
    """Return what is said of a window: its size, its step."""
    plain = re.sub(r"^(\d{1,2}) ?, (?=stride)", r"kernel size \1, ", text)
    said = read_attributes(plain, "conv")
    return tuple((name, said[name]) for name in ("kernel", "stride", "pad") if name in said)
