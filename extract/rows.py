"""A layer a row: one cell names it, and the others say more of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from extract.by_content import LARGEST_SIDE
from extract.cells import is_open, read_attributes, read_cell
from extract.each_layer import each_set, each_wide, one_each, shared
from extract.families import POOLS, POSTED, RECURRENT, SIZED
from extract.grids import Cell, Grid
from extract.joining import JOINS, names_among, names_in, told_in
from extract.layer_names import LAYERS
from extract.lexicon import kind_of, posts_of
from extract.one_row import OneRow
from extract.reading import Reading
from extract.roles import Columns
from extract.row_behind import (
    activations_of,
    dropouts_behind,
    pooling_of,
    poolings_behind,
    posts_beside,
    rates_of,
    strange_activations,
)
from extract.row_layers import layer_alone, layers_of, unheard_row
from extract.row_outputs import LENGTH, are_moments, comes_in, is_given, is_last, is_of_a_tensor, is_said, opens_out
from extract.row_params import params_of
from extract.spellings import normalized
from extract.stacked import single_rows
from extract.together import with_ways, with_what_comes_in, without_doubtful_norms

_WINDOWED = ("conv", "deconv", "gconv", "local")
_SIZING = (*SIZED, "dense", "upsample", "subpixel")
"""Kinds that may give another size than they take."""
_AFTER = (*POOLS, "dropout", "flatten")
"""Kinds behind which no activation stands that a column says of their row: it is that of the layer before them."""
_BOTH_WAYS = re.compile(r"\bbi-?directional\b(?! ?=? ?(?:false|no)\b)", re.IGNORECASE)
_WIDE = ("mbconv", "fusedmbconv", "ghost", "bottleneck", "sepconv", "stage", "resblock")
_REPEATED = ("stage", "bottleneck", "mbconv", "resblock")
"""Kinds that go on in a row below that has no name."""
OUTPUTS = ("softmax", "sigmoid")
"""What stands behind the last layer."""
MOST_TIMES = 16
"""How many times wider a block is inside at most; a larger number is a width."""


def layers_by_rows(grid: Grid, columns: Columns, width: int | None = None) -> tuple[list[Reading], list[Cell]]:
    """Return the layers of a table and the cells that name them; `width` is the column that says how wide they are."""
    readings: list[Reading] = []
    cells: list[Cell] = []
    above: Reading | None = None
    behind = 0  # Rows behind the last layer that nothing is read of: how it is trained, measured.
    before: OneRow | None = None
    sized = _are_sizes(grid, columns, "expand")
    last = grid.rows[-1] if len(grid.rows) > columns.start else None
    for times, rows in single_rows(grid, columns):
        together: list[Reading] = []
        for row in filter(None, rows):
            said = OneRow(row, columns, width)
            found = layers_of(said)
            more = [each for each in said.more if each.kind not in [one.kind for one in found[1:]]]
            found = [*found, *([] if said.is_told or said.is_listed else more)] if found else []
            if not found and above is not None and said.goes_on():
                found = [replace(above, params={})]
            if not found and readings and row is last:
                found = layer_alone(said)
            heard = bool(found)
            found = found or (unheard_row(said) if readings or together else [])
            if not found:
                continue
            above = found[0] if found[0].kind in _REPEATED else None
            ahead = found[:1] if len(found) > 1 and found[0].kind in POSTED else []  # Of what follows the row tells.
            found = found[len(ahead) :]
            first = params_of(said, found[0])
            if len(found) == 1 and "pool" in found[0].kind and set(first.get("kernel", ())) == {first.get("filters")}:
                del first["filters"]  # The side of its window, in a column of what is meant by a layer's size.
            if len(found) == 1 and found[0].kind in POOLS and first.get("filters") == said.width is not None:
                del first["filters"]  # As many as come in.
            if sized and "expand" in first:
                first["expanded"] = first.pop("expand")
            whole = [*ahead, *one_each(_completed(found, first, said), said)]
            whole = _joined(whole) if said.repeat > 1 else whole
            if is_last(whole, [*readings, *together]):
                units = {"units": whole[0].params["output"][0]}
                whole[0] = replace(whole[0], kind="dense", params={**whole[0].params, **units}, inferred=("units",))
            if opens_out(whole, [*readings, *together], said):
                binary = re.search(r"\bbinary\b", " ".join(cell.text for cell in row), re.IGNORECASE)
                units = {"units": 1} if binary and whole[0].kind == "sigmoid" else {}
                whole = [Reading("dense", units, (whole[0].kind,), text=said.named[0].text, inferred=tuple(units))]
            if before is not None and are_moments(before.cells, said.cells):
                whole[0] = replace(whole[0], params={**whole[0].params, "beside": before.cells[0].text})
            passed, before = before, said
            above_it = [*readings, *together]
            if is_of_a_tensor(whole, above_it, said) or is_given(whole, passed, said) or is_said(whole, above_it, said):
                continue
            ahead_of_all = not readings and not together and comes_in(whole[0].kind)
            if ahead_of_all and not first and len(columns.roles) == 2 and LENGTH.search(whole[0].text):
                whole = [Reading("input", text=" ".join(cell.text for cell in row))]  # How many steps come in.
            if ahead_of_all and first.keys() == {"output"}:
                whole = [replace(whole[0], kind="input")]  # What comes in, by another name: a spectrogram.
            if whole[0].kind in JOINS:
                whole[0] = replace(whole[0], params={**whole[0].params, "joins": told_in(said.cells, said.named[0])})
            given = [normalized(cell.text) for cell in said.said.get("output", ())]
            if whole[-1].kind != "flatten" and any(re.search(r"→ ?flatten", text, re.IGNORECASE) for text in given):
                whole.append(Reading("flatten", text="flatten"))
            named = next((i for i, each in enumerate(whole) if each.kind in _AFTER), len(whole)) or len(whole)
            taken = said.said.get("input", ())
            own = [cell for cell in said.cells if cell not in taken]
            whole[named - 1] = replace(whole[named - 1], names=names_in(own))
            if whole[0].kind not in JOINS and (others := names_among(taken)):
                whole[0] = replace(whole[0], params={**whole[0].params, "taken": others})
            once = _AFTER if poolings_behind(said) else ()  # Poolings of a column of theirs stand behind all repeats.
            together += [each if each.kind in once else replace(each, times=each.times * said.repeat) for each in whole]
            cells += [said.named[0]] * len(whole)
            behind = 0 if heard else behind + len(whole)
        alone = times > 1 and len(together) == 1  # Of how many rows the brace is cannot be seen.
        if len(together) > 1 and (times > 1 or together[-1].kind == "shortcut"):
            cells[len(readings) :] = [cells[-1]]
            together = [Reading("block", block=tuple(together), text=" ; ".join(each.text for each in together))]
        readings += [replace(each, times=each.times * times, unclear=each.unclear or alone) for each in together]
    readings, cells = readings[: len(readings) - behind], cells[: len(cells) - behind]
    given_out = {*readings[-2].posts, readings[-2].kind} if len(readings) > 1 else set()
    if readings[-1:] and readings[-1].kind == "dropout" and given_out & {*OUTPUTS}:
        readings[-1] = replace(readings[-1], unclear=True)  # Behind the output nothing is dropped.
    return with_what_comes_in(*with_ways(without_doubtful_norms(readings), cells))


def _joined(whole: Sequence[Reading]) -> list[Reading]:
    """Return the layers of a row that is repeated, each with what stands behind it as part of it."""
    found: list[Reading] = []
    for each in whole:
        if found and each.kind in POSTED and found[-1].kind not in POSTED:
            found[-1] = replace(found[-1], posts=(*found[-1].posts, each.kind, *each.posts))
        else:
            found.append(each)
    return found


def _completed(found: Sequence[Reading], first: dict[str, Any], said: OneRow) -> list[Reading]:
    """Return the layers of a row with what its other cells say, of the first and behind the last."""
    head, kind = found[0], found[0].kind
    if kind == "input":
        head = replace(head, text=f"{head.text} {normalized(said.attributes)}".strip())
    if kind == "pool" and (mode := re.search(r"\b(max|avg|average|mean)\b", said.attributes, re.IGNORECASE)):
        kind = "maxpool" if mode[1].lower() == "max" else "avgpool"
    elif kind == "pool" and (told := kind_of(said.attributes)).endswith("pool"):
        kind = told
    over_all = re.search(r"\bglobal\b", said.attributes, re.IGNORECASE) or said.says("global")
    if kind in ("avgpool", "maxpool", "pool") and over_all:
        kind = f"g{kind}" if kind != "pool" else "gavgpool"
    if kind == "softmax" and kind_of(said.attributes) == "dense":
        return [*(each for each in read_cell(said.attributes) if each.kind == "dense"), head]
    if kind == "lrn" and (norms := {"bn", "ln", "in"} & {*posts_of(said.attributes)}) and not head.params:
        kind = norms.pop()
    often = re.search(r"\b([2-9])[- ](?:stacked )?layers?\b", said.attributes) if kind in RECURRENT else None
    if layers := first.pop("layers", int(often[1]) if often else 1) if kind in RECURRENT else 1:
        head = replace(head, times=head.times * layers)
    if kind == "lstm" and _BOTH_WAYS.search(said.attributes):
        kind = "bilstm"
    if kind == "reshape" and len(first.get("output", ())) == 1:
        kind = "flatten"
    if kind == "conv" and said.widens:
        kind = "deconv"
    if kind == "dense" and set(said.window) - {1} and len(output := first.get("output", ())) == 2 and max(output) > 1:
        kind = "conv"  # Fully connected to what its window sees alone, as an image is left.
        first |= {"kernel": said.window, "filters": first.pop("units", said.width)}
        first.pop("shape", None)
    if pooling := pooling_of(said):
        pools = [each for each in found if "pool" in each.kind] or [Reading("pool", text="pooling")]
        found = [*(each for each in found if each not in pools), *pools]
        found = [replace(each, params={**pooling, **each.params}) if each in pools else each for each in found]
        first |= pooling if found[0] in pools else {}
    found = each_set(each_wide(found, said), said)
    rest = [replace(each, params=each.params | _rate(said)) if each.kind == "dropout" else each for each in found[1:]]
    last = max((i for i, each in enumerate(rest, 1) if each.kind in _SIZING), default=0)
    if last:  # What is printed is what the last of them gives.
        moved: dict[str, Any] = {name: first.pop(name) for name in ("output", "count") if name in first}
        if kind in ("pool", "maxpool", "avgpool", "gavgpool") and rest[last - 1].kind == "dense" and "filters" in first:
            moved["units"] = first.pop("filters")
        rest[last - 1] = replace(rest[last - 1], params={**moved, **rest[last - 1].params})
    if is_open(said.attributes):
        head = replace(head, unclear=True, text=f"{head.text} {normalized(said.attributes)}")
    if head.block:
        head = replace(head, block=tuple(_widened(head.block, said)))
    sure = said.width is not None and first.get("filters") == said.width and kind in _WINDOWED
    if sure and "window" in first:
        first["own_width"] = True  # And no size of its window.
    inferred = () if sure else told_by_size(kind, first)
    whole = [replace(head, kind=kind, params=first, inferred=inferred), *rest]
    if last:
        filled = dict(whole[last].params)
        whole[last] = replace(whole[last], params=filled, inferred=told_by_size(whole[last].kind, filled))
        if (
            kind in _WINDOWED
            and "filters" not in first
            and whole[last].kind in POOLS
            and len(filled.get("output", ())) == 3
        ):
            channels = {"filters": filled["output"][-1]}  # Which a pooling leaves as they are.
            whole[0] = replace(whole[0], params={**whole[0].params, **channels}, inferred=("filters",))
    known = {each.kind for each in whole}
    own = ("tanh", "sigmoid") if kind in RECURRENT else ()  # What is within such a layer.
    if not {each for one in whole for each in one.posts} and kind not in (*POSTED, "input"):
        whole[0] = replace(whole[0], posts=tuple(each for each in posts_beside(said) if each not in {*known, *own}))
    behind = [post for post in activations_of(said) if post not in own]
    if (said.is_told or not said.attributes.strip(" ;")) and (of_each := shared(whole, behind)):
        return of_each
    learned = [i for i, each in enumerate(whole) if each.kind not in (*_AFTER, *POSTED)]
    end = 0 if said.more else learned[-1] if learned else len(whole) - 1
    behind = [post for post in behind if post != whole[end].kind]  # What the row itself is.
    whole[end] = replace(whole[end], posts=tuple(dict.fromkeys((*whole[end].posts, *behind))))
    if kind == "resblock" and (inside := strange_activations(said)):
        whole[0] = replace(whole[0], unclear=True, text=f"{whole[0].text}, {inside[0].kind}")
    else:
        whole += strange_activations(said)
    if whole[0].kind == "activation" and len(whole) == 1 and whole[0].posts:
        whole = [replace(whole[0], kind=whole[0].posts[0], posts=whole[0].posts[1:])]
    if kind not in LAYERS:  # What is dropped is dropped within it.
        return [replace(whole[0], params=whole[0].params | rates_of(said)), *whole[1:], *poolings_behind(said)]
    if (pools := poolings_behind(said)) and "output" in whole[0].params:
        params = {name: value for name, value in whole[0].params.items() if name != "output"}
        pools[-1] = replace(pools[-1], params={**pools[-1].params, "output": whole[0].params["output"]})
        whole[0] = replace(whole[0], params=params)  # What is printed is what its pooling gives.
    dropped = [] if any(each.kind == "dropout" for each in whole) else dropouts_behind(said)
    return whole + pools + dropped


def _widened(block: Sequence[Reading], said: OneRow) -> Iterator[Reading]:
    """Yield the layers of a block, each as wide as another cell says where that says one number for each."""
    widths = [int(each) for cell in said.said.get("filters", ()) for each in re.findall(r"\d+", cell.text)]
    bare = len(widths) == len(block) and not any("filters" in each.params for each in block)
    for i, each in enumerate(block):
        yield replace(each, params={**each.params, "filters": widths[i]}) if bare else each


def _rate(said: OneRow) -> dict[str, float]:
    """Return how much is dropped, as the other cells of a row say."""
    return {key: value for key, value in read_attributes(said.attributes, "dropout").items() if key == "rate"}


def _are_sizes(grid: Grid, columns: Columns, role: str) -> bool:
    """Tell whether the columns of a role hold how wide layers are, and not how many times wider: large numbers."""
    places = [i for i, each in enumerate(columns.roles) if each == role]
    lines = [line for i in places for cell in grid.column(i, columns.start) for line in cell.text.split("\n")]
    numbers = [int(line) for line in lines if line.strip().isdecimal()]
    return bool(numbers) and max(numbers) > MOST_TIMES


def told_by_size(kind: str, params: dict[str, Any]) -> tuple[str, ...]:
    """Add what the size of an output tells; return the names of what was added."""
    output = params.get("output", ())
    if kind == "dense" and len(output) > 1 and set(output) == {1}:
        if len(output) < 3 or "units" in params:
            return ()
        params["units"] = 1
        return ("units",)
    if kind == "dense" and output and ("units" not in params or sum(size > 1 for size in output) < 2):
        params["units"] = prod(output)
        return ("units",)
    if kind in ("lstm", "gru", "rnn") and "units" not in params and sum(size > 1 for size in output) == 1:
        params["units"] = prod(output)
        return ("units",)
    if kind in ("lstm", "gru", "rnn", "embedding") and "units" not in params and len(output) == 2:
        params["units"] = output[-1]  # Of each step.
        return ("units",)
    if kind in _WIDE and len(output) == 3 and "filters" not in params:
        params["filters"] = output[-1]
        return ("filters",)
    if "axes" in params or ("window" in params and "in_channels" in params):
        return ()
    front = kind in _WINDOWED and len(output) == 3 and params.get("filters") == output[0]
    if front and (output[0] != output[1] or "window" not in params):
        return ()  # Channels in front.
    if "filters" in params and len(output) == 3 and output[0] != output[1] == output[2]:
        return ()  # Frames in front of their sides.
    if kind in _WINDOWED and len(output) == 3 and params.get("filters") != output[-1]:
        if "kernel" not in params and params.get("filters", LARGEST_SIDE) < LARGEST_SIDE:
            params["kernel"] = (params["filters"],) * 2  # Of another letter: f = 5.
        params["filters"] = output[-1]  # The last of a kernel's three sizes may be how many channels come in.
        return ("filters",)
    return ()
