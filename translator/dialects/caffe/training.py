"""Which layers and blobs of a net serve training alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from translator.attrs import Attrs
from translator.dialects.caffe import inputs
from translator.dialects.caffe.mapping import RULES, TRAINING

_MEASURES = frozenset(
    ["loss", "losses", "accuracy", "accuracies", "evaluate", "evaluation", "eval", "metric", "metrics", "ohem"]
)
_PHRASES = ("anchor target", "cross entropy", "average precision")
_SAMPLES = "proposal target"
_PASS_ON = ("gradient scaler", "detect net transformation")
_LABEL = re.compile(r"label|target|ground_?truth|(?<![a-z])gt(?![a-z])", re.IGNORECASE)
"""What a blob is called that nobody has once a model is deployed."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _words(layer: Attrs) -> list[str]:
    """Return the words of which the name of a layer's type is made, in small letters; of a Python layer, its class's.

    >>> _words(Attrs({"type": "SmoothL1LossOHEM"}))
    ['smooth', 'l', 'loss', 'ohem']
    """
    kind = str(layer.get("type", ""))
    name = str(layer.message("python_param").get("layer", "")) if kind == "Python" else kind
    return [word.lower() for word in _WORD.findall(name.removesuffix("Layer"))]


def is_training(layer: Attrs) -> bool:
    """Tell whether a layer works in training alone: a loss, a metric, what makes targets, what drops a blob.

    Caffe's own sign is a `loss_weight`. A loss has one by default, and of those the name tells, whoever wrote them. A
    layer that only takes is none of a deployed model's either.
    """
    kind = str(layer.get("type", ""))
    if any(layer.repeated("loss_weight")):
        return True
    if not kind or kind in RULES or inputs.is_data(layer):
        return False
    words = _words(layer)
    return (
        kind in TRAINING
        or (bool(layer.repeated("bottom")) and not layer.repeated("top"))
        or not _MEASURES.isdisjoint(words)
        or any(phrase in " ".join(words) for phrase in _PHRASES)
        or bool(words and words[-1].endswith(("loss", "accuracy")))
    )


def passes_on(layer: Attrs) -> bool:
    """Tell whether a deployed model has a layer's first bottom in the place of its first top.

    The LabelSpecific layers of face recognition change the score of the right class while they train, a GradientScaler
    what comes back, a ProposalTarget picks the boxes to train on, and DetectNet's transformation is to images and boxes
    what the transform_param of a Data layer is to images alone.
    Sources: https://github.com/happynear/caffe-windows (src/caffe/layers/label_specific_*_layer.cpp),
    https://github.com/ddtm/caffe (gradient_scaler_layer.cpp), the two prototxts of each net of
    https://github.com/rbgirshick/py-faster-rcnn, and https://github.com/NVIDIA/caffe (detectnet_transform_layer.cpp).
    """
    name = " ".join(_words(layer))
    return name.startswith("label specific") or name in _PASS_ON or _SAMPLES in name


class Training:
    """What of a net's layers serves training alone.

    `labels` are the blobs that do: those that only losses, metrics and their preparation take. One that a layer with
    weights has a part in is never one, nor is one of the `ends`, which no layer takes once they are made.
    """

    def __init__(self, layers: Iterable[Attrs]) -> None:
        self.layers = list(layers)
        self.users: dict[str, list[Attrs]] = {}
        self.givers: dict[str, list[Attrs]] = {}
        self.ends: set[str] = set()
        for layer in self.layers:
            for bottom in layer.repeated("bottom"):
                self.users.setdefault(bottom, []).append(layer)
            for top in layer.repeated("top"):
                self.givers.setdefault(top, []).append(layer)
            self.ends.difference_update(layer.repeated("bottom"))
            self.ends.update(layer.repeated("top"))
        self._kept: set[int] = set()
        while True:
            self._learned, self._measured = self._origins()
            self.labels, self._joins = self._settled()
            wrong = {id(each) for each in self.layers if self._makes_targets(each) and not self._unused(each)}
            if wrong <= self._kept:
                return
            # What it makes is put to use: such a layer is carried as any other that is not known.
            self._kept |= wrong

    def leaves_out(self, layer: Attrs) -> str:
        """Return why a layer is left out, or nothing if it is not."""
        tops = layer.repeated("top")
        if self._is_training(layer):
            return "works in training alone"
        if tops and self.labels.issuperset(tops):
            return "prepares labels"
        return "joins labels and what is compared with them" if id(layer) in self._joins else ""

    def passes_on(self, layer: Attrs) -> bool:
        """Tell whether a layer gives its first bottom once it is deployed."""
        return passes_on(layer) and bool(layer.repeated("bottom")) and id(layer) not in self._kept

    def _is_training(self, layer: Attrs) -> bool:
        return (is_training(layer) or id(layer) in self._metrics) and id(layer) not in self._kept

    @cached_property
    def _metrics(self) -> set[int]:
        """The layers of no known type that no other takes anything of, and that take the label of a loss or metric."""
        compared = {blob for each in self.layers if is_training(each) for blob in each.repeated("bottom")[1:]}
        data = {top for each in self.layers if inputs.is_data(each) for top in each.repeated("top")}
        labels = compared & (self._brought | {top for top in data if _LABEL.search(top)})
        return {
            id(each)
            for each in self.layers
            if each.get("type", "") not in RULES
            and self.ends.issuperset(each.repeated("top"))
            and labels.intersection(each.repeated("bottom"))
        }

    def _makes_targets(self, layer: Attrs) -> bool:
        return "target" in _words(layer)

    def _unused(self, layer: Attrs) -> bool:
        """Tell whether nothing that is kept takes what a layer makes for training."""
        made = layer.repeated("top")[1 if passes_on(layer) else 0 :]
        return all(self.leaves_out(user) for top in made for user in self.users.get(top, ()))

    def _origins(self) -> tuple[set[str], set[str]]:
        """Return the blobs in which layers with weights have a part, and those in which losses and metrics have one."""
        learned: set[str] = set()
        measured: set[str] = set()
        for layer in self.layers:
            bottoms, tops = layer.repeated("bottom"), layer.repeated("top")
            if self.passes_on(layer):
                learned.update(tops[:1] if learned.intersection(bottoms[:1]) else ())
                measured.update(tops[1:])
            elif self._is_training(layer) or (measured.intersection(bottoms) and not _has_weights(layer)):
                measured.update(tops)
            elif _has_weights(layer) or learned.intersection(bottoms):
                learned.update(tops)
        return learned, measured - learned

    def _settled(self) -> tuple[set[str], set[int]]:
        """Return the labels, and the layers that join them with what is learned on the way to a loss."""
        blobs = {blob for layer in self.layers for end in ("top", "bottom") for blob in layer.repeated(end)}
        labels = {
            blob
            for blob in blobs - self._learned
            if blob not in self.ends or blob in self._measured or blob in self._brought
        }
        targets = self._targets()
        joins = self._joining(targets, {id(each) for each in self.layers})
        kept: set[int] = set()
        waiting = list(self.layers)
        while True:
            while waiting:
                layer = waiting.pop()
                tops = layer.repeated("top")
                if any(id(user) in kept for top in tops for user in self.users.get(top, ())):
                    joins.discard(id(layer))
                goes = self._is_training(layer) or id(layer) in joins or labels.issuperset(tops)
                if not goes and id(layer) not in kept:
                    kept.add(id(layer))
                    taken = layer.repeated("bottom")[: 1 if self.passes_on(layer) else None]
                    labels.difference_update(taken, tops if layer.get("type") == "Split" else ())
                    waiting.extend(giver for blob in taken for giver in self.givers.get(blob, ()))
            sound = self._joining(targets & labels, joins)
            lost, joins = joins - sound, sound
            waiting = [each for each in self.layers if id(each) in lost]
            if not waiting:
                return labels, joins

    def _joining(self, targets: set[str], within: set[int]) -> set[int]:
        """Return the layers, of some, that take targets and whose tops are used, and those that go on with these.

        They are plain ones, or nobody knows them and the name of what they take tells.
        """
        found: set[int] = set()
        joined = set(targets)
        for layer in self.layers:
            bottoms, tops = layer.repeated("bottom"), layer.repeated("top")
            known = layer.get("type", "") in RULES
            plain = not _has_weights(layer) if known else bool(self._labelled.intersection(bottoms))
            used = bool(tops) and not self.passes_on(layer) and self.ends.isdisjoint(tops)
            if id(layer) in within and plain and used and joined.intersection(bottoms):
                found.add(id(layer))
                joined.update(tops)
        return found

    def _targets(self) -> set[str]:
        """Return the blobs that losses hold against what is learned, and weigh it with, and what these are made of."""
        found: set[str] = set()
        for layer in self.layers:
            bottoms = layer.repeated("bottom")
            if self._is_training(layer):
                found.update(bottoms if len(bottoms) > 1 else self._compared(*bottoms))
            elif layer.message("eltwise_param").get("operation") == "PROD":
                found.update(bottoms)
        found |= self._labelled
        found -= self._learned
        for layer in reversed(self.layers):
            if found.intersection(layer.repeated("top")):
                found.update(layer.repeated("bottom"))
        return found

    def _compared(self, *blobs: str) -> tuple[str, ...]:
        """Return what a loss with one bottom, made of plain layers, compares: the bottoms of the last that joins."""
        passed: set[str] = set()
        while len(blobs) == 1 and blobs[0] not in passed:
            passed.update(blobs)
            givers = self.givers.get(blobs[0], [])
            blobs = givers[-1].repeated("bottom") if givers and not _has_weights(givers[-1]) else ()
        return blobs if len(blobs) > 1 else ()

    @cached_property
    def _brought(self) -> set[str]:
        """The blobs that data layers bring beside the first."""
        return {top for layer in self.layers if inputs.is_data(layer) for top in layer.repeated("top")[1:]}

    @cached_property
    def _labelled(self) -> set[str]:
        """Those of them that are called labels."""
        return {blob for blob in self._brought if _LABEL.search(blob)}


def _has_weights(layer: Attrs) -> bool:
    rules = RULES.named(layer.get("type", ""))
    return any(rule.learns for rule in rules) or (not rules and not is_training(layer) and not inputs.is_data(layer))
