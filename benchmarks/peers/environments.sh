#!/bin/sh
# Make an environment for each peer: environments.sh FOLDER [PYTHON3.11] [PYTHON3.10] [PYTHON3.7]
# onnx2torch and nobuco want torchvision, which by itself would bring another PyTorch along.
set -e
folder=$1 new=${2:-python3.11} old=${3:-python3.10} oldest=${4:-python3.7}
make() {
    python=$1 name=$2
    shift 2
    "$python" -m venv "$folder/$name"
    "$folder/$name/bin/pip" install -q "$@"
}
bare() {
    name=$1
    shift
    "$folder/$name/bin/pip" install -q --no-deps "$@"
}
make "$old" caffe2onnx protobuf==3.20.3 onnx==1.14.1 'numpy<2' 'setuptools<80'
bare caffe2onnx caffe2onnx==2.0.1
make "$new" tf2onnx 'setuptools<80' tensorflow-cpu==2.15.1 onnx==1.16.2 tf2onnx==1.17.0
make "$new" onnx2torch torch==2.13.0 onnx onnxruntime
bare onnx2torch onnx2torch==1.5.15 torchvision==0.28.0
make "$new" onnx2keras tensorflow-cpu==2.19.0 onnx==1.17.0
bare onnx2keras onnx2keras==0.0.25
make "$old" onnx2kerastl 'setuptools<80' tensorflow-cpu==2.12.0 onnx==1.14.1 'numpy<1.24'
bare onnx2kerastl onnx2kerastl==0.0.198 keras-data-format-converter==0.1.24
make "$new" onnx2tf 'setuptools<80' tensorflow-cpu==2.19.0 tf_keras==2.19.0 onnx==1.17.0 'numpy<2.2' onnxruntime psutil onnxsim
bare onnx2tf onnx2tf==1.29.24 onnx-graphsurgeon==0.6.1 simple_onnx_processing_tools sng4onnx==2.0.1 sne4onnx sna4onnx soa4onnx \
    sor4onnx ai-edge-litert
make "$new" nobuco 'setuptools<80' torch==2.13.0 tensorflow-cpu==2.15.1 'numpy<2' rich tqdm sty pillow
bare nobuco nobuco==0.17.0 torchvision==0.28.0
make "$oldest" mmdnn tensorflow==1.15.5 keras==2.2.4 'h5py<3' 'protobuf<3.20' onnx==1.8.1 'numpy<1.19' six pillow
bare mmdnn mmdnn==0.3.1
