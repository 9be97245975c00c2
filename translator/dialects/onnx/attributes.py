"""What type each attribute of ONNX's operators has, by its name: what a file has instead makes no sense.

Source: https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from typing import Any

from ir.weights import Tensor
from translator.dialects.onnx.proto import Body, Operator

_WHOLE = (
    "allowzero antialias axis batch_axis batch_dims block_size blocksize ceil_mode count_include_pad detect_negative "
    "detect_positive exclude_outside exclusive group hidden_size is_causal kv_num_heads largest num_groups "
    "output_dtype p q_num_heads qk_matmul_output_mode reverse softmax_precision sorted upper "
    "input_forget is_test keepdims layout linear_before_reset noop_with_empty_axes num_outputs select_last_index "
    "spatial stash_type storage_order to training_mode transA transB"
)
_WHOLES = "axes dilations kernel_shape output_padding output_shape pads perm repeats shape split starts ends strides"
_REAL = "alpha beta bias epsilon gamma max min momentum ratio scale lambd softcap spatial_scale"
_TEXT = "approximate auto_pad coordinate_transformation_mode direction equation mode nearest_mode"
TYPES: dict[str, tuple[type, bool]] = {
    **dict.fromkeys(_WHOLE.split(), (int, False)),
    **dict.fromkeys(_WHOLES.split(), (int, True)),
    **dict.fromkeys(_REAL.split(), (float, False)),
    **dict.fromkeys(_TEXT.split(), (str, False)),
    "keep_aspect_ratio_policy": (str, False),
    "activation_alpha": (float, True),
    "activation_beta": (float, True),
    "activations": (str, True),
    "scales": (float, True),
    "value_float": (float, False),
    "value_floats": (float, True),
    "value_int": (int, False),
    "value_ints": (int, True),
}
"""The type of an attribute's content, and whether it is a list of them."""
MEANT = {int: "a whole number", float: "a number", str: "a text", Tensor: "an array"}


def check(operator: Operator) -> None:
    """Raise ValueError where an attribute has another type than one of its name has."""
    for name, content in operator.attributes.items():
        if isinstance(content, Body):
            continue
        kind, many = TYPES.get(name, (object, isinstance(content, tuple)))
        if name == "value":
            kind, many = Tensor if operator.kind.startswith("Constant") else float, False
        values: tuple[Any, ...] = content if isinstance(content, tuple) else (content,)
        if isinstance(content, tuple) != many or not all(isinstance(each, kind) for each in values):
            raise ValueError(f"has {name}, which must be {'a list, each ' * many}{MEANT.get(kind, '')}")
