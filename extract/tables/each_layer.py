"""What other cells of a row say of each of the layers that one of its cells lists: widths, windows, activations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extract.columns.numbers import whole
from extract.tables.one_row import OneRow
from extract.words.cells import read_cell
from extract.words.families import FILTERED, POOLS, POSTED, UNITED
from extract.words.reading import Reading
from extract.words.signs import signed

_RESIZING = ("deconv", "upsample", *POOLS)
"""What stands in front of the convolutions of a row."""
_WEIGHTED = (*FILTERED, "local", "dense")


def each_wide(found: Sequence[Reading], said: OneRow) -> list[Reading]:
    """Return the layers of a row, several Dense with the widths that another cell lists, and what is behind each."""
    if chained := _chained_widths(found, said):
        return chained
    bare = [i for i, each in enumerate(found) if each.kind == "dense" and "units" not in each.params]
    told = [each for each in read_cell(said.attributes) if each.kind == "dense"] if len(bare) > 1 else []
    if len(told) != len(bare):
        return list(found)
    wide = {
        i: replace(found[i], params=each.params, posts=found[i].posts or each.posts)
        for i, each in zip(bare, told, strict=True)
    }
    return [wide.get(i, each) for i, each in enumerate(found)]


def _chained_widths(found: Sequence[Reading], said: OneRow) -> list[Reading]:
    """Return the layers of a row, several of a kind with the widths that another cell chains: 3 → 64 → 64."""
    for kind, key in (("conv", "filters"), ("dense", "units")):
        bare = [i for i, each in enumerate(found) if each.kind == kind and key not in each.params]
        for cell in (*said.said.get("filters", ()), *said.said.get("", ())) if len(bare) > 1 else ():
            widths = _chain(cell.text)
            if len(widths) in (len(bare), len(bare) + 1):
                made = dict(zip(bare, map(int, widths[-len(bare) :]), strict=True))
                return [replace(each, params={**each.params, key: made[i]}) if i in made else each
                        for i, each in enumerate(found)]  # fmt: skip
    return []


def one_each(whole: Sequence[Reading], said: OneRow) -> list[Reading]:
    """Return the layer of a row that comes so often as many, where another cell lists how wide each is: 3 → 32 → 64."""
    often, key = whole[0].times, "units" if whole[0].kind in UNITED else "filters"
    if len(whole) != 1 or often == 1:
        return list(whole)
    made = {name: value for name, value in whole[0].params.items() if name not in ("in_channels", "in_features")}
    cells = (*said.said.get("filters", ()), *said.said.get("", ()))
    for cell in cells:
        widths = _chain(cell.text)
        if len(widths) in (often, often + 1):
            return [replace(whole[0], times=1, params={**made, key: int(each)}) for each in widths[-often:]]
    return [replace(whole[0], unclear=whole[0].unclear or any(signed(each.text).count("→") > 1 for each in cells))]


def _chain(text: str) -> list[str]:
    """Return the widths that a cell chains, alone or behind what they are and in front of other settings.

    >>> _chain("3 → 64 → 64"), _chain("Filters: 32→16→8, kernel=3"), _chain("8→16→input")
    (['3', '64', '64'], ['32', '16', '8'], [])
    """
    first, *others = re.split(r"[,;] ?", signed(text))
    found = _CHAIN.fullmatch(first)
    return re.findall(r"\d+", found[1]) if found and not any("→" in each for each in others) else []


def as_wide(found: Sequence[Reading], first: dict[str, Any], said: OneRow) -> list[Reading]:
    """Return the layers of a row, convolutions of one window with as many filters as a column says of the first.

    Where the first makes an image larger or smaller, the column says it of the convolutions behind it.
    """
    same = [each for each in found if each.kind == "conv"]
    windows = {each.params.get("kernel") for each in same}
    resized, told = found[0].kind in _RESIZING, first.get("filters", first.get("units"))
    wide = told if resized and said.said.get("filters") else whole(said.said.get("filters", ()))
    if len(windows) != 1 or wide is None or wide != told or not (resized or found[0].kind == "conv"):
        return list(found)
    known = {"filters", "in_channels"}
    bare = [each.kind == "conv" and not each.params.keys() & known for each in found]
    if resized and sum(bare) < len(same):
        return list(found)
    if resized and found[0].kind != "deconv":
        for name in (*known, "units", "in_features"):  # It is as wide as what comes in.
            first.pop(name, None)
    wider: dict[str, Any] = {"filters": wide}
    if found[0].kind == "upsample" and "kernel" in first and said.window and not windows - {None}:
        wider["kernel"] = first.pop("kernel")  # How many times larger it is, no column of windows says.
    if found[0].kind == "upsample" and {*first.get("stride", ())} == {1}:
        wider["stride"] = first.pop("stride")  # Nor one of steps of 1.
    return [replace(each, params=each.params | wider) if at else each for at, each in zip(bare, found, strict=True)]


def told_by_poolings(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, convolutions of one window in front of a pooling with as many filters as its printed size says."""
    found = list(readings)
    for i, pool in enumerate(readings):
        output, window = pool.params.get("output", ()), None
        for j in reversed(range(i if pool.kind in POOLS and len(output) == 3 else 0)):
            each = found[j]
            if each.kind in (*POSTED, "dropout"):
                continue
            told = each.params.keys() & {"filters", "in_channels", "output"} or each.block
            if each.kind != "conv" or told or (window or each.params.get("kernel")) != each.params.get("kernel"):
                break
            window = each.params.get("kernel")
            found[j] = replace(each, params={**each.params, "filters": output[-1]}, inferred=("filters",))
    return found


_CHAIN = re.compile(
    r"(?:(?:filters|channels|units|widths)\b ?[:=]? ?)?(\d+(?: ?→ ?\d+)+)(?: (?:filters|channels|units|neurons))?",
    re.IGNORECASE,
)
"""How wide what is behind each other is."""


def each_set(found: Sequence[Reading], said: OneRow) -> list[Reading]:
    """Return the layers of a row, those behind the first with what another cell says of their kind: `Pool 2×2`."""
    parts = [part for cell in said.said.get("", ()) for part in _BEGINS.split(cell.text)]
    cells = [each for part in parts for each in read_cell(part) if each.params]
    told = {_family(each): each.params for each in cells if _family(each)}
    behind = [each if each.params else replace(each, params=told.get(_family(each), {})) for each in found[1:]]
    return [*found[:1], *behind]


_BEGINS = re.compile(r",(?= ?(?:max|avg|average)?[ -]?(?:pool|drop)[\w-]*(?: size)? ?[\d(=])", re.IGNORECASE)
"""Where a cell comes to what it says of a pooling or of what is dropped: 8 filters, 3×3 kernel, pool 2×2, stride 2."""


def _family(reading: Reading) -> str:
    """Return what a pooling is of, or a Dropout, and nothing of what is learned."""
    return "pool" if reading.kind in POOLS else "dropout" if reading.kind == "dropout" else ""


def shared(layers: Sequence[Reading], posts: Sequence[str]) -> list[Reading]:
    """Return the layers that a cell lists with the activations of another behind them: one for each, for all, or two.

    Of two the second is that of the last layer. Nothing is returned where the layers have their own.
    """
    places = [i for i, each in enumerate(layers) if each.kind in _WEIGHTED]
    known = any(each.posts or each.kind in POSTED for each in layers)
    if len(places) < 2 or not posts or known or len(posts) not in (1, 2, len(places)):
        return []
    each_way = posts if len(posts) == len(places) else [posts[0]] * (len(places) - 1) + [posts[-1]]
    behind = dict(zip(places, each_way, strict=True))
    return [replace(each, posts=(behind[i],)) if i in behind else each for i, each in enumerate(layers)]
