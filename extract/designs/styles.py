"""The style of a design, as its modules and its caption tell it: with ways around blocks, with norms, and which act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.designs.assembly import Assembly
from extract.designs.told import NORMS, behind_all
from extract.words.families import POSTED
from extract.words.reading import Reading, leaves

_ACTIVATIONS = {
    **dict.fromkeys(("mbconv", "fusedmbconv"), "swish"),
    **dict.fromkeys(("ghost", "shuffle_unit", "split_unit"), "relu"),
    "bottleneck": "relu6",
}
"""What stands behind the other convolutions of a net with such blocks, and a BatchNorm in front of it."""
_RESIDUAL = re.compile(
    r"residual|resnet|resnext|\bres[-_ ]?(?:\d|blocks?\b|units?\b|layers?\b|cnn)|building blocks are shown in brackets",
    re.IGNORECASE,
)
"""What tells that there is a way around blocks."""
_IN_BRACKETS = re.compile(
    r"\b(?:residual|building)\b[^.;]*\bbrackets?\b|\bbrackets?\b[^.;]*\bresidual\b", re.IGNORECASE
)
"""What tells that residual blocks stand in brackets, and what stands in none is of no such block."""


@dataclass(frozen=True)
class Style:
    """How the layers of a design are put together where its table does not say it."""

    residual: bool = False
    """Blocks have a shortcut beside them."""
    norm: bool = False
    """Convolutions are followed by a BatchNorm."""
    activation: str = "relu"


def style_of(readings: Sequence[Reading], caption: str) -> Style:
    """Return the style that a caption and the modules of a design tell."""
    if any(each.kind == "convnext" for each in readings):
        return Style()
    for each in readings:
        widens = each.kind != "bottleneck" or each.params.keys() & {"expand", "expanded"}  # And is no U-Net's middle.
        if each.kind in _ACTIVATIONS and widens:
            return Style(norm=True, activation=_ACTIVATIONS[each.kind])
    if any(each.kind == "resblock" for each in readings) and not any(each.block for each in readings):
        return Style()  # Its blocks are rows, and what stands behind the others is said, or not.
    named = " ".join([caption, *(text for each in readings if each.block for text in (each.text, *each.names))])
    residual = bool(_RESIDUAL.search(named))
    told = any({*NORMS} & {each.kind, *each.posts} for each in leaves(readings))  # Which stand where is said.
    plain = not any(len(each.block) > 1 for each in readings)  # The blocks that the caption names are others'.
    told |= plain and any({*NORMS} & {*each.posts} for each in behind_all(caption))
    told |= plain and bool(_IN_BRACKETS.search(caption))
    own = any(each.kind == "shortcut" for reading in readings for each in reading.block)  # Rows say what is in them.
    return Style(residual=residual and not (plain and told), norm=residual and not told and not own)


def with_norms_in_blocks(to: Assembly, readings: Sequence[Reading], style: Style) -> list[Reading]:
    """Return layers, residual blocks that say nothing but windows with the norms that the layers around them say."""
    blocks = [each for each in readings if each.block]
    bare = style.residual and blocks and not any(each.posts or each.kind in POSTED for each in leaves(blocks))
    plain = all(inner.kind in ("conv", "shortcut") for each in blocks for inner in each.block)
    if not bare or not plain or not any(each.kind == "conv" and "bn" in each.posts for each in readings):
        return list(readings)
    to.infer("the blocks have a BatchNorm behind each convolution, as the layers around them have")
    return [replace(each, block=_normed(each.block)) if each.block else each for each in readings]


def _normed(block: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return the layers of a block with a BatchNorm behind each, and an activation between two."""
    last = [each for each in block if each.kind == "conv"][-1]
    posts = {True: ("bn",), False: ("bn", "relu")}
    return tuple(replace(each, posts=posts[each is last]) if each.kind == "conv" else each for each in block)
