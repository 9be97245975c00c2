"""Layers that weigh what stands elsewhere in a sequence."""

from collections.abc import Sequence

from ir.kinds import Size
from ir.layer import Layer, LayerError, Shape, ShapeError, Weight, param
from ir.shapes import agree, broadcast, show


class Attention(Layer, grammar="any, any, any, any? -> any", inputs=(3, 4)):
    """Mix values by how far their keys answer queries: softmax(scale * Q K' + mask) V, in the last two axes of each.

    Queries are (..., L, E), keys (..., S, E) and values (..., S, V); the result is (..., L, V). Axes before stretch.
    A fourth tensor, which stretches to (..., L, S), is added before the softmax.
    Source: https://arxiv.org/abs/1706.03762, 3.2.1
    """

    scale: float | None = param("Factor of the products; null for one over the root of E.", default=None)
    causal: bool = param("Whether a query sees no key behind its own place.", default=False)

    def shape(self, query: Shape, key: Shape, value: Shape, *mask: Shape) -> Shape:
        given = (query, key, value)
        if min(map(len, given)) < 2:
            raise ShapeError(f"wants two axes at least, but {_told(given)}")
        if not agree(query[-1], key[-1]) or not agree(key[-2], value[-2]):
            raise ShapeError(f"wants queries as long as keys, and as many keys as values, but {_told(given)}")
        before = broadcast([each[:-2] for each in given])
        for each in mask:
            broadcast([each, (*before, query[-2], key[-2])])
        return *before, query[-2], value[-1]


def _told(shapes: Sequence[Shape]) -> str:
    return ", ".join(f"{{{i}}} gives {show(shape)}" for i, shape in enumerate(shapes))


class MultiHeadAttention(Layer, grammar="any, any, any -> sequence", inputs=3):
    """Attend in several heads: project queries, keys and values, mix in each head, and project what all heads give.

    Each input is (batch, length, features), and so is the result. The rows of the projections follow head by head.
    Source: https://arxiv.org/abs/1706.03762, 3.2.2
    """

    heads: Size = param("Number of heads.")
    key_size: Size = param("Features of a query, and of a key, in each head.")
    value_size: Size | None = param("Features of a value in each head; null for as many as a key has.", default=None)
    units: Size | None = param("Features of the result; null for as many as the first input has.", default=None)
    bias: bool = param("Whether each projection adds a bias.", default=True)
    causal: bool = param("Whether a query sees no key behind its own place.", default=False)

    def check(self) -> None:
        if self.heads * max(self.key_size, self.value_size or 0) > 1 << 31:
            raise LayerError(f"{self.heads} heads are too many for their size", "heads")

    @property
    def widths(self) -> tuple[int, int]:
        """The features of all heads together: of their keys, and of their values."""
        return self.heads * self.key_size, self.heads * (self.value_size or self.key_size)

    def shape(self, query: Shape, key: Shape, value: Shape) -> Shape:
        self._features(query, key, value)
        if not agree(key[1], value[1]):
            raise ShapeError(f"wants as many keys as values, but {{1}} gives {show(key)} and {{2}} gives {show(value)}")
        batch, _ = broadcast([(query[0], 1), (key[0], 1)])
        return batch, query[1], self.units or query[2]

    def weights(self, query: Shape, key: Shape, value: Shape) -> dict[str, Weight]:
        keys, values = self.widths
        features = self._features(query, key, value)
        wanted = {
            "query": (keys, features[0]),
            "key": (keys, features[1]),
            "value": (values, features[2]),
            "result": (self.units or features[0], values),
        }
        found = {}
        for name, shape in wanted.items():
            found[f"{name}_kernel"] = Weight("OI", shape)
            if self.bias:
                found[f"{name}_bias"] = Weight("O", shape[:1])
        return found

    def _features(self, *inputs: Shape) -> list[int]:
        for i, shape in enumerate(inputs):
            if len(shape) != 3 or shape[2] is None:
                raise ShapeError(f"wants sequences of vectors of known size, but {{{i}}} gives {show(shape)}")
        return [shape[2] or 0 for shape in inputs]
