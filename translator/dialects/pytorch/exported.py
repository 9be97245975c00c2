"""A program of torch.export as plain data: what its file and the object in memory have in common.

Source: `torch/_export/serde/schema.py` of PyTorch 2.13, and the graph signature of `torch.export.ExportedProgram`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ir.origin import Origin, Source
from ir.weights import Tensor

if TYPE_CHECKING:
    from translator.dialects.pytorch.leaves import Leaf

Size = int | str
"""A size: a number, or the expression of one that is open."""


class Flaw(ValueError):
    """A program is not what one of torch.export is; the message says why, as what it does: "has ..."."""


class Named(NamedTuple):
    """A value that an argument names: a tensor, or a size."""

    name: str


class Declared(NamedTuple):
    """What a program says of a tensor."""

    dims: tuple[Size, ...]
    dtype: str


class Held(NamedTuple):
    """An array that the program holds: its name in the state dictionary, and the array."""

    key: str
    tensor: Tensor


_OF_TWO = {"max.other": "maximum", "min.other": "minimum"}
"""Overloads that are other operators: of two tensors, where those of the same name reduce one."""


@dataclass(frozen=True)
class Operator:
    """A call of the graph: what is called, with which arguments, what it gives, and of which module it was part.

    An argument is a `Named`, a number, a text, a truth, None, or a list of those. `module` is the path of the innermost
    module, and `of` its class.
    """

    target: str
    called: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    module: str = ""
    of: str = ""

    @property
    def space(self) -> str:
        """The library that it is of: `aten` for PyTorch's own."""
        return self.target.partition(".")[0]

    @property
    def _word(self) -> str:
        return self.target.split(".")[1] if "." in self.target else self.target

    @property
    def is_in_place(self) -> bool:
        """Tell whether it writes into its first argument: then its name ends in `_`."""
        return self._word.endswith("_") and not self._word.endswith("__")

    @property
    def kind(self) -> str:
        """What it is called in its library, without the overload, and without what tells that it works in place."""
        word = self._word[:-1] if self.is_in_place else self._word
        return _OF_TWO.get(self.target.partition(".")[2], word)


@dataclass
class Exported:
    """A program: its graph's inputs, the arrays it holds, its operators in their order, and its outputs.

    `tensors` and `sizes` say what each name of the graph stands for, `own` which modules are layers as they stand.
    """

    name: str
    source: Source
    inputs: list[str] = field(default_factory=list)
    held: dict[str, Held] = field(default_factory=dict)
    operators: list[Operator] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    tensors: dict[str, Declared] = field(default_factory=dict)
    sizes: dict[str, Size] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    own: Mapping[str, Leaf] = field(default_factory=dict)

    def origin(self, operator: Operator) -> Origin:
        """Return where an operator stands."""
        return Origin(self.source, pointer=f"{operator.called} ({operator.target})")


def names_in(argument: Any) -> list[str]:
    """Return the names that an argument has in it."""
    if isinstance(argument, Named):
        return [argument.name]
    return [name for each in argument for name in names_in(each)] if isinstance(argument, list) else []


__all__ = ["Declared", "Exported", "Flaw", "Held", "Named", "Operator", "Size", "names_in"]
