"""The hyper-parameters of a row's first layer, as its name and the columns beside it say them."""

from __future__ import annotations

import re
from math import prod
from typing import Any

from extract.columns.layer_names import LAYERS
from extract.columns.numbers import steps, whole
from extract.tables.one_row import OneRow
from extract.tables.row_behind import says_yes
from extract.tables.row_borders import take_borders
from extract.tables.row_shapes import with_sizes
from extract.words.cells import read_attributes
from extract.words.contexts import window_of
from extract.words.families import FILTERED, UNITED
from extract.words.reading import Reading
from extract.words.remarks import slope_of
from extract.words.spellings import normalized

_NAME = re.compile(r"[A-Za-z_\s-]+(?:[123]-?[dD]\b)?[\d_\s.]*[a-z]?(?:\s*\(\w+\))?")
_CLASS = re.compile(r"Conv[123]D(?:[ _-]?\d+)?")
_KEYWORD = re.compile(r"\b(?:kernel_size|input_shape) ?=")
"""What Keras calls settings, whose convolutions have no border where they say none."""
_COUNTED = ("filters", "units", "number", "rate")


def params_of(row: OneRow, first: Reading) -> dict[str, Any]:
    """Return the hyper-parameters of the row's first layer."""
    found = _of_name_and_beside(row, first)
    _take_columns(row, first, found)
    widths = {row.columns.headers[cell.first]: normalized(cell.text) for cell in row.said.get("branch", ())}
    found |= {name: int(width) if width.isdecimal() else width for name, width in widths.items() if width}
    for cell in row.said.get("context", ()) if first.kind != "dense" else ():
        found |= _spliced(row, window_of(cell.text))
    _take_insides(row, first, found)
    take_borders(row, first.kind, found)
    if (count := whole(row.said.get("count", ()))) is not None:
        found["count"] = count
    _take_slope(row, first, found)
    size = re.fullmatch(r"\W*\d+(?:\W+\d+){1,3}\W*", row.attributes) if first.kind == "reshape" else None
    if size is not None and not {"shape", "output"} & {*found, *first.params}:
        found["shape"] = tuple(map(int, re.findall(r"\d+", row.attributes)))
    if first.kind == "resblock" and (window := re.match(r"\W*(\d+) ?× ?(\d+)\b(?! ?×)", normalized(row.attributes))):
        found["kernel"] = int(window[1]), int(window[2])
    found = with_sizes(row, first, found)
    if first.kind == "dropout" and "rate" not in found:
        found |= _rate(row)
    return {key: value for key, value in found.items() if key not in _FOREIGN.get(first.kind, ())}


def _of_name_and_beside(row: OneRow, first: Reading) -> dict[str, Any]:
    """Return what the name of a layer says of it, without what but counts layers, and what the cells beside it say."""
    said = bool(row.attributes or row.said.get("output")) and not (row.is_told or row.is_listed)
    counted = said and bool(_NAME.fullmatch(name := normalized(row.named[0].text)))
    counted = counted and not (
        name.endswith(")") and not row.said.get("output") and not re.search(r"\d", row.attributes)
    )
    # The number in a name counts layers of its kind.
    own = {key: value for key, value in first.params.items() if not (counted and _is_count(key, value))}
    windowed = bool(re.search(r"\d ?×", normalized(row.attributes)))
    named_pool = re.fullmatch(r"[a-z -]*pool[a-z]*(?:[123]d)?[ _]\d", row.named[0].text.strip(), re.IGNORECASE)
    windowed |= bool(named_pool) and own.get("kernel") != steps(
        row.said.get("stride", ())
    )  # It steps as far as it sees.
    named = re.match(r"[A-Za-z]+ ?\d{1,2}-\d{1,2}(?! ?[×\d-])", normalized(row.named[0].text))
    if named and (row.said.get("kernel") or windowed):
        own = {key: value for key, value in own.items() if key not in ("kernel", "filters")}  # The second of its stage.
    told = row.window and not re.search(r"\d ?×", normalized(row.named[0].text))  # By a column of windows.
    own = {key: value for key, value in own.items() if key != "kernel" or not (told or (counted and windowed))}
    beside = _attributes_of(row, first.kind)
    found = beside | own
    if first.kind in FILTERED and len({beside.get("kernel"), own.get("kernel"), None}) == len(("one", "other", None)):
        found["kernel_beside"] = beside["kernel"]  # Of the two the printed size tells which is meant.
    return found


def _take_columns(row: OneRow, first: Reading, found: dict[str, Any]) -> None:
    """Take what columns of their own say: how wide a layer is, its step, its groups and gaps."""
    if row.width is not None and not (row.width == 1 and found.get("units", 0) > 1):
        found["units" if first.kind in UNITED else "filters"] = row.width
    if stride := steps(row.said.get("stride", ())):
        found["stride"] = stride
    if groups := whole(row.said.get("groups", ())):
        found["groups"] = groups
    if dilation := steps(row.said.get("dilation", ())):
        found["dilation"] = dilation[0] if len(set(dilation)) == 1 else dilation
    if first.kind in FILTERED and _CLASS.fullmatch(row.named[0].text.strip()) and "pad" not in found:
        found |= {"unpadded": True} if any(map(_KEYWORD.search, (cell.text for cell in row.cells))) else {}


def _take_insides(row: OneRow, first: Reading, found: dict[str, Any]) -> None:
    """Take what columns say of the insides of a block."""
    if inner := whole(row.said.get("inner", ())) if first.kind not in LAYERS else None:
        found["sub_blocks"] = inner
    if expand := whole(row.said.get("expand", ())):
        found["expand"] = expand
    if gate := row.said.get("gate"):
        found["gate"] = says_yes(gate[0])


def _take_slope(row: OneRow, first: Reading, found: dict[str, Any]) -> None:
    """Take the slope of an activation, as a column of these or any cell says it."""
    for cell in row.said.get("activation", ()):
        if (slope := slope_of(cell.text)) is not None:
            found["slope"] = slope
    if first.kind == "leakyrelu" and "slope" not in found:
        slopes = [each for cell in row.cells for each in _SLOPE.findall(cell.text)]
        slopes += re.findall(r"^\W*(0?\.\d+)\W*$", row.attributes)
        found |= {"slope": float(slopes[0])} if slopes else {}


def _spliced(row: OneRow, window: dict[str, Any]) -> dict[str, Any]:
    """Return a window over time; how many channels come in where so many steps of them are printed: `120 × 512`."""
    pairs = [re.fullmatch(r"(\d+) ?[x×/→-] ?\w+", cell.text.strip()) for cell in row.said.get("filters", ())]
    taken = next((int(each[1]) for each in pairs if each), 0)
    steps = prod(window.get("kernel", ()))
    return {**window, "in_channels": taken // steps} if window and taken and taken % steps == 0 else window


def says_two_windows(row: OneRow) -> bool:
    """Tell a row whose column of windows holds a number alone, and that of widths a window: which is which is open."""
    alone = any(cell.text.strip().isdecimal() for cell in row.said.get("kernel", ()))
    return alone and any(_WIDE_WINDOW.fullmatch(normalized(cell.text)) for cell in row.said.get("filters", ()))


_WIDE_WINDOW = re.compile(r"\d+,? \d{1,2} ?× ?\d{1,2}")
"""How wide a layer is, with its window: 64 3×3."""
_FOREIGN = {
    **dict.fromkeys(UNITED, ("stride", "pad")),
    **dict.fromkeys(("flatten", "dropout"), ("kernel", "stride", "pad", "filters", "units", "groups")),
}
"""What no layer of a kind has, whatever stands in the columns of it."""


def _attributes_of(row: OneRow, kind: str) -> dict[str, Any]:
    """Return what the cells beside the name say; of a layer that nobody knows, what they say of its window."""
    if row.is_told:
        return {}
    if kind in LAYERS:
        said = read_attributes(row.attributes, kind)
        return said if kind == "dropout" else {key: value for key, value in said.items() if key != "rate"}
    found = read_attributes(row.attributes, "conv")
    names = ("kernel", "stride", "pad", "dilation", "groups", *(("filters",) if "kernel" in found else ()))
    return {key: value for key, value in found.items() if key in names}


def _rate(row: OneRow) -> dict[str, float]:
    """Return how much is dropped, as any cell of the row says it: `Rate = 0.5`."""
    said = [
        re.fullmatch(r"\(?(?:rate|prob\w*|p)?\W*(0?\.\d+)\)?", cell.text.strip(), re.IGNORECASE)
        or re.search(r"\brate ?[=:] ?(0?\.\d+)\b", cell.text, re.IGNORECASE)
        for cell in row.cells
    ]
    return next(({"rate": float(found[1])} for found in said if found), {})


_SLOPE = re.compile(r"(?:slope|alpha|α)\W{0,3}(0?\.\d+)", re.IGNORECASE)
"""The slope of a leaky ReLU in a cell of its own: `negative_slope=0.2`."""


def _is_count(key: str, value: Any) -> bool:
    """Tell a number that may be which layer of its kind it is."""
    return key in _COUNTED and value <= 20 and value % 1 == 0
