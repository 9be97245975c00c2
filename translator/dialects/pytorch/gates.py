"""How PyTorch keeps the arrays of `nn.LSTM`, `nn.GRU` and `nn.RNN`, in both directions.

https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html: the rows of an LSTM's gates stand as input, forget,
candidate, output, those of a GRU's as reset, update, candidate; each layer adds two biases.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from ir.weights import Tensor

LSTM, GRU, RNN = (0, 1, 2, 3), (1, 0, 2), (0,)
"""Where PyTorch has the gates that the catalogue has in its order; each order is its own inverse."""


def in_order(tensor: Tensor, order: Sequence[int]) -> Tensor:
    """Return an array whose rows, or numbers, are of several gates with the gates in another order."""
    if tuple(order) == tuple(range(len(order))):
        return tensor

    def change(array: Any) -> Any:
        return array.reshape(len(order), tensor.shape[0] // len(order), -1)[list(order)].reshape(array.shape)

    return tensor.arranged(("gates", *order), change, tensor.shape)


def as_kept(arrays: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the arrays of a layer over time by their names in PyTorch; that of the biases has one, or a GRU's two."""
    bias = arrays["bias_ih_l0"]
    if len(bias.shape) == 1:
        # PyTorch adds two biases where one would do.
        return {**arrays, "bias_hh_l0": bias.map(lambda values: values * 0, bias.shape)}
    rows = [bias.map(itemgetter(place), bias.shape[1:]) for place in (0, 1)]
    found = {**arrays, "bias_ih_l0": rows[0], "bias_hh_l0": rows[1]}
    return {name: in_order(tensor, GRU) for name, tensor in found.items()}


__all__ = ["GRU", "LSTM", "RNN", "as_kept", "in_order"]
