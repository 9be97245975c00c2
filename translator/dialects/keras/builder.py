"""The nodes of a graph from the layers and calls of a model, models within it included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ir.diagnostics import Severity
from ir.graph import Input, Ref
from ir.layer import Layer, LayerError
from ir.layers import Custom
from ir.shapes import Shape, show
from translator.attrs import Attrs
from translator.dialects.keras.document import Document
from translator.dialects.keras.functions import activate
from translator.dialects.keras.mapping import RULES
from translator.dialects.keras.site import Drawn, Site
from translator.dialects.keras.topology import Called, Entry, Malformed, Net, Tensor, shape_of
from translator.mapping import At, Rule, Unsayable

Reading = Callable[[Site], Sequence[Ref]]
READINGS: dict[str, Reading] = {}
"""How the layers are read that are not one of the catalogue's each, by their class."""
TRAINED = ("initializer", "regularizer", "constraint")
"""What the name of a field ends with that has a meaning in training alone."""
QUIET = frozenset(
    [
        "name",
        "custom_name",
        "trainable",
        "dtype",
        "data_format",
        "batch_input_shape",
        "batch_shape",
        "input_shape",
        "input_dim",
        "input_length",
        "batch_size",
        "input_dtype",
        "init",
        "inner_init",
        "forget_bias_init",
        "W_init",
        "b_init",
        "weights",
        "optional",
        "sparse",
        "ragged",
        "seed",
        "cache_enabled",
        "noise_shape",
        "W_learning_rate_multiplier",
        "b_learning_rate_multiplier",
        "synchronized",
        "renorm",
        "renorm_momentum",
        "virtual_batch_size",
        "fused",
        "adjustment",
        "gamma_init",
        "beta_init",
        "units",
        "dropout",
        "lora_rank",
        "quantization_config",
        "autocast",
        "activity_regularizer",
    ]
)
"""Fields that say nothing of what a layer computes, or that the model says elsewhere."""
MOST = 1000
"""Tensors that a layer gives at most."""
DEFAULTS = {"interpolation": "nearest"}
"""What fields that pick a rule are where a file leaves them out."""
MASK_USERS = frozenset(
    [
        "LSTM",
        "GRU",
        "SimpleRNN",
        "RNN",
        "ConvLSTM2D",
        "CuDNNLSTM",
        "CuDNNGRU",
        "Bidirectional",
        "GlobalAveragePooling1D",
        "Softmax",
        "Attention",
        "AdditiveAttention",
        "MultiHeadAttention",
        "GroupQueryAttention",
        "Lambda",
        "Masking",
    ]
)
"""Layers that give something else where a mask comes with their input."""
MASK_ENDS = ("Flatten", "Reshape", "Conv", "SeparableConv", "GlobalMax", "GlobalAverage", "MaxPool", "AveragePool")


def draw(net: Net, drawn: Drawn) -> list[Ref]:
    """Draw a whole model with inputs of its own, and return what it gives."""
    return _Level(drawn, net, "", (), None).draw()


class _Level:
    """One model: the whole, or one within another, at one of its calls."""

    def __init__(self, drawn: Drawn, net: Net, prefix: str, given: Sequence[Ref], call: str | None) -> None:
        self.drawn = drawn
        self.net = net
        self.prefix = prefix
        self.given = list(given)
        self.call = call

    def draw(self) -> list[Ref]:
        return self.follow() if self.net.inputs is None else self.connect(self.net.inputs)

    def follow(self) -> list[Ref]:
        """Draw layers that follow each other."""
        entries = list(self.net.entries)
        refs = self.given
        if entries and entries[0].kind == "InputLayer":
            first = entries.pop(0)
            refs = refs or [self.input(first.name, first)]
        elif not refs and entries and entries[0].branches:
            refs = [
                ref for branch in entries[0].branches for ref in self.place(branch, Called([]), 0, self.start(branch))
            ]
        elif not refs and entries:
            refs = self.start(entries[0])
        for entry in entries:
            refs = self.place(entry, Called([]), 0, refs)
        return refs

    def start(self, entry: Entry) -> list[Ref]:
        """Return an input for the first of layers that follow each other; a model has inputs of its own."""
        return [] if entry.net is not None else [self.input(f"{entry.name}_input", entry)]

    def connect(self, names: list[Tensor]) -> list[Ref]:
        """Draw layers by their calls, each when what it takes is there."""
        known: dict[Tensor, Ref] = {}
        entries = {entry.name: entry for entry in self.net.entries}
        for i, name in enumerate(names):
            entry = entries.get(name.layer)
            if entry is None:
                raise Malformed(f"the input {name.layer} is none of the layers", self.net.origin, "graph")
            if self.given and i >= len(self.given):
                raise Malformed(f"{self.net.name} is given {i} tensors, and takes more", self.net.origin, "arity")
            known[name] = self.given[i] if self.given else self.input(entry.name, entry)
        taken = _taken(self.net)
        for entry, number in _in_order(self.net, set(known)):
            called = entry.calls[number]
            given = [known[each] for each in called.inputs]
            called.places = [known.get(each, each) if isinstance(each, Tensor) else each for each in called.places]
            refs = self.place(entry, called, number, given, taken.get((entry.name, number), 1))
            known.update({Tensor(entry.name, number, i): ref for i, ref in enumerate(refs)})
        for each in self.net.outputs:
            if each not in known:
                raise Malformed(f"the output {each.layer} is given by nothing", self.net.origin, "graph")
        return [known[each] for each in self.net.outputs]

    def input(self, name: str, entry: Entry) -> Ref:
        """Add an input to the graph, in the shape that the first layer says."""
        shape = self.drawn.options.shapes.get(name) or _input_shape(entry) or self.net.shape
        if shape is None:
            told = f"the shape of the input {name} is not in the file"
            raise Malformed(told, entry.origin, "input-shape")
        unique = self.drawn.unique(self.prefix + name)
        self.drawn.inputs.append(Input(unique, shape, entry.origin))
        self.drawn.shapes[Ref(unique)] = shape
        return Ref(unique)

    def place(self, entry: Entry, called: Called, number: int, refs: Sequence[Ref], results: int = 1) -> list[Ref]:
        """Draw one call of a layer, or of a model in its place."""
        owner = self.prefix + entry.name
        again = number > 0 or self.call is not None
        name = f"{owner}_call{self.call or ''}{number}" if again else owner
        if entry.net is not None:
            call = f"{self.call or ''}{number}_" if again else None
            return _Level(self.drawn, entry.net, f"{owner}/", refs, call).draw()
        if called.places and _is_operation(entry.kind, len(called.places)):
            entry.kind = f"ops.{entry.kind}"
        site = Site(self.drawn, entry, name, owner, tuple(refs), called.options, results, tuple(called.places))
        return draw_layer(site)


def _is_operation(kind: str, count: int) -> bool:
    """Tell whether a class without a module is an operation: one that no layer has, or with several arguments."""
    known = kind in READINGS or f"layers.{kind}" in RULES
    return f"ops.{kind}" in READINGS and (count > 1 or not known)


def _taken(net: Net) -> dict[tuple[str, int], int]:
    """Return how many tensors of each call others take."""
    found: dict[tuple[str, int], int] = {}
    for each in (*net.outputs, *(each for entry in net.entries for called in entry.calls for each in called.inputs)):
        if each.result >= MOST:
            raise Malformed(f"{each.layer} is taken to give more than {MOST} tensors", net.origin)
        found[each.layer, each.call] = max(each.result + 1, found.get((each.layer, each.call), 1))
    return found


def _in_order(net: Net, known: set[Tensor]) -> Iterator[tuple[Entry, int]]:
    """Yield each call behind those that give what it takes; raise Malformed where some wait for each other."""
    given = {name.layer for name in known}
    calls = [(entry, i) for entry in net.entries if entry.name not in given for i in range(len(entry.calls))]
    made = {(each.layer, each.call) for each in known}
    exist = {(entry.name, i) for entry, i in calls} | made
    users: dict[tuple[str, int], list[tuple[Entry, int]]] = {}
    waits: dict[tuple[str, int], int] = {}
    for entry, i in calls:
        needed = {(each.layer, each.call) for each in entry.calls[i].inputs}
        for each in needed - exist:
            told = f"{entry.name} takes {each[0]}, which nothing gives"
            raise Malformed(told, entry.origin, "graph")
        waits[entry.name, i] = len(needed - made)
        for each in needed - made:
            users.setdefault(each, []).append((entry, i))
    ready = [(entry, i) for entry, i in calls if not waits[entry.name, i]]
    for entry, i in ready:  # It grows as it is gone through.
        yield entry, i
        for user in users.get((entry.name, i), ()):
            key = (user[0].name, user[1])
            waits[key] -= 1
            if not waits[key]:
                ready.append(user)
    if len(ready) < len(calls):
        stuck = next(entry for entry, i in calls if waits[entry.name, i])
        raise Malformed(f"{stuck.name} waits for what it gives itself", stuck.origin, "graph")


def _input_shape(entry: Entry) -> Shape | None:
    """Return the shape of what a layer is given, as far as it says it itself."""
    if entry.net is not None:
        return None
    fields = entry.fields
    for key in ("batch_input_shape", "batch_shape"):
        if fields.get(key) is not None:
            return shape_of(fields[key], entry.origin)
    if fields.get("input_shape") is not None:
        return (None, *shape_of(fields["input_shape"], entry.origin))
    if entry.kind == "Embedding":
        return (None, *shape_of([fields.get("input_length")], entry.origin))
    if fields.get("input_dim") is not None:
        length = [fields.get("input_length")] if entry.kind in ("LSTM", "GRU", "SimpleRNN", "Conv1D") else []
        return (None, *shape_of([*length, fields["input_dim"]], entry.origin))
    return None


def draw_layer(site: Site) -> list[Ref]:
    """Draw a layer by its reading or a rule; what the catalogue cannot say becomes a custom layer."""
    kind, drawn = site.entry.kind, site.drawn
    before, held = len(drawn.nodes), len(site.entry.variables)
    masked = any(ref in drawn.masked for ref in site.inputs)
    try:
        told = f"it is called with {', '.join(site.options)}"
        site.need(kind.startswith("ops.") or not site.options.keys() - {"training", "name"}, told)
        refs = draw_whole(site)
        site.need(len(refs) >= site.results, "it gives several tensors")
    except Unsayable as limit:
        for node in drawn.nodes[before:]:
            drawn.names.discard(node.name)
        del drawn.nodes[before:], site.entry.variables[held:]
        refs = unknown(site, str(limit))
    except LayerError as error:
        raise Malformed(f"{site.entry.name}: {error}", site.entry.origin) from None
    if masked and not kind.startswith(MASK_ENDS) and len(drawn.shapes[refs[0]]) > 2:
        drawn.masked.update(refs)
    return refs


def draw_whole(site: Site) -> list[Ref]:
    """Draw a layer that the catalogue has words for; raise Unsayable where it has none."""
    kind = site.entry.kind
    masked = any(ref in site.drawn.masked for ref in site.inputs)
    site.need(not (masked and kind in MASK_USERS), "it works on a mask")
    return list(READINGS[kind](site) if kind in READINGS else _by_rule(site))


def _by_rule(site: Site) -> list[Ref]:
    layer, rule = rule_of(site)
    report_unknown(site, rule.keys)
    ref = site.add(layer, blobs=rule.blobs_of(layer))
    return [activate(site, site.fields.get("activation"), ref)]


def rule_of(site: Site, kind: str = "") -> tuple[Layer, Rule]:
    """Return the catalogue's layer by the table, and its rule; raise Unsayable where there is none."""
    rules = RULES.named(f"layers.{kind or site.entry.kind}")
    site.need(rules, "")
    at = site.at()
    rule = next((each for each in rules if _fits(each, site, at)), None)
    if rule is None:
        raise Unsayable("its fields or its inputs are none that are known")
    return rule.read(_attrs(site), at), rule


def _fits(rule: Rule, site: Site, at: At) -> bool:
    """Tell whether a rule reads a layer: rules that build calls of their own are for writing."""
    return rule.build is None and rule.fits(_attrs(site), at, DEFAULTS, len(site.inputs))


def _attrs(site: Site) -> Attrs:
    return Attrs(site.fields)


def report_unknown(site: Site, known: Sequence[str] | frozenset[str] = ()) -> None:
    """Report the fields of a layer that nothing has taken up (`unknown-field`)."""
    for key, value in site.fields.items():
        quiet = key in QUIET or key.endswith(TRAINED) or key in known or key in site.taken or key == "activation"
        if not quiet and value not in (None, False, {}, []):
            told = f"{site.entry.name} has a field {key!r} of no known meaning; it was left out"
            site.drawn.report.add("unknown-field", told, site.entry.origin)


def unknown(site: Site, why: str) -> list[Ref]:
    """Add a custom layer, and say so; what shape it gives is for the user to say, or else that of its input."""
    entry, drawn = site.entry, site.drawn
    kind = entry.written or entry.kind
    told = drawn.options.shapes.get(site.name)
    likely = _likely_shape(site)
    sizes = told or likely
    if sizes is None:
        raise Malformed(f"{entry.name} is of the unknown type {kind}, and takes nothing", entry.origin, "shape")
    what = f"is a {kind} that cannot be said exactly ({why})" if why else f"is of the unknown type {kind}"
    message, hint = f"{entry.name} {what}; it is carried as it is, and written as a stub", ""
    if told is None:
        message += f". Its output is taken to be {show(sizes)}"
        hint = f"say it: --shape {site.name}=" + ",".join("N" if size is None else str(size) for size in sizes)
    severity: Severity | None = "error" if drawn.options.on_unknown == "error" else None
    drawn.report.add("unknown-layer", message, entry.origin, hint=hint, severity=severity)
    shape = [-1 if size is None else size for size in sizes]
    layer = Custom(type=kind, arguments=dict(entry.fields), results=site.results, sizes=(shape,) * site.results)
    ref = site.add(layer)
    entry.custom = entry.custom or ref.node
    return [Ref(ref.node, i) for i in range(site.results)]


def _likely_shape(site: Site) -> Shape | None:
    """Return the shape that an unknown layer gives, as far as its fields say it, or that of its first input."""
    if not site.inputs:
        return None
    shape, fields = site.shapes[0], site.fields
    units, given = fields.get("units"), fields.get("output_shape")
    if isinstance(units, int) and len(shape) == 3 and "return_sequences" in fields:
        return (*shape[:2], units) if fields["return_sequences"] else (shape[0], units)
    if isinstance(given, list) and all(each is None or isinstance(each, int) for each in given):
        return (shape[0], *given)
    return shape


def drawn_from(document: Document, net: Net, drawn: Drawn) -> list[Ref]:
    """Draw a document's model, and report what makes no sense in it."""
    try:
        return draw(net, drawn)
    except Malformed as error:
        drawn.report.add(error.code, str(error), error.origin)
    except LayerError as error:
        drawn.report.add("value", str(error), net.origin)
    return []
