"""Keras 3: source, architecture JSON, `.keras` and `.weights.h5`."""

from translator.dialect import Dialect

DIALECTS = (
    Dialect(
        "keras",
        "Keras 3: source with .weights.h5, or a .keras archive",
        folder="keras",
        suffixes=(".keras", ".weights.h5"),
    ),
    Dialect("keras-json", "Keras 3 architecture JSON", folder="keras"),
)
