"""What comes into a design: images, vectors, sequences and volumes, as its rows, its caption or its sizes tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from extract.designs.assembly import USUAL, Assembly
from extract.designs.before_first import before_first
from extract.designs.plain_layers import STEPPED
from extract.designs.sequences import input_of
from extract.designs.signals import COLOURED, begins
from extract.designs.told_inputs import of_data_set, taken_in
from extract.designs.weights import channels_of, kernel_of
from extract.words.counted import in_words
from extract.words.families import RECURRENT
from extract.words.reading import Reading
from ir.shapes import Shape


def with_input(to: Assembly, readings: Sequence[Reading], *said: str) -> Sequence[Reading]:
    """Return layers behind what comes in, where a text beside the table says that and the table does not."""
    first = readings[0]
    row = first.kind == "input"
    sized = (
        {"output", "shape"} & first.params.keys() or re.search(r"\d", first.text) if row else "input" in first.params
    )
    told = () if sized else next(filter(None, map(taken_in, said)), ())
    if not told:
        return readings
    size = " x ".join(map(str, told))
    printed = first.params.get("output", ())
    if first.kind in RECURRENT and len(told) == len(printed) == 2 and told[0] != printed[0]:
        to.ask(f"the input is {size}, as is said beside the table, but {printed[0]} steps are printed: which is it?")
        return readings
    to.infer(f"the input is {size}, as is said beside the table")
    return [Reading("input", {"output": told}, text=f"input {size}"), *readings[row:]]


def begin(to: Assembly, readings: Sequence[Reading], config: str, *said: str) -> None:
    """Begin with what comes in: token ids, a sequence, a volume, a vector, or an image.

    Of data sets the first text is heard that names one: the name of the configuration, or what is `said` beside it.
    """
    caption = " ".join(said)
    shape = input_of(readings, to)
    to.over_time = shape is not None and len(shape) == STEPPED
    shape = shape or _vector(readings)
    if shape is None and begins(to, readings, caption):
        return
    shape = shape or _input_shape(readings)
    if shape is None and (shape := before_first(to, readings)) is not None:
        if not _tells_channels(readings, "") and _is_grey(caption):
            shape = (None, _stacked(caption), *shape[2:])
        size = " x ".join(map(str, shape[1:]))
        to.infer(f"the input is {size}, as the size behind the first layer and its stride tell")
        _ask_for_channels(to, shape, readings, caption)
    square = shape is not None and len(shape) == 4 and shape[2] == shape[3]
    if shape and square and readings[0].kind == "input" and len(re.findall(r"\d+", readings[0].text)) == 1:
        to.infer(f"the input is {shape[1]} x {shape[2]} x {shape[3]}, an image as high as wide")
    first = readings[0]
    if shape is not None and first.kind == "input" and len(shape) == 4 and shape[2:] != USUAL[2:]:
        told = first.params.get("output", first.params.get("shape", ())) or re.findall(r"\d+", first.text)
        flat = len(told) == len("hw")
        if flat and (_is_one_channel(readings, shape) or _is_grey(f"{caption} {first.text}")):
            shape = (None, _stacked(caption), *shape[2:])
        elif flat and _SPECTRUM.search(first.text):
            shape = (None, 1, *shape[2:])
            to.infer(f"{first.text!r} has one channel, as spectrograms have")
        elif flat:
            _ask_for_channels(to, shape, readings, f"{caption} {first.text}")
    if shape is None and (shape := _noise(to, readings)) is None:
        open_ = (
            re.search(r"\b[A-Za-z] ?× ?[A-Za-z] ?× ?(\d+)", readings[0].text) if readings[0].kind == "input" else None
        )
        known = next(filter(None, map(of_data_set, (config, *said))), None)
        channels, *space = known or USUAL[1:]
        to.unsized = known is None
        if to.side:
            space = [to.side, to.side]
        behind = next((each for each in readings if each.kind != "input"), first)
        told_channels = int(open_[1]) if open_ else first.params.get("in_channels", behind.params.get("in_channels"))
        shape = (None, told_channels or channels, *space)
        if to.side is None:
            to.ask(f"{to.name}: what is the shape of the input? {shape[1:]} (channels, height, width) is taken")
        elif told_channels is None:
            _ask_for_channels(to, shape, readings, caption)
    to.start(shape)


def _noise(to: Assembly, readings: Sequence[Reading]) -> Shape | None:
    """Return a vector that comes into a Dense of which images are made, where nothing says how long it is."""
    first, after = [*(each for each in readings if each.kind != "input"), None, None][:2]
    makes = first is not None and first.kind == "dense" and "in_features" not in first.params
    image = makes and first is not None and len(first.params.get("output", ())) == len("hwc")
    image |= makes and after is not None and after.kind in ("reshape", "deconv")
    if not image or readings[0].kind == "input":
        return None
    to.ask(f"{to.name}: how many numbers come in? {NOISE} are taken, as is usual where images are made of them")
    return (None, NOISE)


NOISE = 100
"""Numbers of which an image is made, as a rule. Source: Radford et al., DCGAN, section 4."""


def _vector(readings: Sequence[Reading]) -> Shape | None:
    """Return the shape of a vector that comes in, where the first layer is a Dense and one size is said."""
    first = next((each for each in readings if each.kind != "input"), None)
    taken = first.params.get("input", ()) if first else ()
    if first and not taken and "in_features" in first.params:
        taken = (first.params["in_features"],)
    units, count = (first.params.get(key, 0) for key in ("units", "count")) if first else (0, 0)
    if first and not taken and units and count > units and count % units == 0:
        taken = (count // units - 1,)  # So many weights of each unit, and a bias.
    given = readings[0].params.get("output", ()) if readings[0].kind == "input" else ()
    given = given or (readings[0].params.get("shape", ()) if readings[0].kind == "input" else ())
    if readings[0].kind == "input" and len(numbers := re.findall(r"\d+", readings[0].text)) == 1:
        given = given or (int(numbers[0]),)
    # 100 × 1 × 1 is a vector too.
    plain = [tuple(size for size in each if size != 1) for each in (given, taken)]
    vector = next((each for each in plain if len(each) == 1), None)
    flat = first is not None and first.kind == "flatten" and vector == first.params.get("output")
    flat = flat or (first is not None and first.kind == "reshape" and vector == (prod(first.params.get("shape", ())),))
    return (None, vector[0]) if first is not None and (first.kind == "dense" or flat) and vector else None


def _is_grey(said: str) -> bool:
    """Tell images of one channel, by what is said of them.

    >>> _is_grey("64 x 64 grayscale images"), _is_grey("MNIST digits"), _is_grey("RGB and gray images")
    (True, True, False)
    >>> _is_grey("images of 33 x 33 pixels and one channel"), _is_grey("takes images, the output has one channel")
    (True, False)
    """
    return bool(_GREY.search(said)) and not re.search(r"\bRGB\b|\bcolou?r|cifar", said, re.IGNORECASE)


def _stacked(said: str) -> int:
    """Return how many frames are stacked, as is said of them; one where it is not.

    >>> _stacked("a stack of four grayscale frames"), _stacked("the last 3 frames, stacked"), _stacked("four images")
    (4, 3, 1)
    """
    stacked = r"\b(?:stack(?:ed)?(?: of)?|last) (?:the |last )*(\w+) (?:\w+[ -]){0,2}?(?:frames|images)\b"
    found = re.search(stacked, said, re.IGNORECASE)
    return in_words(f"{found[1]} frames")[0] if found and not found[1].isdecimal() else int(found[1]) if found else 1


_SPECTRUM = re.compile(r"\b(?:log-?)?mel\b|spectro(?:gram|graph)|\bmfccs?\b", re.IGNORECASE)
_GREY = re.compile(
    r"\bgr[ae]y|\bmono(?:chrom\w+)? images?\b"
    r"|mnist\b|\bbinary images?\b(?! class)|\bsingle[- ](?:channel|band) (?:\w+ )?(?:images?|inputs?)\b"
    r"|\bimages?(?:(?!output|mask|giv|predict|map)[^.])*\bone channel\b",
    re.IGNORECASE,
)


def _is_one_channel(readings: Sequence[Reading], shape: Shape) -> bool:
    """Tell an image that the layer behind the input but gives another shape, of as many numbers as it has pixels."""
    behind = next((each for each in readings if each.kind != "input"), readings[0])
    given = behind.params.get("output", behind.params.get("shape", ()))
    return behind.kind == "reshape" and len(given) > 2 and prod(given) == prod(each or 0 for each in shape[2:])


def _ask_for_channels(to: Assembly, shape: Shape, readings: Sequence[Reading], said: str) -> None:
    """Ask how many channels come in, where nothing tells them."""
    if not _tells_channels(readings, said):
        to.ask(f"{to.name}: how many channels has the input? {shape[1]} are taken, as of images in colour")


def _tells_channels(readings: Sequence[Reading], caption: str) -> bool:
    """Tell whether the first layer, the number of its weights, or words say how many channels come in."""
    first = next(each for each in readings if each.kind != "input")
    told = "in_channels" in first.params or any(kernel_of(first.params, each) for each in (1, 3))
    told |= channels_of(first.params) is not None
    return told or bool(COLOURED.search(caption))


LEAST_SIDE = 16
"""Pixels of the sides of an image at least; fewer are channels."""


NARROW = 4
"""How many times as long as high no image is, as a rule."""


def _has_channels_in_front(first: int, second: int, third: int) -> bool:
    """Tell the size of an image whose channels come first: its sides are equal, or more than channels are."""
    if second == third and second > 3:
        return first in (1, 3) or (second >= LEAST_SIDE and NARROW * first <= second)  # As frames on top of each other.
    return second == third == 1 < first or (first in (1, 3) and min(second, third) >= LEAST_SIDE)


def _channels_into(readings: Sequence[Reading]) -> int:
    """Return how many channels the input, or the first layer behind it, says that come in; else those of colours."""
    behind = [each for each in readings if each.kind != "input"][:1]
    return next((each.params["in_channels"] for each in (readings[0], *behind) if "in_channels" in each.params), 3)


def _input_shape(readings: Sequence[Reading]) -> Shape | None:
    """Return what a table says of its input: a row of its own, or the input of the first layer."""
    for reading in readings[:2]:
        said = reading.params.get("shape") if reading.kind == "input" else reading.params.get("input")
        if reading.kind == "input":
            open_ = re.search(r"\b[A-Za-z] ?× ?[A-Za-z]\b", reading.text)  # H × W × 3.
            bare = open_ or "in_channels" in reading.params  # How many channels alone.
            numbers = () if bare else tuple(each for each in map(int, re.findall(r"\d+", reading.text)) if each)
            given = reading.params.get("output", ())
            said = given if said and len(given) > len(said) == 2 else said or given or numbers
        if said and len(said) >= 2:
            if len(said) == 3 and _has_channels_in_front(*said):
                said = (*said[1:], said[0])
            height, width, *channels = said
            if height is None:  # W × 32: what is open is how long a line of writing is.
                height, width = width, None
            return (None, channels[0] if channels else _channels_into(readings), height, width)
        if said and reading.kind == "input":
            return (None, 1 if re.search(r"gr[ae]y", reading.text, re.IGNORECASE) else 3, said[0], said[0])
    return None
