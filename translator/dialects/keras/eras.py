"""Layers of Keras 0, 1 and 2 in today's words: class names, and the names and forms of fields.

Source: https://github.com/keras-team/keras, `keras/legacy/interfaces.py` of 2.2 and the layers of 0.3 and 1.2.
"""

from __future__ import annotations

from typing import Any

from translator.dialects.keras.document import Era

CLASSES = {
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "AveragePooling1d": "AveragePooling1D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3DTranspose": "Conv3DTranspose",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    "TimeDistributedDense": "Dense",
    "Custom>CustomScaleLayer": "CustomScaleLayer",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    **{f"MaxPool{rank}D": f"MaxPooling{rank}D" for rank in (1, 2, 3)},
    **{f"AvgPool{rank}D": f"AveragePooling{rank}D" for rank in (1, 2, 3)},
    **{f"GlobalMaxPool{rank}D": f"GlobalMaxPooling{rank}D" for rank in (1, 2, 3)},
    **{f"GlobalAvgPool{rank}D": f"GlobalAveragePooling{rank}D" for rank in (1, 2, 3)},
}
"""Names that a class had, and the one that it has; what is not here is called as it was."""
FIELDS = {
    "atrous_rate": "dilation_rate",
    "bias": "use_bias",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "filter_length": "kernel_size",
    "inner_activation": "recurrent_activation",
    "nb_filter": "filters",
    "p": "rate",
    "pool_length": "pool_size",
    "sigma": "stddev",
    "stride": "strides",
    "subsample": "strides",
    "subsample_length": "strides",
}
"""Fields by the names that they had in Keras 0 and 1."""
LAYOUTS = {"th": "channels_first", "tf": "channels_last"}
_CUDNN = {"activation": "tanh", "recurrent_activation": "sigmoid"}
CUDNN: dict[str, dict[str, Any]] = {"CuDNNLSTM": _CUDNN, "CuDNNGRU": {**_CUDNN, "reset_after": True}}
"""What layers over time do that run on cuDNN alone, and do not say."""
_KERNELS = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))
_WITH_UNITS = frozenset(["Dense", "LSTM", "GRU", "SimpleRNN", "MaxoutDense"])


def class_of(name: str) -> str:
    """Return the class's name of today.

    >>> class_of("Convolution2D"), class_of("Dense")
    ('Conv2D', 'Dense')
    """
    return CLASSES.get(name, name)


def fields_of(kind: str, config: dict[str, Any], era: Era, written: str = "") -> dict[str, Any]:
    """Return a layer's fields as Keras 3 has them; what today's layer cannot say keeps its old name.

    What Theano did for `same` is called `half`, as there: its borders do not depend on the image. `written` is the
    name that the file has for the class; those of NVIDIA's cuDNN do not say what they all have.
    """
    fields = {**CUDNN.get(written, {}), **config}
    if era.generation < 2:
        fields = {FIELDS.get(key, key): value for key, value in config.items()}
        for names in _KERNELS:
            if all(name in fields for name in names):
                fields["kernel_size"] = [fields.pop(name) for name in names]
        if kind in _WITH_UNITS and "output_dim" in fields:
            fields["units"] = fields.pop("output_dim")
        if kind == "UpSampling1D" and "length" in fields:
            fields["size"] = fields.pop("length")
    if "data_format" in fields:
        layout = fields.pop("data_format")
        layout = LAYOUTS.get(layout, layout) if isinstance(layout, str) else None
        if layout in ("channels_first", "channels_last"):
            fields["data_format"] = layout
    if kind == "LeakyReLU" and "alpha" in fields:
        fields["negative_slope"] = fields.pop("alpha")
    if kind == "BatchNormalization" and "axis" in fields:
        fields["axis"] = _alone(fields["axis"])
    if kind.startswith(("MaxPooling", "AveragePooling")):
        fields["strides"] = fields.get("strides") or fields.get("pool_size", 2)
    if fields.get("padding") == "same" and era.is_theano(fields.get("data_format")):
        fields["padding"] = "half"
    if kind.startswith("ZeroPadding"):
        fields["padding"] = _borders(fields.get("padding", 1))
    return fields


def _alone(value: Any) -> Any:
    """Return the one value of a list of one: TensorFlow keeps an axis so."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _borders(value: Any) -> Any:
    """Return a border as a pair for each axis, from the forms that Keras 1 had: four numbers, or words for them."""
    words = ("top_pad", "bottom_pad", "left_pad", "right_pad")
    if isinstance(value, dict) and value.keys() <= {*words, "left_pad", "right_pad"}:
        if value.keys() & {"top_pad", "bottom_pad"}:
            value = [value.get(word, 0) for word in words]
        else:
            value = [value.get("left_pad", 0), value.get("right_pad", 0)]
    if isinstance(value, list) and len(value) == 4:
        return [value[:2], value[2:]]
    return value
