"""Arithmetic of values of an exported program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ir.weights import of_array
from translator import terms
from translator.dialects.pytorch.reading import Site
from translator.dialects.pytorch.values import Value, constant


class Terms(terms.Terms[Value]):
    """What may be done to the values at a site."""

    site: Site

    def _constant(self, array: np.ndarray[Any, Any]) -> Value:
        return self.site.builder.as_tensor(constant(of_array(array)))

    def typed(self, x: Value, dtype: str) -> Value:
        """Say of which type the numbers are."""
        return replace(x, dtype=dtype)


__all__ = ["Terms"]
