"""What each of ATen's operators is in layers of the catalogue: a function of its site that returns its results.

`Unsayable` is for what the catalogue has no words for, ValueError for what makes no sense. Both forms of a program are
read: as torch.export leaves it, and after `run_decompositions()` (core ATen).
Source: `aten/src/ATen/native/native_functions.yaml` of PyTorch 2.13, where the arguments and their defaults stand
"""

from __future__ import annotations

from collections.abc import Callable

from translator.dialects.pytorch.operators import (
    activation,
    arrange,
    cutting,
    learned,
    pointwise,
    recurrent,
    reduce,
    resample,
    windows,
)
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value

Read = Callable[[Site], list[Value]]

READERS: dict[str, Read] = {
    **windows.READERS,
    **learned.READERS,
    **pointwise.READERS,
    **activation.READERS,
    **arrange.READERS,
    **cutting.READERS,
    **reduce.READERS,
    **resample.READERS,
    **recurrent.READERS,
}
"""The functions, by operator; those that write into their first argument have the same name with `_` behind it."""
ALIASES = frozenset(arrange.SAME)
"""Operators that give what they take."""
VIEWS = frozenset(arrange.VIEWS)
"""Operators whose result may share its memory with their first argument."""
WHOLE = ALIASES | VIEWS | {"embedding", "cat", "stack", "repeat", "flip", "roll", "index", "index_select", "where"}
"""Operators that do the same to whole numbers as to floats."""
