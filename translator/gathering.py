"""What readers share that make a graph operator by operator: names, weights, and which operators were in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ir import layers as L
from ir.graph import Input, Node
from ir.weights import Tensor
from translator.mapping import Unsayable


class Pending(NamedTuple):
    """A node that is to be, and its weights by their roles."""

    node: Node
    weights: dict[str, Tensor]


class Gathering:
    """Gives each node a name that no other has, and keeps an array once, however many nodes have it.

    `plain_names` holds for each name the one that was wished for.
    """

    def __init__(self) -> None:
        self.weights: dict[str, Tensor] = {}
        self.plain_names: dict[str, str] = {}
        self._names: set[str] = set()
        self._repeats: dict[str, int] = {}
        self._keys: dict[tuple[int, str, str], tuple[Tensor, str]] = {}

    def reserve(self, name: str) -> None:
        """Keep a name from being given to a node."""
        self._names.add(name)

    def free(self, name: str) -> str:
        """Return a name that no node has, and take it."""
        found = name
        while found in self._names:
            self._repeats[name] = self._repeats.get(name, 1) + 1
            found = f"{name}_{self._repeats[name]}"
        self._names.add(found)
        self.plain_names[found] = name
        return found

    def keep(self, node: Node, weights: Mapping[str, Tensor]) -> tuple[tuple[str, str], ...]:
        """Keep the weights of a node; return those that another of its type has too, in the same role."""
        shared = []
        for role, tensor in weights.items():
            own = node.key(role)
            _, key = self._keys.setdefault((id(tensor), role, type(node.layer).__name__), (tensor, own))
            if key != own:
                shared.append((role, key))
            else:
                self.weights[key] = tensor if tensor.dtype == "float32" else Tensor(tensor.shape, tensor.numpy)
        return tuple(shared)


def closing(inputs: Iterable[Input], batch: str) -> str:
    """Return how to say the sizes that inputs leave open, with which more may be known; "" where none is open.

    `batch` stands for an open first size, where that is to be said; else an input that leaves it alone open is none.
    """
    said = []
    for each in inputs:
        sizes = [
            batch if i == 0 and size is None else "SIZE" if size is None else str(size)
            for i, size in enumerate(each.shape)
        ]
        if "SIZE" in sizes or (each.shape[:1] == (None,) and batch.isdigit()):
            said.append(f"--shape {each.name}={','.join(sizes)}")
    return f"with a number for each open size it may be known: {' '.join(said)}" if said else ""


def of_rank(name: str, rank: int) -> Any:
    """Return a layer type for so many spatial axes; raise Unsayable where there is none."""
    found = getattr(L, f"{name}{rank}D", None) or getattr(L, name.replace("Transpose", f"{rank}DTranspose"), None)
    if found is None:
        raise Unsayable(f"there is no {name} over {rank} axes")
    return found


def covered(shape: Sequence[int], dims: Sequence[Any], offset: int) -> tuple[int, tuple[int, ...]] | None:
    """Return the first axis that an array covers whose own first one goes with the axis `offset`, and its sizes there.

    None where it does not go with the sizes of such axes.
    """
    axes = [offset + axis for axis, size in enumerate(shape) if size != 1]
    if offset < 0 or not axes:
        return None
    first, stop = axes[0], axes[-1] + 1
    sizes = tuple(shape[first - offset : stop - offset])
    return (first, sizes) if sizes == tuple(dims[first:stop]) and stop - first <= 6 else None


def on_the_way(missing: Iterable[str], outputs: Sequence[Iterable[str]], inputs: Sequence[Iterable[str]]) -> set[int]:
    """Return the places of the operators that lead to the missing values; `outputs` and `inputs` are theirs."""
    makers = {name: place for place, names in enumerate(outputs) for name in names if name}
    waiting, seen = list(missing), set[int]()
    while waiting:
        place = makers.get(waiting.pop())
        if place is not None and place not in seen:
            seen.add(place)
            waiting += [name for name in inputs[place] if name]
    return seen
