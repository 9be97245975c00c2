"""Pictures as `plot_model` of Keras draws them, by version.

Sources: keras/utils/visualize_util.py (0.2 to 1.2), vis_utils.py (2), model_visualization.py (3) of
https://github.com/keras-team/keras at the tags of these versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Any

from ir.shapes import Shape
from translator.simulation.picture import Arrow, Box, Picture

VERSIONS = ("0.2", "0.3", "1.0", "1.1", "2.0", "2.4", "2.7", "2.8", "2.9", "3.0", "3.3")
"""The versions at which the drawing changed."""
OLD_NAMES = {"Conv2D": "Convolution2D", "Concatenate": "Merge", "Add": "Merge", "Multiply": "Merge", "Maximum": "Merge"}
"""What classes were called in Keras 1."""
_MODULES = {"Convolution2D": "convolutional", "Embedding": "embeddings", "SimpleRNN": "recurrent", "LSTM": "recurrent"}


@dataclass(frozen=True)
class Seen:
    """A layer as Keras sees it."""

    name: str
    type: str
    takes: tuple[str, ...]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    activation: str = ""


def layers_of(config: Mapping[str, Any], shapes: Mapping[str, tuple[Shape, ...]]) -> list[Seen]:
    """Return the layers of an architecture's configuration; `shapes` has what each gives, by its name."""
    found = []
    for each in config["config"]["layers"]:
        name, own = each["name"], each["config"]
        tensors = [tensor for call in each["inbound_nodes"] for tensor in _tensors(call)]
        takes = tuple(tensor["keras_history"][0] for tensor in tensors)
        given = tuple(tuple(tensor["shape"]) for tensor in tensors)
        own_shape = tuple(own["batch_shape"]) if "batch_shape" in own else None
        outputs = (own_shape,) if own_shape is not None else shapes.get(name, ())
        if own_shape is not None:
            given = outputs
        activation = own.get("activation")
        seen = Seen(name, each["class_name"], takes, given, outputs, activation if isinstance(activation, str) else "")
        found.append(seen)
    return found


def _tensors(value: Any) -> list[dict[str, Any]]:
    """Return the tensors within a call's arguments."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            return [value["config"]]
        return [tensor for each in value.values() for tensor in _tensors(each)]
    return [tensor for each in value for tensor in _tensors(each)] if isinstance(value, list) else []


def draw(layers: list[Seen], rng: Random, version: str = "") -> Picture:
    """Draw a model as some version does, with options drawn too."""
    version = version or rng.choice(VERSIONS)
    style: dict[str, Any] = {"drawer": "keras", "version": version}
    style["show_shapes"] = version != "0.2" and rng.random() < 0.5
    style["show_layer_names"] = version < "1.0" or rng.random() < (0.5 if version >= "3" else 0.9)
    style["show_dtype"] = version >= "2.4" and rng.random() < 0.15
    style["show_layer_activations"] = version >= "2.7" and rng.random() < 0.3
    style["rankdir"] = "LR" if version >= "2.0" and rng.random() < 0.15 else "TB"
    style["dpi"] = rng.choice((72, 96, 150, 200)) if rng.random() < 0.25 else 200 if version >= "3" else 96
    attributes = {"rankdir": style["rankdir"], "concentrate": "true", "dpi": str(style["dpi"])}
    if version >= "3":
        style["splines"] = attributes["splines"] = "ortho"
    boxes = [_box(each, style) for each in layers]
    arrows = [Arrow(taken, each.name) for each in layers for taken in dict.fromkeys(each.takes)]
    return Picture(style, attributes, boxes, arrows)


def _box(layer: Seen, style: Mapping[str, Any]) -> Box:
    version = style["version"]
    kind = OLD_NAMES.get(layer.type, layer.type) if version < "2.0" else layer.type
    if version >= "3":
        return _table(layer, style)
    if version == "0.2":
        return Box(layer.name, (layer.name,), {}, "layer", layer.name, layer.type)
    title, texts = _title(layer.name, kind, layer.activation, style)
    label = title
    if style["show_shapes"]:
        taken, given = _shapes(layer.inputs, layer, version), _shapes(layer.outputs, layer, version)
        pair = f"{{{{{taken}}}}}|{{{{{given}}}}}" if version == "2.8" else f"{{{{{taken}}}|{{{given}}}}}"
        head = f"{{{title}}}" if version >= "2.8" else title
        # Up to 2.7 a line ends in front of the shapes, which Graphviz takes only behind plain text.
        label = f"{head}{'' if head.endswith('}') else chr(10)}|{{input:|output:}}|{pair}"
        texts = (*texts, "input:", "output:", taken, given)
    return Box(layer.name, texts, {"shape": "record", "label": label}, "layer", layer.name, layer.type)


def _title(name: str, kind: str, activation: str, style: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return the fields in front of the shapes, and the texts in them."""
    version, named = style["version"], style["show_layer_names"]
    dtype: tuple[str, ...] = ("float32",) if style["show_dtype"] else ()
    texts: tuple[str, ...]
    if version < "2.7":
        if version == "0.3":
            text = f"{name} (keras.layers.{_MODULES.get(kind, 'core')}.{kind})"
        else:
            text = (f"{name} ({kind})" if version == "1.0" else f"{name}: {kind}") if named else kind
        return "|".join((text, *dtype)), (text, *dtype)
    label, texts = kind, (kind,)
    if style["show_layer_activations"] and activation:
        label, texts = f"{{{kind}|{activation}}}", (kind, activation)
    label = "|".join((label, *dtype))
    texts = (*texts, *dtype)
    if named:
        label, texts = f"{name}|{label}", (name, *texts)
    return label, texts


def _shapes(shapes: tuple[Shape, ...], layer: Seen, version: str) -> str:
    """Return shapes as this version writes them."""
    if not shapes:
        return "multiple" if version < "2.4" else "?"
    written = [_shape(shape) for shape in shapes]
    if len(written) > 1 or (layer.type == "InputLayer" and version >= "2.4"):
        return f"[{', '.join(written)}]"
    return written[0]


def _shape(shape: Shape) -> str:
    inner = ", ".join("None" if size is None else str(size) for size in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"


def _table(layer: Seen, style: Mapping[str, Any]) -> Box:
    """Return a box of Keras 3: a table in Graphviz's HTML."""
    name = layer.name if style["show_layer_names"] else ""
    cells: list[tuple[str, str]] = []
    if style["show_shapes"]:
        if style["version"] >= "3.3" and layer.type != "InputLayer":
            cells.append(("Input shape: ", _shapes(layer.inputs, Seen("", "", (), (), ()), "3")))
        cells.append(("Output shape: ", _shapes(layer.outputs, Seen("", "", (), (), ()), "3")))
    if style["show_dtype"]:
        cells.append(("Output dtype: ", "float32"))
    span = max(1, len(cells))
    title = f"<b>{escape(name)}</b> ({layer.type})" if name else f"<b>{layer.type}</b>"
    rows = [f'<tr><td colspan="{span}" bgcolor="black"><font point-size="16" color="white">{title}</font></td></tr>']
    texts = [f"{name} ({layer.type})" if name else layer.type]
    if style["show_layer_activations"] and layer.activation:
        shown = f"Activation: <b>{layer.activation}</b>"
        rows.append(f'<tr><td bgcolor="white" colspan="{span}"><font point-size="14">{shown}</font></td></tr>')
        texts.append(f"Activation: {layer.activation}")
    if cells:
        said = "".join(
            f'<td bgcolor="white"><font point-size="14">{what}<b>{escape(value)}</b></font></td>'
            for what, value in cells
        )
        rows.append(f"<tr>{said}</tr>")
        texts += [what + value for what, value in cells]
    table = f'<<table border="0" cellborder="1" bgcolor="black" cellpadding="10">{"".join(rows)}</table>>'
    looks = {"label": table, "shape": "plaintext", "fontname": "Helvetica", "margin": "0"}
    return Box(layer.name, tuple(texts), looks, "layer", layer.name, layer.type)
