"""Layers over sequences: what a reading of one adds to a graph, batch before time before features."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extract.designs.assembly import Assembly
from extract.words.families import POOLS, POSTED, RECURRENT, goes_both_ways
from extract.words.reading import Reading
from ir import layers as L
from ir.layer import ShapeError
from ir.shapes import Shape

_LAYERS: dict[str, Any] = {"lstm": L.LSTM, "bilstm": L.LSTM, "gru": L.GRU, "rnn": L.SimpleRNN}


_GATES = {"lstm": (4, 1), "bilstm": (8, 1), "rnn": (1, 1), "gru": (3, 2)}
"""How many times as many weights a layer has as one gate, and how many biases each gate of it has in Keras."""


def _features(reading: Reading) -> int:
    """Return how many features each step has, of which a layer that recurs makes its printed number of parameters."""
    gates, biases = _GATES[reading.kind]
    units, count = int(reading.params.get("units", 0)), int(reading.params.get("count", 0))
    if not units or not count or count % (gates * units):
        return 0
    return max(0, count // (gates * units) - units - biases)


def input_of(readings: Sequence[Reading], to: Assembly) -> Shape | None:
    """Return the shape of token ids or a sequence, where the first layer takes such; None where it takes an image."""
    first = next((each for each in readings if each.kind not in _ALIKE and not at_each_step(each)), None)
    output: tuple[int, ...] = first.params.get("output", ()) if first else ()
    if (
        first is not None
        and first.kind in RECURRENT
        and (wide := readings[0].params.get("per_step"))
        and first is not readings[0]
    ):
        return (None, None, wide)
    if first is not None and first.kind in RECURRENT and (readings[0] is first or _is_sequence(readings[0])):
        taken = first.params.get("input", ()) if readings[0] is first else _steps(readings[0])
        if not taken and (features := _features(first)):
            to.infer(f"each step of the input has {features} features, as the number of parameters tells")
            return (None, output[0] if len(output) > 1 else None, features)
        if len(taken) != 2 and (readings[0] is not first or not taken):
            told = "128 are taken" if not taken or _LENGTH.search(readings[0].text) else f"{taken[-1]} are taken"
            to.ask(f"{to.name}: how many features has each step of the input? {told}")
            if taken and _LENGTH.search(readings[0].text):
                return (None, taken[0], 128)
        if not taken and len(output) > 1:
            return (None, output[0], 128)
        return (None, taken[0] if len(taken) > 1 else None, taken[-1] if taken else 128)
    if first is None or first.kind != "embedding":
        return None
    ahead: tuple[int, ...] = readings[0].params.get("output", ()) if readings[0] is not first else ()
    return (None, output[0] if len(output) > 1 else ahead[0] if len(ahead) == 1 else None)


_ALIKE = frozenset(("input", "dropout", *POSTED))
"""What is in front of a layer that tells what comes in, and takes anything."""
_LENGTH = re.compile(r"\b(?:length|steps|window|look-?back|seq\w*)\b", re.IGNORECASE)
"""Words for how many steps there are."""


def _steps(reading: Reading) -> tuple[int, ...]:
    """Return the sizes of an input in front of a recurrent layer, as it says them."""
    said: tuple[int, ...] = reading.params.get("output") or reading.params.get("shape") or ()
    return said or tuple(int(each) for each in re.findall(r"\d+", reading.text))[:2]


def _is_sequence(reading: Reading) -> bool:
    """Tell an input of steps and features, or of one number, from an image."""
    return reading.kind == "input" and len(_steps(reading)) < 3


_EACH_STEP = re.compile(r"time[- ]?distributed", re.IGNORECASE)


def at_each_step(reading: Reading) -> bool:
    """Tell a layer that its text says works on each step of a sequence: `TimeDistributed(Dense(64))`."""
    return bool(_EACH_STEP.search(reading.text))


def repeat(to: Assembly, reading: Reading, turn: int) -> None:
    """Make a sequence of a vector, which is each of its steps. Source: Keras, RepeatVector."""
    if len(to.shape) != VECTORS:
        raise ShapeError("repeats a vector, and {0} gives none")
    said = re.search(r"\d+", reading.text)
    times = int(said[0]) if said else next(iter(reading.params.get("output", ())), None)
    if not times:
        to.ask(f"{reading.text!r}: how many steps are there? 10 are taken")
    to.add(L.Reshape(sizes=(1, -1), axis=1), "steps")
    to.add(L.Tile(axis=1, times=times or 10), "repeat")
    to.over_time = True


VECTORS = 2
"""Axes of a batch of vectors."""
FEW_WORDS = 1000
"""Words that an embedding knows at least, of which not many are as long as a sequence."""


def embedding(to: Assembly, reading: Reading, turn: int) -> None:
    """Add an embedding; the number of its weights tells how many words it knows."""
    units = reading.params.get("units") or next(iter(reading.params.get("output", ())[-1:]), None)
    if to.nodes:
        to.ask(f"{reading.text!r} stands behind other layers: does another net begin there? None is taken to")
    if units is None:
        to.ask(f"{reading.text!r}: how wide are the vectors? 128 is taken")
        units = 128
    vocabulary = reading.params.get("vocabulary") or reading.params.get("count", 0) // units
    if not vocabulary:
        to.ask(f"{reading.text!r}: how many words are there? 10000 is taken")
    elif vocabulary < FEW_WORDS and re.search(r"\d ?[×x] ?\d", reading.text):
        to.ask(f"{reading.text!r}: are {vocabulary} the words that are known, or the steps? the words are taken")
    to.add(L.Embed(vocabulary=vocabulary or 10000, units=units), "embedding")


def recurrent(to: Assembly, reading: Reading, turn: int) -> None:
    """Add a recurrent layer, or one of each direction side by side; an image's columns are its steps."""
    if len(to.shape) == 4:
        by_columns(to, reading, turn)
    both = reading.kind == "bilstm" or goes_both_ways(reading.text)
    units = reading.params.get("units")
    if units is None and (output := reading.params.get("output")):
        units = output[-1] // (1 + both)
    if units is None:
        to.ask(f"{reading.text!r}: how many units? 128 are taken")
    sequences = reading.params.get("sequences", False) or turn + 1 < reading.times
    if reading.params.get("unsaid") and turn + 1 == reading.times:
        to.ask(f"{reading.text!r} is the last layer: does it give every step? So it is taken")
    layer = _LAYERS[reading.kind](units=units or 128, sequences=sequences)
    start, shape = to.tip, to.shape
    to.add(layer, reading.kind)
    if not both:
        return
    forward = to.tip
    to.go_to(start, shape)
    to.add(L.Reverse(axis=1), "reverse")
    to.add(layer, reading.kind)
    if sequences:
        to.add(L.Reverse(axis=1), "reverse")
    to.add(L.Concat(axis=2 if sequences else 1), "concat", forward, to.tip)


def by_columns(to: Assembly, reading: Reading, turn: int) -> None:
    """Make a sequence of an image's columns, or of its rows where as many steps are printed, or it is narrow.

    Source: Shi et al., CRNN, section 2.1.
    """
    high, wide = to.shape[2:]
    steps = (reading.params.get("output", ()) or (None,))[0] if len(reading.params.get("output", ())) > 1 else None
    down = high != wide and (steps == high or (wide == 1 and steps is None))
    to.add(L.Permute(order=(0, 2, 1, 3) if down else (0, 3, 1, 2)), "permute")
    to.add(L.Flatten(axis=2), "sequence")


def over_time(readings: Sequence[Reading], said: str = "") -> list[Reading]:
    """Return layers, each recurrent one told whether it gives every step: as its size, a caption or what follows says.

    Source: Shi et al., An End-to-End Trainable Neural Network for Image-based Sequence Recognition.
    """
    readings, found = _without_last_steps(readings), []
    spelt = bool(_SPELT.search(said)) and any(each.kind in ("conv", "maxpool", "pool") for each in readings)
    for i, each in enumerate(readings):
        if each.kind in RECURRENT:
            steps = gives_steps(each, readings[i + 1 :]) or (spelt and not each.params.get("output"))
            said_so = spelt or says_steps(each.text) or any(each.params.get(key) for key in ("output", "per_step"))
            unsaid = steps and not said_so and i == len(readings) - 1
            each = replace(each, params={**each.params, "sequences": steps, "unsaid": unsaid})
        found.append(each)
    return found


def gives_steps(reading: Reading, behind: Sequence[Reading]) -> bool:
    """Tell a recurrent layer that gives every step: as its size, its text or what is behind it says."""
    after = next((other.kind for other in behind if other.kind != "dropout"), "")
    output = reading.params.get("output", reading.params.get("drawn", ()))
    last = after in ("", "decoding") or says_steps(reading.text)
    units = reading.params.get("units", 0)
    steps = len(output) == 1 and bool(units) and output[0] not in (units, 2 * units)  # That are printed alone.
    whole = steps or sum(size > 1 for size in output) > 1 or "per_step" in reading.params
    dense = next((other for other in behind if other.kind == "dense"), None)
    decoded = any(_DECODED.search(other.text) for other in behind)
    stepped = after == "dense" and dense is not None and (decoded or at_each_step(dense))
    return whole or stepped or after in (*RECURRENT, *POOLS) or (not output and last)


_SPELT = re.compile(r"\b(?:text|handwrit\w+|scene text|licen[cs]e plate|word) recogni|\btranscription\b|\bCTC\b", re.I)
"""What a caption says of networks that give a letter at each step."""
_DECODED = re.compile(r"\bctc\b|^transcription\b", re.IGNORECASE)
"""What is made of the letters that are likely at each step. Source: Graves et al., CTC."""


def is_decoding(text: str) -> bool:
    """Tell what makes a text of the letters that are likely at each step."""
    return bool(_DECODED.search(text))


def says_steps(text: str) -> bool:
    """Tell a text that says that a layer gives every step: `return_sequences=True`, `return sequences`."""
    return bool(re.search(r"return_?sequences?(?!\W?false)", re.sub(r"\s", "", text.lower())))


_LAST_STEP = re.compile(
    r"(?:extract|take|select|get|use|keep)?\w* ?(?:the )?\blast"
    r"(?: (?:time[ -]?)?(?:step|output|frame|state|hidden)\w*)*",
    re.IGNORECASE,
)
"""What a row is called that hands on the last step of a sequence: Extract Last, Last time step."""


def _without_last_steps(readings: Sequence[Reading]) -> list[Reading]:
    """Return layers, a recurrent one with the last step that a row behind it hands on as what it gives itself."""
    found: list[Reading] = []
    for each in readings:
        before = found[-1] if found else None
        given = each.params.get("output", ())
        steps = before is not None and before.kind in RECURRENT and before.params.get("output", ())[1:] == given != ()
        if before and steps and not each.posts and _LAST_STEP.fullmatch(each.text.strip()):
            found[-1] = replace(before, params={**before.params, "output": given})
        else:
            found.append(each)
    return found
