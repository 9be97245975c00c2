"""The volumes of a drawing: cuboids by their faces, sheets that are seen from the side, piles of sheets, plain bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import hypot
from statistics import median

from extract.drawings.arrows import Box
from extract.drawings.diagrams import USUAL
from extract.drawings.drawing import Colour, Drawing, Path, Point
from extract.drawings.strokes import area, block_arrow, cleaned, corners_of, is_head
from extract.spatial.contacts import follows

MOST_PATHS = 3_000
"""Paths of a drawing at most; more are a plot, a map, or a page of letters."""
MOST = 600
"""Faces of a drawing at most; more are a plot, or letters that are outlines."""
SLACK = 1.5
"""Points by which sides differ that are one, or alike."""
SIDES = 2.5
"""Points between the ends of sides that two faces share."""
STEEP = 0.08
"""How far a slanted side goes aside at least, as a share of how far it goes on."""
THINNEST = 1.5
"""Points that a face is wide at least."""
HELD = 0.5
"""The share of a window that lies in its volume at least."""
SMALLER = 0.5
"""How large it is at most, as a share of the face that it is in."""
LOWER = 0.7
"""How high it is at most, as a share of that face."""
LAYERS = 3
"""Sheets of a pile at least."""


@dataclass(frozen=True)
class Solid:
    """A volume: the box around it, that of the face in front, and the colours of its faces, that in front first.

    What is `deep` is seen in perspective, or is a pile; `faces` are how many there are. `windows` are the boxes of
    the smaller ones that are drawn in it. A ball with the `sign` of what joins tensors is flat.
    """

    box: Box
    front: Box
    deep: bool
    faces: int = 1
    colours: tuple[Colour, ...] = ()
    windows: tuple[Box, ...] = ()
    sign: str = ""

    @property
    def middle(self) -> Point:
        """The middle of the box around it."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    @property
    def size(self) -> float:
        """The area of the box around it."""
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])


@dataclass
class _Face:
    corners: list[Point]
    form: str
    place: int
    colour: Colour | None
    others: list[_Face] = field(default_factory=list)

    @property
    def box(self) -> Box:
        xs, ys = zip(*self.corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


def scaled(drawing: Drawing) -> tuple[Drawing, float] | None:
    """Return a drawing at the scale of usual type, without what cannot be seen, and by how much it was larger.

    None is what has more paths than a design, or no size.
    """
    scale = median(word.size for word in drawing.words) / USUAL if drawing.words else 1.0
    if len(drawing.paths) > MOST_PATHS or scale <= 0:
        return None
    return cleaned(drawing.scaled(1 / scale)), scale


def solids_of(paths: Sequence[Path]) -> list[Solid]:
    """Return the volumes of a drawing in the order in which they are drawn, with the windows in them."""
    faces = _faces(paths) if len(paths) <= MOST_PATHS else []
    if len(faces) > MOST:
        return []
    upright = [each for each in faces if each.form == "upright"]
    slanted = [each for each in faces if each.form == "slanted"]
    rest: list[list[_Face]] = []
    for face in slanted:
        fronts = [each for each in upright if _share_a_side(face, each)]
        if fronts:
            min(fronts, key=lambda each: _fit(face, each)).others.append(face)
            continue
        near = [group for group in rest if any(_share_a_side(face, each) for each in group)]
        rest = [group for group in rest if group not in near]
        rest.append([each for group in near for each in group] + [face])
    found = [(group[0].place, _solid(None, group)) for group in rest]
    found += [(each.place, _outlined(each)) for each in faces if each.form == "outline"]
    found += [(each.place, _solid(each, each.others)) for each in upright if each.others]
    flat = [each for each in upright if not each.others]
    taken = [solid.front for _, solid in found]
    flat = [each for each in flat if not any(_alike(each.box, front) for front in taken)]
    found += list(_piles(flat))
    return _with_windows([solid for _, solid in sorted(found, key=lambda each: each[0])])


def _faces(paths: Sequence[Path]) -> list[_Face]:
    found: dict[tuple[tuple[int, int], ...], _Face] = {}
    for place, path in enumerate(paths):
        if not path.closed or is_head(path) or block_arrow(path) is not None:
            continue
        corners = corners_of(path)
        form = _form(corners)
        key = tuple(sorted((round(x / SLACK), round(y / SLACK)) for x, y in corners))
        if not form or area(corners) < THINNEST * THINNEST:
            continue
        if key in found:
            if path.filled and path.colour is not None:
                found[key].colour = path.colour
        else:
            found[key] = _Face(corners, form, place, path.colour if path.filled else None)
    return list(found.values())


def _form(corners: Sequence[Point]) -> str:
    """Return the form of an outline: an upright rectangle, one that is slanted, or what is seen of a cuboid."""
    if len(corners) not in (4, 6):
        return ""
    sides = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise([*corners, corners[0]])]
    half = len(sides) // 2
    slack = max(SLACK, 0.04 * sum(hypot(*each) for each in sides) / len(sides))
    if any(hypot(a[0] + b[0], a[1] + b[1]) > slack for a, b in zip(sides, sides[half:], strict=False)):
        return ""
    slanted = sum(min(abs(x), abs(y)) > max(0.8, STEEP * max(abs(x), abs(y))) for x, y in sides)
    if half == 3:
        return "outline" if slanted == 2 else ""
    return "slanted" if slanted else "upright"


def _fit(face: _Face, front: _Face) -> tuple[int, bool, int]:
    """Return how well a face fits a front: those that go over each other are not of one cuboid."""
    over = shared(face.box, front.box) > 0.2 * min(area(face.corners), area(front.corners))
    return round(_gap(face, front)), over, abs(front.place - face.place)


def _share_a_side(a: _Face, b: _Face) -> bool:
    return _gap(a, b) < SIDES


def _gap(a: _Face, b: _Face) -> float:
    """Return how far the ends of those sides of two faces are from each other that are closest."""
    ahead, back = [*b.corners, b.corners[0]], [*b.corners[::-1], b.corners[-1]]
    return min(
        max(hypot(p[0] - r[0], p[1] - r[1]), hypot(q[0] - s[0], q[1] - s[1]))
        for p, q in pairwise([*a.corners, a.corners[0]])
        for r, s in (*pairwise(ahead), *pairwise(back))
    )


def _alike(a: Box, b: Box) -> bool:
    return all(abs(x - y) < SLACK for x, y in zip(a, b, strict=True))


def _solid(front: _Face | None, faces: Sequence[_Face]) -> Solid:
    every = [*([front] if front else []), *faces]
    box = around([each.box for each in every])
    colours = tuple(dict.fromkeys(each.colour for each in every if each.colour is not None))
    return Solid(box, front.box if front else box, bool(faces), len(every), colours)


def _outlined(face: _Face) -> Solid:
    """Return a cuboid whose outline is drawn: the face in front is at its lower corner between two straight sides."""
    corners = face.corners
    ring = zip([corners[-1], *corners[:-1]], corners, [*corners[1:], corners[0]], strict=True)
    straight = [(b, a, c) for a, b, c in ring if _is_straight(a, b) and _is_straight(b, c)]
    front = around([(x, y, x, y) for x, y in max(straight, key=lambda each: each[0][1])]) if straight else face.box
    return Solid(face.box, front, True, 3, (face.colour,) if face.colour else ())


def _is_straight(a: Point, b: Point) -> bool:
    return min(abs(a[0] - b[0]), abs(a[1] - b[1])) <= 0.8


def around(boxes: Sequence[Box]) -> Box:
    """Return the box around some."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _piles(faces: Sequence[_Face]) -> Iterator[tuple[int, Solid]]:
    """Yield rectangles, those of one size that lie over each other in equal steps as one."""
    left = sorted(faces, key=lambda each: each.place)
    while left:
        pile = [left.pop(0)]
        while True:
            following = next((each for each in left if _goes_on(pile, each)), None)
            if following is None:
                break
            pile.append(following)
            left.remove(following)
        if len(pile) >= LAYERS:
            yield pile[0].place, replace(_solid(pile[-1], pile[:-1]), faces=len(pile))
        else:
            yield from ((each.place, _solid(each, ())) for each in pile)


def _goes_on(pile: Sequence[_Face], face: _Face) -> bool:
    a, b = pile[-1].box, face.box
    wide, high = a[2] - a[0], a[3] - a[1]
    step = b[0] - a[0], b[1] - a[1]
    if abs(b[2] - b[0] - wide) > SLACK or abs(b[3] - b[1] - high) > SLACK:
        return False
    if not (0.5 < abs(step[0]) < 0.7 * wide and 0.5 < abs(step[1]) < 0.7 * high):
        return False
    before = (a[0] - pile[-2].box[0], a[1] - pile[-2].box[1]) if len(pile) > 1 else step
    return hypot(step[0] - before[0], step[1] - before[1]) < SLACK


def _with_windows(solids: Sequence[Solid]) -> list[Solid]:
    """Return volumes, those that are drawn in larger ones as the windows of these."""
    windows: dict[int, list[Box]] = {}
    inner: set[int] = set()
    for i, each in enumerate(solids):
        holders = [(other.size, j) for j, other in enumerate(solids) if j != i and _is_window(each, other)]
        if holders:
            inner.add(i)
            windows.setdefault(min(holders)[1], []).append(each.box)
    frames = {i for i in windows if not solids[i].deep and sum(solids[j].deep for j in inner) >= LAYERS}
    if frames:
        return _with_windows([each for i, each in enumerate(solids) if i not in frames])
    return [replace(each, windows=tuple(windows.get(i, ()))) for i, each in enumerate(solids) if i not in inner]


def _is_window(each: Solid, holder: Solid) -> bool:
    """Tell a small volume in a larger one; one that is nearly as high stands in front of it, or behind."""
    low = each.front[3] - each.front[1] < LOWER * (holder.front[3] - holder.front[1])
    low = low and not follows(holder, each)
    return low and each.size < SMALLER * holder.size and shared(each.box, holder.box) >= HELD * each.size


def shared(a: Box, b: Box) -> float:
    """Return the area that two boxes share."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0
