"""caffe2onnx: a prototxt and a caffemodel to ONNX."""

import sys

from caffe2onnx.src.caffe2onnx import Caffe2Onnx
from caffe2onnx.src.load_save_model import loadcaffemodel, saveonnxmodel

source, weights, inputs, target, outputs = sys.argv[1:]
graph, params = loadcaffemodel(source, weights)
saveonnxmodel(Caffe2Onnx(graph, params, target).createOnnxModel(), target)
