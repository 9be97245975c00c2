"""Simulated tables: the same from the same seed, and read back as the designs that they were printed of."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    return importlib.import_module("simulated_tables")


def test_a_seed_tells_the_table(simulated: Any) -> None:
    first, again, other = (simulated.drawn(seed) for seed in ("1/1", "1/1", "1/2"))
    assert first.text == again.text != other.text


def test_tables_are_read_back(simulated: Any) -> None:
    found = [simulated.score(simulated.drawn(f"1/{i}"))[0] for i in range(30)]
    assert sum(each["exact"] for each in found) >= 29
    assert not any(each["silent"] or each["none"] for each in found)
