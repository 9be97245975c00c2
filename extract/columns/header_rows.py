"""Where the headers of a table end, and which of their rows is over which column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.columns.grids import Cell, Grid
from extract.columns.headers import is_header, role_of
from extract.columns.layer_names import is_layer
from extract.words.lexicon import kind_of, posts_of
from extract.words.spellings import normalized
from extract.words.strangers import is_set

_SCALE = re.compile(r"\d+(?:\.\d+)? ?×")
"""What names a design by how many times as wide it is as another."""
SIZES = re.compile(r"(?:\d+ ?@ ?)?\d+\s*×\s*\d+(?:\s*×\s*\d+){,2}")
"""One size, or that of images: 6 @ 28 × 28."""
LISTED = re.compile(
    r"[\[(](?:(?:none|samples|batch(?:[_ ]size)?), ?)?\d+(?:, ?\d+)+[\])]|\d+(?:, \d+){2,3}", re.IGNORECASE
)
"""A size in brackets, or one of several sides without: [64, 32, 32]."""
_SAID = re.compile(r"[\[(](?=[^\])]*\d)[^()\[\]]*\d[^()\[\]]*,.*[\])]")
"""Several values in brackets, numbers among them, of which some may be lists themselves: (2048, 0.2, [64, 128])."""
_MADE = re.compile(r"\b(?:filters?|kernels?|units?|neurons|strides?|rate|padding)(?: ?size)? ?[=:] ?\d", re.IGNORECASE)
"""What a layer is made with, by its name: kernel=5."""
_OPEN = re.compile(r"\[(?=[^\]]*\d)[A-Za-z\d×]{1,6}(?:, ?[A-Za-z\d×]{1,6})+\]")
"""One of which some are left open: [B, 64, T]."""
_FLOW = re.compile(r"\d+(?: ?× ?\d+)+ ?→ ?\d+(?: ?× ?\d+)*")
"""What comes in and what is given: 224 × 224 × 3 → 1280."""
_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+")
"""A number of thousands: 2,257,984."""
_VALUES = (SIZES, LISTED, _OPEN, _SAID, _FLOW, _COUNT)
"""What no header says."""


def first_of_body(grid: Grid) -> int:
    """Return the first row that is no header."""
    if (above := _above_the_input(grid)) is not None:
        return above
    if _counts_from_the_first(grid):
        return 0
    for i, cells in enumerate(grid.rows[:6]):
        row = [cell for cell in cells if cell.tells]
        if _takes_in(row, first=i == 0) or (i and any(cell.text.strip() and not cell.tells for cell in cells)):
            return i  # A header has no dashes.
        layers = [cell for cell in row if is_layer(cell.text)]
        heads = [cell for cell in row if is_header(cell.text) and not (i and _is_made(cell.text))]
        named = bool(layers) and any(cell in layers for cell in row[:2]) and bool(kind_of(layers[0].text))
        many = len(layers) >= 0.3 * len(row) or (i > 0 and (row[:1] == layers[:1] != [] or named))
        beside = i > 0 and len(grid.rows[i - 1]) > 1  # What is over all columns names a network.
        if beside and row and all(any(_is_over(above, cell) for above in grid.rows[i - 1]) for cell in row):
            continue  # What is under titles names designs, whatever it looks like.
        texts = [normalized(cell.text) for cell in row]
        if i and _goes_below(grid.rows[i - 1], row):
            continue
        if (
            i == 1
            and grid.width == len(grid.rows[0]) == 2
            and (not heads or any(re.search(r"\d", text) for text in texts))
        ):
            return 1
        if i == 0 and layers and any(SIZES.fullmatch(text) or LISTED.fullmatch(text) for text in texts):
            return 0
        if i and any(any(each.fullmatch(text) for each in _VALUES) or is_set(text) for text in texts):
            return i
        if i and (any(map(_MADE.search, texts)) or any(map(_is_chain, texts))):
            return i
        if i == 0 and (_are_numbered(row) or _are_sizes(row, grid)):
            continue
        first = all(len(before) < 2 for before in grid.rows[:i])
        if first and len(row) > 1 and layers and all(map(_is_title, row)):
            continue
        if (
            i == 0
            and len(row) > 2
            and role_of(row[0].text) in ("output", "input")
            and not re.search(r"\d", row[0].text)
        ):
            continue  # What names designs behind it may sound like layers: Conv-4.
        if i and row and all(_SCALE.fullmatch(normalized(cell.text)) for cell in row):
            continue
        if many and ((len(heads) < 0.5 * len(row) and (i > 0 or len(heads) < 2)) or (i and len(heads) <= 1)):
            return i
    return 1


def _counts_from_the_first(grid: Grid) -> bool:
    """Tell rows that are counted from the first on, beside layers: `Layer 1 | FC, 512 units`, `Layer 2 | ...`."""
    first, second = ([*(cell.text.strip() for cell in row), ""][0] for row in [*grid.rows[:2], *[()] * 2][:2])
    counted = re.search(r"[A-Za-z]\W*1$", first) and second == f"{first[:-1]}2"
    return bool(counted) and any(is_layer(cell.text) for cell in grid.rows[0][1:])


def _is_made(text: str) -> bool:
    """Tell a layer by its number, or what stands behind one, from a header that sounds alike."""
    return bool(posts_of(text) or (kind_of(text) and re.search(r"\d", text)))


def _is_chain(text: str) -> bool:
    """Tell layers one behind the other, with arrows between them."""
    parts = text.split("→")
    return len(parts) > 1 and all(kind_of(part) or posts_of(part) for part in parts)


def _above_the_input(grid: Grid) -> int | None:
    """Return the row of what comes in, where titles alone stand above it, whatever they sound like."""
    for i, row in enumerate(grid.rows[:3]):
        if i and len(row) == 1 and _takes_in(row, first=False):
            return i
        if any(re.search(r"\d ?×", normalized(cell.text)) for cell in row):
            return None
    return None


def _is_over(title: Cell, cell: Cell) -> bool:
    return title.first <= cell.first <= cell.last <= title.last > title.first


def _goes_below(above: Sequence[Cell], row: Sequence[Cell]) -> bool:
    """Tell words alone, several of them under a title, with nothing below the first header: what titles stand over."""
    titled = [cell for cell in row if any(_is_over(title, cell) for title in above)]
    worded = not any(re.search(r"\d", cell.text) for cell in row)
    return len(titled) > 1 and worded and row[0].first > 0 and above[0].first == 0 == above[0].last


def _are_numbered(row: Sequence[Cell]) -> bool:
    """Tell the names of designs that are numbered alike, maybe beside that of another: CNN-1, CNN-2; VGG, CNN6."""
    texts = [re.sub(r"\s*\[\d{1,3}\]$", "", cell.text.strip()) for cell in row]
    found = [re.fullmatch(r"([A-Za-z]+)[ _-]?(\d{1,3})", text) for text in texts]
    counted = [each for each in found if each]
    alike = len(counted) > 1 and len({each[1] for each in counted}) == 1
    nets = alike and counted[0][1].lower().endswith(("cnn", "net"))
    others = [text for text, each in zip(texts, found, strict=True) if not each]
    named = len(others) < len(counted) and not any(is_layer(text) or role_of(text) for text in others) and nets
    return alike and (not others or named) and len({each[2] for each in counted}) == len(counted)


def _are_sizes(row: Sequence[Cell], grid: Grid) -> bool:
    """Tell the names of designs that are but the sizes of what they take, each over layers in words: 16, 32."""
    sizes = [each.text.strip() for each in row]
    growing = len(sizes) > 1 and all(text.isdecimal() for text in sizes) and sizes == sorted(set(sizes), key=int)
    below = [[cell.text for cell in grid.column(each.first, 1)] for each in row]
    return growing and all(texts and all(re.search(r"[A-Za-z]{2}", text) for text in texts) for texts in below)


def _is_title(cell: Cell) -> bool:
    """Tell a cell that may be the name of a design, though it sounds like a layer's: it says no numbers."""
    return not re.search(r"\d", cell.text) and kind_of(cell.text) != "input" and not posts_of(cell.text)


def header(grid: Grid, column: int, start: int) -> str:
    """Return the header of a column; what stands alone in its row is a title of all columns."""
    filled = [sum(cell.tells for cell in row) for row in grid.rows[:start]]
    rows = [row for row, many in zip(grid.rows, filled, strict=False) if many > 1 or grid.width < 3]
    texts = [cell.text for row in rows for cell in row if cell.first == cell.last == column and cell.tells]
    return normalized(" ".join(dict.fromkeys(texts)).replace("\n", " "))


def under_titles(grid: Grid, headers: Sequence[str], start: int, role: str) -> list[int]:
    """Return the columns whose headers name designs, under a title that says what they hold of each."""
    titles = [cell for row in grid.rows[:start] for cell in row if cell.last > cell.first]
    places = [i for cell in titles if role_of(cell.text) == role for i in range(cell.first, cell.last + 1)]
    return [i for i in places if not role_of(headers[i])]


def _takes_in(row: Sequence[Cell], *, first: bool) -> bool:
    """Tell a row that says what comes in with its size: `Input | 32 × 32 × 1`; below a header, a number is one."""
    named = bool(row) and kind_of(row[0].text) == "input"
    texts = [normalized(cell.text) for cell in row]
    sized = re.compile(r"\W*(?:(?:[A-Za-z]+|-1|\?) ?[×,] ?)?\d+(?: ?[×,@] ?\d+)+\W*")
    if named and any(map(sized.fullmatch, texts)):
        return True
    bare = all(text.strip(" -").isdecimal() or kind_of(text) == "input" or not text.strip(" -") for text in texts)
    if named and first and bare and any(re.search(r"\d", text) for text in texts):
        return True
    numbered = not first and any(re.search(r"\d", text) for text in texts)
    return named and (numbered or (len(row) < 4 and any(SIZES.search(text) or LISTED.search(text) for text in texts)))
