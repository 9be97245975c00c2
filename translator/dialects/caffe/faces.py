"""Layers of forks for face recognition: features and weights of length 1, and margins to train with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ir import layers as L
from ir.shapes import Shape
from translator.attrs import Attrs
from translator.dialects.caffe.forms import FILLERS
from translator.mapping import Always, At, Blob, Codec, Field, Rule, Unsayable


class OfVectors(Codec):
    """The only axis of a vector, along which all forks agree; what one that names no axis means on images differs.

    Sources: l2_norm_layer.cpp, l2_normalization_layer.cpp and normalization_layer.cpp of the forks in which the layers
    of these names are; most take all of an image together, and some each pixel for itself.
    """

    def read(self, attrs: Attrs, at: At) -> Any:
        if not is_vector(at.inputs[0] if at.inputs else None):
            raise Unsayable("forks differ on images")
        return False

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if not is_vector(at.inputs[0]):
            raise Unsayable("forks differ on images")
        return {}


def is_vector(shape: Shape | None) -> bool:
    """Tell whether a tensor is known to have one axis behind that of the batch, those of size 1 left aside."""
    return shape is not None and len(shape) > 1 and all(size == 1 for size in shape[2:])


TRAINING_ALONE = frozenset(["fix_gradient", "bp_norm"])
"""Fields of a Normalize that tell what comes back through it."""


def factors(layer: L.L2Normalize) -> tuple[Blob]:
    """Return the blob of the factors; one for all channels has no axis."""
    return (Blob("gamma", form=(lambda _: ()) if layer.shared else None),)


RULES = [
    Rule(
        "MarginInnerProduct",
        L.Dense,
        group="margin_inner_product_param",
        ignore=(*FILLERS, "type", "base", "gamma", "power", "lambda_min", "iteration"),
        blobs=(Blob("kernel"),),
        units=Field("num_output"),
        bias=Always(False),
        axis=Field("axis", absent=1),
    ),
    Rule(
        "Normalize",
        L.L2Normalize,
        group="normalize_param",
        where={"normalize_type": "L2"},
        blobs=factors,
        ignore=tuple(TRAINING_ALONE),
        across_spatial=Always(False),
        epsilon=Always(1e-6),
        learned=Always(False),
    ),
]
NORMS = [
    Rule(name, L.L2Normalize, across_spatial=OfVectors(), epsilon=Always(1e-12), learned=Always(False))
    for name in ("L2Norm", "L2Normalize", "L2Normalization", "Normalization", "NormalizationL2")
]


def product_alone(layer: Attrs) -> tuple[Attrs, ...]:
    """Return an inner product that makes the score of the right class worse, to train with a margin, without that.

    Sources: https://github.com/wy1iu/sphereface (margin_inner_product_layer.cpp), where each row of the weights has
    the length 1, and https://github.com/wy1iu/LargeMargin_Softmax_Loss (largemargin_inner_product_layer.cpp).
    """
    changed = {**layer, "bottom": layer.repeated("bottom")[:1], "top": layer.repeated("top")[:1]}
    if layer["type"] == "LargeMarginInnerProduct":
        groups = ("largemargin_inner_product_param", "large_margin_inner_product_param")
        given = next((changed.pop(group) for group in groups if group in changed), Attrs())
        fields = {key: given[key] for key in ("num_output", "axis") if key in given}
        changed |= {"type": "InnerProduct", "inner_product_param": Attrs({**fields, "bias_term": False})}
    return (Attrs(changed, layer.source, layer.offset, layer.places),)


def unit_length(layer: Attrs, shapes: Sequence[Shape | None]) -> tuple[Attrs, ...]:
    """Return a Normalize that does not say which fork's it is: of a vector, and without factors, it is not SSD's.

    Source: normalize_layer.cpp of https://github.com/happynear/caffe-windows
    """
    own, said = layer.message("normalize_param"), [key for key in ("norm_param", "param", "blobs") if key in layer]
    plain = is_vector(shapes[0] if shapes else None) and not said
    if not own.keys() <= TRAINING_ALONE or not (own or plain):
        return (layer,)
    changed = {**layer, "normalize_param": Attrs({**own, "normalize_type": "L2"})}
    return (Attrs(changed, layer.source, layer.offset, layer.places),)
