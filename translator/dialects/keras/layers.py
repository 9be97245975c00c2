"""One layer from its fields: by how its class is read, by the table, or as one that is not known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ir.diagnostics import Severity
from ir.graph import Ref
from ir.layer import Layer, LayerError
from ir.layers import Custom
from ir.shapes import Shape, show
from translator.attrs import Attrs
from translator.dialects.keras.functions import activate
from translator.dialects.keras.mapping import RULES
from translator.dialects.keras.site import Mask, Site
from translator.dialects.keras.topology import Malformed
from translator.gathering import closing
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
DEFAULTS = {"interpolation": "nearest"}
"""What fields that pick a rule are where a file leaves them out."""
MASK_USERS = frozenset(
    [
        "RNN",
        "ConvLSTM2D",
        "Softmax",
        "Attention",
        "AdditiveAttention",
        "MultiHeadAttention",
        "GroupQueryAttention",
        "Lambda",
    ]
)
"""Layers that give something else where a mask comes with their input, and are not read with one."""
QUIETLY = frozenset(["training", "name"])
"""What any layer may be called with, and gives the same."""
_STATES = QUIETLY | {"initial_state", "mask"}
_MASKS = frozenset(["query_mask", "value_mask", "key_mask", "attention_mask"])
CALLED = {
    "MultiHeadAttention": QUIETLY | _MASKS | {"query", "value", "key", "return_attention_scores", "use_causal_mask"},
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "Bidirectional"), _STATES),
    "GlobalAveragePooling1D": QUIETLY | {"mask"},
    **dict.fromkeys(
        ("Attention", "AdditiveAttention"), QUIETLY | {"mask", "use_causal_mask", "return_attention_scores"}
    ),
}
"""What layers may be called with whose reading looks at it."""
MASK_ENDS = ("Flatten", "Reshape", "Conv", "SeparableConv", "GlobalMax", "GlobalAverage", "MaxPool", "AveragePool")


def is_operation(kind: str, count: int) -> bool:
    """Tell whether a class without a module is an operation: one that no layer has, or with several arguments."""
    known = kind in READINGS or f"layers.{kind}" in RULES
    return f"ops.{kind}" in READINGS and (count > 1 or not known)


def draw_layer(site: Site) -> list[Ref]:
    """Draw a layer by its reading or a rule; what the catalogue cannot say becomes a custom layer."""
    kind, drawn = site.entry.kind, site.drawn
    before, held = len(drawn.nodes), len(site.entry.variables)
    masks = list({id(mask): mask for ref in site.inputs if (mask := drawn.masks.get(ref))}.values())
    try:
        told = f"it is called with {', '.join(site.options)}"
        site.need(kind.startswith("ops.") or not site.options.keys() - CALLED.get(kind, QUIETLY), told)
        refs = draw_whole(site)
        site.need(len(refs) >= site.results, "it gives several tensors")
    except Unsayable as limit:
        for node in drawn.nodes[before:]:
            drawn.names.discard(node.name)
        del drawn.nodes[before:], site.entry.variables[held:]
        refs = unknown(site, str(limit))
    except LayerError as error:
        raise Malformed(f"{site.entry.name}: {error}", site.entry.origin) from None
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError):
        # Fields that no schema knows may be of any type, and inputs of any rank.
        told = f"the fields of {site.entry.name} ({site.entry.written}) make no sense, or its inputs do not fit it"
        raise Malformed(told, site.entry.origin) from None
    for ref in refs[:1]:
        if masks and ref not in drawn.masks and not kind.startswith(MASK_ENDS) and len(drawn.shapes[ref]) > 2:
            drawn.masks[ref] = masks[0] if len(masks) == 1 else Mask()
    return refs


def draw_whole(site: Site) -> list[Ref]:
    """Draw a layer that the catalogue has words for; raise Unsayable where it has none."""
    kind = site.entry.kind
    masked = any(ref in site.drawn.masks for ref in site.inputs)
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
    layer = rule.read(_attrs(site), at)
    if site.fields.get("padding") == "half" and not site.drawn.document.era.backend:
        _tell_theano(site, rule, layer)
    return layer, rule


def _tell_theano(site: Site, rule: Rule, layer: Layer) -> None:
    """Tell that borders are taken to be Theano's, where those of TensorFlow would be others."""
    try:
        same = layer == rule.read(Attrs({**site.fields, "padding": "same"}), site.at())
    except Unsayable:
        same = False
    if not same:
        told = f"{site.entry.name}: the file does not say which engine's borders `same` means; Theano's are assumed"
        site.drawn.report.add("assumed-value", told, site.entry.origin)


def _fits(rule: Rule, site: Site, at: At) -> bool:
    """Tell whether a rule reads a layer: rules that build calls of their own are for writing."""
    return rule.build is None and rule.fits(_attrs(site), at, DEFAULTS, len(site.inputs))


def _attrs(site: Site) -> Attrs:
    return Attrs(site.fields)


def report_unknown(site: Site, known: Sequence[str] | frozenset[str] = ()) -> None:
    """Report the fields of a layer that nothing has taken up (`unknown-field`)."""
    for key, value in site.fields.items():
        quiet = key in QUIET or key.endswith(TRAINED) or key in known or key in site.taken or key == "activation"
        if key == "groups":  # tf.keras has it in all its convolutions.
            quiet = quiet or value == 1
        if not quiet and value not in (None, False, {}, []):
            told = f"{site.entry.name} has a field {key!r} of no known meaning; it was left out"
            site.drawn.report.add("unknown-field", told, site.entry.origin)


def unknown(site: Site, why: str) -> list[Ref]:
    """Add a custom layer, and say so; its shape is what the user says, or the file, or else that of its input."""
    entry, drawn = site.entry, site.drawn
    kind = entry.written or entry.kind
    given, likely = drawn.options.shapes.get(site.name), _likely_shape(site)
    sizes = given or _stated(site, 0) or likely
    if sizes is None:
        raise Malformed(f"{entry.name} is of the unknown type {kind}, and takes nothing", entry.origin, "shape")
    what = f"is a {kind} that cannot be said exactly ({why})" if why else f"is of the unknown type {kind}"
    message, hint = f"{entry.name} {what}; it is carried as it is, and written as a stub", ""
    if given is None and 0 not in site.told:
        message += f". Its output is taken to be {show(sizes)}"
        hint = f"say it: --shape {site.name}=" + ",".join("N" if size is None else str(size) for size in sizes)
    if why and site.inputs and None in site.shapes[0][1:]:
        hint = closing(drawn.inputs, "N") or hint
    severity: Severity | None = "error" if drawn.options.on_unknown == "error" else None
    drawn.report.add("unknown-layer", message, entry.origin, hint=hint, severity=severity)
    shapes = [sizes, *(_stated(site, i) or sizes for i in range(1, site.results))]
    layer = Custom(
        type=kind,
        arguments=dict(entry.fields),
        results=site.results,
        sizes=tuple([-1 if size is None else size for size in shape] for shape in shapes),
    )
    ref = site.add(layer)
    entry.custom = entry.custom or ref.node
    return [Ref(ref.node, i) for i in range(site.results)]


def _stated(site: Site, result: int) -> Shape | None:
    """Return the shape that the file has of a result; what it leaves open there is as in the first input."""
    told = site.told.get(result)
    if told is None or not site.inputs:
        return told
    own = site.shapes[0] if len(told) == site.rank else site.shapes[0][:1]
    open_sizes = (*own, *[None] * len(told))
    return tuple(other if size is None else size for size, other in zip(told, open_sizes, strict=False))


def _likely_shape(site: Site) -> Shape | None:
    """Return the shape that an unknown layer gives, as far as its fields say it, or that of its first input."""
    if not site.inputs:
        return None
    shape, fields = site.shapes[0], site.fields
    units, given = fields.get("units"), fields.get("output_shape")
    if isinstance(filters := fields.get("filters"), int) and "return_sequences" in fields and len(shape) > 3:
        # Its images are as large as what comes in where that is padded, as nearly all are.
        return (*shape[: 1 + bool(fields["return_sequences"])], *shape[2:-1], filters)
    if isinstance(units, int) and len(shape) == 3 and "return_sequences" in fields:
        return (*shape[:2], units) if fields["return_sequences"] else (shape[0], units)
    if isinstance(given, list) and all(each is None or isinstance(each, int) for each in given):
        return (shape[0], *given)
    return shape
