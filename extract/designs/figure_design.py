"""Build a design out of a drawing: each box a layer behind those that lead to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from extract.designs.assembly import USUAL, Assembly
from extract.designs.drawn_joins import custom, join
from extract.designs.drawn_texts import place_texts
from extract.designs.hand_drawn import is_drawn_by_hand, said
from extract.designs.joints import Joints, stacked_on_all
from extract.designs.loops import behind, leading_back
from extract.designs.padding import grown
from extract.designs.placing import LayersOf
from extract.designs.sizes_given import told_behind
from extract.designs.told_of_figure import with_caption
from extract.designs.unheard import UNBENT, is_unbent
from extract.drawings.drawn import DrawnLayer
from extract.words.cells import read_cell
from extract.words.families import JOINS, RECURRENT
from extract.words.lexicon import posts_of
from extract.words.reading import Reading
from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph, Ref
from ir.layer import CATALOGUE, REQUIRED, Layer, LayerError, ShapeError
from ir.origin import Origin
from ir.shapes import Shape

KINDS: tuple[tuple[str, str], ...] = (
    ("input", r"input(?:layer)?|data|image ?data|hdf5data|memory ?data|dummydata"),
    ("conv", r"conv(?:olution)?(?:2d)?"),
    ("dwconv", r"depthwiseconv2d|convolutiondepthwise|depthwiseconvolution"),
    ("maxpool", r"max ?pooling(?:2d)?|pooling max|pooling"),
    ("avgpool", r"ave(?:rage)? ?pooling(?:2d)?|pooling ave"),
    ("gavgpool", r"globalaveragepooling2d"),
    ("gmaxpool", r"globalmaxpooling2d"),
    ("dense", r"dense|inner_?product|linear"),
    ("relu", r"relu_?|activation|rectifier"),
    ("softmax", r"softmax(?:_loss|withloss)?"),
    ("sigmoid", r"sigmoid"),
    ("tanh", r"tanh"),
    ("dropout", r"dropout"),
    ("flatten", r"flatten|view"),
    ("lrn", r"lrn"),
    ("bn", r"batch_?norm(?:alization)?"),
    ("concat", r"concat(?:enate)?|merge|cat"),
    ("add", r"_*i?add_*|eltwise|elementwise(?:sum)?|sum"),
    ("maximum", r"maximum"),
    ("multiply", r"multiply|_*i?mul_*"),
    ("lstm", r"(?:cudnn)?lstm"),
    ("gru", r"(?:cudnn)?gru"),
    ("rnn", r"simple_?rnn"),
    ("pad", r"zeropadding2d|pad"),
    ("none", r"silence"),
)
"""Kinds of layer by the types that drawings name, in small letters."""


def kind_drawn(layer: DrawnLayer) -> str:
    """Return the kind of a drawn layer: by its type, or, as no type is drawn, by its name; else by what a cell says."""
    if kind := _kind_of_type(layer):
        return kind
    found = read_cell(layer.type or layer.name)
    return found[0].kind if found else ""


def _kind_of_type(layer: DrawnLayer) -> str:
    plain = layer.type.lower().strip() or re.sub(r"[\d_.]+$", "", layer.name.lower())
    return next((kind for kind, pattern in KINDS if re.fullmatch(pattern, plain)), "")


def _of_catalogue(layer: DrawnLayer, width: int | None) -> Layer | None:
    """Return the layer of the catalogue that a drawing names by its type, where the width is all that it needs."""
    plain = re.sub(r"[\W_]", "", layer.type.lower())
    cls = next((each for name, each in CATALOGUE.items() if name.lower() == plain), None)
    if cls is None:
        return None
    needed = {each.name for each in cls.params.values() if each.default is REQUIRED}
    known = {"units": width, "filters": width}
    if any(known.get(name) is None for name in needed):
        return None
    return cls(**{name: known[name] for name in needed})


def design_of(
    layers: Sequence[DrawnLayer],
    edges: Sequence[tuple[int, int]],
    name: str,
    origin: Origin,
    report: Report,
    caption: str = "",
) -> Graph:
    """Return the graph of drawn layers; what the drawing, and its caption, leave open is asked for (`question`).

    Poolings whose steps are not drawn halve an image, unless fewer questions stay open where they keep its size.
    """
    layers, posts = with_caption(layers, edges, caption)
    if posts:
        report.add("inferred", f"the caption says that {' and '.join(posts)} stands behind layers", origin)
    found = []
    for keeps in (False, True):
        told = Report()
        graph = _built(layers, edges, Assembly(name, told, origin), keeps)
        found.append((sum(each.code == "question" for each in told), told, graph))
        if not found[0][0]:
            break
    _, told, graph = min(found, key=lambda each: each[0])
    for each in told:
        report.add(each.code, each.message, origin)
    if is_unbent(graph.nodes):
        report.add("question", UNBENT, origin)
    return graph


def _built(layers: Sequence[DrawnLayer], edges: Sequence[tuple[int, int]], to: Assembly, keeps: bool) -> Graph:
    place_drawn(layers, edges, to, keeps)
    return to.graph()


def place_drawn(
    layers: Sequence[DrawnLayer],
    edges: Sequence[tuple[int, int]],
    to: Assembly,
    keeps: bool,
    taken: tuple[Ref, Shape] | None = None,
) -> None:
    """Add drawn layers behind those that lead to them, the first ones behind what is `taken`, or an input of their own.

    A pooling whose step is not drawn `keeps` the size of an image, or halves it.
    """
    layers, edges = told_behind(layers, edges)
    back = leading_back(len(layers), edges)
    for a, b in back:
        ways = " to ".join(repr(layers[i].type or layers[i].name) for i in (a, b))
        to.ask(f"the arrow from {ways} leads back: what comes that way, and when? it is left out")
    edges = [each for each in edges if each not in back]
    parents: dict[int, list[int]] = {i: [a for a, b in edges if b == i] for i in range(len(layers))}
    ends: dict[int, tuple[Ref, Shape]] = {}
    timed: set[Ref] = set()
    joints, dense = Joints(), stacked_on_all(parents)
    for i in _in_order(parents):
        joints.stacks = i in dense
        refs = [ends[each] for each in parents[i] if each in ends]
        if not parents[i] and taken is not None:
            if not said(layers[i].type):
                ends[i] = taken
                continue
            refs = [taken]
        try:
            if is_drawn_by_hand(layers[i]):
                after = [layers[each].type for each in behind(i, edges)]
                place_texts(to, layers[i], refs, after, keeps, timed, joints)
            else:
                _place(to, layers[i], refs)
        except (ShapeError, LayerError) as error:
            told = re.sub(r"\{\d\}", "what is before it", str(error))
            to.ask(f"{layers[i].name or layers[i].type!r} does not fit: it {told}; how is it meant?")
            if not refs:
                continue
            to.go_to(*refs[0])
            custom(to, layers[i].type, refs)
        ends[i] = (to.tip, to.shape)


def _in_order(parents: dict[int, list[int]]) -> list[int]:
    """Return the numbers of layers, each behind those that lead to it."""
    done: list[int] = []
    waiting = dict(parents)
    while ready := [i for i, before in waiting.items() if not set(before) & waiting.keys()]:
        for i in ready:
            del waiting[i]
        done += ready
    return done


def _place(to: Assembly, layer: DrawnLayer, refs: Sequence[tuple[Ref, Shape]]) -> None:
    kind = kind_drawn(layer)
    output = layer.params.get("output") or ()
    if not refs:
        shape = _input(layer)
        if shape is None:
            to.ask(f"{to.name}: what is the shape of {layer.name or 'the input'}? {USUAL[1:]} is taken")
        to.start(shape or USUAL, layer.name or "input")
        if kind in ("input", ""):
            return
        refs = [(to.tip, to.shape)]
    if kind in JOINS:
        join(to, kind, refs)
        return
    to.go_to(*refs[0])
    if len(refs) > 1:
        to.ask(f"{layer.name or layer.type!r} is behind {len(refs)} boxes: does it join them? the first is taken")
    if kind == "none":
        return
    if kind == "pad":
        _pad(to, output)
        return
    width = layer.params.get("num_output") or (output[-1] if output else None)
    posts = () if kind in RECURRENT else _activations(to, layer)  # Whose activations are within them.
    if layer.type == "Activation" and posts:
        LayersOf(to, is_last=True).of(Reading(posts[0], text=layer.name))
        return
    if not kind and (plain := _of_catalogue(layer, width)) is not None:
        to.add(plain, layer.type.lower())
    else:
        LayersOf(to, is_last=True).of(_reading(kind, layer, output))
    for post in posts:
        LayersOf(to, is_last=True).of(Reading(post, text=post))


def _activations(to: Assembly, layer: DrawnLayer) -> tuple[str, ...]:
    """Return the activation that is drawn in a layer's box, which stands behind it; one that is not known is asked."""
    activation = layer.params.get("activation", "linear")
    if activation in ("linear", "softmax"):
        return (activation,) if activation == "softmax" else ()
    posts = tuple(posts_of(activation.replace("_", " ")))
    if not posts:
        to.ask(f"{layer.name or layer.type!r}: what is the activation {activation!r}? None is built")
    return posts


def _input(layer: DrawnLayer) -> Shape | None:
    shape = layer.params.get("output")
    if shape is None or len(shape) not in (2, 3, 4):
        return None
    return (shape[0], shape[3], shape[1], shape[2]) if len(shape) == 4 else tuple(shape)


def _pad(to: Assembly, output: Sequence[int | None]) -> None:
    """Add a border that makes the drawn size of what comes in."""
    if len(output) != 4 or None in (*output[1:3], *to.shape[2:]):
        to.ask("how wide is the border? none is taken")
        return
    to.add(L.Pad2D(pad=grown(to.shape[2:], output[1:3])), "pad")


def _reading(kind: str, layer: DrawnLayer, output: Sequence[int | None]) -> Reading:
    """Return what is drawn of a layer as what a table would say of it."""
    params: dict[str, Any] = {}
    drawn = layer.params
    if "kernel size" in drawn:
        params["kernel"] = (drawn["kernel size"],) * 2
        params["stride"] = (drawn.get("stride", 1),) * 2
        params["pad"] = drawn.get("pad", 0)
    width = drawn.get("num_output") or (output[-1] if output else None)
    if width:
        params["units" if kind in ("dense", "embedding", *RECURRENT) else "filters"] = width
    if len(output) == 4 or (len(output) == 3 and "1d" in layer.type.lower()):
        params["output"] = tuple(output[1:-1])
    if output:
        params["drawn"] = tuple(output)
        if kind in RECURRENT:
            params["sequences"] = len(output) == 3
    text = f"{layer.name}: {layer.type}" if layer.name else layer.type
    return Reading(kind or layer.type or "box", params, text=text)
