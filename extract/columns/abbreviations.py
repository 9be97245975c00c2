"""Headers of a few letters, by what the caption says that they stand for: `repeated n times`, `PS: patch size`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extract.columns.grids import Cell, Grid
from extract.columns.headers import LETTERS, role_of
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading

_MEANINGS: tuple[tuple[str, str], ...] = (
    ("operator", r"(?:block|layer|operator|operation|module) type|type of (?:the )?(?:block|layer|operat\w+|module)"),
    ("repeat", r"how often|repeat\w*|repetitions?|times|number of (?:blocks|layers|units|modules)|stacked"),
    ("stride", r"strides?"),
    ("expansion", r"expansion|(?:reduction|expand) ratio"),
    ("kernel height", r"(?:(?:filter|kernel) )?height(?: of (?:the )?(?:filter|kernel)s?)?"),
    ("kernel width", r"(?:filter|kernel) width|width(?: of (?:the )?(?:filter|kernel)s?)?"),
    ("in channels", r"(?:number of )?input (?:channels|feature maps)"),
    ("inner size", r"(?:number of )?(?:middle|inner|intermediate|hidden|bottleneck) (?:channels|feature maps)"),
    ("in/out channels", r"input and output (?:channels|feature maps)"),
    (
        "channels",
        r"(?:number of (?:the )?)?(?:output )?(?:channels|filters|feature maps)|(?:filter|channel) (?:number|count)"
        r"|dimension(?:ality)?",
    ),
    ("kernel size", r"kernel|patch size|filter size|window size"),
    ("dilation", r"dilation|dilated"),
    ("groups", r"groups|cardinality"),
    ("input size", r"(?:input )?resolution|input size"),
    ("output size", r"output size|size of (?:the )?(?:output|feature map)s?"),
)
"""What a header stands for, and the words of captions for it."""
_SHORT = re.compile(r"[A-Za-z]{1,4}")
_CLAUSES = re.compile(r"(?<=\D)[.,;] | and (?=\S{1,6} (?:denotes?|is|as|represents?|stands?|indicates?|means?)\b)")
_LETTER = re.compile(r"(?<![\w-])(?![aAI]\b)[A-Za-z](?![\w'’-])")
"""A letter that stands for something itself."""
_LISTS = re.compile(
    r"\b([A-Za-z]{1,4}(?:,? (?:and )?[A-Za-z]{1,4}){1,6}) "
    r"(?:denotes?|represents?|are|stands? for|refers? to|means?|indicates?) "
    r"(?:the )?([\w ]+(?:,? and [\w ]+|, [\w ]+)+)",
    re.IGNORECASE,
)
"""Several abbreviations, and what each of them stands for in the same order."""
_FAR = 60
"""Letters between an abbreviation and what it stands for at most."""
WORDS = 4
"""Words between one of several letters, which may be a name, and what it stands for, of which fewer are needed."""


def spelt_out(grid: Grid, caption: str) -> Grid:
    """Return a table whose headers of a few letters say what the caption says of them."""
    if not caption or not grid.rows:
        return grid
    if order := in_order(caption):
        grid = Grid(tuple(tuple(_named(cell, order) for cell in row) for row in grid.rows), grid.width)
    grid = _with_kinds(grid, caption)
    letters = [cell for row in grid.rows[:2] for cell in row if _SHORT.fullmatch(cell.text.strip())]
    told = {cell: meaning for cell in letters if (meaning := meaning_of(cell.text.strip(), caption))}
    if not told:
        return grid
    return Grid((*(_with(row, told) for row in grid.rows[:2]), *grid.rows[2:]), grid.width)


def _with_kinds(grid: Grid, caption: str) -> Grid:
    """Return a table whose cells of a few letters say which layers the caption says that these stand for."""
    shorts = {cell.text.strip() for row in grid.rows[1:] for cell in row if _SHORT.fullmatch(cell.text.strip())}
    shorts |= {found[1] for row in grid.rows[1:] for cell in row for found in _CALLED.finditer(cell.text)}
    strange = {short for short in shorts if not (kind_of(short) or posts_of(short) or short.lower() in _WORDS)}
    told = {short: kind for short in strange if (kind := _kind_told(short, caption))}

    def said(cell: Cell) -> str:
        return told.get(cell.text.strip()) or _CALLED.sub(lambda found: told.get(found[1], found[0]), cell.text)

    return grid.retold(said, 1)


_CALLED = re.compile(r"(?<![\w-])([A-Za-z]{1,4})(?= ?\([^()]*\d)")
"""A few letters in front of numbers in brackets: CV(32 × 3 × 3)."""

_WORDS = ("same", "true", "yes", "no", "none", "n/a", "na")
"""Words of a few letters that stand for themselves."""
_STANDS = r"(?:[:=—–] ?|(?:is|are|denotes?|means?|stands? for|represents?|indicates?|refers? to) )"


_QUANTITY = re.compile(r"(?:number|size|amount|width|depth|height|length|dimension|index|count|rate|ratio)s?\b", re.I)
"""What is said of layers, and is none."""


def _kind_told(short: str, caption: str) -> str:
    """Return the layer that an abbreviation stands for: `six convolutional layers (C)`, `P: max pooling`.

    >>> said = "Six convolutional layers (C), then hidden layers (H); MP: max pooling, BN."
    >>> [_kind_told(each, said) for each in ("C", "H", "MP", "X")]
    ['convolutional layers', 'fully connected', 'max pooling', '']
    """
    plain, flags = re.escape(short), re.IGNORECASE if caption.isupper() else re.NOFLAG
    for found in re.finditer(
        rf"((?:[A-Za-z-]+ ){{1,3}})\({plain}\)|(?<!\w){plain} ?{_STANDS}(?:an? |the )?((?:[A-Za-z-]+ ?){{1,3}})",
        caption,
        flags,
    ):
        words = (found[1] or found[2]).split()
        if _QUANTITY.match(words[0]):
            continue
        for start in range(len(words)):
            said = " ".join(words[start:] if found[1] else words[: len(words) - start])
            if re.fullmatch(r"(?i)hidden(?: layers?)?", said):
                return "fully connected"
            if (found[1] and start + 2 < len(words)) or not (kind_of(said) or posts_of(said)):
                continue
            return said
    return ""


def in_order(caption: str) -> tuple[str, ...]:
    """Return what the numbers in brackets behind a convolution are, as the caption says: `Conv(d, k, s)`, with each.

    >>> in_order("Conv(d,k,s) denotes a layer with d as dimension, k as kernel size and s as stride.")
    ('filters', 'kernel', 'stride')
    >>> in_order("Numbers inside parentheses refer to filter length, stride size, and number of filters.")
    ('kernel', 'stride', 'filters')
    >>> in_order('The layers are "conv-(kernel size)-(number of filters)-(dilation rate)".')
    ('kernel', 'filters', 'dilation')
    """
    found: list[str] = []
    if spelt := _SPELT.search(caption):
        said = re.findall(r"[(<⟨〈]([^()<>⟨⟩〈〉]+)", spelt[1])
        found = [next((_PARAMS[key] for key, words in _ORDERED if re.search(words, each)), "") for each in said]
    elif letters := re.search(r"conv\w* ?\( ?([a-z](?: ?, ?[a-z])+) ?\)", caption, re.IGNORECASE):
        found = [_PARAMS.get(meaning_of(each, caption, own=True), "") for each in re.split(" ?, ?", letters[1])]
    elif listed := re.search(
        r"(?:numbers?|values) (?:in|inside|within) (?:the )?(?:parenthes[ei]s|brackets) "
        r"(?:refer to|are|denote|represent|indicate|mean|stand for|correspond to)(?: the)? ([^.;]*)",
        caption,
        re.IGNORECASE,
    ):
        said = [part for part in re.split(r", (?:and )?| and ", listed[1]) if part]
        found = [next((_PARAMS[key] for key, words in _ORDERED if re.search(words, each)), "") for each in said]
    known = len(found) == len(set(found)) and all(found)
    return tuple(found) if known else ()


_SPELT = re.compile(r"\b(?:de)?conv\w*-?\(?((?:[-–,]? ?[(<⟨〈][a-z ]+[)>⟩〉]){3,})", re.IGNORECASE)
"""How a caption spells the names of convolutions."""
_ORDERED = (
    ("channels", r"(?:number|num\.?|#) (?:of )?(?:output )?(?:filter|channel|kernel|feature)|channels|dimension"),
    ("stride", r"stride"),
    ("padding", r"padding"),
    ("dilation", r"dilation"),
    ("kernel size", r"receptive field|kernel|(?:filter|window) (?:size|length|width)|length|width|size"),
)
"""What numbers in brackets are, the most telling words first."""


def _named(cell: Cell, order: Sequence[str]) -> Cell:
    """Return a cell whose convolutions have the names of their arguments."""

    def named(found: re.Match[str]) -> str:
        values = re.split(", ?", found[2])
        if len(values) != len(order):
            return found[0]
        return f"{found[1]}({', '.join(f'{key}={value}' for key, value in zip(order, values, strict=True))})"

    plain = re.sub(r"([Cc]onv)(\d+(?:-\d+){2,})", lambda found: f"{found[1]}({found[2].replace('-', ', ')})", cell.text)
    return replace(cell, text=re.sub(r"(\w*[Cc]onv\w*) ?\((\d+(?:, ?\d+)+)\)", named, plain))


def _with(row: Sequence[Cell], told: dict[Cell, str]) -> tuple[Cell, ...]:
    return tuple(replace(cell, text=told.get(cell, cell.text)) for cell in row)


_PARAMS = {
    "stride": "stride",
    "expansion": "expand",
    "channels": "filters",
    "kernel size": "kernel",
    "groups": "groups",
    "dilation": "dilation",
    "padding": "padding",
}
"""What settings are of layers."""


def as_explained(readings: Sequence[Reading], caption: str) -> tuple[Reading, ...]:
    """Return layers, those with settings whose letters the caption explains with what these are: `L = 2, D = 64`."""
    return tuple(_explained(each, caption) for each in readings)


def _explained(reading: Reading, caption: str) -> Reading:
    params: dict[str, Any] = {}
    times = reading.times
    for name, value in reading.params.items():
        meaning = meaning_of(name, caption, own=True) if _SHORT.fullmatch(name) and isinstance(value, int) else ""
        if meaning == "repeat" and times == 1:
            times = value
        elif key := _PARAMS.get(meaning, ""):
            params[key] = (value, value) if key in ("stride", "kernel") else value
        else:
            params[name] = value
    return replace(reading, params=params, times=times)


def meaning_of(short: str, caption: str, *, own: bool = False) -> str:
    """Return the header that an abbreviation stands for, as the words next to it in a clause of the caption say.

    >>> told = "Each row is repeated 'b' times. The reduction ratio is denoted by r. OC: channels; chns the filters."
    >>> [meaning_of(each, told) for each in ("b", "r", "OC", "chns", "e")]
    ['repeat', 'expansion', 'channels', 'channels', '']
    """
    if re.search(rf"\b(?i:repeated (?:for )?)['‘’]?{re.escape(short)}['’]?(?i: times)", caption):
        return "repeat"
    for listed in _LISTS.finditer(caption):
        letters = re.split(r",? and |,? ", listed[1], flags=re.IGNORECASE)
        told = re.split(r",? and |, ", listed[2], flags=re.IGNORECASE)
        if len(told) > len(letters) and re.match(r"\w{1,4} (?:the|is|are|denotes)\b", told[len(letters)], re.I):
            told = told[: len(letters)]  # Of the next one something is said by itself.
        if short in letters and len(letters) == len(told):
            stands = told[letters.index(short)]
            said_at = [
                (match.start(), name)
                for name, said in _MEANINGS
                if (match := re.search(rf"\b(?:{said})\b", stands, re.IGNORECASE))
            ]
            return min(said_at, default=(0, ""))[1]
    if not own and (short.lower() in LETTERS or role_of(short)):
        return ""
    found: list[tuple[int, str]] = []
    for clause in _CLAUSES.split(caption):
        for place in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])(?!\s*[.=×]\s*\d)", clause):
            for meaning, words in _MEANINGS:
                for said in re.finditer(rf"\b(?:{words})\b", clause, re.IGNORECASE):
                    start, end = min(said.end(), place.end()), max(said.start(), place.start())
                    near = len(short) == 1 or len(re.findall(r"\w+", clause[start:end])) < WORDS
                    near &= 0 < end - start < _FAR and not _LETTER.search(clause[start:end])
                    found += [(end - start, meaning)] if near else []
    return min(found, default=(0, ""))[1]
