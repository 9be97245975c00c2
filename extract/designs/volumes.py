"""Windows along one axis and through volumes: which layers of a design have them, and in which sizes.

The axes of a volume stay in the order in which the paper has them: 16 × 112 × 112 is time, height and width.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extract.words.families import FILTERED, LOCAL_POOLS, POOLS, RECURRENT, SLIDING
from extract.words.reading import Reading, leaves

WINDOWED = (*FILTERED, "dwconv", *POOLS)
LARGEST_POOL = 4
"""The sides of what is pooled in a volume at most; more may be how many channels come in."""
_CAPTION = (
    r"\b{0}[ -]?d(?:imensional)?[ -](?:\w+[ -])?(?:conv|cnn|filter|kernel|res-?net|u-?net)"
    r"|conv\w*{0}d\b|\b[CI]{0}D\b"
)
_SPELT = re.compile(r"\b(one|three)(?=[ -]dimensional)", re.IGNORECASE)


def says_axes(axes: int, caption: str) -> bool:
    """Tell a caption that says along how many axes windows go.

    >>> says_axes(1, "The 1D CNN"), says_axes(1, "A one-dimensional convolutional net"), says_axes(3, "The 1D CNN")
    (True, True, False)
    """
    plain = _SPELT.sub(lambda found: "1" if found[1].lower() == "one" else "3", caption)
    return bool(re.search(_CAPTION.format(axes), plain, re.IGNORECASE))


def with_axes(readings: Sequence[Reading], caption: str = "") -> list[Reading]:
    """Return layers, those with a window through a volume with its three sizes and `axes`.

    Three sizes may also be those of a window and how many channels come in, `7×7×3`: a volume is told by a name, a
    caption, a pooling of three sizes, sizes of four numbers, or a third size that is not how many channels come in.
    """
    layers = list(leaves(readings))
    if not _are_deep(layers, caption):
        long = _are_long(layers) or any(each.block and _go_along_one(each.block) for each in readings)
        return [lengthened(each) for each in readings] if long else list(readings)
    windows = any("window" in each.params for each in layers)
    if not windows and (_give_volumes(layers) or not any(each.params.get("axes") for each in layers)):
        return [lengthened(each, 3) for each in readings]  # Of a window one number is said.
    flat = not any("window" in each.params for each in layers if each.kind in SLIDING)
    return [_deepened(each, flat=flat) for each in readings]


def _go_along_one(block: Sequence[Reading]) -> bool:
    """Tell a block of convolutions along one axis, `[3, 64; 3, 64]`, of which other layers do not say it."""
    return any(each.kind in SLIDING and each.params.get("axes") == 1 for each in block)


def _are_long(layers: Sequence[Reading]) -> bool:
    """Tell layers of which each gives so many steps of as many features as it has filters: 729 × 256."""
    sized = [
        (each.params["output"], each.params.get("filters"))
        for each in layers
        if each.kind == "conv" and "output" in each.params
    ]
    long = [size for size, filters in sized if len(size) == 2 and size[1] == filters]
    return len(long) == len(sized) > 1 and len({size[0] for size in long}) > 1 and any(a != b for a, b in long)


def lengthened(reading: Reading, axes: int = 1) -> Reading:
    """Return a layer, and those of a block, with the number of axes along which its windows go."""
    if reading.block:
        return replace(reading, block=tuple(lengthened(each, axes) for each in reading.block))
    if reading.kind not in WINDOWED:
        return reading
    params = {**reading.params, "axes": axes}
    return replace(reading, params=_with_given(reading.kind, params) if axes == len("whd") else params)


def _are_deep(layers: Sequence[Reading], caption: str) -> bool:
    windows = [each for each in layers if "window" in each.params]
    told = says_axes(3, caption)
    if told and not any({"kernel", "axes", "output"} & each.params.keys() for each in layers if each.kind in WINDOWED):
        return True  # Else they say none of their windows.
    if any(each.params.get("axes") == 3 or len(each.params.get("stride", ())) == 3 for each in layers):
        return True
    if windows and told:
        return True
    if any(each.kind in LOCAL_POOLS and max(each.params["window"]) <= LARGEST_POOL for each in windows):
        return True
    if _give_volumes(layers) or _are_beside_widths(windows):
        return True
    taken = (each.params.get(name, ()) for each in layers for name in ("shape", "output") if each.kind == "input")
    if told and any(len(each) == 4 for each in taken):
        return True
    sized = any(len(each.params.get(name, ())) == 4 for each in layers for name in ("input", "output", "shape"))
    filters = 3
    for each in layers:
        window, width = each.params.get("window", ()), each.params.get("filters", 0)
        filtered = bool(window) and each.kind in ("conv", "gconv") and "in_channels" in each.params
        if filtered and (sized or window[2] not in (filters, 1 if filters == 3 else filters)):
            return True
        filters = width or filters
    return False


def _are_beside_widths(layers: Sequence[Reading]) -> bool:
    """Tell windows of three sizes beside which a column says how many filters there are, and three sizes none is."""
    told = [each.params for each in layers if each.params.get("own_width") and len(each.params.get("output", ())) == 3]
    return sum(each.get("filters") not in each["output"] for each in told) > max(1, 0.5 * len(told))


def _give_volumes(layers: Sequence[Reading]) -> bool:
    """Tell layers of which each gives three sizes and how many channels there are."""
    given = [each.params["output"] for each in layers if each.kind in SLIDING and "output" in each.params]
    return bool(given) and all(len(each) == 4 for each in given)


def _deepened(reading: Reading, *, flat: bool) -> Reading:
    """Return a layer with its window through a volume; where no convolution has one, theirs are within frames."""
    if reading.block:
        return replace(reading, block=tuple(_deepened(each, flat=flat) for each in reading.block))
    params = dict(reading.params)
    window = params.pop("window", ()) or _long_pool(reading)
    sized = "kernel" in params and "axes" not in params and not re.search(r"conv\w*-\d", reading.text, re.IGNORECASE)
    if flat and sized and not window and reading.kind in SLIDING:
        return replace(reading, params={**params, "kernel": (1, *params["kernel"]), "axes": 3})
    if not window or reading.kind not in WINDOWED:
        deep = params.get("axes") == len("whd")
        return replace(reading, params=_with_given(reading.kind, params)) if deep else reading
    own = params.pop("own_width", False)
    if params.pop("in_channels", None) is None and params.get("filters") in (window[0], window[-1]) and not own:
        del params["filters"]  # It was the first or third size of the window.
    params = _with_given(reading.kind, params)
    return replace(reading, params={**params, "kernel": window, "axes": 3})


def _long_pool(reading: Reading) -> tuple[int, ...]:
    """Return the window of a pooling through all of a volume, whose long side is not how many channels it gives."""
    kernel, given, last = (reading.params.get(key, ()) for key in ("kernel", "output", "filters"))
    deep = reading.kind in LOCAL_POOLS and len(kernel) == len("hw") and len(given) == len("whdc")
    return (*kernel, last) if deep and last and given[-1] != last else ()


def _with_given(kind: str, params: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a layer with its filters, where it is printed how many channels of a volume it gives."""
    given = params.get("output", ())
    if kind not in FILTERED or "filters" in params or len(given) != len("whdc"):
        return params
    return {**params, "filters": given[0 if given[0] != given[1] == given[2] == given[3] else -1]}


def turned(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers with a turn where features come behind steps, and a window along the steps wants them in front."""
    found: list[Reading] = []
    steps = windows = False
    for i, each in enumerate(readings):
        along = each.kind in WINDOWED
        if each.kind == "reshape" and len(each.params.get("output", ())) == len("tc"):
            each, windows = _as_steps(each, readings[i + 1 :]), True
        if (along and steps) or (each.kind in RECURRENT and windows):
            found.append(Reading("turn"))
        if along or each.kind in (*RECURRENT, "embedding", "dense", "flatten", "columns", "block"):
            steps = each.kind in (*RECURRENT, "embedding")
            windows = along and (each.params.get("axes") == 1 or bool(found and found[-1].kind == "turn") or windows)
        found.append(each)
    return found


def _as_steps(reading: Reading, behind: Sequence[Reading]) -> Reading:
    """Return what makes a sequence of a vector: along its one axis go the windows behind it, if such follow first."""
    after = next((each.kind for each in behind if each.kind in (*WINDOWED, *RECURRENT)), "")
    return replace(reading, params={**reading.params, "axes": 1}) if after in WINDOWED else reading
