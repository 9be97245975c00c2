"""What is left of a training net once it is deployed: no losses, metrics, labels, and what makes them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ir import Graph, Model, Ref, Report
from ir import layers as L
from tests.caffe_reference import caffemodel, tree
from tests.layer_cases import layer
from translator import ReadOptions, read
from translator.dialects.caffe.training import Training
from translator.dialects.caffe.upgrade import layers_of

DATA = 'layer { name: "in" type: "Data" top: "data" top: "label" transform_param { crop_size: 8 force_color: true } }\n'
FC = layer("InnerProduct", "inner_product_param { num_output: 5 }", "data", "fc")


def model_of(tmp_path: Path, text: str, report: Report | None = None, **options: Any) -> Model:
    file = tmp_path / "net.prototxt"
    file.write_text(text)
    return read(file, options=ReadOptions(**options), report=report)


def graph_of(tmp_path: Path, text: str, report: Report | None = None, **shapes: tuple[int | None, ...]) -> Graph:
    return model_of(tmp_path, text, report, shapes=shapes).graph


def is_fc_of_data(graph: Graph) -> bool:
    return [each.name for each in graph.inputs] == ["data"] and [node.name for node in graph.nodes] == ["fc"]


def python(kind: str) -> str:
    return f'python_param {{ module: "m" layer: "{kind}" }}'


@pytest.mark.parametrize(
    "kind",
    [
        *("SoftmaxWithLoss", "SmoothL1LossOHEM", "SoftmaxWithLossOHEM", "WassersteinLoss", "MTCNNEuclideanLoss"),
        *("ACCURACY_REGRESSION", "LabelsequenceAccuracy", "MultiAccuracy", "DetectionEvaluate", "EvalDetection"),
        *("WarpCTC", "CTCLoss", "CtcLoss", "CenterLoss", "RegionLoss", "Yolov3", "YoloLossLayer", "softmaxloss"),
    ],
)
def test_losses_and_metrics_of_all_authors_are_left_out_and_so_are_their_labels(kind: str, tmp_path: Path) -> None:
    assert is_fc_of_data(graph_of(tmp_path, DATA + FC + layer(kind, bottoms="fc label")))


@pytest.mark.parametrize("kind", ["DiceLoss", "MyLossLayer", "SegmentationMetric", "PixelAccuracyLayer"])
def test_python_layers_are_known_by_their_class(kind: str, tmp_path: Path) -> None:
    assert is_fc_of_data(graph_of(tmp_path, DATA + FC + layer("Python", python(kind), "fc label")))


@pytest.mark.parametrize("kind", ["Glossy", "LosslessScale", "Crossover", "EvaluatorNet"])
def test_a_word_must_be_whole(kind: str, tmp_path: Path) -> None:
    assert len(graph_of(tmp_path, DATA + FC + layer(kind, bottoms="fc")).nodes) == 2


def test_what_gives_nothing_is_left_out(tmp_path: Path) -> None:
    text = DATA + FC + 'layer { name: "save" type: "HDF5Output" bottom: "fc" bottom: "label" }\n'
    text += 'layer { name: "show" type: "DisplayBlobs" bottom: "fc" }\n'
    assert is_fc_of_data(graph_of(tmp_path, text))


def test_a_loss_weight_makes_a_loss_and_what_it_compares_with_a_label(tmp_path: Path) -> None:
    text = DATA + FC + layer("Eltwise", "eltwise_param { coeff: 1 coeff: -1 }", "fc label", "difference")
    text += layer("AbsVal", bottoms="difference", tops="distance")
    assert is_fc_of_data(graph_of(tmp_path, text + layer("Reduction", "loss_weight: 1", "distance", "l1")))
    without = graph_of(tmp_path, text + layer("Reduction", "loss_weight: 0", "distance", "l1"), label=(None, 5))
    assert [each.name for each in without.inputs] == ["data", "label"]


def test_losses_may_be_added_up(tmp_path: Path) -> None:
    text = DATA + FC + layer("SoftmaxWithLoss", bottoms="fc label", tops="one")
    text += layer("HingeLoss", bottoms="fc label", tops="two") + layer("Eltwise", bottoms="one two", tops="all")
    assert is_fc_of_data(graph_of(tmp_path, text))


WEIGHED = (
    'layer { name: "in" type: "CPMData" top: "data" top: "label" transform_param { crop_size: 8 force_color: true } }\n'
    + layer("Slice", "slice_param { slice_point: 5 }", "label", "weight truth")
    + layer("Eltwise", "eltwise_param { operation: PROD }", "truth weight", "weighed_truth")
    + FC
    + layer("Eltwise", "eltwise_param { operation: PROD }", "fc weight", "weighed")
    + layer("EuclideanLoss", bottoms="weighed weighed_truth")
)


def test_weights_of_a_loss_go_with_it(tmp_path: Path) -> None:
    report = Report()
    assert is_fc_of_data(graph_of(tmp_path, WEIGHED, report))
    assert [each.message.split(" (")[0] for each in report if each.code == "training-layer"] == [
        *("weight", "weighed_truth", "weighed", "out")
    ]


@pytest.mark.parametrize(
    "joins",
    [
        layer("Python", python("TripletSelect"), "fc label", "a p n") + layer("TripletLoss", bottoms="a p n"),
        layer("CosinAddm", "", "fc label", "harder")
        + layer("Power", "power_param { scale: 64 }", "harder", "scaled")
        + layer("SoftmaxWithLoss", bottoms="scaled label"),
        layer("Python", python("Part"), "fc label", "some theirs") + layer("SoftmaxWithLoss", bottoms="some theirs"),
    ],
)
def test_what_nobody_knows_but_takes_a_label_on_the_way_to_a_loss_goes_with_it(joins: str, tmp_path: Path) -> None:
    assert is_fc_of_data(graph_of(tmp_path, DATA + FC + joins))


def test_what_nobody_knows_and_gives_an_output_stays(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, DATA + FC + layer("Refine", "", "fc label", "better"))
    assert [each.name for each in graph.inputs] == ["data", "label"]


def test_an_input_that_is_added_to_what_is_learned_stays(tmp_path: Path) -> None:
    text = DATA.replace('top: "label"', 'top: "small" top: "label"') + FC
    text += layer("Eltwise", bottoms="fc small", tops="sum") + layer("EuclideanLoss", bottoms="sum label")
    graph = graph_of(tmp_path, text, small=(None, 5))
    assert [each.name for each in graph.inputs] == ["data", "small"]
    assert graph.outputs == (Ref("sum"),)


def test_what_is_silenced_is_no_output_and_what_leads_there_alone_goes(tmp_path: Path) -> None:
    dummy = 'layer { name: "d" type: "DummyData" top: "d" dummy_data_param { shape { dim: 1 dim: 4 } } }\n'
    text = DATA + dummy + FC + layer("InnerProduct", "inner_product_param { num_output: 5 }", "d", "held")
    report = Report()
    assert is_fc_of_data(graph_of(tmp_path, text + 'layer { name: "s" type: "Silence" bottom: "held" }\n', report))
    assert "no layer takes the input 'd'; it was left out" in [each.message for each in report]


def test_where_all_is_silenced_nothing_is(tmp_path: Path) -> None:
    text = DATA + FC + 'layer { name: "s" type: "Silence" bottom: "fc" bottom: "label" }\n'
    assert is_fc_of_data(graph_of(tmp_path, text))


RPN = """
layer { name: "in" type: "Python" top: "data" top: "im_info" top: "gt_boxes"
  python_param { module: "m" layer: "Rois" } }
layer { name: "score" type: "Convolution" bottom: "data" top: "score"
  convolution_param { num_output: 2 kernel_size: 1 } }
"""
TARGETS = layer("Python", python("AnchorTargetLayer"), "score gt_boxes im_info data", "rpn_labels rpn_weights")
PROPOSALS = layer("Python", python("ProposalLayer"), "score im_info", "rpn_rois")
SAMPLES = layer("Python", python("ProposalTargetLayer"), "rpn_rois gt_boxes", "rois labels weights")
CROPS = layer("ROIPooling", "roi_pooling_param { pooled_w: 2 pooled_h: 2 }", "data rois", "crops")
SCORES = layer("InnerProduct", "inner_product_param { num_output: 5 }", "crops", "fc")


def test_a_detector_takes_its_proposals_as_they_are(tmp_path: Path) -> None:
    losses = layer("SoftmaxWithLoss", bottoms="score rpn_labels", tops="rpn_loss")
    losses += layer("SmoothL1Loss", bottoms="fc labels weights weights", tops="loss")
    graph = graph_of(tmp_path, RPN + TARGETS + PROPOSALS + SAMPLES + CROPS + SCORES + losses)
    assert [each.name for each in graph.inputs] == ["data", "im_info"]
    assert [node.name for node in graph.nodes] == ["score", "rpn_rois", "crops", "fc"]
    assert graph.node("crops").inputs == (Ref("data"), Ref("rpn_rois"))


def test_targets_that_something_kept_takes_are_kept(tmp_path: Path) -> None:
    bridge = layer("Python", python("StageBridge"), "rois labels", "next")
    graph = graph_of(tmp_path, RPN + PROPOSALS + SAMPLES + CROPS + SCORES + bridge)
    assert [each.name for each in graph.inputs] == ["data", "im_info", "gt_boxes"]
    assert graph.node("crops").inputs == (Ref("data"), Ref("rois", 0))
    assert graph.node("next").inputs == (Ref("rois", 0), Ref("rois", 1))


@pytest.mark.parametrize("kind", ["LabelSpecificAdd", "LabelSpecificRescale", "LabelSpecificMargin"])
def test_a_margin_is_for_training(kind: str, tmp_path: Path) -> None:
    text = DATA + FC + layer(kind, bottoms="fc label", tops="harder") + layer("Power", "", "harder", "scaled")
    graph = graph_of(tmp_path, text + layer("SoftmaxWithLoss", bottoms="scaled label"))
    assert [node.name for node in graph.nodes] == ["fc", "scaled"]
    assert graph.node("scaled").inputs == (Ref("fc"),)


def test_a_gradient_that_is_scaled_changes_nothing_on_the_way_forward(tmp_path: Path) -> None:
    text = DATA + FC + layer("GradientScaler", "", "fc", "back") + layer("ReLU", "", "back", "relu")
    assert graph_of(tmp_path, text).node("relu").inputs == (Ref("fc"),)


def test_what_transforms_images_and_boxes_of_detectnet_is_part_of_its_data(tmp_path: Path) -> None:
    changed = layer("DetectNetTransformation", "", "data label", "changed boxes")
    cut = layer("Slice", "slice_param { slice_dim: 1 slice_point: 1 }", "boxes", "seen corners")
    found = layer("InnerProduct", "inner_product_param { num_output: 5 }", "changed", "fc")
    masked = layer("Eltwise", "eltwise_param { operation: PROD }", "fc seen", "masked")
    text = DATA + changed + cut + found + masked + layer("L1Loss", bottoms="masked corners")
    assert is_fc_of_data(graph_of(tmp_path, text))


def test_a_loss_that_gives_probabilities_leaves_them(tmp_path: Path) -> None:
    loss = layer("SoftmaxWithLoss", "softmax_param { axis: -1 }", "fc label", "loss prob")
    graph = graph_of(tmp_path, DATA + FC + loss + layer("ArgMax", "argmax_param { axis: 1 }", "prob", "best"))
    assert graph.node("prob").layer == L.Softmax(axis=-1)
    assert graph.node("best").inputs == (Ref("prob"),)


MARGINS = {
    "MarginInnerProduct": "margin_inner_product_param { num_output: 4 type: QUADRUPLE base: 1000 lambda_min: 5 }",
    "LargeMarginInnerProduct": "largemargin_inner_product_param { num_output: 4 type: DOUBLE base: 100 }",
}


@pytest.mark.parametrize("kind", MARGINS)
def test_an_inner_product_with_a_margin_is_one_without(kind: str, tmp_path: Path) -> None:
    text = 'input: "data" input_shape { dim: 1 dim: 3 }\n' + layer(kind, MARGINS[kind], "data label", "fc lambda")
    text += layer("SoftmaxWithLoss", bottoms="fc label")
    kernel = np.random.default_rng(2).standard_normal((4, 3)).astype(np.float32)
    (tmp_path / "net.caffemodel").write_bytes(caffemodel(text, {"fc": [kernel]}))
    report = Report()
    model = model_of(tmp_path, text, report, weights=tmp_path / "net.caffemodel")
    assert model.graph.nodes[0].layer == L.Dense(units=4, bias=False, axis=1)
    rows = kernel if kind[0] == "L" else kernel / np.linalg.norm(kernel, axis=1)[:, None]
    np.testing.assert_allclose(model.weights["fc.kernel"].numpy(), rows, rtol=1e-6)
    assert [each.code for each in report] == ["training-layer"]


def test_an_inner_product_may_have_its_rows_brought_to_length_one(tmp_path: Path) -> None:
    text = 'input: "data" input_shape { dim: 1 dim: 3 }\n'
    text += layer("InnerProduct", "inner_product_param { num_output: 4 bias_term: false normalize: true }", tops="fc")
    kernel = np.random.default_rng(2).standard_normal((4, 3)).astype(np.float32) * 1e-3
    (tmp_path / "net.caffemodel").write_bytes(caffemodel(text, {"fc": [kernel]}))
    model = model_of(tmp_path, text, weights=tmp_path / "net.caffemodel")
    want = kernel / np.sqrt((kernel**2).sum(1) + 1e-6)[:, None]
    np.testing.assert_allclose(model.weights["fc.kernel"].numpy(), want, rtol=1e-6)


def test_noise_is_an_input(tmp_path: Path) -> None:
    noise = 'layer { name: "n" type: "RandVec" top: "z" randvec_param { batch_size: 8 dim: 16 lower: -1 upper: 1 } }\n'
    text = noise + layer("InnerProduct", "inner_product_param { num_output: 5 }", "z", "fc")
    assert graph_of(tmp_path, text).inputs[0].shape == (None, 16)
    wide = noise.replace("dim: 16", "dim: 16 height: 2 width: 3")
    assert graph_of(tmp_path, wide + layer("ReLU", "", "z", "relu")).inputs[0].shape == (None, 16, 2, 3)


def test_a_long_preparation_of_labels_is_followed_whatever_the_order(tmp_path: Path) -> None:
    chain = "".join(layer("Power", "", f"p{i}" if i else "label", f"p{i + 1}") for i in range(3000))
    assert is_fc_of_data(graph_of(tmp_path, DATA + FC + chain + layer("EuclideanLoss", bottoms="fc p3000")))
    kept = "".join(reversed(chain.splitlines(keepends=True)))
    roles = Training(layers_of(tree(DATA + FC + kept + layer("InnerProduct", "", "p3000")), Report()))
    assert not roles.labels


def test_what_a_split_gives_is_one_blob_whoever_takes_it(tmp_path: Path) -> None:
    text = (
        DATA
        + layer("Split", tops="one two")
        + layer("Convolution", "convolution_param { num_output: 3 kernel_size: 1 }", "one", "mask")
    )
    text += layer("Eltwise", "eltwise_param { operation: PROD }", "two mask", "masked")
    graph = graph_of(tmp_path, text + layer("EuclideanLoss", bottoms="masked label", tops="loss"))
    assert [node.name for node in graph.nodes] == ["mask", "masked"]


def test_what_is_changed_in_place_and_not_taken_is_no_label(tmp_path: Path) -> None:
    text = 'input: "data" input_shape { dim: 2 dim: 3 }\n' + layer("Sigmoid", tops="gate")
    graph = graph_of(tmp_path, text + layer("Eltwise", "eltwise_param { operation: PROD }", "data gate", "data"))
    assert [type(node.layer) for node in graph.nodes] == [L.Sigmoid, L.Multiply]


def test_what_takes_a_label_and_gives_what_nobody_takes_is_a_metric(tmp_path: Path) -> None:
    text = DATA + FC + layer("SoftmaxWithLoss", bottoms="fc label", tops="loss")
    assert is_fc_of_data(graph_of(tmp_path, text + layer("ConfusionMatrix", bottoms="fc label", tops="matrix")))
    assert is_fc_of_data(graph_of(tmp_path, text + layer("Python", python("Curve"), "fc label", "curve")))
    taken = layer("Mixer", bottoms="fc label", tops="mixed") + layer("ReLU", bottoms="mixed")
    assert len(graph_of(tmp_path, text + taken).nodes) == 3
