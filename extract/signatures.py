"""How frameworks call layers and their arguments, as papers print such calls."""

from __future__ import annotations

CALLS = {
    "conv2d": ("filters", "kernel"),
    "conv1d": ("filters", "kernel"),
    "conv3d": ("filters", "kernel"),
    "nn.conv1d": ("in_channels", "filters", "kernel", "stride", "pad"),
    "nn.conv3d": ("in_channels", "filters", "kernel", "stride", "pad"),
    "nn.conv2d": ("in_channels", "filters", "kernel", "stride", "pad"),
    "dense": ("units",),
    "linear": ("in_features", "units"),
    "nn.linear": ("in_features", "units"),
    "maxpooling2d": ("kernel", "stride"),
    "nn.maxpool2d": ("kernel", "stride", "pad"),
    "averagepooling2d": ("kernel", "stride"),
    **dict.fromkeys(("maxpooling1d", "maxpooling3d", "averagepooling1d", "averagepooling3d"), ("kernel", "stride")),
    **dict.fromkeys(("nn.maxpool1d", "nn.maxpool3d", "nn.avgpool1d", "nn.avgpool3d"), ("kernel", "stride", "pad")),
    "nn.avgpool2d": ("kernel", "stride", "pad"),
    "dropout": ("rate",),
    "nn.dropout": ("rate",),
    "lstm": ("units",),
    "embedding": ("vocabulary", "units"),
}
"""The order of arguments by what is called."""
KEYS = {
    "kernelsize": "kernel",  # As a text loses its underscores.
    **dict.fromkeys(("kernel size", "pool size", "filter size", "window size"), "kernel"),
    "k": "kernel",
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
