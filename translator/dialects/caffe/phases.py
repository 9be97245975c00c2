"""Choose the layers that a net has in a phase, level and stages.

Source: `FilterNet`, https://github.com/BVLC/caffe/blob/master/src/caffe/net.cpp
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ir.diagnostics import Report
from translator.attrs import Attrs
from translator.dialects.caffe import inputs
from translator.dialects.caffe.training import is_training
from translator.options import ReadOptions


def in_phase(layers: Iterable[Attrs], phase: str, level: int = 0, stages: frozenset[str] = frozenset()) -> list[Attrs]:
    """Return the layers that a net has in a phase (TRAIN or TEST), level and stages."""

    def meets(rule: Attrs) -> bool:
        return (
            rule.get("phase", phase) == phase
            and rule.get("min_level", level) <= level <= rule.get("max_level", level)
            and stages.issuperset(rule.repeated("stage"))
            and not stages.intersection(rule.repeated("not_stage"))
        )

    def kept(layer: Attrs) -> bool:
        include: tuple[Any, ...] = layer.repeated("include")
        rules = (*include, *([Attrs({"phase": layer["phase"]})] if "phase" in layer and not include else ()))
        if rules:
            return any(map(meets, rules))
        return not any(map(meets, layer.repeated("exclude")))

    return [layer for layer in layers if kept(layer)]


def settled(everything: list[Attrs], phase: str, options: ReadOptions, report: Report) -> list[Attrs]:
    """Return the layers of a phase, or of the other one where only that has any that a deployed model could have.

    Caffe writes the phase of the run into every layer of a net that it saves.
    """

    def chosen(phase: str) -> list[Attrs]:
        return in_phase(everything, phase, options.level, options.stages)

    layers, other = chosen(phase), "TRAIN" if phase == "TEST" else "TEST"
    if not any(map(_is_deployed, layers)) and any(map(_is_deployed, chosen(other))):
        report.add("other-phase", f"no layer of a model is in the phase {phase}; those of {other} were taken")
        return chosen(other)
    return layers


def _is_deployed(layer: Attrs) -> bool:
    return not inputs.is_data(layer) and not is_training(layer)


def completed(layers: list[Attrs], everything: list[Attrs], given: Iterable[str], report: Report) -> list[Attrs]:
    """Return the layers of a phase, and those left out of it that give what they take and nothing else does.

    Many nets have a layer for each stage that they are tested in, and none for a deployed model. `given` names the
    net's own inputs.
    """
    kept = {id(layer) for layer in layers}
    left_out = [layer for layer in everything if id(layer) not in kept and not inputs.is_data(layer)]
    there = {top for layer in layers for top in layer.repeated("top")} | set(given)
    taken = {blob for layer in layers if not is_training(layer) for blob in layer.repeated("bottom")}
    while givers := [layer for layer in left_out if (taken - there).intersection(layer.repeated("top"))]:
        # One for testing is nearer to a deployed model than one for training.
        back = next((each for each in givers if in_phase([each], "TEST", stages=_stages(each))), givers[0])
        report.add(
            "other-phase",
            f"{back.get('name')} is for another phase or stage, but what it gives is taken; it was put back",
            back.origin(),
            hint="say which one is meant: --phase, --stage",
        )
        kept.add(id(back))
        left_out = [layer for layer in left_out if layer is not back]
        there.update(back.repeated("top"))
        taken.update(back.repeated("bottom"))
    return [layer for layer in everything if id(layer) in kept]


def _stages(layer: Attrs) -> frozenset[str]:
    return frozenset(stage for rule in layer.repeated("include") for stage in rule.repeated("stage"))
