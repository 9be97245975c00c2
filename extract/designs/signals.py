"""What comes in where windows go along one axis or through a volume: a signal, a text, a video."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.designs.assembly import Assembly
from extract.designs.before_first import before_window, shrink
from extract.designs.volumes import WINDOWED, says_axes
from extract.designs.weights import channels_of, kernel_of
from extract.words.families import SLIDING
from extract.words.reading import Reading, leaves
from ir.shapes import Shape

USUAL: dict[int, Shape] = {1: (None, 1, 1024), 3: (None, 3, 16, 112, 112)}
"""The input where a paper does not say it; that of volumes is C3D's (Tran et al., section 3)."""
COLOURED = re.compile(
    r"\bRGB\b|colou?r|gr[ae]y|image ?net|cifar|mnist|\bvideos?\b|\bclips?\b|\bframes?\b", re.IGNORECASE
)
"""Words that tell how many channels come in."""
COLOURS = 4
"""Channels of a picture at most; a larger first size is a length."""


def begins(to: Assembly, readings: Sequence[Reading], caption: str) -> bool:
    """Begin with a sequence or a volume where the layers take one; tell whether they do."""
    first = next((each.params.get("axes", 0) for each in leaves(readings) if each.kind in WINDOWED), 0)
    sizes = _given(readings)
    flat = len(sizes) == 2 and 1 in sizes and set(sizes) != {1}
    if not first and (flat or says_axes(1, caption) or _is_of_signal(readings, caption)):
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
