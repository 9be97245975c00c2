"""The diagram of a design that is drawn as volumes, in perspective or as piles of sheets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.designs.fitting import by
from extract.designs.signals import COLOURS
from extract.drawings.diagrams import Diagram, Link, Shape
from extract.drawings.drawing import Drawing
from extract.drawings.strokes import cleaned
from extract.spatial.compounds import balls, without_bands
from extract.spatial.contacts import is_cuboid
from extract.spatial.drawn_volumes import Volume
from extract.spatial.flows import Way, arrows_of, colours_of, ways
from extract.spatial.legends import legend_of
from extract.spatial.notes import Note, notes_of, without
from extract.spatial.solids import scaled, shared, solids_of
from extract.spatial.stages import volumes_of
from extract.spatial.transitions import MAKING, Step, steps_between
from extract.words.lexicon import kind_of
from extract.words.reading import Reading

JOINS = ("concat", "add", "multiply", "shortcut")
SAME = 0.1
"""By how much the sides of volumes differ that are of one size."""
LEAST, MOST = 3, 400
"""Volumes of a design at least, and volumes and texts at most."""


def in_perspective(drawing: Drawing) -> Diagram | None:
    """Return the layers of a design that is drawn as volumes, or None where a drawing shows none."""
    if not drawing.words or (at_scale := scaled(drawing)) is None:
        return None
    plain, scale = at_scale
    solids, lines, arrows = solids_of(plain.paths), notes_of(plain.words, together=False), arrows_of(plain)
    if max(len(solids), len(lines), len(arrows)) > MOST:
        return None
    legend, colours = legend_of(solids, lines), colours_of(arrows, lines)
    free = notes_of(without(plain.words, [*legend.texts, *(note for _, note in colours.meanings)]))
    shown = without_bands([each for each in solids if each not in legend.keys])
    signs = balls(plain.paths, lines) if sum(map(is_cuboid, shown)) >= LEAST else []
    free = [each for each in free if not any(each.is_in(ball.box) for ball in signs)]
    shown = [each for each in shown if not any(shared(each.box, ball.box) > 0.9 * each.size for ball in signs)]
    volumes, behind = volumes_of([*shown, *signs], free, legend)
    if not _is_design(volumes, free):
        return None
    left = volumes[0].solid.box[0]
    is_named = any(kind_of(each.text) == "input" and each.box[2] < left + each.size for each in free)
    builder = Builder(volumes, behind, is_named=is_named)
    if legend.keys and not legend.meanings:
        builder.asked.append("the colours of the legend look alike: which layers do the volumes stand for?")
    return builder.diagram(*ways(volumes, arrows, colours, builder.asked)).scaled(scale)


def _is_design(volumes: Sequence[Volume], notes: Sequence[Note]) -> bool:
    """Tell volumes that are a design: enough are seen in perspective, or all are bars with their sizes beside them."""
    said = sum(bool(each.said or each.meaning or each.before) for each in volumes)
    if 2 * said < len(volumes):
        return False
    sheets = [each.solid for each in volumes if each.solid.deep]
    if sum(each.faces > 1 or not any(note.is_in(each.box) for note in notes) for each in sheets) >= LEAST:
        return True  # A slanted box with a text in it is one of a flow chart.
    if any(note.is_in(each.solid.box) for note in notes for each in volumes):
        return False  # Boxes with texts in them.
    sized = sum(bool(each.channels or each.space) for each in volumes)
    return sized > LEAST and 4 * sized >= 3 * len(volumes)


def has_volumes(drawing: Drawing) -> bool:
    """Tell a drawing that holds volumes in perspective."""
    return sum(each.deep for each in solids_of(cleaned(drawing).paths)) >= LEAST


class Builder:
    """The diagram of volumes, which grows step by step."""

    def __init__(self, volumes: Sequence[Volume], behind: Sequence[Note], *, is_named: bool) -> None:
        self.volumes = volumes
        self.is_named = is_named
        self.behind = behind
        self.asked: list[str] = []
        self.shapes: list[Shape] = []
        self.links: list[Link] = []

    def diagram(self, order: Sequence[int], ways: Sequence[Way]) -> Diagram:
        """Return the diagram of volumes that are given in their order, with the ways between them."""
        copies = max(each.copies for each in self.volumes)
        if self.volumes[0].copies == copies > 1:
            self.asked.append(f"{copies} rows of volumes are drawn: do they share their weights? one of them is read")
        elif copies > 1:
            self.asked.append(f"volumes are drawn in {copies} rows: are they parts of one? layers over all are taken")
        ends = {order[0]: self._begin(self.volumes[order[0]])}
        for number in order[1:]:
            leading = [way for way in ways if way.end == number]
            ends[number] = self._step(number, leading, ends)
        last = ends[order[-1]]
        for each in self.behind:
            last = self._add([last], Step(each.box, each.text, each.layers)) if each.layers else last
        return Diagram(tuple(self.shapes), tuple(self.links), tuple(dict.fromkeys(self.asked)))

    def _add(self, before: Sequence[int], step: Step) -> int:
        self.shapes.append(Shape(step.box, (step.text,), step.readings))
        self.links += [Link(each, len(self.shapes) - 1) for each in before]
        return len(self.shapes) - 1

    def _chain(self, start: int, steps: Sequence[Step]) -> int:
        for step in steps:
            start = self._add([start], step)
        return start

    def _begin(self, first: Volume) -> int:
        step, is_drawn = _input(first, self.asked, is_named=self.is_named)
        end = self._add([], step)
        return end if is_drawn else self._chain(end, steps_between(Volume(first.solid), first, self.asked))

    def _step(self, number: int, leading: Sequence[Way], ends: dict[int, int]) -> int:
        """Add the layers in front of a volume; one that several lead to holds what they give behind each other."""
        volume = self.volumes[number]
        if len(leading) == 1:
            before = self.volumes[leading[0].start]
            self._as_wide(before, volume)
            return self._chain(ends[leading[0].start], steps_between(before, volume, self.asked, leading[0].meaning))
        copied = [way for way in leading if not _makes(way.meaning)]
        if len(copied) == len(leading) and any(each.layers for each in volume.before):
            copied.remove(max(copied, key=lambda way: way.start))  # What is named is on the way from the next one.
        made = [way for way in leading if way not in copied]
        widths = [self.volumes[way.start].channels for way in copied]
        text = " ".join(way.meaning.text for way in copied if way.meaning) or volume.text
        sums = re.search(r"\badd|\bsum\b|\+|residual", text, re.IGNORECASE) or {*widths} == {volume.channels} != {None}
        rest = (volume.channels or 0) - sum(each or 0 for each in widths)
        known = made and rest > 0 and None not in widths
        part = replace(volume, channels=volume.channels if sums else rest // len(made) if known else None)
        joined = [self._chain(ends[w.start], self._made(w, part)) for w in made] + [ends[w.start] for w in copied]
        kind = "add" if sums else "concat"
        if not any(way.meaning for way in copied):
            self.asked.append(
                f"{volume.text!r} has {len(leading)} arrows to it: how does it join them? {kind} is taken"
            )
        return self._add(joined, Step(volume.solid.box, text, (Reading(kind, text=text),)))

    def _as_wide(self, before: Volume, volume: Volume) -> None:
        """Take a volume that is drawn as large as the one before it to have as many channels, where it says none."""
        sides = [[each.solid.front[i + 2] - each.solid.front[i] for i in (0, 1)] for each in (before, volume)]
        alike = all(abs(a - b) < SAME * max(a, b) for a, b in zip(*sides, strict=True))
        if volume.channels is None and before.channels and alike and volume.said:
            volume.channels = before.channels
            told = f"it is drawn as what is before it, with {before.channels}, and so many are taken"
            self.asked.append(f"how many channels has {volume.text!r}? {told}")

    def _made(self, way: Way, volume: Volume) -> list[Step]:
        return steps_between(self.volumes[way.start], volume, self.asked, way.meaning)


def _makes(note: Note | None) -> bool:
    """Tell what names a layer, and not only how tensors are joined, or that they are copied."""
    return note is not None and any(each.kind not in JOINS for each in note.layers)


def _input(first: Volume, asked: list[str], *, is_named: bool) -> tuple[Step, bool]:
    """Return what comes in, and whether that is the first volume, or what a layer in front of it takes.

    It `is_named` where a text to the left of the first volume calls an image, or an input.
    """
    named = bool(first.called) or any(r.kind in MAKING for each in first.before for r in each.layers)
    made = (first.meaning is not None or named) and kind_of(first.called) != "input"
    deep = first.solid.deep and not first.is_vector and (first.channels or 0) > COLOURS
    if kind_of(first.called) == "input":
        return _given(first, first.space, first.channels, asked), True
    if not made and deep and any(each.slanted for each in first.said):
        few = f"a convolution is taken, as images have at most {COLOURS} channels"
        asked.append(f"is {first.text!r} what comes in, or what a convolution makes of it? {few}")
    elif not made and not (deep and is_named):
        if deep:
            asked.append(f"is {first.text!r} what comes in? it is taken so, as nothing is drawn in front of it")
        return _given(first, first.space, first.channels, asked), True
    sizes = [each for each in first.said if each.space and (each.channels or COLOURS + 1) <= COLOURS]
    shown = sizes[0] if sizes else None
    if shown is None and len(first.space) == 2:
        asked.append(f"how large is what comes in? {by(first.space)} is taken, as what is made of it")
    given = _given(first, shown.space if shown else first.space, shown.channels if shown else None, asked)
    first.said = [each for each in first.said if each is not shown]
    return given, False


def _given(first: Volume, space: tuple[int, ...], channels: int | None, asked: list[str]) -> Step:
    text = " ".join(each.text for each in first.said if each.space == space and space) or "input"
    if first.is_vector and channels:
        return Step(first.solid.box, first.text, (Reading("input", {"shape": (channels,)}, text=first.text),))
    if len(space) != 2:
        return Step(first.solid.box, text, ())
    if channels is None:
        asked.append(f"how many channels has the input of {space[0]} x {space[1]}? 3 are taken")
    return Step(first.solid.box, text, (Reading("input", {"shape": (*space, channels or 3)}, text=text),))
