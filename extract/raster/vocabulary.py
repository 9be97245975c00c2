"""The words that drawings of networks are written with: classes of Keras, types of Caffe, and parts of names."""

from __future__ import annotations

import re

from ir.layer import CATALOGUE

KERAS = """
InputLayer Dense Activation Embedding Masking Lambda Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D
SeparableConv1D SeparableConv2D SeparableConvolution2D DepthwiseConv1D DepthwiseConv2D Conv1DTranspose Conv2DTranspose
Conv3DTranspose Deconvolution2D AtrousConvolution2D MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D
AveragePooling2D AveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D
GlobalAveragePooling2D GlobalAveragePooling3D LSTM GRU SimpleRNN RNN Bidirectional TimeDistributed ConvLSTM2D CuDNNLSTM
CuDNNGRU TextVectorization Normalization Rescaling BatchNormalization LayerNormalization GroupNormalization
UnitNormalization SpectralNormalization Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianNoise
GaussianDropout AlphaDropout ActivityRegularization MultiHeadAttention Attention AdditiveAttention Reshape Flatten
RepeatVector Permute Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D
ZeroPadding3D Concatenate Average Maximum Minimum Add Subtract Multiply Dot Merge ReLU LeakyReLU PReLU ELU Softmax
ThresholdedReLU LocallyConnected1D LocallyConnected2D MaxoutDense Highway Functional Sequential Model Identity GetItem
TFOpLambda Wrapper RandomFlip Resizing MaxoutDense
"""
CAFFE = """
AbsVal Accuracy ArgMax BatchNorm BatchReindex Bias BNLL Concat ContrastiveLoss Convolution Crop Data Deconvolution
Dropout DummyData Eltwise ELU Embed EuclideanLoss Exp Filter Flatten HDF5Data HDF5Output HingeLoss Im2col ImageData
InfogainLoss InnerProduct Input Log LRN LSTM MemoryData MultinomialLogisticLoss MVN Parameter Pooling Power PReLU Python
Recurrent Reduction ReLU Reshape RNN Scale Sigmoid SigmoidCrossEntropyLoss Silence Slice Softmax SoftmaxWithLoss Split
SPP TanH Threshold Tile WindowData Permute Pad Upsample ShuffleChannel ROIPooling PriorBox Normalize DetectionOutput
ContinuationIndicator Interp Axpy MAX AVE STOCHASTIC ABSVAL ACCURACY ARGMAX CONCAT CONVOLUTION DATA DECONVOLUTION
DROPOUT ELTWISE FLATTEN HDF5 IMAGE INNER INPUT PRODUCT LOSS POOLING POWER PERMUTE RELU RESHAPE SIGMOID SLICE SOFTMAX
SPLIT TANH EMBED EUCLIDEAN REDUCTION SCALE SILENCE THRESHOLD TILE EXP LOG MVN SEQUENCESTART CONTINUATIONINDICATOR PAD
"""
PLAIN = """
input output inputs outputs None shape dtype kernel size stride pad activation trainable Trainable Input Output
Activation Non float16 float32 float64 int32 int64 bfloat16 multiple keras layers core convolutional recurrent pooling
embeddings normalization noise local advanced relu relu6 linear
softmax sigmoid tanh elu selu celu gelu silu swish mish softplus softsign exponential
conv convolution pool fc ip drop flat concat embed rnn lstm gru data label prob loss norm scale bias bn ln lrn res
branch reduce expand squeeze fire inception block stage up down cls score accuracy classifier predictions avg max ave
average mean sum add mul merge split slice crop pad steps start states state last first transpose permute flatten
reshape image encoder decoder left right dense dropout batch global zero padding2d conv1d conv2d conv3d pooling1d
pooling2d pooling3d convolution2d maxpooling2d averagepooling2d simplernn simple depthwise separable
"""
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+(?:\d[dD]?)?|[A-Z]+")


def _vocabulary() -> frozenset[str]:
    """Return all words: the classes, those in small letters, and their parts as names have them."""
    classes = {*KERAS.split(), *CAFFE.split(), *CATALOGUE}
    small = {each.lower() for each in classes}
    parts = {part.lower() for each in classes for part in _PARTS.findall(each)}
    return frozenset(each for each in classes | small | parts | {*PLAIN.split()} if len(each) > 1)


WORDS = _vocabulary()
"""Every word, as it is spelt."""
