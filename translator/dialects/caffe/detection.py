"""Layers of detectors: those of SSD, https://github.com/weiliu89/caffe/tree/ssd."""

from __future__ import annotations

from typing import Any

from ir import layers as L
from translator.attrs import Attrs, Symbol
from translator.mapping import At, Codec, Field, Rule, Unsayable, Word


def _negated(value: Any, at: At) -> Any:
    return not value


def _some(value: Any, at: At) -> Any:
    return None if value == -1 else value


def _all_if_none(value: Any, at: At) -> Any:
    return -1 if value is None else value


class GridSize(Codec):
    """The size of the first input, which no field says."""

    def read(self, attrs: Attrs, at: At) -> Any:
        if not at.inputs or at.rank != 2 or None in at.space:
            raise ValueError("needs to know the size of its inputs")
        return at.space

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {}


class ImageSize(Codec):
    """`img_size`, or `img_h` and `img_w`, or the size of the second input."""

    keys = ("img_size", "img_h", "img_w")

    def read(self, attrs: Attrs, at: At) -> Any:
        both = attrs.get("img_size")
        sizes = (both, both) if both else (attrs.get("img_h"), attrs.get("img_w"))
        if None not in sizes:
            return sizes
        if len(at.inputs) < 2 or len(at.inputs[1]) != 4 or None in at.inputs[1][2:]:
            raise ValueError("needs to know the size of the image")
        return at.inputs[1][2:]

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {} if tuple(at.inputs[1][2:]) == value else {"img_h": value[0], "img_w": value[1]}


class Step(Codec):
    """`step`, or `step_h` and `step_w`; none divides the image evenly."""

    keys = ("step", "step_h", "step_w")

    def read(self, attrs: Attrs, at: At) -> Any:
        both = attrs.get("step")
        down, across = (both, both) if both else (attrs.get("step_h"), attrs.get("step_w"))
        grid, image = at.values["grid"], at.values["image"]
        return (down or image[0] / grid[0], across or image[1] / grid[1])

    def write(self, value: Any, at: At) -> dict[str, Any]:
        even = tuple(a / b for a, b in zip(at.values["image"], at.values["grid"], strict=True))
        if value == even:
            return {}
        return {"step": value[0]} if value[0] == value[1] else {"step_h": value[0], "step_w": value[1]}


class Sides(Codec):
    """Sides in whole pixels: the original cuts fractions off, its descendants do not."""

    def __init__(self, key: str) -> None:
        self.keys = (key,)

    def read(self, attrs: Attrs, at: At) -> Any:
        sides = attrs.repeated(self.keys[0])
        if any(side != int(side) for side in sides):
            raise ValueError(f"has a {self.keys[0]} of part of a pixel, of which forks make different boxes")
        return sides

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {self.keys[0]: value} if value else {}


class Ratios(Codec):
    """`aspect_ratio`, each with its inverse where `flip` says so; the square is there anyway, and doubles are not."""

    keys = ("aspect_ratio", "flip")

    def read(self, attrs: Attrs, at: At) -> Any:
        found: list[float] = []
        for ratio in attrs.repeated("aspect_ratio"):
            if not ratio > 0:
                raise ValueError(f"has the ratio {ratio}, where one above 0 is wanted")
            if all(abs(ratio - each) >= 1e-6 for each in (1, *found)):
                found += [ratio, 1 / ratio] if attrs.get("flip", True) else [ratio]
        return tuple(found)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"aspect_ratio": value, "flip": False} if value else {}


class BoxCode(Word):
    """How offsets say a box; forks have forms of the layer that are not the catalogue's."""

    def __init__(self) -> None:
        words = {Symbol("CORNER"): "corner", Symbol("CENTER_SIZE"): "center_size"}
        super().__init__("code_type", {1: "corner", 2: "center_size"} | words, absent="CORNER")
        self.keys = ("code_type", "share_location", "nms_param")
        self.shown = True

    def read(self, attrs: Attrs, at: At) -> Any:
        if attrs.get("share_location", True) is not True:
            raise Unsayable("each class has boxes of its own")
        if attrs.get("code_type") in ("CORNER_SIZE", 3) or attrs.message("nms_param").get("eta", 1) != 1:
            raise Unsayable("a box is said by its corner and size, or the overlap that is let pass falls")
        return super().read(attrs, at)

    def write(self, value: Any, at: At) -> dict[str, Any]:
        return {"share_location": True} | super().write(value, at)


class Suppression(Codec):
    """A field of `nms_param`; the first of them writes all."""

    keys = ("nms_param",)

    def __init__(self, key: str, absent: Any) -> None:
        self.key = key
        self.absent = absent

    def read(self, attrs: Attrs, at: At) -> Any:
        value = attrs.message("nms_param").get(self.key, self.absent)
        return None if value == -1 else value

    def write(self, value: Any, at: At) -> dict[str, Any]:
        if self.key != "nms_threshold":
            return {}
        count = at.values["candidates"]
        return {"nms_param": Attrs({self.key: value} | ({} if count is None else {"top_k": count}))}


RULES = [
    Rule(
        "DetectionOutput",
        L.DetectionOutput,
        group="detection_output_param",
        ignore=("save_output_param", "visualize", "visualize_threshold", "save_file"),
        classes=Field("num_classes"),
        background=Field("background_label_id", absent=0, shown=True),
        code=BoxCode(),
        scaled=Field("variance_encoded_in_target", absent=False, decode=_negated, encode=_negated),
        threshold=Field("confidence_threshold", absent=None),
        overlap=Suppression("nms_threshold", 0.3),
        candidates=Suppression("top_k", None),
        keep=Field("keep_top_k", absent=-1, decode=_some, encode=_all_if_none, shown=True),
    ),
    Rule(
        "PriorBox",
        L.PriorBox,
        group="prior_box_param",
        grid=GridSize(),
        image=ImageSize(),
        least=Sides("min_size"),
        most=Sides("max_size"),
        ratios=Ratios(),
        variances=Field(
            "variance",
            absent=(0.1,),
            decode=lambda value, at: value if isinstance(value, tuple) else (value,),
        ),
        clip=Field("clip", absent=False, shown=True),
        step=Step(),
        offset=Field("offset", absent=0.5),
    ),
]
