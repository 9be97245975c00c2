"""Caffe's layers.

Source: https://github.com/BVLC/caffe/blob/master/src/caffe/proto/caffe.proto, and each layer's .cpp.
"""

from __future__ import annotations

from ir import layers as L
from translator.dialects.caffe import detection, faces, forks, regions, sequences, volumes
from translator.dialects.caffe.codecs import (
    Base,
    ConvolutionKernel,
    Covered,
    Dilation,
    LegacyAxis,
    Levels,
    OfImages,
    Order,
    Pieces,
    Sizes,
    SymmetricPad,
    Window,
)
from translator.dialects.caffe.forms import (
    FILLERS,
    affine,
    convolution,
    depthwise,
    elementwise,
    global_pooling,
    inner_product,
    pooling,
    recurrent,
    single_level,
)
from translator.mapping import Always, Blob, Field, Rule, Rules, Word, carried

RULES = Rules(
    [
        *(convolution("Convolution", each) for each in (L.Conv2D, L.Conv1D, L.Conv3D)),
        *(depthwise(name) for name in ("DepthwiseConvolution", "ConvolutionDepthwise", "DepthwiseConv")),
        *(convolution("Deconvolution", each) for each in (L.Conv2DTranspose, L.Conv1DTranspose, L.Conv3DTranspose)),
        Rule(
            "Im2col",
            L.Im2Col,
            group="convolution_param",
            ignore=(*FILLERS, "num_output"),
            kernel=ConvolutionKernel(),
            stride=Window("stride", "stride", absent=1),
            pad=SymmetricPad(),
            dilation=Dilation(),
        ),
        global_pooling(L.GlobalMaxPool2D, "MAX"),
        global_pooling(L.GlobalAvgPool2D, "AVE"),
        pooling(L.MaxPoolIndices2D, "MAX", gives=2),
        pooling(L.MaxPool2D, "MAX"),
        pooling(L.AvgPool2D, "AVE"),
        pooling(L.StochasticPool2D, "STOCHASTIC"),
        single_level(L.GlobalMaxPool2D, "MAX"),
        single_level(L.GlobalAvgPool2D, "AVE"),
        Rule(
            "SPP",
            L.SpatialPyramidPool2D,
            group="spp_param",
            ignore=("engine",),
            levels=Levels("pyramid_height"),
            function=Word("pool", {"MAX": "max", "AVE": "average"}, absent="MAX"),
        ),
        inner_product("InnerProduct"),
        inner_product("SparseInnerProduct"),
        Rule(
            "Embed",
            L.Embed,
            group="embed_param",
            ignore=FILLERS,
            blobs=(Blob("kernel"), Blob("bias")),
            vocabulary=Field("input_dim"),
            units=Field("num_output"),
            bias=Field("bias_term", absent=True),
        ),
        Rule(
            "BatchNorm",
            L.BatchNorm,
            group="batch_norm_param",
            ignore=("engine", "scale_bias", "scale_filler", "bias_filler"),
            blobs=(Blob("mean"), Blob("variance"), Blob("factor")),
            axis=Always(1),
            scale=Always(False),
            center=Always(False),
            epsilon=Field("eps", absent=1e-5),
            momentum=Field("moving_average_fraction", absent=0.999),
            batch_statistics=Field(
                "use_global_stats", absent=True, decode=lambda value, at: not value, encode=lambda value, at: not value
            ),
        ),
        affine("Scale", L.Scale, "scale_param", (Blob("gamma"), Blob("beta")), bias=Field("bias_term", absent=False)),
        affine("Bias", L.Bias, "bias_param", (Blob("beta"),)),
        Rule(
            "Scale",
            L.ScaleBy,
            group="scale_param",
            ignore=(*FILLERS, "num_axes", "bias_term"),
            axis=Covered(),
        ),
        Rule("Bias", L.BiasBy, group="bias_param", ignore=(*FILLERS, "num_axes"), axis=Covered()),
        Rule("Axpy", L.Axpy),
        *faces.RULES,
        Rule(
            "Normalize",
            L.L2Normalize,
            group="norm_param",
            ignore=("scale_filler",),
            blobs=faces.factors,
            across_spatial=Field("across_spatial", absent=True),
            shared=Field("channel_shared", absent=True),
            epsilon=Field("eps", absent=1e-10),
            learned=Always(True),
        ),
        Rule(
            "LRN",
            L.LRN,
            group="lrn_param",
            where={"fuse_type": None},
            ignore=("engine",),
            size=Field("local_size", absent=5),
            alpha=Field("alpha", absent=1.0),
            beta=Field("beta", absent=0.75),
            k=Field("k", absent=1.0),
            region=Word(
                "norm_region",
                {"ACROSS_CHANNELS": "across_channels", "WITHIN_CHANNEL": "within_channel"},
                absent="ACROSS_CHANNELS",
            ),
        ),
        Rule(
            "MVN",
            L.MVN,
            group="mvn_param",
            normalize_variance=OfImages("normalize_variance", absent=True),
            across_channels=Field("across_channels", absent=False),
            epsilon=Field("eps", absent=1e-9),
        ),
        Rule(
            "PReLU",
            L.PReLU,
            group="prelu_param",
            ignore=FILLERS,
            blobs=(Blob("slope"),),
            axis=Always(1),
            shared=Field("channel_shared", absent=False),
        ),
        elementwise("ReLU", L.ReLU, "relu_param", negative_slope=Field("negative_slope", absent=0.0)),
        elementwise("ReLU6", L.ReLU, negative_slope=Always(0.0), maximum=Always(6.0)),
        elementwise("ELU", L.ELU, "elu_param", alpha=Field("alpha", absent=1.0)),
        elementwise("Sigmoid", L.Sigmoid, "sigmoid_param"),
        elementwise("TanH", L.Tanh, "tanh_param"),
        elementwise("AbsVal", L.Abs),
        elementwise("BNLL", L.Softplus),
        elementwise("Swish", L.Swish, "swish_param", beta=Field("beta", absent=1.0)),
        elementwise("Clip", L.Clip, "clip_param", minimum=Field("min"), maximum=Field("max")),
        elementwise("Threshold", L.Threshold, "threshold_param", threshold=Field("threshold", absent=0.0)),
        elementwise(
            "Power",
            L.Power,
            "power_param",
            power=Field("power", absent=1.0),
            scale=Field("scale", absent=1.0),
            shift=Field("shift", absent=0.0),
        ),
        elementwise(
            "Exp", L.Exp, "exp_param", base=Base(), scale=Field("scale", absent=1.0), shift=Field("shift", absent=0.0)
        ),
        elementwise(
            "Log", L.Log, "log_param", base=Base(), scale=Field("scale", absent=1.0), shift=Field("shift", absent=0.0)
        ),
        elementwise("Dropout", L.Dropout, "dropout_param", rate=Field("dropout_ratio", absent=0.5)),
        elementwise("Split", L.Identity),
        Rule("Softmax", L.Softmax, group="softmax_param", ignore=("engine",), axis=Field("axis", absent=1)),
        Rule(
            "ArgMax",
            L.ArgMax,
            group="argmax_param",
            axis=Field("axis", absent=None),
            top=Field("top_k", absent=1),
            values=Field("out_max_val", absent=False),
        ),
        Rule("Concat", L.Concat, group="concat_param", axis=LegacyAxis("concat_dim")),
        Rule(
            "Eltwise",
            L.Add,
            group="eltwise_param",
            where={"operation": "SUM"},
            ignore=FILLERS,
            coefficients=Field("coeff", absent=None, decode=lambda value, at: value or None),
        ),
        Rule("Eltwise", L.Multiply, group="eltwise_param", where={"operation": "PROD"}, ignore=(*FILLERS, "coeff")),
        Rule("Eltwise", L.Maximum, group="eltwise_param", where={"operation": "MAX"}, ignore=(*FILLERS, "coeff")),
        Rule(
            "Slice",
            L.Slice,
            group="slice_param",
            axis=LegacyAxis("slice_dim"),
            points=Field("slice_point", absent=None, decode=lambda value, at: value or None),
            pieces=Pieces(),
        ),
        Rule(
            "Flatten",
            L.Flatten,
            group="flatten_param",
            axis=Field("axis", absent=1),
            end_axis=Field("end_axis", absent=-1),
        ),
        Rule(
            "Reshape",
            L.Reshape,
            group="reshape_param",
            sizes=Sizes(),
            axis=Field("axis", absent=0),
            count=Field("num_axes", absent=-1),
        ),
        Rule(
            "Crop",
            L.Crop,
            group="crop_param",
            axis=Field("axis", absent=2),
            offset=Field("offset", absent=(0,), decode=lambda value, at: value or (0,)),
        ),
        Rule("Permute", L.Permute, group="permute_param", order=Order()),
        Rule("Tile", L.Tile, group="tile_param", axis=Field("axis", absent=1), times=Field("tiles")),
        Rule(
            "Reduction",
            L.Reduction,
            group="reduction_param",
            function=Word(
                "operation", {"SUM": "sum", "ASUM": "abs_sum", "SUMSQ": "square_sum", "MEAN": "mean"}, absent="SUM"
            ),
            axis=Field("axis", absent=0),
            coefficient=Field("coeff", absent=1.0),
        ),
        Rule("BatchReindex", L.BatchReindex),
        Rule("Parameter", L.Constant, group="parameter_param", blobs=(Blob("value"),), sizes=Sizes()),
        *forks.RULES,
        carried("custom"),
        recurrent("LSTM", L.ContinuedLSTM, "kernel", "bias", "static_kernel", "recurrent_kernel"),
        recurrent(
            "RNN", L.ContinuedRNN, "kernel", "bias", "static_kernel", "recurrent_kernel", "output_kernel", "output_bias"
        ),
        *faces.NORMS,
        *volumes.RULES,
        *detection.RULES,
        *regions.RULES,
        *sequences.RULES,
    ]
)

DEFAULTS = {"pool": "MAX", "unpool": "MAX", "operation": "SUM", "global_pooling": False}
"""What the fields that pick a rule (`where`) hold where they are absent."""

DATA = frozenset(
    [
        "Data",
        "ImageData",
        "MemoryData",
        "HDF5Data",
        "DummyData",
        "WindowData",
        "Input",
        "AnnotatedData",
        "VideoData",
        "DenseImageData",
    ]
)
"""Layers that bring data in: their tops are the net's inputs."""

TRAINING = frozenset(["Silence", "HDF5Output", "SoftmaxWithLoss", "WarpCTC", "WarpCtc", "Yolov3", "YoloV3"])
"""Layers of training alone of which the name does not tell, and what the files of Caffe's first years call otherwise.

Yolov3 is the loss of https://github.com/eric612/MobileNet-YOLO (yolov3_layer.hpp).
"""


def teach(rule: Rule) -> None:
    """Add a rule before those of the table."""
    RULES.prefer(rule)
