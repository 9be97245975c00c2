"""What tells a design from a table of results, whose numbers may look like those of layers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extract.columns.layer_names import LAYERS
from extract.columns.table_design import TableDesign
from extract.tables.chained_rows import IN_CHAIN
from extract.tables.row_behind import STRANGE
from extract.words.families import FILTERED, POOLS, RECURRENT, SLIDING
from extract.words.lexicon import names_network
from extract.words.reading import Reading


def learns(design: TableDesign) -> bool:
    """Tell a design with a layer that has weights."""
    return any(each.block or each.kind in WEIGHTED for each in design.readings)


def learned(design: TableDesign) -> list[Reading]:
    """Return the layers of a design that have weights, those of blocks among them."""
    inner = [each for reading in design.readings for each in (reading.block or (reading,))]
    return [each for each in inner if each.kind in WEIGHTED]


def says_sizes(design: TableDesign) -> bool:
    """Tell whether most layers that have weights say their sizes themselves, and not all the same."""
    learned = [each for each in design.readings if each.block or each.kind in WEIGHTED]
    said = [
        each
        for each in learned
        if each.block
        or each.wider
        or {"in_features", "in_channels"} & each.params.keys()
        or each.params.get("filters", each.params.get("units", 0)) >= (8 if each is not learned[-1] else 1)
        or (each.kind in SLIDING and "kernel" in each.params)
    ]
    if _ends_in_classes(design):
        return True
    differ = len({repr(each.params) for each in learned}) > 1
    alone = len(learned) == 1 and any(each.kind in _BARE for each in design.readings)
    return len(said) >= 0.6 * len(learned) and (differ or alone)


def _ends_in_classes(design: TableDesign) -> bool:
    """Tell a network from its image to its classes by the order of its layers: flattened, then a Dense of so many."""
    kinds = [each.kind for each in design.readings]
    last = next((each for each in reversed(design.readings) if each.kind in WEIGHTED), None)
    ways = last is not None and last.kind == "dense" and "units" in last.params
    given = {*last.posts, *kinds[-1:]} if last is not None else set()
    return (
        ways
        and bool({"flatten", "gavgpool"} & {*kinds})
        and bool({"softmax", "sigmoid"} & given)
        and kinds[0] != "dense"
    )


WEIGHTED = LAYERS & {
    *(*FILTERED, "dwconv", "sepconv", "dense", *RECURRENT),
    *("mbconv", "bottleneck", "inception", "fire", "fusedmbconv", "ghost", "resblock"),
}


def is_stacked(design: TableDesign) -> bool:
    """Tell a design of which several units, blocks or what nobody knows, come so many times: no results say that."""
    often = [each for each in design.readings if each.times > 1 and (each.block or each.kind not in LAYERS)]
    return len(often) > 1


_WHICH = re.compile(r"[A-Z][a-z]? ?_?\d+\b")
"""What tells which one a block is: C1, B 2."""
MANY = 2
"""More of what is set of a unit, on average, no table of results says."""
_PRINTED = frozenset(("output", "input", "count", "rate", "stride"))
"""What is said of any layer, and not what it is made with."""


MOST = 0.6
"""The share of a design's layers that are known at least."""
HALF = 0.5
"""That of one beside several that are clear."""


def is_design(design: TableDesign, least_known: float = MOST) -> bool:
    """Tell a design from a table of results, whose numbers may look like layers: most layers are named as such."""
    readings = [inner for each in design.readings for inner in (each.block or (each,))]
    readings = [each for each in readings if not each.text.startswith((STRANGE, IN_CHAIN))]
    named = [each for each in readings if each.kind in LAYERS and re.search(r"[A-Za-z]{2}|×|\bs\d", each.text)]
    sized = [each for each in readings if _is_made(each)]
    if sum(map(_is_foreign, readings)) >= 0.25 * len(readings) or are_apart(design.readings):
        return False
    least = 2 if sized and all(each.posts or {"filters", "stride"} <= each.params.keys() for each in sized) else 3
    whole = [each for each in readings if names_network(each.kind)]
    told = len(named) + len(whole) == len(readings) and any(map(_is_wide, named))
    if told and any(each.kind in _BARE for each in named):
        least = 2  # Nor compares what learns with what does not.
    if sized and all(len(each.params.get("output", each.params.get("input", ()))) > 2 for each in readings):
        least = 1  # No table of results has an image's size in each row.
    stacked = is_stacked(design)
    if len(named) + len(sized) < least_known * len(readings) and not stacked:
        return False
    learned = any(each.kind in WEIGHTED for each in named)
    return stacked or _says_what_no_results_do(readings) or (learned and len(named) >= max(least, 0.2 * len(readings)))


def are_apart(readings: Sequence[Reading]) -> bool:
    """Tell layers that do not follow each other: all take the same, or many take more than any above can give."""
    taken = [each.params["taken"] for each in readings if "taken" in each.params]
    if len(taken) > 2 and len({*taken}) == 1:
        return True
    windowed = [each.params for each in readings if each.kind in (*FILTERED[:2], *POOLS) and each.params.get("input")]
    apart = [(one, two) for one, two in pairwise(windowed) if two["input"] != (one.get("filters"),)]
    passed = [(min(one["input"][:2]), min(two["input"][:2])) for one, two in apart]
    wider = sum(bool(two > WIDER * one) for one, two in passed)
    return wider >= max(2, 0.4 * len(passed))


WIDER = 1.1
"""How many times larger an image may be behind a convolution, by its border."""
_BARE = frozenset((*POOLS, "dropout", "flatten"))


def _is_wide(reading: Reading) -> bool:
    """Tell a layer that has weights, and says how many."""
    return reading.kind in WEIGHTED and bool({"filters", "units"} & reading.params.keys())


def _is_made(reading: Reading) -> bool:
    """Tell what nobody knows, but is a layer: its size is printed, what it is made with, or what stands behind it."""
    size = reading.params.get("output", reading.params.get("input", ()))
    made = len(size) > 1 or len(reading.params.keys() - _PRINTED) > 1 or reading.times > 1 or reading.posts
    return reading.kind not in LAYERS and bool(made)


def _is_foreign(reading: Reading) -> bool:
    """Tell a sentence, and the name of others' model with where it is from."""
    long = len(reading.text) > 80 and not {"kernel", "filters", "units"} & reading.params.keys()
    return long or bool(re.search(r"\[\d+\]|et al|\((?:19\d|20[0-3])\d\b", reading.text))


def _says_what_no_results_do(readings: Sequence[Reading]) -> bool:
    """Tell rows with an image's size and its channels in each, or with a window and filters of what is but counted."""
    images = sum(len(each.params.get("output", ())) == 3 for each in readings)
    counted = sum(bool(_WHICH.match(each.kind)) and {"filters", "kernel"} <= {*each.params} for each in readings)
    whole = all({"filters", "kernel", "stride"} <= {*each.params} for each in readings)
    told = [len(each.params.keys() - _PRINTED) for each in readings]
    if len(readings) > 3 and min(told) > 1 and sum(told) > MANY * len(told):
        return True
    if whole and len(readings) > 1 and all(each.kind in LAYERS for each in readings):
        return True
    return len(readings) > 3 and (whole or max(images, counted) >= 0.8 * len(readings))
