"""Recurrent layers."""

from typing import Literal

from ir.kinds import Size
from ir.layer import Layer, Shape, ShapeError, Weight, param
from ir.shapes import agree, product, show


class _Recurrent(Layer, abstract=True, inputs=(2, 3)):
    units: Size = param("Size of the hidden state.")

    def _features(self, x: Shape, cont: Shape, *static: Shape) -> tuple[int, int | None]:
        if len(x) < 2 or len(cont) != 2:
            raise ShapeError(
                "wants a sequence, time before batch, and its continuation marks, "
                f"but {{0}} gives {show(x)} and {{1}} gives {show(cont)}"
            )
        sizes = product(x[2:]), product(static[0][1:]) if static else 0
        if sizes[0] is None or sizes[1] is None:
            raise ShapeError(f"needs to know the size of an input, but {{0}} gives {show(x)}")
        return sizes[0], sizes[1] if static else None

    def shape(self, *inputs: Shape) -> Shape:
        self._features(*inputs)
        return *inputs[0][:2], self.units


class SequenceStart(Layer, grammar="any -> any"):
    """Mark the steps of a time-major sequence as recurrent layers want them: 0 where it starts, and 1 from there on."""

    steps: Size | None = param("Number of steps, where it must be a certain one.", default=None)
    batch: Size | None = param("Number of sequences, where it must be a certain one.", default=None)

    def shape(self, x: Shape) -> Shape:
        wanted = (self.steps, self.batch)
        if len(x) < 2 or not all(map(agree, x[:2], wanted)):
            raise ShapeError(f"wants time and batch to be {show(wanted)}, but {{0}} gives {show(x)}")
        steps, batch = (size or want for size, want in zip(x[:2], wanted, strict=True))
        if steps is None:
            raise ShapeError(f"needs to know the number of steps, but {{0}} gives {show(x)}")
        return steps, batch


class ContinuedLSTM(_Recurrent, grammar="any, any, any? -> sequence"):
    """Run an LSTM over a time-major sequence, starting afresh where the second input is 0.

    The gates stand in the order input, forget, output, candidate.
    """

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        features, static = self._features(*inputs)
        gates = 4 * self.units
        weights = {"kernel": Weight("OI", (gates, features)), "bias": Weight("O", (gates,))}
        if static is not None:
            weights["static_kernel"] = Weight("OI", (gates, static))
        return weights | {"recurrent_kernel": Weight("OI", (gates, self.units))}


class ContinuedRNN(_Recurrent, grammar="any, any, any? -> sequence"):
    """Run a simple recurrent layer over a time-major sequence, starting afresh where the second input is 0.

    h = tanh(W_hh h' + W_xh x + b_h), and the output is tanh(W_ho h + b_o).
    """

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        features, static = self._features(*inputs)
        each = Weight("O", (self.units,))
        square = Weight("OI", (self.units, self.units))
        weights = {"kernel": Weight("OI", (self.units, features)), "bias": each}
        if static is not None:
            weights["static_kernel"] = Weight("OI", (self.units, static))
        return weights | {"recurrent_kernel": square, "output_kernel": square, "output_bias": each}


_GIVES = {"states": "any", "sequences": "sequence"}
"""What layers over time give where a parameter is not at its default."""


def _variants(takes: str) -> dict[str, str]:
    return {name: f"{takes} -> {gives}" for name, gives in _GIVES.items()}


class _OverTime(
    Layer,
    abstract=True,
    grammar="sequence, vector?, any? -> vector",
    variants=_variants("sequence, vector?, any?"),
    inputs=(1, 3),
):
    units: Size = param("Size of the hidden state.")
    sequences: bool = param("Whether every step's state is given, and not the last one's alone.", default=False)
    activation: Literal["tanh", "relu", "sigmoid", "linear", "elu", "softplus", "softsign"] = param(
        "Function of the new values.", default="tanh"
    )
    started: bool = param(
        "Whether the state to start from is given, behind the sequence; an LSTM's cell behind that.", default=False
    )
    states: bool = param(
        "Whether the last state is given too, behind the result; an LSTM's cell behind that.", default=False
    )
    masked: bool = param(
        "Whether the last input says of each step whether it counts, 1, or leaves the state as it is, 0; then the "
        "result of the step before is given again, and 0 at first.",
        default=False,
    )

    gates = 1
    cells = 1

    @property
    def outputs(self) -> int:
        return 1 + self.cells * self.states

    def shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        x, *others = inputs
        self._features(x)
        wanted = [(x[0], self.units)] * (self.cells * self.started) + [x[:2]] * self.masked
        if len(others) != len(wanted):
            raise ShapeError(f"wants {len(wanted)} inputs behind the sequence, and is given {len(others)}")
        for i, (given, want) in enumerate(zip(others, wanted, strict=True), 1):
            if len(given) != 2 or not all(map(agree, given, want)):
                raise ShapeError(f"wants {show(want)}, but {{{i}}} gives {show(given)}")
        state = (x[0], self.units)
        return (*x[:2], self.units) if self.sequences else state, *((state,) * (self.outputs - 1))

    def shape(self, *inputs: Shape) -> Shape:
        return self.shapes(*inputs)[0]

    def weights(self, x: Shape, *_: Shape) -> dict[str, Weight]:
        rows = self.gates * self.units
        kernel, recurrent = Weight("OI", (rows, self._features(x))), Weight("OI", (rows, self.units))
        return {"kernel": kernel, "recurrent_kernel": recurrent, "bias": Weight("O", (rows,))}

    def _features(self, x: Shape) -> int:
        if len(x) != 3 or x[2] is None:
            raise ShapeError(
                f"wants a sequence, batch before time, of vectors of known size, but {{0}} gives {show(x)}"
            )
        return x[2]


class _Gated(_OverTime, abstract=True):
    gate: Literal["sigmoid", "hard_sigmoid"] = param(
        "Function of the gates; hard_sigmoid is a line cut off at 0 and 1: slope * x + 0.5.", default="sigmoid"
    )
    slope: float = param("Slope of a hard_sigmoid; PyTorch and Keras 3 have 1/6, Keras 1 and 2 had 0.2.", default=1 / 6)


class LSTM(
    _Gated,
    grammar="sequence, vector?, vector?, any? -> vector",
    variants=_variants("sequence, vector?, vector?, any?"),
    inputs=(1, 4),
):
    """Run an LSTM over a sequence, batch before time.

    The gates stand in the order input, forget, candidate, output.
    """

    gates = 4
    cells = 2


class GRU(_Gated):
    """Run a GRU over a sequence, batch before time.

    The gates stand in the order update, reset, candidate.
    """

    gates = 3

    reset_after: bool = param(
        "Whether the candidate's recurrent part is reset with its product, which then has a bias of its own, "
        "and not the state before it.",
        default=True,
    )

    def weights(self, x: Shape, *_: Shape) -> dict[str, Weight]:
        found = super().weights(x)
        # The second row is added to what the state gives.
        return found | ({"bias": Weight("RO", (2, 3 * self.units))} if self.reset_after else {})


class SimpleRNN(_OverTime):
    """Run a simple recurrent layer over a sequence, batch before time: h = activation(W x + U h' + b)."""
