"""The nodes of a graph from the operators of a file, each after what it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ir.diagnostics import Report
from ir.graph import Input, Node, Ref
from ir.layer import ShapeError
from ir.layers import Constant
from ir.origin import Origin, Source
from ir.shapes import Shape
from translator import bounds
from translator.dialects.onnx import attributes as settings
from translator.dialects.onnx import fills, folding
from translator.dialects.onnx.operators import OF_WHOLE, OTHERS, READERS, by_table
from translator.dialects.onnx.operators.arrange import of_batch
from translator.dialects.onnx.operators.logic import RELATIONS
from translator.dialects.onnx.pieces import pieces
from translator.dialects.onnx.proto import DEEPEST, Body, Declared, File, Operator, Reference
from translator.dialects.onnx.reading import BEFOREHAND, Site
from translator.dialects.onnx.tensors import filled, is_real
from translator.dialects.onnx.told import Telling, weights_of
from translator.dialects.onnx.unknown import Carried, Unsupported, carry
from translator.dialects.onnx.values import Open, Value, constant
from translator.dialects.onnx.versions import STANDARD
from translator.gathering import Gathering
from translator.mapping import Unsayable
from translator.options import ReadOptions

WHOLE = (
    "Abs And ArgMax ArgMin Attention Cast CastLike CenterCropPad Clip Compress Concat ConvInteger CumProd CumSum DFT "
    "DequantizeLinear Expand EyeLike Flatten GRU Gather GatherElements GatherND GridSample Identity If LSTM Loop "
    "MatMulInteger Max MaxPool MaxUnpool Min Neg NegativeLogLikelihoodLoss Not OneHot Or Pad Pow QLinearConv "
    "QLinearMatMul RNN ReduceMax ReduceMin Reshape ReverseSequence RoiAlign RotaryEmbedding STFT Scan "
    "Scatter ScatterElements ScatterND SequenceMap Sign Slice SoftmaxCrossEntropyLoss Split Squeeze TensorScatter "
    "Tile TopK Transpose Trilu Unsqueeze Where Xor "
)
"""Operators that do the same to whole numbers as to floats, beside those that compare."""
LONG = frozenset({"ReduceSum", "ReduceProd", "ReduceSumSquare", "ReduceL1"})
"""Operators that do so as long as nothing is beyond the type of the numbers, taken for granted of long ones."""
_WHOLE = frozenset([*WHOLE.split(), *RELATIONS])
PROBE = 1_000_003
"""The first of the sizes that stand for open batches, where it is asked what is a batch still."""


class Builder:
    """Collects nodes and weights, and keeps track of what each name of the file stands for.

    `carried` holds the operators that are carried as they are, by their nodes, and `failures` why others cannot be
    read, by their places: what no output needs is not told.
    """

    def __init__(
        self, source: Source, opset: int, options: ReadOptions, report: Report, file: File | None = None
    ) -> None:
        self.source = source
        self.opset = opset
        self.file = file or File()
        self.options = options
        self.report = report
        self.inputs: list[Input] = []
        self.nodes: list[Node] = []
        self.gathering = Gathering()
        self.values: dict[str, Value] = {}
        self.makers: dict[str, Operator] = {}
        self.uses: Counter[str] = Counter()
        self.infos: dict[str, Declared] = {}
        self.carried: dict[str, Carried] = {}
        self.inexact: list[tuple[Operator, str]] = []
        self.failures: dict[int, tuple[str, str]] = {}
        self.depth = 0
        self.written_out = 0
        self.tellings: dict[str, Telling] = {}
        self.operators: dict[str, Operator] = {}
        self.told: set[str] = set()
        self._batches: dict[int, Open] = {}
        self._probes: dict[Open, int] = {}
        self._constants: dict[Any, Value] = {}

    def version(self, domain: str) -> int:
        """Return the version of the operators of a domain; 1 where the file does not say it."""
        return self.opset if domain in STANDARD else self.file.opsets.get(domain, 1)

    def origin(self, operator: Operator) -> Origin:
        """Return where an operator stands."""
        return Origin(self.source, pointer=f"{operator.called} ({operator.kind})")

    def add_input(self, name: str, dtype: str, shape: Shape, batch: str) -> None:
        """Add an input of the graph; where the batches of two have one name they are of one size."""
        self.gathering.reserve(name)
        self.inputs.append(Input(name, shape, Origin(self.source, pointer=name), scalar=not shape))
        probe = shape
        if shape and shape[0] is None:
            symbol = Open(batch or f"{name}:0")
            size = self._probes.setdefault(symbol, PROBE + 34 * len(self._probes))
            self._batches[size] = symbol
            probe = (size, *shape[1:])
        self.values[name] = self.tensor(Ref(name), shape, probe, dtype)

    def tensor(self, ref: Ref, shape: Shape, probe: Shape, dtype: str) -> Value:
        """Return the value of a tensor; an open size is a batch, or one of this tensor's own."""
        dims = tuple(
            size if size is not None else self._batches.get(probed or 0) or Open((ref, axis))
            for axis, (size, probed) in enumerate(zip(shape, probe, strict=True))
        )
        return Value(dims, dtype, ref, probe)

    def as_tensor(self, value: Value, called: str = "") -> Value:
        """Return a value as a tensor of the graph; an array that the file holds needs a layer that gives it."""
        if value.ref is not None:
            return value
        if value.tensor is None:
            return self._filled(value, called)
        key = id(value.tensor)
        if key not in self._constants:
            site = Site(self, Operator("Constant", outputs=[called or "constant"]), [])
            made = site.layer(Constant(sizes=value.tensor.shape), weights={"value": value.tensor})
            (made,) = self.settle(site, [replace(made, dtype=value.dtype)])
            self._constants[key] = replace(made, tensor=value.tensor)
        return self._constants[key]

    def _filled(self, value: Value, called: str) -> Value:
        """Return an array of one number for each item of a batch as a tensor."""
        batch, sizes = next(iter(value.dims), 1), value.shape[1:]
        if value.fill is None or not isinstance(batch, Open) or None in sizes:
            raise Unsayable("it works with sizes that are not known before it runs")
        key = (value.dims, value.fill)
        if key not in self._constants:
            site = Site(self, Operator("Constant", outputs=[called or "filled"]), [])
            one = filled(tuple(size or 0 for size in sizes), value.fill, "float32")
            (made,) = self.settle(site, [of_batch(site, one, value.dims[1:], batch)])
            self._constants[key] = replace(made, dtype=value.dtype)
        return self._constants[key]

    def read(self, place: int, operator: Operator) -> None:
        """Read an operator: what is known is worked out, what is not becomes layers."""
        if self.told.issuperset(filter(None, operator.outputs)) or self._is_told(operator):
            return
        if any(name and name not in self.values for name in operator.inputs):
            return  # Why what it takes could not be read is known already.
        inputs = [self.values[name] if name else None for name in operator.inputs]
        try:
            results = self._results(operator, inputs)
        except ShapeError as error:
            message = str(error)
            for i, name in enumerate(operator.inputs):
                message = message.replace(f"{{{i}}}", name)
            self.failures[place] = "shape", message
        except Unsupported as limit:
            self.failures[place] = "unsupported", f"({operator.kind}) is of no known layer, and {limit}"
        except ValueError as error:
            self.failures[place] = "value", f"({operator.kind}) {error}"
        else:
            if any(self.uses[name] for name in operator.outputs[len(results) :]):
                self.failures[place] = "value", f"({operator.kind}) gives {len(results)} values"
            self.values.update((name, each) for name, each in zip(operator.outputs, results, strict=False) if name)
            self.makers.update(dict.fromkeys(operator.outputs, operator))

    def _is_told(self, operator: Operator) -> bool:
        """Read an operator as the last of a layer that the file tells of, where that is so."""
        telling = next((self.tellings[name] for name in operator.outputs if name in self.tellings), None)
        given = [self.values.get(name) for name in telling.inputs] if telling else []
        inputs = [each for each in given if each is not None and (each.ref or each.tensor is not None)]
        if telling is None or len(inputs) < len(given):
            return False
        arrays = {name: value.tensor for name, value in self.values.items() if value.tensor is not None}
        weights = weights_of(telling, [each.shape for each in inputs], self.opset, self.operators, arrays)
        if weights is None:
            return False
        site = Site(self, Operator(name=telling.name, outputs=telling.outputs), [])
        results = self.settle(site, site.add(telling.layer, *map(self.as_tensor, inputs), weights=weights))
        self.values.update(zip(telling.outputs, results, strict=True))
        self.told.update(telling.outputs)
        return True

    def _results(self, operator: Operator, inputs: list[Value | None]) -> list[Value]:
        """Return what an operator gives; where the catalogue has no words for it, it is carried as it is."""
        inputs = fills.as_numbers(operator, inputs)
        site = Site(self, operator, inputs)
        function = self.file.functions.get((operator.domain, operator.kind))
        try:
            if function is not None:
                return self.inline(function, inputs, operator.outputs, operator.attributes)
            if operator.domain not in STANDARD:
                return self.settle(site, OTHERS.get((operator.domain, operator.kind), by_table)(site))
            settings.check(operator)
            if operator.kind == "Split" and (cut := pieces(operator, inputs)) is not None:
                return cut
            if (found := _known(operator, inputs)) is not None:
                return [found]
            whole = next((each for each in inputs if each and each.ref and not is_real(each.dtype)), None)
            read = READERS.get(operator.kind, by_table)
            if whole is not None and operator.kind in OF_WHOLE:
                read = OF_WHOLE[operator.kind]
            elif whole is not None and not _is_alike(operator.kind, whole.dtype):
                raise Unsayable(f"it works with numbers of the type {whole.dtype}")
            return self.settle(site, read(site))
        except Unsayable as limit:
            site = Site(self, operator, inputs)
            made, carried = carry(site, str(limit))
            results = self.settle(site, made)
            self.carried.update((each.ref.node, carried) for each in results if each.ref)
            return results

    def instead(
        self, site: Site, kind: str, inputs: Sequence[Value | None], attributes: Mapping[str, Any] | None = None
    ) -> list[Value]:
        """Return what another operator, one of ONNX's own, gives in the place of one; it has the same settings."""
        given = site.operator.attributes if attributes is None else dict(attributes)
        other = Site(self, replace(site.operator, kind=kind, domain="", attributes=given), list(inputs))
        other.pending = site.pending
        return READERS.get(kind, by_table)(other)

    def inline(
        self,
        body: Body,
        inputs: Sequence[Value | None],
        outputs: Sequence[str] = (),
        attributes: Mapping[str, Any] | None = None,
    ) -> list[Value]:
        """Read a graph within, or with attributes a function, in the place of its operator; return what it gives.

        What gives that bears the names of the operator's outputs. Raises Unsupported where it goes too deep.
        """
        around, opset, self.depth = self.values, self.opset, self.depth + 1
        self.opset = body.opsets.get("", opset)
        self.written_out += len(body.operators)
        if self.depth > DEEPEST or self.written_out > bounds.LAYERS:
            raise Unsupported("has more within it than can be written out")
        self.values = {} if attributes is not None else dict(around)
        self.values.update((name, constant(tensor)) for name, tensor in body.initializers.items())
        self.values.update((each.name, value) for each, value in zip(body.inputs, inputs, strict=False) if value)
        names = dict(zip((each.name for each in body.outputs), outputs, strict=False))
        given = {name for operator in body.operators for name in operator.outputs}
        names = {inner: outer for inner, outer in names.items() if inner in given and outer}
        try:
            for operator in body.operators:
                self.uses.update(names.get(name, name) for name in operator.takes)
            self.uses.update(names.values())
            self.uses.update(each.name for each in body.outputs)
            for operator in body.operators:
                self._within(operator, names, body.defaults | dict(attributes or {}))
            return [self.values[names.get(each.name, each.name)] for each in body.outputs]
        except KeyError as missing:
            raise Unsayable(f"within it {missing} is given by nothing") from None
        finally:
            self.values, self.opset, self.depth = around, opset, self.depth - 1

    def _within(self, operator: Operator, names: Mapping[str, str], attributes: Mapping[str, Any]) -> None:
        """Read an operator of a graph within, some of whose values have other names around it."""
        said = {
            name: attributes.get(each.name) if isinstance(each, Reference) else each
            for name, each in operator.attributes.items()
        }
        own = replace(
            operator,
            inputs=[names.get(name, name) for name in operator.inputs],
            outputs=[names.get(name, name) for name in operator.outputs],
            attributes={name: each for name, each in said.items() if each is not None},
        )
        results = self._results(own, [self.values[name] if name else None for name in own.inputs])
        self.values.update((name, each) for name, each in zip(own.outputs, results, strict=False) if name)
        self.makers.update(dict.fromkeys(own.outputs, own))

    def settle(self, site: Site, results: list[Value]) -> list[Value]:
        """Add the nodes that an operator was read as; the one that gives its first result bears its name."""
        owner = results[0].ref.node if results and results[0].ref else ""
        names = {
            each.node.name: self.gathering.free(each.node.name.removeprefix(BEFOREHAND))
            for each in site.pending
            if each.node.name != owner
        }
        operator = site.operator
        for node, weights in site.pending:
            labels: tuple[str, ...] = ()
            if node.name == owner:
                names[owner] = self.gathering.free(operator.called)
                labels = _labels(names[owner], node, operator, results)
            name = names[node.name]
            refs = tuple(ref.renamed(names) for ref in node.inputs)
            shared = self.gathering.keep(replace(node, name=name), weights)
            origin = self.origin(operator)
            self.nodes.append(replace(node, name=name, inputs=refs, labels=labels, shared=shared, origin=origin))
        return [each if each.ref is None else replace(each, ref=each.ref.renamed(names)) for each in results]


def _is_alike(kind: str, dtype: str) -> bool:
    """Tell whether an operator does the same to whole numbers of a type as to floats."""
    return kind in _WHOLE or (kind in LONG and dtype in ("int32", "int64"))


def _known(operator: Operator, inputs: list[Value | None]) -> Value | None:
    """Return what an operator gives, where that is known beforehand."""
    if operator.kind == "Constant":
        return folding.constant_operator(operator)
    given = [each for each in inputs if each is not None]
    if any(each.items is not None for each in given):
        return None
    if operator.kind in ("Shape", "Size") and given:
        return folding.measured(operator, given[0])
    if operator.kind == "BatchNormalization" and operator.attributes.get("training_mode"):
        inputs, given = inputs[:3], given[:3]  # The statistics that it has are not looked at in training.
    while inputs and inputs[-1] is None:
        inputs = inputs[:-1]
    if not given or any(each.ref is not None for each in given):
        return None
    whole = folding.lazily(operator, given) if len(given) == len(inputs) else None
    found = whole or folding.fold(operator, inputs)
    steps = max(each.steps for each in given)
    return found if found is None or found.steps or not steps else replace(found, steps=steps)


def _labels(name: str, node: Node, operator: Operator, results: list[Value]) -> tuple[str, ...]:
    """Return the names of a node's tensors as the file has them, where they are not the node's own."""
    own = tuple(str(Ref(name, i)) for i in range(node.layer.outputs))
    labels = list(own)
    for label, value in zip(operator.outputs, results, strict=False):
        if label and value.ref is not None and value.ref.node == node.name:
            labels[value.ref.index] = label
    return () if tuple(labels) == own else tuple(labels)


__all__ = ["Builder"]
