"""The architecture within a file: JSON in each era's wrapping, an attribute of an HDF5 file, or part of an archive.

Source: https://github.com/keras-team/keras, `keras/engine/saving.py` of 2.2 and `keras/src/saving` of 3.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from ir.diagnostics import Report
from ir.origin import Origin, Source
from translator import bounds
from translator.dialects.keras.shards import shards
from translator.hdf5 import SIGNATURE, Place, opened
from translator.json_document import parse

ZIP = b"PK\x03\x04"
OLD_FIELDS = frozenset(
    ["nb_filter", "border_mode", "dim_ordering", "subsample", "inner_activation", "inner_init", "init"]
)
"""Fields that layers have in Keras 0 and 1 alone."""
_VERSION = re.compile(r"(\d+)\.\d")


@dataclass(frozen=True)
class Era:
    """When a file was written: Keras's first number, and the engine that computed."""

    generation: int = 2
    backend: str = ""

    def is_theano(self, layout: object) -> bool:
        """Tell whether Theano computed a layer of a layout; where Keras 1 does not say it, channels first tell it."""
        if self.backend or self.generation > 1:
            return self.backend == "theano"
        return layout == "channels_first"


@dataclass
class Document:
    """A model's configuration, where it was written, and in which era.

    `has_weights` where the file holds them too; `shards` are the files beside it that it names for them.
    """

    config: Any
    source: Source
    pointer: str
    era: Era
    has_weights: bool = False
    shards: tuple[str, ...] = ()

    def origin(self, pointer: str = "") -> Origin:
        return Origin(self.source, pointer=self.pointer + pointer)


def load(path: Path, data: bytes | None, report: Report) -> Document | None:
    """Return the configuration that a file holds; where it holds none that is reported (`format`, `syntax`)."""
    head = data[:8] if data is not None else _head(path)
    if head == SIGNATURE:
        return _from_hdf5(path, data, report)
    if head.startswith(ZIP):
        return _from_archive(path, data, report)
    return _from_json(str(path), bounds.read_text(path, data, report), report)


def _head(path: Path) -> bytes:
    with bounds.opened(path) as file:
        return file.read(8)


def _from_json(name: str, raw: bytes, report: Report, version: str = "", backend: str = "") -> Document | None:
    config, source = parse(name, raw, report, infinite=True)
    if (
        isinstance(config, str) and not report.error_count()
    ):  # A text within a text: to_json() was put through json.dumps().
        config, source = parse(name, config.encode(errors="surrogatepass"), report, infinite=True)
    if report.error_count():
        return None
    pointer, found = _unwrapped(config)
    if not isinstance(found, (dict, list)):
        alone = bool(shards(config)) and found is None
        told = (
            "holds weights alone, and not the model that they belong to" if alone else "holds no architecture of Keras"
        )
        report.add("format", told, Origin(source))
        return None
    wrappings = [each for each in _wrappings(config) if isinstance(each, dict)]
    version = version or next((str(each["keras_version"]) for each in wrappings if each.get("keras_version")), "")
    backend = backend or next((str(each["backend"]) for each in wrappings if each.get("backend")), "")
    era = Era(_generation(found, version), backend)
    return Document(found, source, pointer, era, shards=tuple(shards(config)))


def _wrapper(config: Any) -> str:
    """Return the key under which a document has the description of a model; empty where it wraps none.

    Keras and TensorFlow.js have two such keys. Others who put a description in a document of their own (as
    frugally-deep does, https://github.com/Dobiasd/frugally-deep) call it what they like.
    """
    if not isinstance(config, dict):
        return ""
    if known := next((key for key in ("modelTopology", "model_config") if key in config), ""):
        return known
    if not config.keys().isdisjoint(("class_name", "config", "layers")):
        return ""
    models = [key for key, each in config.items() if _describes(each)]
    return models[0] if len(models) == 1 else ""


def _describes(value: Any) -> bool:
    """Tell whether a value is the description of a model: a class, and a configuration that has layers."""
    config = value.get("config") if isinstance(value, dict) and "class_name" in value else None
    return isinstance(config, list) or (isinstance(config, dict) and "layers" in config)


def _wrappings(config: Any) -> Iterator[Any]:
    """Yield a document and what it wraps, the outermost first."""
    while isinstance(config, dict):
        yield config
        config = config.get(_wrapper(config))


def _unwrapped(config: Any) -> tuple[str, Any]:
    """Return the configuration within its wrappings (TensorFlow.js has two), and the JSON pointer to it."""
    pointer = ""
    while key := _wrapper(config):
        pointer, config = f"{pointer}/{key}", config[key]
    return pointer, config


def _generation(config: Any, version: str) -> int:
    """Return the first number of the version that wrote a configuration, told by its form where it is not said."""
    if "tfjs" in version:
        return 2
    if found := _VERSION.match(version):
        return min(int(found[1]), 3)
    keys: set[str] = set()
    level = [config]
    while level:
        keys.update(key for each in level if isinstance(each, dict) for key in each)
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, (dict, list))]
        level = [value for values in inner for value in values]
    if "class_name" not in keys:
        return 0
    if ("registered_name" in keys and "build_config" in keys) or "keras_history" in keys:
        return 3
    return 1 if keys & OLD_FIELDS else 2


def _from_hdf5(path: Path, data: bytes | None, report: Report) -> Document | None:
    origin = Origin(Source(str(path)))
    try:
        with opened(Place(path) if data is None else data) as file:
            config, version, backend = (text(file.attrs, key) for key in ("model_config", "keras_version", "backend"))
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        report.add("format", f"is no file of HDF5, or a damaged one: {error}", origin)
        return None
    if not config:
        told = "holds weights alone, and not the model that they belong to"
        report.add("format", told, origin, hint="translate the architecture (JSON), and name this file with --weights")
        return None
    bounds.checked(len(config), str(path), report)
    document = _from_json(str(path), config.encode(errors="surrogatepass"), report, version, backend)
    if document:
        document.has_weights = data is None
    return document


def text(attributes: Any, key: str) -> str:
    """Return an attribute of HDF5 as text, an empty one where it is not there or is none."""
    value = attributes.get(key, "")
    if hasattr(value, "decode"):
        return str(value.decode(errors="replace"))
    return value if isinstance(value, str) else ""


def _from_archive(path: Path, data: bytes | None, report: Report) -> Document | None:
    origin = Origin(Source(str(path)))
    try:
        with zipfile.ZipFile(BytesIO(data) if data is not None else path) as archive:
            texts = {name: _member(archive, name) for name in ("config.json", "metadata.json")}
            has_weights = "model.weights.h5" in archive.namelist()
    except (OSError, ValueError, RuntimeError, KeyError, NotImplementedError, zipfile.BadZipFile, EOFError) as error:
        report.add("format", f"is no archive of Keras, or a damaged one: {error}", origin)
        return None
    metadata, _ = parse(f"{path}:metadata.json", texts["metadata.json"], Report())
    version = str(metadata.get("keras_version", "")) if isinstance(metadata, dict) else ""
    document = _from_json(f"{path}:config.json", texts["config.json"], report, version or "3.0")
    if document:
        document.has_weights = has_weights and data is None
    return document


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a text of an archive; raise ValueError where it is larger than a text may be."""
    with archive.open(name) as file:
        found = file.read(bounds.LARGEST + 1)
    if len(found) > bounds.LARGEST:
        raise ValueError(f"{name} is too large")
    return found
