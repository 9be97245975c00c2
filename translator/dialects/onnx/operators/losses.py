"""Losses, which are arithmetic as long as the right classes are known: picked by marks of them."""

from __future__ import annotations

import numpy as np

from ir import layers as L
from translator.dialects.onnx.operators.choose import LONGEST
from translator.dialects.onnx.operators.reduce import reduced
from translator.dialects.onnx.operators.terms import Terms
from translator.dialects.onnx.reading import Site, certain
from translator.dialects.onnx.values import Value
from translator.mapping import Unsayable


def likelihood(site: Site) -> list[Value]:
    """Read a NegativeLogLikelihoodLoss."""
    return [_loss(site, site.x)]


def cross_entropy(site: Site) -> list[Value]:
    """Read a SoftmaxCrossEntropyLoss, which may give the logarithms of the shares too."""
    of, x = Terms(site), site.x
    most = reduced(site, x, [1], "max", True)
    centred = of.subtract(x, most)
    total = reduced(site, site.layer(L.Exp(), centred), [1], "sum", True)
    logs = of.subtract(centred, site.layer(L.Log(), total))
    return [_loss(site, logs), logs]


def _loss(site: Site, logs: Value) -> Value:
    """Return what is lost: (N, C, ...) logarithms, (N, ...) classes, and (C) weights, if there are any."""
    of, classes = Terms(site), site.tensor(1)
    (count,) = certain(logs.dims[1:2], "the number of classes")
    how, ignored = site.get("reduction", "mean"), site.get("ignore_index")
    if count > LONGEST or how not in ("none", "mean", "sum"):
        raise Unsayable(f"it is of {count} classes, or reduced by {how!r}")
    marks = of.marks(classes, count)
    picked = of.total(of.select(marks, of.last(logs, 1), 0.0))
    found, weights = of.line(picked, -1.0), None
    if site.has(2):
        weights = of.total(site.layer(L.ScaleBy(axis=-1), marks, site.tensor(2)))
    if ignored is not None:
        counts = of.opposite(of.is_("equal", classes, float(np.float32(ignored))))
        weights = counts if weights is None else of.multiply(weights, counts)
    if weights is not None:
        found = of.multiply(weights, found)
    if how == "none":
        return found
    if how == "mean" and weights is not None:
        return of.divide(of.total(found, 0), of.total(weights, 0))
    return of.total(found, 0, how)


READERS = {"NegativeLogLikelihoodLoss": likelihood, "SoftmaxCrossEntropyLoss": cross_entropy}
