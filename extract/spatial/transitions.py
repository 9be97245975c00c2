"""The layers between two volumes of a drawing: as they are named there, or as the sizes of the volumes tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod
from typing import Any

from extract.designs.fitting import by
from extract.drawings.arrows import Box
from extract.spatial.drawn_volumes import Volume
from extract.spatial.notes import Note
from extract.words.families import BLOCKS, CONVOLVED, POOLS, RECURRENT
from extract.words.lexicon import SIGNS
from extract.words.reading import Reading

MAKING = (*CONVOLVED, "dense", "local", *RECURRENT)
"""Layers that give as many channels, or units, as they have of their own."""
WHOLE = {"avgpool": "gavgpool", "maxpool": "gmaxpool", "pool": "gmaxpool"}
"""What a pooling is that gives a vector."""
BESIDE = {"bn", "ln", "relu", "lrelu", "prelu", "elu", "gelu", "swish", "sigmoid", "tanh", "dropout", "lrn", "reshape"}
"""What is drawn as a volume of its own, and gives what is as large as it takes."""
SIZED = (*MAKING, *POOLS, "upsample")
UNTOLD = "a volume without a text"
"""What a volume is called that says nothing."""
_NAMED = re.compile(r"\b(?:conv|fc|dense|deconv)_?\d{1,2}(?!\d)", re.IGNORECASE)
"""A name of a layer by its number."""
SHRUNK = 1.5
"""How many times smaller an image is at least that a stride or a pooling made smaller."""


@dataclass(frozen=True)
class Step:
    """Layers that one text says, or one volume shows, and where."""

    box: Box
    text: str
    readings: tuple[Reading, ...]


def steps_between(before: Volume, volume: Volume, asked: list[str], meaning: Note | None = None) -> list[Step]:
    """Return what is done from one volume to the next, as colours mean it or texts say; add what is asked of it."""
    if volume.solid.sign:
        return [Step(volume.solid.box, volume.text, (Reading(SIGNS[volume.text], text=volume.text),))]
    if volume.becomes == "nothing":
        asked.append("volumes without a text are as large as what they stand at: what do they do? nothing is taken")
        return []
    if volume.becomes:
        what = "smaller: are they poolings" if volume.becomes == "maxpool" else "larger: are they upsamplings"
        asked.append(f"volumes without a text stand where the image gets {what}? they are taken so")
    if volume.guessed:
        asked.append(f"volumes without a name have the colour of {volume.guessed!r}: are they such too? taken so")
    told = meaning or volume.meaning
    notes = _in_order(_unlike(volume.before)) if told is None else [told]
    steps = [Step(each.box, each.text, each.layers) for each in notes if each.layers]
    if volume.called and not steps:
        steps = _called(volume, asked)
    steps = _with_main(steps, before, volume, asked, is_told=told is not None)
    attributes = {name: value for each in notes for name, value in each.attributes}
    if (kernel := _window(before)) is not None:
        attributes.setdefault("kernel", kernel)
    named = " ".join([*map(str, before.inside), *(each.text for each in notes if not each.layers)])
    last = max((i for i, each in enumerate(steps) if any(r.kind in SIZED for r in each.readings)), default=None)
    found = []
    for i, step in enumerate(steps):
        is_last = i == last
        readings = tuple(_filled(each, attributes, volume, is_last) for each in step.readings)
        found.append(replace(step, readings=readings))
    if last is not None:
        text = " ".join(filter(None, [named, found[last].text, volume.text if found[last].text != volume.text else ""]))
        found[last] = replace(found[last], box=volume.solid.box, text=text)
    if volume.channels is None and not any(each.kind in (*MAKING, *BLOCKS) for step in found for each in step.readings):
        volume.channels = before.channels
    _ask_of_size(before, volume, found, asked)
    return _pooled_first(before, volume, found)


def _called(volume: Volume, asked: list[str]) -> list[Step]:
    """Return the layer that nobody knows by the name below a volume: a block, or what has no size."""
    if volume.channels is None or re.search(r"\b(?:block|module|unit|layer|stage)s?\b", volume.called, re.IGNORECASE):
        return [Step(volume.solid.box, volume.called, (Reading(volume.called, text=volume.called),))]
    asked.append(
        f"{volume.called!r} is written below {volume.text!r}: which layers make that? its sizes are taken alone"
    )
    return []


def _pooled_first(before: Volume, volume: Volume, steps: list[Step]) -> list[Step]:
    """Return layers, a pooling in front of one without a stride with the size of the volume, where it gives that."""
    readings = [each for step in steps for each in step.readings if each.kind in SIZED]
    if len(readings) != 2 or readings[0].kind not in POOLS or "stride" in readings[1].params or not before.space:
        return steps
    pool = readings[0]
    kernel = pool.params.get("kernel", (2, 2))[0]
    stride = pool.params.get("stride", (kernel,))[0]
    if len(volume.space) != 2 or abs((before.space[0] - kernel) / stride + 1 - volume.space[0]) >= 1:
        return steps
    sized = replace(pool, params={"output": volume.space, **pool.params})
    return [replace(each, readings=tuple(sized if r is pool else r for r in each.readings)) for each in steps]


def _unlike(notes: Sequence[Note]) -> list[Note]:
    """Return texts, of those that say the same in several rows one."""
    return list({each.text: each for each in reversed(notes)}.values())


def _in_order(notes: Sequence[Note]) -> list[Note]:
    """Return texts from the top down; where they do not stand below each other, those that pool come first.

    What is drawn behind a convolution that is not said comes out of that, and not of the pooling in front of it.
    """

    def makes(note: Note) -> bool:
        return any(each.kind in MAKING for each in note.layers)

    ordered = sorted(notes, key=lambda each: (each.box[1], each.box[0]))
    stacked = all(
        min(a.box[2], b.box[2]) - max(a.box[0], b.box[0]) > 0 and b.box[1] - a.box[3] < 2 * a.size
        for a, b in pairwise(ordered)
    )
    return ordered if stacked else sorted(ordered, key=makes)


def _with_main(steps: Sequence[Step], before: Volume, volume: Volume, asked: list[str], *, is_told: bool) -> list[Step]:
    """Return the steps with the layer that makes the volume, where none of them does: the sizes tell which."""
    kinds = [each.kind for step in steps for each in step.readings]
    made = any(each in MAKING or each in BLOCKS for each in kinds) or volume.called in kinds
    if made or (is_told and "softmax" not in kinds):
        return list(steps)
    kind = _main(kinds, before, volume, asked)
    if not kind:
        return list(steps)
    main = Reading(kind, text=volume.text or UNTOLD)
    place = next(
        (i for i, step in enumerate(steps) if any(each.kind == "softmax" for each in step.readings)), len(steps)
    )
    return [*steps[:place], Step(volume.solid.box, volume.text, (main,)), *steps[place:]]


def _main(kinds: Sequence[str], before: Volume, volume: Volume, asked: list[str]) -> str:
    """Return the kind of the layer that makes a volume, or nothing where those that are named do."""
    same = volume.channels is None or volume.channels == before.channels
    if volume.is_vector and same and any(each in POOLS for each in kinds):
        return ""
    text = volume.text or UNTOLD
    if volume.becomes:
        return volume.becomes
    if before.is_vector and not volume.is_vector and len(volume.space) == 2:
        return "dense"
    if "flatten" in kinds or (kinds and same and BESIDE.issuperset(kinds)):
        return ""
    if volume.is_vector and (not same or not before.is_vector):
        return "dense"
    if not kinds and same and _ratio(before, volume) >= SHRUNK:
        asked.append(f"{text!r} is smaller than what is before it, with as many channels: is it pooled? it is taken so")
        return "maxpool"
    if not kinds and (_ratio(volume, before) >= SHRUNK or _grown(before, volume)):
        asked.append(f"{text!r} is larger than what is before it: how? a transposed convolution is taken")
        return "deconv"
    if not kinds or (not same and "upsample" not in kinds) or ("softmax" in kinds and _is_bare(volume)):
        return "dense" if _is_bare(volume) and before.is_vector else "conv"
    return ""


def _is_bare(volume: Volume) -> bool:
    return not volume.solid.deep and not volume.space


def _ratio(large: Volume, small: Volume) -> float:
    """Return how many times larger the images of one volume are than those of another, 0 where it is not said."""
    return large.space[0] / small.space[0] if large.space and small.space and small.space[0] else 0.0


def _grown(before: Volume, volume: Volume) -> bool:
    """Tell a volume that is drawn much higher than the one before it, where no sizes are said."""
    unsaid = not before.space and not volume.space and not volume.is_vector and not before.is_vector
    return unsaid and volume.solid.deep and volume.high > 2 * before.high


def _window(volume: Volume) -> tuple[int, int] | None:
    """Return the size of the windows that are drawn in a volume, where all are of one."""
    sizes = sorted(set(volume.inside))
    return (sizes[0], sizes[0]) if len(sizes) == 1 else None


def _filled(reading: Reading, attributes: dict[str, Any], volume: Volume, is_last: bool) -> Reading:
    """Return a layer with what is said of it beside its name, and with the size of what it gives."""
    params = dict(reading.params)
    if reading.kind in BLOCKS or reading.kind == volume.called:
        known = {"filters": volume.channels, "output": volume.space if is_last or volume.called else ()}
        return replace(reading, params={**{name: value for name, value in known.items() if value}, **params})
    if volume.is_vector and reading.kind in WHOLE:
        return replace(reading, kind=WHOLE[reading.kind], inferred=("kind",))
    if reading.kind in MAKING:
        if volume.channels is not None and _NAMED.search(reading.text):
            params = {name: value for name, value in params.items() if name not in ("units", "filters")}
        name = "units" if reading.kind not in (*CONVOLVED, "local") else "filters"
        if volume.channels is not None and reading.kind != "dwconv":
            params.setdefault(name, volume.channels)
        if name == "filters":
            params = {**attributes, **params}
    if reading.kind == "dense" and len(volume.space) == 2 and not volume.is_vector and volume.channels:
        params |= {"units": prod((*volume.space, volume.channels)), "output": (*volume.space, volume.channels)}
    elif is_last and reading.kind in SIZED and len(volume.space) == 2 and not volume.is_vector:
        params.setdefault("output", volume.space)
    return replace(reading, params=params, text=reading.text or volume.text)


def _ask_of_size(before: Volume, volume: Volume, steps: Sequence[Step], asked: list[str]) -> None:
    """Ask how an image gets smaller, where no stride is said and no pooling named."""
    readings = [each for step in steps for each in step.readings]
    stepped = any("stride" in each.params or each.kind in POOLS for each in readings)
    if not stepped and _ratio(before, volume) >= SHRUNK and not volume.is_vector:
        sizes = f"{by(before.space)} to {by(volume.space)}"
        asked.append(
            f"the image gets smaller, from {sizes}: by a stride, or a pooling that is not shown? a stride is taken"
        )
    if len({*before.inside}) > 1:
        asked.append(f"windows of {by(sorted({*before.inside}))} are drawn in {before.text!r}: which is the kernel?")
