"""Unpoolings: each value goes back to where the pooling took it from that gives an image of as many pixels.

Source: Noh, Hong and Han, Learning Deconvolution Network for Semantic Segmentation, section 3.2.1.
"""

from __future__ import annotations

from dataclasses import replace

from extract.designs.assembly import Assembly
from extract.designs.carrying import carry
from extract.words.reading import Reading
from ir import layers as L
from ir.graph import Ref


def unpooled(to: Assembly, reading: Reading, turn: int) -> None:
    """Add an unpooling behind the last pooling of as large an image whose places no other has taken."""
    place = next((i for i in reversed(range(len(to.nodes))) if _fits(to, i)), None)
    if place is None:
        to.ask(f"{reading.text!r}: which pooling tells where the values stood? None gives an image as large")
        carry(to, reading)
        return
    pooling = to.nodes[place]
    layer, places = pooling.layer, Ref(pooling.name, 1)
    assert isinstance(layer, L.MaxPool2D)
    marking = L.MaxPoolIndices2D(kernel=layer.kernel, stride=layer.stride, pad=layer.pad, rounding=layer.rounding)
    to.nodes[place] = replace(pooling, layer=marking)
    to.shapes[places] = to.shape
    to.infer(f"{reading.text!r} puts values back where {pooling.name} took them from")
    space = to.shapes[pooling.inputs[0]][2:]
    doubled = all(a and b and a == b * step for a, b, step in zip(space, to.shape[2:], layer.stride, strict=True))
    made = L.Unpool2D(scale=layer.stride) if doubled or None in space else L.Unpool2D(size=space)
    to.add(made, "unpool", to.tip, places)


def _fits(to: Assembly, place: int) -> bool:
    """Tell a pooling of the largest values that gives an image as large as the one that comes in."""
    node = to.nodes[place]
    plain = isinstance(node.layer, L.MaxPool2D) and {*node.layer.dilation} == {1}
    return plain and to.shapes[Ref(node.name)] == to.shape
