"""The fields of Caffe's messages: names, numbers, types.

Source: https://github.com/BVLC/caffe/blob/master/src/caffe/proto/caffe.proto (1.0, 9b89154). A field is
`number name type`, a star behind the type where it repeats. A type is a scalar of protobuf, an enum or a message.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_MESSAGES = {
    "NetParameter": "1 name string, 3 input string*, 8 input_shape BlobShape*, 4 input_dim int32*, "
    "5 force_backward bool, 6 state NetState, 7 debug_info bool, 100 layer LayerParameter*, "
    "2 layers V1LayerParameter*",
    "NetState": "1 phase Phase, 2 level int32, 3 stage string*",
    "NetStateRule": "1 phase Phase, 2 min_level int32, 3 max_level int32, 4 stage string*, 5 not_stage string*",
    "SolverParameter": "24 net string, 25 net_param NetParameter, 1 train_net string, 2 test_net string*, "
    "21 train_net_param NetParameter, 22 test_net_param NetParameter*",
    "ParamSpec": "1 name string, 2 share_mode DimCheckMode, 3 lr_mult float, 4 decay_mult float",
    "BlobShape": "1 dim int64*",
    "BlobProto": "7 shape BlobShape, 5 data float*, 6 diff float*, 8 double_data double*, 9 double_diff double*, "
    "1 num int32, 2 channels int32, 3 height int32, 4 width int32",
    "FillerParameter": "1 type string, 2 value float, 3 min float, 4 max float, 5 mean float, 6 std float, "
    "7 sparse int32, 8 variance_norm VarianceNorm",
    "LayerParameter": "1 name string, 2 type string, 3 bottom string*, 4 top string*, 10 phase Phase, "
    "5 loss_weight float*, 6 param ParamSpec*, 7 blobs BlobProto*, 11 propagate_down bool*, 8 include NetStateRule*, "
    "9 exclude NetStateRule*, 100 transform_param TransformationParameter, 101 loss_param LossParameter, "
    "102 accuracy_param AccuracyParameter, 103 argmax_param ArgMaxParameter, 104 concat_param ConcatParameter, "
    "105 contrastive_loss_param ContrastiveLossParameter, 106 convolution_param ConvolutionParameter, "
    "107 data_param DataParameter, 108 dropout_param DropoutParameter, 109 dummy_data_param DummyDataParameter, "
    "110 eltwise_param EltwiseParameter, 111 exp_param ExpParameter, 112 hdf5_data_param HDF5DataParameter, "
    "113 hdf5_output_param HDF5OutputParameter, 114 hinge_loss_param HingeLossParameter, "
    "115 image_data_param ImageDataParameter, 116 infogain_loss_param InfogainLossParameter, "
    "117 inner_product_param InnerProductParameter, 118 lrn_param LRNParameter, "
    "119 memory_data_param MemoryDataParameter, 120 mvn_param MVNParameter, 121 pooling_param PoolingParameter, "
    "122 power_param PowerParameter, 123 relu_param ReLUParameter, 124 sigmoid_param EngineParameter, "
    "125 softmax_param SoftmaxParameter, 126 slice_param SliceParameter, 127 tanh_param EngineParameter, "
    "128 threshold_param ThresholdParameter, 129 window_data_param WindowDataParameter, "
    "130 python_param PythonParameter, 131 prelu_param PReLUParameter, 132 spp_param SPPParameter, "
    "133 reshape_param ReshapeParameter, 134 log_param LogParameter, 135 flatten_param FlattenParameter, "
    "136 reduction_param ReductionParameter, 137 embed_param EmbedParameter, 138 tile_param TileParameter, "
    "139 batch_norm_param BatchNormParameter, 140 elu_param ELUParameter, 141 bias_param BiasParameter, "
    "142 scale_param ScaleParameter, 143 input_param InputParameter, 144 crop_param CropParameter, "
    "145 parameter_param ParameterParameter, 146 recurrent_param RecurrentParameter, 147 swish_param SwishParameter, "
    "148 clip_param ClipParameter",
    "V1LayerParameter": "2 bottom string*, 3 top string*, 4 name string, 32 include NetStateRule*, "
    "33 exclude NetStateRule*, 5 type V1LayerType, 6 blobs BlobProto*, 1001 param string*, "
    "1002 blob_share_mode DimCheckMode*, 7 blobs_lr float*, 8 weight_decay float*, 35 loss_weight float*, "
    "27 accuracy_param AccuracyParameter, 23 argmax_param ArgMaxParameter, 9 concat_param ConcatParameter, "
    "40 contrastive_loss_param ContrastiveLossParameter, 10 convolution_param ConvolutionParameter, "
    "11 data_param DataParameter, 12 dropout_param DropoutParameter, 26 dummy_data_param DummyDataParameter, "
    "24 eltwise_param EltwiseParameter, 41 exp_param ExpParameter, 13 hdf5_data_param HDF5DataParameter, "
    "14 hdf5_output_param HDF5OutputParameter, 29 hinge_loss_param HingeLossParameter, "
    "15 image_data_param ImageDataParameter, 16 infogain_loss_param InfogainLossParameter, "
    "17 inner_product_param InnerProductParameter, 18 lrn_param LRNParameter, "
    "22 memory_data_param MemoryDataParameter, 34 mvn_param MVNParameter, 19 pooling_param PoolingParameter, "
    "21 power_param PowerParameter, 30 relu_param ReLUParameter, 38 sigmoid_param EngineParameter, "
    "39 softmax_param SoftmaxParameter, 31 slice_param SliceParameter, 37 tanh_param EngineParameter, "
    "25 threshold_param ThresholdParameter, 20 window_data_param WindowDataParameter, "
    "36 transform_param TransformationParameter, 42 loss_param LossParameter, 1 layer V0LayerParameter",
    "V0LayerParameter": "1 name string, 2 type string, 3 num_output uint32, 4 biasterm bool, "
    "5 weight_filler FillerParameter, 6 bias_filler FillerParameter, 7 pad uint32, 8 kernelsize uint32, "
    "9 group uint32, 10 stride uint32, 11 pool PoolMethod, 12 dropout_ratio float, 13 local_size uint32, "
    "14 alpha float, 15 beta float, 22 k float, 16 source string, 17 scale float, 18 meanfile string, "
    "19 batchsize uint32, 20 cropsize uint32, 21 mirror bool, 50 blobs BlobProto*, 51 blobs_lr float*, "
    "52 weight_decay float*, 53 rand_skip uint32, 54 det_fg_threshold float, 55 det_bg_threshold float, "
    "56 det_fg_fraction float, 58 det_context_pad uint32, 59 det_crop_mode string, 60 new_num int32, "
    "61 new_channels int32, 62 new_height int32, 63 new_width int32, 64 shuffle_images bool, 65 concat_dim uint32, "
    "1001 hdf5_output_param HDF5OutputParameter",
    "ConvolutionParameter": "1 num_output uint32, 2 bias_term bool, 3 pad uint32*, 4 kernel_size uint32*, "
    "6 stride uint32*, 18 dilation uint32*, 9 pad_h uint32, 10 pad_w uint32, 11 kernel_h uint32, 12 kernel_w uint32, "
    "13 stride_h uint32, 14 stride_w uint32, 5 group uint32, 7 weight_filler FillerParameter, "
    "8 bias_filler FillerParameter, 15 engine Engine, 16 axis int32, 17 force_nd_im2col bool",
    "PoolingParameter": "1 pool PoolMethod, 4 pad uint32, 9 pad_h uint32, 10 pad_w uint32, 2 kernel_size uint32, "
    "5 kernel_h uint32, 6 kernel_w uint32, 3 stride uint32, 7 stride_h uint32, 8 stride_w uint32, 11 engine Engine, "
    "12 global_pooling bool, 13 round_mode RoundMode",
    "InnerProductParameter": "1 num_output uint32, 2 bias_term bool, 3 weight_filler FillerParameter, "
    "4 bias_filler FillerParameter, 5 axis int32, 6 transpose bool",
    "LRNParameter": "1 local_size uint32, 2 alpha float, 3 beta float, 4 norm_region NormRegion, 5 k float, "
    "6 engine Engine",
    "EltwiseParameter": "1 operation EltwiseOp, 2 coeff float*, 3 stable_prod_grad bool",
    "ReductionParameter": "1 operation ReductionOp, 2 axis int32, 3 coeff float",
    "AccuracyParameter": "1 top_k uint32, 2 axis int32, 3 ignore_label int32",
    "ArgMaxParameter": "1 out_max_val bool, 2 top_k uint32, 3 axis int32",
    "BatchNormParameter": "1 use_global_stats bool, 2 moving_average_fraction float, 3 eps float",
    "BiasParameter": "1 axis int32, 2 num_axes int32, 3 filler FillerParameter",
    "ClipParameter": "1 min float, 2 max float",
    "ConcatParameter": "2 axis int32, 1 concat_dim uint32",
    "ContrastiveLossParameter": "1 margin float, 2 legacy_version bool",
    "CropParameter": "1 axis int32, 2 offset uint32*",
    "DataParameter": "1 source string, 4 batch_size uint32, 7 rand_skip uint32, 8 backend DataBackend, 2 scale float, "
    "3 mean_file string, 5 crop_size uint32, 6 mirror bool, 9 force_encoded_color bool, 10 prefetch uint32",
    "DropoutParameter": "1 dropout_ratio float",
    "DummyDataParameter": "1 data_filler FillerParameter*, 6 shape BlobShape*, 2 num uint32*, 3 channels uint32*, "
    "4 height uint32*, 5 width uint32*",
    "ELUParameter": "1 alpha float",
    "EmbedParameter": "1 num_output uint32, 2 input_dim uint32, 3 bias_term bool, 4 weight_filler FillerParameter, "
    "5 bias_filler FillerParameter",
    "EngineParameter": "1 engine Engine",
    "ExpParameter": "1 base float, 2 scale float, 3 shift float",
    "FlattenParameter": "1 axis int32, 2 end_axis int32",
    "HDF5DataParameter": "1 source string, 2 batch_size uint32, 3 shuffle bool",
    "HDF5OutputParameter": "1 file_name string",
    "HingeLossParameter": "1 norm LossNorm",
    "ImageDataParameter": "1 source string, 4 batch_size uint32, 7 rand_skip uint32, 8 shuffle bool, "
    "9 new_height uint32, 10 new_width uint32, 11 is_color bool, 2 scale float, 3 mean_file string, "
    "5 crop_size uint32, 6 mirror bool, 12 root_folder string",
    "InfogainLossParameter": "1 source string, 2 axis int32",
    "InputParameter": "1 shape BlobShape*",
    "LogParameter": "1 base float, 2 scale float, 3 shift float",
    "LossParameter": "1 ignore_label int32, 3 normalization NormalizationMode, 2 normalize bool",
    "MemoryDataParameter": "1 batch_size uint32, 2 channels uint32, 3 height uint32, 4 width uint32",
    "MVNParameter": "1 normalize_variance bool, 2 across_channels bool, 3 eps float",
    "ParameterParameter": "1 shape BlobShape",
    "PowerParameter": "1 power float, 2 scale float, 3 shift float",
    "PReLUParameter": "1 filler FillerParameter, 2 channel_shared bool",
    "PythonParameter": "1 module string, 2 layer string, 3 param_str string, 4 share_in_parallel bool",
    "RecurrentParameter": "1 num_output uint32, 2 weight_filler FillerParameter, 3 bias_filler FillerParameter, "
    "4 debug_info bool, 5 expose_hidden bool",
    "ReLUParameter": "1 negative_slope float, 2 engine Engine",
    "ReshapeParameter": "1 shape BlobShape, 2 axis int32, 3 num_axes int32",
    "ScaleParameter": "1 axis int32, 2 num_axes int32, 3 filler FillerParameter, 4 bias_term bool, "
    "5 bias_filler FillerParameter",
    "SliceParameter": "3 axis int32, 2 slice_point uint32*, 1 slice_dim uint32",
    "SoftmaxParameter": "1 engine Engine, 2 axis int32",
    "SPPParameter": "1 pyramid_height uint32, 2 pool PoolMethod, 6 engine Engine",
    "SwishParameter": "1 beta float",
    "ThresholdParameter": "1 threshold float",
    "TileParameter": "1 axis int32, 2 tiles int32",
    "TransformationParameter": "1 scale float, 2 mirror bool, 3 crop_size uint32, 4 mean_file string, "
    "5 mean_value float*, 6 force_color bool, 7 force_gray bool",
    "WindowDataParameter": "1 source string, 2 scale float, 3 mean_file string, 4 batch_size uint32, "
    "5 crop_size uint32, 6 mirror bool, 7 fg_threshold float, 8 bg_threshold float, 9 fg_fraction float, "
    "10 context_pad uint32, 11 crop_mode string, 12 cache_images bool, 13 root_folder string",
}

ENUMS: dict[str, dict[str, int]] = {
    "Phase": {"TRAIN": 0, "TEST": 1},
    "DimCheckMode": {"STRICT": 0, "PERMISSIVE": 1},
    "VarianceNorm": {"FAN_IN": 0, "FAN_OUT": 1, "AVERAGE": 2},
    "PoolMethod": {"MAX": 0, "AVE": 1, "STOCHASTIC": 2},
    "Engine": {"DEFAULT": 0, "CAFFE": 1, "CUDNN": 2},
    "RoundMode": {"CEIL": 0, "FLOOR": 1},
    "NormRegion": {"ACROSS_CHANNELS": 0, "WITHIN_CHANNEL": 1},
    "EltwiseOp": {"PROD": 0, "SUM": 1, "MAX": 2},
    "ReductionOp": {"SUM": 1, "ASUM": 2, "SUMSQ": 3, "MEAN": 4},
    "DataBackend": {"LEVELDB": 0, "LMDB": 1},
    "LossNorm": {"L1": 1, "L2": 2},
    "NormalizationMode": {"FULL": 0, "VALID": 1, "BATCH_SIZE": 2, "NONE": 3},
    "V1LayerType": {
        "NONE": 0,
        "ACCURACY": 1,
        "BNLL": 2,
        "CONCAT": 3,
        "CONVOLUTION": 4,
        "DATA": 5,
        "DROPOUT": 6,
        "EUCLIDEAN_LOSS": 7,
        "FLATTEN": 8,
        "HDF5_DATA": 9,
        "HDF5_OUTPUT": 10,
        "IM2COL": 11,
        "IMAGE_DATA": 12,
        "INFOGAIN_LOSS": 13,
        "INNER_PRODUCT": 14,
        "LRN": 15,
        "MULTINOMIAL_LOGISTIC_LOSS": 16,
        "POOLING": 17,
        "RELU": 18,
        "SIGMOID": 19,
        "SOFTMAX": 20,
        "SOFTMAX_LOSS": 21,
        "SPLIT": 22,
        "TANH": 23,
        "WINDOW_DATA": 24,
        "ELTWISE": 25,
        "POWER": 26,
        "SIGMOID_CROSS_ENTROPY_LOSS": 27,
        "HINGE_LOSS": 28,
        "MEMORY_DATA": 29,
        "ARGMAX": 30,
        "THRESHOLD": 31,
        "DUMMY_DATA": 32,
        "SLICE": 33,
        "MVN": 34,
        "ABSVAL": 35,
        "SILENCE": 36,
        "CONTRASTIVE_LOSS": 37,
        "EXP": 38,
        "DECONVOLUTION": 39,
    },
}

SCALARS = {"string", "bool", "int32", "uint32", "int64", "float", "double"}


class FieldSpec(NamedTuple):
    """One field of a message."""

    number: int
    name: str
    type: str
    repeated: bool


@cache
def fields(message: str) -> dict[str, FieldSpec]:
    """Return a message's fields by name; empty for a message that is not Caffe's own."""
    found = {}
    for line in _MESSAGES.get(message, "").split(", "):
        if line:
            number, name, kind = line.split(" ")
            found[name] = FieldSpec(int(number), name, kind.rstrip("*"), kind.endswith("*"))
    return found


@cache
def fields_by_number(message: str) -> dict[int, FieldSpec]:
    """Return a message's fields by number."""
    return {each.number: each for each in fields(message).values()}


@cache
def enum_names(enum: str) -> dict[int, str]:
    """Return the names of an enum's values."""
    return {value: name for name, value in ENUMS[enum].items()}
