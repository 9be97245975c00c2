"""What comes together where lines meet before a box: it is joined once, however many boxes take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extract.designs.assembly import Assembly
from extract.designs.fitting import by
from ir import layers as L
from ir.graph import Ref
from ir.shapes import Shape

LARGER = (L.Conv2DTranspose, L.Upsample2D, L.ResizeBilinear2D, L.Unpool2D)
"""Layers that make an image larger."""
Given = tuple[Ref, Shape]
"""What a layer gives."""


class Joints:
    """What was made of tensors that came together, to be taken where they do so again, alone or with others."""

    def __init__(self) -> None:
        self._made: dict[frozenset[Ref], Given] = {}
        self.stacks = False
        """Whether what comes to the next box is put behind each other."""

    def folded(self, refs: Sequence[Given]) -> list[Given]:
        """Return what leads to a box, with what was joined before in place of its parts, behind what comes directly."""
        left = list(refs)
        whole: list[Given] = []
        while known := [each for each in self._made if each <= {ref for ref, _ in left}]:
            most = max(known, key=len)
            whole.append(self._made[most])
            left = [each for each in left if each[0] not in most]
        return [*left, *whole]

    def _summed(self, to: Assembly, text: str, refs: Sequence[Given]) -> list[Given]:
        """Return what leads to a box, with the sum that a part was taken in before, where a shortcut begins there."""
        found = []
        for ref, shape in refs:
            sums = [
                made for parts, made in self._made.items() if ref in parts and not parts <= {each for each, _ in refs}
            ]
            if sums and sums[-1][1] == shape and sums[-1][0] != ref:
                to.ask(
                    f"{text!r}: does the shortcut begin before what is joined at {ref}, or behind it? behind is taken"
                )
                ref, shape = sums[-1]
            found.append((ref, shape))
        return found

    def join(self, to: Assembly, text: str, refs: Sequence[Given]) -> None:
        """Go to the sum of what leads to a box: as it is where all have one shape, or by a shortcut of another one."""
        if self.stacks and len({(len(shape), shape[2:]) for _, shape in refs}) == 1:
            to.ask(
                f"{text!r} is behind all {len(refs)} boxes before it: how are they joined? behind each other is taken, "
                "as in DenseNets"
            )
            to.add(L.Concat(), "concat", *(ref for ref, _ in refs))
            return
        parts = self.folded(self._summed(to, text, refs))
        to.go_to(*parts[0])
        if len({shape[2:] for _, shape in parts if len(shape) > 2}) == 1 and _is_from_below(to, parts):
            to.ask(
                f"{text!r} is behind {len(parts)} boxes: how are they joined? behind each other is taken, as in U-Nets"
            )
            to.add(L.Concat(), "concat", *(ref for ref, _ in parts))
        elif len(parts) > 1 and len({shape for _, shape in parts}) == 1:
            is_around = any(b.node in _led_by(to, a) - {a.node} for a, _ in parts for b, _ in parts)
            to.add(L.Add(), "add", *(ref for ref, _ in parts))
            if is_around:
                to.infer(f"{text!r} is behind {len(parts)} boxes: it takes their sum, as they give one shape")
            else:
                to.ask(f"{text!r} is behind {len(parts)} boxes: how are they joined? their sum is taken")
        elif len(parts) == 2 and any(steps := [_step(a[1], b[1]) for a, b in (parts, parts[::-1])]):
            (end, shape), (start, other) = parts if steps[0] else parts[::-1]
            sizes = " and ".join(by(each[1:]) for each in (shape, other))
            to.ask(
                f"{text!r} is behind 2 boxes, which give {sizes}: how are they joined? "
                "their sum is taken, with a convolution of 1 x 1 in the shortcut"
            )
            to.go_to(start, other)
            to.add(L.Conv2D(filters=shape[1], kernel=1, stride=max(steps), bias=False), "shortcut")
            to.add(L.Add(), "add", end, to.tip)
        elif len(parts) > 1:
            to.ask(f"{text!r} is behind {len(parts)} boxes: does it join them? the first is taken")
        self._made[frozenset(ref for ref, _ in refs)] = (to.tip, to.shape)


def stacked_on_all(parents: Mapping[int, Sequence[int]]) -> set[int]:
    """Return the boxes of dense blocks, each behind all those that the one before it is behind, and that one itself.

    There are three of them at least, one behind the other; the third is where it is told.

    >>> sorted(stacked_on_all({0: [], 1: [0], 2: [0, 1], 3: [0, 1, 2], 4: [3]})), stacked_on_all({1: [0], 2: [0, 1]})
    ([2, 3], set())
    """
    before = {
        i: next((each for each in own if {*own} == {*parents.get(each, ()), each} and parents.get(each)), None)
        for i, own in parents.items()
    }
    chains = {i: (i, j) for i, j in before.items() if j is not None and before.get(j) is not None}
    return {each for pair in chains.values() for each in pair if len(parents[each]) > 1}


def _is_from_below(to: Assembly, parts: Sequence[Given]) -> bool:
    """Tell images of which one was made larger on its own way, and another was not: it comes over from before."""
    behind = [_led_by(to, ref) for ref, _ in parts]
    shared = set.intersection(*behind)
    larger = {node.name for node in to.nodes if isinstance(node.layer, LARGER)}
    return len({bool(larger & own - shared) for own in behind}) > 1 and all(len(shape) == 4 for _, shape in parts)


def _led_by(to: Assembly, end: Ref) -> set[str]:
    """Return the names of the layers and inputs that lead to a tensor, its own among them."""
    found: set[str] = set()
    waiting = [end.node]
    nodes = {node.name: node for node in to.nodes}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [ref.node for ref in nodes[name].inputs] if name in nodes else []
    return found


def _step(end: Shape, start: Shape) -> int:
    """Return the step of a shortcut to images that are so many times as small, and no less deep; 0 for others."""
    sizes = [*end[1:], *start[1:]]
    if len(end) != 4 or len(start) != 4 or any(not isinstance(each, int) for each in sizes):
        return 0
    (channels, *space), (before, *given) = ([each or 0 for each in shape[1:]] for shape in (end, start))
    steps = {b // a if a and not b % a else 0 for a, b in zip(space, given, strict=True)}
    step = steps.pop()
    return step if not steps and step > 1 and channels >= before else 0
