"""Rows as those of layer_cases, of what Caffe alone says: its old fields, its other forms, and what has no engine."""

from __future__ import annotations

from tests.layer_cases import IMAGE, TWO, VECTOR, conv, layer, pool

Shapes = dict[str, tuple[int, ...]]
EVEN: Shapes = {"data": (2, 4, 10, 8)}
SEQUENCE: Shapes = {"data": (5, 3, 4), "cont": (5, 3)}
STATIC: Shapes = {**SEQUENCE, "static": (3, 2, 3)}
RECURRENT = "recurrent_param { num_output: 6 }"
ARG_MAX = {"": "", ", values": "out_max_val: true ", ", 3": "top_k: 3 ", ", 3 values": "out_max_val: true top_k: 3 "}
RANKS: dict[str, Shapes] = {" of a vector": VECTOR, " of a sequence": {"data": (2, 3, 5)}, " of an image": IMAGE}

CASES: dict[str, tuple[Shapes, str]] = {
    "Convolution, two bottoms": (
        TWO,
        layer("Convolution", "convolution_param { num_output: 3 kernel_size: 3 }", "data more", "a b"),
    ),
    "Convolution, a size for each axis": (
        {"data": (2, 3, 5, 6, 7)},
        conv(
            "num_output: 4 kernel_size: 1 kernel_size: 2 kernel_size: 3 stride: 1 stride: 2 stride: 1 "
            "pad: 0 pad: 1 pad: 2 dilation: 1 dilation: 2 dilation: 1"
        ),
    ),
    "Convolution, negative axis": (IMAGE, conv("num_output: 6 kernel_size: 3 axis: -3")),
    "Deconvolution, dilated": (
        IMAGE,
        conv("num_output: 3 kernel_size: 3 dilation: 2 stride: 2 pad: 1", "Deconvolution"),
    ),
    "Deconvolution, oblong": (
        IMAGE,
        conv("num_output: 3 kernel_h: 3 kernel_w: 4 stride_h: 1 stride_w: 2 pad_h: 0 pad_w: 1", "Deconvolution"),
    ),
    "Deconvolution, volume": (
        {"data": (2, 4, 3, 4, 2)},
        conv("num_output: 6 kernel_size: 3 stride: 2 pad: 1 group: 2", "Deconvolution"),
    ),
    "Deconvolution, sequence": ({"data": (2, 3, 5)}, conv("num_output: 4 kernel_size: 3 stride: 2", "Deconvolution")),
    "Im2col, dilated": (IMAGE, conv("kernel_h: 2 kernel_w: 3 dilation: 2 stride: 2", "Im2col")),
    "Pooling, mask": (EVEN, layer("Pooling", "pooling_param { kernel_size: 3 stride: 2 pad: 1 }", tops="out mask")),
    "Pooling, MAX, clipped on one axis": (
        {"data": (2, 3, 7, 8)},
        pool("kernel_size: 2 stride: 2 pad_h: 1 pad_w: 0"),
    ),
    "Pooling, AVE, clipped on one axis": (
        {"data": (2, 3, 7, 8)},
        pool("pool: AVE kernel_size: 3 stride: 3 pad_h: 0 pad_w: 2"),
    ),
    "Pooling, AVE, wide pad": (IMAGE, pool("pool: AVE kernel_size: 4 stride: 3 pad: 3")),
    "Pooling, AVE, floor": (EVEN, pool("pool: AVE kernel_size: 3 stride: 2 round_mode: FLOOR")),
    "Pooling, MAX, gaps": ({"data": (2, 3, 8, 8)}, pool("kernel_size: 2 stride: 3")),
    "Pooling, STOCHASTIC": (
        EVEN,
        layer("ReLU", tops="relu")
        + layer("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 3 stride: 2 }", "relu"),
    ),
    "SPP, one level": (IMAGE, layer("SPP", "spp_param { pyramid_height: 1 }")),
    "SPP, one level, AVE": (IMAGE, layer("SPP", "spp_param { pyramid_height: 1 pool: AVE }")),
    "SPP, three levels": ({"data": (2, 4, 9, 13)}, layer("SPP", "spp_param { pyramid_height: 3 }")),
    "SPP, AVE": (IMAGE, layer("SPP", "spp_param { pyramid_height: 2 pool: AVE }")),
    "InnerProduct, transposed": (
        VECTOR,
        layer("InnerProduct", "inner_product_param { num_output: 5 transpose: true }"),
    ),
    "InnerProduct, transposed, square": (
        VECTOR,
        layer("InnerProduct", "inner_product_param { num_output: 12 transpose: true }"),
    ),
    "InnerProduct, last axis": (
        {"data": (2, 3, 4)},
        layer("InnerProduct", "inner_product_param { num_output: 5 axis: -1 }"),
    ),
    "Convolution, holes": (IMAGE, conv("num_output: 4 kernel_size: 3 pad: 2 hole: 2")),
    "Convolution, oblong holes": (IMAGE, conv("num_output: 4 kernel_size: 3 pad: 2 hole_h: 1 hole_w: 2")),
    "Convolution, rectified": (
        IMAGE,
        conv("num_output: 4 kernel_size: 3 fuse_type: FUSED_CONV_RELU relu_param { negative_slope: 0.1 }"),
    ),
    "Convolution, rectified, Intel": (IMAGE, conv("num_output: 4 kernel_size: 3 relu: true negative_slope: 0.2")),
    "Convolution, not rectified": (IMAGE, conv("num_output: 4 kernel_size: 3 fuse_type: UNFUSED relu: false")),
    "LRN, pooled": (
        EVEN,
        layer("LRN", "lrn_param { fuse_type: FUSED_POOL_MAX pooling_param { pool: MAX kernel_size: 3 stride: 2 } }"),
    ),
    "LRN, not pooled": (EVEN, layer("LRN", "lrn_param { fuse_type: UNFUSED }")),
    "Dropout, scaled here": (IMAGE, layer("Dropout", "dropout_param { dropout_ratio: 0.4 scale_train: false }")),
    "Dropout, scaled in training": (IMAGE, layer("Dropout", "dropout_param { scale_train: true }")),
    **{
        f"Unpooling, {name}": (
            EVEN,
            layer("Pooling", "pooling_param { kernel_size: 2 stride: 2 }", tops="pool mask")
            + layer("Unpooling", f"unpooling_param {{ {fields} }}", "pool mask"),
        )
        for name, fields in {
            "square": "unpool: MAX kernel_size: 2 stride: 2 unpool_size: 10",
            "oblong": "unpool_h: 10 unpool_w: 9 kernel_size: 2 stride: 2",
            "output": "output_h: 11 output_w: 8",
            "scaled": "scale: 2",
        }.items()
    },
    "BatchNorm, scaled": (IMAGE, layer("BatchNorm", "batch_norm_param { scale_bias: true engine: CUDNN }")),
    "BatchNorm, scaled, in place": (
        IMAGE,
        layer("BatchNorm", "batch_norm_param { scale_filler { value: 1 } eps: 0.001 }", tops="data").replace(
            '"data"', '"bn"', 1
        ),
    ),
    **{kind: (IMAGE, layer(kind)) for kind in ("HardSwish", "HSwish", "HSigmoid", "Mish", "CReLU")},
    "HardSwish, in place": (IMAGE, layer("HardSwish", tops="data").replace('"data"', '"act"', 1)),
    "HardSigmoid": (IMAGE, layer("HardSigmoid", "hard_sigmoid_param { alpha: 0.3 beta: 0.4 }")),
    "CReLU, leaky, another axis": (IMAGE, layer("CReLU", "crelu_param { negative_slope: 0.1 concat_axis: 2 }")),
    "BN, other names": (IMAGE, layer("BN", "bn_param { var_eps: 0.001 decay: 0.05 }")),
    "BN, epsilon": (IMAGE, layer("BN", "bn_param { eps: 0.01 momentum: 0.95 frozen: true }")),
    "Interp, shrunk": (IMAGE, layer("Interp", "interp_param { shrink_factor: 2 }")),
    "Interp, shrunk and zoomed": (IMAGE, layer("Interp", "interp_param { shrink_factor: 3 zoom_factor: 5 }")),
    "Interp, to one pixel": (IMAGE, layer("Interp", "interp_param { height: 1 width: 1 }")),
    "Upsample, oblong": (IMAGE, layer("Upsample", "upsample_param { scale_h: 3 scale_w: 2 }")),
    "Upsample, short": (
        {"data": (2, 4, 9, 7)},
        layer("Pooling", "pooling_param { pool: MAX kernel_size: 2 stride: 2 }", tops="pool mask")
        + layer("Upsample", "upsample_param { scale: 2 pad_out_h: true pad_out_w: true }", "pool mask"),
    ),
    "Upsample, sized": (
        IMAGE,
        layer("Pooling", "pooling_param { pool: MAX kernel_size: 2 stride: 2 }", tops="pool mask")
        + layer("Upsample", "upsample_param { upsample_h: 9 upsample_w: 7 }", "pool mask"),
    ),
    "PoolingND, MAX": (
        {"data": (2, 3, 5, 6, 7)},
        layer("PoolingND", "pooling_nd_param { pool: MAX kernel_size: 2 stride: 2 pad: 0 engine: CAFFE }"),
    ),
    "PoolingND, AVE": (
        {"data": (2, 3, 5, 6)},
        layer("PoolingND", "pooling_nd_param { pool: AVE kernel_size: 3 kernel_size: 2 stride: 2 stride: 1 }"),
    ),
    "Pooling3D, padded": (
        {"data": (2, 3, 5, 6, 7)},
        layer("Pooling3D", "pooling3d_param { pool: MAX kernel_depth: 1 kernel_size: 2 stride: 2 pad: 1 }"),
    ),
    "PriorBox, what is not said": (
        {"data": (2, 4, 3, 5), "image": (2, 3, 24, 45)},
        layer("PriorBox", "prior_box_param { min_size: 6 aspect_ratio: [2, 3] flip: false }", "data image"),
    ),
    "BatchNorm of a vector": (VECTOR, layer("BatchNorm")),
    "BatchNorm, statistics of the batch, vector": (
        VECTOR,
        layer("BatchNorm", "batch_norm_param { use_global_stats: false }"),
    ),
    "Scale, all axes that follow": (IMAGE, layer("Scale", "scale_param { axis: 2 num_axes: -1 bias_term: true }")),
    "Scale, negative axis": (IMAGE, layer("Scale", "scale_param { axis: -2 bias_term: true }")),
    "Scale, one number": (IMAGE, layer("Scale", "scale_param { num_axes: 0 bias_term: true }")),
    "Scale by an input, from the channels on": (
        {"data": (2, 4, 9, 7), "by": (4, 9)},
        layer("Scale", bottoms="data by"),
    ),
    "Scale by an input, with a bias": (
        {"data": (2, 4, 9, 7), "by": (2, 4)},
        layer("Scale", "scale_param { axis: 0 bias_term: true }", "data by"),
    ),
    "Scale by an input, in place, with a bias": (
        {"data": (2, 4, 9, 7), "by": (2, 4)},
        layer("AbsVal", tops="abs")
        + layer("Scale", "scale_param { axis: 0 bias_term: true }", "abs by", "abs").replace('"abs"', '"scale"', 1)
        + layer("ReLU", bottoms="abs"),
    ),
    "Bias, several axes": (IMAGE, layer("Bias", "bias_param { axis: 2 num_axes: 2 }")),
    "Bias by an input": (
        {"data": (2, 4, 9, 7), "by": (2, 4)},
        layer("Bias", "bias_param { axis: 0 }", "data by"),
    ),
    "LRN, within channel, k": (
        IMAGE,
        layer("LRN", "lrn_param { local_size: 3 alpha: 0.5 k: 2 norm_region: WITHIN_CHANNEL }"),
    ),
    "LRN, wider than the channels": (IMAGE, layer("LRN", "lrn_param { local_size: 11 alpha: 0.5 }")),
    "MVN, large eps": (IMAGE, layer("MVN", "mvn_param { eps: 0.5 }")),
    "Embed": (
        {"data": (2, 3)},
        layer("Threshold", tops="index") + layer("Embed", "embed_param { input_dim: 4 num_output: 5 }", "index"),
    ),
    "Embed, no bias": (
        {"data": (2, 3)},
        layer("Threshold", tops="index")
        + layer("Embed", "embed_param { input_dim: 4 num_output: 5 bias_term: false }", "index"),
    ),
    "Power of zero": (IMAGE, layer("Power", "power_param { power: 0 scale: 2 shift: 1 }")),
    "Power, constant": (IMAGE, layer("Power", "power_param { power: 2 scale: 0 shift: 3 }")),
    "Log of e": (IMAGE, layer("AbsVal", tops="abs") + layer("Log", "log_param { shift: 1 }", "abs")),
    "Softmax, rows": (IMAGE, layer("Softmax", "softmax_param { axis: 2 }")),
    **{
        f"ArgMax{what}{rank}": (shape, layer("ArgMax", f"argmax_param {{ {fields}}}"))
        for rank, shape in RANKS.items()
        for what, fields in ARG_MAX.items()
    },
    **{
        f"ArgMax, axis{what}": (IMAGE, layer("ArgMax", f"argmax_param {{ {fields}axis: -2 }}"))
        for what, fields in ARG_MAX.items()
    },
    "ArgMax of equals": (
        IMAGE,
        layer("Threshold", tops="marks") + layer("ArgMax", "argmax_param { axis: 1 }", "marks"),
    ),
    "Concat, last axis": (TWO, layer("Concat", "concat_param { axis: -1 }", "data more")),
    "Concat, old field": (TWO, layer("Concat", "concat_param { concat_dim: 2 }", "data more")),
    "Concat of batches": (TWO, layer("Concat", "concat_param { axis: 0 }", "data more data")),
    "Eltwise, MAX of three": (TWO, layer("Eltwise", "eltwise_param { operation: MAX }", "data more data")),
    "Eltwise, PROD of three": (TWO, layer("Eltwise", "eltwise_param { operation: PROD }", "data more data")),
    "Slice, old field": (IMAGE, layer("Slice", "slice_param { slice_dim: 2 slice_point: 4 }", tops="a b")),
    "Slice, last axis": (IMAGE, layer("Slice", "slice_param { axis: -1 slice_point: 2 slice_point: 3 }", tops="a b c")),
    "Flatten, range": (IMAGE, layer("Flatten", "flatten_param { axis: 1 end_axis: -2 }")),
    "Flatten, batch too": (IMAGE, layer("Flatten", "flatten_param { axis: 0 end_axis: 1 }")),
    "Reshape, new axis": (IMAGE, layer("Reshape", "reshape_param { shape { dim: 1 } axis: 1 num_axes: 0 }")),
    "Reshape, axis at the end": (IMAGE, layer("Reshape", "reshape_param { shape { dim: 1 dim: 1 } axis: -1 }")),
    "Reshape, batch too": (IMAGE, layer("Reshape", "reshape_param { shape { dim: -1 dim: 7 } }")),
    "Crop, one offset": (
        {"data": (2, 4, 9, 7), "like": (2, 4, 5, 4)},
        layer("Crop", "crop_param { offset: 2 }", "data like"),
    ),
    "Crop, channels": (
        {"data": (2, 4, 9, 7), "like": (2, 2, 5, 4)},
        layer("Crop", "crop_param { axis: -3 offset: 1 offset: 0 offset: 3 }", "data like"),
    ),
    "Tile, batch": (IMAGE, layer("Tile", "tile_param { axis: 0 tiles: 2 }")),
    "Tile, last axis": (IMAGE, layer("Tile", "tile_param { axis: -1 tiles: 3 }")),
    "Reduction of everything": (IMAGE, layer("Reduction", "reduction_param { operation: MEAN coeff: 3 }")),
    "Reduction, last axis": (IMAGE, layer("Reduction", "reduction_param { operation: ASUM axis: -1 }")),
    "BatchReindex": (
        {"data": (2, 4, 3), "raw": (5,)},
        layer("Threshold", bottoms="raw", tops="index") + layer("BatchReindex", bottoms="data index"),
    ),
    "Parameter": (
        {"data": (2, 4)},
        layer("Parameter", "parameter_param { shape { dim: 2 dim: 4 } }", "", "learned")
        + layer("Eltwise", bottoms="data learned"),
    ),
    "Split": (
        IMAGE,
        layer("Split", tops="a b") + layer("ReLU", bottoms="a", tops="a") + layer("Eltwise", bottoms="a b"),
    ),
    "LSTM": (SEQUENCE, layer("LSTM", RECURRENT, "data cont")),
    "LSTM, static input": (STATIC, layer("LSTM", RECURRENT, "data cont static")),
    "RNN": (SEQUENCE, layer("RNN", RECURRENT, "data cont")),
    "RNN, static input": (STATIC, layer("RNN", RECURRENT, "data cont static")),
    "Normalize, of a vector, with factors": (VECTOR, layer("Normalize", "norm_param { channel_shared: false }")),
    "NormalizationL2": ({"data": (2, 6)}, layer("NormalizationL2")),
    "L2Normalization": ({"data": (2, 6, 1, 1)}, layer("L2Normalization")),
    "SparseInnerProduct": (VECTOR, layer("SparseInnerProduct", "inner_product_param { num_output: 5 }")),
    "Lstm, rows": ({"data": (10, 4)}, layer("Lstm", "lstm_param { num_output: 6 batch_size: 2 }")),
    "Lstm, rows of images, marked": (
        {"data": (10, 2, 3, 1), "raw": (10,)},
        layer("Threshold", bottoms="raw", tops="clip")
        + layer("Lstm", "lstm_param { num_output: 6 batch_size: 2 clipping_threshold: 0.1 }", "data clip"),
    ),
    "Lstm, one sequence": ({"data": (5, 4)}, layer("Lstm", "lstm_param { num_output: 6 }")),
    "Lstm, time and batch apart": ({"data": (5, 3, 4)}, layer("Lstm", "lstm_param { num_output: 6 }")),
    "LSTM, both ways": (
        {"data": (5, 3, 4)},
        layer("ContinuationIndicator", "continuation_indicator_param { time_step: 5 batch_size: 3 }", "", "start")
        + layer("LSTM", RECURRENT, "data start", "forth")
        + layer("Reverse", "reverse_param { axis: 0 }", "data", "turned")
        + layer("LSTM", RECURRENT, "turned start", "back")
        + layer("Reverse", "", "back", "again")
        + layer("Concat", "concat_param { axis: 2 }", "forth again"),
    ),
    "ContinuationIndicator of a bottom": (
        {"data": (3, 4, 5)},
        layer("Transpose", "transpose_param { dim: 2 dim: 0 dim: 1 }", tops="turned")
        + layer("ContinuationIndicator", "continuation_indicator_param { time_step: 5 axis: 1 }", "turned", "start")
        + layer("LSTM", RECURRENT, "turned start"),
    ),
    "in place, and read before": (
        IMAGE,
        layer("Convolution", "convolution_param { num_output: 3 kernel_size: 1 }", tops="conv")
        + layer("Sigmoid", bottoms="conv", tops="before")
        + layer("ReLU", bottoms="conv", tops="conv").replace('name: "conv"', 'name: "relu"')
        + layer("Dropout", bottoms="conv", tops="conv").replace('name: "conv"', 'name: "drop"')
        + layer("Eltwise", bottoms="before conv"),
    ),
}
