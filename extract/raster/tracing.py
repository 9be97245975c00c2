"""Follow lines from the heads of arrows back to the boxes they come from, over the points where lines meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot
from typing import Any

import numpy as np

from extract.arrows import Arrow
from extract.drawing import DrawingError
from extract.raster.heads import NEAR, Lines
from extract.raster.network import REACH, SHORT, End, Network, Way, go_on, go_over, go_past, go_under
from extract.raster.regions import Labels
from extract.raster.thinning import Piece, Pixel, pieces_of, thinned

MOST_MARKED = 2_000_000
"""Pixels of lines at most: 10,000 arrows' lengths of a hundred."""
MOST_PIECES = 10_000
"""Pieces of lines at most: more are no diagram."""
SPUR = 3
"""Pixels of a piece at most that leads from a line to nowhere and is no part of it."""
TIP = 14
"""Pixels from the end of a head, at most, to the box that it points to."""
FAR = 26
"""Pixels from the end of a line at a border, at most, to the middle of the head that it leads to."""
INTO = 0.85
"""The cosine between a line and the way on to the middle of its head at least."""
BEND = 1.0
"""Pixels by which a line may bend and be straight."""
ASIDE, ALONG = 3.0, 0.95
"""By how many pixels lines that end at a head are side by side at least, and the cosine between their ways."""
Places = tuple[Any, Any]
"""Columns and rows of pixels."""


def arrows_of(lines: Lines, zones: Labels) -> list[Arrow]:
    """Return the arrows of a picture: each from a box to the one that its head points to, as numbers from 0.

    Raises DrawingError where there are more lines than a diagram has.
    """
    places = _places(lines.heads)
    network = _traced(lines, zones, places)
    if stray := _stray(network, places, zones):
        lines = _without(lines, stray)
        places = {head: place for head, place in places.items() if head not in stray}
        network = _traced(lines, zones, places)
    by_head = _by_head(network)
    targets = {head: _target(places[head], ends, network, zones) for head, ends in by_head.items()}
    found = []
    for head, ends in by_head.items():
        target = targets[head]
        to = None if target is None else target - 1
        for end in ends:
            sources: list[tuple[int | None, list[Pixel]]] = []
            for far, way in network.sources(end):
                if source := network.boxes.get(far) or targets.get(network.touching.get(far, 0)):
                    sources.append((source - 1, way))
                elif end in network.heads and far not in network.touching:
                    sources.append((None, way))  # From a text, maybe.
            if not sources and end in network.heads:
                sources = [(None, _way_to(network, end))]  # From a text, maybe.
            found += [Arrow(_straightened(way), [start, to], heads=[False, True]) for start, way in sources]
    bare = [head for head in places if head not in by_head]
    between = (_between(places[head], zones) for head in bare)
    return [*found, *_without_heads(network), *(each for each in between if each is not None)]


def _traced(lines: Lines, zones: Labels, places: dict[int, Places]) -> Network:
    if int(np.count_nonzero(lines.strokes)) > MOST_MARKED:
        raise DrawingError("is too full of lines")
    pieces, points = pieces_of(thinned(lines.strokes))
    if len(pieces) > MOST_PIECES:
        raise DrawingError(f"has more than {MOST_PIECES} lines")
    return _network(pieces, points, lines, zones, places)


def _by_head(network: Network) -> dict[int, list[End]]:
    """Return the ends of lines at each head."""
    found: dict[int, list[End]] = {}
    for ends in (network.heads, network.beside):
        for end, head in ends.items():
            found.setdefault(head, []).append(end)
    return found


def _stray(network: Network, places: dict[int, Places], zones: Labels) -> set[int]:
    """Return the heads that are none: where lines meet that are so close that a head fits in.

    Those are far from any box, or at the one that all of the lines come from, for each has its head at the other end.
    """
    met: dict[int, dict[int, int]] = {}
    for (piece, at), head in network.touching.items():
        met.setdefault(head, {})[piece] = at
    ends = _by_head(network)
    several = {head: pieces for head, pieces in met.items() if len(pieces) > 1}

    def leaves(piece: int, at: int, head: int) -> bool:
        return network.heads.get((piece, 1 - at), head) != head

    fans = {head for head, pieces in several.items() if all(leaves(*each, head) for each in pieces.items())}
    return fans | {head for head in several if _target(places[head], ends.get(head, []), network, zones) is None}


def _without(lines: Lines, heads: set[int]) -> Lines:
    """Return lines in which some heads are parts of lines again."""
    import cv2

    marks = np.isin(lines.heads, list(heads)).astype(np.uint8)
    whole = lines.strokes | np.asarray(cv2.dilate(marks, np.ones((3, 3), np.uint8)), np.uint8)
    return replace(lines, strokes=whole.astype(np.uint8), heads=np.where(marks > 0, 0, lines.heads).astype(np.int32))


def _between(place: Places, zones: Labels) -> Arrow | None:
    """Return the arrow that is hardly more than a head: from the box behind it to the one before it."""
    columns, rows = place
    x, y = float(columns.mean()), float(rows.mean())
    dx, dy = _pointing(columns - x, rows - y)
    along = (columns - x) * dx + (rows - y) * dy
    tip, base = ((round(x + dx * far), round(y + dy * far)) for far in (float(along.max()), float(along.min())))
    source, target = _near(zones, base, TIP), _near(zones, tip, TIP)
    if not source or not target or source == target:
        return None
    return Arrow(
        [(float(base[0]), float(base[1])), (float(tip[0]), float(tip[1]))],
        [source - 1, target - 1],
        heads=[False, True],
    )


def _way_to(network: Network, end: End) -> list[Pixel]:
    """Return the pixels of a piece, the end that is meant last."""
    pixels = list(network.pieces[end[0]].pixels)
    return pixels if end[1] else pixels[::-1]


def _without_heads(network: Network) -> list[Arrow]:
    """Return the lines that lead from box to box without a head."""
    found = []
    for number, piece in enumerate(network.pieces):
        first, last = (network.boxes.get((number, at)) for at in (0, 1))
        if first and last and first != last and not any((number, at) in network.touching for at in (0, 1)):
            found.append(Arrow(_straightened(list(piece.pixels)), [first - 1, last - 1]))
    return found


def _straightened(way: Sequence[Pixel]) -> list[tuple[float, float]]:
    """Return a way by the points between which it is straight."""
    import cv2

    points = cv2.approxPolyDP(np.array(way, np.int32).reshape(-1, 1, 2), BEND, False).reshape(-1, 2)
    return [(float(x), float(y)) for x, y in (points if len(points) > 1 else way)]


@dataclass(frozen=True)
class _Placed:
    """A piece, and the box, the head and the point where lines meet that are at each of its ends, or 0."""

    piece: Piece
    boxes: list[int]
    heads: list[int]
    joints: list[int]

    @property
    def may_be_rest(self) -> bool:
        """Whether it is as short as what is left of a head, and where that is."""
        is_short = len(self.piece.pixels) < SHORT
        return is_short and any(self.heads) and all(self.heads[at] or self.boxes[at] for at in (0, 1))


def _placed(piece: Piece, points: Labels, lines: Lines, zones: Labels) -> _Placed:
    near = NEAR + round(lines.width)
    boxes, heads, joints = (
        [_near(layer, piece.end(at), reach) for at in (0, 1)]
        for layer, reach in ((zones, near), (lines.heads, near + 1), (points, 1))
    )
    return _Placed(piece, boxes, heads, _both(points, piece.pixels[0]) if len(piece.pixels) == 1 else joints)


def _network(pieces: list[Piece], points: Labels, lines: Lines, zones: Labels, places: dict[int, Places]) -> Network:
    network = Network([])
    found = [_placed(piece, points, lines, zones) for piece in pieces]
    meeting = {joint for each in found if not each.may_be_rest for joint in each.joints} - {0}
    for each in found:
        piece, number = each.piece, len(network.pieces)
        goes_on = (each.joints[at] in meeting and _is_end(piece, 1 - at, lines, zones, places) for at in (0, 1))
        if each.may_be_rest and not any(goes_on):
            continue
        is_alone = not any(each.boxes) and not any(each.heads) and len({*each.joints} - {0}) < 2
        if len(piece.pixels) <= SPUR and is_alone:
            continue
        network.pieces.append(piece)
        for at, (box, head, joint) in enumerate(zip(each.boxes, each.heads, each.joints, strict=True)):
            if head:
                network.touching[number, at] = head
            if head and _leads_into(piece, at, places[head]):
                network.heads[number, at] = head
            elif box:
                network.boxes[number, at] = box
            elif joint:
                network.joints[number, at] = joint
            elif by := head or _near(lines.heads, piece.end(at), TIP):
                network.beside[number, at] = by
    _along_borders(network, places)
    go_under(network)
    go_past(network)
    _one_of_all(network, places)
    _beside(network, zones, places)
    go_on(network)
    go_over(network)
    return network


def _is_end(piece: Piece, at: int, lines: Lines, zones: Labels, places: dict[int, Places]) -> bool:
    """Tell the end of a line, which leads into a head, or to a box that is nearer than any, from the rest of a head."""
    for reach in range(NEAR + round(lines.width) + 2):
        if head := _near(lines.heads, piece.end(at), reach):
            return _leads_into(piece, at, places[head])
        if _near(zones, piece.end(at), reach):
            return True
    return False


def _along_borders(network: Network, places: dict[int, Places]) -> None:
    """Let a line that ends at a border go on to the head right ahead of it, where no other line leads to that."""
    led = {*network.touching.values(), *network.beside.values()}
    for head, (columns, rows) in places.items():
        if head in led:
            continue
        x, y = float(columns.mean()), float(rows.mean())
        ahead = [
            (hypot(px - x, py - y), (piece, at))
            for piece, at in network.boxes
            for px, py in [network.pieces[piece].end(at)]
            if abs(px - x) < FAR and abs(py - y) < FAR and _leads_into(network.pieces[piece], at, places[head])
        ]
        if ahead:
            _, end = min(ahead)
            del network.boxes[end]
            network.heads[end] = network.touching[end] = head


def _beside(network: Network, zones: Labels, places: dict[int, Places]) -> None:
    """Leave at a head what ends beside it where no other line leads into it; else it comes from the box there."""
    own: dict[int, list[End]] = {}
    for end, head in network.heads.items():
        own.setdefault(head, []).append(end)
    for (piece, at), head in list(network.beside.items()):
        if head in own:
            del network.beside[piece, at]
            box = _near(zones, network.pieces[piece].end(at), TIP)
            if box := box or _target(places[head], own[head], network, zones) or 0:
                network.boxes[piece, at] = box


def _one_of_all(network: Network, places: dict[int, Places]) -> None:
    """Of lines that come to a head leave those in it that may end there, and the others beside it.

    Beside the one that leads to its middle are lines side by side with that, and those with a head at their other end.
    """
    ends_of: dict[int, list[End]] = {}
    for end, head in network.heads.items():
        ends_of.setdefault(head, []).append(end)
    for head, ends in ends_of.items():
        aside = {(piece, at): _aside(network.pieces[piece], at, places[head]) for piece, at in ends}
        own = min(aside, key=lambda end: aside[end])
        way = network.pieces[own[0]].direction(own[1], REACH)
        for piece, at in ends:
            other = network.pieces[piece].direction(at, REACH)
            along = way[0] * other[0] + way[1] * other[1] > ALONG
            is_led_away = (piece, at) != own and (piece, 1 - at) in network.heads
            if is_led_away or (along and aside[piece, at] > aside[own] + ASIDE):
                network.beside[piece, at] = network.heads.pop((piece, at))


def _aside(piece: Piece, at: int, head: Places) -> float:
    """Return how far a line, as it goes on, passes from the middle of a head."""
    x, y = piece.end(at)
    way = piece.direction(at, REACH)
    return abs((float(head[0].mean()) - x) * way[1] - (float(head[1].mean()) - y) * way[0])


def _leads_into(piece: Piece, at: int, head: Places) -> bool:
    """Tell a line that ends in the middle of a head's base from one that passes it."""
    x, y = piece.end(at)
    dx, dy = float(head[0].mean()) - x, float(head[1].mean()) - y
    way = piece.direction(at, REACH)
    return -(way[0] * dx + way[1] * dy) > INTO * hypot(dx, dy)


def _near(labels: Labels, place: Pixel, reach: int) -> int:
    """Return the label nearest to a pixel, or 0."""
    x, y = place
    left, top = max(0, x - reach), max(0, y - reach)
    part = labels[top : y + reach + 1, left : x + reach + 1]
    rows, columns = np.nonzero(part)
    if not len(rows):
        return 0
    best = int(np.argmin((rows + top - y) ** 2 + (columns + left - x) ** 2))
    return int(part[rows[best], columns[best]])


def _both(points: Labels, place: Pixel) -> list[int]:
    """Return the points at both ends of a piece of one pixel."""
    x, y = place
    around = [int(each) for each in np.unique(points[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]) if each]
    return [*around, 0, 0][:2]


def _target(place: Places, ends: Sequence[End], network: Network, zones: Labels) -> int | None:
    """Return the box that a head points to: away from the lines that end at it, else as it looks itself."""
    columns, rows = place
    x, y = float(columns.mean()), float(rows.mean())
    bases = [network.pieces[piece].end(at) for piece, at in ends if (piece, at) in network.heads]
    ways = [_pointing(columns - x, rows - y)]
    if bases:
        ways.insert(0, (x - sum(x for x, _ in bases) / len(bases), y - sum(y for _, y in bases) / len(bases)))
    for dx, dy in ways:
        length = hypot(dx, dy) or 1.0
        far = float(((columns - x) * dx + (rows - y) * dy).max()) / length
        if box := _near(zones, (round(x + dx / length * far), round(y + dy / length * far)), TIP):
            return box
    return None


def _pointing(across: Any, down: Any) -> Way:
    """Return the way in which a triangle points: along its longer axis, to the side where it is thinner."""
    spread = np.array([[(across * across).sum(), (across * down).sum()], [(across * down).sum(), (down * down).sum()]])
    x, y = np.linalg.eigh(spread)[1][:, 1]
    sign = 1.0 if ((across * x + down * y) ** 3).sum() > 0 else -1.0
    return float(sign * x), float(sign * y)


def _places(labels: Labels) -> dict[int, Places]:
    """Return the columns and rows of each label's pixels."""
    rows, columns = np.nonzero(labels)
    if not len(rows):
        return {}
    owners = labels[rows, columns]
    order = np.argsort(owners, kind="stable")
    names, starts = np.unique(owners[order], return_index=True)
    parts = zip(np.split(columns[order], starts[1:]), np.split(rows[order], starts[1:]), strict=True)
    return dict(zip(names.tolist(), parts, strict=True))
