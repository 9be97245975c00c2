"""Names of a model as names in Python source."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import Any


def identifier(name: str, fallback: str = "layer") -> str:
    """Return a name as a Python identifier.

    >>> identifier("conv1/7x7_s2"), identifier("3x3"), identifier("class")
    ('conv1_7x7_s2', '_3x3', 'class_')
    """
    plain = re.sub(r"\W", "_", name, flags=re.ASCII) or fallback
    if plain[0].isdigit():
        plain = f"_{plain}"
    return f"{plain}_" if keyword.iskeyword(plain) else plain


class Names:
    """Gives each thing an identifier that no other has."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._names: dict[Any, str] = {}

    def reserve(self, name: str) -> None:
        """Keep a name from being given."""
        self._taken.add(name)

    def of(self, thing: Any, name: str) -> str:
        """Return the identifier of a thing, made from a name the first time."""
        if thing not in self._names:
            plain = unique = identifier(name)
            count = 1
            while unique in self._taken:
                count += 1
                unique = f"{plain}_{count}"
            self._taken.add(unique)
            self._names[thing] = unique
        return self._names[thing]


def class_name(name: str, fallback: str = "Net") -> str:
    """Return a name as that of a class.

    >>> class_name("lenet"), class_name("VGG_ILSVRC_16_layers"), class_name("")
    ('Lenet', 'VGGILSVRC16Layers', 'Net')
    """
    words = re.findall(r"[A-Za-z0-9]+", name)
    joined = "".join(word[0].upper() + word[1:] for word in words) or fallback
    return f"Net{joined}" if joined[0].isdigit() or keyword.iskeyword(joined) else joined


def function_name(name: str, fallback: str = "net") -> str:
    """Return a name as that of a function.

    >>> function_name("GoogleNet"), function_name("VGG 16-layers"), function_name("")
    ('googlenet', 'vgg_16_layers', 'net')
    """
    plain = "_".join(re.findall(r"[A-Za-z0-9]+", name)).lower()
    return identifier(plain, fallback) if plain else fallback
