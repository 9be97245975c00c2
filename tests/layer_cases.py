"""One row for each layer type and variant, in Caffe's words: what every engine must agree on.

A row is the shape of each input (batch first) and the net's layers. Sizes are odd and unequal, so that a swapped axis
shows; batches are 2, so that a lost one does.
"""

from __future__ import annotations

IMAGE = {"data": (2, 4, 9, 7)}
TWO = {"data": (2, 4, 9, 7), "more": (2, 4, 9, 7)}
VECTOR = {"data": (2, 12)}


def layer(kind: str, params: str = "", bottoms: str = "data", tops: str = "out", extra: str = "") -> str:
    """Return a layer of a type, with its parameters as they stand in a prototxt."""
    ins = " ".join(f'bottom: "{each}"' for each in bottoms.split())
    outs = " ".join(f'top: "{each}"' for each in tops.split())
    return f'layer {{ name: "{tops.split()[0]}" type: "{kind}" {ins} {outs} {params} {extra} }}\n'


def conv(fields: str, kind: str = "Convolution") -> str:
    return layer(kind, f"convolution_param {{ {fields} }}")


def pool(fields: str) -> str:
    return layer("Pooling", f"pooling_param {{ {fields} }}")


def regions() -> str:
    """Return what makes regions of two images out of any numbers."""
    return (
        layer("Slice", "slice_param { axis: 1 slice_point: 1 }", "regions", "which where")
        + layer("Threshold", bottoms="which", tops="image")
        + layer("AbsVal", bottoms="where", tops="far")
        + layer("Power", "power_param { scale: 9 }", "far", "corners")
        + layer("Concat", bottoms="image corners", tops="rois")
    )


def detection(fields: str) -> str:
    """Return the end of a detector with three classes."""
    priors = "min_size: 6 aspect_ratio: 2 flip: false variance: [0.1, 0.1, 0.2, 0.2] clip: false"
    last = f"detection_output_param {{ num_classes: 3 share_location: true {fields} }}"
    boxes = layer("PriorBox", f"prior_box_param {{ {priors} }}", "data image", "priors")
    return boxes + layer("DetectionOutput", last, "loc conf priors")


def proposals(settings: str, tops: str = "out") -> str:
    """Return the middle of Faster R-CNN, for an image of 70 pixels each way that was made half as large."""
    named = f'module: "rpn.proposal_layer" layer: "ProposalLayer" param_str: "{settings}"'
    return (
        layer("Slice", "slice_param { axis: 1 slice_point: 2 }", "which", "two one")
        + layer("Power", "power_param { scale: 0 shift: 70 }", "two", "sides")
        + layer("Power", "power_param { scale: 0 shift: 0.5 }", "one", "scale")
        + layer("Concat", "", "sides scale", "info")
        + layer("Python", f"python_param {{ {named} }}", "scores offsets info", tops)
    )


PROPOSED = {"scores": (1, 18, 4, 5), "offsets": (1, 36, 4, 5), "which": (1, 3)}
DETECTED = {"data": (1, 4, 3, 2), "image": (1, 3, 24, 16), "loc": (2, 48), "conf": (2, 36)}

CASES: dict[str, tuple[dict[str, tuple[int, ...]], str]] = {
    "Convolution": (IMAGE, conv("num_output: 6 kernel_size: 3")),
    "Convolution, padded": (IMAGE, conv("num_output: 6 kernel_size: 3 pad: 1")),
    "Convolution, strided": (IMAGE, conv("num_output: 6 kernel_size: 3 pad: 1 stride: 2")),
    "Convolution, strided, even": ({"data": (2, 4, 10, 8)}, conv("num_output: 6 kernel_size: 3 pad: 1 stride: 2")),
    "Convolution, oblong": (
        IMAGE,
        conv("num_output: 6 kernel_h: 5 kernel_w: 2 pad_h: 2 pad_w: 0 stride_h: 1 stride_w: 2"),
    ),
    "Convolution, grouped": (IMAGE, conv("num_output: 6 kernel_size: 3 group: 2")),
    "Convolution, depthwise": (IMAGE, conv("num_output: 8 kernel_size: 3 group: 4 pad: 1")),
    "Convolution, dilated": (IMAGE, conv("num_output: 6 kernel_size: 3 dilation: 2 pad: 2")),
    "Convolution, dilated and strided": (IMAGE, conv("num_output: 6 kernel_size: 3 dilation: 2 pad: 1 stride: 2")),
    "Convolution, no bias": (IMAGE, conv("num_output: 6 kernel_size: 3 bias_term: false")),
    "Convolution, volume": ({"data": (2, 3, 5, 6, 7)}, conv("num_output: 4 kernel_size: 3 pad: 1 stride: 2")),
    "Convolution, sequence": ({"data": (2, 3, 9)}, conv("num_output: 4 kernel_size: 3 pad: 1")),
    "Deconvolution": (IMAGE, conv("num_output: 6 kernel_size: 4 stride: 2 pad: 1", "Deconvolution")),
    "Deconvolution, unpadded": (IMAGE, conv("num_output: 6 kernel_size: 3 stride: 2", "Deconvolution")),
    "Deconvolution, cut": (IMAGE, conv("num_output: 6 kernel_size: 5 stride: 2 pad: 2", "Deconvolution")),
    "Deconvolution, gaps": (IMAGE, conv("num_output: 6 kernel_size: 2 stride: 3", "Deconvolution")),
    "Deconvolution, grouped": (IMAGE, conv("num_output: 6 kernel_size: 4 stride: 2 pad: 1 group: 2", "Deconvolution")),
    "Deconvolution, bilinear": (
        IMAGE,
        conv("num_output: 4 kernel_size: 4 stride: 2 pad: 1 group: 4 bias_term: false", "Deconvolution"),
    ),
    "BN": (IMAGE, layer("BN")),
    "BN, learning": (IMAGE, layer("BN", "bn_param { bn_mode: LEARN }")),
    "BN, inferring": (IMAGE, layer("BN", "bn_param { bn_mode: INFERENCE }")),
    "EltwiseAffine": (IMAGE, layer("EltwiseAffine")),
    "RReLU": (IMAGE, layer("RReLU", "rrelu_param { lb: 3 ub: 8 }")),
    "Interp, zoomed": (IMAGE, layer("Interp", "interp_param { zoom_factor: 3 }")),
    "Interp, sized": (IMAGE, layer("Interp", "interp_param { height: 5 width: 11 }")),
    "Upsample": (IMAGE, layer("Upsample", "upsample_param { scale: 3 }")),
    "Upsample, to where it stood": (
        {"data": (2, 4, 8, 6)},
        layer("Pooling", "pooling_param { pool: MAX kernel_size: 2 stride: 2 }", tops="pool mask")
        + layer("Upsample", "upsample_param { scale: 2 }", "pool mask"),
    ),
    "ShuffleChannel": ({"data": (2, 6, 9, 7)}, layer("ShuffleChannel", "shuffle_channel_param { group: 3 }")),
    "Convolution3D": (
        {"data": (2, 3, 5, 6, 7)},
        layer(
            "Convolution3D",
            "convolution3d_param { num_output: 4 kernel_depth: 3 kernel_size: 2 temporal_pad: 1 pad: 0 stride: 2 }",
        ),
    ),
    "Deconvolution3D": (
        {"data": (2, 3, 3, 4, 5)},
        layer(
            "Deconvolution3D",
            "convolution3d_param { num_output: 4 kernel_depth: 4 kernel_size: 3 temporal_pad: 1 temporal_stride: 2 }",
        ),
    ),
    "Pooling3D, MAX": (
        {"data": (2, 2, 5, 6, 9)},
        layer("Pooling3D", "pooling3d_param { pool: MAX kernel_depth: 2 kernel_size: 3 temporal_stride: 2 stride: 2 }"),
    ),
    "Pooling3D, AVE": (
        {"data": (2, 3, 4, 6, 8)},
        layer("Pooling3D", "pooling3d_param { pool: AVE kernel_depth: 2 kernel_size: 2 temporal_stride: 2 stride: 2 }"),
    ),
    "ROIPooling": (
        {"data": (2, 4, 9, 7), "regions": (6, 5)},
        regions()
        + layer("ROIPooling", "roi_pooling_param { pooled_h: 3 pooled_w: 2 spatial_scale: 0.5 }", "data rois"),
    ),
    "PSROIPooling": (
        {"data": (2, 18, 9, 7), "regions": (6, 5)},
        regions()
        + layer("PSROIPooling", "psroi_pooling_param { output_dim: 2 group_size: 3 spatial_scale: 0.5 }", "data rois"),
    ),
    "Python, proposals": (PROPOSED, proposals("'feat_stride': 16")),
    "Python, proposals of other scales": (PROPOSED, proposals("{'feat_stride': 8, 'scales': [1, 2, 4.5]}")),
    "Python, proposals with their scores": (PROPOSED, proposals("'feat_stride': 16", "out best")),
    "PriorBox": (
        {"data": (2, 4, 3, 5), "image": (2, 3, 24, 45)},
        layer(
            "PriorBox",
            "prior_box_param { min_size: 6 max_size: 11 aspect_ratio: 2 variance: [0.1, 0.1, 0.2, 0.2] clip: false }",
            "data image",
        ),
    ),
    "DetectionOutput": (
        DETECTED,
        detection(
            "background_label_id: 0 code_type: CENTER_SIZE keep_top_k: 7 confidence_threshold: 0.2 "
            "nms_param { nms_threshold: 0.3 top_k: 8 }"
        ),
    ),
    "DetectionOutput, corners": (
        DETECTED,
        detection(
            "background_label_id: -1 code_type: CORNER variance_encoded_in_target: true keep_top_k: -1 "
            "nms_param { nms_threshold: 0.1 }"
        ),
    ),
    "DetectionOutput of nothing": (
        DETECTED,
        detection("background_label_id: 0 code_type: CORNER confidence_threshold: 9 keep_top_k: 5"),
    ),
    "PriorBox, clipped": (
        {"data": (2, 4, 3, 5), "image": (2, 3, 24, 45)},
        layer("PriorBox", "prior_box_param { min_size: 6 min_size: 9 variance: 0.2 step: 7 clip: true }", "data image"),
    ),
    "Im2col": (IMAGE, conv("num_output: 1 kernel_size: 3 pad: 1 stride: 2", "Im2col")),
    "Local": (IMAGE, layer("Local", "local_param { num_output: 3 kernel_size: 3 stride: 2 pad: 1 }")),
    "Local, no bias": (
        IMAGE,
        layer("Local", "local_param { num_output: 2 kernel_h: 3 kernel_w: 2 bias_term: false }"),
    ),
    "Reorg": ({"data": (2, 8, 4, 6)}, layer("Reorg", "reorg_param { stride: 2 }")),
    "Pooling, MAX": (IMAGE, pool("pool: MAX kernel_size: 3 stride: 2")),
    "Pooling, MAX, even": ({"data": (2, 4, 10, 8)}, pool("pool: MAX kernel_size: 3 stride: 2")),
    "Pooling, MAX, halves": (IMAGE, pool("pool: MAX kernel_size: 2 stride: 2")),
    "Pooling, MAX, padded": ({"data": (2, 4, 10, 8)}, pool("pool: MAX kernel_size: 3 stride: 2 pad: 1")),
    "Pooling, MAX, wide pad": (IMAGE, pool("pool: MAX kernel_size: 3 stride: 1 pad: 2")),
    "Pooling, MAX, oblong": (
        IMAGE,
        pool("pool: MAX kernel_h: 2 kernel_w: 3 stride_h: 2 stride_w: 1 pad_h: 0 pad_w: 1"),
    ),
    "Pooling, MAX, floor": (IMAGE, pool("pool: MAX kernel_size: 2 stride: 2 round_mode: FLOOR")),
    "Pooling, MAX, behind ReLU": (
        {"data": (2, 4, 10, 8)},
        layer("ReLU", tops="relu") + layer("Pooling", "pooling_param { kernel_size: 3 stride: 2 pad: 1 }", "relu"),
    ),
    "Pooling, AVE": (IMAGE, pool("pool: AVE kernel_size: 3 stride: 2")),
    "Pooling, AVE, even": ({"data": (2, 4, 10, 8)}, pool("pool: AVE kernel_size: 3 stride: 2")),
    "Pooling, AVE, padded": (IMAGE, pool("pool: AVE kernel_size: 3 stride: 1 pad: 1")),
    "Pooling, AVE, padded, strided": ({"data": (2, 4, 10, 8)}, pool("pool: AVE kernel_size: 3 stride: 2 pad: 1")),
    "Pooling, AVE, overhang": ({"data": (2, 4, 8, 8)}, pool("pool: AVE kernel_size: 5 stride: 2")),
    "Pooling, global MAX": (IMAGE, pool("pool: MAX global_pooling: true")),
    "Pooling, global AVE": (IMAGE, pool("pool: AVE global_pooling: true")),
    "SPP": (IMAGE, layer("SPP", "spp_param { pyramid_height: 2 }")),
    "InnerProduct": (VECTOR, layer("InnerProduct", "inner_product_param { num_output: 5 }")),
    "InnerProduct, image": (IMAGE, layer("InnerProduct", "inner_product_param { num_output: 5 }")),
    "InnerProduct, no bias": (VECTOR, layer("InnerProduct", "inner_product_param { num_output: 5 bias_term: false }")),
    "InnerProduct, later axis": (
        {"data": (2, 3, 4, 5)},
        layer("InnerProduct", "inner_product_param { num_output: 6 axis: 2 }"),
    ),
    "InnerProduct, behind Flatten and Dropout": (
        IMAGE,
        layer("Flatten", tops="flat")
        + layer("Dropout", bottoms="flat", tops="drop")
        + layer("InnerProduct", "inner_product_param { num_output: 5 }", "drop"),
    ),
    "BatchNorm": (IMAGE, layer("BatchNorm", "batch_norm_param { eps: 0.001 }")),
    "BatchNorm and Scale": (
        IMAGE,
        layer("BatchNorm", tops="norm") + layer("Scale", "scale_param { bias_term: true }", "norm"),
    ),
    "BatchNorm and Scale of a vector": (
        VECTOR,
        layer("BatchNorm", tops="norm") + layer("Scale", "scale_param { bias_term: true }", "norm"),
    ),
    "BatchNorm, statistics of the batch": (IMAGE, layer("BatchNorm", "batch_norm_param { use_global_stats: false }")),
    "Scale": (IMAGE, layer("Scale", "scale_param { bias_term: true }")),
    "Scale, no bias": (IMAGE, layer("Scale")),
    "Scale, several axes": (IMAGE, layer("Scale", "scale_param { axis: 1 num_axes: 2 bias_term: true }")),
    "Scale by an input": (
        {"data": (2, 4, 9, 7), "by": (2, 4)},
        layer("Scale", "scale_param { axis: 0 }", "data by"),
    ),
    "Bias": (IMAGE, layer("Bias")),
    "Axpy": (
        {"a": (2, 4, 1, 1), "x": (2, 4, 9, 7), "y": (2, 4, 9, 7)},
        layer("Axpy", bottoms="a x y"),
    ),
    "Axpy of a vector": ({"a": (2, 4), "x": (2, 4, 9, 7), "y": (2, 4, 9, 7)}, layer("Axpy", bottoms="a x y")),
    "Normalize": (IMAGE, layer("Normalize")),
    "Normalize, each pixel": (
        IMAGE,
        layer("Normalize", "norm_param { across_spatial: false channel_shared: false }"),
    ),
    "Normalize, of a vector": (VECTOR, layer("Normalize")),
    "Normalize, each pixel, no factors": (IMAGE, layer("Normalize", 'normalize_param { normalize_type: "L2" }')),
    "L2Norm": (VECTOR, layer("L2Norm")),
    "LRN": (IMAGE, layer("LRN", "lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 k: 2 }")),
    "LRN, within channel": (
        IMAGE,
        layer("LRN", "lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 norm_region: WITHIN_CHANNEL }"),
    ),
    "MVN": (IMAGE, layer("MVN")),
    "MVN, across channels": (IMAGE, layer("MVN", "mvn_param { across_channels: true }")),
    "MVN, mean alone": (IMAGE, layer("MVN", "mvn_param { normalize_variance: false }")),
    "PReLU": (IMAGE, layer("PReLU")),
    "PReLU of a vector": (VECTOR, layer("PReLU")),
    "PReLU, shared": (IMAGE, layer("PReLU", "prelu_param { channel_shared: true }")),
    "ReLU": (IMAGE, layer("ReLU")),
    "ReLU, leaky": (IMAGE, layer("ReLU", "relu_param { negative_slope: 0.1 }")),
    "ELU": (IMAGE, layer("ELU", "elu_param { alpha: 0.5 }")),
    "Sigmoid": (IMAGE, layer("Sigmoid")),
    "TanH": (IMAGE, layer("TanH")),
    "AbsVal": (IMAGE, layer("AbsVal")),
    "BNLL": (IMAGE, layer("BNLL")),
    "Swish": (IMAGE, layer("Swish")),
    "Swish, scaled": (IMAGE, layer("Swish", "swish_param { beta: 1.5 }")),
    "Clip": (IMAGE, layer("Clip", "clip_param { min: -0.5 max: 0.75 }")),
    "Threshold": (IMAGE, layer("Threshold", "threshold_param { threshold: 0.25 }")),
    "Power": (
        IMAGE,
        layer("AbsVal", tops="abs") + layer("Power", "power_param { power: 1.5 scale: 2 shift: 1 }", "abs"),
    ),
    "Power, affine": (IMAGE, layer("Power", "power_param { scale: -2 shift: 1 }")),
    "Power, square": (IMAGE, layer("Power", "power_param { power: 2 }")),
    "Exp": (IMAGE, layer("Exp", "exp_param { base: 2 scale: 0.5 shift: 1 }")),
    "Exp of e": (IMAGE, layer("Exp")),
    "Log": (IMAGE, layer("AbsVal", tops="abs") + layer("Log", "log_param { base: 10 scale: 2 shift: 1 }", "abs")),
    "Dropout": (IMAGE, layer("Dropout", "dropout_param { dropout_ratio: 0.4 }")),
    "Softmax": (IMAGE, layer("Softmax")),
    "Softmax of a vector": (VECTOR, layer("Softmax")),
    "Softmax, last axis": (IMAGE, layer("Softmax", "softmax_param { axis: -1 }")),
    "ArgMax, axis": (IMAGE, layer("ArgMax", "argmax_param { axis: 1 }")),
    "ArgMax": (IMAGE, layer("ArgMax")),
    "ArgMax, values": (IMAGE, layer("ArgMax", "argmax_param { top_k: 3 out_max_val: true }")),
    "ArgMax, axis, several": (IMAGE, layer("ArgMax", "argmax_param { axis: 1 top_k: 2 }")),
    "ArgMax, axis, values": (IMAGE, layer("ArgMax", "argmax_param { axis: 2 top_k: 2 out_max_val: true }")),
    "Concat": (TWO, layer("Concat", bottoms="data more")),
    "Concat, other axis": (TWO, layer("Concat", "concat_param { axis: 2 }", "data more")),
    "Eltwise, SUM": (TWO, layer("Eltwise", bottoms="data more")),
    "Eltwise, coefficients": (TWO, layer("Eltwise", "eltwise_param { coeff: 1 coeff: -1 }", "data more")),
    "Eltwise, more coefficients": (TWO, layer("Eltwise", "eltwise_param { coeff: 0.5 coeff: 2 }", "data more")),
    "Eltwise, PROD": (TWO, layer("Eltwise", "eltwise_param { operation: PROD }", "data more")),
    "Eltwise, MAX": (TWO, layer("Eltwise", "eltwise_param { operation: MAX }", "data more")),
    "Slice": (IMAGE, layer("Slice", "slice_param { slice_point: 1 slice_point: 2 }", tops="a b c")),
    "Slice, equal": (IMAGE, layer("Slice", tops="a b")),
    "Flatten": (IMAGE, layer("Flatten")),
    "Flatten, later axes": (IMAGE, layer("Flatten", "flatten_param { axis: 2 }")),
    "Reshape": (IMAGE, layer("Reshape", "reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 7 } }")),
    "Reshape, part": (IMAGE, layer("Reshape", "reshape_param { shape { dim: 2 dim: 2 } axis: 1 num_axes: 1 }")),
    "Crop": (
        {"data": (2, 4, 9, 7), "like": (2, 4, 5, 4)},
        layer("Crop", "crop_param { axis: 2 offset: 1 offset: 2 }", "data like"),
    ),
    "Permute": (IMAGE, layer("Permute", "permute_param { order: 0 order: 2 order: 3 order: 1 }")),
    "Permute and Flatten": (
        IMAGE,
        layer("Permute", "permute_param { order: 0 order: 2 order: 3 order: 1 }", tops="turned")
        + layer("Flatten", bottoms="turned"),
    ),
    "Permute behind Convolution": (
        IMAGE,
        layer("Convolution", "convolution_param { num_output: 6 kernel_size: 3 }", tops="conv")
        + layer("Permute", "permute_param { order: 0 order: 2 order: 3 order: 1 }", "conv", "turned")
        + layer("Flatten", bottoms="turned"),
    ),
    "DepthwiseConvolution": (IMAGE, conv("num_output: 4 kernel_size: 3 pad: 1", "DepthwiseConvolution")),
    "ReLU6": (IMAGE, layer("Power", "power_param { scale: 9 }", tops="wide") + layer("ReLU6", bottoms="wide")),
    "Tile": (IMAGE, layer("Tile", "tile_param { axis: 1 tiles: 3 }")),
    "Reverse": (IMAGE, layer("Reverse", "reverse_param { axis: 1 }")),
    "Reverse behind Convolution": (
        IMAGE,
        layer("Convolution", "convolution_param { num_output: 6 kernel_size: 3 }", tops="conv")
        + layer("Reverse", "reverse_param { axis: 3 }", "conv"),
    ),
    "Transpose": (IMAGE, layer("Transpose", "transpose_param { dim: 0 dim: 2 dim: 3 dim: 1 }")),
    "Reduction, SUM": (IMAGE, layer("Reduction", "reduction_param { axis: 1 coeff: 0.5 }")),
    "Reduction, ASUM": (IMAGE, layer("Reduction", "reduction_param { operation: ASUM axis: 1 }")),
    "Reduction, SUMSQ": (IMAGE, layer("Reduction", "reduction_param { operation: SUMSQ axis: 1 }")),
    "Reduction, MEAN": (IMAGE, layer("Reduction", "reduction_param { operation: MEAN axis: 2 }")),
    "shared weights": (
        {"data": (2, 6), "more": (2, 6)},
        layer(
            "InnerProduct",
            "inner_product_param { num_output: 5 }",
            "data",
            "one",
            'param { name: "w" } param { name: "b" }',
        )
        + layer(
            "InnerProduct",
            "inner_product_param { num_output: 5 }",
            "more",
            "two",
            'param { name: "w" } param { name: "b" }',
        ),
    ),
    "a branch and a join": (
        IMAGE,
        layer("Convolution", "convolution_param { num_output: 4 kernel_size: 1 }", tops="a")
        + layer("Convolution", "convolution_param { num_output: 4 kernel_size: 3 pad: 1 }", "a", "b")
        + layer("Eltwise", bottoms="a b", tops="sum")
        + layer("ReLU", bottoms="sum", tops="sum")
        + layer("Concat", bottoms="sum a"),
    ),
}


def declared(inputs: dict[str, tuple[int, ...]]) -> str:
    """Return the inputs of a net, as its first lines."""
    return "".join(
        f'input: "{name}" input_shape {{ {" ".join(f"dim: {size}" for size in shape)} }}\n'
        for name, shape in inputs.items()
    )


def prototxt(case: str) -> str:
    """Return a case as a net."""
    inputs, layers = CASES[case]
    return f'name: "case"\n{declared(inputs)}{layers}'
