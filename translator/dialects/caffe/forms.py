"""Forms that rules of Caffe's layers share: convolutions, poolings, functions of each element."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from translator.dialects.caffe.codecs import ConvolutionKernel, Dilation, EachChannel, Rounding, SymmetricPad, Window
from translator.mapping import Blob, Field, Rule

FILLERS = ("weight_filler", "bias_filler", "filler", "engine", "force_nd_im2col", "stable_prod_grad", "debug_info")
"""Fields that start or speed up training and mean nothing to a deployed model."""


def convolution(foreign: str, layer: Any) -> Rule:
    """Return the rule of a convolution of some rank."""
    return Rule(
        foreign,
        layer,
        group="convolution_param",
        where={"fuse_type": None},
        ignore=FILLERS,
        blobs=(Blob("kernel"), Blob("bias")),
        filters=Field("num_output"),
        kernel=ConvolutionKernel(),
        stride=Window("stride", "stride", absent=1),
        pad=SymmetricPad(),
        dilation=Dilation(),
        groups=Field("group", absent=1),
        bias=Field("bias_term", absent=True),
    )


def depthwise(foreign: str) -> Rule:
    """Return the rule of a fork's depthwise convolution."""
    plain = convolution(foreign, L.Conv2D)
    codecs: dict[str, Any] = {**plain.codecs, "groups": EachChannel()}
    return Rule(foreign, L.Conv2D, group=plain.group, ignore=(*plain.ignore, "group"), blobs=plain.blobs_of, **codecs)


def pooling(layer: Any, pool: str, gives: int = 1) -> Rule:
    """Return the rule of a pooling over windows."""
    return Rule(
        "Pooling",
        layer,
        group="pooling_param",
        where={"pool": pool},
        gives=gives,
        ignore=(*FILLERS, "global_pooling"),
        kernel=Window("kernel", "kernel_size", repeats=False),
        stride=Window("stride", "stride", absent=1, repeats=False),
        pad=SymmetricPad(repeats=False),
        rounding=Rounding(),
    )


def global_pooling(layer: Any, pool: str) -> Rule:
    """Return the rule of a pooling over the whole image."""
    ignored = ("stride", "pad", "kernel_size", "kernel_h", "kernel_w", *Rounding.keys)
    return Rule(
        "Pooling",
        layer,
        group="pooling_param",
        where={"pool": pool, "global_pooling": True},
        ignore=(*FILLERS, *ignored),
    )


def single_level(layer: Any, pool: str) -> Rule:
    """Return the rule of a pyramid of one level: a pooling over the whole image, which Caffe does not flatten."""
    return Rule("SPP", layer, group="spp_param", where={"pool": pool, "pyramid_height": 1}, ignore=("engine",))


def inner_product(foreign: str) -> Rule:
    """Return the rule of a multiplication by a matrix."""
    return Rule(
        foreign,
        L.Dense,
        group="inner_product_param",
        ignore=(*FILLERS, "transpose", "normalize"),
        blobs=(Blob("kernel"), Blob("bias")),
        units=Field("num_output"),
        bias=Field("bias_term", absent=True),
        axis=Field("axis", absent=1),
    )


def elementwise(foreign: str, layer: Any, group: str = "", **codecs: Any) -> Rule:
    """Return the rule of a function of each element."""
    return Rule(foreign, layer, group=group, ignore=("engine",), **codecs)


def affine(foreign: str, layer: Any, group: str, blobs: tuple[Blob, ...], **codecs: Any) -> Rule:
    """Return the rule of Scale or Bias with one bottom."""
    return Rule(
        foreign,
        layer,
        group=group,
        ignore=FILLERS,
        blobs=blobs,
        axis=Field("axis", absent=1),
        count=Field("num_axes", absent=1),
        **codecs,
    )


def recurrent(foreign: str, layer: Any, *roles: str) -> Rule:
    """Return the rule of a recurrent layer."""
    return Rule(
        foreign,
        layer,
        group="recurrent_param",
        ignore=(*FILLERS, "expose_hidden"),
        blobs=[Blob(role) for role in roles],
        units=Field("num_output"),
    )
