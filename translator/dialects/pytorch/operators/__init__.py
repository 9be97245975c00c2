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
    distances,
    einsum,
    grids,
    learned,
    logic,
    lookup,
    mixing,
    pieces,
    placing,
    pointwise,
    products,
    ranking,
    recurrent,
    reduce,
    resample,
    spelt,
    windows,
)
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value

Read = Callable[[Site], list[Value]]

READERS: dict[str, Read] = {
    **windows.READERS,
    **learned.READERS,
    **pointwise.READERS,
    **products.READERS,
    **einsum.READERS,
    **lookup.READERS,
    **mixing.READERS,
    **pieces.READERS,
    **placing.READERS,
    **logic.READERS,
    **activation.READERS,
    **arrange.READERS,
    **cutting.READERS,
    **reduce.READERS,
    **ranking.READERS,
    **resample.READERS,
    **recurrent.READERS,
    **distances.READERS,
    **grids.READERS,
    **spelt.READERS,
}
"""The functions, by operator; those that write into their first argument have the same name with `_` behind it."""
ALIASES = frozenset(arrange.SAME)
"""Operators that give what they take."""
CHOICES = frozenset(["where", "masked_fill", "any", "all"])
"""Operators for which any number but 0 is true where they ask for a truth."""
COPIES = frozenset(["clone", "lift_fresh_copy", "_to_copy"])
"""Those among them whose result has a memory of its own."""
VIEWS = frozenset(arrange.VIEWS)
"""Operators whose result may share its memory with their first argument."""
WHOLE = ALIASES | VIEWS | set(logic.READERS) | {"embedding", "cat", "stack", "repeat", "flip", "roll"}
WHOLE |= {"index", "_unsafe_index", "index_select", "scaled_dot_product_attention", "copy"}
WHOLE |= {
    "slice_scatter",
    "select_scatter",
    "repeat_interleave",
    "one_hot",
    "tril",
    "triu",
    "count_nonzero",
    *placing.READERS,
}
"""Operators that do the same to whole numbers and to truths as to floats, or take truths of their own accord."""
ARITHMETIC = frozenset(["add", "sub", "rsub", "mul", "neg", "maximum", "minimum", "cumsum", "sum", "div"])
ARITHMETIC |= {"floor_divide", "remainder", "clamp"}
"""Operators that do the same to whole numbers as to floats that hold them."""
