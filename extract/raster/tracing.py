"""Follow lines from the heads of arrows back to the boxes they come from, over the points where lines meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import hypot

import numpy as np

from extract.drawings.arrows import Arrow
from extract.drawings.drawing import DrawingError
from extract.raster.flares import with_flares
from extract.raster.heads import NEAR, Lines
from extract.raster.network import REACH, SHORT, End, Network, go_on, go_over, go_past, go_through, go_under
from extract.raster.pointing import TIP, Places, between, places_of, target_of, tip_of
from extract.raster.regions import Labels
from extract.raster.sight import AHEAD, ahead, near
from extract.raster.spots import Mask
from extract.raster.thinning import Piece, Pixel, pieces_of, thinned

MOST_MARKED = 2_000_000
"""Pixels of lines at most: 10,000 arrows' lengths of a hundred."""
MOST_PIECES = 10_000
"""Pieces of lines at most: more are no diagram."""
SPUR = 3
"""Pixels of a piece at most that leads from a line to nowhere and is no part of it."""
LOOP = 42
"""Pixels of a line at least that leads from a box back to it: shorter ones are strokes of a head at it."""
FAR = 26
"""Pixels from the end of a line at a border, at most, to the middle of the head that it leads to."""
INTO = 0.85
"""The cosine between a line and the way on to the middle of its head at least."""
APART = 40
"""Pixels from the ends of a line at least to the box that two lines come from, and along that at most."""
BEND = 1.0
"""Pixels by which a line may bend and be straight."""
ASIDE, ALONG = 3.0, 0.95
"""By how many pixels lines that end at a head are side by side at least, and the cosine between their ways."""


def arrows_of(lines: Lines, zones: Labels) -> list[Arrow]:
    """Return the arrows of a picture: each from a box to the one that its head points to, as numbers from 0.

    Raises DrawingError where there are more lines than a diagram has.
    """
    places = places_of(lines.heads)
    network = _traced(lines, zones, places)
    if stray := _stray(network, places, zones):
        lines = _without(lines, stray)
        places = {head: place for head, place in places.items() if head not in stray}
        network = _traced(lines, zones, places)
    if (widened := with_flares(network, lines, zones)) is not None:
        lines, places = widened, places_of(widened.heads)
        network = _traced(lines, zones, places)
    by_head = _by_head(network)
    targets = {head: target_of(places[head], ends, network, zones, AHEAD) for head, ends in by_head.items()}
    led = {head: list(_led_to(head, places, network, lines, by_head, targets)) for head in by_head}
    crowded = {head for head, count in Counter(network.touching.values()).items() if count > 1}
    found = _with_both_heads([each for head, arrows in led.items() if head not in crowded for each in arrows])
    found += [each for head, arrows in led.items() if head in crowded for each in arrows]
    bare = [head for head in places if head not in by_head]
    found += _without_heads(network)
    joined = {frozenset(each.boxes) for each in found}
    alone = (between(places[head], zones) for head in bare)
    return [*found, *(each for each in alone if each is not None and frozenset(each.boxes) not in joined)]


def _led_to(
    head: int,
    places: dict[int, Places],
    network: Network,
    lines: Lines,
    by_head: dict[int, list[End]],
    targets: dict[int, int | None],
) -> Iterator[Arrow]:
    """Yield the arrows to a head, one for each box or text that a line into it comes from."""
    target = targets[head]
    to = None if target is None else target - 1
    for end in by_head[head]:
        sources: list[tuple[int | None, list[Pixel]]] = []
        for far, way in network.sources(end):
            if source := network.boxes.get(far) or _from_head(network, far, by_head, targets, target):
                sources.append((source - 1, way))
            elif end in network.heads and far not in network.touching:
                sources.append((None, way))  # From a text, maybe.
        if not sources and end in network.heads:
            sources = [(None, _way_to(network, end))]  # From a text, maybe.
        if to is None:  # What the tip is near to is told by the texts there.
            sources = [(start, [*way, tip_of(places[head], way[-1], lines.strokes)]) for start, way in sources]
        for start, way in sources:
            if start is None or start != to or len(way) > LOOP:
                yield Arrow(_straightened(way), [start, to], heads=[False, True])


def _from_head(
    network: Network, end: End, by_head: dict[int, list[End]], targets: dict[int, int | None], target: int | None
) -> int | None:
    """Return the box that a line comes from whose end is at a head: never the one that it leads to."""
    before = _before(network, end, by_head)
    if before and before != target:
        return before
    there = targets.get(network.touching.get(end, 0))
    return there if there != target else None


def _with_both_heads(arrows: Sequence[Arrow]) -> list[Arrow]:
    """Return arrows to heads that one line comes to, those along one line each way as one with heads at both ends."""
    found: dict[tuple[tuple[float, float], ...], Arrow] = {}
    for each in arrows:
        back = found.get(tuple(reversed(each.points)))
        if back is not None and back.boxes == each.boxes[::-1]:
            back.heads[0] = True
        else:
            found[tuple(each.points)] = each
    return list(found.values())


def _before(network: Network, end: End, by_head: dict[int, list[End]]) -> int | None:
    """Return the box that the line into a head comes from, where another line begins right behind that head."""
    x, y = network.pieces[end[0]].end(end[1])
    ends = [(each, network.pieces[each[0]].end(each[1])) for each in by_head.get(network.touching.get(end, 0), ())]
    led = (far for each, (a, b) in ends if hypot(a - x, b - y) < 2 * NEAR for far, _ in network.sources(each))
    return next((network.boxes[far] for far in led if far in network.boxes), None)


def _traced(lines: Lines, zones: Labels, places: dict[int, Places]) -> Network:
    if int(np.count_nonzero(lines.strokes)) > MOST_MARKED:
        raise DrawingError("is too full of lines")
    pieces, points = pieces_of(thinned(lines.strokes))
    if len(pieces) > MOST_PIECES:
        raise DrawingError(f"has more than {MOST_PIECES} lines")
    parts = [part for piece in pieces for part in _from_one_place(piece, lines, zones)]
    return _network(parts, points, lines, zones, places)


def _from_one_place(piece: Piece, lines: Lines, zones: Labels) -> list[Piece]:
    """Return the two lines to heads that begin at one place of a box, where a piece is both; else the piece."""
    close, pixels = NEAR + round(lines.width), piece.pixels
    if len(pixels) < 2 * APART or not all(near(lines.heads, piece.end(at), close + 1) for at in (0, 1)):
        return [piece]
    at_box = [i for i in range(APART, len(pixels) - APART) if near(zones, pixels[i], close)]
    if not at_box or at_box[-1] - at_box[0] > APART:
        return [piece]
    cut = (at_box[0] + at_box[-1]) // 2
    return [Piece(pixels[: cut + 1]), Piece(pixels[cut:])]


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
        if len(network.pieces[piece].pixels) >= SHORT:  # Less is left of a tip.
            met.setdefault(head, {})[piece] = at
    ends = _by_head(network)
    several = {head: pieces for head, pieces in met.items() if len(pieces) > 1}

    def leaves(piece: int, at: int, head: int) -> bool:
        return network.heads.get((piece, 1 - at), head) != head

    fans = {head for head, pieces in several.items() if all(leaves(*each, head) for each in pieces.items())}
    return fans | {head for head in several if target_of(places[head], ends.get(head, []), network, zones) is None}


def _without(lines: Lines, heads: set[int]) -> Lines:
    """Return lines in which some heads are parts of lines again."""
    import cv2

    marks = np.isin(lines.heads, list(heads)).astype(np.uint8)
    whole = lines.strokes | np.asarray(cv2.dilate(marks, np.ones((3, 3), np.uint8)), np.uint8)
    return replace(lines, strokes=whole.astype(np.uint8), heads=np.where(marks > 0, 0, lines.heads).astype(np.int32))


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
    close = NEAR + round(lines.width)
    boxes, heads, joints = (
        [near(layer, piece.end(at), reach) for at in (0, 1)]
        for layer, reach in ((zones, close), (lines.heads, close + 1), (points, 1))
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
            elif by := head or near(lines.heads, piece.end(at), TIP):
                network.beside[number, at] = by
    _along_borders(network, places)
    go_under(network)
    go_past(network)
    _one_of_all(network, places)
    _beside(network, zones, places)
    go_on(network)
    go_over(network)
    go_through(network, lines.letters)
    _up_to_boxes(network, zones, lines.letters)
    return network


def _is_end(piece: Piece, at: int, lines: Lines, zones: Labels, places: dict[int, Places]) -> bool:
    """Tell the end of a line, which leads into a head, or to a box that is nearer than any, from the rest of a head."""
    for reach in range(NEAR + round(lines.width) + 2):
        if head := near(lines.heads, piece.end(at), reach):
            return _leads_into(piece, at, places[head])
        if near(zones, piece.end(at), reach):
            return True
    return False


def _up_to_boxes(network: Network, zones: Labels, letters: Mask) -> None:
    """Let lines that end at nothing reach the boxes straight ahead of them, if no letters are between."""
    seen = np.where(letters > 0, -1, zones)
    for end in network.loose():
        dx, dy = network.pieces[end[0]].direction(end[1], REACH)
        if (box := ahead(seen, network.pieces[end[0]].end(end[1]), (-dx, -dy))) > 0:
            network.boxes[end] = box


def _along_borders(network: Network, places: dict[int, Places]) -> None:
    """Let a line that ends at a border go on to the head right ahead of it, where no other line leads to that.

    So does one that comes down to the side of a head from another box: Graphviz has it so where an elbow is short.
    """
    taken = {*network.heads.values(), *network.beside.values()}
    touching = Counter(network.touching.values())
    for (piece, at), head in network.touching.items():
        box, far = network.boxes.get((piece, at)), network.boxes.get((piece, 1 - at))
        if touching[head] == 1 and head not in taken and box and far and box != far:
            del network.boxes[piece, at]
            network.heads[piece, at] = head
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
    """Leave at a head what ends beside it where no other line leads into it; else it comes from the box there.

    A line as short as that which is the one that leads into the head comes from what is ahead of it.
    """
    own: dict[int, list[End]] = {}
    for end, head in network.heads.items():
        own.setdefault(head, []).append(end)
    for (piece, at), head in list(network.beside.items()):
        if head in own:
            del network.beside[piece, at]
            if own[head] == [(piece, 1 - at)]:
                continue
            place, (dx, dy) = network.pieces[piece].end(at), network.pieces[piece].direction(at, REACH)
            box = ahead(zones, place, (-dx, -dy)) or near(zones, place, TIP)
            if box := box or target_of(places[head], own[head], network, zones) or 0:
                network.boxes[piece, at] = box


def _one_of_all(network: Network, places: dict[int, Places]) -> None:
    """Of lines that come to a head leave those in it that may end there, and the others beside it.

    Beside the one that leads to its middle are lines side by side with that, but those that come from a box, and have
    no other head, and those with a head at their other end.
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
            along = way[0] * other[0] + way[1] * other[1] > ALONG and (piece, 1 - at) not in network.boxes
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


def _both(points: Labels, place: Pixel) -> list[int]:
    """Return the points at both ends of a piece of one pixel."""
    x, y = place
    around = [int(each) for each in np.unique(points[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2]) if each]
    return [*around, 0, 0][:2]
