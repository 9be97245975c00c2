"""How the elements of SVG are painted: by their attributes, style sheets, and the elements that they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extract.drawings.svg_outlines import numbers_in

Colour = tuple[float, float, float]
PLAIN = {
    "black": "#000",
    "white": "#fff",
    "gray": "#808080",
    "grey": "#808080",
    "red": "#f00",
    "lime": "#0f0",
    "blue": "#00f",
    "green": "#008000",
    "yellow": "#ff0",
    "orange": "#ffa500",
    "purple": "#800080",
    "cyan": "#0ff",
}
"""Colours by name. Source: CSS Color Module, level 3, section 4."""
INHERITED = (
    *("fill", "stroke", "stroke-width", "font-size", "text-anchor", "visibility", "fill-opacity", "stroke-opacity"),
    *("marker-start", "marker-end", "dominant-baseline", "font-weight"),
)
"""Properties that an element has of the one that it is in."""
OWN = ("display", "opacity", "alignment-baseline", "stop-color", "transform")
MOST_RULES = 2_000
"""Rules of a style sheet that are read."""
_SIMPLE = re.compile(r"(?P<tag>[\w-]+|\*)?(?P<rest>(?:[.#][\w-]+)*)$")
_SELECTABLE = re.compile(r"[\w\s.,#*>-]+$")
Style = dict[str, str]


@dataclass(frozen=True)
class Rule:
    """A rule of a style sheet: elements within each other by their tags, classes and names, and what it sets."""

    chain: tuple[str, ...]
    sets: tuple[tuple[str, str], ...]

    def fits(self, trail: Sequence[Any]) -> bool:
        """Tell whether the rule is for the last of elements that are each within the one before."""
        if not _fits(self.chain[-1], trail[-1]):
            return False
        above = iter(reversed(trail[:-1]))
        return all(any(_fits(part, each) for each in above) for part in reversed(self.chain[:-1]))


def _fits(part: str, element: Any) -> bool:
    found = _SIMPLE.match(part)
    if found is None:
        return False
    if found["tag"] not in (None, "*", name_of(element)):
        return False
    names = {f".{each}" for each in element.get("class", "").split()} | {f"#{element.get('id')}"}
    return set(re.findall(r"[.#][\w-]+", found["rest"])) <= names


def name_of(element: Any) -> str:
    """Return the name of an element without its space."""
    return str(element.tag).rpartition("}")[2]


def rules_of(root: Any) -> list[Rule]:
    """Return the rules of the style sheets in a drawing, those that choose elements by what is around them alone."""
    sheets = (re.sub(r"/\*.*?\*/", "", each.text or "", flags=re.DOTALL) for each in root.iter())
    texts = [sheet for sheet, each in zip(sheets, root.iter(), strict=True) if name_of(each) == "style"]
    return list(_rules("".join(texts)))[:MOST_RULES]


def _rules(sheet: str) -> Iterator[Rule]:
    for selectors, body in re.findall(r"([^{}@;]+)\{([^{}]*)\}", sheet):
        for selector in selectors.split(","):
            if _SELECTABLE.fullmatch(selector):
                yield Rule(tuple(selector.replace(">", " ").split()) or ("-",), tuple(declared(body).items()))


def declared(text: str) -> Style:
    """Return what a style sets."""
    parts = (part.partition(":") for part in text.split(";") if ":" in part)
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in parts}


def style_of(trail: Sequence[Any], above: Mapping[str, str], rules: Sequence[Rule]) -> Style:
    """Return how the last of elements within each other is painted, where it is known of the one before."""
    element = trail[-1]
    found = {name: value for name, value in above.items() if name in INHERITED}
    found |= {name: element.get(name) for name in (*INHERITED, *OWN) if element.get(name) is not None}
    for rule in rules:
        if rule.fits(trail):
            found |= dict(rule.sets)
    found |= declared(element.get("style", ""))
    return {name: above.get(name, "") if value == "inherit" else value for name, value in found.items()}


def is_seen(style: Mapping[str, str]) -> bool:
    """Tell what is painted from what is not to be seen."""
    return (
        style.get("display") != "none"
        and style.get("visibility", "visible") == "visible"
        and _share(style, "opacity") > 0
    )


def _share(style: Mapping[str, str], name: str) -> float:
    found = numbers_in(style.get(name, ""))
    return found[0] if found else 1.0


def paint(style: Mapping[str, str], name: str) -> str:
    """Return what an area (`fill`) or a line (`stroke`) is painted with, or nothing."""
    said = style.get(name, "black" if name == "fill" else "none").strip()
    clear = re.fullmatch(r"none|transparent|rgba\(.*[,/]\s*0(?:\.0*)?%?\s*\)|#[0-9a-fA-F]{6}00", said)
    return "" if clear or _share(style, f"{name}-opacity") <= 0 else said


def colour_of(said: str) -> Colour | None:
    """Return a colour that is written in hexadecimal digits or numbers, or by one of the plainest names."""
    text = PLAIN.get(said.lower(), said)
    if match := re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})(?:[0-9a-fA-F]{2})?", text):
        digits = match[1] if len(match[1]) == 6 else "".join(2 * each for each in match[1])
        red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
        return red, green, blue
    numbers = numbers_in(text)
    if not text.startswith("rgb") or len(numbers) < 3:
        return None
    red, green, blue = (min(1.0, each / 255) for each in numbers[:3])
    return red, green, blue
