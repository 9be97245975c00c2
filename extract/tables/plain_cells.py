"""Cells in plain numbers and English words: no marks of footnotes, products worked out, sizes without their names."""

from __future__ import annotations

import re
from math import prod

from extract.columns.grids import Grid
from extract.columns.headers import role_of
from extract.words.argued import as_call, each_by_name
from extract.words.languages import in_english


def without_marks(grid: Grid) -> Grid:
    """Return a table without the marks of footnotes behind what its cells say, conv1†, FC*, in English words."""
    heads = Grid(grid.rows[:1], grid.width).retold(
        lambda cell: cell.text if role_of(cell.text) else in_english(cell.text)
    )
    grid = Grid((*heads.rows, *grid.rows[1:]), grid.width).retold(lambda cell: in_english(cell.text), 1)
    cubes = sum(bool(_CUBE.fullmatch(cell.text.strip())) for row in grid.rows for cell in row) >= _SEVERAL
    return grid.retold(lambda cell: _plain(_CUBE.sub(r"\1×\1×\1", cell.text) if cubes else cell.text))


_SEVERAL = 3
"""Cells at least of a table whose sizes are cubes."""
_CUBE = re.compile(r"(?<![\d.])(\d{1,3}) ?(?:\^ ?3|\u00b3)(?!\d)")
"""A number to the power of three, which is a size where a table has several, and else the mark of a footnote."""


def _plain(text: str) -> str:
    """Return a text without the marks of footnotes, a size without what it is of: `matrix (size: 64 × 32)`."""
    if re.fullmatch(r"[nN]\.? ?/ ?[aA]\.?", text.strip()):
        return "-"  # Which says nothing.
    if (product := _PRODUCT.fullmatch(text.strip())) and _product(product[3]) == int(product[1]):
        return f"{product[1]}{product[2]}"
    if taken := _TAKEN.fullmatch(text.strip()):
        return f"{_product(taken[1])} → {taken[2]}"
    if ends := _ENDS.fullmatch(text.strip()):
        return f"{ends[1]} → {ends[2]}"
    text = _DEEP.sub(r"\2 × \3 × \1", text)
    sized = _FRONT.match(text)
    behind = text[sized.end() :].strip() if sized else ""
    if sized and behind and behind[0] not in "→-" and max(map(int, sized.groups()[1:])) >= LEAST_IMAGE:
        size = f"{sized[2]} × {sized[3]} × {sized[1]}"
        rest = re.sub(r"^\. (?=\w)", ", ", text[sized.end() :])
        return f"{size}{rest}" if "image" in rest else f"output {size}{rest}"
    text = _BATCH.sub(r"\1", text)
    if _SPACES.fullmatch(text.strip()):
        return re.sub(rf"{_SPACE}", r"\1", text)
    sized = _SIZE_OF.fullmatch(text.strip())
    return sized[1] if sized else as_call(each_by_name(_MARK.sub("", text)))


def _product(text: str) -> int:
    return prod(map(int, re.findall(r"\d+", text)))


_TAKEN = re.compile(r"(\d+(?: ?[xX×*] ?\d+){2}) ?(?:→|->) ?(\d+)")
"""Of which sizes so many numbers come in, and how many go out: 128 × 28 × 28 → 512."""
_ENDS = re.compile(r"in(?:put)?s?[:=]? ?(\d+)[,;] ?out(?:put)?s?[:=]? ?(\d+)", re.IGNORECASE)
_FRONT = re.compile(r"^(\d+)@(\d+) ?[xX×] ?(\d+)\b(?! ?[xX×@])")
LEAST_IMAGE = 16
"""A side of an image, at least, that no window has."""
_DEEP = re.compile(r"^(\d+) ?[xX×*] ?[\[(](\d+)[,×xX ]{1,3}(\d+)[\])]$")
"""So many maps of a size: 32 × [14, 14]."""
_BATCH = re.compile(r"([(\[]) ?batch(?:[ _]?size)?, ?(?=\d)", re.IGNORECASE)
_PRODUCT = re.compile(r"(\d+)((?: [A-Za-z]+)*) ?\((\d+(?: ?[xX×*] ?\d+)+)(?: [A-Za-z]+)*\)")
"""How many numbers there are, and of which sizes that is the product: 64 (8 × 8 image)."""
_SPACE = r"[Rℝ] ?\^ ?[({]?(\d+(?: ?[×x] ?\d+)*)[)}]?"
_SPACES = re.compile(rf"{_SPACE}(?: ?(?:→|->) ?{_SPACE})*")
"""The spaces that what comes in and out is from: `R^16 → R^8`."""
_SIZE_OF = re.compile(
    r"(?:vector|matrix|tensor|map|volume|image|array)s?,? ?\(?(?:of )?(?:size|shape|dim\w*)[:=]? ?"
    r"[\[(]?([\d ,×xX*]+)[\])]*",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<=[\w)\]]) ?(?:[†‡§¶\u00b9\u00b3]+|(?<!\b[A-Z])\^ ?[13-9](?!\w)|(?<=[A-Za-z)\]])\*{1,3})$")
