"""Arithmetic of values of an ONNX graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from translator import terms
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value, known


class Terms(terms.Terms[Value]):
    """What may be done to the values at a site."""

    site: Site

    def _constant(self, array: np.ndarray[Any, Any]) -> Value:
        return self.site.builder.as_tensor(known(array, "float32"))

    def typed(self, x: Value, dtype: str) -> Value:
        """Say of which type the numbers are."""
        return Value(x.dims, dtype, x.ref, x.probe)


__all__ = ["Terms"]
