"""In which forms a figure is drawn, by what its traits say together: neurons, cuboids, sheets, a flow of boxes.

The rules follow from what the kinds of figures are: a plot of neurons has circles of one size that many lines at an
angle lead to, a cuboid an upright box with a slanted face at it, and so on. Their numbers were chosen by people who had
looked at all figures of `benchmarks/places.json`.
"""

from __future__ import annotations

from math import expm1

SOME, MANY = 6, 8
"""Circles of a plot of neurons, and places at which lines meet, where it is known to be a design; and where not."""

SAID, NEARLY = 4.9, 0.8
"""Texts at least that name layers, and the share of texts that do, or say sizes, where that alone tells a design."""
LEAST = 3.9
"""Shapes at least beside such texts."""
MOSTLY = 0.3
"""The share of photographs from which on a figure is one of them: what seems to be drawn in it may be in them."""


def forms_of(traits: dict[str, float]) -> dict[str, float]:
    """Return which forms a figure has, 1 or 0, by the traits that are counts of what is in it."""

    def count(name: str) -> int:
        return round(expm1(traits[name]))

    links, arrows, shapes, named = count("links"), count("arrows"), count("shapes"), count("named")
    plain = traits["boxed"] >= 0.5 and 2 * count("fans") < shapes  # Without heads: of boxes, and not each with each.
    flow = links >= 3 and shapes >= 4 and traits["linked"] >= 0.5 and (arrows > 0 or plain)
    drawn = not traits["bitmap"] and count("paths") > 0
    circles = min(count("discs"), count("fans"))
    if drawn:  # Of lines that are drawn it is known where they end.
        circles = min(circles, 2 * count("wired"))
    sheets = count("lying") >= 4 and 4 * count("standing") <= count("lying")
    cuboids = count("cuboids") >= 2 and count("sloping") >= 25
    form = circles >= SOME or cuboids or sheets or flow
    said = traits["says_design"] > 0
    modules = count("modules")
    boxed = min(traits["boxed"], traits["texts"])
    layered = named >= 4 and traits["named_share"] >= 0.15
    found = {
        "is_neurons": circles >= SOME,
        "is_net": circles >= MANY,
        "is_cuboids": cuboids,
        "is_sheets": sheets,
        "is_pictured": count("photos") >= 1 or (drawn and 0.03 <= traits["pictures"] <= 0.6),
        "is_flow": flow,
        "is_arrowed": flow and arrows >= 3,
        "is_boxed_flow": flow and arrows >= 3 and boxed >= 0.5 and traits["linked"] >= 0.75,
        "is_named_flow": flow and (traits["layers"] >= 0.25 or layered),
        "is_module_flow": flow and modules >= 2 and 4 * modules >= shapes,
        "is_stacked": count("piled") >= 4 and links <= 3,
        "is_form": form,
        "is_said_form": form and said,
        "is_said_only": said and not traits["says_result"],
        "is_layered": layered,
        "is_slotted": shapes >= 4 and traits["layers"] >= 0.3,
        "is_photographs": traits["photo"] > MOSTLY and not flow,
        "is_drawn": drawn,
    }
    return {name: float(value) for name, value in found.items()}


def is_sure(traits: dict[str, float]) -> bool:
    """Tell figures that are designs for sure: plots of neurons, and flows of layers, of nets, or of boxes with words.

    So are those whose texts are nearly all layers and sizes. What seems to flow in photographs is none.
    """
    told = traits["is_named_flow"] or traits["is_module_flow"] or traits["is_boxed_flow"] or _is_told(traits)
    return bool(traits["is_net"] or (told and traits["photo"] <= MOSTLY))


def _is_told(traits: dict[str, float]) -> bool:
    """Tell figures of whose texts nearly all name layers or say sizes, beside shapes, with hardly any bare numbers."""
    named, sizes = expm1(traits["named"]), expm1(traits["sizes"])
    if expm1(traits["shapes"]) < LEAST:
        return False
    texts = named / (traits["named_share"] or 1.0)
    return named >= SAID and named + sizes >= NEARLY * texts and traits["numbers"] <= 1 - NEARLY


def kind_by(traits: dict[str, float]) -> str:
    """Return how a figure draws its design, by its forms."""
    if traits["is_cuboids"] and not (traits["is_arrowed"] and traits["is_pictured"]):
        return "box3d"
    if traits["is_neurons"] and not (traits["is_pictured"] and traits["is_drawn"]):
        return "neurons"
    if traits["is_stacked"] and not traits["is_flow"] and not traits["photos"]:
        return "stacked2d"
    return "pipeline" if traits["is_pictured"] or traits["is_sheets"] else "box2d"
