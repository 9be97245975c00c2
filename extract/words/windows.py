"""What sizes beside a layer's name say of it: its window, with how many channels, or the shape of its weights."""

from __future__ import annotations

import re
from math import prod

from extract.words.described import Described
from extract.words.families import FILTERED, POOLS, RECURRENT, WINDOWED
from extract.words.signatures import LARGEST_KERNEL

LONGEST_KERNEL = 512
"""The length of a window along one axis at most."""


MOST_STACKED = 8
"""Layers that recur one behind the other, in a size of how many and how wide, at most."""
WAYS = 2
"""Ways along a sequence."""
SIDE = 10
"""The side of the window in a block is less."""


def _uneven(size: tuple[int, ...]) -> bool:
    """Tell four sizes of which the first two are those of no window."""
    return size[0] != size[1] or size[0] > LARGEST_KERNEL


def _is_long(layer: Described, size: tuple[int, ...]) -> bool:
    """Tell a window that is long along one axis, beside a number of filters: `41×1, stride 4 conv 64`, `41×11, 32`."""
    counted = bool(layer.numbers) or "filters" in layer.params
    return min(size) <= LARGEST_KERNEL and max(size) <= LONGEST_KERNEL and counted and size[0] != size[1]


def _are_widths(layer: Described, size: tuple[int, ...]) -> bool:
    """Tell how many channels come in and go out, beside a window that is said: `3×32, kernel 3`."""
    open_ = "kernel" in layer.params and "filters" not in layer.params and not layer.numbers
    return open_ and len(size) == 2 and size[0] != size[1] > LARGEST_KERNEL


def keep_window(layer: Described, size: tuple[int, ...]) -> None:
    """Keep the three sizes of what may be the window of a volume: what tells it stands in other rows."""
    if len(size) == 3 and max(size) <= LARGEST_KERNEL:
        layer.params["window"] = size


def take_size(layer: Described, size: tuple[int, ...]) -> None:
    """Take a size for what it is of a layer of its kind."""
    if layer.kind in WINDOWED:
        keep_window(layer, size)
    if layer.kind == "dense" and set(size) == {1}:
        return  # At each place.
    if layer.kind == "embedding" and len(size) == 2:
        layer.params = {"vocabulary": size[0], "units": size[1], **layer.params}
        return
    if layer.kind == "dense" and len(size) == 2 and size[0] == 2:
        layer.params["units"] = prod(size)  # Of each unit two numbers, its mean and its variance.
    elif layer.kind == "dense" and len(size) == 2 and "units" not in layer.params:
        layer.params |= {"in_features": size[0], "units": size[1]}
    elif layer.kind == "dense" and len(size) == 3:
        layer.params |= {"units": prod(size), "output": size}  # A vector that is seen as an image.
    elif layer.kind in RECURRENT and len(size) == 2 and min(size) <= MOST_STACKED < max(size):
        layer.params |= {"units": max(size), "layers": min(size)}
        layer.is_twofold = layer.kind == "bilstm" and size[0] == WAYS
    elif layer.kind in POOLS and re.match(r"\W*\d+ ?× ?\d+ (?:avg|average|mean|max)", layer.said):
        layer.params.setdefault("kernel", size[:2])
    elif layer.kind == "upsample" and len(size) == 2 and max(size) <= LARGEST_KERNEL:
        layer.params.setdefault("kernel", size)
    elif layer.kind in ("bottleneck", "resblock") and len(size) == 2 and size[0] == size[1] in range(3, SIDE, 2):
        layer.params.setdefault("kernel", size)  # That of the convolution inside.
    elif layer.kind in WINDOWED and len(size) == 4 and size[2] == size[3] <= LARGEST_KERNEL and _uneven(size):
        layer.params |= {"filters": size[0], "in_channels": size[1], "kernel": size[2:]}  # As PyTorch has them.
        if size[1] == size[2]:
            keep_window(layer, size[1:])
    elif layer.kind in WINDOWED and len(size) == 4 and size[0] != size[1] == size[2]:
        layer.params |= {"filters": size[0], "kernel": size[1:3], "in_channels": size[3]}
    elif layer.kind in WINDOWED and len(size) == 4:
        layer.params |= {"kernel": size[:2], "in_channels": size[2], "filters": size[3]}
        if size[0] == size[1] == size[2]:
            keep_window(layer, size[:3])
    elif layer.kind in FILTERED and len(size) == 3 and size[0] > LARGEST_KERNEL < max(size[1:]) and min(size[1:]) == 1:
        layer.params |= {"filters": size[0], "kernel": size[1:]}  # A long window, or what is given.
        layer.is_twofold = True
    elif (layer.kind in WINDOWED and len(size) == 3 and size[0] > LARGEST_KERNEL >= max(size[1:])) or (
        layer.kind in (*FILTERED, "dwconv")
        and len(size) == 3
        and size[0] != size[1] == size[2] > 1
        and not layer.numbers
    ):
        layer.params |= {("in_channels" if layer.kind == "dwconv" else "filters"): size[0], "kernel": size[1:]}
    elif layer.kind in WINDOWED and len(size) == 3 and max(size[:2]) <= LARGEST_KERNEL:
        own = "in_channels" if layer.kind == "dwconv" or "filters" in layer.params else "filters"
        layer.params |= {"kernel": size[:2]} | ({} if own in layer.params else {own: size[2]})
    elif layer.kind in FILTERED and _are_widths(layer, size):
        layer.params |= {"in_channels": size[0], "filters": size[1]}
    elif layer.kind in WINDOWED and len(size) == 2 and (max(size) <= LARGEST_KERNEL or _is_long(layer, size)):
        layer.params.setdefault("kernel", size)
    elif layer.kind in ("conv", "deconv") and len(size) == 2 and size[0] > LARGEST_KERNEL >= size[1]:
        layer.params |= {"filters": size[0], "kernel": (size[1], size[1])}  # So many, and how large.
    elif layer.kind == "input" and re.match(r"\W*stride", layer.said, re.IGNORECASE):
        pass  # How many of its frames are taken.
    elif layer.kind or len(size) > 1:
        layer.params["shape"] = size
