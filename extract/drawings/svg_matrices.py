"""The transformations of SVG: six numbers, as its `matrix` has them."""

from __future__ import annotations

import re
from math import cos, radians, sin, tan

from extract.drawings.svg_outlines import Point, numbers_in

Matrix = tuple[float, float, float, float, float, float]
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def at(matrix: Matrix, x: float, y: float) -> Point:
    """Return where a place is after a transformation."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def times(m: Matrix, n: Matrix) -> Matrix:
    """Return the transformation that does the second one first."""
    (a, b, c, d, e, f), (g, h, i, j, k, o) = m, n
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * o + e, b * k + d * o + f)


def matrix_of(transform: str) -> Matrix:
    """Return the transformation that an attribute says, its parts from the right to the left."""
    found = SAME
    for name, inner in re.findall(r"(\w+)\s*\(([^)]*)\)", transform):
        numbers = numbers_in(inner)
        if not numbers:
            continue
        first, second = numbers[0], numbers[1] if len(numbers) > 1 else 0.0
        if name == "translate":
            found = times(found, (1.0, 0.0, 0.0, 1.0, first, second))
        elif name == "scale":
            found = times(found, (first, 0.0, 0.0, second if len(numbers) > 1 else first, 0.0, 0.0))
        elif name == "rotate":
            turned = (cos(radians(first)), sin(radians(first)), -sin(radians(first)), cos(radians(first)), 0.0, 0.0)
            x, y = (second, numbers[2]) if len(numbers) > 2 else (0.0, 0.0)
            for step in ((1.0, 0.0, 0.0, 1.0, x, y), turned, (1.0, 0.0, 0.0, 1.0, -x, -y)):
                found = times(found, step)
        elif name == "matrix" and len(numbers) == 6:
            found = times(found, (*numbers,))  # type: ignore[arg-type]
        elif name == "skewX":
            found = times(found, (1.0, 0.0, tan(radians(first)), 1.0, 0.0, 0.0))
        elif name == "skewY":
            found = times(found, (1.0, tan(radians(first)), 0.0, 1.0, 0.0, 0.0))
    return found
