"""The hyper-parameters of a row's first layer, as its name and the columns beside it say them."""

from __future__ import annotations

import re
from dataclasses import replace
from math import prod
from typing import Any

from extract.columns.grids import Cell
from extract.columns.header_rows import LISTED
from extract.columns.layer_names import LAYERS
from extract.columns.numbers import channels_of, features_of, shapes, steps, whole
from extract.designs.signals import COLOURS
from extract.tables.one_row import OneRow
from extract.tables.row_behind import says_yes
from extract.words.cells import read_attributes
from extract.words.contexts import window_of
from extract.words.families import FILTERED, RECURRENT, UNITED, WINDOWED
from extract.words.lexicon import mode_of
from extract.words.reading import Reading
from extract.words.remarks import slope_of
from extract.words.spellings import normalized

_NAME = re.compile(r"[A-Za-z_\s-]+(?:[123]-?[dD]\b)?[\d_\s.]*[a-z]?(?:\s*\(\w+\))?")
_LISTED = re.compile(r"(?<=\d) ?, ?(?=\d)")
_VECTOR = re.compile(r"[(\[] ?\d+ ?, ?[)\]]")
"""The shape of a vector: (21,)."""
_CLASS = re.compile(r"Conv[123]D(?:[ _-]?\d+)?")
_KEYWORD = re.compile(r"\b(?:kernel_size|input_shape) ?=")
"""What Keras calls settings, whose convolutions have no border where they say none."""
_COUNTED = ("filters", "units", "number", "rate")


def params_of(row: OneRow, first: Reading) -> dict[str, Any]:
    """Return the hyper-parameters of the row's first layer."""
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
    headers = row.columns.headers
    widths = {headers[cell.first]: normalized(cell.text) for cell in row.said.get("branch", ())}
    found |= {name: int(width) if width.isdecimal() else width for name, width in widths.items() if width}
    for cell in row.said.get("branch", ()) if first.kind.endswith("pool") and "kernel" not in found else ():
        if window := re.search(r"(\d) ?× ?(\d)(?:, ?(\d))?$", normalized(cell.text)):
            found["kernel"] = int(window[1]), int(window[2])
            found |= {"stride": (int(window[3]),) * 2} if window[3] else {}
    for cell in row.said.get("context", ()) if first.kind != "dense" else ():
        found |= _spliced(row, window_of(cell.text))
    if inner := whole(row.said.get("inner", ())) if first.kind not in LAYERS else None:
        found["sub_blocks"] = inner
    if expand := whole(row.said.get("expand", ())):
        found["expand"] = expand
    if gate := row.said.get("gate"):
        found["gate"] = says_yes(gate[0])
    for cell in row.said.get("padding", ()):
        plain = re.sub(r" ?\(same\)", "", cell.text).strip("() ")
        sides = tuple(map(int, re.findall(r"\d+", plain)))
        if sides and (word := re.search(r"[A-Za-z]{4,}", plain)) and (mode := mode_of(f"{word[0]} padding")):
            found |= {"border": mode, "pad": sides[0]} if len({*sides}) == 1 else {"border": mode}
        if len(sides) == len("tblr") and len({*sides}) == 1:
            found["pad"] = sides[0]
        elif first.kind in WINDOWED and not says_yes(cell) and re.search(r"(?!na$)\w|[✗×✘]", cell.text.lower()):
            found["pad"] = "valid"  # That there is none, not that nothing is said of it.
        elif len(sides) == len("tblr"):  # Each by itself: that these are meant, the printed size tells.
            found["pad" if row.said.get("output") else "borders"] = sides[:2], sides[2:]
        elif len(sides) < len("tblr"):
            found |= read_attributes(f"pad {re.sub(_LISTED, '×', plain)}", first.kind)
        if first.kind in FILTERED and plain in ("-", "–", "—"):
            found.setdefault("pad", 0)  # It has none, where a column says those of others.
    if (count := whole(row.said.get("count", ()))) is not None:
        found["count"] = count
    for cell in row.said.get("activation", ()):
        if (slope := slope_of(cell.text)) is not None:
            found["slope"] = slope
    size = re.fullmatch(r"\W*\d+(?:\W+\d+){1,3}\W*", row.attributes) if first.kind == "reshape" else None
    if size is not None and not {"shape", "output"} & {*found, *first.params}:
        found["shape"] = tuple(map(int, re.findall(r"\d+", row.attributes)))
    if first.kind == "leakyrelu" and "slope" not in found:
        slopes = [each for cell in row.cells for each in _SLOPE.findall(cell.text)]
        slopes += re.findall(r"^\W*(0?\.\d+)\W*$", row.attributes)
        found |= {"slope": float(slopes[0])} if slopes else {}
    if first.kind == "resblock" and (window := re.match(r"\W*(\d+) ?× ?(\d+)\b(?! ?×)", normalized(row.attributes))):
        found["kernel"] = int(window[1]), int(window[2])
    found |= shapes(row.said.get("output", ()), row.said.get("input", ()))
    if (
        first.kind in FILTERED
        and not found.keys() & {"filters", "output"}
        and (channels := channels_of(row.said.get("output", ())))
    ):
        found["filters"] = channels
    if first.kind in FILTERED and row.window and len(found.get("output", ())) == 1 and "axes" not in first.params:
        found.setdefault("filters", found.pop("output")[0])  # An image has two sides.
        if len(taken := found.pop("input", ())) == 1:
            found["in_channels"] = taken[0]
    incoming = [cell for cell in row.said.get("ignored", ()) if _INCOMING.match(headers[cell.first])]
    if first.kind in (*FILTERED, "dense") and (taken_in := whole(incoming)):
        found.setdefault("in_features" if first.kind == "dense" else "in_channels", taken_in)
    for cell in row.said.get("filters", ()) if first.kind in FILTERED else ():
        pair = re.fullmatch(r"(\d+) ?[/→] ?(\d+)", cell.text.strip())
        if pair and int(pair[2]) == found.get("filters") and _IN_AND_OUT.fullmatch(headers[cell.first]):
            found.setdefault("in_channels", int(pair[1]))
    if first.kind == "dense" and len(found.get("input", ())) == 1 and len(found) > 1:
        found["in_features"] = found["input"][0]
    if first.kind in (*RECURRENT, "embedding", "dense", "input") and "output" not in found:
        found |= {"per_step": features} if (features := features_of(row.said.get("output", ()))) else {}
    heads = " ".join(headers[cell.first] for cell in row.said.get("output", ()))
    shaped = "kernel" not in row.columns.roles and not re.search("out|activation", heads, re.IGNORECASE)
    if first.kind == "dense" and len(found.get("output", ())) == 2 and found["output"][0] > 1 and shaped:
        found["in_features"], found["units"] = found.pop("output")  # The shape of its weights.
    if first.kind == "dense" and found.keys() <= {"input"} and (alone := _alone(row)):
        found = {"units": alone}
    if first.kind == "crop":
        found = {key: value for key, value in found.items() if key in ("output", "input", "count")}
        found |= {"cut": sides} if (sides := _cut(row)) else {}
    if first.kind == "dropout" and "rate" not in found:
        found |= _rate(row)
    if first.kind == "input" and (taken := row.units or next(iter(row.numbers), 0)) and "output" not in found:
        colours = taken <= COLOURS and found.get("filters") == taken and not row.units
        found |= {"in_channels": taken} if colours else {"output": (taken,)}
    if first.kind == "input" and "output" not in found:
        others = [cell for role in ("", "filters") for cell in row.said.get(role, ())]
        bare = [replace(cell, text=re.split(r" [-–—] ", cell.text)[0].strip(" `")) for cell in others]
        sized = [cell for cell in bare if LISTED.fullmatch(cell.text) or _VECTOR.fullmatch(cell.text)]
        found |= shapes(sized, ())
    sides = found.get("output", ()) if first.kind == "input" else ()
    if row.width and (len(sides) == 2 or (len(sides) == 3 and row.width <= COLOURS < min(sides))):
        found["output"] = (*sides, row.width)
    return {key: value for key, value in found.items() if key not in _FOREIGN.get(first.kind, ())}


def _cut(row: OneRow) -> tuple[int, ...]:
    """Return how much is cut off in front of and behind each axis: `((70, 25), (0, 0))`, `top 70, bottom 25`."""
    said = " ".join(cell.text for cell in row.cells if _is_setting(row, cell))
    if pairs := re.search(r"\(? ?\((\d+), ?(\d+)\), ?\((\d+), ?(\d+)\) ?\)?", said):
        return tuple(map(int, pairs.groups()))
    named = {word.lower(): int(number) for word, number in _EDGE.findall(said)}
    named |= {word.lower(): int(number) for number, word in _EDGE_BEHIND.findall(said)} if not named else {}
    return tuple(named.get(edge, 0) for edge in ("top", "bottom", "left", "right")) if named else ()


def _is_setting(row: OneRow, cell: Cell) -> bool:
    """Tell a cell that says no size of what comes in or goes out."""
    return row.columns.roles[cell.first] not in ("input", "output", "count")


_EDGE = re.compile(r"\b(top|bottom|left|right)\W{1,3}(\d+)\b", re.IGNORECASE)
_EDGE_BEHIND = re.compile(r"\b(\d+) ?(?:px|pixels|rows)? ?(?:from |off |at )?(?:the )?(top|bottom|left|right)\b", re.I)


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
_INCOMING = re.compile(
    r"(?:(?:number|num|no\.?|#) ?(?:of )?)?in(?:put)?[ _-]?(?:channels?|ch\.?|features|maps|planes)?$"
    r"|ch(?:annels?|\.)? in$"
    r"|c[ _]?in$|filt(?:er)?\.? dim\w*\.?$",
    re.IGNORECASE,
)
"""The header of a column of how many channels come in."""
_IN_AND_OUT = re.compile(
    r"(?:ch\w*\.?)? ?\(?(?:i(?:n|nput)? ?/ ?o(?:ut|utput)?)\)?|ch(?:n?s|ans?|annels?)\.?", re.IGNORECASE
)
"""That of one of how many come in and out: `Ch I/O`, `chns`."""
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


def _alone(row: OneRow) -> int | None:
    """Return the only number beside the name of a row that says nothing else, in whatever column it was put."""
    others = [cell for cell in row.cells if cell is not row.named[0] and cell.tells]
    alone = len(others) == 1 and row.columns.roles[others[0].first] in ("", "input", "kernel", "output")
    return whole(others) if alone else None


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
