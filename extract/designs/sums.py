"""What a table prints of a layer, sizes and numbers of parameters, held to what was built: what differs is asked."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from extract.designs.assembly import Assembly
from extract.words.families import RECURRENT
from extract.words.reading import Reading
from ir.graph import Node
from ir.layer import ShapeError
from ir.shapes import Shape

UNLEARNED = frozenset(("maxpool", "avgpool", "pool", "gavgpool", "gmaxpool", "dropout", "flatten"))


def compare(to: Assembly, reading: Reading, before: int) -> None:
    """Ask where the output or the parameters that are printed are others than those of the nodes behind `before`."""
    output = reading.params.get("output", ())
    flat = reading.kind == "flatten" and prod(output) == prod(each or 0 for each in to.shape[1:])
    flat |= reading.kind == "dense" and {*output} == {1} and len(output) > 1  # Of one pixel, whatever its features.
    flat |= reading.kind in RECURRENT and output == to.shape[1:2]  # So many steps.
    if output and not flat and not is_printed(to.shape, output):
        channels, *space = to.shape[1:]
        last = len(output) == len(space) + 1 and output[0] != channels  # As the table has them.
        given = " x ".join(map(str, [*space, channels] if last else to.shape[1:]))
        size = " x ".join(map(str, output))
        to.misfit(f"{reading.text or reading.kind!r} gives {given}, but {size} is printed: how is it meant?")
        return
    count = reading.params.get("count")
    if not count:
        return
    built = [learned(to, node) for node in to.nodes[before:]]
    known = [each for each in built if each is not None]
    made, kept = sum(each[0] for each in known), sum(each[1] for each in known)
    learns = kept > 0 or reading.kind not in UNLEARNED  # Else the number is one for several rows.
    if len(known) == len(built) and count not in (made, kept) and learns:
        to.ask(f"{reading.text or reading.kind!r} has {made:,} parameters, but {count:,} are printed: how is it meant?")


def is_printed(shape: Shape, output: Sequence[int]) -> bool:
    """Tell whether a printed size may be that of a tensor: with its channels first or last, or without them.

    >>> is_printed((None, 64, 56, 56), (56, 56)), is_printed((None, 64, 1, 1), (64,)), is_printed((None, 10), (4, 4))
    (True, True, False)
    >>> is_printed((None, 128, 7, 7), (6272,))
    True
    """
    sizes = list(shape[1:])
    if None in sizes:
        return True
    channels, *space = sizes
    forms = [[*space, channels], sizes, space] if space else [sizes]
    said = [each for each in output if each != 1]
    side = [output[0]] * 2 if len(output) == 1 and len(space) == 2 else [0]  # The side of a square.
    flat = said == [prod(each or 0 for each in sizes)]  # As the vector that is made of it.
    return flat or space == side or any(said == [each for each in form if each != 1] for form in forms)


def learned(to: Assembly, node: Node) -> tuple[int, int] | None:
    """Return how many numbers a layer learns, and how many it keeps, statistics too; None where that is not known."""
    try:
        weights = node.layer.weights(*(to.shapes[ref] for ref in node.inputs))
    except (ShapeError, KeyError):
        return None
    sizes = {name: each.shape for name, each in weights.items()}
    if any(size is None for shape in sizes.values() for size in shape):
        return None
    whole = {name: prod(size or 0 for size in shape) for name, shape in sizes.items()}
    return sum(each for name, each in whole.items() if name not in ("mean", "variance")), sum(whole.values())


def compare_channels(to: Assembly, reading: Reading, groups: int = 1) -> None:
    """Ask where another number of channels comes into a convolution than it says, in all or in each group."""
    taken, channels = reading.params.get("in_channels"), to.shape[1]
    if reading.kind in ("conv", "deconv") and taken and channels and channels not in (taken, taken * groups):
        to.misfit(f"{reading.text!r} takes {taken} channels, but {channels} come in: how is it meant?")
