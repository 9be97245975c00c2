"""What tells the boxes of a network from those of a workflow, a tree or a table of messages: boxes that say layers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.designs.hand_drawn import said
from extract.drawings.drawn import DrawnLayer

SHARE = 0.4
"""The share of boxes at least that are called as parts of networks are, and of other systems too."""
_NETWORKS = re.compile(
    r"(?:trans|con)former\b|attention|\w*cnn\b|\b\w*nets?\b|\bvgg|\b\w*gan\b|\b\w*bert\b|perceptron|auto-?encoder"
    r"|back-?bone|embedding|\bmlps?\b|feed.?forward|latent |\bswin\b|\bpatch|\bpool|\bconv|recurr|residual|neural"
    r"|feature map",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\b(?:layers?|(?:en|de)coders?|networks?|modules?|blocks?|heads?)\b", re.IGNORECASE)


_GRADIENTS = re.compile(r"Backward\d*$|^AccumulateGrad$")
"""Steps back through a network, as torchviz draws them."""
_EVERYWHERE = ("shortcut", "multiply", "decoding", "add", "reshape", "shuffle", "transition")
"""What names of other things may be read as: Identity, Scale, Sum."""
Part = tuple[list[DrawnLayer], list[tuple[int, int]]]


def networks_of(parts: Sequence[Part]) -> list[Part]:
    """Return the parts of a figure in which a box says a layer or a network.

    All are kept of a figure in which a good part of the boxes is called as networks' parts are.
    """
    texts = [_text(each) for layers, _ in parts for each in layers]
    if sum(bool(_GRADIENTS.search(text)) for text in texts) >= SHARE * len(texts):
        return []
    if sum(bool(_PARTS.search(text)) for text in texts) >= SHARE * len(texts):
        return list(parts)
    return [(layers, edges) for layers, edges in parts if any(map(_is_known, layers))]


def _is_known(layer: DrawnLayer) -> bool:
    text = _text(layer)
    return bool(layer.shows or layer.name or _names_layer(text) or _NETWORKS.search(text))


def _names_layer(text: str) -> bool:
    return any(each.kind not in _EVERYWHERE for each in said(text))


def _text(layer: DrawnLayer) -> str:
    return layer.type or layer.name
