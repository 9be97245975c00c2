"""Operators of PyTorch, as torch.export leaves them and decomposed, against what PyTorch computes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ir import Model, Report
from ir import layers as L
from translator import read, write

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")


class Called(nn.Module):
    """A function of tensors as a module."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Tensor) -> Any:
        return self.function(*inputs)


def masked(x: Tensor) -> Tensor:
    """Add an array that is written into part by part, as Swin makes its mask."""
    mask = x.new_zeros((4, 6))
    for count, rows in enumerate((slice(0, -2), slice(-2, None))):
        mask[rows, 1:] = count + 1
    mask[0] = -1
    return x + mask.masked_fill(mask == 2, -100.0)


def shifted(x: Tensor) -> Tensor:
    """Write parts of a tensor over parts of others, as temporal shifts and decoders do."""
    found = torch.zeros_like(x)
    found[:, :-1, :2] = x[:, 1:, :2]
    found[:, 1:, 2:] = x[:, :-1, 2:]
    found[:, 0, 3] = 0.5
    doubled = x * 2
    doubled[:, 1] += x[:, 0]
    return found - doubled


def by_place(x: Tensor) -> Tensor:
    """Pick truths by the place of each item and of each element, as transformers make their masks."""
    truths = (x > 0)[torch.arange(x.shape[0])[:, None, None], torch.arange(4)[None, None, :]]
    return x[:, None] * truths / (1 + truths.expand(-1, 3, -1).sum(-1, keepdim=True))[:, :1]


def counted(x: Tensor) -> Tensor:
    """Tell by the places of elements which are of one sequence, for each item of a batch."""
    places = torch.arange(4)[None].expand(x.shape[0], -1)
    of = (torch.diff(places, dim=-1, prepend=places[:, :1] - 1) != 1).cumsum(-1)
    rows, columns = torch.arange(4)[None, :, None], torch.arange(4)[None, None, :]
    items = torch.arange(x.shape[0])[:, None, None]
    return x @ (of[items, rows] == of[items, columns]).float()


def standardised(x: Tensor) -> Tensor:
    """Convolve with weights that are normalised each time, as NFNets do."""
    weight = torch.linspace(-1, 2, 4 * 3 * 9).sin().view(4, 3, 3, 3)
    kernel = F.batch_norm(weight.view(1, 4, -1), None, None, weight=torch.arange(4.0), training=True).view_as(weight)
    return F.conv2d(x, kernel)


def without_gradient(x: Tensor) -> Tensor:
    with torch.no_grad():
        scaled = x * torch.arange(4.0)
        shifted = scaled + 1
    return shifted - x * scaled


def attend(**options: Any) -> Callable[..., Tensor]:
    return lambda q, k, v, *mask: F.scaled_dot_product_attention(q, k, v, *mask, **options)


SMALL, IMAGE = (2, 3, 4), (2, 3, 8, 6)
HEADS = [(2, 3, 4, 5), (2, 3, 4, 5), (2, 3, 4, 6)]
CASES: dict[str, tuple[Callable[..., Any], list[tuple[int, ...]]]] = {
    "product of tensors": (lambda a, b: a @ b, [(2, 3, 4), (2, 4, 5)]),
    "product that stretches": (lambda a, b: torch.matmul(a, b), [(2, 3, 3, 4), (2, 1, 4, 5)]),
    "bmm": (lambda a, b: torch.bmm(a, b), [(2, 3, 4), (2, 4, 5)]),
    "baddbmm": (lambda c, a, b: torch.baddbmm(c, a, b, beta=0.5, alpha=2), [(2, 3, 5), (2, 3, 4), (2, 4, 5)]),
    "einsum of attention": (lambda a, b: torch.einsum("bgihd,bgjhd->bghij", a, b), [(2, 3, 4, 2, 5), (2, 3, 6, 2, 5)]),
    "einsum over heads": (lambda a, b: torch.einsum("bghij,bgjhd->bgihd", a, b), [(2, 3, 2, 4, 6), (2, 3, 6, 2, 5)]),
    "einsum of dots": (lambda a, b: torch.einsum("...ij,...kj->...ik", a, b), [(2, 4, 5), (2, 3, 5)]),
    "einsum of one": (lambda a: torch.einsum("bchw->bhwc", a), [(2, 3, 4, 5)]),
    "attention": (attend(), HEADS),
    "attention, causal": (attend(is_causal=True), HEADS),
    "attention, scaled and masked": (attend(scale=0.3), [*HEADS, (2, 1, 4, 4)]),
    "attention, masked by truths": (attend(attn_mask=torch.tril(torch.ones(4, 4)) > 0), HEADS),
    "masked fill": (lambda a, b: torch.softmax(a.masked_fill(b > 1, -math.inf), -1), [(2, 3, 40), (2, 3, 40)]),
    "choice": (lambda a, b: torch.where((a > b) & (b <= 0.5) | ~(a < 0), a, b * 2), [SMALL, SMALL]),
    "choice of numbers": (
        lambda a, b: torch.where(a != b, 0.5, 1.5) + torch.where(a.round() == 0, a, 0.0),
        [SMALL] * 2,
    ),
    "product with truths": (lambda a: a * (a > 0.2), [SMALL]),
    "functions": (lambda a: a.sin() + a.erf() + a.round() + a.floor() + a.sign() + a.atan() + a.cosh(), [SMALL]),
    "hard functions": (lambda a: F.hardswish(a) + F.hardsigmoid(a), [SMALL]),
    "gelu": (lambda a: F.gelu(F.gelu(a), approximate="tanh"), [SMALL]),
    "an array repeated for each item": (
        lambda a: (
            torch.cat(
                [torch.arange(8.0).view(2, 4).repeat(a.shape[0], 1, 1), a.new_ones(1, 4).tile(a.shape[0], 2, 1)], 1
            )
            + a.repeat(1, 2, 1)[:, :4]
        ),
        [SMALL],
    ),
    "an array for each item, whose axis is another": (
        lambda a: (
            torch.relu(torch.arange(8.0).view(2, 1, 4).repeat(1, a.shape[0], 1)[:, :, None]) * a
            + torch.arange(3.0).view(3, 1).expand(3, a.shape[0]).softmax(0).permute(1, 0)[..., None]
        ),
        [SMALL],
    ),
    "an array for each item": (lambda a: torch.cat([torch.ones(1, 4).expand(a.shape[0], 2, 4), a], 1), [SMALL]),
    "an array written into": (masked, [(2, 4, 6)]),
    "each second": (lambda a: a[:, :, ::2] + a[:, :, 1::2], [(2, 3, 8)]),
    "each second, of what is no image": (lambda a: torch.cat([a[:, ::2], a[:, 1::2]], 2), [(2, 8, 3)]),
    "each second pixel": (lambda a: torch.cat([a[..., ::2, ::2], a[..., 1::2, 1::2]], 1), [IMAGE]),
    "normalised": (lambda a: F.normalize(a, dim=1), [SMALL]),
    "instance norm": (lambda a: F.instance_norm(a), [IMAGE]),
    "instance norm with weights": (
        lambda a: F.instance_norm(a, weight=torch.tensor([1.0, 2.0, -1.0]), bias=torch.tensor([0.5, 0.0, 3.0])),
        [IMAGE],
    ),
    "group norm": (lambda a: F.group_norm(a, 2), [(2, 4, 5, 3)]),
    "layer norm over an image": (lambda a: F.layer_norm(a, (3, 8, 6)), [IMAGE]),
    "rms norm": (lambda a: F.rms_norm(a, (4,)), [SMALL]),
    "variance": (lambda a: a.var(1) + a.std(1, correction=0), [SMALL]),
    "reductions": (lambda a: a.amax(-1).sum(1) + a.sum((1, 3)) - a.amin(1).mean((1, 2))[:, None], [IMAGE]),
    "argmax": (lambda a: a.argmax(1).float() * 2, [SMALL]),
    "sorted": (lambda a: torch.sort(a, dim=1)[0] - torch.argsort(a, 1, descending=True).float(), [SMALL]),
    "the largest": (lambda a: torch.cat(a.topk(2, 1), 2), [SMALL]),
    "the smallest, and their places": (lambda a: torch.cat(a.topk(3, largest=False), 1), [SMALL]),
    "local response": (lambda a: F.local_response_norm(a, 3, alpha=0.5, k=2.0), [IMAGE]),
    "pixels shuffled": (lambda a: F.pixel_unshuffle(F.pixel_shuffle(a, 2), 2), [(2, 4, 3, 5)]),
    "softplus, cut short": (lambda a: F.softplus(a * 3, 2, 1) - F.softplus(a, -0.5, 0.5), [SMALL]),
    "by lines": (lambda a: F.interpolate(a, scale_factor=2, mode="bilinear"), [IMAGE]),
    "by lines, to a size": (lambda a: F.interpolate(a, (5, 13), mode="bilinear"), [IMAGE]),
    "by lines, corners in corners": (lambda a: F.interpolate(a, (5, 13), mode="bilinear", align_corners=True), [IMAGE]),
    "by lines, of a sequence": (lambda a: F.interpolate(a, scale_factor=1.7, mode="linear"), [SMALL]),
    "by lines, of a volume": (lambda a: F.interpolate(a, (3, 4, 9), mode="trilinear"), [(2, 2, 4, 3, 5)]),
    "by cubes": (lambda a: F.interpolate(a, (11, 4), mode="bicubic"), [IMAGE]),
    "nearest, to a size": (lambda a: F.interpolate(a, (5, 13)), [IMAGE]),
    "nearest, of the middle": (lambda a: F.interpolate(a, (5, 13), mode="nearest-exact"), [IMAGE]),
    "windows of several sizes": (lambda a: F.adaptive_avg_pool2d(a, (5, 4)), [IMAGE]),
    "running total": (lambda a: a.cumsum(1), [SMALL]),
    "rolled": (lambda a: torch.roll(a, (1, -2), (2, 3)).flip(1), [IMAGE]),
    "repeated": (lambda a: a.repeat(1, 2, 3) + a.tile(1, 2, 3), [SMALL]),
    "weights standardised": (standardised, [IMAGE]),
    "each repeated": (lambda a: a.repeat_interleave(3, 1) + a.repeat_interleave(3, dim=-2), [SMALL]),
    "copied": (lambda a, b: a.mul(2).copy_(b) - a, [SMALL, SMALL]),
    "products that stretch": (lambda a, b: a * b, [(2, 3, 1, 5), (2, 3, 4, 1)]),
    "products that stretch over channels": (lambda a, b, c: a * b * c, [(2, 3, 1, 1), (2, 1, 4, 1), (2, 1, 1, 5)]),
    "written over parts": (shifted, [(2, 3, 4)]),
    "arrays multiplied": (
        lambda a: a * torch.einsum("i,j->ji", torch.arange(4.0), torch.tensor([1.0, 0.5, 2.0])),
        [SMALL],
    ),
    "mirrored, then convolved": (
        lambda a: F.conv2d(F.pad(a, (1, 1, 1, 1), mode="reflect"), torch.linspace(-1, 2, 81).view(3, 3, 3, 3)),
        [IMAGE],
    ),
    "the edge, then pooled": (lambda a: F.avg_pool2d(F.pad(a, (1, 1, 1, 1), mode="replicate"), 3), [IMAGE]),
    "windows of a tensor": (lambda a: a.unfold(2, 4, 3).unfold(1, 2, 2), [(2, 5, 11, 3)]),
    "blocks": (lambda a: F.unfold(a, (3, 2), dilation=(1, 2), padding=1, stride=(2, 1)), [IMAGE]),
    "blocks put together": (
        lambda a: F.fold(a, (7, 6), (3, 2), dilation=(1, 2), padding=1, stride=(2, 3)),
        [(2, 12, 8)],
    ),
    "places of items": (by_place, [(2, 4)]),
    "places counted": (counted, [(2, 3, 4)]),
    "places picked together": (lambda a: a[:, torch.tensor([0, 2, 1]), torch.tensor([3, -1, 0])], [(2, 3, 4)]),
    "places crossed": (lambda a: a[:, torch.tensor([[0], [2]]), torch.tensor([[3, 1, 0]])], [(2, 3, 4)]),
    "places along an axis": (
        lambda a: a * torch.arange(12.0).view(3, 4).gather(1, torch.tensor([[0, 3, 1, 1]]).expand(3, 4)),
        [SMALL],
    ),
    "the lesser of arrays": (lambda a: a * torch.min(torch.arange(4.0), torch.tensor([1.0, 0.5, 7.0, 3.0])), [SMALL]),
    "divided and rounded": (
        lambda a: a * (torch.div(torch.arange(-5, 7), 4, rounding_mode="floor") - torch.arange(-5, 7) // 3).view(3, 4),
        [SMALL],
    ),
    "whole numbers": (lambda a: a * ((a > 0).long() * 3 - (a < 1).long()).cumsum(1), [SMALL]),
    "without a gradient": (without_gradient, [SMALL]),
    "sinusoids": (lambda a: a + torch.sin(torch.arange(4.0)[None] * torch.tensor([1.0, 0.5, 0.25])[:, None]), [SMALL]),
}


def given(form: str, net: nn.Module, inputs: tuple[Tensor, ...]) -> Any:
    if form == "fixed":
        return torch.export.export(net, inputs)
    batch = torch.export.Dim("batch", min=1)
    program = torch.export.export(net, inputs, dynamic_shapes=(tuple({0: batch} for _ in inputs),))
    return program.run_decompositions() if form == "decomposed" else program


FORMS = [(case, form) for case in CASES for form in ("exported", "decomposed")]
FORMS.remove(("blocks put together", "decomposed"))  # Then it adds to places, for which there is no layer.


def gives_the_same(function: Callable[..., Any], shapes: list[tuple[int, ...]], form: str, folder: Path) -> None:
    """Require that what a function gives comes out of ONNX Runtime once it was exported, read and written."""
    torch.manual_seed(0)
    net, inputs = Called(function).eval(), tuple(torch.randn(shape) for shape in shapes)
    report = Report()
    model = read(given(form, net, inputs), report=report)
    assert not [str(each) for each in report if each.code in ("unknown-layer", "inexact")]
    write(Model(replace(model.graph, name="net"), model.weights), "onnx", folder / "net.onnx")
    session = onnxruntime.InferenceSession(str(folder / "net.onnx"), providers=["CPUExecutionProvider"])
    # Another batch than the one that was exported, where that may be.
    inputs = tuple(torch.randn(shape[0] if form == "fixed" else 3, *shape[1:]) for shape in shapes)
    names = [each.name for each in session.get_inputs()]
    (found,) = session.run(None, {name: each.numpy() for name, each in zip(names, inputs, strict=True)})
    with torch.inference_mode():
        wanted = net(*inputs).numpy()
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-6 * max(1.0, float(np.abs(wanted).max())))


@pytest.mark.parametrize(("case", "form"), FORMS)
def test_an_operator_gives_what_pytorch_gives(case: str, form: str, tmp_path: Path) -> None:
    gives_the_same(*CASES[case], form, tmp_path)


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "bicubic"])
@pytest.mark.parametrize("factors", [(3.05, 1.7), (1.09, 1.1), (2.04, 2.1), (3.05, 3.1), (0.6, 2), (3, 1)])
def test_a_factor_counts_and_not_what_it_makes_of_the_size(
    mode: str, factors: tuple[float, float], tmp_path: Path
) -> None:
    gives_the_same(lambda a: F.interpolate(a, scale_factor=factors, mode=mode), [(2, 3, 10, 9)], "exported", tmp_path)


@pytest.mark.parametrize("name", ["upsample_nearest2d", "_upsample_nearest_exact2d", "upsample_bilinear2d"])
def test_factors_may_stand_one_by_one(name: str, tmp_path: Path) -> None:
    operator = getattr(torch.ops.aten, name).default
    corners = (False,) if "linear" in name else ()
    gives_the_same(lambda a: operator(a, (30, 15), *corners, 3.05, 1.7), [(2, 3, 10, 9)], "exported", tmp_path)


NAMED: dict[str, list[type[Any]]] = {
    "product of tensors": [L.MatMul],
    "functions": [L.Function],
    "hard functions": [L.HardSwish, L.HardSigmoid],
    "gelu": [L.GELU],
    "an array written into": [L.Bias],
    "sinusoids": [L.Bias],
}


@pytest.mark.parametrize("case", NAMED)
def test_an_operator_becomes_the_layer_that_people_would_name(case: str) -> None:
    function, shapes = CASES[case]
    model = read(Called(function).eval(), tuple(torch.randn(shape) for shape in shapes))
    kinds = {type(node.layer) for node in model.graph.nodes} - {L.Add}
    assert kinds == set(NAMED[case])
