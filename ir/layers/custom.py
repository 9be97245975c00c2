"""Layers that the catalogue does not define."""

from ir.kinds import Lists, Size, Values
from ir.layer import Layer, LayerError, Shape, ShapeError, Weight, param


class Custom(Layer, grammar="any* -> any+", inputs=(0, None)):
    """A layer of another's making: its name, parameters and arrays are kept, its meaning is not known.

    An output whose shape is not given is taken to be like the first input.
    """

    type: str = param("Name of the layer type, as its maker gave it.")
    arguments: Values = param("Parameters, as they were written.", default={})
    results: Size = param("Number of outputs.", default=1)
    sizes: Lists = param("Shape of each output, as far as they are given (-1 for an open size).", default=())
    arrays: Lists = param("Shape of each array that came with the layer.", default=())
    native: Values = param(
        "What the framework that it is from must know besides to have it again: its name as `framework`, and the rest "
        "by its reader.",
        default={},
    )

    def check(self) -> None:
        if len(self.sizes) > self.results:
            raise LayerError(f"gives {self.results} outputs, but has the shapes of {len(self.sizes)}", "sizes")

    @property
    def outputs(self) -> int:
        return self.results

    def shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        given = [tuple(None if size == -1 else size for size in sizes) for sizes in self.sizes]
        if len(given) < self.results and not inputs:
            told = f"is of the unknown type {self.type}, so its output shape is not known"
            raise ShapeError(told, "give it: --shape {name}=1,64,28,28 (batch first)")
        return (*given, *inputs[:1] * (self.results - len(given)))

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        return {f"blob{i}": Weight("", shape) for i, shape in enumerate(self.arrays)}
