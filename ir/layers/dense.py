"""Layers that multiply by a matrix, or look up its rows."""

from ir.kinds import Axis, Size
from ir.layer import Layer, Shape, ShapeError, Weight, param
from ir.shapes import axis_of, product


class Dense(Layer, grammar="vector -> vector | sequence -> sequence", variants={"axis": "any -> any"}):
    """Multiply by a matrix; all axes from `axis` on are taken together first."""

    units: Size = param("Size of the output.")
    bias: bool = param("Whether a bias is added.", default=True)
    axis: Axis = param("First axis that is multiplied away; -1 for the last alone.", default=-1)

    def _features(self, x: Shape) -> int:
        features = product(x[axis_of(self.axis, len(x)) :])
        if features is None:
            raise ShapeError("needs to know the size of what {0} gives")
        return features

    def shape(self, x: Shape) -> Shape:
        self._features(x)
        return *x[: axis_of(self.axis, len(x))], self.units

    def weights(self, x: Shape) -> dict[str, Weight]:
        kernel = Weight("OI", (self.units, self._features(x)))
        return {"kernel": kernel} | ({"bias": Weight("O", (self.units,))} if self.bias else {})


class Embed(Layer, grammar="tokens -> sequence | vector -> sequence"):
    """Replace each token id by its row of a table."""

    vocabulary: Size = param("Number of rows.")
    units: Size = param("Size of a row.")
    bias: bool = param("Whether one bias is added to every row.", default=False)

    def shape(self, x: Shape) -> Shape:
        return *x, self.units

    def weights(self, x: Shape) -> dict[str, Weight]:
        table = Weight("VO", (self.vocabulary, self.units))
        return {"kernel": table} | ({"bias": Weight("O", (self.units,))} if self.bias else {})
