"""The end of SSD, from detection_output_layer.cpp and util/bbox_util.cpp of https://github.com/weiliu89/caffe (ssd)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.caffe_reference.setting import Array, Setting, check, computes

Box = tuple[float, float, float, float]


def decoded(kind: str, offsets: Any, prior: Any, variance: Any, encoded: bool) -> Box:
    """`DecodeBBox`: the corners that the offsets of a prior box say."""
    by = [1.0] * 4 if encoded else list(variance)
    xmin, ymin, xmax, ymax = prior
    if kind == "CORNER":
        return tuple(p + v * o for p, v, o in zip(prior, by, offsets, strict=True))  # type: ignore[return-value]
    wide, high = xmax - xmin, ymax - ymin
    x = by[0] * offsets[0] * wide + (xmin + xmax) / 2.0
    y = by[1] * offsets[1] * high + (ymin + ymax) / 2.0
    w, h = np.exp(by[2] * offsets[2]) * wide, np.exp(by[3] * offsets[3]) * high
    return x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0


def size(box: Box) -> float:
    """`BBoxSize`, of a normalised box."""
    return 0.0 if box[2] < box[0] or box[3] < box[1] else (box[2] - box[0]) * (box[3] - box[1])


def jaccard(a: Box, b: Box) -> float:
    """`JaccardOverlap`, of normalised boxes."""
    if b[0] > a[2] or b[2] < a[0] or b[1] > a[3] or b[3] < a[1]:
        return 0.0
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high / (size(a) + size(b) - wide * high) if wide > 0 and high > 0 else 0.0


def suppressed(boxes: list[Box], scores: Any, threshold: float, overlap: float, top: int) -> list[int]:
    """`ApplyNMSFast`: the boxes that stand, the best first."""
    pairs = sorted(((score, i) for i, score in enumerate(scores) if score > threshold), key=lambda pair: -pair[0])
    indices: list[int] = []
    for _, i in pairs[:top] if top > -1 else pairs:
        if all(jaccard(boxes[i], boxes[k]) <= overlap for k in indices):
            indices.append(i)
    return indices


@computes("DetectionOutput")
def detection_output(layer: Setting, loc: Array, conf: Array, prior: Array) -> Array:
    param = layer.group("detection_output_param")
    nms = param.message("nms_param")
    classes, background = param["num_classes"], param.get("background_label_id", 0)
    priors = prior[0, 0].reshape(-1, 4)
    check(loc.shape[1] == priors.size, "number of priors must match number of location predictions")
    rows: list[list[float]] = []
    for i in range(len(loc)):
        boxes = [
            decoded(param.get("code_type", "CORNER"), *each, param.get("variance_encoded_in_target", False))
            for each in zip(loc[i].reshape(-1, 4), priors, prior[0, 1].reshape(-1, 4), strict=True)
        ]
        scores = conf[i].reshape(-1, classes)
        indices = {
            c: suppressed(
                boxes,
                scores[:, c],
                param.get("confidence_threshold", -np.inf),
                nms.get("nms_threshold", 0.3),
                nms.get("top_k", -1),
            )
            for c in range(classes)
            if c != background
        }
        keep = param.get("keep_top_k", -1)
        if -1 < keep < sum(map(len, indices.values())):
            every = sorted(((scores[k, c], c, k) for c, each in indices.items() for k in each), key=lambda it: -it[0])
            best = {(c, k) for _, c, k in every[:keep]}
            indices = {c: [k for k in each if (c, k) in best] for c, each in indices.items()}
        rows += [[i, c, scores[k, c], *boxes[k]] for c, each in indices.items() for k in each]
    return np.array([[rows or [[i, -1, -1, -1, -1, -1, -1] for i in range(len(loc))]]])
