"""A model to Keras architecture JSON, for `keras.models.model_from_json`."""

from __future__ import annotations

import json
from pathlib import Path

from ir.diagnostics import Report
from ir.graph import Model
from ir.validate import Shapes
from translator.dialect import Output, Target
from translator.dialects.keras.config import config
from translator.dialects.keras.mapping import RULES
from translator.dialects.keras.program import program
from translator.dialects.keras.weights import save_weights
from translator.options import WriteOptions


def target(options: WriteOptions) -> Target:
    """Return what Keras has itself: a configuration brings no classes along."""
    return Target(RULES, "channels_last", joins_borders="never")


def write(model: Model, shapes: Shapes, options: WriteOptions, report: Report) -> Output:
    """Return the JSON, and with weights the `.weights.h5` file."""
    made = program(model, shapes, RULES, report)
    text = json.dumps(config(made, model_name(model)), indent=1) + "\n"

    def save(path: Path) -> None:
        save_weights(path, model, made)

    return Output(text, companions={".weights.h5": save} if model.weights and options.weights else {})


def model_name(model: Model) -> str:
    """Return the model's name as Keras allows it."""
    return model.graph.name.replace("/", "_") or "model"
