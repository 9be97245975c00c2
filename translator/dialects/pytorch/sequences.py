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

WITH_STATES = '''
class {name}WithStates(nn.{name}):
    """Run over a sequence, batch before time, from a state on if one is given, and give the last one too if asked."""

    def __init__(self, features: int, units: int, sequences: bool = False, states: bool = False) -> None:
        super().__init__(features, units, batch_first=True)
        self.sequences, self.states = sequences, states

    def forward(self, x: Tensor, *start: Tensor) -> Tensor | tuple[Tensor, ...]:
        steps, last = super().forward(x, {start} if start else None)
        result = steps if self.sequences else steps[:, -1]
        return (result, {last}) if self.states else result
'''
STATES = {
    "LSTM": {"start": "tuple(each.unsqueeze(0) for each in start)", "last": "*(each[0] for each in last)"},
    **{name: {"start": "start[0].unsqueeze(0)", "last": "last[0]"} for name in ("GRU", "RNN")},
}

MULTI_HEAD_ATTENTION = '''
class MultiHeadAttention(nn.MultiheadAttention):
    """Attend, batch before time, and give what comes of it alone."""

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return super().forward(query, key, value, need_weights=False)[0]
'''

STEPPED = '''
class {title}(nn.Module):
    """Run {a} {name} over a sequence, batch before time, {what}."""

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
        functions = {{"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}}
        functions |= {{"elu": F.elu, "softplus": F.softplus, "softsign": F.softsign}}
        self.activation = functions.get(activation, nn.Identity())
        self.slope = slope{keep}

    def gate(self, x: Tensor) -> Tensor:
        return torch.sigmoid(x) if self.slope is None else torch.clamp(self.slope * x + 0.5, 0.0, 1.0)

{forward}
'''
ALONE = """
    def forward(self, x: Tensor) -> Tensor:
        {zeros} = x.new_zeros(x.shape[0], self.recurrent_kernel.shape[1])
        states = []
        for step in {given}.unbind(1):
{step}
            states.append(hidden)
        return torch.stack(states, 1) if self.sequences else hidden
"""
FROM_A_STATE = """
    def forward(self, x: Tensor, *others: Tensor) -> Tensor | tuple[Tensor, ...]:
        {zeros} = x.new_zeros(x.shape[0], self.recurrent_kernel.shape[1])
        counts = others[-1].bool() if self.masked else x.new_ones(x.shape[:2]).bool()
        if self.started:
            {start} = others[:{cells}]
        shown = torch.zeros_like(hidden)
        results = []
        for step, count in zip({given}.unbind(1), counts.unsqueeze(-1).unbind(1)):
            before = {kept}
{step}
            {kept} = {chosen}
            shown = torch.where(count, hidden, shown)
            results.append(shown)
        result = torch.stack(results, 1) if self.sequences else shown
        return (result, {kept}) if self.states else result
"""
CELLS = {
    True: {
        "zeros": "hidden = cell",
        "kept": "hidden, cell",
        "start": "hidden, cell",
        "cells": "2",
        "chosen": "(torch.where(count, new, old) for new, old in zip((hidden, cell), before))",
    },
    False: {
        "zeros": "hidden",
        "kept": "hidden",
        "start": "(hidden,)",
        "cells": "1",
        "chosen": "torch.where(count, hidden, before)",
    },
}
"""How a state is spelt that has a cell, and one that has none."""
OPTIONS = ("started", "states", "masked")

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


def stepped(name: str, gates: int, step: str, states: bool = False) -> str:
    """Return the text of a layer that is run step by step; `states` for one that knows of states and masks."""
    linear = "F.linear(x, self.kernel, self.bias)"
    parts = {"a": "an" if name != "GRU" else "a", "extra": "", "keep": "", "bias": f"{gates} * units", "given": linear}
    parts |= {"title": f"Stepped{name}", "what": "with functions that PyTorch's own does not have"}
    if name == "GRU":
        parts["extra"] = "\n        reset_after: bool = True,"
        parts["keep"] = "\n        self.reset_after = reset_after"
        parts["bias"] = "(2, 3 * units) if reset_after else 3 * units"
        parts["given"] = "F.linear(x, self.kernel, self.bias[0] if self.reset_after else self.bias)"
    if states:
        parts |= {"title": f"{name}OverTime", "what": "from a state on, past steps that do not count"}
        parts["extra"] += "".join(f"\n        {each}: bool = False," for each in OPTIONS)
        parts["keep"] += "".join(f"\n        self.{each} = {each}" for each in OPTIONS)
    forward = (FROM_A_STATE if states else ALONE).strip("\n")
    parts["forward"] = forward.format(step=step.strip("\n"), given=parts["given"], **CELLS[name == "LSTM"])
    return STEPPED.strip().format(name=name, gates=gates, **parts)


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

DEFINITIONS = {
    "ContinuedLSTM": CONTINUED_LSTM.strip(),
    "ContinuedRNN": CONTINUED_RNN.strip(),
    **{name: OVER_TIME.strip().format(name=name) for name in ("LSTM", "GRU", "RNN")},
    "SteppedLSTM": stepped("LSTM", 4, LSTM_STEP),
    "SteppedGRU": stepped("GRU", 3, GRU_STEP),
    "SteppedRNN": stepped("RNN", 1, RNN_STEP),
    "MultiHeadAttention": MULTI_HEAD_ATTENTION.strip(),
    **{f"{name}WithStates": WITH_STATES.strip().format(name=name, **STATES[name]) for name in ("LSTM", "GRU", "RNN")},
    "LSTMOverTime": stepped("LSTM", 4, LSTM_STEP, states=True),
    "GRUOverTime": stepped("GRU", 3, GRU_STEP, states=True),
    "RNNOverTime": stepped("RNN", 1, RNN_STEP, states=True),
    "SequenceStart": SEQUENCE_START.strip(),
}
"""The text of each class by its name."""
