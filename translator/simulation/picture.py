"""A picture before Graphviz has laid it out: boxes, arrows, and the truth about both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


@dataclass(frozen=True)
class Box:
    """A node: how Graphviz knows it, the texts in it, and what it stands for."""

    key: str
    texts: tuple[str, ...]
    attributes: Mapping[str, str]
    stands_for: str
    name: str
    type: str = ""


@dataclass(frozen=True)
class Arrow:
    """An edge between two boxes, with the text beside it."""

    start: str
    end: str
    text: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture in some style: `style` says which, with every option that was drawn."""

    style: Mapping[str, Any]
    attributes: Mapping[str, str]
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    strict: bool = field(default=False)

    def dot(self) -> str:
        """Return it in Graphviz's dot language."""
        lines = ["digraph G {"]
        lines += [f"  {key}={_said(value)};" for key, value in self.attributes.items()]
        lines += [f"  {_said(box.key)}{_listed(box.attributes)};" for box in self.boxes]
        for arrow in self.arrows:
            said = {"label": arrow.text} if arrow.text else {}
            extra = {"penwidth": "2"} if self.style.get("drawer") == "keras" and self.style["version"] >= "3" else {}
            lines.append(f"  {_said(arrow.start)} -> {_said(arrow.end)}{_listed(said | extra)};")
        return "\n".join([*lines, "}"]) + "\n"


def _listed(attributes: Mapping[str, str]) -> str:
    said = ", ".join(f"{key}={_said(value)}" for key, value in attributes.items())
    return f" [{said}]" if said else ""


def _said(value: str) -> str:
    """Return a value in quotes; one in angle brackets is HTML and stands as it is, and so does an escape in a label."""
    if value.startswith("<<"):
        return value
    return '"' + value.replace('"', '\\"').replace("\n", "\\n") + '"'
