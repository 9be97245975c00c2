"""How a prototxt becomes a graph."""

from pathlib import Path

import numpy as np
import pytest

from ir import Graph, Model, Ref, Report, TranslationError
from ir import layers as L
from translator import ReadOptions, read, translate, write


def graph_of(tmp_path: Path, text: str, report: Report | None = None, **options: object) -> Graph:
    file = tmp_path / "net.prototxt"
    file.write_text(text)
    return read(file, options=ReadOptions(**options), report=report).graph  # type: ignore[arg-type]


IMAGE = 'input: "data" input_shape { dim: 4 dim: 3 dim: 16 dim: 16 }\n'
CONV = "convolution_param { num_output: 8 kernel_size: 3 pad: 1 }"

V2 = (
    IMAGE
    + f"""
layer {{ name: "conv" type: "Convolution" bottom: "data" top: "conv" {CONV} }}
layer {{ name: "relu" type: "ReLU" bottom: "conv" top: "conv" }}
layer {{ name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param {{ kernel_size: 2 stride: 2 }} }}
"""
)
V1 = (
    IMAGE.replace(
        "input_shape { dim: 4 dim: 3 dim: 16 dim: 16 }", "input_dim: 4 input_dim: 3 input_dim: 16 input_dim: 16"
    )
    + f"""
layers {{ name: "conv" type: CONVOLUTION bottom: "data" top: "conv" blobs_lr: 1 blobs_lr: 2 {CONV} }}
layers {{ name: "relu" type: RELU bottom: "conv" top: "conv" }}
layers {{ name: "pool" type: POOLING bottom: "conv" top: "pool" pooling_param {{ kernel_size: 2 stride: 2 }} }}
"""
)
V0 = (
    IMAGE
    + """
layers { layer { name: "pad" type: "padding" pad: 1 } bottom: "data" top: "pad" }
layers { layer { name: "conv" type: "conv" num_output: 8 kernelsize: 3 blobs_lr: 1. } bottom: "pad" top: "conv" }
layers { layer { name: "relu" type: "relu" } bottom: "conv" top: "conv" }
layers { layer { name: "pool" type: "pool" kernelsize: 2 stride: 2 pool: MAX } bottom: "conv" top: "pool" }
"""
)


def test_a_file_whose_layers_are_all_for_another_phase_says_so(tmp_path: Path) -> None:
    rule = 'include { phase: TRAIN } top: "d"'
    text = f'layer {{ name: "d" type: "Python" {rule} python_param {{ module: "m" layer: "L" }} }}'
    with pytest.raises(TranslationError) as caught:
        graph_of(tmp_path, text)
    told = str(caught.value)
    assert "error[graph]: no layer of the file is for what is read, the phase TEST" in told
    assert "hint: --phase train, or --stage NAME" in told
    assert "gives nothing" not in told


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        ("num_output: 8", "num_output: 8 num_output: 9"),
        ("kernel_size: 2", "kernel_size: 2 kernel_size: 3"),
        ('type: "ReLU"', 'type: "ReLU" type: "Sigmoid"'),
        (CONV, f"{CONV} {CONV}"),
    ],
)
def test_a_second_value_of_a_field_that_has_one_is_told(once: str, twice: str, tmp_path: Path) -> None:
    with pytest.raises(TranslationError, match=r"error\[value\]: \w+ is given twice; Caffe takes one"):
        graph_of(tmp_path, V2.replace(once, twice))


@pytest.mark.parametrize("old", [V1, V0], ids=["V1", "V0"])
def test_old_syntax_reads_as_the_same_graph(old: str, tmp_path: Path) -> None:
    assert graph_of(tmp_path, old) == graph_of(tmp_path, V2)


def test_the_batch_is_left_open(tmp_path: Path) -> None:
    assert graph_of(tmp_path, V2).inputs[0].shape == (None, 3, 16, 16)


def test_the_batch_is_fixed_with_a_note_where_a_layer_names_it(tmp_path: Path) -> None:
    report = Report()
    text = (
        IMAGE + 'layer { name: "r" type: "Reshape" bottom: "data" top: "r" reshape_param { shape { dim: 4 dim: -1 } } }'
    )
    graph = graph_of(tmp_path, text, report)
    assert graph.inputs[0].shape == (4, 3, 16, 16)
    assert [each.code for each in report] == ["fixed-batch"]
    over_all = (
        'layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc" '
        "inner_product_param { num_output: 5 axis: 0 } }"
    )
    assert graph_of(tmp_path, IMAGE + over_all).inputs[0].shape == (4, 3, 16, 16)


def test_a_batch_that_the_file_does_not_say_is_what_a_reshape_asks_for(tmp_path: Path) -> None:
    text = 'input: "data"\n' + V2.replace(IMAGE, "")
    text += (
        'layer { name: "r" type: "Reshape" bottom: "pool" top: "r" reshape_param { shape { dim: 2 dim: 3 dim: %d } } }'
    )
    graph = graph_of(tmp_path, text % (8 * 112 * 112))
    assert graph.inputs[0].shape == (6, 3, 224, 224)
    with pytest.raises(TranslationError, match="another number of elements"):
        graph_of(tmp_path, text % 1000)


def test_what_nothing_takes_and_is_no_output_is_silenced(tmp_path: Path) -> None:
    cut = 'layer { name: "cut" type: "Slice" bottom: "pool" top: "a" top: "b" }\n'
    graph = graph_of(tmp_path, V2 + cut + 'layer { name: "quiet" type: "Silence" bottom: "a" }')
    assert graph.outputs == (Ref("cut", 1),)
    text = write(Model(graph), "caffe").text or ""
    assert 'type: "Silence"\n  bottom: "a"' in text
    assert graph_of(tmp_path, text) == graph


def test_a_reshape_to_a_certain_batch_without_a_bottom_is_an_arity_error(tmp_path: Path) -> None:
    reshape = 'layer { name: "r" type: "Reshape" top: "r" reshape_param { shape { dim: 2 dim: 3 } } }'
    with pytest.raises(TranslationError, match=r"error\[arity\]: r \(Reshape\) takes 1 input, not 0"):
        graph_of(tmp_path, V2 + reshape)


def test_a_box_of_no_width_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(
        'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'
        'layer { name: "p" type: "PriorBox" bottom: "data" bottom: "data" top: "p"\n'
        "  prior_box_param { min_size: 8 aspect_ratio: 0 variance: 0.1 } }"
    )
    with pytest.raises(TranslationError, match=r"error\[value\]: p: has the ratio 0, where one above 0 is wanted"):
        read(path)


PROPOSALS = """
input: "s" input_shape { dim: [1, 18, 4, 5] } input: "o" input_shape { dim: [1, 36, 4, 5] }
input: "im_info" input_shape { dim: [1, 3] }
layer { name: "p" type: "Python" bottom: "s" bottom: "o" bottom: "im_info" top: "rois"
  python_param { module: "rpn.proposal_layer" layer: "ProposalLayer" param_str: "%s" } }
"""


def test_the_settings_of_a_known_python_layer_that_its_file_lacks_are_assumed_and_told(tmp_path: Path) -> None:
    report = Report()
    assert graph_of(tmp_path, PROPOSALS % "'feat_stride': 16", report).node("p").layer == L.Proposals(stride=16)
    assert [(each.code, each.severity) for each in report] == [("assumed-value", "warning")]


@pytest.mark.parametrize(
    "text", ["'feat_stride': 16, 'nms': 0.5", "'scales': [8, 16, 32]", "'feat_stride': 16, 'scales': x"]
)
def test_a_python_layer_with_settings_of_its_own_is_carried_as_it_is(text: str, tmp_path: Path) -> None:
    report = Report()
    layer = graph_of(tmp_path, PROPOSALS % text, report).node("p").layer
    assert isinstance(layer, L.Custom)
    assert layer.type == "Python"
    assert "unknown-layer" in [each.code for each in report]


def test_a_blob_that_no_layer_gives_is_told_from_an_input_without_a_shape(tmp_path: Path) -> None:
    more = f'layer {{ name: "more" type: "Convolution" bottom: "pol" top: "more" {CONV} }}'
    report = Report()
    graph_of(tmp_path, V2 + more, report)
    told = "no layer gives 'pol', so it is an input, and the file does not say what shape it has"
    assert [each.message for each in report if each.code == "assumed-shape"] == [f"{told}; (N, 3, 224, 224) is assumed"]


def test_in_place_layers_get_tensors_of_their_own(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, V2)
    assert graph.node("relu").inputs == (Ref("conv"),)
    assert graph.node("pool").inputs == (Ref("relu"),)
    assert graph.node("relu").labels == ("conv",)


def test_caffe_defaults_are_filled_in(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, V2)
    assert graph.node("pool").layer == L.MaxPool2D(kernel=2, stride=2, rounding="ceil")
    assert graph.node("conv").layer == L.Conv2D(filters=8, kernel=3, pad=1)


TRAIN_VAL = """
layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TRAIN }
  transform_param { crop_size: 16 mean_value: 1 mean_value: 2 mean_value: 3 } data_param { batch_size: 8 } }
layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TEST }
  transform_param { crop_size: 12 mean_value: 1 mean_value: 2 mean_value: 3 } data_param { batch_size: 2 } }
layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc" inner_product_param { num_output: 5 } }
layer { name: "accuracy" type: "Accuracy" bottom: "fc" bottom: "label" top: "accuracy" include { phase: TEST } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }
"""


def test_a_training_net_loses_data_labels_and_losses_each_with_a_note(tmp_path: Path) -> None:
    report = Report()
    graph = graph_of(tmp_path, TRAIN_VAL, report)
    assert [each.name for each in graph.inputs] == ["data"]
    assert graph.inputs[0].shape == (None, 3, 12, 12)
    assert [node.name for node in graph.nodes] == ["fc"]
    assert graph.outputs == (Ref("fc"),)
    assert [each.code for each in report] == ["preprocessing", "training-layer", "training-layer"]


PREPARED = {
    "a mean for each colour": (
        'type: "Data" transform_param { crop_size: 8 scale: 0.017 mean_value: 103.94 mean_value: 116.78 '
        "mean_value: 123.68 }",
        "0.017 * (image - (103.94, 116.78, 123.68)); Caffe reads the colours of an image as blue, green, red",
    ),
    "a mean image": (
        'type: "ImageData" transform_param { crop_size: 8 mean_file: "mean.binaryproto" }',
        "image - the mean in mean.binaryproto; Caffe reads the colours of an image as blue, green, red",
    ),
    "one grey channel": (
        'type: "Data" transform_param { crop_size: 8 scale: 0.00390625 force_gray: true }',
        "0.00390625 * image",
    ),
    "one mean for all": (
        'type: "Data" transform_param { crop_size: 8 mean_value: 127.5 force_gray: true }',
        "image - 127.5",
    ),
    "fields of an older file": (
        'type: "Data" data_param { crop_size: 8 scale: 0.5 mean_file: "m" } transform_param { force_gray: true }',
        "0.5 * (image - the mean in m)",
    ),
    "a crop alone": ('type: "Data" transform_param { crop_size: 8 mirror: true scale: 1 force_gray: true }', None),
}


@pytest.mark.parametrize("case", PREPARED)
def test_what_a_data_layer_does_to_its_images_is_told_as_a_formula(tmp_path: Path, case: str) -> None:
    data, formula = PREPARED[case]
    report = Report()
    graph_of(
        tmp_path,
        f'layer {{ name: "data" top: "data" top: "label" {data} }}\n'
        'layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }',
        report,
    )
    hints = [each.hint for each in report if each.code == "preprocessing"]
    assert hints == ([] if formula is None else [f"give it {formula}"])


def test_a_phase_chooses_its_layers(tmp_path: Path) -> None:
    assert graph_of(tmp_path, TRAIN_VAL, phase="train").inputs[0].shape == (None, 3, 16, 16)


def test_stages_and_levels_choose_layers(tmp_path: Path) -> None:
    text = V2 + (
        'layer { name: "a" type: "Sigmoid" bottom: "pool" top: "a" include { stage: "extra" } }\n'
        'layer { name: "b" type: "TanH" bottom: "pool" top: "b" exclude { stage: "extra" } }\n'
        'layer { name: "c" type: "AbsVal" bottom: "pool" top: "c" include { min_level: 2 } }\n'
    )
    assert [ref.node for ref in graph_of(tmp_path, text).outputs] == ["b"]
    graph = graph_of(tmp_path, text, stages=frozenset({"extra"}), level=2)
    assert [ref.node for ref in graph.outputs] == ["a", "c"]


@pytest.mark.parametrize(
    "declared",
    [
        'input: "data" input_dim: 1 input_dim: 3 input_dim: 16 input_dim: 16\n',
        'input: "data" input_shape { dim: 1 dim: 3 dim: 16 dim: 16 }\n',
        'layer { name: "in" type: "Input" top: "data" input_param { shape: { dim: 1 dim: 3 dim: 16 dim: 16 } } }\n',
        'layer { name: "in" type: "DummyData" top: "data" '
        "dummy_data_param { num: 1 channels: 3 height: 16 width: 16 } }\n",
        'layer { name: "in" type: "MemoryData" top: "data" top: "label" '
        "memory_data_param { batch_size: 1 channels: 3 height: 16 width: 16 } }\n",
    ],
    ids=["input_dim", "input_shape", "Input", "DummyData", "MemoryData"],
)
def test_every_form_of_input_is_read(declared: str, tmp_path: Path) -> None:
    graph = graph_of(tmp_path, declared + 'layer { name: "r" type: "ReLU" bottom: "data" top: "r" }\n')
    assert [(each.name, each.shape) for each in graph.inputs] == [("data", (None, 3, 16, 16))]


def test_several_tops_are_tensors_of_one_layer(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        IMAGE + 'layer { name: "cut" type: "Slice" bottom: "data" top: "a" top: "b" slice_param { slice_point: 1 } }\n'
        'layer { name: "r" type: "ReLU" bottom: "b" top: "r" }\n',
    )
    assert graph.node("cut").layer == L.Slice(axis=1, points=[1], pieces=2)
    assert graph.node("r").inputs == (Ref("cut", 1),)
    assert graph.outputs == (Ref("cut", 0), Ref("r"))


def test_split_layers_are_seen_through(tmp_path: Path) -> None:
    graph = graph_of(
        tmp_path,
        IMAGE + 'layer { name: "s" type: "Split" bottom: "data" top: "a" top: "b" }\n'
        'layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" top: "sum" }\n',
    )
    assert [node.name for node in graph.nodes] == ["sum"]
    assert graph.node("sum").inputs == (Ref("data"), Ref("data"))


def test_named_params_are_shared(tmp_path: Path) -> None:
    layer = (
        'layer {{ name: "{0}" type: "InnerProduct" bottom: "data" top: "{0}" param {{ name: "w" }} '
        'param {{ name: "b" }} inner_product_param {{ num_output: 5 }} }}\n'
    )
    graph = graph_of(tmp_path, IMAGE + layer.format("one") + layer.format("two"))
    assert graph.node("two").shared == (("kernel", "one.kernel"), ("bias", "one.bias"))
    assert graph.node("one").shared == ()


def test_sharing_weights_of_another_shape_is_an_error(tmp_path: Path) -> None:
    layer = (
        'layer {{ name: "{0}" type: "InnerProduct" bottom: "{1}" top: "{0}" param {{ name: "w" }} '
        "inner_product_param {{ num_output: 5 }} }}\n"
    )
    with pytest.raises(TranslationError, match=r"two shares its kernel with one, but wants \(5, 5\) of \(5, 768\)"):
        graph_of(tmp_path, IMAGE + layer.format("one", "data") + layer.format("two", "one"))


def test_a_name_used_twice_is_changed_with_a_note(tmp_path: Path) -> None:
    report = Report()
    layer = 'layer {{ name: "r" type: "ReLU" bottom: "{0}" top: "{1}" }}\n'
    graph = graph_of(tmp_path, IMAGE + layer.format("data", "a") + layer.format("a", "b"), report)
    assert [node.name for node in graph.nodes] == ["r", "r_2"]
    assert [each.code for each in report] == ["renamed"]


def test_a_solver_with_its_net_inside_is_read(tmp_path: Path) -> None:
    assert graph_of(tmp_path, f"base_lr: 0.1\nnet_param {{ {V2} }}\n") == graph_of(tmp_path, V2)


def test_a_layer_that_nobody_knows_is_carried(tmp_path: Path) -> None:
    text = IMAGE + 'layer { name: "w" type: "Weird" bottom: "data" top: "w" weird_param { depth: 3 mode: FAST } }\n'
    report = Report()
    graph = graph_of(tmp_path, text, report, shapes={"w": (1, 7, 4, 4)})
    arguments = {"weird_param": {"depth": 3, "mode": "FAST"}}
    assert graph.node("w").layer == L.Custom(type="Weird", arguments=arguments, sizes=[[1, 7, 4, 4]])
    assert [each.code for each in report] == ["unknown-layer"]


def model_of(tmp_path: Path, text: str) -> Model:
    """Return a net with weights that count up, so that any mistake in their order shows."""
    from ir.validate import infer, weight_shapes
    from ir.weights import of_array

    file = tmp_path / "net.prototxt"
    file.write_text(text)
    graph = read(file).graph
    weights = {}
    for key, (_, shape, _) in weight_shapes(graph, infer(graph, Report())).items():
        size = int(np.prod(shape, dtype=int))
        weights[key] = of_array(np.arange(size, dtype=np.float32).reshape([s or 0 for s in shape]))
    return Model(graph, weights)


WEIGHTED = (
    IMAGE
    + """
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn" }
layer { name: "scale" type: "Scale" bottom: "bn" top: "scale" scale_param { bias_term: true } }
layer { name: "prelu" type: "PReLU" bottom: "scale" top: "prelu" }
layer { name: "fc" type: "InnerProduct" bottom: "prelu" top: "fc" inner_product_param { num_output: 5 } }
"""
)


def test_weights_come_back_from_a_caffemodel_as_they_were(tmp_path: Path) -> None:
    model = model_of(tmp_path, WEIGHTED)
    write(model, "caffe", tmp_path / "out.prototxt")
    again = read(tmp_path / "out.prototxt", options=ReadOptions(weights=tmp_path / "out.caffemodel"))
    assert again.graph == model.graph
    assert again.weights.keys() == model.weights.keys()
    for key, tensor in model.weights.items():
        np.testing.assert_array_equal(again.weights[key].numpy(), tensor.numpy())


def test_a_caffemodel_alone_holds_its_net(tmp_path: Path) -> None:
    model = model_of(tmp_path, WEIGHTED)
    write(model, "caffe", tmp_path / "out.prototxt")
    assert read(tmp_path / "out.caffemodel").graph == model.graph


def test_weights_of_the_wrong_shape_are_an_error(tmp_path: Path) -> None:
    write(model_of(tmp_path, WEIGHTED), "caffe", tmp_path / "out.prototxt")
    (tmp_path / "other.prototxt").write_text(WEIGHTED.replace("num_output: 5", "num_output: 6"))
    with pytest.raises(TranslationError, match=r"fc wants a kernel of \(6, 784\), but it is \(5, 784\)"):
        read(tmp_path / "other.prototxt", options=ReadOptions(weights=tmp_path / "out.caffemodel"))


def test_weights_of_another_net_are_an_error(tmp_path: Path) -> None:
    write(model_of(tmp_path, WEIGHTED), "caffe", tmp_path / "out.prototxt")
    text = IMAGE + f'layer {{ name: "other" type: "Convolution" bottom: "data" top: "o" {CONV} }}'
    (tmp_path / "other.prototxt").write_text(text)
    with pytest.raises(TranslationError, match="none of the weights belongs to a layer"):
        read(tmp_path / "other.prototxt", options=ReadOptions(weights=tmp_path / "out.caffemodel"))


@pytest.mark.parametrize("cut", [1, 10, 100, 1000])
def test_a_caffemodel_cut_short_is_an_error(cut: int, tmp_path: Path) -> None:
    write(model_of(tmp_path, WEIGHTED), "caffe", tmp_path / "out.prototxt")
    whole = (tmp_path / "out.caffemodel").read_bytes()
    (tmp_path / "cut.caffemodel").write_bytes(whole[:-cut])
    with pytest.raises(TranslationError):
        read(tmp_path / "out.prototxt", options=ReadOptions(weights=tmp_path / "cut.caffemodel"))


def test_batch_norm_sums_are_divided_by_their_factor(tmp_path: Path) -> None:
    from ir.weights import of_array
    from translator.attrs import Attrs
    from translator.dialects.caffe.binary import encode

    blobs = tuple(of_array(np.array(each, np.float32)) for each in ([2.0, 4, 6], [8.0, 10, 12], [2.0]))
    net = Attrs({"layer": (Attrs({"name": "bn", "type": "BatchNorm", "blobs": blobs}),)})
    (tmp_path / "bn.caffemodel").write_bytes(b"".join(encode(net, "NetParameter").chunks()))
    (tmp_path / "bn.prototxt").write_text(IMAGE + 'layer { name: "bn" type: "BatchNorm" bottom: "data" top: "bn" }')
    model = read(tmp_path / "bn.prototxt", options=ReadOptions(weights=tmp_path / "bn.caffemodel"))
    np.testing.assert_array_equal(model.weights["bn.mean"].numpy(), [1, 2, 3])
    np.testing.assert_array_equal(model.weights["bn.variance"].numpy(), [4, 5, 6])


@pytest.mark.parametrize("text", [V2, WEIGHTED, TRAIN_VAL], ids=["V2", "weighted", "train_val"])
def test_writing_caffe_again_changes_nothing(text: str, tmp_path: Path) -> None:
    graph = graph_of(tmp_path, text)
    once = translate(tmp_path / "net.prototxt", "caffe").text
    assert once is not None
    again = graph_of(tmp_path, once)
    assert again == graph
    assert translate(tmp_path / "net.prototxt", "caffe").text == once


def test_a_dropout_written_in_python_is_a_dropout(tmp_path: Path) -> None:
    python = 'python_param { module: "spatial" layer: "SpatialDropoutLayer" param_str: "p" }'
    report = Report()
    text = IMAGE + f'layer {{ name: "d" type: "Python" bottom: "data" top: "d" {python} }}\n'
    assert graph_of(tmp_path, text, report).node("d").layer == L.Dropout()
    assert not list(report)


STAGED = """\
layer { name: "out" type: "InnerProduct" bottom: "shaped" top: "out" inner_product_param { num_output: 2 } }
layer { name: "train" type: "Reshape" bottom: "data" top: "shaped" reshape_param { shape { dim: 0 dim: -1 } }
  include { phase: TRAIN } }
layer { name: "staged" type: "Flatten" bottom: "data" top: "shaped" include { phase: TEST stage: "special" } }
"""


def test_a_layer_that_only_another_stage_has_is_put_back_where_it_is_needed(tmp_path: Path) -> None:
    report = Report()
    first, *rest = STAGED.splitlines(keepends=True)
    graph = graph_of(tmp_path, IMAGE + "".join(rest) + first, report)
    assert [node.name for node in graph.nodes] == ["staged", "out"]
    assert [each.code for each in report] == ["other-phase"]
    assert "staged is for another phase or stage" in report.diagnostics[0].message


def test_a_net_saved_with_the_phase_of_its_run_is_read_in_that_phase(tmp_path: Path) -> None:
    report = Report()
    ip = 'layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" phase: TRAIN }\n'
    ip = ip.replace("phase", "inner_product_param { num_output: 2 } phase")
    loss = 'layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "t" top: "loss" phase: TRAIN }\n'
    assert [node.name for node in graph_of(tmp_path, IMAGE + ip + loss, report).nodes] == ["ip"]
    assert [each.code for each in report] == ["other-phase", "training-layer"]


def test_to_deploy_is_to_be_in_the_stage_of_that_name_unless_another_is_named(tmp_path: Path) -> None:
    score = 'layer { name: "score" type: "Softmax" bottom: "data" top: "score" include { stage: "deploy" } }\n'
    other = 'layer { name: "other" type: "ReLU" bottom: "data" top: "other" exclude { stage: "deploy" } }\n'
    assert [node.name for node in graph_of(tmp_path, IMAGE + score + other).nodes] == ["score"]
    for options in (ReadOptions(phase="test"), ReadOptions(stages=frozenset(["val"]))):
        graph = read(tmp_path / "net.prototxt", options=options).graph
        assert [node.name for node in graph.nodes] == ["other"]


def test_an_assumed_image_has_the_batch_of_its_data_layer(tmp_path: Path) -> None:
    text = 'layer { name: "in" type: "HDF5Data" top: "data" hdf5_data_param { source: "s" batch_size: 7 } }\n'
    text += 'layer { name: "p" type: "Pooling" bottom: "data" top: "p" pooling_param { kernel_size: 2 } }'
    report = Report()
    graph_of(tmp_path, text, report)
    assert "(7, 3, 224, 224) is assumed" in report.diagnostics[0].message


def test_images_of_no_known_size_are_taken_to_have_one_that_the_layers_behind_fit(tmp_path: Path) -> None:
    text = 'layer { name: "in" type: "Data" top: "data" data_param { batch_size: 2 } }\n'
    text += 'layer { name: "p" type: "Permute" bottom: "data" top: "p" permute_param { order: 3 } }\n'
    marks = "continuation_indicator_param { time_step: 96 batch_size: 2 }"
    text += f'layer {{ name: "i" type: "ContinuationIndicator" top: "i" {marks} }}\n'
    report = Report()
    graph = graph_of(
        tmp_path,
        text + 'layer { name: "l" type: "LSTM" bottom: "p" bottom: "i" top: "l" recurrent_param { num_output: 3 } }\n',
        report,
    )
    assert [each.shape for each in graph.inputs] == [(2, 3, 96, 96)]
    assert "(2, 3, 96, 96) is assumed" in next(each.message for each in report if each.code == "assumed-shape")


def test_an_order_that_names_each_axis_is_whole_where_the_shape_is_not_known(tmp_path: Path) -> None:
    text = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 25 dim: 5 } } }\n'
    text += 'layer { name: "b" type: "Bias" bottom: "x" top: "b" bias_param { axis: 0 num_axes: 2 } }\n'
    text += 'layer { name: "r" type: "Reshape" bottom: "b" top: "r" reshape_param { shape { dim: 5 dim: 25 } } }\n'
    text += 'layer { name: "p" type: "Permute" bottom: "r" top: "p" permute_param { order: 1 order: 0 } }\n'
    report = Report()
    graph = graph_of(tmp_path, text, report)
    assert graph.nodes[-1].layer.order == (1, 0)
    assert not [each for each in report if each.severity == "error"]
