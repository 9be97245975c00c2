"""What each of ONNX's operators is in layers of the catalogue: a function of its site that returns its results.

`Unsayable` is for what the catalogue has no words for, ValueError for what makes no sense. Operators that no function
is for are those of the table of rules. Source: https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from translator.attrs import Attrs
from translator.dialects.onnx.mapping import TAUGHT, rules
from translator.dialects.onnx.operators import (
    activation,
    arrange,
    attention,
    casting,
    choose,
    contributed,
    control,
    einsum,
    geometry,
    language,
    learned,
    logic,
    losses,
    normalize,
    placing,
    pointwise,
    quantize,
    recurrent,
    reduce,
    regions,
    resample,
    sequence,
    signal,
    whole,
    windows,
)
from translator.dialects.onnx.reading import Site
from translator.dialects.onnx.values import Value
from translator.dialects.onnx.versions import DEFAULT, STANDARD
from translator.mapping import At, Unsayable

Read = Callable[[Site], list[Value]]

READERS: dict[str, Read] = {
    **windows.READERS,
    **learned.READERS,
    **pointwise.READERS,
    **logic.READERS,
    **activation.READERS,
    **arrange.READERS,
    **reduce.READERS,
    **resample.READERS,
    **recurrent.READERS,
    **normalize.READERS,
    **choose.READERS,
    **casting.READERS,
    **einsum.READERS,
    **attention.READERS,
    **quantize.READERS,
    **sequence.READERS,
    **losses.READERS,
    **regions.READERS,
    **signal.READERS,
    **control.READERS,
    **language.READERS,
    **geometry.READERS,
    **placing.READERS,
    "Mod": whole.modulo,
}
"""The functions, by operator."""
OTHERS: dict[tuple[str, str], Read] = {**attention.OTHERS, **contributed.OTHERS}
"""The functions of operators of other domains, by domain and operator."""
OF_WHOLE: dict[str, Read] = whole.READERS
"""Those of operators that work with whole numbers, where they do otherwise with these."""


def by_table(site: Site) -> list[Value]:
    """Read an operator that is one layer with attributes, by the first rule that fits it.

    Of an operator that is not ONNX's own only the rules of plugins can tell.
    """
    operator = site.operator
    table = rules(DEFAULT).named(operator.kind) if operator.domain in STANDARD else TAUGHT
    tensors = [each for each in site.inputs if each is not None and each.tensor is None]
    at = At(operator.called, [each.shape for each in tensors], results=max(1, len(operator.outputs)))
    attrs = Attrs(operator.attributes)
    for rule in table:
        if rule.foreign == operator.kind and rule.build is None and rule.fits(attrs, at, {}, len(tensors)):
            break
    else:
        raise Unsayable("there is none for it")
    unknown = sorted(set(attrs) - rule.keys)
    if unknown:
        raise Unsayable(f"the attribute {unknown[0]} has no meaning for it")
    layer: Any = rule.read(attrs, at)
    if layer.outputs < len(operator.outputs):
        site.one_output()
    weights = {}
    places = [place for place in range(len(site.inputs)) if site.is_constant(place)]
    blobs = [blob for blob in rule.blobs_of(layer) if blob.role in layer.weights(*at.inputs)]
    if len(places) != len(blobs):
        raise Unsayable(f"it takes {len(places)} arrays where a {type(layer).__name__} has {len(blobs)}")
    for blob, place in zip(blobs, places, strict=True):
        weights[blob.role] = site.weight(place)
    return site.add(layer, *(site.builder.as_tensor(each) for each in tensors), weights=weights)
