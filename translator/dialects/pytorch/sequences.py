"""Classes for sequences that go with emitted source, where PyTorch has no such module."""

from __future__ import annotations

OVER_TIME = '''
class {name}(nn.{name}):
    """Run over a sequence, batch before time, and give the last state, or every one."""

    def __init__(self, features: int, units: int, sequences: bool = False) -> None:
        super().__init__(features, units, batch_first=True)
        self.sequences = sequences

    def forward(self, x: Tensor) -> Tensor:
        states, _ = super().forward(x)
        return states if self.sequences else states[:, -1]
'''

MULTI_HEAD_ATTENTION = '''
class MultiHeadAttention(nn.MultiheadAttention):
    """Attend, batch before time, and give what comes of it alone."""

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return super().forward(query, key, value, need_weights=False)[0]
'''

STEPPED = '''
class Stepped{name}(nn.Module):
    """Run {a} {name} over a sequence, batch before time, with functions that PyTorch's own does not have."""

    def __init__(
        self,
        features: int,
        units: int,
        sequences: bool = False,
        activation: str = "tanh",
        slope: float | None = None,{extra}
    ) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros({gates} * units, features))
        self.recurrent_kernel = nn.Parameter(torch.zeros({gates} * units, units))
        self.bias = nn.Parameter(torch.zeros({bias}))
        self.sequences = sequences
        self.activation = {{"linear": nn.Identity(), "relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}}[
            activation
        ]
        self.slope = slope{keep}

    def gate(self, x: Tensor) -> Tensor:
        return torch.sigmoid(x) if self.slope is None else torch.clamp(self.slope * x + 0.5, 0.0, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        hidden = cell = x.new_zeros(x.shape[0], self.recurrent_kernel.shape[1])
        states = []
        for step in {given}.unbind(1):
{step}
            states.append(hidden)
        return torch.stack(states, 1) if self.sequences else hidden
'''

LSTM_STEP = """
            i, f, g, o = (step + F.linear(hidden, self.recurrent_kernel)).chunk(4, -1)
            cell = self.gate(f) * cell + self.gate(i) * self.activation(g)
            hidden = self.gate(o) * self.activation(cell)
"""

GRU_STEP = """
            z, r, g = step.chunk(3, -1)
            if self.reset_after:
                by_z, by_r, by_g = F.linear(hidden, self.recurrent_kernel, self.bias[1]).chunk(3, -1)
                z, r = self.gate(z + by_z), self.gate(r + by_r)
                g = self.activation(g + r * by_g)
            else:
                to_z, to_r, to_g = self.recurrent_kernel.chunk(3)
                z, r = self.gate(z + F.linear(hidden, to_z)), self.gate(r + F.linear(hidden, to_r))
                g = self.activation(g + F.linear(r * hidden, to_g))
            hidden = z * hidden + (1 - z) * g
"""

RNN_STEP = """
            hidden = self.activation(step + F.linear(hidden, self.recurrent_kernel))
"""


def stepped(name: str, gates: int, step: str) -> str:
    """Return the text of a layer that is run step by step."""
    linear = "F.linear(x, self.kernel, self.bias)"
    parts = {"a": "an" if name != "GRU" else "a", "extra": "", "keep": "", "bias": f"{gates} * units", "given": linear}
    if name == "GRU":
        parts["extra"] = "\n        reset_after: bool = True,"
        parts["keep"] = "\n        self.reset_after = reset_after"
        parts["bias"] = "(2, 3 * units) if reset_after else 3 * units"
        parts["given"] = "F.linear(x, self.kernel, self.bias[0] if self.reset_after else self.bias)"
    text = STEPPED.strip().format(name=name, gates=gates, step=step.strip("\n"), **parts)
    # Of the three only an LSTM has a cell beside its state.
    return text if name == "LSTM" else text.replace("hidden = cell =", "hidden =")


CONTINUED_LSTM = '''
class ContinuedLSTM(nn.Module):
    """Run an LSTM over a time-major sequence, starting afresh where the second input is 0."""

    def __init__(self, features: int, units: int, static: int = 0) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(4 * units, features))
        self.bias = nn.Parameter(torch.zeros(4 * units))
        if static:
            self.static_kernel = nn.Parameter(torch.zeros(4 * units, static))
        self.recurrent_kernel = nn.Parameter(torch.zeros(4 * units, units))

    def forward(self, x: Tensor, cont: Tensor, static: Tensor | None = None) -> Tensor:
        gates = F.linear(torch.flatten(x, 2), self.kernel, self.bias)
        if static is not None:
            gates = gates + F.linear(torch.flatten(static, 1), self.static_kernel)
        hidden = cell = torch.zeros_like(gates[0, :, : self.recurrent_kernel.shape[1]])
        steps = []
        for gate, keep in zip(gates, cont.unsqueeze(-1)):
            i, f, o, g = (gate + F.linear(keep * hidden, self.recurrent_kernel)).chunk(4, dim=-1)
            cell = torch.sigmoid(f) * (keep * cell) + torch.sigmoid(i) * torch.tanh(g)
            hidden = torch.sigmoid(o) * torch.tanh(cell)
            steps.append(hidden)
        return torch.stack(steps)
'''

CONTINUED_RNN = '''
class ContinuedRNN(nn.Module):
    """Run a simple recurrent layer over a time-major sequence, afresh where the second input is 0."""

    def __init__(self, features: int, units: int, static: int = 0) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(units, features))
        self.bias = nn.Parameter(torch.zeros(units))
        if static:
            self.static_kernel = nn.Parameter(torch.zeros(units, static))
        self.recurrent_kernel = nn.Parameter(torch.zeros(units, units))
        self.output_kernel = nn.Parameter(torch.zeros(units, units))
        self.output_bias = nn.Parameter(torch.zeros(units))

    def forward(self, x: Tensor, cont: Tensor, static: Tensor | None = None) -> Tensor:
        x = F.linear(torch.flatten(x, 2), self.kernel, self.bias)
        if static is not None:
            x = x + F.linear(torch.flatten(static, 1), self.static_kernel)
        hidden = torch.zeros_like(x[0])
        steps = []
        for step, keep in zip(x, cont.unsqueeze(-1)):
            hidden = torch.tanh(step + F.linear(keep * hidden, self.recurrent_kernel))
            steps.append(torch.tanh(F.linear(hidden, self.output_kernel, self.output_bias)))
        return torch.stack(steps)
'''

SEQUENCE_START = '''
class SequenceStart(nn.Module):
    """Mark the steps of a time-major sequence: 0 where it starts, and 1 from there on."""

    def forward(self, x: Tensor) -> Tensor:
        marks = x.new_ones(x.shape[:2])
        marks[0] = 0
        return marks
'''

HELPERS = {
    "ContinuedLSTM": CONTINUED_LSTM.strip(),
    "ContinuedRNN": CONTINUED_RNN.strip(),
    **{name: OVER_TIME.strip().format(name=name) for name in ("LSTM", "RNN")},
    "SteppedLSTM": stepped("LSTM", 4, LSTM_STEP),
    "SteppedGRU": stepped("GRU", 3, GRU_STEP),
    "SteppedRNN": stepped("RNN", 1, RNN_STEP),
    "MultiHeadAttention": MULTI_HEAD_ATTENTION.strip(),
    "SequenceStart": SEQUENCE_START.strip(),
}
"""The text of each helper class by its name."""
