"""What files spell out in many operators is read as the one layer that people would name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import layers as L
from tests.test_onnx_operators import drawn, layers, net, node, same

NUMBERS = {"root": 2**0.5, "over": 0.5**0.5, "half": 0.5, "one": 1.0}
GELUS = {
    "half of the share": ["Div x root a", "Erf a b", "Add b one c", "Mul c half d", "Mul x d y"],
    "half of the product": ["Mul x over a", "Erf a b", "Add one b c", "Mul c x d", "Mul half d y"],
    "half of what it takes": ["Mul x half h", "Mul x over a", "Erf a b", "Add b one c", "Mul h c y"],
    "half in both terms": ["Mul x over a", "Erf a b", "Mul b half h", "Add h half c", "Mul c x y"],
    "of a line": ["Add x one l", "Div l root a", "Erf a b", "Add b one c", "Mul l c d", "Mul d half y"],
}


def spelt(steps: list[str], numbers: dict[str, float], **shapes: Any) -> Any:
    """Return a model of operators, each with its inputs and the name of what it gives."""
    words = [step.split() for step in steps]
    nodes = [node(kind, " ".join(given), name) for kind, *given, name in words]
    taken = {name for _, *given, _ in words for name in given}
    arrays = {name: np.float32(value) for name, value in numbers.items() if name in taken}
    return net(nodes, shapes, arrays)


@pytest.mark.parametrize("form", GELUS)
def test_gelu_is_raised_from_erf(form: str, tmp_path: Path) -> None:
    model = same(spelt(GELUS[form], NUMBERS, x=(2, 5)), {"x": drawn(2, 5)}, tmp_path)
    assert layers(model)[-1] == L.GELU()
    assert len(layers(model)) == (2 if form == "of a line" else 1)
