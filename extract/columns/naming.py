"""The names of rows without the numbers that count them, and with what one of them says that all of its name are."""

from __future__ import annotations

import re

from extract.columns.grids import Cell, Grid
from extract.words.hyphens import whole_words
from extract.words.lexicon import kind_of, posts_of

_NUMBERED = re.compile(r"(?:\W?(\d{1,3}) ?[.):] ?|#(\d{1,3}) )(?=[A-Za-z])")
"""The number of a row in front of its name: `3. Conv`."""
_DEFINED = re.compile(r"(?P<name>[A-Za-z][A-Za-z -]*?)[ _-]?\d{1,2} ?\((?P<parts>[^()]*[+,→][^()]*)\)")
"""A block that is counted, with what it is made of in brackets: `ConvBlock 1 (Conv + BN + ReLU)`."""
_COUNTED = re.compile(r"(?P<name>[A-Za-z][A-Za-z -]*?)[ _-]?\d{1,2}")
_SHORT = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z]{0,4}(?![A-Za-z])")
"""Letters that may stand for a layer."""
_STANDS = r"(?:[:=–-]|denotes?|means?|stands? for|represents?|refers? to|indicates?|is|are)"
_MADE_UP = re.compile(r"\b(?:modules?|pyramid|networks?|fusion)\b", re.IGNORECASE)
"""What is made of several layers, whatever its words name."""
LEAST = 3
"""Rows that are numbered, at least."""


def with_plain_names(grid: Grid, caption: str = "") -> Grid:
    """Return a table whose rows are named by what they are."""
    return _spelt_out(_defined(_unnumbered(grid)), caption)


def _spelt_out(grid: Grid, caption: str) -> Grid:
    """Return a table with the layers for which the caption says that letters stand: `DS: separable convolution`."""
    grid = _renamed(grid, _otherwise(grid, caption))
    cells = [cell for row in grid.rows[1:] for cell in row if not (kind_of(cell.text) or posts_of(cell.text))]
    shorts = {short for cell in cells for short in _SHORT.findall(cell.text)} if caption else set()
    told = {short: layer for short in shorts if (layer := layer_called(short, caption))}
    plain = {
        cell: _SHORT.sub(lambda found: told.get(found[0], found[0]), cell.text)
        for cell in cells
        if told.keys() & {*_SHORT.findall(cell.text)}
    }
    return _renamed(grid, plain)


def _otherwise(grid: Grid, caption: str) -> dict[Cell, str]:
    """Return what cells say whose letters stand for a layer, but for another as a caption says: `“LN” denotes …`."""
    whole, found = whole_words(caption), {}
    cells = [cell for row in grid.rows[1:] for cell in row if _LETTERS.fullmatch(cell.text.strip())] if caption else []
    for cell in cells:
        words = rf"(?<![\w-]){cell.text.strip()}[\"”’']? {_STANDS} (?:an? |the )?([A-Za-z][A-Za-z -]+)"
        said = re.search(words, whole, re.IGNORECASE)
        if said and _are_others(cell.text, other := re.split(" and ", said[1], flags=re.IGNORECASE)[0]):
            found[cell] = other
    return found


_LETTERS = re.compile(r"[A-Za-z]{2,5}")


def _are_others(text: str, other: str) -> bool:
    """Tell the letters of a normalisation or an activation from the name of another one.

    >>> _are_others("ln", "length normalization"), _are_others("BN", "batch normalization"), _are_others("conv", "ReLU")
    (True, False, False)
    """
    one, two = posts_of(text), posts_of(other)
    return len(one) == len(two) == 1 and one != two and kind_of(other) in ("", *two)


def layer_called(short: str, caption: str) -> str:
    """Return the layer that a few letters stand for, as a caption says, and nothing where it says none.

    >>> said = "DS: depthwise separable convolution; IR denotes the inverted residual with factor t, max pooling (MX)."
    >>> [layer_called(each, said) for each in ("DS", "IR", "MX", "N")]
    ['depthwise separable convolution', 'inverted residual', 'max pooling', '']
    """
    name = re.escape(short)
    behind = re.search(rf"(?<![\w-]){name}['’\"]? ?{_STANDS} ?(?:an? |the )?([A-Za-z][A-Za-z -]+)", caption)
    front = re.search(rf"((?:[a-z-]+ ){{1,3}})\({name}s?\)", caption)
    said = [
        re.split(r" (?:with|of|which|that|in|and|where) ", match[1])[0].strip() for match in (behind, front) if match
    ]
    return next((each for each in said if kind_of(each) and not kind_of(short) and not _MADE_UP.search(each)), "")


def _unnumbered(grid: Grid) -> Grid:
    """Return a table without the numbers in front of names, where these count its rows."""
    for column in range(min(2, grid.width)):
        cells = [cell for cell in grid.column(column, 0) if cell.first == cell.last]
        found = {cell: match for cell in cells if (match := _NUMBERED.match(cell.text.strip()))}
        numbers = [int(match[1] or match[2]) for match in found.values()]
        if len(numbers) >= LEAST and len(numbers) >= 0.8 * (len(cells) - 1) and numbers == sorted({*numbers}):
            plain = {cell: cell.text.strip()[match.end() :] for cell, match in found.items()}
            return _renamed(grid, plain)
    return grid


def _defined(grid: Grid) -> Grid:
    """Return a table in which blocks are named by what is in brackets behind the first of their name."""
    cells = [cell for row in grid.rows for cell in row[:2]]
    told = {match["name"].lower(): match["parts"] for cell in cells if (match := _definition(cell))}
    again = [match["name"].lower() for cell in cells if (match := _COUNTED.fullmatch(cell.text.strip()))]
    told = {name: parts for name, parts in told.items() if name in again}
    plain = {}
    for cell in cells:
        match = _definition(cell) or _COUNTED.fullmatch(cell.text.strip())
        if match and (parts := told.get(match["name"].lower())):
            plain[cell] = parts
    return _renamed(grid, plain)


def _definition(cell: Cell) -> re.Match[str] | None:
    """Return the name and the parts of a block, each of which is a layer."""
    found = _DEFINED.fullmatch(cell.text.strip())
    parts = re.split(r"[+,→]", found["parts"]) if found else []
    return found if all(kind_of(part) or posts_of(part) for part in parts) else None


def _renamed(grid: Grid, plain: dict[Cell, str]) -> Grid:
    """Return a table with other texts in some cells."""
    return grid.retold(lambda cell: plain.get(cell, cell.text))
