"""The three sizes of an image: which of them counts channels, and those that a box says of what its layer gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import isqrt

from extract.drawings.drawn import DrawnLayer
from extract.words.families import FILTERED, LOCAL_POOLS, POSTED
from extract.words.lexicon import axes_of, kind_of, posts_of
from extract.words.reading import Reading
from ir.shapes import Shape

Edge = tuple[int, int]
"""Which layer leads to which."""
COLOURS = (1, 3)
"""Channels of what comes in, as images have them."""
LARGEST_WINDOW = 11
"""Pixels of a window's side at most."""
_GIVEN = re.compile(
    r"^(?P<layer>.*[A-Za-z].*?)[\s,:(\[]+(?P<sizes>(\d+) ?[×x,] ?(\d+) ?[×x,] ?(\d+))[)\]]?"
    r"(?P<window>[\s,]*\(?\d{1,2} ?[×x] ?\d{1,2}\)?)?$"
)
_TOLD = re.compile(r"(.*) gives (\d+) ?[×x] ?(\d+) ?[×x] ?(\d+)")
"""What a layer gives, where it is known that this is what its sizes are."""
_GIVES = (*LOCAL_POOLS, *POSTED, "dropout", "upsample", "concat", "add")
"""Layers beside which three sizes are hardly those of a window."""


def image_of(sizes: Sequence[int]) -> Sequence[int]:
    """Return the height, width and channels of an image, whose channels may stand in front; nothing for other sizes.

    >>> image_of((1, 28, 28)), image_of((3, 480, 640)), image_of((28, 28, 6)), image_of((3, 3, 512)), image_of((5, 5))
    ((28, 28, 1), (480, 640, 3), (28, 28, 6), (3, 3, 512), ())
    """
    if len(sizes) != 3:
        return ()
    first, second, last = sizes
    ahead = first != second and (second == last or (first in COLOURS and last not in COLOURS))
    return (second, last, first) if ahead else tuple(sizes)


def square_of(output: Sequence[int], before: Shape) -> tuple[int, ...]:
    """Return the sides of the square image that is printed as a vector of as many numbers: 2048 of 128 channels.

    >>> square_of((2048,), (None, 128, 8, 8)), square_of((128,), (None, 128, 8, 8))
    ((4, 4), ())
    """
    channels, *space = (size or 0 for size in before[1:])
    if len(output) != 1 or len(space) != len("hw") or space[0] != space[1] or not channels:
        return ()
    side = isqrt(output[0] // channels)
    return (side, side) if side > 1 and side * side * channels == output[0] else ()


def without_sizes(text: str) -> tuple[str, tuple[int, ...]]:
    """Return what a box says without the height, width and channels of what it gives, and these, where it says them.

    >>> without_sizes("MaxPool 16 x 14 x 14"), without_sizes("Conv2d 16 x 3 x 3"), without_sizes("Conv 64x9x9 (3x3)")
    (('MaxPool', (14, 14, 16)), ('Conv2d 16 x 3 x 3', ()), ('Conv (3x3)', (9, 9, 64)))
    """
    if told := _TOLD.fullmatch(text):
        height, width, channels = image_of([int(each) for each in told.group(2, 3, 4)])
        return told[1], (height, width, channels)
    found = _GIVEN.match(text)
    if not found or axes_of(text):
        return text, ()
    height, width, channels = image_of([int(each) for each in found.group(3, 4, 5)])
    own = kind_of(found["layer"]) or next(iter(posts_of(found["layer"])), "")
    least = 4 if own in _GIVES else LARGEST_WINDOW + 1 if own in FILTERED else 0
    least = min(least, 1) if found["window"] else least  # The window stands behind it.
    given = least and min(height, width) >= least
    return (f"{found['layer']}{found['window'] or ''}", (height, width, channels)) if given else (text, ())


def giving(readings: Sequence[Reading], sizes: Sequence[int]) -> list[Reading]:
    """Return the layers of a box, the first of which gives an image of a height, a width and so many channels."""
    if not readings or not sizes:
        return list(readings)
    first = readings[0]
    told: dict[str, object] = {"output": tuple(sizes[:2])}
    if first.kind in FILTERED:
        told["filters"] = sizes[2]
    return [replace(first, params=told | first.params), *readings[1:]]


def told_behind(layers: Sequence[DrawnLayer], edges: Sequence[Edge]) -> tuple[list[DrawnLayer], list[Edge]]:
    """Return layers with what the box behind them alone says, where that is but the size of what they give.

    So boxes are drawn that stand for images and vectors, with the layers beside the arrows between them: the box is
    left out, and what it leads to comes from the layer.
    """
    found, kept = _told_alike(layers), list(edges)
    layers = list(found)
    for i, layer in enumerate(layers):
        if layer.gives and not layer.shows and (more := _with_size(layer.lines, re.sub(r" ?, ?", " x ", layer.gives))):
            found[i] = layer = replace(layer, lines=more)
        elif layer.gives and all(b != i for _, b in kept) and kind_of(layer.type) in ("", "input"):
            found[i] = layer = replace(layer, type=f"{layer.type} {layer.gives}", lines=(*layer.lines, layer.gives))
        behind = [b for a, b in kept if a == i]
        before = [a for a, b in kept if b in behind]
        if len(behind) != 1 or before != [i] or layer.shows or not layer.lines:
            continue
        size, onward = layers[behind[0]], [b for a, b in kept if a == behind[0]]
        if not size.shows and (more := _with_size(layer.lines, size.type)):
            found[i] = replace(layer, type=" ".join(more), lines=more)
            kept = [each for each in kept if behind[0] not in each] + [(i, b) for b in onward]
    left = [i for i in range(len(found)) if not edges or any(i in each for each in kept)]
    place = {old: new for new, old in enumerate(left)}
    return [found[i] for i in left], [(place[a], place[b]) for a, b in kept]


def _told_alike(layers: Sequence[DrawnLayer]) -> list[DrawnLayer]:
    """Return layers, those whose three sizes may be a window's with these as what they give, where others' are that.

    So `Conv8 10x10x512` stands behind `Conv6 19x19x1024`, which is no window.
    """
    texts = [" ".join(each.lines) if not each.shows else "" for each in layers]
    sizes = [_GIVEN.match(text) if kind_of(text) in (*FILTERED, *LOCAL_POOLS) else None for text in texts]
    open_ = [each if each and not each["window"] and not axes_of(each[0]) else None for each in sizes]
    if not any(each and kind_of(each[0]) in FILTERED and min(_space(each)) > LARGEST_WINDOW for each in open_):
        return list(layers)
    found = list(layers)
    for i, each in enumerate(open_):
        if each and len({*_space(each)}) == 1 and not without_sizes(each[0])[1]:
            lines = (each["layer"].strip(" ,:(["), f"gives {each['sizes']}")
            found[i] = replace(layers[i], type=" ".join(lines), lines=lines)
    return found


def _space(sizes: re.Match[str]) -> Sequence[int]:
    return image_of([int(each) for each in sizes.group(3, 4, 5)])[:2]


def _with_size(lines: Sequence[str], size: str) -> tuple[str, ...]:
    """Return the lines of a layer with the size of what it gives, where that is missing; nothing for other texts."""
    kind = kind_of(" ".join(lines))
    if re.fullmatch(r"\d{1,5}", size) and kind_of(lines[0]) == "dense" and not re.search(r"\d", " ".join(lines)):
        return (f"{lines[0]} {size}", *lines[1:])
    if re.fullmatch(r"\d+ ?[×x] ?\d+ ?[×x] ?\d+", size) and kind in (*FILTERED, *LOCAL_POOLS, "upsample"):
        text = " ".join(lines)
        if without_sizes(text)[1]:
            return ()
        return (*lines, size if without_sizes(f"{text} {size}")[1] else f"gives {size}")
    return ()
