"""Layers of detectors in two stages: those of Fast and Faster R-CNN."""

from __future__ import annotations

import re
from typing import Any

from ir import layers as L
from translator.attrs import Attrs
from translator.mapping import Always, At, Codec, Field, Rule, Unsayable

_NUMBER = r"[-+]?\d+(?:\.\d*)?"


class InText(Codec):
    """A setting in the `param_str` of a Python layer, which is YAML; the stride writes them all."""

    keys = ("param_str",)

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, attrs: Attrs, at: At) -> Any:
        text = str(attrs.get("param_str", ""))
        known = set(re.findall(r"['\"]?(\w+)['\"]?\s*:(?!:)", text))
        if not known <= {"feat_stride", "scales"}:
            raise Unsayable(f"it has settings of its own: {', '.join(sorted(known))}")
        if self.name == "feat_stride":
            found = re.search(rf"feat_stride['\"]?\s*:\s*({_NUMBER})", text)
            if found is None:
                raise Unsayable("it says no feat_stride")
            return float(found[1])
        listed = re.search(rf"scales['\"]?\s*:[^\[(]*[\[(]((?:\s*{_NUMBER}\s*,?)+)[\])]", text)
        if listed is None and "scales" in known:
            raise Unsayable("its scales are no list of numbers")
        return tuple(map(float, re.findall(_NUMBER, listed[1]))) if listed else (8, 16, 32)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if self.name != "feat_stride":
            return {}
        scales = [int(each) if each.is_integer() else each for each in at.values["scales"]]
        return {"param_str": f"'feat_stride': {value}" + (f"\n'scales': {scales}" if scales != [8, 16, 32] else "")}


SETTINGS: dict[str, Any] = {
    "ratios": Always((0.5, 1.0, 2.0)),
    "base": Always(16),
    "least": Always(16.0),
    "candidates": Always(6000),
    "overlap": Always(0.7),
    "keep": Always(300),
}
"""Those of py-faster-rcnn, lib/fast_rcnn/config.py (TEST.RPN_*) and lib/rpn/generate_anchors.py."""


def proposals(scored: bool) -> Rule:
    """Return the rule of the layer that proposes regions; the scores are its second top where it has one."""
    return Rule(
        "Python:rpn.proposal_layer.ProposalLayer",
        L.Proposals,
        group="python_param",
        where={"module": "rpn.proposal_layer", "layer": "ProposalLayer"},
        gives=1 + scored,
        ignore=("share_in_parallel",),
        assumes="py-faster-rcnn's settings for testing are assumed: the best 6000 boxes, none of less than 16 pixels, "
        "and of them 300 that overlap by no more than 0.7",
        stride=InText("feat_stride"),
        scales=InText("scales"),
        scored=Always(scored),
        **SETTINGS,
    )


RULES = [
    proposals(scored=False),
    proposals(scored=True),
    Rule(
        "PSROIPooling",
        L.PSROIPool2D,
        group="psroi_pooling_param",
        channels=Field("output_dim"),
        grid=Field("group_size"),
        scale=Field("spatial_scale"),
    ),
]
