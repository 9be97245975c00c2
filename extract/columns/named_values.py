"""What a caption says of the names that stand in cells: variables, letters, and members of lists."""

from __future__ import annotations

import re

from extract.columns.grids import Cell, Grid

_SETTING = re.compile(r"`?\b([a-z]+(?:_[a-z]+)+)`? ?[=:] ?`?(\d+)(?!\.?\d)")
"""What is set by the name of a variable: hidden_size = 128."""


def with_settings_of(grid: Grid, caption: str) -> Grid:
    """Return a table with the values that its caption says of the variables that stand in cells, and of lists."""
    grid = _with_letters(_with_members(grid, caption), caption)
    said = dict(_SETTING.findall(caption))
    if not said:
        return grid
    names = re.compile(rf"\b(?:{'|'.join(map(re.escape, said))})\b(?! ?[=:])")

    def value(found: re.Match[str]) -> str:
        return f"{said[found[0]]} layers" if found[0].endswith("_layers") else said[found[0]]

    return grid.retold(lambda cell: names.sub(value, cell.text), 1)


_LETTER = re.compile(r"(?<![\w.])([A-Za-z]_?\d?) ?= ?(\d+)(?!\w|\.\d| ?[×x])")
"""What a caption sets a letter to: C = 22, F1 = 8."""
_SUM = re.compile(r"[\w\s()\[\],*·/→]+|[\w\s()\[\]*·/]+(?:×[\w\s()\[\]*·/]+){2,}")
"""Sizes and products of letters and numbers, and no layer."""
_PAIR = re.compile(r"[(\[]?\w+ ?× ?\w+[)\]]?")
"""Two sizes, or a product of two."""
_SIZED = re.compile(r"sizes?\b|shape|kernel|dimension|output|input", re.IGNORECASE)
"""What tells that a column holds sizes, and no products of numbers of filters."""


def _with_letters(grid: Grid, caption: str) -> Grid:
    """Return a table with numbers for the letters that its caption sets, in cells of such and of numbers alone.

    What these are multiplied by or parted into is worked out: `(D * F1, 1, T // 4)` is (16, 1, 281).
    """
    pairs = {*_LETTER.findall(caption)}
    said = {name: number for name, number in pairs if sum(other == name for other, _ in pairs) == 1}
    sized = {cell.first for row in grid.rows[:1] for cell in row if _SIZED.search(cell.text)}

    def text(cell: Cell) -> str:
        spaced = re.sub(r"(?<=\d) ?[xX] ?(?=[A-Z]\b)", " × ", cell.text)
        names = re.findall(r"(?<![A-Za-z_])[A-Za-z]\w*", spaced)
        pair = cell.first in sized and _PAIR.fullmatch(spaced)
        if not names or not all(name in said for name in names) or not (pair or _SUM.fullmatch(spaced)):
            return cell.text
        plain = re.sub(r"(?<![A-Za-z_])[A-Za-z]\w*", lambda found: said[found[0]], re.sub(_BESIDE, "* ", spaced))
        while found := re.search(_WORKED_OUT, plain):
            one, other = int(found[1]), int(found[3])
            value = one * other if found[2] in "*·" else one // max(other, 1)
            plain = re.sub(r"(?<=[(, ])\((\d+)\)", r"\1", f"{plain[: found.start()]}{value}{plain[found.end() :]}")
        return plain

    return grid.retold(text, 1) if said else grid


_BESIDE = r"(?<=\d)(?=[A-Za-z])"
"""Between a number and the letter that it multiplies: 2C."""
_WORKED_OUT = r"(\d+) ?([*·]|//?) ?(\d+)"


_LISTED = re.compile(r"([A-Za-z]+(?:[ _][a-z]+)*) ?= ?[\[(](\d+(?:, ?\d+)+)[\])]")
"""What is set to a list by the name of a variable, which may have lost its underscores: channels = [64, 128]."""
_MEMBER = re.compile(r"([A-Za-z]+(?:_[a-z]+)*) ?\[(\d{1,2})\]")


def _with_members(grid: Grid, caption: str) -> Grid:
    """Return a table with the values of what stands in cells by its place in a list: channels[0]."""
    lists = {found[1].lower().replace(" ", "_"): re.findall(r"\d+", found[2]) for found in _LISTED.finditer(caption)}

    def member(found: re.Match[str]) -> str:
        name = found[1].lower()
        held = next((values for key, values in lists.items() if f"_{key}".endswith(f"_{name}")), [])
        return held[int(found[2])] if int(found[2]) < len(held) else found[0]

    return grid.retold(lambda cell: _MEMBER.sub(member, cell.text)) if lists else grid
