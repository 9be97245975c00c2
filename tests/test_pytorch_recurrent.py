"""Recurrent modules of PyTorch with states that go in and come out, against what PyTorch computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from ir import Model, Report, TranslationError
from ir import layers as L
from translator import read, write

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")


class Net(nn.Module):
    """A recurrent module, a state that it may start from, and what is done with both."""

    def __init__(self, kind: Any, use: Callable[..., Any], **options: Any) -> None:
        super().__init__()
        self.over_time, self.use = kind(4, 3, **options), use
        ways = options.get("num_layers", 1) * (1 + options.get("bidirectional", False))
        self.start = nn.Parameter(torch.randn(ways, 1, 3))

    def forward(self, *inputs: Tensor) -> Any:
        return self.use(self, *inputs)


def whole(net: Net, x: Tensor, *start: Tensor) -> tuple[Tensor, ...]:
    """Give all states and the last ones, from states on that are given."""
    one = start[0] if len(start) == 1 else start
    states, last = net.over_time(x, one) if start else net.over_time(x)
    return (states, *last) if isinstance(last, tuple) else (states, last)


def learned(net: Net, x: Tensor) -> Tensor:
    return net.over_time(x, net.start.expand(-1, x.shape[0], -1))[0]


def in_turn(net: Net, x: Tensor) -> Tensor:
    """Start again from where it ended, as a decoder does behind an encoder."""
    _, last = net.over_time(x)
    return net.over_time(x, last)[0][:, -1]


def half_zero(net: Net, x: Tensor, start: Tensor) -> Tensor:
    return net.over_time(x, (start, torch.zeros_like(start)))[0]


X, BY_BATCH = (5, 2, 4), {"batch_first": True}
DEEP = {"num_layers": 2, "bidirectional": True}
CASES: dict[str, tuple[Any, Callable[..., Any], list[tuple[int, ...]], dict[str, Any]]] = {
    "LSTM, all of it": (nn.LSTM, whole, [X], {}),
    "LSTM, from states": (nn.LSTM, whole, [X, (1, 2, 3), (1, 2, 3)], {}),
    "LSTM, from states, deep and both ways": (nn.LSTM, whole, [X, (4, 2, 3), (4, 2, 3)], DEEP),
    "GRU, from states, deep and both ways": (nn.GRU, whole, [X, (4, 2, 3)], DEEP),
    "RNN, from states, deep": (nn.RNN, whole, [(2, 5, 4), (2, 2, 3)], {"num_layers": 2, **BY_BATCH}),
    "RNN without biases, from a state": (nn.RNN, whole, [X, (1, 2, 3)], {"bias": False, "nonlinearity": "relu"}),
    "the cell alone": (nn.LSTM, lambda net, x: net.over_time(x)[1][1], [X], {}),
    "the last of all and the cell": (
        nn.LSTM,
        lambda net, x: (net.over_time(x)[0][:, -1], net.over_time(x)[1][1]),
        [(2, 5, 4)],
        BY_BATCH,
    ),
    "a learned state": (nn.GRU, learned, [(2, 5, 4)], BY_BATCH),
    "again from where it ended": (nn.LSTM, in_turn, [(2, 5, 4)], {"num_layers": 2, **BY_BATCH}),
    "a cell of zeros": (nn.LSTM, half_zero, [(2, 5, 4), (1, 2, 3)], BY_BATCH),
    "the last of both ways": (
        nn.GRU,
        lambda net, x: torch.cat([net.over_time(x)[1][-2], net.over_time(x)[1][-1]], 1),
        [X],
        {"bidirectional": True},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_states_go_in_and_come_out(case: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    kind, use, shapes, options = CASES[case]
    net, inputs = Net(kind, use, **options).eval(), tuple(torch.randn(shape) for shape in shapes)
    report = Report()
    model = read(net, inputs, dynamic_shapes={}, report=report)
    assert not [str(each) for each in report if each.code in ("unknown-layer", "inexact")]
    assert any(isinstance(node.layer, (L.LSTM, L.GRU, L.SimpleRNN)) for node in model.graph.nodes)
    write(Model(replace(model.graph, name="net"), model.weights), "onnx", tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]
    found = session.run(None, {name: each.numpy() for name, each in zip(names, inputs, strict=True)})
    with torch.inference_mode():
        wanted = net(*inputs)
    for got, want in zip(found, wanted if isinstance(wanted, tuple) else (wanted,), strict=True):
        np.testing.assert_allclose(got, want.numpy(), rtol=1e-5, atol=2e-6)


def kinds(kind: Any, use: Callable[..., Any], *shapes: tuple[int, ...], **options: Any) -> list[Any]:
    inputs = tuple(torch.randn(shape) for shape in shapes)
    return [node.layer for node in read(Net(kind, use, **options).eval(), inputs).graph.nodes]


def test_only_what_is_taken_is_given() -> None:
    def last(net: Net, x: Tensor) -> Tensor:
        return net.over_time(x)[0][:, -1]

    def state(net: Net, x: Tensor) -> Tensor:
        return net.over_time(x)[1][0][-1]

    def both(net: Net, x: Tensor) -> Tensor:
        states, (hidden, _) = net.over_time(x)
        return states + hidden[0].unsqueeze(1)

    x = (2, 5, 4)
    assert kinds(nn.LSTM, last, x, **BY_BATCH) == kinds(nn.LSTM, state, x, **BY_BATCH) == [L.LSTM(units=3)]
    assert kinds(nn.LSTM, both, x, **BY_BATCH)[0] == L.LSTM(units=3, sequences=True, states=True)
    assert len(kinds(nn.LSTM, in_turn, x, **BY_BATCH)) == 2


def test_states_of_a_wrong_shape_are_told() -> None:
    def use(net: Net, x: Tensor, hidden: Tensor) -> Tensor:
        return net.over_time(x, hidden)[0]

    program = torch.export.export(Net(nn.GRU, use), (torch.randn(X), torch.randn(1, 2, 3)))
    (operator,) = [each for each in program.graph.nodes if "gru" in str(each.target)]
    operator.args = (operator.args[0], operator.args[0], *operator.args[2:])
    with pytest.raises(TranslationError, match="has states to start from of the shapes"):
        read(program)
