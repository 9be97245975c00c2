"""The JSON Schema of designs: derived from the catalogue, published as `design.schema.json`."""

from schemas.derive import build
from schemas.validation import MOST, Problem, problems

__all__ = ["MOST", "Problem", "build", "problems"]
