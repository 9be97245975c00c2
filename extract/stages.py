"""Designs that are drawn as volumes: which comes behind which, and how large each is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import hypot

from extract.captions import block_of, edge_of
from extract.compounds import blocks
from extract.contacts import is_cuboid, touch
from extract.drawing import Colour
from extract.legends import Legend
from extract.notes import Note
from extract.signatures import LARGEST_KERNEL
from extract.solids import Solid, around

FAR = 4.0
"""How far what is said of a volume is from it at most, as a share of its size."""
AT_WINDOW = 0.8
"""How far the number of a window is from it at most, as a share of its size."""
ABOVE, BELOW = 5.0, 8.0
"""How far above and below a row of volumes stands what is done between them, as a share of its size."""
NARROW = 0.4
"""How wide what shows a vector is at most, as a share of its height."""
TOUCHING = 2.0
"""Points between bars at most that touch."""
ALIKE = 0.1
"""By how much the heights of volumes differ that are of one size."""
BEAM = 0.35
"""How wide and high the front of a beam is at most, as shares of all of it."""
COLOURS = 4
"""Channels of an image at most."""
BLOCKS = ("resblock", "bottleneck", "inception", "fire", "dense_block", "mbconv")
"""What is made of several layers, and gives as many channels as are said of it."""
_NUMBERED = re.compile(r"(?:layer|stage|block|level)s? ?\d+|output", re.IGNORECASE)
"""What says no more of a volume than which it is."""
_TITLE = re.compile(r"\bnet(?:work)?s?\b|\barchitecture|\bencoder|\bdecoder|\bmodules?\b|\bstages?\b", re.IGNORECASE)
"""What names a part of a design, and no layer."""


@dataclass
class Volume:
    """A volume, what is said of it, and the layers that are named in front of it.

    `inside` are the numbers at the windows that are drawn in it, and `copies` how often it is drawn, in rows.
    """

    solid: Solid
    said: list[Note] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    before: list[Note] = field(default_factory=list)
    copies: int = 1
    space: tuple[int, ...] = ()
    channels: int | None = None
    is_vector: bool = False
    meaning: Note | None = None
    """What its colour stands for."""
    called: str = ""
    """The name below it, where that says no layer that is known."""
    guessed: str = ""
    """The name of another volume that is taken for its own, as it has its colour."""
    becomes: str = ""
    """What it is taken for where it says nothing: what makes images smaller, or larger."""

    @property
    def text(self) -> str:
        """What is written at it, without the layers."""
        return self.solid.sign or " ".join(each.text for each in self.said)

    @property
    def high(self) -> float:
        """How high the face in front is."""
        return self.solid.front[3] - self.solid.front[1]


def volumes_of(solids: Sequence[Solid], notes: Sequence[Note], legend: Legend) -> tuple[list[Volume], list[Note]]:
    """Return volumes from left to right, with what is said of them, and what is said behind the last.

    A plain bar is one where something is said of it.
    """
    ordered = sorted(solids, key=lambda each: (_along(each), each.front[1]))
    found = [Volume(each, meaning=legend.of(each.colours)) for each in ordered]
    doing = _attach(found, notes) if found else []
    found = _whole(found)
    found = [
        each
        for each in found
        if each.solid.deep or each.said or each.meaning or each.solid.sign or _is_named(each, doing)
    ]
    behind = _attach_layers(found, doing) if found else []
    if not found:
        return [], []
    for each in found:
        _measure(each)
    _go_on_as_vectors(found)
    if not any(len(each.space) == 2 and not each.solid.deep for each in found):
        deep = [i for i, each in enumerate(found) if each.solid.deep and each.channels]
        first, last = (deep[0], deep[-1]) if deep else (0, -1)
        for i, each in enumerate(found):
            large = i < first and (each.channels or 0) > COLOURS
            each.is_vector = each.is_vector or ((large or i > last) and _shows_vector(each))
    _guess(found)
    merged = _merged(found)
    if legend.meanings:
        _share(merged)
    return merged, behind


def _go_on_as_vectors(volumes: Sequence[Volume]) -> None:
    """Take cuboids behind vectors that have nothing but a number along their side for vectors too."""
    for before, each in pairwise(volumes):
        numbers = {note.number for note in each.said}
        if (
            before.is_vector
            and is_cuboid(each.solid)
            and each.channels is None
            and len(numbers) == 1
            and None not in numbers
        ):
            each.channels, each.space, each.is_vector = max(each.space, default=None), (), True


def _along(solid: Solid) -> float:
    """Return how far to the right the middle of a volume is, of a cuboid that of its body: others stand before it."""
    return solid.front[0] + solid.front[2] + (solid.box[2] - solid.front[2] if is_cuboid(solid) else 0.0)


def _attach(volumes: Sequence[Volume], notes: Sequence[Note]) -> list[Note]:
    """Give each volume what is said of it; return what says which layers are between them."""
    top, bottom = (pick(each.solid.box[i] for each in volumes) for pick, i in ((min, 1), (max, 3)))
    solids = [each.solid for each in volumes]
    drawn_as_one = blocks(solids)
    doing: list[Note] = []
    for note in notes:
        held = _at_window(note, volumes)
        if held is not None:
            held.inside.append(note.number or note.space[0])
        elif note.space or _is_counted(note):
            at_edge = edge_of(note, solids)
            away, place = min((_away(note, each.solid), i) for i, each in enumerate(volumes))
            if at_edge is not None or away[0] < FAR * note.size:
                place = place if at_edge is None else at_edge
                volumes[place].said.append(note)
                volumes[place].before += [note] if note.layers or note.attributes else []
        elif (note.layers and not _is_place(note)) or note.attributes:
            level = top - ABOVE * note.size < note.box[3] and note.box[1] < bottom + BELOW * note.size
            doing += [note] if level and not _TITLE.search(note.text) else []
        elif re.search(r"[A-Za-z]{2}", note.text) and not _NUMBERED.fullmatch(note.text):
            for i in block_of(note, solids, drawn_as_one):
                volumes[i].called = f"{volumes[i].called} {note.text}".strip()
    for each in volumes:
        _without_sides(each)
    _share_sides(volumes)
    return doing


def _is_place(note: Note) -> bool:
    """Tell the narrowest place of a net from the block of others that is called so."""
    return note.text.strip().lower() == "bottleneck"


def _is_below(note: Note, solid: Solid) -> bool:
    """Tell a text right above or below a volume."""
    return solid.box[0] < note.middle[0] < solid.box[2]


def _whole(volumes: Sequence[Volume]) -> list[Volume]:
    """Return volumes, of bars that touch, are as high, and have one size between them, one: the parts of it."""
    found: list[Volume] = []
    for each in volumes:
        before = next((other for other in reversed(found) if _are_parts(other, each)), None)
        if before is None:
            found.append(each)
        else:
            box = around([before.solid.box, each.solid.box])
            before.solid = replace(before.solid, box=box, front=box)
            before.said += each.said
            before.before += each.before
    return found


def _are_parts(a: Volume, b: Volume) -> bool:
    first, second = a.solid.box, b.solid.box
    touching = abs(second[0] - first[2]) < TOUCHING and max(abs(first[1] - second[1]), abs(first[3] - second[3])) < 2
    said = [*a.said, *b.said]
    widths = sum(bool(each.number or each.channels or each.units) for each in said)
    return touching and not (a.solid.deep or b.solid.deep) and widths < 2 and sum(bool(each.space) for each in said) < 2


def _without_sides(volume: Volume) -> None:
    """Take away numbers at windows of several sizes that are sides of the volume, and stand there too."""
    sides = {each.number for each in volume.said} & set(volume.inside)
    if len(set(volume.inside)) > 1:
        volume.inside = [each for each in volume.inside if each not in sides]


def _is_named(volume: Volume, doing: Sequence[Note]) -> bool:
    """Tell a plain bar above or below which a layer is named."""
    left, _, right, _ = volume.solid.box
    return any(
        left < note.middle[0] < right and _between(note.box, volume.solid.box) < FAR * note.size for note in doing
    )


def _attach_layers(volumes: Sequence[Volume], doing: Sequence[Note]) -> list[Note]:
    """Give each volume the layers that are named on the way to it; return what is said behind the last."""
    behind: list[Note] = []
    solids = [each.solid for each in volumes]
    drawn_as_one = blocks(solids)
    for note in doing:
        if below := block_of(note, solids, drawn_as_one):
            for i in below:
                volumes[i].before.append(note)
            continue
        following = next((each for each in volumes if note.middle[0] < each.solid.front[2]), None)
        (behind if following is None else following.before).append(note)
    return behind


def _share_sides(volumes: Sequence[Volume]) -> None:
    """Give all cuboids that are drawn as one what stands along the slanted edge of the last of them."""
    for block in blocks([each.solid for each in volumes]):
        sides = [note for i in block for note in volumes[i].said if note.slanted]
        for i in block:
            volumes[i].said += [each for each in sides[-1:] if not any(note.slanted for note in volumes[i].said)]


def _of_colour(volumes: Sequence[Volume]) -> None:
    """Take cuboids without a name for blocks of those before them that have their colour, and a name."""
    named: dict[Colour, Note] = {}
    plain: set[Colour] = set()
    for each in volumes:
        colour = each.solid.colours[0] if each.solid.colours and is_cuboid(each.solid) else None
        notes = [note for note in each.before if note.layers]
        if colour is None or each.meaning:
            continue
        if notes or each.called:
            named.pop(colour, None)
            if colour in plain:
                continue
            blocked = [note for note in notes if any(reading.kind in BLOCKS for reading in note.layers)]
            named |= dict.fromkeys((colour,), blocked[0]) if blocked else {}
        elif colour in named and each.channels:
            each.before.append(named[colour])
            each.guessed = named[colour].text
        if colour not in named:
            plain.add(colour)


def _shrinks(volumes: Sequence[Volume], at: int) -> bool:
    """Tell whether the next volume that says something is smaller, or a vector, and none in front of it pools."""
    following = next((each for each in volumes[at + 1 :] if each.said or each.before or each.called), None)
    if following is None:
        return False
    pools = any("pool" in reading.kind for note in following.before for reading in note.layers)
    sizes = volumes[at - 1].space, following.space
    smaller = sizes[1][0] < sizes[0][0] if all(sizes) else following.high < volumes[at].high
    return not pools and (smaller or following.is_vector)


def _guess(volumes: Sequence[Volume]) -> None:
    """Tell what volumes are taken for that say nothing and have a colour of their own, by those around them."""
    _of_colour(volumes)
    told = [i for i, each in enumerate(volumes) if each.solid.deep and (each.said or each.before)]
    known = {each.solid.colours[0] for each in (volumes[i] for i in told) if each.solid.colours}
    for i, each in enumerate(volumes):
        silent = is_cuboid(each.solid) and not (each.said or each.before or each.meaning or each.inside or each.called)
        before, after = [j for j in told if j < i], [j for j in told if j > i]
        if not silent or not before or not each.solid.colours or each.solid.colours[0] in known:
            continue
        if (
            touch(volumes[i - 1].solid, each.solid)
            and abs(volumes[i - 1].high - each.high) < 2
            and not _shrinks(volumes, i)
        ):
            each.becomes = "nothing"
            each.channels, each.space = volumes[i - 1].channels, volumes[i - 1].space
        if each.becomes or not after:
            continue
        first, last = volumes[before[-1]], volumes[after[0]]
        grows = last.high / first.high
        if abs(grows - 1) < ALIKE / 3 and first.space and last.space:
            grows = last.space[0] / first.space[0]
        each.becomes = "maxpool" if last.is_vector or grows < 1 else "upsample" if grows > 1 else ""
        if each.becomes:
            each.channels, each.space = first.channels, () if last.is_vector else last.space


def _is_counted(note: Note) -> bool:
    return any(each is not None for each in (note.number, note.channels, note.units))


def _at_window(note: Note, volumes: Sequence[Volume]) -> Volume | None:
    """Return the volume at whose window a small number, or a size, stands."""
    side = note.number or (note.space[0] if len(set(note.space)) == 1 and note.channels is None else 0)
    if not 0 < side <= LARGEST_KERNEL:
        return None
    near = [
        (away, i)
        for i, each in enumerate(volumes)
        for window in each.solid.windows
        if (away := _between(note.box, window)) < AT_WINDOW * note.size
    ]
    return volumes[min(near)[1]] if near else None


def _between(a: Sequence[float], b: Sequence[float]) -> float:
    """Return how far boxes are from each other."""
    return hypot(max(0.0, a[0] - b[2], b[0] - a[2]), max(0.0, a[1] - b[3], b[1] - a[3]))


def _away(note: Note, solid: Solid) -> tuple[float, float]:
    """Return how far a text is from a volume, nearer where it is above or below, and from the middle of its front."""
    x, y = (solid.front[0] + solid.front[2]) / 2, (solid.front[1] + solid.front[3]) / 2
    away = _between(note.box, solid.box)
    return away / 3 if _is_below(note, solid) else away, hypot(note.middle[0] - x, note.middle[1] - y)


def _measure(volume: Volume) -> None:
    """Find how large a volume is by what is written at it: two numbers that are alike are its height and width."""
    said = [each for each in volume.said if not (volume.meaning and (each.channels or COLOURS + 1) <= COLOURS)]
    volume.space = next((each.space for each in said if each.space), ())
    volume.channels = next((each.channels for each in said if each.channels), None)
    units = next((each.units for each in said if each.units), None)
    if units:
        volume.channels, volume.is_vector = units, True
    numbers = [each for each in said if each.number]
    if is_cuboid(volume.solid) and [each.slanted for each in numbers].count(True) == 1 and len(numbers) == 2:
        side, below = sorted(numbers, key=lambda each: not each.slanted)
        volume.space = volume.space or ((side.number or 0,) * 2)
        volume.channels = volume.channels or below.number
    counts = Counter(each.number for each in numbers)
    twice = [number for number, count in counts.items() if number and count > 1]
    if not volume.space and twice and len(counts) <= 2:
        volume.space = (twice[0],) * 2
    elif not volume.space and twice:
        volume.space = (max(twice),) * 2  # What else stands there twice, and is small, is the size of a window.
        volume.inside += [number for number in twice if number <= LARGEST_KERNEL and number != max(twice)]
        numbers = [each for each in numbers if each.number not in volume.inside]
    elif not volume.space and len(numbers) == 3:
        *space, _ = sorted(numbers, key=lambda each: each.middle[1])
        volume.space = tuple(each.number or 0 for each in space)
    elif not volume.space and len(counts) == 2:
        # The lower one is how many channels there are: it stands at the edge that goes along them.
        high = min(numbers, key=lambda each: (not each.slanted, each.middle[1]))
        volume.space = (high.number or 0,) * 2
    if volume.channels is None:
        rest = [each for each in numbers if each.number not in volume.space]
        volume.channels = max(rest, key=lambda each: each.middle[1]).number if rest else None
    if len(volume.space) == 2 and 1 in volume.space and volume.channels is None and not volume.solid.deep:
        volume.channels, volume.space, volume.is_vector = max(volume.space), (), True  # 1 x 64 are so many units.
    volume.is_vector = volume.is_vector or set(volume.space) == {1}
    if (
        numbers
        and is_cuboid(volume.solid)
        and not any(each.space for each in said)
        and (_is_beam(volume.solid) or (not twice and _is_dense(volume)))
    ):
        most = max(each.number or 0 for each in numbers)
        volume.channels, volume.space, volume.is_vector = most if most > 1 else None, (), True
    elif is_cuboid(volume.solid) and len(numbers) == 1 and numbers[0].slanted and not volume.space:
        volume.channels, volume.space = None, (numbers[0].number or 0,) * 2


def _is_dense(volume: Volume) -> bool:
    return any(each.kind in ("dense", "flatten") for note in volume.before for each in note.layers)


def _is_beam(solid: Solid) -> bool:
    """Tell a cuboid that is long along the way back alone, as vectors are drawn."""
    (left, top, right, bottom), (x0, y0, x1, y1) = solid.front, solid.box
    return right - left < BEAM * (x1 - x0) and bottom - top < BEAM * (y1 - y0)


def _shows_vector(volume: Volume) -> bool:
    left, top, right, bottom = volume.solid.box
    slender = min(right - left, bottom - top) < NARROW * max(right - left, bottom - top)
    return not volume.solid.deep and slender and not volume.space and volume.channels is not None


def _merged(volumes: Sequence[Volume]) -> list[Volume]:
    """Return volumes of which those that stand below each other and are alike are one.

    Where the first is drawn once, these are parts, and the one has the channels of all.
    """
    found: list[Volume] = []
    for each in volumes:
        twin = next((other for other in found if _are_twins(other, each)), None)
        if twin is None:
            found.append(each)
            continue
        twin.copies += 1
        twin.space, twin.channels = twin.space or each.space, twin.channels or each.channels
        twin.before += each.before
        twin.inside += each.inside
    halves = found[0].copies < max(each.copies for each in found)  # Of nets that are drawn twice, each is one.
    for each in found:
        each.channels = each.channels * (each.copies if halves else 1) if each.channels else None
    return found


def _are_twins(a: Volume, b: Volume) -> bool:
    first, second = a.solid.front, b.solid.front
    wide = min(first[2] - first[0], second[2] - second[0])
    beside = min(first[2], second[2]) - max(first[0], second[0]) > 0.6 * wide
    apart = max(first[1], second[1]) > min(first[3], second[3])
    alike = all(abs((first[i + 2] - first[i]) - (second[i + 2] - second[i])) < 2.0 for i in (0, 1))
    return beside and apart and alike and a.solid.deep == b.solid.deep and len({a.channels, b.channels} - {None}) < 2


def _share(volumes: Sequence[Volume]) -> None:
    """Give the size that is said of one volume to those that are as high, and its channels to those of its colour."""
    said = [each for each in volumes if each.space or each.channels]
    known = [(each, each.space, each.channels) for each in said]
    for place, each in enumerate(volumes):
        alike = [told for told in known if abs(told[0].high - each.high) < ALIKE * max(told[0].high, each.high)]
        near = sorted(alike, key=lambda told: abs(volumes.index(told[0]) - place))
        each.space = next((space for _, space, _ in near if space), each.space)
        same = [told for told in near if told[0].meaning is each.meaning and told[2]]
        pooled = any("pool" in reading.kind for reading in each.meaning.layers) if each.meaning else False
        each.channels = None if pooled else same[0][2] if same else each.channels
        each.is_vector = each.is_vector or set(each.space) == {1}
