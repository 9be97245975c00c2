"""The boxes of detectors: the end of SSD, from detection_output_layer.cpp and util/bbox_util.cpp of https://github.com/weiliu89/caffe
(ssd), the proposals of Faster R-CNN, and R-FCN's pooling."""

from __future__ import annotations

import re
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


@computes("PSROIPooling")
def psroi_pooling(layer: Setting, x: Array, rois: Array) -> Array:
    """`PSROIPoolingForward` of psroi_pooling_layer.cu of https://github.com/daijifeng001/caffe-rfcn."""
    param = layer.group("psroi_pooling_param")
    count, group, scale = param["output_dim"], param["group_size"], np.float32(param["spatial_scale"])
    check(x.shape[1] == count * group * group, "input channels match the output's and the groups")
    top = np.zeros((len(rois), count, group, group))
    for n, c, ph, pw in np.ndindex(*top.shape):
        image, *corners = (np.float32(each) for each in rois[n])
        x1, y1, x2, y2 = (np.copysign(np.floor(abs(each) + np.float32(0.5)), each) for each in corners)
        w0, h0, w1, h1 = x1 * scale, y1 * scale, (x2 + 1) * scale, (y2 + 1) * scale
        high, wide = (max(end - start, np.float32(0.1)) / np.float32(group) for start, end in ((h0, h1), (w0, w1)))
        hs, ws = int(np.floor(ph * high + h0)), int(np.floor(pw * wide + w0))
        he, we = int(np.ceil((ph + 1) * high + h0)), int(np.ceil((pw + 1) * wide + w0))
        hs, he = (min(max(each, 0), x.shape[2]) for each in (hs, he))
        ws, we = (min(max(each, 0), x.shape[3]) for each in (ws, we))
        if he > hs and we > ws:
            plane = x[int(image), (c * group + ph) * group + pw]
            top[n, c, ph, pw] = plane[hs:he, ws:we].mean()
    return top


def anchors(scales: list[float]) -> Any:
    """`generate_anchors` of lib/rpn/generate_anchors.py, with its defaults for the rest."""
    found = []
    for ratio in (0.5, 1.0, 2.0):
        wide = np.round(np.sqrt(16 * 16 / ratio))
        high = np.round(wide * ratio)
        for scale in scales:
            w, h = wide * scale, high * scale
            found.append([7.5 - 0.5 * (w - 1), 7.5 - 0.5 * (h - 1), 7.5 + 0.5 * (w - 1), 7.5 + 0.5 * (h - 1)])
    return np.array(found)


def kept_by_nms(boxes: Any, threshold: float) -> list[int]:
    """`py_cpu_nms` of lib/nms, for boxes that stand in the order of their scores."""
    x1, y1, x2, y2 = boxes.T
    areas = (x2 - x1 + 1) * (y2 - y1 + 1)
    order, keep = np.arange(len(boxes)), []
    while order.size:
        i = order[0]
        keep.append(int(i))
        w = np.maximum(0.0, np.minimum(x2[i], x2[order[1:]]) - np.maximum(x1[i], x1[order[1:]]) + 1)
        h = np.maximum(0.0, np.minimum(y2[i], y2[order[1:]]) - np.maximum(y1[i], y1[order[1:]]) + 1)
        order = order[1:][w * h / (areas[i] + areas[order[1:]] - w * h) <= threshold]
    return keep


@computes("Python")
def proposal_layer(layer: Setting, scores: Array, deltas: Array, info: Array) -> Any:
    """`ProposalLayer` of lib/rpn/proposal_layer.py of https://github.com/rbgirshick/py-faster-rcnn, in testing."""
    param = layer.group("python_param")
    check((param["module"], param["layer"]) == ("rpn.proposal_layer", "ProposalLayer"), "the module is there")
    text = param["param_str"].strip("{}")
    settings = {key.strip(" '"): value for key, _, value in (part.partition(":") for part in re.split(r", '|\n", text))}
    scales = [float(each) for each in settings.get("scales", "8, 16, 32").strip("[] ").split(",")]
    forms, stride = anchors(scales), int(settings["feat_stride"])
    x, y = np.meshgrid(np.arange(scores.shape[3]) * stride, np.arange(scores.shape[2]) * stride)
    shifts = np.stack([x.ravel(), y.ravel(), x.ravel(), y.ravel()], 1)
    boxes = (forms[None] + shifts[:, None]).reshape(-1, 4)
    dx, dy, dw, dh = deltas.transpose(0, 2, 3, 1).reshape(-1, 4).T
    w, h = boxes[:, 2] - boxes[:, 0] + 1.0, boxes[:, 3] - boxes[:, 1] + 1.0
    cx, cy = dx * w + boxes[:, 0] + 0.5 * w, dy * h + boxes[:, 1] + 0.5 * h
    pw, ph = np.exp(dw) * w, np.exp(dh) * h
    height, width, scale = info[0]
    found = np.stack([cx - 0.5 * pw, cy - 0.5 * ph, cx + 0.5 * pw, cy + 0.5 * ph], 1)
    found[:, 0::2] = np.clip(found[:, 0::2], 0, width - 1)
    found[:, 1::2] = np.clip(found[:, 1::2], 0, height - 1)
    marks = scores[:, len(forms) :].transpose(0, 2, 3, 1).ravel()
    large = (found[:, 2] - found[:, 0] + 1 >= 16 * scale) & (found[:, 3] - found[:, 1] + 1 >= 16 * scale)
    found, marks = found[large], marks[large]
    order = np.argsort(-marks, kind="stable")[:6000]
    kept = order[kept_by_nms(found[order], 0.7)[:300]]
    rois = np.hstack([np.zeros((len(kept), 1)), found[kept]])
    return rois if layer.top_count == 1 else (rois, marks[kept, None])
