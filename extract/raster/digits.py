"""Digits that were read as letters, told by the form of what they stand in: names that count, and printed shapes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

Reader = Callable[[Sequence[int], float, str], Sequence[str]]
"""What returns the texts of lines, by their numbers, as they are read at a scale without some signs."""
_COUNTED = re.compile(r"([A-Za-z][A-Za-z_]*?)( ?)(\d{1,3})(?![\w.])")
"""A name and which one of its kind it is."""
_NAME = re.compile(r"[A-Za-z_]+[\]}]?(?!\w)")
_ALONE = re.compile(r"[A-Za-z_]+[\]}]?(?!\w| \d)")
"""A name that does not count."""
_LIKE = frozenset("gqsSBlIiOoZzb]}")
"""Letters that look like digits."""
_SHAPE = re.compile(r"\(None,[^()]*\)?")
_SIZES = re.compile(r"\(None(?:, (?:\d+|None))+,?\)")
"""The shape of a tensor as Keras prints it."""
_STROKES = frozenset("lI")
"""Letters that look like a one, as it is read without the gap before it."""
SCALES = (0.75, 1.0, 1.25, 1.5)
"""The scales at which a line is read again, for most readings to decide."""
ROUNDS = 3
"""How often a line is read without the signs that were taken for a digit, at most."""
_TAIL = 2
"""Letters at most that were read for a digit."""


def misread(texts: Sequence[str]) -> dict[int, tuple[str, re.Pattern[str]]]:
    """Return the lines in which a digit was read as a letter: the signs that were read for it, and how they should be.

    >>> found = misread(["drop1 (Dropout)", "drop2", "dropg (Dropout)", "shape: (None, 2])", "drop} (Dropout)"])
    >>> {number: signs for number, (signs, _) in found.items()}
    {2: 'g', 3: ']', 4: '}'}
    >>> {number: signs for number, (signs, _) in misread(["Enc 2", "Encl", "Blocks", "Block 1"]).items()}
    {1: 'l'}
    """
    names = {match[0].lower() for text in texts for match in _ALONE.finditer(text)}
    counted = [match for text in texts for match in _COUNTED.finditer(text) if match[1].lower() not in names]
    stems = {match[1].lower(): _STROKES if match[2] else _LIKE for match in counted}  # A word may end in an s.
    found: dict[int, tuple[str, re.Pattern[str]]] = {}
    for number, text in enumerate(texts):
        if (shape := _SHAPE.search(text)) and not _SIZES.fullmatch(shape[0]):
            found[number] = re.sub(r"[None(),\d ]", "", shape[0]), _SIZES
        name = _NAME.match(text)
        stem = next((name[0][:-i] for i in range(1, _TAIL + 1) if name[0][:-i].lower() in stems), "") if name else ""
        if (
            name
            and stem
            and {*name[0][len(stem) :]} <= stems[stem.lower()]
            and text[name.end() : name.end() + 1] in ("", " ")
        ):
            found[number] = name[0][len(stem) :], re.compile(rf"{re.escape(stem)} ?\d{{1,2}}(?!\w)", re.IGNORECASE)
    return {number: (signs, form) for number, (signs, form) in found.items() if signs}


def with_digits(texts: Sequence[str], read: Reader) -> list[str]:
    """Return the texts of lines; those in which a letter stands for a digit as most readings without it have them."""
    found = list(texts)
    for number, (signs, form) in misread(texts).items():
        said = [_without(number, signs, form, texts[number], read, scale) for scale in SCALES]
        votes = Counter(filter(None, said))
        best = votes.most_common(1)[0][0] if votes else _parted(texts[number], form)
        if best:
            found[number] = (_SHAPE if form is _SIZES else _NAME).sub(best, texts[number], count=1)
    return found


def _parted(text: str, form: re.Pattern[str]) -> str:
    """Return what a line says in a form once what was read as an x between sizes is a comma.

    >>> _parted("Output shape: (None, 7, 7x240)", _SIZES)
    '(None, 7, 7, 240)'
    """
    match = form.search(re.sub(r"(?<=\d)x(?=\d)", ", ", text))
    return match[0] if match else ""


def _without(number: int, signs: str, form: re.Pattern[str], text: str, read: Reader, scale: float) -> str:
    """Return what a line says in a form, read without some signs, and without those that are then read for them."""
    signs += signs.swapcase()
    for _ in range(ROUNDS):
        said = read([number], scale, signs)[0]
        if match := form.search(said):
            return match[0]
        signs += "".join(sorted(set(said) - set(text) - set(signs)))
    return ""
