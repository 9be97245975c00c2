"""What the tests of figures draw: a Keras model that forks, and a net of Caffe's with a layer in place."""

from __future__ import annotations

from random import Random

from ir import Model, Report
from ir.validate import infer
from translator import read
from translator.dialects.caffe.writer import to_net
from translator.simulation import caffe_pictures
from translator.simulation.keras_pictures import Seen
from translator.simulation.picture import Picture

FORKED = [
    Seen("input_1", "InputLayer", (), ((None, 28, 28, 1),), ((None, 28, 28, 1),)),
    Seen("conv2d_1", "Conv2D", ("input_1",), ((None, 28, 28, 1),), ((None, 28, 28, 16),), "relu"),
    Seen("conv2d_2", "Conv2D", ("conv2d_1",), ((None, 28, 28, 16),), ((None, 28, 28, 16),), "relu"),
    Seen("dropout_1", "Dropout", ("conv2d_1",), ((None, 28, 28, 16),), ((None, 28, 28, 16),)),
    Seen("add_1", "Add", ("conv2d_2", "dropout_1", "conv2d_1"), ((None, 28, 28, 16),) * 3, ((None, 28, 28, 16),)),
    Seen("flatten_1", "Flatten", ("add_1",), ((None, 28, 28, 16),), ((None, 12544),)),
    Seen("dense_1", "Dense", ("flatten_1",), ((None, 12544),), ((None, 10),)),
]
NET = b"""
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 9 dim: 9 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "a" type: "Convolution" bottom: "conv" top: "a" convolution_param { num_output: 8 kernel_size: 1 } }
layer { name: "b" type: "Pooling" bottom: "conv" top: "b" pooling_param { kernel_size: 3 stride: 1 pad: 1 } }
layer { name: "cat" type: "Concat" bottom: "a" bottom: "b" top: "cat" }
layer { name: "fc" type: "InnerProduct" bottom: "cat" top: "fc" inner_product_param { num_output: 10 } }
"""
LAYERS = [
    ("Conv2D", {"filters": 4, "kernel": (3, 3)}),
    ("ReLU", {}),
    ("Conv2D", {"filters": 8, "kernel": (1, 1)}),
    ("MaxPool2D", {"kernel": (3, 3), "pad": ((1, 1), (1, 1))}),
    ("Concat", {}),
    ("Flatten", {}),
    ("Dense", {"units": 10}),
]
"""The layers of that net, as a drawing of it tells them: by type, with what is not usual."""


def caffe_picture(version: str, seed: int) -> Picture:
    graph = read("net.prototxt", data=NET).graph
    return caffe_pictures.draw(to_net(Model(graph), infer(graph, Report())), Random(seed), version)
