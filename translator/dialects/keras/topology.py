"""A configuration as layers and calls: Sequential or functional, in each era's form, with models within models.

Source: `Network.from_config` in `keras/engine/network.py` of Keras 2.2, `keras/models.py` of 0.3 and 1.2, and
`keras/src/models/functional.py` of 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ir.diagnostics import Report
from ir.origin import Origin
from ir.shapes import Shape
from translator.bounds import LAYERS
from translator.dialects.keras.document import Document
from translator.dialects.keras.eras import class_of, fields_of
from translator.dialects.keras.program import snake_case

MODELS = frozenset(["Sequential", "Model", "Functional"])
_STRUCTURE = frozenset(["layers", "input_layers", "output_layers"])


class Tensor(NamedTuple):
    """What a layer gave at one of its calls."""

    layer: str
    call: int = 0
    result: int = 0


@dataclass
class Called:
    """One call of a layer: the tensors it is given, and what else; `places` has these and numbers as they stand.

    `shapes` are those of what it gives, by their numbers, as far as the layers that take it say them.
    """

    inputs: list[Tensor]
    options: dict[str, Any] = field(default_factory=dict)
    places: list[Any] = field(default_factory=list)
    shapes: dict[int, Shape] = field(default_factory=dict)


@dataclass
class Entry:
    """A layer with today's class and fields, its calls, and the model that it is, if it is one.

    `variables` names the catalogue's weights that its arrays become, and `custom` the node that carries them where it
    is not known; the builder fills them in, in Keras's order.
    """

    kind: str
    name: str
    fields: dict[str, Any]
    origin: Origin
    calls: list[Called] = field(default_factory=list)
    net: Net | None = None
    branches: list[Entry] = field(default_factory=list)
    written: str = ""
    custom: str = ""
    variables: list[Any] = field(default_factory=list)


@dataclass
class Net:
    """Layers in the order of the file; without `inputs` they follow each other."""

    name: str
    entries: list[Entry]
    origin: Origin
    inputs: list[Tensor] | None = None
    outputs: list[Tensor] = field(default_factory=list)
    shape: Shape | None = None


class Malformed(Exception):
    """A configuration makes no sense at some place."""

    def __init__(self, message: str, origin: Origin, code: str = "value") -> None:
        super().__init__(message)
        self.origin = origin
        self.code = code


def net_of(document: Document, report: Report) -> Net | None:
    """Return the model of a document; what makes no sense is reported."""
    reading = _Reading(document)
    try:
        return reading.model(document.config, "")
    except Malformed as error:
        report.add(error.code, str(error), error.origin)
    return None


class _Reading:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.era = document.era
        self.count = 0

    def model(self, config: Any, pointer: str) -> Net:
        """Return a model from its description, or from its bare configuration."""
        kind = ""
        if isinstance(config, dict) and isinstance(config.get("class_name"), str) and "config" in config:
            kind, config, pointer = config["class_name"], config["config"], f"{pointer}/config"
        origin = self.document.origin(pointer)
        if isinstance(config, list):
            return self.sequence({"layers": config}, pointer, "")
        if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
            raise Malformed(self.refusal(kind, config), origin, "format")
        if isinstance(config.get("input_layers"), (list, dict)):
            return self.functional(config, pointer)
        return self.sequence(config, pointer, f"{pointer}/layers")

    def refusal(self, kind: str, config: Any) -> str:
        if kind and kind not in MODELS:
            return f"{kind} is a class of its own whose layers are in its code, which is not in the file"
        if isinstance(config, dict) and "node_config" in config:
            return "is a Graph of Keras 0, which is not read"
        if isinstance(config, dict) and isinstance(config.get("node"), list):
            return "is a graph of TensorFlow's operators, and not of Keras's layers, which are read"
        return "holds no layers of Keras"

    def sequence(self, config: dict[str, Any], pointer: str, layers: str) -> Net:
        entries = [self.entry(each, f"{layers or pointer}/{i}", i) for i, each in enumerate(config["layers"])]
        for entry, behind in zip(entries, config["layers"][1:], strict=False):
            built = _built(behind)
            entry.calls = [Called([], shapes={0: built})] if built else []
        shape = config.get("build_input_shape") or _build_shape(config)
        origin = self.document.origin(pointer)
        name = config.get("name")
        # Keras 0 has the class's name there.
        own = name if isinstance(name, str) and name not in MODELS else ""
        return Net(own, _unique(entries), origin, shape=shape_of(shape, origin) if shape else None)

    def functional(self, config: dict[str, Any], pointer: str) -> Net:
        entries = [self.entry(each, f"{pointer}/layers/{i}", i) for i, each in enumerate(config["layers"])]
        inputs = self.tensors(config["input_layers"], f"{pointer}/input_layers")
        outputs = self.tensors(config.get("output_layers"), f"{pointer}/output_layers")
        for i, (entry, given) in enumerate(zip(entries, config["layers"], strict=True)):
            entry.calls = list(self.calls(given.get("inbound_nodes"), f"{pointer}/layers/{i}/inbound_nodes"))
        _take_up_shapes(entries, config["layers"])
        _count_from_zero(entries, outputs, any(_histories([each.get("inbound_nodes") for each in config["layers"]])))
        (most, times), *_ = Counter(entry.name for entry in entries).most_common(1) or [("", 0)]
        if times > 1:
            raise Malformed(f"{times} layers are named {most}", self.document.origin(f"{pointer}/layers"), "graph")
        return Net(_text(config.get("name")), entries, self.document.origin(pointer), inputs, outputs)

    def entry(self, given: Any, pointer: str, place: int) -> Entry:
        """Return a layer from its description; in Keras 0 that is its configuration, with the class's name in it."""
        origin = self.document.origin(pointer)
        self.count += 1
        if self.count > LAYERS:
            raise Malformed(f"there are more than {LAYERS} layers", origin)
        if not isinstance(given, dict):
            raise Malformed("is no description of a layer", origin)
        old = "class_name" not in given
        written = given.get("name") if old else given["class_name"]
        config = given if old else given.get("config")
        if not isinstance(written, str) or not isinstance(config, (dict, list)):
            raise Malformed("is no description of a layer: it has no class or no configuration", origin)
        own = given.get("custom_name") if old else given.get("name", isinstance(config, dict) and config.get("name"))
        kind = class_of(written)
        if not old and str(given.get("module")).startswith("keras.src.ops"):
            kind = f"ops.{written}"
        name = own if isinstance(own, str) and own else f"{snake_case(kind)}_{place + 1}"
        if old and isinstance(own, str):
            name = f"{own}_{place + 1}"
        if _is_model(kind, config):
            net = self.model(given if not old else config, pointer)
            return Entry(kind, name, {}, origin, net=net, written=written)
        if not isinstance(config, dict):
            raise Malformed(f"{written} has no configuration", origin)
        entry = Entry(kind, name, fields_of(kind, config, self.era, written), origin, written=written)
        if kind == "Merge" and isinstance(config.get("layers"), list):
            below = f"{pointer}/layers" if old else f"{pointer}/config/layers"
            entry.branches = _unique([self.entry(each, f"{below}/{i}", i) for i, each in enumerate(config["layers"])])
        return entry

    def calls(self, nodes: Any, pointer: str) -> Iterator[Called]:
        """Yield the calls of a layer from its `inbound_nodes`."""
        if nodes is None:
            return
        if not isinstance(nodes, list):
            raise Malformed("inbound_nodes is no list", self.document.origin(pointer))
        for i, node in enumerate(nodes):
            place = f"{pointer}/{i}"
            if isinstance(node, dict):
                options, args = node.get("kwargs"), node.get("args")
                places = _told(args) if isinstance(args, list) else []
                given = [tensor for tensor, _ in _histories([args, options])]
                yield Called(given, _plain_options(_told(options)), places)
            else:
                single = isinstance(node, list) and bool(node) and isinstance(node[0], str)
                yield self.call([node] if single else node, place)

    def call(self, node: Any, pointer: str) -> Called:
        given = node if isinstance(node, list) else []
        numbers = [isinstance(each, list) and each[:1] == ["_CONSTANT_VALUE"] and len(each) > 2 for each in given]
        tensors = [each for each, number in zip(given, numbers, strict=True) if not number] if any(numbers) else node
        inputs = self.tensors(tensors, pointer)
        places = [each[2] if number else _told(each[:3]) for each, number in zip(given, numbers, strict=True)]
        options: dict[str, Any] = {}
        for each in node:
            if len(each) > 3 and isinstance(each[3], dict):
                options |= {key: _told(value) for key, value in each[3].items()}
        options = _plain_options(options)
        return Called([*inputs, *tensors_in(list(options.values()))], options, places if any(numbers) else [])

    def tensors(self, given: Any, pointer: str) -> list[Tensor]:
        """Return tensors from lists of a layer's name, the number of its call, and that of the result."""
        if isinstance(given, dict):
            given = list(given.values())
        if isinstance(given, list) and given and isinstance(given[0], str):
            given = [given]
        if not isinstance(given, list):
            raise Malformed("names no tensors", self.document.origin(pointer))
        found = []
        for each in given:
            if isinstance(each, list) and each and isinstance(each[0], (list, dict)):
                found += self.tensors(each, pointer)
                continue
            numbers = each[1:3] if isinstance(each, list) else []
            if len(numbers) != 2 or not isinstance(each[0], str) or not all(map(_is_count, numbers)):
                raise Malformed("names no tensor: a layer, its call, and which result", self.document.origin(pointer))
            found.append(Tensor(each[0], *numbers))
        return found


def _take_up_shapes(entries: list[Entry], given: list[Any]) -> None:
    """Put beside each call the shapes of what it gives, in place, as those that take it have them in the file.

    Keras 3 writes them at each tensor; since 2.13 a layer says what it was built for, which is the tensor that it takes
    where it takes one alone.
    """
    calls = {(entry.name, i): called for entry in entries for i, called in enumerate(entry.calls)}
    for entry, each in zip(entries, given, strict=True):
        told = list(_histories(each.get("inbound_nodes")))
        taken = [tensor for called in entry.calls for tensor in called.inputs]
        if len(taken) == 1:
            told.append((taken[0], _built(each)))
        for tensor, shape in told:
            called = calls.get((tensor.layer, tensor.call))
            if called is not None and shape:
                called.shapes.setdefault(tensor.result, shape)


def _count_from_zero(entries: list[Entry], outputs: list[Tensor], of_keras_3: bool) -> None:
    """Count the calls of models within this one from 0, in place.

    Keras counts the call too that such a model was built with, which is in no file: there its first call has the
    number 1. Not so a Sequential of Keras 3; as each call leads to what the model gives, the numbers tell. Keras 3
    counts so where it names the outputs alone (`functional_from_config` in `keras/src/models/functional.py`).
    """
    taken = [each for entry in entries for called in entry.calls for each in called.inputs]
    if of_keras_3:
        within = {entry.name for entry in entries if entry.net and entry.net.inputs is not None}
        outputs[:] = _moved(outputs, within - {each.layer for each in outputs if not each.call})
        return
    last: dict[str, int] = {}
    for each in (*outputs, *taken):
        last[each.layer] = max(each.call, last.get(each.layer, 0))
    built = {entry.name for entry in entries if entry.net is not None and last.get(entry.name) == len(entry.calls) > 0}
    if not built:
        return
    outputs[:] = _moved(outputs, built)
    for called in (called for entry in entries for called in entry.calls):
        called.inputs, called.places = _moved(called.inputs, built), _moved(called.places, built)
        called.options = _moved(called.options, built)


def _moved(value: Any, built: set[str]) -> Any:
    """Return a value with the tensors of some layers those of the call before."""
    if isinstance(value, Tensor):
        return value._replace(call=value.call - 1) if value.layer in built else value
    if isinstance(value, dict):
        return {key: _moved(each, built) for key, each in value.items()}
    return [_moved(each, built) for each in value] if isinstance(value, list) else value


def entry_of(given: Any, document: Document, origin: Origin) -> Entry:
    """Return the layer that another layer's field describes."""
    pointer = (origin.pointer or "").removeprefix(document.pointer)
    return _Reading(document).entry(given, pointer, 0)


def _is_model(kind: str, config: Any) -> bool:
    return isinstance(config, list) or kind in MODELS or (isinstance(config.get("layers"), list) and kind != "Merge")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _histories(value: Any) -> Iterator[tuple[Tensor, Shape]]:
    """Yield the tensors within the arguments of a call of Keras 3, in their order, with their shapes (or nothing)."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__" and isinstance(value.get("config"), dict):
            history = value["config"].get("keras_history")
            if isinstance(history, list) and len(history) == 3 and isinstance(history[0], str):
                tensor = Tensor(history[0], *(each if _is_count(each) else -1 for each in history[1:]))
                yield tensor, _plain_shape(value["config"].get("shape"))
            return
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _histories(each)


def _told(value: Any) -> Any:
    """Return the arguments of a call with its tensors as such: those of Keras 3, and triples of tf.keras."""
    if isinstance(value, dict):
        found = list(_histories(value)) if value.get("class_name") == "__keras_tensor__" else []
        return found[0][0] if found else {key: _told(each) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) == 3 and isinstance(value[0], str):
        if value[0] == "_CONSTANT_VALUE":
            return value[2]
        if all(map(_is_count, value[1:])):
            return Tensor(*value)
    return [_told(each) for each in value]


def tensors_in(value: Any) -> list[Tensor]:
    """Return the tensors in a value of lists, in their order."""
    if isinstance(value, Tensor):
        return [value]
    return [found for each in value for found in tensors_in(each)] if isinstance(value, list) else []


def _plain_options(options: Any) -> dict[str, Any]:
    """Return the arguments of a call that say something: those given as they are by default say nothing."""
    plain = options if isinstance(options, dict) else {}
    return {key: each for key, each in plain.items() if each is not None and not _is_nothing(each)}


def _is_nothing(value: Any) -> bool:
    """Tell whether a value is a list of nothing: what stands for the masks of tensors that have none."""
    return isinstance(value, list) and all(each is None for each in value)


def _build_shape(config: dict[str, Any]) -> Any:
    built = config.get("build_config")
    return built.get("input_shape") if isinstance(built, dict) else None


def _built(layer: Any) -> Shape:
    """Return the shape that a layer says it was built for, or nothing."""
    return _plain_shape(_build_shape(layer)) if isinstance(layer, dict) else ()


def _plain_shape(value: Any) -> Shape:
    """Return a shape from a list of sizes, or nothing."""
    sizes = value if isinstance(value, list) else []
    return tuple(sizes) if all(each is None or (_is_count(each) and each < 1 << 63) for each in sizes) else ()


def shape_of(value: Any, origin: Origin) -> Shape:
    """Return a shape from a list of sizes, null for an open one."""
    shape = _plain_shape(value)
    if shape or value == []:
        return shape
    raise Malformed("is no shape: a list of sizes", origin)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _unique(entries: list[Entry]) -> list[Entry]:
    """Give layers that follow each other names of their own, where a file has one twice."""
    taken: set[str] = set()
    repeats: Counter[str] = Counter()
    for entry in entries:
        name = entry.name
        while entry.name in taken:
            repeats[name] += 1
            entry.name = f"{name}_{repeats[name] + 1}"
        taken.add(entry.name)
    return entries
