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
    "SequenceStart": SEQUENCE_START.strip(),
}
"""The text of each helper class by its name."""
