"""Operators of PyTorch that are spelt out in arithmetic, against what PyTorch computes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ir import Report
from ir import layers as L
from tests.test_pytorch_operators import IMAGE, SMALL, Called, gives_the_same
from translator import read

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")
MATRIX, BORDERS = torch.linspace(-1, 2, 20).sin().view(4, 5), torch.tensor([-1.0, 0.0, 0.5])
KERNEL = torch.linspace(-1, 2, 40).sin().view(2, 4, 5)
ROWS = torch.tensor([2, 0])


def written(x: Tensor, *how: Any) -> Tensor:
    """Write numbers where a mask is true, into rows, and what another tensor has into others."""
    found = x.clone()
    found[found < 0] = 0.5
    found[:, [0, 2]] = -3.0
    found[:, :, ROWS] = x[:, :, 1:3] * 2
    return found


def turned(x: Tensor) -> Tensor:
    return torch.cat([torch.rot90(x, times, (2, 3)).flatten(2) for times in range(-1, 3)], 2)


def without_numbers(x: Tensor) -> Tensor:
    """Divide by 0 here and there, and take numbers for what comes of it."""
    odd = torch.where(x > 1, x / 0.0, torch.where(x < -1, (x - x) / 0.0, x))
    known = odd.isnan().float() * 2 + odd.isinf().float() * 3 + odd.isfinite().float()
    return known + torch.nan_to_num(odd, nan=0.5, posinf=7.0, neginf=-8.0)


CASES: dict[str, tuple[Callable[..., Any], list[tuple[int, ...]]]] = {
    "shrunk": (lambda a: F.hardshrink(a, 0.7) + F.softshrink(a, 0.4) * 2, [SMALL]),
    "threshold": (lambda a: F.threshold(a, 0.1, -3.0), [SMALL]),
    "less one": (lambda a: torch.expm1(a) + torch.erfc(a), [SMALL]),
    "angles": (lambda a, b: torch.atan2(a, b) + torch.deg2rad(a) - torch.rad2deg(b), [SMALL, SMALL]),
    "angles on the axes": (
        lambda a: torch.atan2(torch.where(a > 0.5, 1.0, 0.0), torch.where(a.abs() > 1, a, 0.0)),
        [SMALL],
    ),
    "behind the point": (lambda a: a.frac() * 2 + a.trunc(), [SMALL]),
    "remainders": (lambda a: a % 0.7 + torch.fmod(a, 0.3) * 3 + a // 0.4, [SMALL]),
    "remainders of tensors": (lambda a, b: a % (b.abs() + 1) - torch.fmod(a, b.abs() + 1), [SMALL, SMALL]),
    "divided and rounded": (
        lambda a, b: torch.div(a, 0.3, rounding_mode="floor") - torch.div(a, b.abs() + 0.1, rounding_mode="trunc"),
        [SMALL, SMALL],
    ),
    "between": (lambda a, b: torch.lerp(a, b, 0.3) + torch.lerp(a, b, b), [SMALL, SMALL]),
    "no numbers": (without_numbers, [SMALL]),
    "logarithms of sums": (
        lambda a, b: torch.logaddexp(a * 90, b * 90) + torch.logsumexp(a * 90, 1, keepdim=True),
        [SMALL, SMALL],
    ),
    "a product with a logarithm": (
        lambda a: torch.xlogy(a * (a > 0), a.abs()) + torch.special.logit(a.sigmoid()),
        [SMALL],
    ),
    "hypotenuse": (lambda a, b: torch.hypot(a, b) + torch.sinc(a), [SMALL, SMALL]),
    "steps": (lambda a: torch.heaviside(a * (a > 0), torch.tensor(0.5)) + torch.sgn(a), [SMALL]),
    "close": (lambda a, b: torch.isclose(a, b, rtol=0.5, atol=0.1) * a, [SMALL, SMALL]),
    "buckets": (
        lambda a: torch.bucketize(a * 1.0, BORDERS) * 2.0 + torch.searchsorted(BORDERS, a.round(), right=True),
        [SMALL],
    ),
    "times powers of 2": (
        lambda a, b: torch.ldexp(a, b.round()) + torch.float_power(a.abs(), 1.5).float(),
        [SMALL] * 2,
    ),
    "a matrix by a vector": (
        lambda a: (a @ MATRIX).sum(0) @ torch.arange(5.0) + torch.mv(a.sum(0), torch.arange(4.0)),
        [SMALL],
    ),
    "dot": (lambda a: a * torch.dot(a.flatten()[:5], torch.arange(5.0)), [SMALL]),
    "outer": (
        lambda a: torch.outer(a[0, 0], a[0, 1]) + torch.addr(a[0, :1, :1], a[0, 0], a[0, 1], beta=2, alpha=3),
        [SMALL],
    ),
    "bilinear": (lambda a, b: F.bilinear(a, b, KERNEL, torch.tensor([0.5, -1.0])), [(2, 3, 4), (2, 3, 5)]),
    "products added": (
        lambda a, b: torch.addbmm(MATRIX[:3], a, b, beta=0.5) + torch.addmv(MATRIX[0, :3], a[0], b[0, :, 0])[:, None],
        [(2, 3, 4), (2, 4, 5)],
    ),
    "tensordot": (lambda a: torch.tensordot(a, MATRIX, ([2], [0])) + torch.inner(a, MATRIX.t()), [SMALL]),
    "distances": (lambda a, b: torch.cdist(a, b) + torch.cdist(a, b, p=1), [(2, 3, 4), (2, 5, 4)]),
    "distances of pairs": (lambda a, b: F.pairwise_distance(a, b) * torch.dist(a, b), [SMALL, SMALL]),
    "cosines": (lambda a, b: F.cosine_similarity(a, b, -1) + F.cosine_similarity(a, b[:, :1], 2), [SMALL, SMALL]),
    "crossed": (lambda a, b: torch.linalg.cross(a, b, dim=1), [SMALL, SMALL]),
    "norms": (lambda a: torch.linalg.norm(a) + torch.linalg.norm(a, dim=1) - torch.norm(a, p=1), [SMALL]),
    "extremes": (lambda a: torch.cat([a.max(1)[1] * 1.0, a.max(2)[0], a.min(2)[1] * 2.0, a.min(1)[0]], 1), [SMALL]),
    "where the smallest is": (lambda a: a.argmin(1) * 1.0 + sum(torch.aminmax(a, dim=1)), [SMALL]),
    "the first of all": (lambda a: a.argmax() + a.argmin() * 2.0 + a, [SMALL]),
    "medians": (lambda a: a.median(1)[0] + a.median(2, keepdim=True)[0].flatten(1).sum(1)[:, None], [SMALL]),
    "spread": (lambda a: sum(torch.std_mean(a, 1)), [SMALL]),
    "any and all": (lambda a: a * (a.long().any(1, keepdim=True) | (a > -0.9).all(1, keepdim=True)), [SMALL]),
    "how many": (lambda a: a * torch.count_nonzero(a > 0, 1)[:, None], [SMALL]),
    "one or the other": (lambda a: torch.logical_xor(a > 0, a < 1) * a, [SMALL]),
    "cut to whole numbers": (lambda a: (a * 3).long().float(), [SMALL]),
    "one hot": (lambda a: F.one_hot((a * 2).long().clamp(0, 3), 5).float(), [SMALL]),
    "marks multiplied": (lambda a: F.one_hot(a.argmax(-1), 4).float() @ a.mT, [(2, 3, 4)]),
    "triangles": (lambda a: a.tril() + a.triu(2) * 2 - a.tril(-1), [(2, 3, 4)]),
    "quarter turns": (turned, [IMAGE]),
    "differences": (lambda a: torch.diff(a, 2, 1) + torch.diff(a, dim=2, prepend=a[..., :1])[:, 1:2], [SMALL]),
    "running": (lambda a: a.cumprod(2) + a.cummax(1)[0], [SMALL]),
    "mesh": (
        lambda a: torch.meshgrid(a[0, 0], a[0, :, 1], indexing="ij")[1]
        + torch.meshgrid(a[0, :, 0], a[0, 1], indexing="xy")[0],
        [SMALL],
    ),
    "stacked": (
        lambda a: torch.hstack([a, a * 2])[:, 2:5] + torch.dstack([a, a])[..., 2:6] + torch.vstack([a[1:], a[:1]]),
        [SMALL],
    ),
    "columns": (lambda a: torch.column_stack([a[0, 0], a[0, 1], a[0].t()]), [SMALL]),
    "diagonals": (lambda a: a.diagonal(1, 1, 2) + torch.diag_embed(a[:, 0, :3])[:, 1] + a[0].trace(), [SMALL]),
    "pieces": (
        lambda a: sum(each.sum(2) for each in a.tensor_split(3, 2)) + a.tensor_split([1, -1], 2)[1].sum(2),
        [(2, 3, 8)],
    ),
    "einsum of three": (
        lambda a, b: torch.einsum("bld,bln,bld->bldn", a, b, a * 2) + torch.einsum("bld,dn->bldn", a, torch.ones(5, 3)),
        [(2, 4, 5), (2, 4, 3)],
    ),
    "a grid for each": (lambda a: F.affine_grid(a, [a.shape[0], 3, 4, 5]), [(2, 2, 3)]),
    "a grid": (
        lambda a: F.affine_grid(a, [2, 3, 4, 5], align_corners=True) + F.affine_grid(a, [2, 3, 4, 5]) * 2,
        [(2, 2, 3)],
    ),
    "identity": (lambda a: a @ torch.eye(4) + torch.triu_indices(4, 4).sum(), [SMALL]),
    "written": (written, [SMALL]),
    "put along": (
        lambda a: a.index_fill(1, ROWS, 3.0)
        + a.index_copy(2, ROWS, a[..., 1:3])
        + a.index_add(1, ROWS, a[:, :2], alpha=2),
        [SMALL],
    ),
    "a number scattered": (lambda a: a.scatter(1, a[:, :1].argsort(2) % 3, 7.0), [(2, 3, 3)]),
    "largest of windows of several sizes": (lambda a: F.adaptive_max_pool2d(a, (3, 4)), [IMAGE]),
    "divided by a number of its own": (lambda a: F.avg_pool2d(a, 2, 1, divisor_override=3), [IMAGE]),
    "without aliases": (
        lambda a: F.interpolate(a, (3, 4), mode="bilinear", antialias=True)
        + F.interpolate(a, (3, 4), mode="bicubic", antialias=True),
        [IMAGE],
    ),
    "without aliases, larger": (lambda a: F.interpolate(a, scale_factor=1.7, mode="bilinear", antialias=True), [IMAGE]),
}  # fmt: skip


FIXED = [
    "dot",
    "outer",
    "products added",
    "mesh",
    "stacked",
    "columns",
    "diagonals",
    "a grid",
    "the first of all",
    "einsum of three",
]
"""What works with the batch as with any other axis, whose size must be known then, or is exported so."""


@pytest.mark.parametrize("case", CASES)
def test_what_no_layer_says_is_spelt_out(case: str, tmp_path: Path) -> None:
    gives_the_same(*CASES[case], "fixed" if case in FIXED else "exported", tmp_path)


class Cells(nn.Module):
    """Cells that go step by step, from zeros and from states that are given."""

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.cell = kind(4, 6)

    def forward(self, x: Tensor, start: Tensor) -> Tensor:
        states: Any = None
        again: Any = (start, start * 2) if isinstance(self.cell, nn.LSTMCell) else start
        for step in range(3):
            states, again = self.cell(x[:, step], states), self.cell(x[:, step], again)
        both = zip(states, again, strict=True) if isinstance(self.cell, nn.LSTMCell) else [(states, again)]
        return torch.cat([each for pair in both for each in pair], 1)


@pytest.mark.parametrize("kind", [nn.LSTMCell, nn.GRUCell, nn.RNNCell])
def test_cells_are_layers_of_one_step_that_share_their_weights(kind: Any, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = Cells(kind)
    gives_the_same(net, [SMALL, (2, 6)], "exported", tmp_path)
    model = read(net.eval(), (torch.randn(SMALL), torch.randn(2, 6)))
    cells = [each for each in model.graph.nodes if isinstance(each.layer, (L.LSTM, L.GRU, L.SimpleRNN))]
    assert len(cells) == 6
    assert len([key for key in model.weights if key.endswith("recurrent_kernel")]) == 1


def test_weights_whose_spectrum_is_normalised_are_worked_out() -> None:
    net = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3)).eval()
    model = read(net, (torch.randn(2, 4),))
    assert [type(each.layer) for each in model.graph.nodes] == [L.Dense]
    kernel = next(each.numpy() for key, each in model.weights.items() if key.endswith("kernel"))
    assert kernel == pytest.approx(net.weight.detach().numpy(), rel=1e-5)


class Worked(nn.Module):
    """A product with weights that are worked out of the parameters."""

    def __init__(self, of: Any) -> None:
        super().__init__()
        self.weight, self.of = nn.Parameter(torch.randn(3, 4)), of

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.of(self.weight))


WORKED: dict[str, Callable[[Tensor], Tensor]] = {
    "normalised": lambda w: F.normalize(w),
    "shares": lambda w: torch.softmax(w, 1),
    "standardised": lambda w: (w - w.mean(1, keepdim=True)) / (w.std(1, keepdim=True) + w.var(0, unbiased=False)),
    "the other way round": lambda w: w.flip(0).square().clamp_max(0.5),
    "tiled": lambda w: w.tile(2, 1)[1:4],
}


@pytest.mark.parametrize("case", WORKED)
def test_weights_are_worked_out_of_the_parameters(case: str) -> None:
    torch.manual_seed(0)
    net = Worked(WORKED[case]).eval()
    model = read(net, (torch.randn(2, 4),))
    assert [type(each.layer) for each in model.graph.nodes] == [L.Dense]
    kernel = next(each.numpy() for key, each in model.weights.items() if key.endswith("kernel"))
    assert kernel == pytest.approx(WORKED[case](net.weight).detach().numpy(), rel=1e-5)


def test_numbers_of_16_bits_are_told() -> None:
    report = Report()
    read(Called(lambda x: x.half().float()).eval(), (torch.randn(SMALL),), report=report)
    assert ["16 bits" in each.message for each in report if each.code == "inexact"] == [True]
