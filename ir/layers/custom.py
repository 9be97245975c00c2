"""Layers that the catalogue does not define, and those of training."""

from ir.kinds import Size, Values, Wholes
from ir.layer import Layer, Shape, ShapeError, param


class Custom(Layer, grammar="any* -> any+", inputs=(0, None)):
    """A layer of another's making: its name and parameters are kept, its meaning is not known."""

    type: str = param("Name of the layer type, as its maker gave it.")
    arguments: Values = param("Parameters, as they were written.", default={})
    results: Size = param("Number of outputs.", default=1)
    sizes: Wholes | None = param("Shape of the output, where it was given (-1 for the batch).", default=None)

    @property
    def outputs(self) -> int:
        return self.results

    def shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        if self.sizes is None:
            told = f"is of the unknown type {self.type}, so its output shape is not known"
            raise ShapeError(told, "give it: --shape {name}=1,64,28,28 (batch first)")
        return (tuple(None if size == -1 else size for size in self.sizes),) * self.results
