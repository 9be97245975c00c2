"""What may belong to a caption: the ink above, below or beside it, up to the running text, and how likely each is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from extract.pages.fields import Field
from extract.pages.labels import Label
from extract.pages.sheets import Box, Ink, runs_of

FIRST, FARTHEST = 48, 160
"""Points between a caption and what it belongs to at most, and where nothing is so close."""
FAR_OFF = 1.2
"""By how much a score is lower at most for such white."""
FIGURE_GAP, TABLE_GAP = 40, 20
"""Points of white within a figure, and within a table, at most."""
WIDE_GAP, DRAWN = 140, 0.25
"""Points of white at most in a figure that goes on beyond it, and the share of rows there at least with drawn ink."""
LESS = 0.1
"""How much less likely such a figure is without what it goes on with."""
BAR = 3
"""Points that a vertical rule is wide at most."""
LEAST = 14
"""Points of the shorter side of a figure or table at least."""


@dataclass(frozen=True)
class Proposal:
    """A region for a caption, on which side of it, with a score: below 0 it is unlikely, above 2 it is clear."""

    side: str
    box: Box
    score: float


def proposals(field: Field, label: Label) -> Iterator[Proposal]:
    """Yield what may belong to a caption; no two are the same."""
    near = list(_proposals(field, label, FIRST))
    yield from near or (_proposals(field, label, FARTHEST) if label.kind == "figure" else ())


def _proposals(field: Field, label: Label, far: int) -> Iterator[Proposal]:
    seen: list[Box] = []
    for box, side, less in _regions(field, label, far):
        if any(max(abs(a - b) for a, b in zip(box, each, strict=True)) < 3 for each in seen):
            continue
        seen.append(box)
        for rank, part in enumerate([box, *_halves(field, label, side, box), *_over(field, label, side, box)]):
            score = _score(field, label, side, part) - 0.1 * rank - less
            if score > 0:
                yield Proposal(side, part, score)


def _regions(field: Field, label: Label, far: int) -> Iterator[tuple[Box, str, float]]:
    """Yield the boxes of ink on the sides of a caption; for figures first those in which more is drawn farther off."""
    for side, span in _spans(field, label):
        near = _region(field, label, side, span, far, FIGURE_GAP if label.kind == "figure" else TABLE_GAP)
        if near is None:
            continue
        whole = _region(field, label, side, span, far, WIDE_GAP) if label.kind == "figure" else None
        if whole is not None and _goes_on(field, side, near, whole):
            yield whole, side, 0.0
            yield near, side, LESS
        else:
            yield near, side, 0.0


def _goes_on(field: Field, side: str, near: Box, whole: Box) -> bool:
    """Tell whether a region holds more that is drawn, and not written, beyond a part of it."""
    top, bottom = (whole[1], near[1]) if side == "above" else (near[3], whole[3])
    more = field.drawn[int(top) : int(bottom), int(whole[0]) : int(whole[2])]
    return side in ("above", "below") and bottom - top > LEAST and float(more.any(axis=1).mean()) > DRAWN


def _halves(field: Field, label: Label, side: str, box: Box) -> list[Box]:
    """Return the nearer parts of a region that lies between two captions, as each may have a part of it."""
    left, top, right, bottom = map(int, box)
    edge = top if side == "above" else bottom
    facing = [each.box for each in field.labels if each is not label and each.box[0] < right and each.box[2] > left]
    if side not in ("above", "below") or not any(
        abs(edge - (each[3] if side == "above" else each[1])) < FIRST for each in facing
    ):
        return []
    gaps = [(a, b) for a, b in runs_of(~field.content[top:bottom, left:right].any(axis=1)) if b - a >= 5]
    parts = []
    for start, end in sorted(gaps, key=lambda gap: gap[0] - gap[1])[:3]:
        first, last = (top + end, bottom) if side == "above" else (top, top + start)
        across = np.flatnonzero(field.content[first:last, left:right].any(axis=0))
        if last - first >= LEAST:
            parts.append((float(left + across[0]), float(first), float(left + across[-1] + 1), float(last)))
    return parts


def _over(field: Field, label: Label, side: str, box: Box) -> list[Box]:
    """Return the part of a region that stands over its caption, which is as narrow, with other things beside it."""
    if side not in ("above", "below") or len(label.lines) < 2:
        return []
    left, top, right, bottom = map(int, box)
    runs = runs_of(field.content[top:bottom, left:right].any(axis=0), 8)
    kept = [(a, b) for a, b in runs if left + a < label.box[2] and left + b - 1 > label.box[0]]
    if not kept or len(kept) == len(runs):
        return []
    x0, x1 = left + kept[0][0], left + kept[-1][1]
    rows = np.flatnonzero(field.content[top:bottom, x0:x1].any(axis=1))
    return [(float(x0), float(top + rows[0]), float(x1), float(top + rows[-1] + 1))]


def _spans(field: Field, label: Label) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield the sides of a caption, and how far across the page what stands there may reach."""
    x0, _, x1, _ = label.box
    gutters = _gutters(field)
    own = (
        max([0.0, *(x for x in gutters if x <= x0 + 2)]),
        min([float(field.width), *(x for x in gutters if x >= x1 - 2)]),
    )
    spans = [own]
    middle = (x0 + x1) / 2
    if own != (0.0, float(field.width)) and abs(middle - field.width / 2) < 0.03 * field.width:
        spans.append((0.0, float(field.width)))
    beside = _beside(field, label, own)
    if beside[0] > own[0] + 20 or beside[1] < own[1] - 20:
        spans.append(beside)
    for span in spans:
        yield "above", span
        yield "below", span
    if x1 - x0 < 0.62 * (own[1] - own[0]):
        yield "right", (x1 + 2, own[1])
        yield "left", (own[0], x0 - 2)


def _gutters(field: Field) -> list[float]:
    """Return the middles of the white between columns, and the edges of the page."""
    between = [(a[1] + b[0]) / 2 for a, b in zip(field.columns, field.columns[1:], strict=False)]
    return [0.0, *between, float(field.width)]


def _beside(field: Field, label: Label, span: tuple[float, float]) -> tuple[float, float]:
    """Return how far there is no running text to the left and right of a caption."""
    x0, top, x1, bottom = label.box
    level = [each for each in field.bounds if each[1] < bottom - 1 and each[3] > top + 1]
    left = max([span[0], *(each[2] + 2 for each in level if each[2] <= x0 + 2)])
    right = min([span[1], *(each[0] - 2 for each in level if each[0] >= x1 - 2)])
    return left, right


def _region(field: Field, label: Label, side: str, span: tuple[float, float], far: int, gap: int) -> Box | None:
    """Return the box of the ink on one side of a caption, that is not too far from it, up to a gap."""
    span = _cut(field, label, side, span)
    left, right = max(0, int(span[0])), min(field.width, int(span[1]) + 1)
    if right - left < LEAST:
        return None
    top, bottom = _reach(field, label, side, (left, right))
    if bottom - top < LEAST:
        return None
    part = field.content[top:bottom, left:right]
    rows: Ink = np.asarray(part.any(axis=1))
    if side in ("above", "below"):
        run = _run(rows if side == "below" else rows[::-1], gap, far)
        if run is None:
            return None
        first, last = run if side == "below" else (len(rows) - run[1], len(rows) - run[0])
    else:
        first, last = _around(rows, int(label.box[1]) - top, int(label.box[3]) - top, gap)
    across = np.flatnonzero(part[first:last].any(axis=0))
    if last - first < 8 or len(across) < LEAST:
        return None
    return float(left + across[0]), float(top + first), float(left + across[-1] + 1), float(top + last)


def _reach(field: Field, label: Label, side: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return how far up and down it is free from a caption to the running text and the next captions."""
    _, start, _, end = label.box
    others = [each.box for each in field.labels if each is not label]
    # A line that goes beyond the span belongs to what is wider, as a title.
    wider = [each for each in field.others if each[0] < span[0] - 12 or each[2] > span[1] + 12]
    blocks = [each for each in (*field.bounds, *wider, *others) if each[0] < span[1] - 3 and each[2] > span[0] + 3]
    middle = (start + end) / 2
    above = max([0.0, *(each[3] for each in blocks if (each[1] + each[3]) / 2 < middle)])
    below = min([float(field.height), *(each[1] for each in blocks if (each[1] + each[3]) / 2 > middle)])
    if side == "above":
        return int(above) + 1, int(start)
    if side == "below":
        return int(end) + 1, int(below)
    return int(above) + 1, int(below)


def _cut(field: Field, label: Label, side: str, span: tuple[float, float]) -> tuple[float, float]:
    """Return what a caption has of a span that it shares with captions beside it: up to the white between them."""
    left, right = span
    x0, start, x1, end = label.box
    for other in field.labels:
        a, top, b, bottom = other.box
        level = min(bottom, end) - max(top, start) > -30
        if other is label or not level or b < left or a > right or (a < x1 and x0 < b):
            continue
        white = _white(field, side, sorted((label.box, other.box)))
        if a >= x1 and side != "left":
            right = min(right, white)
        elif b <= x0 and side != "right":
            left = max(left, white)
    return left, right


def _white(field: Field, side: str, pair: Sequence[Box]) -> float:
    """Return the middle of the widest white between what two captions beside each other belong to."""
    (a0, top, a1, bottom), (b0, other_top, b1, other_bottom) = pair
    x0, x1 = int((a0 + a1) / 2), int((b0 + b1) / 2)
    if side == "below":
        strip = field.content[int(max(bottom, other_bottom)) : int(max(bottom, other_bottom)) + 60, x0:x1]
    else:
        strip = field.content[max(0, int(min(top, other_top)) - 60) : int(min(top, other_top)), x0:x1]
    widest = max(runs_of(~strip.any(axis=0)), key=lambda run: run[1] - run[0], default=None)
    return x0 + sum(widest) / 2 if widest else (a1 + b0) / 2


def _run(rows: Ink, gap: int, far: int) -> tuple[int, int] | None:
    """Return the first and behind the last of the rows with ink from a caption on, up to a wide gap."""
    first = next(iter(runs_of(rows, gap)), None)
    return first if first is not None and first[0] <= far else None


def _around(rows: Ink, start: int, end: int, gap: int) -> tuple[int, int]:
    """Return the rows with ink beside a caption, from the upper to the lower wide gap."""
    near = [(a, b) for a, b in runs_of(rows, gap) if a < end and b - 1 > start]
    return (near[0][0], near[-1][1]) if near else (0, 0)


def _score(field: Field, label: Label, side: str, box: Box) -> float:
    """Return how likely a region is that of a caption: figures are drawn, tables have letters and rules."""
    left, top, right, bottom = map(int, box)
    size = (right - left) * (bottom - top)
    drawn = field.drawn[top:bottom, left:right]
    content = field.content[top:bottom, left:right]
    across, down = drawn.any(axis=0).mean(), drawn.any(axis=1).mean()
    away = {
        "above": label.box[1] - bottom,
        "below": top - label.box[3],
        "right": left - label.box[2],
        "left": label.box[0] - right,
    }[side]
    score = min(1.0, size / 9000) - min(FAR_OFF, max(0.0, away - 10) / 40)
    if side in ("above", "below") and len(label.lines) > 1:
        score -= 2.0 * abs(left + right - label.box[0] - label.box[2]) / 2 / field.width
    text = (content & ~drawn).sum() / max(1, content.sum())
    if label.kind == "figure":
        score += 1.2 * min(1.0, 1.5 * float(min(across, down))) + (0.5 if side == "above" else 0.0)
        score -= 0.3 * (bottom - top < 30)
    else:
        rules = int((drawn.mean(axis=1) > 0.5).sum())
        score += 0.8 * (text > 0.25) + 0.15 * min(4, rules) - 1.0 * (text < 0.08)
        score += 0.2 if side == "below" else 0.0
    if side in ("left", "right"):
        return score - 0.6
    # What goes on beside its caption is cut off above or below it; vertical rules may begin there.
    if side == "above":
        cut_off = bool(field.content[bottom + 2 : bottom + 6, left:right].any())
    else:
        cut_off = any(b - a > BAR for a, b in runs_of(field.content[top - 6 : top - 2, left:right].any(axis=0)))
    return score - 1.6 * (cut_off and away < 6)
