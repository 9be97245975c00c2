"""Windows along one axis and through volumes: which layers of a design have them, and in which sizes.

The axes of a volume stay in the order in which the paper has them: 16 × 112 × 112 is time, height and width.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import prod
from typing import Any

from extract.designs.assembly import Assembly
from extract.words.families import FILTERED, LOCAL_POOLS, POOLS, RECURRENT, SLIDING
from extract.words.reading import Reading, leaves
from ir import layers as L
from ir.layer import ShapeError
from ir.shapes import Shape

_WINDOWED = (*FILTERED, "dwconv", *POOLS)
CONVOLUTIONS: dict[int, Any] = {1: L.Conv1D, 2: L.Conv2D, 3: L.Conv3D}
MAXIMA: dict[int, Any] = {1: L.MaxPool1D, 2: L.MaxPool2D, 3: L.MaxPool3D}
MEANS: dict[int, Any] = {1: L.AvgPool1D, 2: L.AvgPool2D, 3: L.AvgPool3D}
WHOLE: dict[str, dict[int, Any]] = {
    "gavgpool": {1: L.GlobalAvgPool1D, 2: L.GlobalAvgPool2D, 3: L.GlobalAvgPool3D},
    "gmaxpool": {1: L.GlobalMaxPool1D, 2: L.GlobalMaxPool2D, 3: L.GlobalMaxPool3D},
}
"""The layers of the catalogue by how many axes they go along."""
USUAL: dict[int, Shape] = {1: (None, 1, 1024), 3: (None, 3, 16, 112, 112)}
"""The input where a paper does not say it; that of volumes is C3D's (Tran et al., section 3)."""
LARGEST_POOL = 4
"""The sides of what is pooled in a volume at most; more may be how many channels come in."""
COLOURED = re.compile(
    r"\bRGB\b|colou?r|gr[ae]y|image ?net|cifar|mnist|\bvideos?\b|\bclips?\b|\bframes?\b", re.IGNORECASE
)
"""Words that tell how many channels come in."""
COLOURS = 4
"""Channels of a picture at most; a larger first size is a length."""
_CAPTION = (
    r"\b{0}[ -]?d(?:imensional)?[ -](?:\w+[ -])?(?:conv|cnn|filter|kernel|res-?net|u-?net)"
    r"|conv\w*{0}d\b|\b[CI]{0}D\b"
)
_SPELT = re.compile(r"\b(one|three)(?=[ -]dimensional)", re.IGNORECASE)


def _says_axes(axes: int, caption: str) -> bool:
    """Tell a caption that says along how many axes windows go.

    >>> _says_axes(1, "The 1D CNN"), _says_axes(1, "A one-dimensional convolutional net"), _says_axes(3, "The 1D CNN")
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
    if reading.kind not in _WINDOWED:
        return reading
    params = {**reading.params, "axes": axes}
    return replace(reading, params=_with_given(reading.kind, params) if axes == len("whd") else params)


def _are_deep(layers: Sequence[Reading], caption: str) -> bool:
    windows = [each for each in layers if "window" in each.params]
    told = _says_axes(3, caption)
    if told and not any({"kernel", "axes", "output"} & each.params.keys() for each in layers if each.kind in _WINDOWED):
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
    if not window or reading.kind not in _WINDOWED:
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


def begins(to: Assembly, readings: Sequence[Reading], caption: str) -> bool:
    """Begin with a sequence or a volume where the layers take one; tell whether they do."""
    first = next((each.params.get("axes", 0) for each in leaves(readings) if each.kind in _WINDOWED), 0)
    sizes = _given(readings)
    flat = len(sizes) == 2 and 1 in sizes and set(sizes) != {1}
    if not first and (flat or _says_axes(1, caption) or _is_of_signal(readings, caption)):
        first = 1
    if first not in USUAL:
        return False
    taken = readings[0].text if readings[0].kind == "input" else ""
    lengths = [each for each in sizes if each is not None]
    if len(lengths) == 3 and first == 1:
        lengths = [each for each in lengths if each > 1]
    if len(lengths) == first:
        channels = USUAL[first][1]
        to.ask(f"{to.name}: how many channels has the input of {' x '.join(map(str, lengths))}? {channels} are taken")
        to.start((None, channels, *lengths))
    elif len(lengths) == first + 1:
        before = lengths[0] <= COLOURS < lengths[-1]
        to.start((None, *(lengths if before else (lengths[-1], *lengths[:-1]))))
    elif space := _before(readings, first):
        told = readings[0].params.get("in_channels") or channels_of(readings[0].params, first)
        channels = told or USUAL[first][1]
        to.infer(f"the input is {' x '.join(map(str, (channels, *space)))}, as the size behind the first layer tells")
        if not told and not COLOURED.search(caption):
            to.ask(f"{to.name}: how many channels has the input? {channels} are taken")
        to.start((None, channels, *space))
    elif first == 1 and (long := _LONG.search(f"{taken} {caption}")):
        length = int(long[1].replace(",", ""))
        to.ask(f"{to.name}: how many channels has the input of {length} steps? {USUAL[first][1]} is taken")
        to.start((None, USUAL[first][1], length))
    else:
        usual = (readings[0].params.get("in_channels", USUAL[first][1]), *USUAL[first][2:])
        to.ask(f"{to.name}: what is the shape of the input? {usual} (channels first) is taken")
        to.start((None, *usual))
    return True


_SIGNAL = re.compile(
    r"\b(?:raw (?:audio|speech|sounds?|signals?)|wave ?forms?|time[- ]series|(?:E[CEM]G|PPG|vibration) signals?"
    r"|character[- ]level|\d+ characters)\b",
    re.IGNORECASE,
)
_IMAGED = re.compile(r"\bspectro|\bscalogram|\bimages?\b|\bmel\b|\bmfcc|\b2-?d\b", re.IGNORECASE)
_LONG = re.compile(
    r"\b(\d{1,3}(?:,\d{3})+|\d{3,}) (?:samples|(?:data )?points|time ?steps|characters)\b", re.IGNORECASE
)
"""How long a signal is."""


def _is_of_signal(readings: Sequence[Reading], caption: str) -> bool:
    """Tell layers over a signal, as a caption says, each of whose windows has one size."""
    windows = [each.params["kernel"] for each in leaves(readings) if "kernel" in each.params]
    told = _SIGNAL.search(caption) and not _IMAGED.search(caption)
    return bool(told) and bool(windows) and all(len({*each}) == 1 for each in windows)


def _before(readings: Sequence[Reading], axes: int) -> tuple[int, ...]:
    """Return the sizes of the input of which the first layer makes what is printed behind it with its stride."""
    params = readings[0].params if readings else {}
    output, stride = params.get("output", ()), params.get("stride", (1,))
    if len(output) == axes + 1 and output[-1] == params.get("filters"):
        output = output[:-1]
    if len(output) != axes or readings[0].kind != "conv":
        return ()
    steps = stride if len(stride) == axes else stride[:1] * axes
    called = "unpadded" in params and not _are_bordered(readings)
    bare = params.get("pad", "valid" if called else "same") in ("valid", 0)
    bare |= "pad" not in params and shrink(readings, params.get("kernel", (1,))[0])
    told = kernel_of(params, USUAL[axes][1], axes) or 1
    window = params.get("window", params.get("kernel", (told,)))
    return before_window(output, steps, window[0] if bare and len({*window}) == 1 else 0)


def before_window(output: Sequence[int], steps: Sequence[int], window: int) -> tuple[int, ...]:
    """Return the sizes of which a window without a border makes others in steps, the roundest that do; 0 is with one.

    >>> before_window((31, 98), (2, 2), 5), before_window((31, 31), (2, 2), 4), before_window((14,), (2,), 0)
    ((66, 200), (64, 64), (28,))
    """
    if not window:
        return tuple(size * step for size, step in zip(output, steps, strict=True))
    spans = [range((size - 1) * step + window, size * step + window) for size, step in zip(output, steps, strict=True)]
    return tuple(max(span, key=lambda size: size & -size) for span in spans)


def shrink(readings: Sequence[Reading], kernel: int) -> bool:
    """Tell layers of which a convolution gives less than it takes by its window, without a border: 28 and then 24."""
    return any(
        0 < before.params.get("output", (0,))[0] - after.params.get("output", (0,))[0] == side - 1
        for before, after in pairwise(readings)
        if after.kind == "conv" and (side := after.params.get("kernel", (_side(before, after) or kernel,))[0])
    )


def _side(before: Reading, after: Reading) -> int | None:
    """Return the side of the window of a layer behind another, as the number of its weights tells."""
    given = before.params.get("output", ())
    axes = 1 if after.params.get("axes") == 1 else len("hw")
    return kernel_of(after.params, given[-1], axes) if len(given) == axes + 1 else None


def _are_bordered(readings: Sequence[Reading]) -> bool:
    """Tell layers of which a call without a border gives more than its window alone makes of what stands before it."""
    given, found = 0, False
    for each in readings:
        params, size = each.params, (each.params.get("output") or (0,))[0]
        if each.kind in SLIDING and "unpadded" in params and given and size:
            steps = params.get("stride", (1,))[0]
            found |= (given - params.get("kernel", (1,))[0]) // steps + 1 < size
        given = size or given
    return found


def _given(readings: Sequence[Reading]) -> Sequence[int | None]:
    """Return the sizes of what comes in, as a row of its own or the first layer says them."""
    for each in readings[:2]:
        names = ("shape", "output") if each.kind == "input" else ("input",)
        said: Sequence[int | None] = next((each.params[name] for name in names if each.params.get(name)), ())
        if said:
            return said
    return ()


def turned(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers with a turn where features come behind steps, and a window along the steps wants them in front."""
    found: list[Reading] = []
    steps = windows = False
    for i, each in enumerate(readings):
        along = each.kind in _WINDOWED
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
    after = next((each.kind for each in behind if each.kind in (*_WINDOWED, *RECURRENT)), "")
    return replace(reading, params={**reading.params, "axes": 1}) if after in _WINDOWED else reading


def axes_for(reading: Reading, shape: Shape) -> int:
    """Return along how many axes a layer goes: as it says itself, or as what comes in has."""
    return int(reading.params.get("axes") or (len(shape) - 2 if len(shape) in (3, 5) else 2))


def sides(to: Assembly, reading: Reading, name: str, axes: int) -> tuple[int, ...] | None:
    """Return a window or step with a size for each axis, None where none is said. Raises ShapeError where none fits."""
    said: tuple[int, ...] | None = reading.params.get(name)
    window = reading.params.get("window", ())
    if name == "kernel" and axes == 2 and len(window) == 3 and _is_odd(reading, window[2], to.shape):
        sizes = " x ".join(map(str, window))
        to.ask(f"{reading.text!r}: is {sizes} the window of a volume? {window[0]} x {window[1]} is taken")
    if said is None or len(said) == axes:
        return said
    if len(set(said)) == 1:
        if axes == 3 and name == "kernel" and "axes" not in reading.params:
            size = " x ".join(map(str, said[:1] * 3))
            to.infer(f"{reading.text!r} has the window {size}, as what comes in is a volume")
        return said[:1] * axes
    if axes == 3 and name == "stride" and len(said) == 2:
        return said[0], said[1], said[1]  # One along time, and one for both sides of a frame.
    if axes == 1 and len(said) == 2 and 1 in said:
        return (max(said),)
    raise ShapeError(f"has a {name} of {' x '.join(map(str, said))} where {axes} sizes are wanted, behind {{0}}")


def _is_odd(reading: Reading, third: int, shape: Shape) -> bool:
    """Tell a window in an image whose third size is not how many channels come in, nor how many filters there are."""
    if reading.kind == "dwconv":
        return False
    return reading.kind in LOCAL_POOLS or ("in_channels" in reading.params and shape[1] != third)


def space_of(sizes: Sequence[int], filters: int | None, axes: int) -> Sequence[int]:
    """Return what printed sizes say of the space of an output, without its channels."""
    if axes == 2 or len(sizes) <= axes:
        return sizes[:axes] if len(sizes) >= axes else ()
    sizes = sizes[-axes - 1 :]
    return sizes[1:] if sizes[0] == filters != sizes[-1] else sizes[:-1]


def channels_of(params: dict[str, Any], axes: int = 2) -> int | None:
    """Return how many channels come in, as the printed number of parameters of a convolution tells, if it does.

    With a bias or without, and with what a normalisation behind it learns, or keeps.

    >>> channels_of({"count": 960, "filters": 32, "kernel": (3, 3)}), channels_of({"count": 7, "filters": 2})
    (3, None)
    """
    count, filters, kernel = params.get("count"), params.get("filters"), params.get("window", params.get("kernel"))
    if not count or not filters or not kernel:
        return None
    sides = prod(kernel) if len(kernel) == axes else kernel[0] ** axes
    rests = ((count - many * filters, sides * filters) for many in (1, 0, 3, 5, 2, 4))
    return next((rest // each for rest, each in rests if rest > 0 and rest % each == 0), None)


def kernel_of(params: dict[str, Any], channels: int | None, axes: int = 2) -> int | None:
    """Return the side of the kernel, equal along its axes, that makes the printed number of parameters, if one does.

    >>> kernel_of({"count": 18496, "filters": 64}, 32)
    3
    """
    count, filters = params.get("count"), params.get("filters")
    if not count or not filters or not channels:
        return None
    return next((side for rest in (count - filters, count) if (side := side_of(rest, filters * channels, axes))), None)


def side_of(weights: int, each: int, axes: int = 2) -> int:
    """Return the side of windows with so many weights in all, `each` at every place of theirs, and 0 where none is so.

    >>> side_of(18432, 64 * 32), side_of(18433, 64 * 32)
    (3, 0)
    """
    side = round((weights / each) ** (1 / axes)) if weights > 0 else 0
    return side if side**axes * each == weights else 0
