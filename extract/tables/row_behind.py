"""What columns of their own say that is behind a row's layer: activations, normalisations, poolings and Dropout."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from typing import Any

from extract.columns.grids import Cell
from extract.columns.numbers import steps
from extract.tables.one_row import OneRow
from extract.words.argued import are_arguments
from extract.words.cells import read_cell
from extract.words.families import POOLS
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.spellings import normalized

_NO = ("", "no", "non", "nein", "não", "n", "×", "x", "✗", "0", "false", "none", "n/a", "na", "without")
_IDLE = ("linear", "none", "identity", "yes", "true", "same", "valid", "max", "mean", "average", "avg")
"""What a column of activations says where there is none, or of a pooling."""
_YES = re.compile(r"yes|true|[✓✔√]", re.IGNORECASE)
"""A cell that says no more than that there is something."""
_NAMED = re.compile(r"(?!(?:yes|true|no|none|false)$)[A-Za-z]{3,}[A-Za-z-]*\d?", re.IGNORECASE)
"""The name of an activation or of a normalisation, and no sign for yes or no."""
STRANGE = "activation "
"""What stands in front of the name of one that nobody knows."""


def activations_of(row: OneRow) -> list[str]:
    """Return the normalisation and the activations of the row's own columns of them."""
    norms = [
        norms_of(cell.text) or _softmax(cell.text) or ["bn"]
        for cell in row.said.get("norm", ())
        if says_yes(cell) and (norms_of(cell.text) or _softmax(cell.text) or _is_flag(row, cell))
    ]
    cells = row.said.get("activation", ())
    # Under the name of an activation stands but whether it is there.
    texts = [row.columns.headers[each.first] if _YES.fullmatch(each.text.strip()) else each.text for each in cells]
    texts = [normalized(text) for text in texts]
    found = [post for each in norms for post in each] + [
        post for text in texts for post in (["relu"] if text == "RE" else _named_in(text) or _softmax(text))
    ]
    given = [match[1] for cell in row.said.get("output", ()) if (match := _GIVEN_BY.search(cell.text.strip()))]
    return found or [post for text in given for post in _named_in(normalized(text)) or _softmax(text)]


_GIVEN_BY = re.compile(r"\d\W*\(([A-Za-z]+(?:[- ][A-Za-z]+)?)\)$")
"""The activation behind the size of what a layer gives: `10 (softmax)`."""


def norms_of(text: str) -> list[str]:
    """Return the normalisations that a cell of a column of such names, maybe by one word.

    >>> norms_of("Instance"), norms_of("BatchNorm"), norms_of("Spectral")
    (['in'], ['bn'], [])
    """
    bare = re.fullmatch(r"(?:batch|instance|layer|group)", text.strip(), re.IGNORECASE)
    return posts_of(f"{text} norm" if bare else text)


def _named_in(text: str) -> list[str]:
    """Return what a cell of activations names; what it calls a norm and no more is none that is known."""
    return [] if re.fullmatch(r"norm(?:ali[sz]ation)?", text, re.IGNORECASE) else posts_of(text)


def _is_flag(row: OneRow, cell: Cell) -> bool:
    """Tell a cell that says yes, in whatever language, under the name of a normalisation, from the name of another."""
    named = re.search(r"batch|layer|group|instance|\bbn\b", row.columns.headers[cell.first], re.IGNORECASE)
    return bool(named) or not _NAMED.fullmatch(cell.text.strip())


def posts_beside(row: OneRow) -> list[str]:
    """Return the normalisations and activations that the cells beside the name say: `3×3, BN, ELU`."""
    return [] if row.is_told else posts_of(normalized(row.attributes)) + _softmax(row.attributes)


def added_beside(row: OneRow) -> list[str]:
    """Return the normalisations and activations that a cell beside the name adds to the layer: `+ BatchNorm`."""
    texts = [cell.text for cell in row.cells if cell is not row.named[0] and not row.is_told]
    added = [takewhile(lambda part: kind_of(part) not in POOLS, text.split("+")[1:]) for text in texts]
    return [post for parts in added for part in parts for post in posts_of(normalized(part))]  # And not to a pooling.


def strange_activations(row: OneRow) -> list[Reading]:
    """Return the activations of the row's own column of them that nobody knows."""
    norms = (cell for cell in row.said.get("norm", ()) if not (_is_flag(row, cell) or norms_of(cell.text)))
    cells = (*row.said.get("activation", ()), *norms)
    texts = [re.sub(r" ?\(\d+\)$", "", normalized(cell.text)) for cell in cells]
    return [
        Reading(text, text=f"{STRANGE}{text}")
        for text in texts
        if _NAMED.fullmatch(text) and not (_named_in(text) or _softmax(text))
        if text.lower() not in (*_NO, *_IDLE)
    ]


def regularised(row: OneRow) -> list[Reading]:
    """Return the normalisation and the Dropout of a column of what keeps a layer from learning by heart."""
    found = [each for cell in row.said.get("regular", ()) if not row.is_told for each in read_cell(cell.text)]
    return [each for each in found if each.kind in _REGULAR]


_REGULAR = ("bn", "ln", "gn", "dropout")
"""What such a column may say that is a layer of its own; how weights are held small is none."""


def poolings_behind(row: OneRow) -> list[Reading]:
    """Return the poolings behind the layer, of a column of them."""
    cells = row.said.get("pool", ())
    sized = [f"{row.columns.headers[cell.first]} {cell.text}" for cell in cells if re.search(r"\d", cell.text)]
    named = [cell.text for cell in cells if not re.search(r"\d", cell.text) and "pool" in kind_of(cell.text)]
    found = [each for text in (*sized, *named) for each in read_cell(text) if "pool" in each.kind]
    stride = steps(row.said.get("poolstride", ()))
    return [replace(each, params={**({"stride": stride} if stride else {}), **each.params}) for each in found]


def drops_last(row: OneRow) -> bool:
    """Tell a row whose column of what is dropped stands behind that of poolings."""
    pools = [cell.first for cell in row.said.get("pool", ())]
    drops = [cell.first for cell in row.cells if kind_of(cell.text) == "dropout"]
    return bool(pools and drops) and max(pools) < min(drops)


def pooling_of(row: OneRow) -> dict[str, Any]:
    """Return the window and the stride of the row's pooling, where columns say but them."""
    found: dict[str, Any] = {}
    if "pool" in row.columns.roles:
        return found
    for cell in row.said.get("poolsize", ()):
        if sides := re.findall(r"\d+", normalized(cell.text)):
            found["kernel"] = (int(sides[0]), int(sides[-1]))
    stride = steps(row.said.get("poolstride", ()))
    if {*found.get("kernel", ()), *(stride or ())} == {1}:
        return {}  # A pooling of single pixels: there is none.
    return found | ({"stride": stride} if stride else {})


def dropouts_behind(row: OneRow) -> list[Reading]:
    """Return the Dropout behind the layer, of a column of rates."""
    cells = row.said.get("dropout", ())
    shares = {cell.first: "%" in row.columns.headers[cell.first] for cell in cells}
    texts = [
        f"{cell.text.strip()}%"
        if shares[cell.first] and re.fullmatch(r"\d{1,2}(?:\.\d+)?", cell.text.strip())
        else cell.text
        for cell in cells
        if re.search(r"[1-9]", cell.text)
    ]
    if row.is_told or any(map(are_arguments, row.attributes.split(" ; "))):
        return []  # What is dropped is dropped within the layer.
    said = re.findall(r"\bdrop-?out\b[^\d,;]{0,9}([\d.]+ ?%?)", row.attributes, re.IGNORECASE)
    found = [each for text in (*texts, *said) for each in read_cell(f"dropout {text}")]
    flagged = any(_YES.fullmatch(cell.text.strip()) for cell in cells)
    return found or ([Reading("dropout", text="dropout")] if flagged else [])


def rates_of(row: OneRow) -> dict[str, float]:
    """Return how much is dropped, as a column of rates says."""
    return {key: value for each in dropouts_behind(row) for key, value in each.params.items() if key == "rate"}


def says_yes(cell: Cell) -> bool:
    """Tell a cell that says that there is what its column is for."""
    return cell.text.strip(" -–—").lower() not in _NO


def _softmax(text: str) -> list[str]:
    return ["softmax"] if re.search(r"soft-?\s?max", text, re.IGNORECASE) else []
