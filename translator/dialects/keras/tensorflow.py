"""The operations of TensorFlow that tf.keras keeps between layers, as those of Keras 3.

`TFOpLambda` has the name of a function, and the call its arguments by their names; `SlicingOpLambda` is `x[...]`;
`TensorFlowOpLayer` of 2.0 to 2.3 has an operator of a graph, and its constants by their places.
Source: https://www.tensorflow.org/api_docs/python/tf, `tensorflow/python/keras/layers/core.py` of 2.4 and
`tensorflow/python/keras/engine/base_layer.py` of 2.0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ir.graph import Ref
from translator.dialects.keras.channels import flat
from translator.dialects.keras.topology import Called, Entry

FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(("math.add", "__operators__.add", "add"), "Add x y"),
    "nn.bias_add": "Add value bias",
    **dict.fromkeys(("math.subtract", "subtract"), "Subtract x y"),
    **dict.fromkeys(("math.multiply", "multiply"), "Multiply x y"),
    **dict.fromkeys(("math.truediv", "math.divide", "divide", "truediv", "compat.v1.div"), "Divide x y"),
    **dict.fromkeys(("math.pow", "pow"), "Power x y"),
    **dict.fromkeys(("math.maximum", "maximum"), "Maximum x y"),
    **dict.fromkeys(("math.minimum", "minimum"), "Minimum x y"),
    **{f"math.{each}": f"{kind} x" for each, kind in (("square", "Square"), ("sqrt", "Sqrt"), ("rsqrt", "Rsqrt"))},
    **{f"math.{each}": f"{kind} x" for each, kind in (("exp", "Exp"), ("log", "Log"), ("abs", "Absolute"))},
    **{f"math.{each}": f"{kind} x" for each, kind in (("negative", "Negative"), ("reciprocal", "Reciprocal"))},
    **{f"math.{each}": f"{each.capitalize()} x" for each in ("tanh", "sigmoid", "softplus", "sin", "cos", "erf")},
    **{f"math.{each}": f"{each.capitalize()} x" for each in ("floor", "ceil", "round", "sign")},
    **{f"nn.{each}": f"{each.capitalize()} features" for each in ("relu", "elu", "relu6", "selu", "softplus", "gelu")},
    **{f"nn.{each}": f"{each.capitalize()} x" for each in ("sigmoid", "tanh", "silu", "swish")},
    "nn.leaky_relu": "LeakyRelu features",
    **dict.fromkeys(("nn.softmax", "compat.v1.nn.softmax"), "Softmax logits"),
    "nn.log_softmax": "LogSoftmax logits",
    **dict.fromkeys(("math.reduce_mean", "reduce_mean"), "Mean input_tensor"),
    **dict.fromkeys(("math.reduce_sum", "reduce_sum"), "Sum input_tensor"),
    **dict.fromkeys(("math.reduce_max", "reduce_max"), "Max input_tensor"),
    **dict.fromkeys(("math.reduce_min", "reduce_min"), "Min input_tensor"),
    **dict.fromkeys(("math.reduce_prod", "reduce_prod"), "Prod input_tensor"),
    "math.reduce_variance": "Var input_tensor",
    "math.reduce_std": "Std input_tensor",
    **dict.fromkeys(("math.argmax", "argmax"), "Argmax input"),
    **dict.fromkeys(("math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize"), "Normalize x"),
    **dict.fromkeys(("concat", "concat_v2"), "Concatenate values"),
    "stack": "Stack values",
    "unstack": "Unstack value",
    "split": "SplitSizes value",
    **dict.fromkeys(("expand_dims", "compat.v1.expand_dims"), "ExpandDims input"),
    **dict.fromkeys(("squeeze", "compat.v1.squeeze"), "Squeeze input"),
    **dict.fromkeys(("transpose", "compat.v1.transpose"), "Transpose a"),
    "reshape": "Reshape tensor",
    "tile": "Tile input",
    **dict.fromkeys(("pad", "compat.v1.pad"), "Pad tensor"),
    "reverse": "Flip tensor",
    "linalg.matmul": "Matmul a b",
    "clip_by_value": "Clip t",
    **dict.fromkeys(("cast", "identity", "stop_gradient"), "Cast input"),
    **dict.fromkeys(("image.resize", "compat.v1.image.resize"), "Resize images"),
    "image.resize_bilinear": "Resize images",
    **dict.fromkeys(("nn.depth_to_space", "compat.v1.depth_to_space"), "DepthToSpace input"),
    **dict.fromkeys(("nn.space_to_depth", "compat.v1.space_to_depth"), "SpaceToDepth input"),
    "__operators__.getitem": "GetItem tensor slice_spec",
}
"""Functions: the class of Keras 3's operation, and the names of the arguments that are tensors, or stand for some."""
OPERATORS: Mapping[str, str] = {
    **dict.fromkeys(("Add", "AddV2", "BiasAdd"), "Add 0 1"),
    "Sub": "Subtract 0 1",
    "Mul": "Multiply 0 1",
    **dict.fromkeys(("RealDiv", "Div"), "Divide 0 1"),
    "Pow": "Power 0 1",
    "Maximum": "Maximum 0 1",
    "Minimum": "Minimum 0 1",
    **{each: f"{each} 0" for each in ("Square", "Sqrt", "Rsqrt", "Exp", "Log", "Tanh", "Sigmoid", "Softplus", "Erf")},
    **{
        each: f"{each} 0" for each in ("Relu", "Relu6", "Elu", "Selu", "Softmax", "LogSoftmax", "Floor", "Ceil", "Sign")
    },
    **{each: f"{kind} 0" for each, kind in (("Abs", "Absolute"), ("Neg", "Negative"), ("Identity", "Cast"))},
    "Cast": "Cast 0",
    "LeakyRelu": "LeakyRelu 0",
    **{each: f"{each} 0 axis" for each in ("Mean", "Sum", "Max", "Min", "Prod")},
    "ConcatV2": "Concatenate * axis",
    "Pack": "Stack *",
    "Unpack": "Unstack 0",
    "ExpandDims": "ExpandDims 0 axis",
    "Squeeze": "Squeeze 0",
    "Transpose": "Transpose 0 axes",
    "Reshape": "Reshape 0 newshape",
    "Tile": "Tile 0 repeats",
    **dict.fromkeys(("Pad", "PadV2"), "Pad 0 pad_width constant_values"),
    **dict.fromkeys(("MatMul", "BatchMatMul", "BatchMatMulV2"), "Matmul 0 1"),
    "ResizeBilinear": "Resize 0 size",
    "DepthToSpace": "DepthToSpace 0",
    "SpaceToDepth": "SpaceToDepth 0",
}
"""Operators: the class of Keras 3's operation, and what stands at each place: a tensor, or a field by its name."""
FIELDS = {
    "perm": "axes",
    "shape": "newshape",
    "multiples": "repeats",
    "paddings": "pad_width",
    "clip_value_min": "x_min",
    "clip_value_max": "x_max",
    "num_or_size_splits": "sizes",
    "alpha": "negative_slope",
}
"""Arguments by the names that Keras 3 has for them."""
ATTRIBUTES = {
    "DstT": "dtype",
    "keep_dims": "keepdims",
    "squeeze_dims": "axis",
    "axis": "axis",
    "alpha": "negative_slope",
    "block_size": "block_size",
    "half_pixel_centers": "half_pixel_centers",
    "align_corners": "align_corners",
    **dict.fromkeys(("transpose_a", "adj_x"), "transpose_a"),
    **dict.fromkeys(("transpose_b", "adj_y"), "transpose_b"),
}
"""Attributes of operators that say what is computed, as fields."""
KINDS = frozenset(["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"])
IMAGES = frozenset(["Resize", "DepthToSpace", "SpaceToDepth", "Pad"])
"""What has channels last wherever it stands."""


def as_operation(entry: Entry, called: Called, refs: Sequence[Ref]) -> tuple[Entry, Called]:
    """Return a call of a function of TensorFlow as one of an operation of Keras 3; one that is not known stays.

    `refs` are all tensors that the call takes; those that its options name are behind the others.
    """
    if entry.kind == "TensorFlowOpLayer":
        return _of_operator(entry, called, refs)
    name = entry.fields.get("function")
    if not isinstance(name, str):
        return entry, called
    kind, *names = FUNCTIONS.get(name, "").split() or [""]
    written = f"{entry.written} tf.{name}"
    if not kind:
        return replace(entry, written=written), called
    options = {key: each for key, each in called.options.items() if key != "name"}
    named = sum(isinstance(each, Ref) for each in flat(list(options.values())))
    first = called.places or refs[: len(refs) - named]
    given = [*first, *(options.pop(each) for each in names[1:] if each in options)]
    if name == "__operators__.getitem":
        options.clear()
    elif name in ("expand_dims", "stack", "unstack"):
        options.setdefault("axis", 0)
    fields = {FIELDS.get(key, key): each for key, each in options.items()}
    return _operation(entry, kind, written, fields), replace(called, options={}, places=given)


def _operation(entry: Entry, kind: str, written: str, fields: dict[str, Any]) -> Entry:
    if kind in IMAGES:
        fields["data_format"] = "channels_last"
    fields = {key: each for key, each in fields.items() if each is not None}
    return replace(entry, kind=f"ops.{kind}", written=written, fields=fields)


def _of_operator(entry: Entry, called: Called, refs: Sequence[Ref]) -> tuple[Entry, Called]:
    node, constants = entry.fields.get("node_def"), entry.fields.get("constants")
    if not isinstance(node, dict) or not isinstance(node.get("op"), str):
        return entry, called
    written = f"{entry.written} {node['op']}"
    kind, *names = OPERATORS.get(node["op"], "").split() or [""]
    attributes = node.get("attr")
    if not kind or not isinstance(attributes, dict) or not isinstance(constants, dict):
        return replace(entry, written=written), called
    tensors = iter(refs)
    given: list[Any] = []
    for i in range(len(refs) + len(constants)):
        given.append(constants[str(i)] if str(i) in constants else next(tensors, None))
    fields = {ours: _attribute(attributes[theirs]) for theirs, ours in ATTRIBUTES.items() if theirs in attributes}
    if "*" in names:
        places = [each for each in given if isinstance(each, Ref)]
        fields.update(zip(names[1:], given[len(places) :], strict=False))
    else:
        places = [each for name, each in zip(names, given, strict=False) if name.isdigit()]
        fields.update((name, each) for name, each in zip(names, given, strict=False) if not name.isdigit())
    if kind in ("Softmax", "LogSoftmax"):
        fields["axis"] = -1
    if node["op"] == "ResizeBilinear" and not fields.get("half_pixel_centers"):
        return replace(entry, written=written), called
    return _operation(entry, kind, written, fields), replace(called, options={}, places=places)


def _attribute(value: Any) -> Any:
    """Return an attribute as a plain value: JSON has whole numbers as texts."""
    if not isinstance(value, dict):
        return None
    inner = value.get("list")
    if isinstance(inner, dict):
        given = inner.get("i")
        return [_whole(each) for each in given] if isinstance(given, list) else []
    return _whole(value["i"]) if "i" in value else value.get("b", value.get("f", value.get("type")))


def _whole(value: Any) -> Any:
    text = value if isinstance(value, str) and len(value) < 20 and value.isascii() else ""
    return int(text) if text.removeprefix("-").isdigit() else value
