"""How tables write sizes: windows, what layers take and give, numbers of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from table_graphs import Drawn


@dataclass(frozen=True)
class Sizes:
    """The form of a table's sizes: the sign of a product, windows, strides, borders, outputs, and large numbers."""

    sign: str
    window: str
    step: str
    border: str
    output: str
    thousands: bool
    count: str
    pictured: bool = False
    """Whether a vector is an image of one pixel."""

    def kernel(self, sides: Sequence[int]) -> str:
        """Return a window: 3×3, (3, 3), [3, 3], or one number where its sides are equal."""
        return self._sides(sides, self.window)

    def stride(self, sides: Sequence[int]) -> str:
        """Return a stride, as windows are written or as one number."""
        return self._sides(sides, self.window if self.step == "as windows" else "3")

    def _sides(self, sides: Sequence[int], form: str) -> str:
        if len(sides) == 1 or (form == "3" and len(set(sides)) == 1):
            return str(sides[0])
        if form == "(3, 3)":
            return f"({', '.join(map(str, sides))})"
        if form == "[3, 3]":
            return f"[{', '.join(map(str, sides))}]"
        return self.sign.join(map(str, sides))

    def pad(self, layer: Drawn) -> str:
        """Return the border of a layer as a word or a number."""
        if self.border == "words":
            return layer.pad
        over = [layer.dilation * (k - 1) for k in layer.kernel]
        if layer.kind == "deconv" or any(each % 2 for each in over):
            over = [k - s for k, s in zip(layer.kernel, layer.stride, strict=True)]
        return str((over[0] + 1) // 2) if layer.pad == "same" else "0"

    def number(self, value: int) -> str:
        return f"{value:,}" if self.thousands else str(value)

    def given(self, sizes: Sequence[int], scale: int = 0) -> str:
        """Return the sizes of a tensor, whose channels come first; with a `scale` as a share of the input's."""
        channels, *space = sizes
        big = [self.number(each) for each in space]
        if self.output == "fraction" and space:
            sides = [name if scale == 1 else f"{name}/{scale}" for name in "HW"[: len(space)]]
            return self.sign.join([*sides, str(channels)])
        if not space:
            return self._vector(channels)
        many = self.number(channels)
        forms = {
            "H×W×C": self.sign.join([*big, many]),
            "C×H×W": self.sign.join([many, *big]),
            "(None, H, W, C)": f"(None, {', '.join(map(str, [*space, channels]))})",
            "(H, W, C)": f"({', '.join(map(str, [*space, channels]))})",
            "[C, H, W]": f"[{', '.join(map(str, sizes))}]",
            "(-1, C, H, W)": f"(-1, {', '.join(map(str, sizes))})",
            "B×C×H×W": self.sign.join(["B", many, *big]),
            "(N, C, H, W)": f"(N, {', '.join(map(str, sizes))})",
            "N×H×W×C": self.sign.join(["N", *big, many]),
            "H×W": self.sign.join(big),
            "C@H×W": f"{many}@{self.sign.join(big)}",
            "H × W, C": f"{self.sign.join(big)}, {many}",
        }
        return forms[self.output]

    def _vector(self, many: int) -> str:
        forms = {
            "H×W×C": self.sign.join(["1", "1", self.number(many)]) if self.pictured else self.number(many),
            "(None, H, W, C)": f"(None, {many})",
            "(H, W, C)": f"({many},)",
            "[C, H, W]": f"[{many}]",
            "(-1, C, H, W)": f"(-1, {many})",
            "B×C×H×W": self.sign.join(["B", self.number(many)]),
            "(N, C, H, W)": f"(N, {many})",
            "N×H×W×C": self.sign.join(["N", self.number(many)]),
        }
        return forms.get(self.output, self.number(many))

    def learned(self, count: int) -> str:
        """Return a number of parameters: 36,928, 36928 or 36.9K."""
        if self.count == "short":
            for limit, unit in ((10**6, "M"), (10**3, "K")):
                if count >= limit:
                    return f"{count / limit:.1f}{unit}"
        return f"{count:,}" if self.count == "commas" else str(count)
