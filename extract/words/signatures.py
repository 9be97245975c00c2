"""How frameworks call layers and their arguments, as papers print such calls."""

from __future__ import annotations

import re
from collections.abc import Sequence

LARGEST_KERNEL = 15
"""A window of more is the size of an image."""
_WINDOWED = ("in_channels", "filters", "kernel", "stride", "pad")
_FROM_FILTERS = _WINDOWED[1:]
_POOLED = ("kernel", "stride", "pad")
CALLS = {
    **{f"conv{axes}d{how}": ("filters", "kernel", "stride") for axes in (1, 2, 3) for how in ("", "transpose")},
    **{f"separableconv{axes}d": ("filters", "kernel", "stride") for axes in (1, 2)},
    **{f"depthwiseconv{axes}d": ("kernel", "stride") for axes in (1, 2)},
    **{f"nn.conv{how}{axes}d": _WINDOWED for axes in (1, 2, 3) for how in ("", "transpose")},
    **{f"{how}pooling{axes}d": ("kernel", "stride") for axes in (1, 2, 3) for how in ("max", "average")},
    **{f"nn.{how}pool{axes}d": _POOLED for axes in (1, 2, 3) for how in ("max", "avg")},
    "dense": ("units",),
    "linear": ("in_features", "units"),
    "nn.linear": ("in_features", "units"),
    **dict.fromkeys(
        ("upsampling", "upsample", *(f"upsampling{axes}d" for axes in (1, 2, 3)), "pixelshuffle", "nn.pixelshuffle"),
        ("kernel",),
    ),
    **{f"zeropadding{axes}d": ("pad",) for axes in (1, 2, 3)},
    **{f"nn.{how}pad{axes}d": ("pad",) for axes in (1, 2, 3) for how in ("zero", "reflection", "replication")},
    "dropout": ("rate",),
    "nn.dropout": ("rate",),
    **dict.fromkeys(("lstm", "gru", "simplernn"), ("units",)),
    **dict.fromkeys(("nn.lstm", "nn.gru", "nn.rnn"), ("in_features", "units", "layers")),
    **dict.fromkeys(("embedding", "nn.embedding"), ("vocabulary", "units")),
}
"""The order of arguments by what is called."""
KEYS = {
    "kernelsize": "kernel",  # As a text loses its underscores.
    **dict.fromkeys(("kernel size", "pool size", "filter size", "window size", "size"), "kernel"),
    **dict.fromkeys(("k", "kernel", "window", "pool"), "kernel"),
    "filters": "filters",
    **dict.fromkeys(("n", "f", "c", "ch", "channels", "out_channels", "output channels"), "filters"),
    "strides": "stride",
    "stride": "stride",
    "s": "stride",
    "padding": "pad",
    "pad": "pad",
    **dict.fromkeys(("mode", "border mode"), "pad"),
    "p": "pad",
    **dict.fromkeys(
        ("h", "hidden", "units", "hidden size", "hidden units", "hidden dim", "num units", "out features"), "units"
    ),
    **dict.fromkeys(("number of units", "number of hidden units", "state size", "cell size"), "units"),
    **dict.fromkeys(
        ("out channels", "output channels", "output channel", "num filters", "n filters", "out"), "filters"
    ),
    **dict.fromkeys(
        ("number of filters", "number of channels", "number of feature maps", "number of kernels"), "filters"
    ),
    **dict.fromkeys(("in channels", "input channels", "input channel", "in"), "in_channels"),
    **dict.fromkeys(("vocab", "vocabulary", "vocab size", "vocabulary size", "num embeddings", "words"), "vocabulary"),
    **dict.fromkeys(("dim", "embedding dim", "embedding size", "output dim", "out dim", "neurons", "nodes"), "units"),
    **dict.fromkeys(("probability", "prob", "ratio", "drop rate", "dropout rate"), "rate"),
    **dict.fromkeys(("in features", "input size", "input dim"), "in_features"),
    **dict.fromkeys(("scale factor", "upscale factor"), "kernel"),
    **dict.fromkeys(("bias", "use bias"), "bias"),
    **dict.fromkeys(("keep prob", "keep probability", "keep rate"), "rate"),
    **dict.fromkeys(("num layers", "number of layers", "layers"), "layers"),
    "ceil mode": "rounding",
    "output padding": "output_pad",
    "rate": "rate",
    "dilation": "dilation",
    "dilation rate": "dilation",
    "groups": "groups",
    "activation": "activation",
}
"""What the arguments of a call, or the words before a number, say of a layer."""


def order_of(name: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """Return what the arguments of a convolution are, where their numbers tell, and nothing where they do not.

    >>> order_of("conv", ["16", "32", "4", "2", "1"])
    ('in_channels', 'filters', 'kernel', 'stride', 'pad')
    >>> order_of("conv", ["1", "32", "5"]), order_of("conv", ["3", "64", "2"])
    (('in_channels', 'filters', 'kernel'), ())
    >>> order_of("conv2d", ["3", "32", "k=3"]), order_of("conv", ["64", "3"])
    (('in_channels', 'filters'), ('filters', 'kernel', 'stride'))
    """
    if name not in ("conv", *(f"conv{axes}d" for axes in (1, 2, 3))):
        return ()
    numbers = [int(each) for each in arguments if each.isdecimal()]
    if len(numbers) == 2 and any(re.match(r"k(?:ernel)?(?:[ _]size)?\W*\d", each) for each in arguments):
        return "in_channels", "filters"
    if name != "conv" and len(numbers) == 2 == len(arguments) and numbers[0] <= LARGEST_KERNEL < numbers[1]:
        return ("in_channels" if numbers[0] in (1, 3) else "kernel"), "filters"  # No window is so large.
    if name != "conv" and len(numbers) == 3 == len(arguments) and numbers[1] == numbers[2]:
        return "filters", "kernel"  # The sides of a window, as Keras 1 took them.
    if len(numbers) == len(_WINDOWED) == len(arguments):
        return _WINDOWED
    if name != "conv" or len(numbers) < len(arguments):
        return ()
    if len(numbers) == len(_FROM_FILTERS) and numbers[0] > LARGEST_KERNEL >= max(numbers[1:]):
        return _FROM_FILTERS
    if len(numbers) > 2 and max(numbers[2:]) <= LARGEST_KERNEL < numbers[1] and max(numbers[0], *numbers[2:]) > 2:
        return _WINDOWED[: len(numbers)] if numbers[0] > LARGEST_KERNEL or numbers[2] > 2 else ()
    if not 1 < len(numbers) <= 3:
        return ()
    first, *window = numbers
    if len(window) == 1 and first in range(5, LARGEST_KERNEL + 1, 2) and window[0] > LARGEST_KERNEL:
        return "kernel", "filters"  # Of fewer, so many channels may come in.
    if len(window) == 2 and first == window[0] in range(2, LARGEST_KERNEL) and window[1] > LARGEST_KERNEL:
        return "kernel", "kernel", "filters"  # Both sides of a window.
    if len(window) == 2 and max(first, window[0]) <= LARGEST_KERNEL < window[1]:
        return "kernel", "stride", "filters"
    square = len(window) == 2 and window[0] == window[1] > 2  # The sides of one window, and no stride.
    if max(window) > LARGEST_KERNEL or not (first > LARGEST_KERNEL or (square and first != window[0])):
        return ()
    return ("filters", "kernel") if square else ("filters", "kernel", "stride")
