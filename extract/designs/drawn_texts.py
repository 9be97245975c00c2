"""The layers that the texts of a drawn box say, put behind what leads to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extract.designs.assembly import POSTS, Assembly
from extract.designs.box_lines import left_out, said_in
from extract.designs.drawn_joins import cropped, custom, join
from extract.designs.fitting import by
from extract.designs.hand_drawn import WIDTH, is_size, many_in, said, sequence_in, taken_in, usual
from extract.designs.joints import Joints
from extract.designs.placing import LayersOf
from extract.designs.plain_layers import STEPPED
from extract.designs.sequences import gives_steps, input_of, is_decoding, says_steps
from extract.designs.sizes_given import LARGEST_WINDOW
from extract.drawings.drawn import DrawnLayer
from extract.words.families import FILTERED, JOINS, LOCAL_POOLS, RECURRENT
from extract.words.reading import Reading
from ir import layers as L
from ir.graph import Ref
from ir.shapes import Shape

_IS_MADE = re.compile(
    r"(?<!next )(?<!previous )(?<!last )"
    r"\b(?:forward|ffn|mlp|attention|trans?former|(?:en|de)coder|head|module|block|layer|unit|cell|net(?:work)?|split)\b"
    r"(?P<end>\W*\d*$)?",
    re.IGNORECASE,
)
"""What is made of layers, and no name of what comes out."""
_LETTERS = re.compile(r"(?<![\w=×])[A-Z]\d? ?,|, ?[A-Z]\d?(?![\w=.:])(?! ?[=×])")
"""Letters among the settings of a layer, which stand for sizes."""
MOST_TIMES = 64
"""How often a layer of a figure comes at most without a question."""
LONG = 128
"""Steps of a sequence where nobody says how many, and a layer has to know."""


def place_texts(
    to: Assembly,
    layer: DrawnLayer,
    refs: Sequence[tuple[Ref, Shape]],
    after: Sequence[str],
    keeps: bool,
    timed: set[Ref],
    joints: Joints,
) -> None:
    """Add the layers that the texts of a box say; `after` has the texts of the boxes behind it.

    `timed` are the tensors that have time before features.
    """
    readings = [each for each in layer.shows if each.kind != "input"] or said_in(layer.lines or (layer.type,))
    if not refs:
        readings = _begin(to, layer, readings, after, timed)
        if not readings:
            if _shown(layer) is None and any(each["end"] is not None for each in _IS_MADE.finditer(layer.type)):
                _carry(to, layer, [(to.tip, to.shape)])
            return
        refs = [(to.tip, to.shape)]
    to.go_to(*refs[0])
    if not after and len(refs) == 1 and _is_same(to, layer, readings):
        to.infer(f"{layer.type!r} is taken for the name of what comes out")
        return
    if readings and readings[0].kind == "embedding" and _gives_vectors(to):
        readings = []
    if readings:
        _ask_for_more(to, layer, readings)
        at = next((i for i, each in enumerate(readings) if each.kind in JOINS), 0) if len(refs) > 1 else 0
        if at:
            refs = _with_smallest(to, layer, refs)
            _place(to, layer, readings[:at], after, keeps, timed)
            refs, readings = [(to.tip, to.shape), *refs[1:]], readings[at:]
        _join(to, layer, readings, refs, joints)
        _place(to, layer, readings, after, keeps, timed)
    elif not after and len(refs) == 1 and (units := many_in(layer.lines)) and to.shape[1] != units:
        to.ask(
            f"{layer.type!r} is behind what is {to.shape[1]} wide: is it a layer of its own? {units} units are taken"
        )
        LayersOf(to, is_last=True).of(Reading("dense", {"units": units}, text=layer.type))
    elif len(refs) > 1 and re.fullmatch(r"[cCⒸ©]", layer.type):
        to.ask(f"{layer.type!r} is behind {len(refs)} boxes: does it put them behind each other? that is taken")
        join(to, "concat", refs)
    elif len(refs) == 1 and _sizes_of(layer.type) == {each for each in to.shape[1:] if each}:
        to.infer(f"{layer.type!r} is taken for the name of what comes out of the box before it")
    elif not after and len(refs) == 1 and not _IS_MADE.search(layer.type):
        to.infer(f"{layer.type!r} is taken for the name of what comes out")
    elif len(refs) > 1 or not is_size(layer.type):
        _carry(to, layer, refs)
    else:  # A size alone is that of what comes out of the box before it.
        _compare(to, layer)


def _is_same(to: Assembly, layer: DrawnLayer, readings: Sequence[Reading]) -> bool:
    """Tell an output behind a Dense that is as wide as that, of which nothing more is said."""
    made = next((each.layer for each in to.nodes if each.name == to.tip.node), None)
    if len(readings) != 1 or readings[0].kind != "dense" or readings[0].posts or not isinstance(made, L.Dense):
        return False
    wide = readings[0].params.get("units") or next(iter(readings[0].params.get("output", ())[-1:]), None)
    return wide == to.shape[1] and bool(re.match(r"(?!.*\blayer)(?:outputs?|logits)\b", layer.type, re.IGNORECASE))


def _compare(to: Assembly, layer: DrawnLayer) -> None:
    """Ask what makes a tensor of another size than comes in, where a box says but its sizes."""
    drawn, given = sorted(map(int, re.findall(r"\d+", layer.type))), to.shape[1:]
    if len(drawn) == len(given) == 3 and drawn != sorted(each or 0 for each in given):
        to.misfit(f"{layer.type!r} is drawn, but {by(given)} comes there: what is between them?")


def _sizes_of(text: str) -> set[int]:
    """Return the sizes that stand behind the name of a tensor: `Latent z 64 x 256`."""
    found = re.fullmatch(r"[^\d×]*[^\d× ]? ?[\[(]?(\d+(?: ?[×x,] ?\d+)*)[\])]?", text)
    return {int(each) for each in re.findall(r"\d+", found[1])} if found else set()


def _gives_vectors(to: Assembly) -> bool:
    """Tell what holds vectors or features, of which an embedding is only the name, from words by their numbers."""
    made = next((each.layer for each in to.nodes if each.name == to.tip.node), None)
    return len(to.shape) > 2 or (made is not None and not isinstance(made, L.Custom))


def _ask_for_more(to: Assembly, layer: DrawnLayer, readings: Sequence[Reading]) -> None:
    """Ask for what the text of a box says besides the layers that are read of it."""
    for each in readings:
        if each.times > MOST_TIMES:
            to.ask(f"{each.text!r}: does it come {each.times} times? it is built so often")
        open_sizes = each.params.keys() & {"filters", "units"} and _LETTERS.search(each.text)
        if each.unclear or open_sizes:
            to.ask(f"of {each.text!r} not all is understood: how is it meant?")
    if not layer.shows and (more := left_out(layer.type, readings)):
        to.ask(f"{layer.type!r} says {' and '.join(map(repr, more))} too: where does that stand? it is left out")


def _begin(
    to: Assembly, layer: DrawnLayer, readings: list[Reading], after: Sequence[str], timed: set[Ref]
) -> list[Reading]:
    """Add the input that a box is, or takes, and return the layers that it says besides."""
    shape = _shown(layer) or taken_in(layer.type)
    readings = [] if shape else readings
    sequence = None if shape else _sequence(layer.type, readings, after, to)
    shape = shape or sequence
    if shape is None or (sequence is None and None in shape[1:]):
        first = [*readings, *(each for text in after for each in said(text))]
        shape = shape or _as_taken(usual(layer.type), first)
        taken = " x ".join("?" if size is None else str(size) for size in shape[1:])
        to.ask(f"{to.name}: what is the shape of {layer.type or 'the input'!r}? {taken} is taken")
    to.start(shape)
    if sequence is not None:
        timed.add(to.tip)
    return readings


def _as_taken(shape: Shape, first: Sequence[Reading]) -> Shape:
    """Return the usual shape of an image with as many channels as the first convolution takes."""
    takes = next((each for each in first if each.kind in FILTERED), None)
    channels = takes.params.get("in_channels") if takes else None
    return (None, channels, *shape[2:]) if channels and len(shape) == 4 else shape


def _join(
    to: Assembly, layer: DrawnLayer, readings: list[Reading], refs: Sequence[tuple[Ref, Shape]], joints: Joints
) -> None:
    """Join what several arrows bring to a box: as its first text says, which is taken away, or as is told elsewhere."""
    if len(refs) > 1 and readings[0].kind in JOINS:
        joint = readings.pop(0)
        join(to, joint.kind, cropped(to, refs) if "crop" in joint.text.lower() else refs)
    elif len(refs) > 1:
        joints.join(to, layer.type, refs)


def _with_smallest(to: Assembly, layer: DrawnLayer, refs: Sequence[tuple[Ref, Shape]]) -> list[tuple[Ref, Shape]]:
    """Go to the smallest image of those that lead to a box that says a layer before it joins them, and put it first.

    Of those of one size it is the last one.
    """
    to.ask(f"{layer.type!r} is behind {len(refs)} boxes: which is taken before they are joined? the smallest is")
    names = [each.name for each in to.nodes]
    late = {ref: names.index(ref.node) if ref.node in names else -1 for ref, _ in refs}
    least = min(refs, key=lambda each: ([size or 0 for size in each[1][2:]], -late[each[0]]))
    to.go_to(*least)
    return [least, *(each for each in refs if each != least)]


def _place(
    to: Assembly, layer: DrawnLayer, readings: Sequence[Reading], after: Sequence[str], keeps: bool, timed: set[Ref]
) -> None:
    """Add the layers of a box behind each other."""
    behind = [*readings, *(each for text in after for each in said(text)[:1])]
    attended = any(re.search(r"attention", text, re.IGNORECASE) for text in after[:1])
    for place, reading in enumerate(_normed(to, readings, after), 1):
        reading = _along_steps(to, reading, timed)
        params = _completed(to, layer, reading, after, keeps)
        if reading.kind in RECURRENT and (behind[place:] or attended or says_steps(reading.text)):
            params["sequences"] = gives_steps(reading, [] if attended else behind[place:])
        classes: tuple[int, ...] = params.get("output") or tuple(params[key] for key in ("units",) if key in params)
        if reading.kind in ("softmax", "sigmoid") and len(classes) == 1 and to.shape[1] != classes[0]:
            LayersOf(to, is_last=True).of(Reading("dense", {"units": classes[0]}, text=reading.text))
        _turn(to, reading, timed)
        asked = to.misfits
        was_timed = to.tip in timed
        LayersOf(to, is_last=True).of(replace(reading, params=params))
        if reading.kind in (*RECURRENT, "embedding") or (was_timed and len(to.shape) == 3):
            timed.add(to.tip)
        output, given = tuple(params.get("output", ())), to.shape[2:]
        if to.misfits == asked and len(output) == len(given) and None not in given and output != given:
            to.misfit(f"{reading.text!r} gives {by(given)}, but {by(output)} is drawn: how is it meant?")


def _normed(to: Assembly, readings: Sequence[Reading], after: Sequence[str]) -> list[Reading]:
    """Return readings, of which a normalisation without a name is that of layers beside attention, which is asked."""
    near = [*after, *(str(each.layer.type) for each in to.nodes if isinstance(each.layer, L.Custom))]
    if not any(re.search(r"attention|transformer", text, re.IGNORECASE) for text in near):
        return list(readings)
    found = []
    for each in readings:
        is_bare = each.kind == "lrn" and re.fullmatch(r"(?:\w+ )?norm\w*", each.text.strip(), re.IGNORECASE)
        if is_bare:
            to.ask(f"{each.text!r}: which normalisation is it? that over features is taken, as beside attention")
        found.append(replace(each, kind="ln") if is_bare else each)
    return found


def _completed(to: Assembly, layer: DrawnLayer, reading: Reading, after: Sequence[str], keeps: bool) -> dict[str, Any]:
    """Return the parameters of a layer, with those that its box leaves open as far as they must be taken."""
    params = dict(reading.params)
    if reading.kind == "conv" and "filters" not in params:
        params["filters"] = layer.params.get("num_output", WIDTH)
        if "num_output" not in layer.params:
            to.ask(f"{layer.type!r}: how many filters? {WIDTH} are taken")
    if reading.kind == "dwconv" and (many := re.search(r"\bD ?= ?(\d)\b", reading.text)):
        params = {key: value for key, value in params.items() if key != "dilation"}
        params["filters"] = int(many[1]) * (to.shape[1] or 1)  # So many filters for each channel.
    spans = [a == b and a > LARGEST_WINDOW for a, b in zip(params.get("kernel", ()), to.shape[2:], strict=False)]
    if reading.kind in ("conv", "dwconv") and not params.keys() & {"pad", "output"} and any(spans):
        params["pad"] = "valid"
        to.infer(f"{reading.text!r} goes over all of the image along one side, so that it has no border")
    if reading.kind == "conv" and "dilation" not in params and re.search(r"(?i)\b(?:dilated|atrous)\b", reading.text):
        params["dilation"] = 2
        to.ask(f"{reading.text!r}: how far is it dilated? 2 is taken")
    if reading.kind == "dense" and len(to.shape) == STEPPED and any(map(is_decoding, after)):
        params |= {"steps": True, "per_step": params.get("units")}
    if reading.kind == "dense" and "units" not in params and params.get("output", ())[:-1] == (1,):
        params["units"] = params.pop("output")[-1]
    if reading.kind == "avgpool" and not params.keys() & {"kernel", "output"}:
        params |= _window_of_means(to, reading, after)
    is_odd = all(each % 2 for each in params.get("kernel", (3, 3)))  # Even windows would shift the image.
    if reading.kind in LOCAL_POOLS and keeps and is_odd and "stride" not in params:
        params |= {"kernel": params.get("kernel", (3, 3)), "stride": (1, 1), "pad": "same"}
        to.infer(f"{reading.text!r} keeps the size of the image, as what it is joined with has that size")
    inner = any(each.kind == "dense" or each.kind in JOINS for text in after for each in said(text))
    if reading.kind == "dense" and inner and "units" not in params:
        params["units"] = to.shape[1]
        to.ask(f"{reading.text!r}: how many units? as many as channels come in, {to.shape[1]}, are taken")
    return params


def _window_of_means(to: Assembly, reading: Reading, after: Sequence[str]) -> dict[str, Any]:
    """Return the window of a mean where it is not over the whole image, as it is in front of convolutions."""
    window = reading.params.get("stride", (2, 2))
    if any(each.kind == "conv" for text in after for each in said(text)):
        to.infer(f"{reading.text!r} has no window: {by(window)} is taken, as is usual")
    elif any(isinstance(each.layer, L.AvgPool2D) for each in to.nodes):
        to.ask(f"{reading.text!r}: over what does it pool? over {by(window)} is taken, as before")
    else:
        return {}
    return {"kernel": window}


def _sequence(text: str, readings: Sequence[Reading], after: Sequence[str], to: Assembly) -> Shape | None:
    """Return the shape of a sequence, batch before time, where that is what the first layers take."""
    first = next(
        (each for each in (*readings, *(r for each in after for r in said(each))) if each.kind not in POSTS), None
    )
    if first is None or not (first.kind in (*RECURRENT, "embedding") or first.params.get("axes") == 1):
        return None
    shape = sequence_in(text)
    if shape is not None and first.kind != "embedding":
        if shape[1] is None and any(each.kind == "flatten" for text in after for each in said(text)):
            to.ask(f"{to.name}: how long is the sequence that comes in? {LONG} steps are taken")
            shape = (None, LONG, shape[2])
        if shape[1] is not None and shape[1] < (shape[2] or 0):
            to.ask(f"{to.name}: which size of {text!r} is how long it is? the larger one is taken")
            shape = (None, shape[2], shape[1])
        return shape
    if first.params.get("axes") != 1:
        return input_of([first], to)
    to.ask(f"{to.name}: how many features has each step of the input? {WIDTH} are taken")
    return (None, None, WIDTH)


def _along_steps(to: Assembly, reading: Reading, timed: set[Ref]) -> Reading:
    """Return a layer, a convolution of so many steps that stands behind a sequence as one along it.

    Its window may be as wide as the features of a step: `3×300` over words.
    """
    window: tuple[int, ...] = reading.params.get("kernel", ())
    if reading.kind != "conv" or len(to.shape) != STEPPED or to.tip not in timed or "axes" in reading.params:
        return reading
    if len(window) == 2 and (window[0] == window[1] or window[1] == to.shape[2]):
        return replace(reading, params={**reading.params, "axes": 1, "kernel": (window[0],) * 2})
    return reading


def _turn(to: Assembly, reading: Reading, timed: set[Ref]) -> None:
    """Turn a sequence for a layer along it, which takes features before time, or for a recurrent one."""
    wants_time = reading.kind in RECURRENT
    along = reading.params.get("axes") == 1 or "pool" in reading.kind or reading.kind == "bn"
    if len(to.shape) == 3 and (wants_time or along) and wants_time != (to.tip in timed):
        to.add(L.Permute(order=(0, 2, 1)), "permute")


def _carry(to: Assembly, layer: DrawnLayer, refs: Sequence[tuple[Ref, Shape]]) -> None:
    """Add a box that is not known: it takes what all arrows to it bring."""
    to.ask(f"{layer.type or 'box'!r} is not known here: what is it made of?")
    if len(refs) > 1:
        to.infer(f"{layer.type!r} takes what {len(refs)} boxes give, and is taken to give what is like the first")
    custom(to, layer.type, refs)


def _shown(layer: DrawnLayer) -> Shape | None:
    """Return the shape of what comes in, where the sizes of a volume show it."""
    sizes = next((each.params.get("shape", ()) for each in layer.shows if each.kind == "input"), ())
    return (None, sizes[-1], *sizes[:-1]) if sizes else None
