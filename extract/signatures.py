"""How frameworks call layers and their arguments, as papers print such calls."""

from __future__ import annotations

_WINDOWED = ("in_channels", "filters", "kernel", "stride", "pad")
_POOLED = ("kernel", "stride", "pad")
CALLS = {
    **{f"conv{axes}d{how}": ("filters", "kernel") for axes in (1, 2, 3) for how in ("", "transpose")},
    **{f"nn.conv{how}{axes}d": _WINDOWED for axes in (1, 2, 3) for how in ("", "transpose")},
    **{f"{how}pooling{axes}d": ("kernel", "stride") for axes in (1, 2, 3) for how in ("max", "average")},
    **{f"nn.{how}pool{axes}d": _POOLED for axes in (1, 2, 3) for how in ("max", "avg")},
    "dense": ("units",),
    "linear": ("in_features", "units"),
    "nn.linear": ("in_features", "units"),
    "dropout": ("rate",),
    "nn.dropout": ("rate",),
    **dict.fromkeys(("lstm", "gru", "simplernn"), ("units",)),
    **dict.fromkeys(("nn.lstm", "nn.gru", "nn.rnn"), ("in_features", "units")),
    **dict.fromkeys(("embedding", "nn.embedding"), ("vocabulary", "units")),
}
"""The order of arguments by what is called."""
KEYS = {
    "kernelsize": "kernel",  # As a text loses its underscores.
    **dict.fromkeys(("kernel size", "pool size", "filter size", "window size"), "kernel"),
    **dict.fromkeys(("k", "kernel", "window"), "kernel"),
    "filters": "filters",
    "n": "filters",
    "strides": "stride",
    "stride": "stride",
    "s": "stride",
    "padding": "pad",
    "pad": "pad",
    "p": "pad",
    **dict.fromkeys(("units", "hidden size", "hidden units", "hidden dim", "num units", "out features"), "units"),
    **dict.fromkeys(
        ("out channels", "output channels", "output channel", "num filters", "n filters", "out"), "filters"
    ),
    **dict.fromkeys(("in channels", "input channels", "input channel", "in"), "in_channels"),
    **dict.fromkeys(("in features", "input size"), "in_features"),
    "num layers": "layers",
    "rate": "rate",
    "dilation": "dilation",
    "dilation rate": "dilation",
    "groups": "groups",
    "activation": "activation",
}
"""What the arguments of a call, or the words before a number, say of a layer."""
