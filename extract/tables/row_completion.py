"""The layers of a row with all that its other cells say: their kinds, their sizes, and what stands behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from extract.columns.by_content import LARGEST_SIDE
from extract.columns.layer_names import LAYERS
from extract.tables.each_layer import as_wide, each_set, each_wide, shared
from extract.tables.one_row import OneRow
from extract.tables.row_behind import (
    activations_of,
    added_beside,
    dropouts_behind,
    drops_last,
    pooling_of,
    poolings_behind,
    posts_beside,
    rates_of,
    regularised,
    strange_activations,
)
from extract.words.cells import is_open, read_attributes, read_cell
from extract.words.families import (
    ACTIVATIONS,
    FILTERED,
    LOCAL_POOLS,
    POOLS,
    POSTED,
    RECURRENT,
    SIZED,
    WHOLE_POOLS,
    goes_both_ways,
)
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading
from extract.words.spellings import normalized

_WINDOWED = (*FILTERED, "local")
_SIZING = (*SIZED, "dense", "upsample", "subpixel")
"""Kinds that may give another size than they take."""
AFTER = (*POOLS, "dropout", "flatten")
"""Kinds behind which no activation stands that a column says of their row: it is that of the layer before them."""
_BOTH_WAYS = re.compile(r"\bbi-?directional\b(?! ?=? ?(?:false|no)\b)", re.IGNORECASE)
_TWICE = re.compile(r" ?(?:2 ?× ?\d+|\d+ ?× ?2) ?")
"""How wide both ways are together."""
_WIDE = ("mbconv", "fusedmbconv", "ghost", "bottleneck", "sepconv", "stage", "resblock")


def completed(found: Sequence[Reading], first: dict[str, Any], said: OneRow) -> list[Reading]:
    """Return the layers of a row with what its other cells say, of the first and behind the last."""
    head = found[0]
    if head.kind == "input":
        head = replace(head, text=f"{head.text} {normalized(said.attributes)}".strip())
    if head.kind == "softmax" and kind_of(said.attributes) == "dense":
        return [*(each for each in read_cell(said.attributes) if each.kind == "dense"), head]
    often = re.search(r"\b([2-9])[- ](?:stacked )?layers?\b", said.attributes) if head.kind in RECURRENT else None
    if layers := first.pop("layers", int(often[1]) if often else 1) if head.kind in RECURRENT else 1:
        ways = head.kind == "bilstm" and any(map(_TWICE.fullmatch, normalized(said.attributes).split(";")))
        head = replace(head, times=head.times * (1 if ways else layers), unclear=head.unclear or ways)
    kind = _kind(head, first, said)
    if kind in WHOLE_POOLS and {*first.get("kernel", ())} == {1}:
        del first["kernel"]  # What it leaves of an image.
    found = [_over_all(each) for each in found]
    if pooling := pooling_of(said):
        pools = [each for each in found if "pool" in each.kind] or [Reading("pool", text="pooling")]
        found = [*(each for each in found if each not in pools), *pools]
        found = [replace(each, params={**pooling, **each.params}) if each in pools else each for each in found]
        first |= pooling if found[0] in pools else {}
    found = each_set(each_wide(found, said), said)
    if found[0].params != head.params and found[0].kind == head.kind:
        first |= {key: value for key, value in found[0].params.items() if key in ("filters", "units")}
    found = as_wide(found, first, said)
    if is_open(said.attributes):
        head = replace(head, unclear=True, text=f"{head.text} {normalized(said.attributes)}")
    if head.kind == "resblock" and (way := _resampled(said)):
        head = replace(head, text=f"{head.text} {way}")
    if head.block:
        head = replace(head, block=tuple(_widened(head.block, said)))
    return _with_posts(_sized(replace(head, kind=kind), found[1:], first, said), said)


def _resampled(said: OneRow) -> str:
    """Return whether a block makes images larger or smaller, as a column says: up, down, or nothing."""
    found = [re.match(r"\W*(up|down)", cell.text, re.IGNORECASE) for cell in said.said.get("resample", ())]
    return next((each[1].lower() for each in found if each), "")


def _over_all(reading: Reading) -> Reading:
    """Return a pooling over all of an image without the size of what it leaves of that."""
    one = reading.kind in WHOLE_POOLS and {*reading.params.get("kernel", ())} == {1}
    kept = {name: value for name, value in reading.params.items() if name != "kernel"}
    return replace(reading, params=kept) if one else reading


def _kind(head: Reading, first: dict[str, Any], said: OneRow) -> str:
    """Return what kind the first layer of a row is, as the cells beside its name say."""
    kind = head.kind
    if kind == "pool" and (mode := re.search(r"\b(max|avg|average|mean)\b", said.attributes, re.IGNORECASE)):
        kind = "maxpool" if mode[1].lower() == "max" else "avgpool"
    elif kind == "pool" and (told := kind_of(said.attributes)).endswith("pool"):
        kind = told
    over_all = re.search(r"\bglobal\b", said.attributes, re.IGNORECASE) or said.says("global")
    if kind in ("avgpool", "maxpool", "pool") and over_all:
        return f"g{kind}" if kind != "pool" else "gavgpool"
    if kind == "lrn" and (norms := {"bn", "ln", "in"} & {*posts_of(said.attributes)}) and not head.params:
        return norms.pop()
    if kind == "lstm" and _BOTH_WAYS.search(said.attributes):
        return "bilstm"
    if kind == "reshape" and len(first.get("output", ())) == 1:
        return "flatten"
    if kind == "conv" and (said.widens or _widens_by_step(first, said)):
        return "deconv"
    seen = {*said.window} - {1} and not {*said.window} <= {*first.get("input", ())}  # And not all of what comes in.
    if kind == "dense" and seen and len(output := first.get("output", ())) == 2 and max(output) > 1:
        # Fully connected to what its window sees alone, as an image is left.
        first |= {"kernel": said.window, "filters": first.pop("units", said.width)}
        first.pop("shape", None)
        return "conv"
    return kind


def _widens_by_step(first: dict[str, Any], said: OneRow) -> bool:
    """Tell a row whose stride is how many times larger what it gives is, as a column of upsampling says."""
    for cell in said.said.get("resample", ()):
        times = re.fullmatch(r"× ?(\d+)|(\d+) ?×?", normalized(cell.text))
        if times and re.match(r"up", said.columns.headers[cell.first], re.IGNORECASE):
            return {int(times[1] or times[2])} == {*first.get("stride", ())} != {1}
    return False


def _sized(head: Reading, behind: Sequence[Reading], first: dict[str, Any], said: OneRow) -> list[Reading]:
    """Return the layers of a row with the sizes that are printed, which are those of the last that may change them."""
    kind = head.kind
    rest = [replace(each, params=_rate(each, said)) if each.kind == "dropout" else each for each in behind]
    last = max((i for i, each in enumerate(rest, 1) if each.kind in _SIZING), default=0)
    if last:  # What is printed is what the last of them gives.
        own = ("output",) if kind == "input" and "output" in head.params else ()  # It says itself what comes in.
        moved: dict[str, Any] = {name: first.pop(name) for name in ("output", "count") if name in {*first} - {*own}}
        if kind in (*LOCAL_POOLS, "gavgpool") and rest[last - 1].kind == "dense" and "filters" in first:
            moved["units"] = first.pop("filters")
        rest[last - 1] = replace(rest[last - 1], params={**moved, **rest[last - 1].params})
    sure = said.width is not None and first.get("filters") == said.width and kind in _WINDOWED
    if sure and "window" in first:
        first["own_width"] = True  # And no size of its window.
    ways = 2 if kind in RECURRENT and goes_both_ways(head.text) else 1
    inferred = () if sure else told_by_size(kind, first, ways)
    whole = [replace(head, params=first, inferred=inferred), *rest]
    if last:
        filled = dict(whole[last].params)
        whole[last] = replace(whole[last], params=filled, inferred=told_by_size(whole[last].kind, filled))
        pooled = whole[last].kind in POOLS and len(filled.get("output", ())) == 3
        if kind in _WINDOWED and "filters" not in first and pooled:
            channels = {"filters": filled["output"][-1]}  # Which a pooling leaves as they are.
            whole[0] = replace(whole[0], params={**whole[0].params, **channels}, inferred=("filters",))
    return whole


def _with_posts(whole: list[Reading], said: OneRow) -> list[Reading]:
    """Return the layers of a row with the normalisations, activations, poolings and dropouts that its cells say."""
    kind = whole[0].kind
    known = {each.kind for each in whole}
    own = ("tanh", "sigmoid") if kind in RECURRENT else ()  # What is within such a layer.
    added = [each for each in added_beside(said) if each not in {*known, *own}]
    named = {each for one in whole for each in one.posts}
    if not named & ACTIVATIONS and kind not in (*POSTED, "input"):
        beside = [each for each in posts_beside(said) if each not in {*known, *own, *added}]
        beside = [each for each in beside if not named or each in ACTIVATIONS]  # One norm is enough.
        whole[0] = replace(whole[0], posts=(*whole[0].posts, *beside))
    behind = [post for post in activations_of(said) if post not in own]
    if (said.is_told or not said.attributes.strip(" ;")) and (of_each := shared(whole, behind)):
        return of_each
    learned = [i for i, each in enumerate(whole) if each.kind not in (*AFTER, *POSTED)]
    end = 0 if said.more else learned[-1] if learned else len(whole) - 1
    behind = [post for post in (*behind, *added) if post != whole[end].kind]  # What the row itself is.
    whole[end] = replace(whole[end], posts=tuple(dict.fromkeys((*whole[end].posts, *behind))))
    if kind == "resblock" and (inside := strange_activations(said)):
        whole[0] = replace(whole[0], unclear=True, text=f"{whole[0].text}, {inside[0].kind}")
    else:
        whole += strange_activations(said)
    if whole[0].kind == "activation" and not whole[0].posts:  # Its name says which: `ReLU | Activation`.
        which = [post for cell in said.cells for post in posts_of(cell.text) if post in ACTIVATIONS]
        whole[0] = replace(whole[0], posts=tuple(which[:1]))
    if whole[0].kind == "activation" and len(whole) == 1 and whole[0].posts:
        whole = [replace(whole[0], kind=whole[0].posts[0], posts=whole[0].posts[1:])]
    if kind not in LAYERS:  # What is dropped is dropped within it.
        return [replace(whole[0], params=whole[0].params | rates_of(said)), *whole[1:], *poolings_behind(said)]
    pools = poolings_behind(said)
    if pools and kind in POOLS and "kernel" not in whole[0].params:
        whole[0] = replace(whole[0], params={**pools[0].params, **whole[0].params})
        pools = []  # It is the pooling itself that the column says more of.
    if pools and "output" in whole[0].params:
        params = {name: value for name, value in whole[0].params.items() if name != "output"}
        pools[-1] = replace(pools[-1], params={**pools[-1].params, "output": whole[0].params["output"]})
        whole[0] = replace(whole[0], params=params)  # What is printed is what its pooling gives.
    dropped = [each for each in whole[1:] if each.kind == "dropout"]
    if dropped and drops_last(said):
        return [each for each in whole if each not in dropped] + pools + dropped
    behind_all = [each for each in regularised(said) if each.kind not in {*known, *added, *named}]
    return whole + pools + ([] if dropped or kind == "dropout" else dropouts_behind(said)) + behind_all


def _widened(block: Sequence[Reading], said: OneRow) -> Iterator[Reading]:
    """Yield the layers of a block, each as wide as another cell says: of one window, or where it says one for each."""
    widths = [int(each) for cell in said.said.get("filters", ()) for each in re.findall(r"\d+", cell.text)]
    bare = not any("filters" in each.params or each.block for each in block)
    each_own = bare and len(widths) == len(block)
    windows = {each.params.get("kernel") for each in block if each.kind == "conv"}
    all_same = bare and len(widths) == len(windows) == 1 and block[0].kind in ("conv", *POSTED)
    for i, each in enumerate(block):
        wide = widths[i] if each_own else widths[0] if all_same and each.kind == "conv" else None
        yield replace(each, params={**each.params, "filters": wide}) if wide else each


def _rate(dropped: Reading, said: OneRow) -> dict[str, float]:
    """Return how much is dropped, as its own cell or the others of a row say."""
    told = read_attributes(said.attributes, "dropout").items()
    return {key: value for key, value in [*dropped.params.items(), *told] if key == "rate" and value < 1}


def told_by_size(kind: str, params: dict[str, Any], ways: int = 1) -> tuple[str, ...]:
    """Add what the size of an output tells; return the names of what was added.

    What goes over a sequence in two ways gives twice as many as it has units.
    """
    output = params.get("output", ())
    if kind == "dense" and len(output) > 1 and set(output) == {1}:
        if len(output) < 3 or "units" in params:
            return ()
        params["units"] = 1
        return ("units",)
    if kind == "dense" and output == (1,) and params.get("units", 1) > 1:
        del params["output"]  # The side of an image that is a vector.
        return ()
    if kind == "dense" and output and ("units" not in params or sum(size > 1 for size in output) < 2):
        params["units"] = prod(output)
        return ("units",)
    if kind in ("lstm", "gru", "rnn") and "units" not in params and sum(size > 1 for size in output) == 1:
        params["units"] = prod(output) // ways
        return ("units",)
    if kind in ("lstm", "gru", "rnn", "embedding") and "units" not in params and len(output) == 2:
        params["units"] = output[-1] // ways  # Of each step.
        return ("units",)
    if "per_step" in params and kind == "dense":
        params |= {"units": params.get("units", params["per_step"]), "steps": True}
    if "per_step" in params and "units" not in params and kind in (*RECURRENT, "embedding"):
        params["units"] = params["per_step"] // (2 if kind == "bilstm" else ways)
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
