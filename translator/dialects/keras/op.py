"""A Keras expression: a layer or an operation, applied to tensors and to other expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ir.graph import Ref


@dataclass(frozen=True, eq=False)
class Op:
    """One call. `function` is `layers.X`, `ops.x` or the name of a class that goes with the source.

    `args` holds tensors (Ref), other Ops, lists of these, and, for `ops`, plain values; `config` is what a layer is
    made with, or the keyword arguments of an operation; `said` those of a layer's call. `name` is that of the layer,
    `node` the model's.
    """

    function: str
    args: Sequence[Any]
    config: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    node: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_layer(self) -> bool:
        """Whether Keras has it as a layer, with a name and maybe weights."""
        return not self.function.startswith("ops.")

    @property
    def kind(self) -> str:
        """The name without the module."""
        return self.function.rpartition(".")[2]

    def operands(self) -> Iterator[Ref | Op]:
        """Yield the tensors and expressions that it is applied to."""
        for each in self.args:
            yield from (part for part in (each if isinstance(each, list) else [each]) if isinstance(part, (Ref, Op)))
