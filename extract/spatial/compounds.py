"""Cuboids that belong together: bands of one, those that are drawn as one block, and balls with the sign of a sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.drawings.drawing import Path
from extract.drawings.strokes import area
from extract.spatial.contacts import SAME, is_cuboid, touch
from extract.spatial.notes import Note
from extract.spatial.solids import Solid, around
from extract.words.lexicon import SIGNS


def without_bands(solids: Sequence[Solid]) -> list[Solid]:
    """Return volumes, those that are the right part of another one's face as its colours."""
    found: list[Solid] = []
    for each in solids:
        holder = next((i for i, other in enumerate(found) if _is_band(each, other)), None)
        if holder is None:
            found.append(each)
        else:
            other = found[holder]
            colours = tuple(dict.fromkeys((*other.colours, *each.colours)))
            box = around([other.box, each.box])
            found[holder] = replace(other, box=box, colours=colours, faces=max(other.faces, each.faces))
    return found


def _is_band(band: Solid, holder: Solid) -> bool:
    (left, *edges), (other, *others) = band.front, holder.front
    alike = all(abs(a - b) < SAME for a, b in zip(edges, others, strict=True))
    return alike and left > other + SAME and is_cuboid(holder) and (is_cuboid(band) or not band.deep)


def balls(paths: Sequence[Path], notes: Sequence[Note]) -> list[Solid]:
    """Return the balls that hold the sign of what joins tensors, each once."""
    found: dict[int, Solid] = {}
    signs = [each for each in notes if each.text in SIGNS]
    for path in paths:
        left, top, right, bottom = path.box
        even = abs((right - left) - (bottom - top)) < 0.1 * (right - left)
        held = next((i for i, each in enumerate(signs) if each.is_in(path.box)), None)
        if path.closed and even and held is not None and area(path.points) < 0.9 * (right - left) ** 2:
            found.setdefault(held, Solid(path.box, path.box, False, sign=signs[held].text))
    return list(found.values())


def blocks(solids: Sequence[Solid]) -> list[list[int]]:
    """Return the numbers of cuboids that are drawn as one: they touch, and are as high, and of one colour."""
    found: list[list[int]] = []
    growing: list[list[int]] = []
    for i, each in enumerate(solids):
        is_one = is_cuboid(each)
        before = next((block for block in growing if is_one and _goes_on(solids[block[-1]], each)), None)
        if before is not None:
            before.append(i)
            continue
        found.append([i])
        growing += [found[-1]] if is_one else []
    return found


def _goes_on(a: Solid, b: Solid) -> bool:
    edges = abs(a.front[1] - b.front[1]) < SAME and abs(a.front[3] - b.front[3]) < SAME
    return touch(a, b) and edges and a.colours[:1] == b.colours[:1]
