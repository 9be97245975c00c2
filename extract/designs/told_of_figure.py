"""What the caption of a figure says of all its layers: what stands behind each convolution, as an activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.designs.box_lines import said_in
from extract.designs.loops import behind
from extract.designs.told import behind_all
from extract.drawings.drawn import DrawnLayer
from extract.words.families import FILTERED, JOINS
from extract.words.reading import Reading, leaves

_LEARNED = (*FILTERED, "dwconv", "sepconv", "dense")


def with_caption(
    layers: Sequence[DrawnLayer], edges: Sequence[tuple[int, int]], caption: str
) -> tuple[list[DrawnLayer], list[str]]:
    """Return layers of boxes with what their caption says that stands behind all of a kind, and what that is.

    Where boxes say it themselves it is drawn, and where they add what several give the last one before may have none.
    """
    said = [said_in(each.lines) if each.lines and not each.shows else [] for each in layers]
    own = {name for each in said for one in leaves(each) for name in (one.kind, *one.posts)}
    told = [each for each in behind_all(caption) if not (each.name or each.window or each.volumes or each.open)]
    told = [each for each in told if not each.ahead and not own & {*each.posts}]
    if not told or own & {*JOINS} - {"concat"}:
        return list(layers), []
    found = list(layers)
    posts: dict[str, None] = {}
    for i, readings in enumerate(said):
        if not readings or readings[-1].kind not in _LEARNED:
            continue
        final = not any(each.kind in _LEARNED for j in behind(i, edges) for each in said[j])
        kind = readings[-1].kind
        mine = [
            post for each in told if kind in each.kinds and not (final and (each.hidden or kind == "dense"))
            for post in each.posts
        ]  # fmt: skip
        if mine and (lines := _with(layers[i].lines, readings, mine)):
            found[i] = replace(layers[i], type=" ".join(lines), lines=lines)
            posts |= dict.fromkeys(mine)
    return found, list(posts)


def _with(lines: Sequence[str], readings: Sequence[Reading], posts: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of a box of one layer, or of one in each line, with what stands behind it; none for others."""
    if len(readings) == 1 and not readings[0].posts:
        return (*lines, *posts)
    single = len(readings) == len(lines) and all(len(said_in((line,))) == 1 for line in lines)
    if not single or any(each.posts or each.kind not in _LEARNED for each in readings):
        return ()
    return tuple(each for line in lines for each in (line, *posts))
