"""Columns that say several things of a layer, in the order that a header or the caption names: (C_in, C_out, K, S)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from extract.columns.grids import Cell, Grid
from extract.columns.headers import role_of
from extract.words.lexicon import kind_of, posts_of
from extract.words.signs import signed

_NAMES = {
    **dict.fromkeys(("kernel", "k", "ks", "kh", "kernel h", "w", "f"), "kernel"),
    **dict.fromkeys(("stride", "s"), "stride"),
    **dict.fromkeys(("padding", "p", "pad"), "padding"),
    **dict.fromkeys(("dilation", "d"), "dilation"),
    **dict.fromkeys(("groups", "g"), "groups"),
    **dict.fromkeys(("c", "n", "cout", "co", "out", "o", "output", "outputs", "out dim", "output dim"), "channels"),
    **dict.fromkeys(("cin", "ci", "in", "i", "input", "inputs", "in dim", "input dim"), "in channels"),
}
"""What names in a list of fields stand for, in the words of headers; letters are those of papers."""
_ROLES = {
    "kernel": "kernel",
    "stride": "stride",
    "padding": "padding",
    "dilation": "dilation",
    "filters": "channels",
    "groups": "groups",
    "ignored": "in channels",
}
"""What a field is called by what a column of it alone would be for."""
_BRACKETS = re.compile(r"[(\[⟨<{]([^()\[\]⟨⟩<>{}]{3,80})[)\]⟩>}]")


def apart(grid: Grid, caption: str = "") -> Grid:
    """Return a grid in which a column that lists several things of a layer is as many columns."""
    grid = _with_steps(grid)
    for i, row in enumerate(grid.rows[:3]):
        for head in row:
            text = head.text.replace("\n", " ")
            plain = [(names, sign) for sign in ",/" if len(names := _fields(text, sign)) > 2 - (sign == ",")]
            for names, signs in [*plain, *_listed(text)]:
                if head.first == head.last and (sign := _sign(grid, head.first, i + 1, names, signs)):
                    return apart(_widened(grid, head.first, i, names, sign), caption)
    for names, signs in _listed(caption):
        for column in range(1, grid.width):
            heads = [cell.text for cell in grid.rows[0] if cell.first == cell.last == column]
            sizes = any(role_of(text) in ("output", "input") for text in heads)
            if heads and not sizes and (sign := _sign(grid, column, 1, names, signs)):
                return apart(_widened(grid, column, 0, names, sign))
    return grid


_STEPPED = re.compile(r"[\[(] ?(\d+) ?, ?(\d+) ?, ?([1-4]) ?[\])]")
"""A window with how far it steps: [4, 4, 2]."""


def _with_steps(grid: Grid) -> Grid:
    """Return a grid in which windows of images have their strides beside them, which stand behind them: `[4, 4, 2]`."""
    heads = {cell.first: role_of(cell.text) for cell in (grid.rows[0] if grid.rows else ()) if cell.first == cell.last}
    told = {*heads.values()}
    if "stride" in told or not told & {"output", "filters"}:
        return grid
    for column in (i for i, role in heads.items() if role == "kernel"):
        texts = [text for text in grid.texts(column, 1) if re.search(r"\d", text)]
        found = [_STEPPED.fullmatch(signed(text).strip()) for text in texts]
        several = len({each[3] for each in found if each}) > 1
        if len(found) > 1 and all(each and each[1] == each[2] for each in found) and several:
            return _widened(grid.retold(partial(_stepped, column)), column, 0, ("kernel", "stride"), ",")
    return grid


def _stepped(column: int, cell: Cell) -> str:
    return _STEPPED.sub(r"(\1×\2, \3)", signed(cell.text)) if cell.first == column else cell.text


def _listed(text: str) -> list[tuple[list[str], str]]:
    """Return the lists of fields that stand in brackets in a text, with the signs that may part what they name."""
    inside = [found[1] for found in _BRACKETS.finditer(text)]
    return [(names, f"{sign},") for each in inside for sign in ",/;×" if (names := _fields(each, sign))]


def _fields(text: str, sign: str) -> list[str]:
    """Return what the parts of a text between signs name, as headers, each once; nothing where one names nothing."""
    names = [_field(part) for part in text.split(sign)]
    sized = [bool(re.fullmatch(r"\W*size\W*", part, re.IGNORECASE)) for part in text.split(sign)]
    if {"stride", "padding"} & {*names}:
        names = ["kernel" if size else name for size, name in zip(sized, names, strict=True)]  # That of the window.
    return names if all(names) and len(set(names)) == len(names) > 1 else []


def _field(text: str) -> str:
    if re.search(r"[:=]|(?<![A-Za-z_#])\d", text):
        return ""  # What a cell says, and no name.
    plain = re.sub(r"\b(?:size|number|no|num|of)\b|[_#.:]", " ", text.lower()).strip()
    plain = re.sub(r"\s+", " ", plain)
    plain = re.sub(r"^(in|out)(?:put)? (?:ch\w*|feat\w*|maps?|filters?)$", r"\1", plain)
    return _NAMES.get(plain) or _NAMES.get(plain.replace(" ", "")) or _ROLES.get(role_of(text.strip()), "")


def _sign(grid: Grid, column: int, start: int, names: Sequence[str], signs: str) -> str:
    """Return what parts the cells of a column into as many things as there are names, nothing where they are others."""
    below = [cell.text for cell in grid.column(column, start) if re.search(r"\d", cell.text)]
    if sum(bool(kind_of(text) or posts_of(text)) for text in below) > 0.5 * len(below):
        return ""  # Whole layers.
    for sign in signs:
        parts = [len(_parts(text, sign)) for text in below]
        some = sum(1 < many <= len(names) for many in parts) if sign == "/" else 0  # A pooling has no border.
        whole = parts.count(len(names))
        alike = {each for each in parts if each > 1} == {len(names)}
        if alike or (whole and max(whole, some if whole > 1 else 0) >= 0.6 * len(parts)):
            return sign
    return ""


def _parts(text: str, sign: str) -> list[str]:
    """Return the parts of a cell between signs that stand in no brackets, but for those around all of it."""
    text = signed(text)
    wrapped = (
        text.startswith("[")
        or len(re.findall(r"[(\[{⟨<]", text)) != 1
        or re.fullmatch(r"\W*\d+(?:, ?\d+)?\W*", text) is None
    )
    whole = wrapped and re.fullmatch(r"[(\[{⟨<]((?:[^()\[\]{}]|[(\[{][^()\[\]{}]*[)\]}])*)[)\]}⟩>]\W*", text.strip())
    return [part.strip() for part in re.split(rf"{sign}(?![^(\[]*[)\]])", whole[1] if whole else text)]


def _widened(grid: Grid, column: int, head: int, names: Sequence[str], sign: str) -> Grid:
    """Return a grid in which a column is so many, each below its name and with a part of its cells."""
    heads: list[Sequence[str]] = [names if i == head else () for i in range(len(grid.rows))]
    rows = [tuple(_spread(row, column, own, len(names), sign)) for row, own in zip(grid.rows, heads, strict=True)]
    return Grid(tuple(rows), grid.width + len(names) - 1)


def _spread(row: Sequence[Cell], column: int, names: Sequence[str], many: int, sign: str) -> Iterator[Cell]:
    for cell in row:
        if cell.first == cell.last == column:
            parts = names or _parts(cell.text, sign)
            split = parts if len(parts) <= many else [cell.text]
            yield from (replace(cell, text=part, first=column + i, last=column + i) for i, part in enumerate(split))
        else:
            moved = replace(cell, first=cell.first + (many - 1) * (cell.first > column))
            yield replace(moved, last=cell.last + (many - 1) * (cell.last >= column))
