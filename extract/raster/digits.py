"""Digits that were read as letters, told by the form of what they stand in: names that count, and printed shapes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

Reader = Callable[[Sequence[int], float, str], Sequence[str]]
"""What returns the texts of lines, by their numbers, as they are read at a scale without some signs."""
_STEM = r"[A-Za-z](?:[A-Za-z_]|\d(?=[A-Za-z_]))*"
_COUNTED = re.compile(rf"({_STEM}?)( ?)(\d{{1,3}})(?![\w.])")
"""A name and which one of its kind it is."""
_NAME = re.compile(rf"{_STEM}[\]}}]?(?!\w)")
_ALONE = re.compile(rf"{_STEM}[\]}}]?(?!\w| \d)")
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
    >>> {number: signs for number, (signs, _) in misread(["conv2d_1 (Conv2D)", "conv2d_] (Conv2D)"]).items()}
    {1: ']'}
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
    found = with_small_letters(with_commas(texts))
    for number, (signs, form) in misread(found).items():
        said = [_without(number, signs, form, found[number], read, scale) for scale in SCALES]
        votes = Counter(filter(None, said))
        best = votes.most_common(1)[0][0] if votes else _parted(found[number], form)
        if best:
            found[number] = (_SHAPE if form is _SIZES else _NAME).sub(best, found[number], count=1)
    return found


def with_commas(texts: Sequence[str]) -> list[str]:
    """Return the texts of lines; where commas of shapes were read as a 7, with commas between all their sizes.

    >>> with_commas(["shape: (None7 32s 327 48)", "shape: (None 287 28, 272)", "shape: (None7 77 7)"])
    ['shape: (None, 32, 32, 48)', 'shape: (None, 28, 28, 272)', 'shape: (None, 7, 7)']
    >>> with_commas(["shape: (None, 17 17, 48)"])
    ['shape: (None, 17 17, 48)']
    """
    if not any(_SEVEN.search(each) for each in texts):
        return list(texts)
    return [_SPACED.sub(lambda match: f"({_COMMA.sub(', ', match[1])})", each) for each in texts]


def with_small_letters(texts: Sequence[str]) -> list[str]:
    """Return the texts of lines; a name's first letter that was read as a large I small, where those of all others are.

    >>> with_small_letters(["Input_1 (InputLayer)", "conv2d_1 (Conv2D)", "add_1 (Add)"])[0]
    'input_1 (InputLayer)'
    >>> with_small_letters(["Input_1 (InputLayer)", "Conv_1 (Conv2D)", "add_1 (Add)"])[0]
    'Input_1 (InputLayer)'
    """
    names = [match[0] for each in texts if (match := _OF_CLASS.match(each))]
    others = [each for each in names if not each.startswith("I")]
    if len(others) < _FEWEST or not all(each[0].islower() for each in others):
        return list(texts)
    return [f"i{each[1:]}" if _OF_CLASS.match(each) and each.startswith("I") else each for each in texts]


_OF_CLASS = re.compile(r"[A-Za-z]\w*(?= \([A-Z]\w+\)$)")
"""A layer's name in front of its class: conv2d_1 (Conv2D)."""
_FEWEST = 2
"""Names at least whose first letters tell of another."""
_SEVEN = re.compile(r"\(None7 \d")
"""What tells that commas were read as a 7."""
_SPACED = re.compile(r"\((None.{1,40})\)$")
"""A shape with its sizes, whatever parts them."""
_COMMA = re.compile(r"(?:[7s),](?<=\w.)|(?<=\w)) +(?=\d|None)")
"""What stands between two sizes: a comma, or what was read for one behind another sign, or the gap alone."""


def _parted(text: str, form: re.Pattern[str]) -> str:
    """Return what a line says in a form once what was read as an x between sizes is a comma, and ahead of one nothing.

    >>> _parted("Output shape: (None, 7, 7x240)", _SIZES), _parted("(None, 80, x9)", _SIZES)
    ('(None, 7, 7, 240)', '(None, 80, 9)')
    """
    match = form.search(re.sub(r"(?<=, )x(?=\d)", "", re.sub(r"(?<=\d)x(?=\d)", ", ", text)))
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
