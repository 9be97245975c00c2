"""A layer as a framework calls it, `Conv2d(3, 64, kernel_size=7)`, or a word with a value: `Filters(64)`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from extract.words.described import SMALL, Described, dropped, sides
from extract.words.families import FILTERED, POOLS, UNITS, UNSLOPED, WHOLE_POOLS, WINDOWED
from extract.words.lexicon import kind_of, mode_of, posts_of
from extract.words.signatures import CALLS, KEYS, LARGEST_KERNEL, order_of
from extract.words.windows import keep_window


def take_call(layer: Described, token: str) -> None:
    """Take a name with arguments in brackets: a layer of a framework, or a word with its value."""
    name, _, inner = token.partition("(")
    name, inner = name.strip(" -"), inner.removesuffix(")")
    # PyTorch writes Conv2d, and Keras Conv2D.
    name = f"nn.{name.lower().removeprefix('nn.')}" if re.search(r"[a-z][123]d$", name) else name.lower()
    arguments = [each.strip() for each in re.split(r",(?![^(]*\))", inner) if each.strip()]
    if arguments and all(map(_is_label, arguments)):
        return
    if (posts := posts_of(name)) and not kind_of(name):
        if posts[0] in UNSLOPED and len(arguments) == 1 and arguments[0].isdecimal():
            layer.numbers.append(float(arguments[0]))
        return  # How steep an activation is.
    order = CALLS.get(name)
    if order and order[0] == "in_features" and len(arguments) == 1:
        order = order[1:]  # What comes in need not be said.
    if order and name.removeprefix("nn.").startswith("conv") and not re.search(r"\d [a-z]", inner):
        layer.params["unpadded"] = True  # As frameworks have it where nothing else is said.
    if _is_whole(layer, name, inner, arguments, bool(order)):
        return
    order = _order(layer, name, arguments, order)
    for i, argument in enumerate(arguments):
        if _is_set(layer, argument):
            continue
        if layer.kind in WINDOWED and re.fullmatch(r"\d+(?: ?× ?\d+){1,3}", argument):
            _take_window(layer, _numbers(argument))
            order = order if i else ()  # A window in front is in no framework's order.
        elif layer.kind in FILTERED and not order and argument.isdecimal() and "×" in inner and i == 0:
            layer.params["filters"] = int(argument)  # So many, and behind it their window: conv (32, 3×3).
        else:
            _take_plain(layer, argument, order, i, len(arguments))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", text))


def _is_whole(layer: Described, name: str, inner: str, arguments: Sequence[str], ordered: bool) -> bool:
    """Take what all of a call says: widths through a layer, a word's value, what comes in; tell whether it is such."""
    if len(arguments) == 1 and layer.kind in ("dense", *FILTERED) and (steps := re.split(r" ?→ ?", arguments[0]))[1:]:
        _through(layer, [int(each) for each in steps if each.isdecimal()])
        return True
    if layer.kind == "dense" and not ordered and all(map(str.isdecimal, arguments)):
        # Two may be how many come in and out; more are layers, one behind the other, as those of an MLP are.
        layer.widths = tuple(map(int, arguments)) if len(arguments) > 2 or name == "mlp" else ()
    key = KEYS.get(" ".join(re.split(r"[_ ]+", name)), "") if not ordered else ""
    if key and re.fullmatch(r"\d+" if key == "filters" else r"\d+(?:, ?\d+)*", inner):
        _argument(layer, key, _numbers(inner), inner)  # Filters(64).
        return True
    if layer.kind == "input" and (sizes := re.findall(r"\d+(?:\s*×\s*\d+)+", inner)):
        layer.sizes.append(_numbers(sizes[0]))
    elif layer.kind == "reshape" and re.fullmatch(r"\d+(?:, ?\d+){1,2}", inner):
        layer.params["shape"] = _numbers(inner)
        return True
    elif layer.kind == "input" and re.fullmatch(r"(?:(?:None|[A-Z]), ?)?\d+(?:, ?\d+)*,?", inner):
        given = _numbers(inner)
        layer.params |= {"shape" if len(given) > 1 else "output": given}
        return True
    return False


def _order(layer: Described, name: str, arguments: Sequence[str], known: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return what the arguments of a call are by their places, nothing where that is open."""
    called = "conv" if layer.kind in FILTERED and name not in CALLS else name
    order = order_of(called, arguments) or known or ()
    if called == "conv" and not order and len(arguments) == 2 and all(map(str.isdecimal, arguments)):
        few, many = map(int, arguments)
        if few < SMALL < many:
            order, layer.is_twofold = ("kernel", "filters"), True  # Or so many channels come in.
    if order[:2] == ("kernel", "kernel"):
        layer.is_twofold = True  # Or a window and its step.
    if layer.kind in POOLS and len(arguments) == 2 and all(map(str.isdecimal, arguments)):
        first, second = map(int, arguments)
        order = () if first < second else order  # No window is stepped over: these are its sides.
        if not order and first > second and first % 2:
            order, layer.is_twofold = ("kernel", "stride"), True  # As overlapping windows are, or the sides of one.
    return order


def _is_set(layer: Described, argument: str) -> bool:
    """Take an argument that is set by its name or letter; tell whether it is such."""
    key, equal, value = re.sub(r"(?<=\d)\.0+\b", "", argument).partition("=")
    glued = re.fullmatch(r"([nksp])(\d+(?:×\d+)?)", argument, re.IGNORECASE)
    numbers, plain = _numbers(value if equal else argument), key.strip().lower()
    if (passed := re.fullmatch(r"(\d+) ?→ ?(\d+)", argument)) and layer.kind in ("dense", *FILTERED):
        _through(layer, [int(passed[1]), int(passed[2])])
    elif glued:
        name = "units" if layer.kind in UNITS and glued[1] in "nN" else KEYS[glued[1].lower()]
        _argument(layer, name, numbers, argument)
    elif (side := _SIDE.fullmatch(key.strip())) and len(numbers) == 1 and layer.kind in WINDOWED:
        _one_side(layer, KEYS[side[1].lower()], numbers[0], high=side[2].lower() == "h")
    elif equal and layer.kind in WHOLE_POOLS and plain.startswith("output"):
        layer.params["kernel"] = sides(numbers)  # How large the image is behind it.
    elif equal and (layer.kind == "embedding" or plain not in _ALONG):
        _argument(layer, KEYS.get(" ".join(re.findall(r"[^_ .]+", plain)), ""), numbers, value)
    else:
        return bool(equal)
    return True


def _take_window(layer: Described, numbers: tuple[int, ...]) -> None:
    if len(numbers) > len("hw") and "filters" not in layer.params:
        layer.sizes.append(numbers)
    else:
        layer.params["kernel"] = numbers[:2]
        keep_window(layer, numbers)


def _take_plain(layer: Described, argument: str, order: Sequence[str], i: int, many: int) -> None:
    """Take one of so many arguments by its place, or by what a number of such a layer is."""
    numbers = _numbers(argument)
    if _goes_on(layer, numbers, bool(order)):
        key = "stride" if numbers[0] < SMALL else "filters"
        layer.params[key] = numbers * 2 if key == "stride" else numbers[0]
    elif i < len(order) and numbers and (order[i] != "kernel" or "kernel" not in layer.params):
        _argument(layer, order[i], numbers, argument)
    elif layer.kind in FILTERED and order and argument.isdecimal() and "filters" not in layer.params:
        layer.params["filters"] = numbers[0]  # Its window is set by name.
    elif layer.kind in POOLS and many == 1 and argument.isdecimal():
        layer.params["kernel"] = sides(numbers)
    elif layer.kind in POOLS and many == 2 and numbers:
        layer.params["kernel"] = (*layer.params.get("kernel", ()), numbers[0])
    elif layer.kind in UNITS and numbers and "+" not in argument:
        layer.params["units"] = numbers[0]
    elif layer.kind == "resblock" and argument.isdecimal() and numbers[0] > LARGEST_KERNEL:
        layer.params["filters"] = numbers[0]
    elif layer.kind == "pad" and numbers:
        layer.params.setdefault("pad", numbers if len(numbers) > 1 else numbers[0])
    elif layer.kind == "dropout" and numbers:
        _argument(layer, "rate", numbers, argument)
    elif layer.kind in ("dense", *FILTERED) and kind_of(argument) == "softmax":
        layer.extra.append("softmax")


_ALONG = ("dim", "axis")
"""Along which axis something works, where it is set: none of a design's sizes."""
_SIDE = re.compile(r"(pool|kernel|stride|pad|k|s|p)[ _]?([hw])(?:eight|idth)?", re.IGNORECASE)
"""One side of a window, of a step or of a border: poolH, kernel_w."""


def _one_side(layer: Described, key: str, size: int, *, high: bool) -> None:
    """Take one side, and both where the other is not said."""
    said = layer.params.get(key, (size, size))
    layer.params[key] = (size, said[1]) if high else (said[0], size)


def _is_label(argument: str) -> bool:
    """Tell what says which one a layer is from what it is made with: `(Path 1)`, `(branch B)`.

    >>> _is_label("Path 1"), _is_label("RSSI"), _is_label("stride 2"), _is_label("kernel=3"), _is_label("k3")
    (True, True, False, False, False)
    """
    named = re.fullmatch(r"([A-Za-z]{3,}(?: [A-Za-z]+)*)(?: ?#?[A-Z\d]{1,2})?", argument)
    words = named[1].lower() if named else ""
    known = any(re.search(rf"\b{key}s?\b", words) for key in KEYS if len(key) > 2)
    return bool(named) and not (known or kind_of(argument) or posts_of(argument) or words in ("same", "valid"))


def _through(layer: Described, widths: list[int]) -> None:
    """Take how many come in and go out of a layer, or of several Dense behind each other: `128 → 64 → 1`."""
    if len(widths) == 2:
        names = ("in_features", "units") if layer.kind == "dense" else ("in_channels", "filters")
        layer.params |= dict(zip(names, widths, strict=True))
    elif layer.kind == "dense":
        layer.widths = tuple(widths[1:])


def _goes_on(layer: Described, numbers: tuple[int, ...], ordered: bool) -> bool:
    """Tell a number behind a window in brackets, as in `conv1 (7×7×3, 2)`."""
    windowed = layer.kind in WINDOWED and layer.kind not in POOLS
    sized = bool(layer.sizes) or len(layer.params.get("kernel", ())) == len("hw")
    return windowed and not ordered and sized and len(numbers) == 1


def _argument(layer: Described, key: str, numbers: tuple[int, ...], said: str) -> None:
    """Take the value of an argument by what it is called in a design: a kernel, a rate."""
    if key == "in_features" and layer.kind == "embedding":
        key = "vocabulary"  # Of so many words a vector each.
    if key == "activation":
        plain = said.strip("'\" \u2018\u2019\u201c\u201d")
        layer.extra += posts_of(plain) or [kind_of(plain) or plain]
    elif key == "rate" or (key == "pad" and layer.kind == "dropout"):
        if share := re.search(r"\d*\.?\d+", said):
            layer.params["rate"] = dropped(float(share[0]) / (100 if "%" in said else 1), layer.said)
    elif key in ("bias", "rounding"):
        if re.search("false" if key == "bias" else "true", said, re.IGNORECASE):
            layer.params[key] = False if key == "bias" else "ceil"
    elif key in ("kernel", "stride") and numbers:
        layer.params[key] = sides(numbers)
    elif key == "pad" and len(set(numbers)) > 1:
        layer.params[key] = numbers
    elif key == "pad" and not numbers and mode_of(f"pad={said}"):
        layer.params.setdefault(key, "same")  # As wide as its window needs.
    elif key == "pad" and (border := re.search(r"same|valid", said, re.IGNORECASE)):
        layer.params[key] = border[0].lower()
    elif key == "units" and "×" in said:
        layer.params[key] = prod(numbers)  # As a mean and a variance of each.
    elif key == "in_features" and re.fullmatch(r"\d+(?: ?[×*] ?\d+)+", said.strip()):
        layer.params[key] = prod(numbers)  # All numbers of an image.
    elif key and numbers:
        layer.params[key] = numbers[0]
