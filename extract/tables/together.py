"""What the rows of a table tell of each other: ways without a Dense that gives them, norms that have no name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import prod

from extract.columns.grids import Cell
from extract.words.families import LOCAL_POOLS, POSTED, RECURRENT, WINDOWED
from extract.words.reading import Reading
from extract.words.spellings import normalized


def with_ways(readings: Sequence[Reading], cells: Sequence[Cell]) -> tuple[list[Reading], list[Cell]]:
    """Return layers, a softmax or sigmoid of so many ways behind a Dense of as many where nothing gives them."""
    found: list[Reading] = []
    places: list[Cell] = []
    for each, cell in zip(readings, cells, strict=True):
        printed = [size for size in each.params.get("output", ()) if size > 1]
        own = each.params.get("units", each.params.get("filters"))
        ways = printed[0] if len(printed) == 1 else own if each.kind == "softmax" else None
        ways = ways if each.kind in ("softmax", "sigmoid") else None
        last = next((one for one in reversed(found) if one.kind not in (*POSTED, "dropout")), None)
        wide = last.params.get("units", last.params.get("filters")) if last else None
        given = next((one.params["filters"] for one in reversed(found) if "filters" in one.params), None)
        ends = last is not None and (last.kind in (*LOCAL_POOLS, "flatten") or _is_one_place(last))
        pooled = ends and given not in (None, ways)
        if ways and last and ((last.kind in (*RECURRENT, "dense") and wide != ways) or pooled):
            learned = {name: each.params[name] for name in ("count",) if name in each.params}  # By the Dense alone.
            found.append(Reading("dense", {"units": ways, **learned}, text=each.text, inferred=("units",)))
            places.append(cell)
            each = replace(each, params={name: each.params[name] for name in each.params if name not in learned})
        found.append(each)
        places.append(cell)
    return found, places


def _is_one_place(reading: Reading) -> bool:
    """Tell a layer that leaves one place of what comes in, as its printed size says: `1 × 512`."""
    *sides, channels = reading.params.get("output", (0,))
    return bool(sides) and {*sides} == {1} and channels > 1


def with_what_comes_in(readings: Sequence[Reading], cells: Sequence[Cell]) -> tuple[list[Reading], list[Cell]]:
    """Return layers behind what comes in, where the first leaves the size of that as it is, and prints it."""
    first = readings[0] if readings else None
    kept = first is not None and (first.kind in (*POSTED, "dropout", "rescale") or _KEEPING.search(first.kind))
    size = first.params.get("output", ()) if first and kept else ()
    flat = first is not None and first.kind == "flatten" and {*first.params} == {"output"}
    if first is not None and flat and len(first.params["output"]) == 1:
        vector = Reading("input", {"output": first.params["output"]}, text="input", inferred=("output",))
        return [vector, *readings], [cells[0], *cells]  # Of how many numbers it makes a vector.
    many = 2 if any(each.params.get("axes") == 1 for each in readings) else 3
    if len(size) != many or any(each.kind == "input" for each in readings):
        return list(readings), list(cells)
    return [Reading("input", {"output": size}, text="input", inferred=("output",)), *readings], [cells[0], *cells]


_KEEPING = re.compile(r"\b(?:lambda|random|augment|normali[sz]|rescal|pre-?process)", re.IGNORECASE)
"""What is in front of all layers, and gives an image as large as it takes."""


def with_vector(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, an image in front of a Dense as the numbers that its row says it is made into: 28 × 28 = 784."""
    first = readings[0] if readings else None
    made = _MADE.search(normalized(first.text)) if first and first.kind == "input" and len(readings) > 1 else None
    if not first or not made or readings[1].kind != "dense":
        return list(readings)
    if prod(map(int, re.findall(r"\d+", made[1]))) != int(made[2]):
        return list(readings)
    return [replace(first, params={"shape": (int(made[2]),)}), *readings[1:]]


_MADE = re.compile(r"(\d+(?: ?× ?\d+)+)\)? ?= ?(\d+)\b")
"""How many numbers an image has, as the product of its sides."""


def with_steps(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, a Dense behind what goes over a sequence as wide as each of its steps, where these are printed."""
    found: list[Reading] = []
    for each in readings:
        output = each.params.get("output", ())
        last = next((one for one in reversed(found) if one.kind not in (*POSTED, "dropout")), None)
        before = last.params.get("output", ()) if last and last.kind in (*RECURRENT, "embedding", "dense") else ()
        stepped = each.kind == "dense" and "units" in each.inferred and len(output) == len(before) == 2
        if stepped and min(output) > 1 and output[:1] == before[:1]:
            found.append(replace(each, params={**each.params, "units": output[-1]}))
        else:
            found.append(each)
    return found


def with_what_is_dropped(readings: Sequence[Reading], cells: Sequence[Cell]) -> tuple[list[Reading], list[Cell]]:
    """Return layers, those that are called a layer's Dropout with it: behind them, or alone behind as wide a one.

    `FC | 64`, `FC Dropout(0.2) | 64` are two layers.
    """
    found: list[tuple[Reading, Cell]] = []
    for each, cell in zip(readings, cells, strict=True):
        named = each.kind in ("dense", "conv") and "rate" in each.params and _OWN_DROPOUT.match(each.text)
        if not named:
            found.append((each, cell))
            continue
        kept = {key: value for key, value in each.params.items() if key != "rate"}
        last = next((one for one, _ in reversed(found) if one.kind not in POSTED), None)
        same = last is not None and last.kind == each.kind and last.params.get("units") == kept.get("units")
        found += [] if same and not each.posts else [(replace(each, params=kept), cell)]
        found.append((Reading("dropout", {"rate": each.params["rate"]}, text=each.text), cell))
    return [each for each, _ in found], [cell for _, cell in found]


_OWN_DROPOUT = re.compile(r"[A-Za-z]+(?: layer)? ?\d?[ -]drop-?out\b", re.IGNORECASE)


def with_one_order(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, a convolution of `3×6` as of three filters of 6×6 where the others are `64×5`, of so many of 5×5.

    Where their sizes can be understood in one way alone, those of the others are meant so too.
    """
    sizes = [_ORDERED.search(each.text) if each.kind in ("conv", "deconv") else None for each in readings]
    told = [(int(size[1]), int(size[2])) if size else () for size in sizes]
    pairs = list(zip(readings, told, strict=True))
    first = [
        size[:1] == (each.params.get("filters"),) and each.params.get("kernel") == size[1:] * 2 for each, size in pairs
    ]
    if sum(first) < 2 or sum(first) <= 0.5 * sum(map(bool, told)):
        return list(readings)
    return [
        replace(each, params={**each.params, "filters": size[0], "kernel": size[1:] * 2})
        if size and each.params.get("kernel") == size and "filters" not in each.params
        else each
        for each, size in pairs
    ]


_ORDERED = re.compile(r"conv\w* ?(\d+) ?× ?(\d+)\b(?! ?×)", re.IGNORECASE)


def without_doubtful_norms(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, what is called normalisation and no more as one that nobody knows: of several, or of vectors.

    A local response normalisation is of images, which convolutions give.
    """
    named = {"bn", "ln", "gn", "in"} & {each.kind for each in readings}
    named |= set() if {each.kind for each in readings} & {*WINDOWED} else {"vectors"}
    doubtful = [each.kind == "lrn" and re.fullmatch(_NORM, each.text.strip(), re.IGNORECASE) for each in readings]
    return [
        replace(each, kind=each.text.strip()) if named and odd else each
        for each, odd in zip(readings, doubtful, strict=True)
    ]


_NORM = r"(?:\w+ )?normali[sz]ation(?: layer)?(?: \(\w+\))?"
