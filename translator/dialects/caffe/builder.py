"""The nodes of a graph from the layers of a net, in the order of the file."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from operator import itemgetter

from ir.diagnostics import Report, Severity
from ir.graph import Graph, Input, Node, Ref, leading_to
from ir.layer import Layer, LayerError, ShapeError
from ir.layers import Custom, Sigmoid, Softmax
from ir.shapes import Shape, show
from ir.validate import node_shapes
from translator.attrs import Attrs
from translator.dialects.caffe import inputs, parts
from translator.dialects.caffe.assumptions import Assumed
from translator.dialects.caffe.batch import with_open_batch
from translator.dialects.caffe.mapping import DEFAULTS, RULES
from translator.dialects.caffe.training import Training
from translator.mapping import At, Rule, Unsayable, unknown_fields
from translator.options import ReadOptions

LAYER_FIELDS = frozenset(
    [
        "name",
        "type",
        "bottom",
        "top",
        "phase",
        "loss_weight",
        "param",
        "blobs",
        "propagate_down",
        "include",
        "exclude",
        "transform_param",
        "loss_param",
        "blobs_lr",
        "weight_decay",
        "blob_share_mode",
        "strict_dim",
        "engine",
    ]
)
"""Fields of a layer that are not the layer type's own."""


class Builder:
    """Collects nodes in file order, and keeps track of which tensor a blob's name stands for."""

    def __init__(self, options: ReadOptions, report: Report, assumed: Assumed) -> None:
        self.options = options
        self.assumed = assumed
        self.report = report
        self.inputs: dict[str, Input] = {}
        self.nodes: list[Node] = []
        self.names: set[str] = set()
        self.repeats: dict[str, int] = {}
        self.blobs: dict[str, Ref] = {}
        self.shapes: dict[Ref, Shape] = {}
        self.labels: dict[Ref, str] = {}
        self.params: dict[str, str] = {}
        self.dropped: set[str] = set()
        self.silenced: set[Ref] = set()
        self.taken: set[str] = set()
        self.split: dict[str, tuple[Ref, int]] = {}
        self.guessed: dict[Ref, Shape] = {}
        self.elsewhere: dict[str, inputs.Declared] = {}

    def add_input(self, declared: inputs.Declared) -> None:
        if declared.name in self.inputs:
            return
        likely = self.assumed.get(Ref(declared.name)) or declared.likely
        if likely is not None and len(likely) == 4 and likely[0] is None:
            likely = (declared.batch, *likely[1:])
        if declared.shape is None and declared.name not in self.options.shapes and likely is not None:
            self.guessed[Ref(declared.name)] = likely
        shape = inputs.settle(declared._replace(likely=likely), self.options.shapes, self.report)
        self.inputs[declared.name] = Input(declared.name, shape or (), declared.origin)
        if declared.prepared:
            told = f"the model expects {declared.name!r} as this layer prepares it, which is no part of the model"
            order = "; Caffe reads the colours of an image as blue, green, red" if shape and shape[1:2] == (3,) else ""
            self.report.add("preprocessing", told, declared.origin, hint=f"give it {declared.prepared}{order}")
        open_batch = (None, *shape[1:]) if shape else ()
        self.names.add(declared.name)
        self.blobs[declared.name] = Ref(declared.name)
        if shape is not None:
            self.shapes[Ref(declared.name)] = open_batch

    def _check_loss(self, loss: Attrs, kind: str) -> None:
        """Warn of a loss that squashes its scores itself, where they are squashed already."""
        ref = self.blobs.get(next(iter(loss.repeated("bottom")), ""))
        applied = {"SoftmaxWithLoss": Softmax, "SigmoidCrossEntropyLoss": Sigmoid}.get(kind)
        given = next((node for node in self.nodes if ref is not None and node.name == ref.node), None)
        if given is not None and applied is not None and isinstance(given.layer, applied):
            name = loss.get("name", kind)
            told = f"{name} ({kind}) applies a {applied.__name__} to what {given.name} gives, which is one"
            self.report.add("softmax-before-loss", told, loss.origin())

    def add_layer(self, layer: Attrs, training: Training) -> None:
        kind, tops = layer.get("type"), layer.repeated("top")
        self.taken.update(layer.repeated("bottom"))
        if not kind or not isinstance(kind, str):
            self.report.add("value", f"layer {layer.get('name', '')!r} has no type", layer.origin())
        elif why := training.leaves_out(layer):
            self.dropped.update(tops)
            if kind == "Silence":
                self.silenced.update(self.blobs[each] for each in layer.repeated("bottom") if each in self.blobs)
            self.report.add(
                "training-layer", f"{layer.get('name', kind)} ({kind}) {why}; it was left out", layer.origin()
            )
            self._check_loss(layer, kind)
        elif not tops and not layer.repeated("bottom"):
            told = f"{layer.get('name', kind)} ({kind}) takes and gives nothing that the file says; it was left out"
            self.report.add("unknown-layer", told, layer.origin())
        elif training.passes_on(layer):
            self.blobs[tops[0]] = self._ref(layer.repeated("bottom")[0], layer)
            told = f"{layer.get('name', kind)} ({kind}) works in training alone; {tops[0]!r} is what it takes"
            self.report.add("training-layer", told, layer.origin())
        elif kind == "Split":
            ref = self._ref(layer.repeated("bottom")[0], layer) if layer.repeated("bottom") else Ref("")
            self.blobs.update(dict.fromkeys(tops, ref))
            self.split.update(dict.fromkeys(tops, (ref, len(self.nodes))))
        elif kind in ("Convolution", "Deconvolution") and len(tops) == len(layer.repeated("bottom")) > 1:
            self._add_each(layer, kind)
        elif kind in parts.BY_SHAPE:
            shapes = [self.shapes.get(self._ref(bottom, layer)) for bottom in layer.repeated("bottom")]
            for each in parts.BY_SHAPE[kind](layer, shapes):
                self._add_node(each, each["type"])
        else:
            self._add_node(layer, kind)

    def _add_each(self, layer: Attrs, kind: str) -> None:
        """Add a layer that treats several bottoms alike as one node for each, which share their weights."""
        first = len(self.nodes)
        for bottom, top in zip(layer.repeated("bottom"), layer.repeated("top"), strict=True):
            self._add_node(
                Attrs({**layer, "bottom": (bottom,), "top": (top,)}, layer.source, layer.offset, layer.places), kind
            )
        for i, node in enumerate(self.nodes[first + 1 :], first + 1):
            owner = self.nodes[first]
            self.nodes[i] = replace(node, shared=tuple((role, owner.key(role)) for role in ("kernel", "bias")))

    def _add_node(self, layer: Attrs, kind: str) -> None:
        bottoms, tops = layer.repeated("bottom"), layer.repeated("top")
        origin = layer.origin()
        refs = tuple(self._ref(bottom, layer) for bottom in bottoms)
        name = self._unique(layer.get("name") or (tops[0] if tops else kind), layer)
        at = At(name, [self.shapes[ref] for ref in refs if ref in self.shapes], results=max(1, len(tops)))
        if len(at.inputs) < len(refs):
            at.inputs = ()
        read = self._layer(layer, kind, at, len(refs))
        if read is None:
            for i, top in enumerate(tops):
                self.blobs[top] = Ref(name, i)
            self.dropped.update(tops)
            return
        ours, rule = read
        labels = self._labels(name, tops, bottoms)
        node = Node(name, ours, refs, labels, self._shared(name, layer, ours, rule), origin)
        self.nodes.append(node)
        for ref, top in zip(node.refs, tops or (name,), strict=False):
            self.blobs[top] = ref
        least, most = ours.arity
        if len(at.inputs) == len(refs) and least <= len(refs) and (most is None or len(refs) <= most):
            with contextlib.suppress(ShapeError):  # Validation reports it, with all that is wrong elsewhere.
                self.shapes.update(zip(node.refs, node_shapes(node, list(at.inputs), "channels_first"), strict=True))

    def _labels(self, name: str, tops: tuple[str, ...], bottoms: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of a layer's tensors, where they are not its own.

        One written in place bears the name of the one that it replaces. A blob that is written anew otherwise is
        another tensor: it gets the layer's name.
        """
        own = tuple(str(Ref(name, i)) for i in range(len(tops)))
        labels = []
        for top, mine in zip(tops, own, strict=True):
            if top in bottoms and top in self.blobs:
                labels.append(self.labels.get(self.blobs[top], top))
            else:
                labels.append(mine if top in self.blobs else top)
        self.labels.update((Ref(name, i), label) for i, label in enumerate(labels))
        return () if tuple(labels) == own else tuple(labels)

    def _ref(self, blob: str, layer: Attrs) -> Ref:
        if blob not in self.blobs:
            if blob in self.dropped:
                self.report.add(
                    "graph", f"{layer.get('name')} takes {blob!r}, which was left out", layer.origin("bottom")
                )
            else:
                unknown = inputs.Declared(blob, None, layer.origin("bottom"), implied=bool(self.inputs))
                self.add_input(self.elsewhere.get(blob, unknown))
        return self.blobs.get(blob, Ref(blob))

    def _unique(self, name: str, layer: Attrs) -> str:
        unique = name
        while unique in self.names:
            self.repeats[name] = self.repeats.get(name, 1) + 1
            unique = f"{name}_{self.repeats[name]}"
        if unique != name:
            self.report.add(
                "renamed", f"the name {name!r} is taken; this layer is now {unique!r}", layer.origin("name")
            )
        self.names.add(unique)
        return unique

    def _layer(self, layer: Attrs, kind: str, at: At, count: int) -> tuple[Layer, Rule | None] | None:
        """Return the catalogue's layer, or None after reporting why there is none."""
        rule = self._rule(layer, kind, at, count)
        if rule is None or _of_another_fork(layer, kind, rule) or _takes_others(kind, count):
            return self._unknown(layer, kind, at), None
        fields = layer.message(rule.group) if rule.group else Attrs({}, layer.source, layer.offset)
        try:
            ours = rule.read(fields, at)
        except Unsayable:
            return self._unknown(layer, kind, at), None
        except LayerError as error:
            origin = fields.origin(rule.field_of(error.param)) or layer.origin()
            self.report.add("value", f"{at.name}: {error}", origin)
            return None
        if at.results > ours.outputs:
            return self._unknown(layer, kind, at), None
        if rule.assumes:
            self.report.add("assumed-value", f"{at.name}: {rule.assumes}", layer.origin())
        unknown_fields(layer, LAYER_FIELDS | {rule.group}, at.name, self.report)
        unknown_fields(fields, rule.keys | DEFAULTS.keys(), at.name, self.report)
        return ours, rule

    def _unknown(self, layer: Attrs, kind: str, at: At) -> Custom:
        """Return a custom layer; what shape it gives is for the user to say, or else taken to be that of its input."""
        names = layer.repeated("top") or (at.name,)
        kind = kind.partition(":")[0]
        told = [self.options.shapes.get(name, self.options.shapes.get(at.name)) for name in names]
        like = [self.assumed.get(Ref(at.name, i), at.inputs[0] if at.inputs else None) for i in range(len(names))]
        what = "has an unknown form of" if RULES.named(kind) else "is of the unknown"
        message, hint = f"{at.name} {what} type {kind}; it is carried as it is, and written as a stub", ""
        taken = [(name, shape) for name, given, shape in zip(names, told, like, strict=True) if shape and not given]
        if taken:
            why = "as its neighbours suggest" if Ref(at.name) in self.assumed else "like its input"
            message += f". Its output is taken to be {', '.join(show(shape) for _, shape in taken)}, {why}"
            hint = "say it: " + " ".join(f"--shape {name}={_sizes(shape)}" for name, shape in taken)
        severity: Severity | None = "error" if self.options.on_unknown == "error" else None
        self.report.add("unknown-layer", message, layer.origin("type"), hint=hint, severity=severity)
        sizes = [given or shape for given, shape in zip(told, like, strict=True)]
        shapes = [[-1 if size is None else size for size in each] for each in sizes if each]
        return Custom(
            type=kind, arguments=_plain(layer), results=at.results, sizes=shapes if len(shapes) == len(sizes) else ()
        )

    def _rule(self, layer: Attrs, kind: str, at: At, count: int) -> Rule | None:
        rules = RULES.named(kind)
        for strict in (True, False):
            for rule in rules:
                fields = layer.message(rule.group) if rule.group else layer
                # Where a shape is not known or does not fit, the first rule of the name stands for the error it makes.
                if rule.fits(
                    fields, at if strict else _any_rank(at, rule), DEFAULTS, count if strict else rule.layer.arity[0]
                ):
                    return rule
        return None

    def _shared(self, name: str, layer: Attrs, ours: Layer, rule: Rule | None) -> tuple[tuple[str, str], ...]:
        """Return the weights that a `param` name shares with an earlier layer."""
        shared = []
        for blob, param in zip(rule.blobs_of(ours) if rule else (), layer.repeated("param"), strict=False):
            key = param.get("name")
            if key and self.params.setdefault(key, f"{name}.{blob.role}") != f"{name}.{blob.role}":
                shared.append((blob.role, self.params[key]))
        return tuple(shared)

    def graph(self, name: str) -> Graph:
        """Return the graph, without what is only there to be dropped."""
        graph = Graph(name, (), tuple(self.nodes), ())
        ends = graph.loose_ends()
        made = {node.name: place for place, node in enumerate(self.nodes, 1)}
        # What nothing takes is an output, and each of the tops of a Split that nothing takes, in the order of the file.
        known = made.keys() | self.inputs.keys()
        shown = [(at, ref) for top, (ref, at) in self.split.items() if top not in self.taken and ref.node in known]
        split = {ref for _, ref in shown}
        placed = sorted([*((made[ref.node], ref) for ref in ends if ref not in split), *shown], key=itemgetter(0))
        outputs = tuple(ref for _, ref in placed if ref not in self.silenced) or ends
        graph = replace(graph, nodes=leading_to(outputs, graph.nodes) if outputs != ends else graph.nodes)
        taken = {ref.node for ref in (*outputs, *(ref for node in graph.nodes for ref in node.inputs))}
        used = tuple(each for each in self.inputs.values() if each.name in taken or not self.nodes)
        for each in self.inputs.values():
            if each not in used:
                self.report.add("unused-input", f"no layer takes the input {each.name!r}; it was left out", each.origin)
        outputs = outputs or tuple(Ref(each.name) for each in used if Ref(each.name) not in self.silenced)
        return with_open_batch(replace(graph, inputs=used, outputs=outputs), self.shapes, self.report)


def _of_another_fork(layer: Attrs, kind: str, rule: Rule) -> bool:
    """Tell whether a layer has parameters under its type's own name that its rule does not know."""
    own = {key for key in layer if key.endswith("_param") and key[:-6].replace("_", "") == kind.lower() and layer[key]}
    return not own <= {rule.group, *LAYER_FIELDS}


def _takes_others(kind: str, count: int) -> bool:
    """Tell whether a layer takes more or fewer than any of its name in the table; to take nothing is a mistake."""
    arities = [rule.layer.arity for rule in RULES.named(kind)]
    return count > 0 and not any(least <= count and (most is None or count <= most) for least, most in arities)


def _sizes(shape: Shape) -> str:
    """Write a shape as --shape takes it."""
    return ",".join("N" if size is None else str(size) for size in shape)


def _any_rank(at: At, rule: Rule) -> At:
    rank = rule.layer.rank or 0
    return At(at.name, [(None,) * (rank + 2)], results=at.results)


def _plain(layer: Attrs) -> dict[str, object]:
    """Return a layer's own fields as plain data."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, tuple) else value

    return {field: plain(value) for field, value in layer.items() if field not in LAYER_FIELDS}
