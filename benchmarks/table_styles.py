"""Styles of tables: independent choices that authors make, drawn at random, and which of them are held out."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from table_designs import Freedom
from table_phrases import DIALECTS, HEADS, HELD, KINDS
from table_sizes import Sizes

AXES: dict[str, dict[str, int]] = {
    "syntax": {"tex": 5, "md": 3, "html": 2, "csv": 1},
    "rules": {"all": 1, "book": 1, "some": 1, "none": 1},
    "plan": {"apart": 8, "joined": 7, "prose": 4, "one": 4, "windows": 2, "calls": 2},
    "kinds": {each: 1 if each in HELD["kinds"] else 4 for each in KINDS},
    "name": {"none": 18, "number": 9, "lower": 9, "Layer 1": 3, "conv1_1": 3, "Conv 1": 6, "C1": 3, "roman": 1,
             "L1": 1},
    "typed": {"yes": 1, "no": 1},
    "dialect": {each: 1 if each in HELD["dialect"] else 3 for each in DIALECTS},
    "sign": {"×": 3, " × ": 3, "x": 2, " x ": 2, "*": 1},
    "window": {"3×3": 18, "(3, 3)": 6, "3": 6, "[3, 3]": 1},
    "step": {"3": 3, "as windows": 1},
    "ones": {"said": 1, "left out": 1},
    "border": {"none": 4, "words": 1, "numbers": 2},
    "posts": {"none": 2, "rows": 3, "behind the kind": 3, "behind the sizes": 2, "column": 4, "caption": 2},
    "joint": {" + ": 6, ", ": 4, "-": 2, "/": 2, " & ": 2, "()": 1, " with ": 1},
    "output": {"none": 12, "H×W×C": 15, "C×H×W": 6, "(None, H, W, C)": 6, "(H, W, C)": 3, "[C, H, W]": 3,
               "(-1, C, H, W)": 1, "H×W": 6, "C@H×W": 3, "H × W, C": 1, "fraction": 2, "B×C×H×W": 1,
               "(N, C, H, W)": 1, "N×H×W×C": 1},
    "taken": {"no": 10, "column": 2, "flow": 1},
    "input": {"row": 6, "caption": 3, "none": 1},
    "count": {"none": 6, "commas": 1, "plain": 1, "short": 1},
    "thousands": {"no": 4, "yes": 1},
    "repeat": {"no": 5, "×": 1},
    "empty": {"-": 9, "": 12, "–": 3, "N/A": 1},
    "block": {"none": 5, "merged": 1, "first": 1},
    "pools": {"rows": 12, "joined": 2, "column": 1},
    "marks": {"no": 9, "yes": 1},
    "fonts": {"no": 3, "yes": 1},
    "dropout": {"rows": 4, "column": 1},
    "total": {"no": 4, "yes": 1},
    "notes": {"no": 8, "yes": 1},
    "turned": {"no": 8, "yes": 1},
    "headed": {"yes": 9, "no": 1},
}  # fmt: skip
"""What authors choose, and how often each."""
NAMING = ("keys", "equals", "arguments", "numbers", "sentence", "signs", "code", "letters")
"""Dialects that say of each number what it is."""
_PLANS = {
    "repeat": ("joined", "prose", "apart"),
    "turned": ("apart",),
    "notes": ("apart", "joined", "one"),
    "dialect": ("joined",),
    "pools": ("apart", "joined"),
    "marks": ("apart", "joined", "prose", "one"),
}
"""Of which plans a choice may be another than the first."""


@dataclass(frozen=True)
class Style:
    """What was chosen on each axis, with the headers of columns."""

    choices: dict[str, str]
    heads: dict[str, str]

    def __getitem__(self, axis: str) -> str:
        return self.choices[axis]

    @property
    def sizes(self) -> Sizes:
        told = {name: self[name] for name in ("sign", "window", "step", "border", "output", "count")}
        return Sizes(**told, thousands=self["thousands"] == "yes")

    @property
    def freedom(self) -> Freedom:
        """Return what designs may have whose tables are printed so."""
        sized = self["output"] not in ("none", "fraction") or self["taken"] != "no"
        return Freedom(sized or self["border"] != "none", self["posts"] != "none")

    @property
    def held(self) -> list[str]:
        """Return which choices are kept out of tuning, but for the headers of columns."""
        found = [f"{axis} {HELD[axis]}" for axis in HELD if axis != "head" and self.choices.get(axis) in HELD[axis]]
        return found + ["window"] * (self["window"] in HELD["size"])


def draw(rng: Random) -> Style:
    """Draw a style: each choice by itself, but for what would leave a table unclear."""
    chosen = {axis: rng.choices(list(values), list(values.values()))[0] for axis, values in AXES.items()}
    for axis, plans in _PLANS.items():
        if chosen["plan"] not in plans:
            chosen[axis] = next(iter(AXES[axis]))
    _settle(rng, chosen)
    heads = {
        role: rng.choices(words, [1 if each in HELD["head"] else 8 for each in words])[0]
        for role, words in HEADS.items()
    }
    _tell_apart(rng, heads, chosen)
    return Style(chosen, heads)


def _settle(rng: Random, chosen: dict[str, str]) -> None:
    """Take back choices that would leave open what the table must say, or that no author combines."""
    if chosen["syntax"] == "csv":
        chosen["input"] = "row" if chosen["input"] == "caption" else chosen["input"]
        chosen["posts"] = "column" if chosen["posts"] == "caption" else chosen["posts"]
        chosen["block"] = "none"
    if chosen["syntax"] == "md":
        chosen["headed"] = "yes"
        chosen["block"] = "first" if chosen["block"] == "merged" else chosen["block"]
    if chosen["turned"] == "yes":
        chosen |= {"block": "none", "repeat": "no", "headed": "yes", "posts": "none", "total": "no", "notes": "no"}
        chosen |= {
            "name": "conv1_1" if chosen["name"] in ("none", "number", "roman", "L1", "Layer 1") else chosen["name"]
        }
        chosen |= {"input": "caption" if chosen["syntax"] != "csv" else "row", "dropout": "rows", "pools": "rows"}
    if chosen["plan"] in ("apart", "one", "windows") or chosen["output"] == "fraction":
        chosen["headed"] = "yes"
    if chosen["plan"] == "windows":
        chosen |= {"taken": "column", "output": "H×W×C", "posts": "none", "name": "none", "border": "none"}
        chosen |= {"input": "row" if chosen["input"] == "row" else "none", "dropout": "rows"}
        chosen["window"] = "3×3"
    if chosen["window"] == "3" and (
        chosen["plan"] in ("prose", "one") or (chosen["plan"] == "joined" and chosen["dialect"] not in NAMING)
    ):
        chosen["window"] = "3×3"  # What the one number is of would be open.
    if chosen["plan"] == "calls":
        chosen |= {"window": "(3, 3)", "posts": "column" if chosen["posts"] == "behind the sizes" else chosen["posts"]}
        chosen |= {"kinds": rng.choice(("keras", "torch")), "thousands": "no"}
        chosen |= {"border": "words", "ones": "said", "joint": " + ", "dropout": "rows"}
    if chosen["taken"] == "flow" and (chosen["output"] == "fraction" or chosen["turned"] == "yes"):
        chosen["taken"] = "no"
    if chosen["taken"] in ("column", "flow"):
        chosen["input"] = "none"  # The column says it.
        chosen["output"] = "H×W×C" if chosen["output"] in ("none", "fraction", "H×W") else chosen["output"]
    if chosen["output"] == "fraction":
        chosen["input"] = "none" if chosen["input"] == "none" else "row"
    if chosen["plan"] == "prose" and chosen["posts"] in ("column", "behind the kind"):
        chosen["posts"] = "behind the sizes"
    if chosen["joint"] == "()" and (chosen["plan"] == "calls" or chosen["pools"] == "joined"):
        chosen["joint"] = " + "
    sole = chosen["plan"] == "apart" and chosen["posts"] != "rows" and chosen["turned"] == "no"
    if chosen["pools"] == "column" and not sole:
        chosen["pools"] = "rows"
    if chosen["dialect"] == "code":
        chosen |= {"window": "3", "step": "3", "ones": "said", "border": "none"}
    if chosen["plan"] in ("one", "apart") and chosen["posts"] == "behind the sizes":
        chosen["posts"] = "behind the kind"
    if chosen["plan"] != "apart":
        chosen["dropout"] = "rows"
    if chosen["pools"] == "joined" and (chosen["output"] in ("none", "fraction") or chosen["posts"] == "rows"):
        chosen["pools"] = "rows"
    if chosen["posts"] == "rows":
        chosen["dropout"] = "rows"
    if chosen["pools"] == "joined" or chosen["name"] in ("C1", "conv1_1") or chosen["posts"] == "rows":
        chosen["repeat"] = "no"
    if chosen["kinds"] in ("2-D", "layer", "long") and chosen["joint"] == "-":
        chosen["joint"] = " + "  # Their words have dashes and blanks of their own.
    if chosen["posts"] == "rows" and chosen["name"] in ("C1",):
        chosen["name"] = "none"


def _tell_apart(rng: Random, heads: dict[str, str], chosen: dict[str, str]) -> None:
    """Choose headers so that no two columns of a table are called alike."""
    if chosen["name"] not in ("none", "lower", "conv1_1"):
        heads["type"] = rng.choice(("Type", "Layer type", "Operation", "Layer Type", "Operator"))
    if chosen["plan"] in ("joined", "calls") and chosen["count"] != "none":
        heads["details"] = rng.choice(("Configuration", "Description", "Details", "Specification"))
    if heads["kernel"] == "Size" and heads["output"] in ("Shape", "Dimensions"):
        heads["kernel"] = "Kernel size"
    if heads["block"] == heads["name"]:
        heads["block"] = "Module"
    if heads["norm"] == "Norm" and heads["activation"] == "Activations":
        heads["activation"] = "Activation"
    if heads["filters"] == "Width" and heads["output"] == "Shape":
        heads["filters"] = "Filters"
    if heads["repeat"] == "×" and chosen["sign"] == "*":
        heads["repeat"] = "Repeat"
