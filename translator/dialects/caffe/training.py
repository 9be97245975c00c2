"""Which layers and blobs of a net serve training alone."""

from __future__ import annotations

from collections.abc import Iterable

from translator.attrs import Attrs
from translator.dialects.caffe import inputs
from translator.dialects.caffe.mapping import RULES, TRAINING


def is_training(layer: Attrs) -> bool:
    """Tell whether a layer works in training alone: a loss, a metric, what drops a blob."""
    kind = layer.get("type", "")
    if kind == "Python":
        name = str(layer.message("python_param").get("layer", "")).lower().removesuffix("layer")
        return name.endswith(("loss", "accuracy")) or any(layer.repeated("loss_weight"))
    return kind in TRAINING or kind.lower().endswith(("loss", "accuracy"))


def label_blobs(layers: Iterable[Attrs]) -> set[str]:
    """Return the blobs that serve training alone: those that only losses, metrics and their preparation take.

    A blob that a layer with weights has a part in is never one.
    """
    layers = list(layers)
    learned: set[str] = set()
    for layer in layers:
        if _has_weights(layer) or learned.intersection(layer.repeated("bottom")):
            learned.update(layer.repeated("top"))
    blobs = {blob for layer in layers for end in ("top", "bottom") for blob in layer.repeated(end)} - learned
    users: dict[str, list[Attrs]] = {}
    for layer in layers:
        for bottom in layer.repeated("bottom"):
            users.setdefault(bottom, []).append(layer)
    labels = {blob for blob in blobs if users.get(blob) or _is_label_top(blob, layers)}
    while True:
        wrong = {
            blob
            for blob in labels
            for user in users.get(blob, ())
            if not is_training(user) and not labels.issuperset(user.repeated("top"))
        }
        if not wrong:
            return labels
        labels -= wrong


def _is_label_top(blob: str, layers: Iterable[Attrs]) -> bool:
    """Tell whether an unused blob is a data layer's second top or later."""
    return any(inputs.is_data(layer) and blob in layer.repeated("top")[1:] for layer in layers)


def _has_weights(layer: Attrs) -> bool:
    rules = RULES.named(layer.get("type", ""))
    return any(rule.learns for rule in rules) or (not rules and not is_training(layer) and not inputs.is_data(layer))
