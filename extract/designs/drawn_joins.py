"""What joins tensors in a drawing, and what is drawn of which nobody knows what it is."""

from __future__ import annotations

from collections.abc import Sequence

from extract.designs.assembly import Assembly
from extract.words.families import JOINS
from ir import layers as L
from ir.graph import Ref
from ir.shapes import Shape


def join(to: Assembly, kind: str, refs: Sequence[tuple[Ref, Shape]]) -> None:
    """Add what joins tensors; a product of an image and a number for each channel scales the image."""
    ranks = {len(shape) for _, shape in refs}
    if kind == "multiply" and len(refs) == 2 and ranks == {2, 4}:
        image, factors = sorted(refs, key=lambda each: -len(each[1]))
        to.add(L.ScaleBy(axis=0), "scale", image[0], factors[0])
        return
    if kind == "concat" and ranks == {2, 4}:
        refs = [_flat(to, *each) for each in refs]
    join = L.Concat(axis=_apart(refs)) if kind == "concat" and ranks == {3} else JOINS[kind]
    to.add(join, kind, *(ref for ref, _ in refs))


def _flat(to: Assembly, ref: Ref, shape: Shape) -> tuple[Ref, Shape]:
    """Return the vector of an image that is pooled to one pixel, and other tensors as they are."""
    if set(shape[2:]) == {1}:
        to.add(L.Flatten(), "flatten", ref)
        return to.tip, to.shape
    return ref, shape


def _apart(refs: Sequence[tuple[Ref, Shape]]) -> int:
    """Return the axis along which sequences are joined: that along which they differ, or their last."""
    differ = [axis for axis in (1, 2) if len({shape[axis] for _, shape in refs}) > 1]
    return differ[0] if len(differ) == 1 else 2


def cropped(to: Assembly, refs: Sequence[tuple[Ref, Shape]]) -> list[tuple[Ref, Shape]]:
    """Return images cut about their middles to the size of the smallest."""
    if {len(shape) for _, shape in refs} != {4} or any(None in shape[2:] for _, shape in refs):
        return list(refs)
    least = min(refs, key=lambda each: [size or 0 for size in each[1][2:]])
    found = []
    for ref, shape in refs:
        offset = [((a or 0) - (b or 0)) // 2 for a, b in zip(shape[2:], least[1][2:], strict=True)]
        if any(offset):
            to.add(L.Crop(offset=tuple(offset)), "crop", ref, least[0])
            ref, shape = to.tip, to.shape
        found.append((ref, shape))
    return found


def custom(to: Assembly, name: str, refs: Sequence[tuple[Ref, Shape]]) -> None:
    """Add what nobody knows, which takes all that leads to it and gives what is like the first of it."""
    sizes = ((-1, *(size or -1 for size in to.shape[1:])),)
    to.add(L.Custom(type=name or "box", sizes=sizes), "box", *(ref for ref, _ in refs))
