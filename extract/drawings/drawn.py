"""What the boxes of a drawing say, in the forms of Keras, Caffe and torchview: names, types, sizes.

Sources: keras/utils/visualize_util.py, vis_utils.py and model_visualization.py, python/caffe/draw.py, by version, and
torchview/computation_graph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from extract.drawings.diagrams import Diagram, Link
from extract.drawings.merging import with_joins
from extract.words.lexicon import kind_of
from extract.words.reading import Reading

_SHAPE = re.compile(r"\[?\((?:None|\d+|\?)(?:, (?:None|\d+|\?))*,?\)(?:, \([^)]*\))*\]?")
_TITLED = re.compile(r"(?P<name>[^\s():|]*)\s*\((?:keras\.[\w.]+\.)?(?P<type>[A-Za-z_][\w ]*)\)")
_TYPE = re.compile(r"(?:(?:max|ave|stochastic) )?[a-z]\w*(?: (?:max|ave|stochastic))?", re.IGNORECASE)
"""A type of Keras's or Caffe's: one word, or a pooling and how it pools."""
_COLON = re.compile(r"(?P<name>[^\s:]+): (?P<type>[A-Z]\w*)")
FORMED = 0.4
"""The share of boxes at least that have a form of Keras's or Caffe's in a drawing of theirs: its blobs have none."""
_NOT_TYPES = frozenset(("input:", "output:", "float32", "float16", "Trainable", "Non-trainable"))
_SIZES = re.compile(r"[\[(]?(?:(?:1|N|B|bs|None|\?) ?[×x,] ?)?(\d+ ?[×x,] ?\d+ ?[×x,] ?\d+)[\])]?")
"""The sizes of an image, with the batch in front or not."""
_SAID = re.compile(r"(?:In|Out)put (?:shape|dtype):")
"""What Keras 3 draws of a tensor."""
_ACTIVATION = re.compile(
    r"linear|relu6?|leaky_relu|elu|selu|gelu|celu|silu|swish|mish|softmax|log_softmax|softplus|softsign|sigmoid"
    r"|hard_(?:sigmoid|silu|swish|tanh)|tanh|exponential"
)
"""The activations that Keras draws of a layer, as it calls them."""
_ACTIVATED = re.compile(r"\bActivation: ?(\w+)")
_TAIL = re.compile(r"(kernel size|stride|pad): (\d+)")


@dataclass(frozen=True)
class DrawnLayer:
    """A layer as it is drawn: its name, its type in the words of the drawing, and what else is said."""

    name: str
    type: str
    params: dict[str, Any] = field(default_factory=dict)
    shows: tuple[Reading, ...] = ()
    """The layers that are drawn, where that is more than texts."""
    lines: tuple[str, ...] = ()
    """The lines of its text, where it is drawn by hand."""
    gives: str = ""
    """The three sizes of what it gives, where the arrows behind it, or a row of sizes, say them."""


def layer_of(texts: Sequence[str]) -> DrawnLayer:
    """Return what the texts of a box say.

    >>> layer = layer_of(["conv2d_1: Conv2D", "input:", "output:", "(None, 28, 28, 1)", "(None, 26, 26, 32)"])
    >>> layer.name, layer.type, layer.params
    ('conv2d_1', 'Conv2D', {'input': (None, 28, 28, 1), 'output': (None, 26, 26, 32)})
    >>> layer_of(["pool1 (MAX Pooling) kernel size: 2 stride: 2 pad: 0"]).params
    {'kernel size': 2, 'stride': 2, 'pad': 0}
    >>> layer = layer_of(["input:", "(1, 1, 28, 28)", "Conv2d", "depth:1", "output:", "(1, 6, 24, 24)"])
    >>> layer.type, layer.params
    ('Conv2d', {'input': (None, 28, 28, 1), 'output': (None, 24, 24, 6)})
    >>> layer_of(["input:", "Conv2D", "(None, 28, 28, 1)", "(None, 26, 26, 32)", "output:"]).name
    ''
    """
    if any(map(_DEPTH.fullmatch, texts)):
        return _of_torchview(texts)
    whole = " ".join(texts)
    params: dict[str, Any] = {key: int(value) for key, value in _TAIL.findall(whole)}
    params |= _shapes(texts, whole)
    activation = _activation(texts)
    if activation:
        params["activation"] = activation
    named = " ".join(text for text in texts if text not in _NOT_TYPES)
    for pattern in (_COLON, _TITLED):
        for text in (named, *texts):
            match = pattern.match(text.removeprefix("Input shape: ").removeprefix("Output shape: "))
            if match and not _SHAPE.match(text):
                return DrawnLayer(match["name"], match["type"], params)
    plain = [text for text in _cells(texts, activation) if not _SHAPE.fullmatch(text) and ":" not in text]
    return _of_cells(plain, params)


def _cells(texts: Sequence[str], activation: str) -> list[str]:
    """Return the cells of a box without those of its activation and of what its numbers are."""
    return [text for text in texts if text not in _NOT_TYPES and text != activation]


def _activation(texts: Sequence[str]) -> str:
    """Return the activation within a layer, as Keras draws it: in a cell of its own, beside that of the type."""
    if told := _ACTIVATED.search(" ".join(texts)):
        return told[1]
    types = [text.lower() for text in texts if text not in _NOT_TYPES and re.fullmatch(r"[A-Z]\w*", text)]
    found = [text for text in texts if _ACTIVATION.fullmatch(text) and text not in types]
    return found[-1] if types and found else ""


def _of_torchview(texts: Sequence[str]) -> DrawnLayer:
    """Return what torchview draws: the name of a module or function, how deep it is within others, and sizes.

    The sizes have the batch in front, of which it does not matter how large it was, and channels before the image.
    """
    shapes = [_shape(text) for text in texts if _SHAPE.fullmatch(re.sub(r"^\d+ x ", "", text))]
    named = next((text for text in texts if re.fullmatch(r"[A-Za-z_][\w-]*", text)), "")
    alongside = 3 if "1d" in named.lower() else 4
    turned = [(None, *each[2:], each[1]) if len(each) >= alongside else (None, *each[1:]) for each in shapes if each]
    params = dict(zip(("input", "output") if len(turned) > 1 else ("output",), turned, strict=False))
    if named == "view" and len(params.get("output", ())) != 2:
        named = "reshape"
    return DrawnLayer("", _TENSORS.get(named, named), params)


_DEPTH = re.compile(r"depth: ?\d+")
"""How many modules a box of torchview's is within."""
_TENSORS = {"input-tensor": "Input", "output-tensor": "Silence", "hidden-tensor": "Silence"}
"""The boxes of torchview's that are no layers, in the words of others."""


def has_form(texts: Sequence[str]) -> bool:
    """Tell a box that Keras or Caffe drew: it has a name and a type, or the shapes of tensors.

    >>> has_form(["conv2d_1", "Conv2D"]), has_form(["Conv2D", "Output shape: (None, 8, 8, 4)"])
    (True, True)
    """
    whole = " ".join(texts)
    titled = _TITLED.match(whole)
    titled = titled if titled and _TYPE.fullmatch(titled["type"]) else None
    cells = sorted(_cells(texts, _activation(texts)))
    celled = len(cells) == 2 and is_class(cells[:1]) and re.fullmatch(r"[a-z]\w*", cells[1])
    told = {"input:", "output:"} & set(texts) or any(map(_SAID.match, texts)) or any(map(_DEPTH.fullmatch, texts))
    return bool(_COLON.match(whole) or titled or celled or told)


def is_class(texts: Sequence[str]) -> bool:
    """Tell a box of the name of a class alone, as Keras draws without names and shapes."""
    return len(texts) == 1 and re.fullmatch(r"[A-Z][a-z]\w+", texts[0]) is not None


def is_named(texts: Sequence[str]) -> bool:
    """Tell a box of the name alone that Keras gives a layer, as its first drawings have it: `conv2d_1`."""
    return len(texts) == 1 and re.fullmatch(r"[a-z]\w*_\d+(?:_\w+)?", texts[0]) is not None


def is_by_hand(boxes: Sequence[Sequence[str]]) -> bool:
    """Tell the texts of boxes that people drew, in no form of Keras's or others'."""
    formed = sum(map(has_form, boxes))
    return formed < FORMED * len(boxes) and not all(map(is_class, boxes))


def _of_cells(cells: Sequence[str], params: dict[str, Any]) -> DrawnLayer:
    """Return what cells say: a type begins with a capital letter, and the name stands before it."""
    types = [cell for cell in cells if re.fullmatch(r"[A-Z][A-Za-z0-9]*", cell)]
    kind = types[0] if types else ""
    name = next((cell for cell in cells if cell != kind and not re.fullmatch(r"[a-z]+", cell)), "")
    if not name:
        name = next((cell for cell in cells[:1] if cell != kind), "")
    return DrawnLayer(name, kind, params)


def _shapes(texts: Sequence[str], whole: str) -> dict[str, Any]:
    """Return the shapes of inputs and outputs that are drawn, those of one tensor alone."""
    said = re.findall(r"(Input|Output) shape: (\[?\([^A-Z]*\)\]?)", whole.replace("None", "?"))
    if said:
        return {key.lower(): shape for key, text in said if (shape := _shape(text)) is not None}
    if "input:" not in texts:
        return {}
    drawn = [text for text in texts if _SHAPE.fullmatch(text)]
    if len(drawn) != 2:
        return {}
    return {key: shape for key, text in zip(("input", "output"), drawn, strict=True) if (shape := _shape(text))}


def _shape(text: str) -> tuple[int | None, ...] | None:
    inner = re.findall(r"\(([^()]*)\)", text)
    if len(inner) != 1:
        return None
    return tuple(int(each) if each.strip().isdigit() else None for each in inner[0].split(",") if each.strip())


def without_blobs(diagram: Diagram) -> tuple[list[DrawnLayer], list[tuple[int, int]]]:
    """Return the layers of a drawing and which leads to which; a blob of Caffe's, a box without a type, passes on.

    A layer that takes and gives the same blob works in place: those behind it take what it gives. What is drawn by hand
    has no forms, and the whole of its texts are a layer's type.
    """
    layers = [layer_of(shape.texts) for shape in diagram.shapes]
    if any(shape.shows for shape in diagram.shapes) or is_by_hand([shape.texts for shape in diagram.shapes]):
        diagram = with_joins(diagram)
        layers = [
            DrawnLayer("", " ".join(shape.texts), shows=shape.shows, lines=shape.texts) for shape in diagram.shapes
        ]
        for i, layer in enumerate(layers):
            given = {link.text for link in diagram.links if link.start == i and link.text} or {diagram.shapes[i].gives}
            if len(given) == 1 and (sizes := _SIZES.fullmatch(given.pop())):
                layers[i] = replace(layer, gives=sizes[1])
        for link in diagram.links:
            if kind_of(link.text):
                layers[link.end] = _on_the_way(link.text, layers[link.end])
    blobs = {i for i, layer in enumerate(layers) if not layer.type and not layer.shows} if _is_caffe(layers) else set()
    numbers = [link for link in diagram.links if link.text.isdigit()]
    for link in numbers:
        if link.start not in blobs:
            layers[link.start].params["num_output"] = int(link.text)
    kept = [i for i in range(len(layers)) if i not in blobs]
    place = {i: kept.index(i) for i in kept}
    edges = [(place[a], place[b]) for a, b in _passed_on(diagram.links, blobs) if a in place and b in place]
    return [layers[i] for i in kept], list(dict.fromkeys(edges))


def _on_the_way(text: str, layer: DrawnLayer) -> DrawnLayer:
    """Return what leads to a box: the box says its sizes, or, where it has sizes of its own, what it gives."""
    given = re.findall(r"\d+", layer.type)
    if given and re.search(r"\d ?[x×] ?\d", text):
        return DrawnLayer("", text, {"num_output": int(given[-1])})
    return DrawnLayer("", f"{text} {layer.type}")


def _is_caffe(layers: Sequence[DrawnLayer]) -> bool:
    """Tell a drawing of Caffe's, in which layers and blobs take turns."""
    return 0.3 * len(layers) <= sum(not layer.type for layer in layers) < len(layers)


def _passed_on(links: Sequence[Link], blobs: set[int]) -> list[tuple[int, int]]:
    plain = [(link.start, link.end) for link in links if link.start not in blobs and link.end not in blobs]
    for blob in blobs:
        makers = [link.start for link in links if link.end == blob]
        takers = [link.end for link in links if link.start == blob]
        in_place = [layer for layer in makers if layer in takers]
        first = [layer for layer in makers if layer not in in_place]
        chain = [*first, *in_place]
        plain += list(pairwise(chain))
        plain += [(chain[-1], layer) for layer in takers if layer not in in_place] if chain else []
    return plain
