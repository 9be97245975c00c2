"""What the texts of boxes say that people drew: several layers line by line, sizes that come out, and what is asked."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from extract.designs.box_lines import said_in
from extract.designs.figure_design import design_of
from extract.designs.hand_drawn import said, taken_in
from extract.designs.network_words import networks_of
from extract.drawings.boxes_and_arrows import diagram_of
from extract.drawings.diagrams import Diagram, Link, Shape
from extract.drawings.drawing import of_svg
from extract.drawings.drawn import DrawnLayer, without_blobs
from extract.spatial.neurons import wired
from ir import layers as L
from ir.diagnostics import Report
from ir.graph import Graph
from ir.origin import Origin, Source
from tests.questions import questions


def built(boxes: list[str], links: str = "") -> tuple[Graph, list[str]]:
    """Return the design of boxes, whose lines are parted by bars, in a row or linked as said, and what is asked."""
    box = (0.0, 0.0, 9.0, 9.0)
    pairs = [each.split(">") for each in links.split()] or [(i, i + 1) for i in range(len(boxes) - 1)]
    shapes = tuple(Shape(box, tuple(each.split("|"))) for each in boxes)
    layers, edges = without_blobs(Diagram(shapes, tuple(Link(int(a), int(b)) for a, b in pairs)))
    report = Report()
    graph = design_of(layers, edges, "x", Origin(Source("x")), report)
    return graph, questions(report)


def types(graph: Graph) -> list[str]:
    return [type(each.layer).__name__ for each in graph.nodes]


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        ("Conv2D(32, 8, 4)|ReLU|Conv2D(64, 4, 2)|ReLU|Dense(512)|ReLU", "conv relu conv relu dense relu"),
        ("Conv (3,3) 32|ReLU|Conv (3,3) 64|ReLU|MaxPool (2,2)", "conv relu conv relu maxpool"),
        ("Dense (256)|Batch Norm|Leaky ReLU (0.2)|Dropout (0.3)", "dense bn leakyrelu dropout"),
        ("64 filters|Conv 3x3|ReLU|Max pool 2x2", "conv relu maxpool"),
        ("Conv 1x1|Softmax", "conv softmax"),
        ("fc6|4096|dropout", "dense dropout"),
        ("Global Average|Pooling", "gavgpool"),
        ("Separable|Conv 3x3", "sepconv"),
        ("Max|Pooling|2x2", "maxpool"),
        ("Batch|Normalization", "bn"),
        ("Dense|Block|4", "dense_block"),
        ("Conv2D|filters: 64|kernel: 3x3|activation: relu", "conv"),
        ("Up|Conv 2x2", "deconv"),
        ("ConvBlock2: 64 → 128 channels|Conv → BN → ReLU → AvgPool(2,2)|Dropout(0.2)", "conv bn relu avgpool dropout"),
        ("Fully Connected Layer 1 (fc1)|Linear(2048→10) + ReLU", "dense"),
        ("Conv2D|Conv2D|MaxPool", "conv conv maxpool"),
        ("Box Embed|Linear(4→256)", "dense"),
        ("Output|(1, Sigmoid)", "dense"),
        ("Max pooling|over time", "gmaxpool"),
        ("1×1 conv, 4|Softmax", "conv softmax"),
    ],
)
def test_lines_of_a_box_are_layers_where_all_of_them_together_leave_some_out(lines: str, kinds: str) -> None:
    assert [each.kind for each in said_in(lines.split("|"))] == kinds.split()


def test_settings_stay_with_the_layer_above_them() -> None:
    first, _, _, second, *_ = said_in(["Conv 3x3, 64", "BN", "ReLU", "Conv 5x5", "stride 2", "128", "ReLU"])
    assert first.params == {"kernel": (3, 3), "filters": 64}
    assert second.params == {"kernel": (5, 5), "stride": (2, 2), "filters": 128}


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("MaxPool 16 × 14 × 14", "maxpool", {"output": (14, 14)}),
        ("MaxPool 2×2 14×14×64", "maxpool", {"output": (14, 14), "kernel": (2, 2)}),
        ("ReLU 16 x 28 x 28", "relu", {"output": (28, 28)}),
        ("Conv2D 64 × 112 × 112", "conv", {"output": (112, 112), "filters": 64}),
        ("Conv2d 16 × 3 × 3", "conv", {"kernel": (3, 3), "filters": 16}),
        ("Conv 1 3×3", "conv", {"kernel": (3, 3)}),
        ("Conv 2 (64)", "conv", {"filters": 64}),
        ("↑2", "upsample", {"kernel": (2, 2)}),
        ("Conv2 64×9×9 (3×3)", "conv", {"output": (9, 9), "filters": 64, "kernel": (3, 3)}),
        ("MaxPool 64×4×4 (2×2)", "maxpool", {"output": (4, 4), "kernel": (2, 2)}),
        ("Flatten 128x4x4 → 2048", "flatten", {}),
        ("S4 AvgPool", "avgpool", {}),
        ("C3 Conv 16×5×5", "conv", {"kernel": (5, 5), "filters": 16}),
        ("ResBlock, 128 ch", "resblock", {"filters": 128}),
        ("LSTM (2 layers, 128)", "lstm", {"units": 128}),
        ("Linear Embedding", "dense", {}),
        ("Dropout(0.5) RB×2048", "dropout", {"rate": 0.5}),
        ("Conv 3×3, 8 B×64×28×28", "conv", {"kernel": (3, 3), "filters": 8}),
        ("Word embedding (100)", "embedding", {"units": 100}),
        ("Upsample by 4", "upsample", {"kernel": (4, 4)}),
        ("Upsample by a factor of 2", "upsample", {"kernel": (2, 2)}),
        ("Nearest upsample 4", "upsample", {"kernel": (4, 4)}),
        ("Global average pool → 2048", "gavgpool", {}),
        ("+ pool 2×2", "pool", {"kernel": (2, 2)}),
        ("MaxPool1D (k=3)", "maxpool", {"kernel": (3, 3), "axes": 1}),
        ("Transition 32→10, 1×1", "conv", {"in_channels": 32, "filters": 10, "kernel": (1, 1)}),
        ("C1+BN 6×5×5", "conv", {"window": (6, 5, 5), "filters": 6, "kernel": (5, 5)}),
        ("MaxPool (k=3, s=2)", "maxpool", {"kernel": (3, 3), "stride": (2, 2)}),
        ("Linear layer d=512", "dense", {"units": 512}),
        ("Embedding layer (d=300)", "embedding", {"units": 300}),
        ("Conv 1×1, Linear project to 24", "conv", {"kernel": (1, 1), "filters": 24}),
        ("Conv 1×1, ReLU6 expand to 144", "conv", {"kernel": (1, 1), "filters": 144}),
        ("Conv2D 64x1, 8", "conv", {"kernel": (64, 1), "filters": 8}),
        ("DepthwiseConv2D 22x1", "dwconv", {"kernel": (22, 1)}),
        ("Dilated 3×3 conv rate 2, 16", "conv", {"dilation": 2, "kernel": (3, 3), "filters": 16}),
        ("Linear (64×12×12→128)", "dense", {"units": 128}),
        ("Conv W ⟨64×3×7×7⟩ B ⟨64⟩", "conv", {"in_channels": 3, "filters": 64, "kernel": (7, 7)}),
        ("Conv1D kernel ⟨5×64×128⟩", "conv", {"in_channels": 64, "filters": 128, "kernel": (5, 5), "axes": 1}),
        ("Conv2D filter ⟨32×3×3×1⟩ bias ⟨32⟩", "conv", {"in_channels": 1, "filters": 32, "kernel": (3, 3)}),
        ("ConvTranspose W ⟨64×32×2×2⟩ B ⟨32⟩", "deconv", {"in_channels": 64, "filters": 32, "kernel": (2, 2)}),
        ("Gemm B ⟨128×1600⟩ C ⟨128⟩", "dense", {"in_features": 1600, "units": 128}),
        ("MatMul B ⟨1600×128⟩", "dense", {"in_features": 1600, "units": 128}),
        ("BatchNormalization scale ⟨64⟩ B ⟨64⟩ mean ⟨64⟩ var ⟨64⟩", "bn", {}),
        ("DepthwiseConv2D weights ⟨1×3×3×32⟩ bias ⟨32⟩", "dwconv", {"kernel": (3, 3)}),
        ("LSTM W ⟨1×512×128⟩ R ⟨1×512×128⟩ B ⟨1×1024⟩", "lstm", {"units": 128}),
    ],
)
def test_numbers_of_a_box_are_sizes_windows_or_which_it_is(text: str, kind: str, params: dict[str, Any]) -> None:
    (found,) = said(text)
    assert (found.kind, found.params) == (kind, params)


def test_repeats_behind_a_window_and_remarks_of_where_a_box_is_are_heard() -> None:
    assert [each.times for text in ("Conv 3x3 x2", "DoubleConv (Enc 2)") for each in said(text)] == [2, 2]
    assert said("↓2") == []
    assert said("Sub-pixel conv ×2") == []
    assert said("Proj 1 1×1") == []


def test_channels_may_stand_in_front_of_what_comes_in() -> None:
    assert taken_in("Input 1 × 28 × 28") == (None, 1, 28, 28)
    assert taken_in("Input 28 × 28 × 1") == (None, 1, 28, 28)
    assert taken_in("3 x 480 x 640 image") == (None, 3, 480, 640)


def test_sizes_that_come_out_tell_the_steps_of_poolings_and_are_no_windows() -> None:
    boxes = ["Input|1 × 28 × 28", "Conv2d|16 × 3 × 3", "ReLU|16 × 28 × 28", "MaxPool|16 × 14 × 14", "Linear|3136→10"]
    graph, asked = built(boxes)
    assert types(graph) == ["Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense"]
    assert asked == []


def test_what_a_box_says_besides_is_asked() -> None:
    _, asked = built(["Input 32x32x3", "Conv 1x1 Softmax", "Conv Block 3x3, 8", "ReLU"])
    assert any("says 'Conv' too" in each for each in asked)
    assert any("not all is understood" in each for each in asked)


def test_a_bare_norm_is_asked_for() -> None:
    _, asked = built(["Input 32x32x3", "Conv 3x3, 16", "Norm", "ReLU"])
    assert "'Norm': which normalisation is it? That of local responses is taken" in asked


def test_what_comes_over_to_an_enlarged_image_is_joined_behind_it_and_asked() -> None:
    boxes = ["Input 32x32x3", "Conv 3x3, 16", "MaxPool 2x2", "Conv 3x3, 16", "UpConv 2x2, 16", "Conv 3x3, 8", "Sigmoid"]
    graph, asked = built(boxes, "0>1 1>2 2>3 3>4 4>5 1>5 5>6")
    assert "Concat" in types(graph)
    assert any("how are they joined?" in each for each in asked)
    residual, _ = built(["Input 32x32x3", "UpConv 2x2, 16", "Conv 3x3, 16", "ReLU", "Sigmoid"], "0>1 1>2 2>3 1>3 3>4")
    assert "Add" in types(residual)


def test_an_output_of_another_width_is_a_layer_and_one_made_of_layers_is_no_name() -> None:
    graph, asked = built(["Input 10 features", "Dense|64", "Output|3"])
    assert [each.layer.units for each in graph.nodes] == [64, 3]
    assert any("layer of its own" in each for each in asked)
    graph, asked = built(["Input 10 features", "Dense|64", "Output 2"])
    assert types(graph) == ["Dense"]
    assert asked == []
    graph, asked = built(["Input 32x32x3", "Conv 3x3, 8", "Feed Forward"])
    assert types(graph) == ["Conv2D", "Custom"]
    assert asked


def test_a_shortcut_that_begins_where_others_are_joined_takes_their_sum_and_is_asked() -> None:
    boxes = ["Input 8x8x4", *(f"Conv 3x3, {width}" for width in (4, 4, 4, 4)), "Flatten", "Dense 2"]
    graph, asked = built(boxes, "0>1 1>2 2>3 1>3 3>4 4>5 2>5 5>6")
    sums = [each for each in graph.nodes if each.name.startswith("add")]
    assert [{ref.node for ref in each.inputs} for each in sums] == [{"conv2", "conv1"}, {"add1", "conv4"}]
    assert any("does the shortcut begin before" in each for each in asked)


def test_an_embedding_of_vectors_is_but_their_name() -> None:
    graph, asked = built(["Tokens", "Embedding 64", "LSTM 32", "Contextual Embeddings", "Dense 2"])
    assert types(graph).count("Embed") == 1
    assert any("'Contextual Embeddings' is not known" in each for each in asked)


def test_a_layer_of_a_figure_that_comes_very_often_is_asked() -> None:
    _, asked = built(["Input 8x8x4", "300 x Conv 3x3, 4", "Dense 2"])
    assert any("does it come 300 times?" in each for each in asked)


@pytest.mark.parametrize(
    ("boxes", "kept"),
    [
        (["Raw data", "Cleaning", "Model training", "Evaluation", "Local records"], False),
        (["Request", "Query Parser", "Crypto Layer", "Storage", "Answer"], False),
        (["petal width <= 1.75", "gini = 0.5", "class = setosa"], False),
        (["Acquire image", "Face detection", "Feature extraction", "Identity"], False),
        (["Input", "Conv 3x3", "Evaluation"], True),
        (["PatchEmbed", "Swin Block ×2", "Output"], True),
        (["Training data", "Teacher (pretrained)", "Student", "Distillation loss"], False),
        (["conv.weight (4, 1, 3, 3)", "AccumulateGrad", "ConvolutionBackward0", "ReluBackward0"], False),
        (["User", "Layer 1", "Layer 2", "Layer X", "score"], True),
    ],
)
def test_boxes_of_which_none_says_a_layer_are_no_network(boxes: list[str], kept: bool) -> None:
    layers = [DrawnLayer("", each, lines=(each,)) for each in boxes]
    part = (layers, [(i, i + 1) for i in range(len(boxes) - 1)])
    assert networks_of([part]) == ([part] if kept else [])


def test_circles_with_names_are_no_neurons() -> None:
    ring = '<path d="M{x} {y} m-20 0 a20 20 0 1 0 40 0 a20 20 0 1 0 -40 0 z" fill="none" stroke="black"/>'
    places = {"Idle": (50, 50), "Ready": (50, 150), "Running": (200, 50), "Waiting": (200, 150)}
    said = "".join(
        ring.format(x=x, y=y) + f'<text x="{x}" y="{y + 3}" text-anchor="middle" font-size="9">{name}</text>'
        for name, (x, y) in places.items()
    )
    lines = "".join(f'<line x1="70" y1="{a}" x2="180" y2="{b}" stroke="black"/>' for a in (50, 150) for b in (50, 150))
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 260 210">'
    assert wired(of_svg(f"{frame}{said}{lines}</svg>")) is None
    for name, sign in (("Idle", "a"), ("Ready", "b"), ("Running", "c"), ("Waiting", "d")):
        said = said.replace(name, sign)
    assert wired(of_svg(f"{frame}{said}{lines}</svg>")) is not None


def test_means_between_convolutions_are_not_over_the_whole_image_and_another_is_asked() -> None:
    graph, asked = built(["Input 1×32×32", "Conv|6×5×5", "AvgPool", "Conv|16×5×5", "AvgPool", "FC 120", "Output 10"])
    assert types(graph) == ["Conv2D", "AvgPool2D", "Conv2D", "AvgPool2D", "Flatten", "Dense", "Dense"]
    assert any("'AvgPool': over what does it pool?" in each for each in asked)


def test_images_without_channels_keep_their_sides_and_are_asked() -> None:
    graph, asked = built(["Input Image|(28 × 28)", "Conv 3x3, 8", "Image"])
    assert graph.inputs[0].shape == (None, 1, 28, 28)
    assert any("what is the shape of 'Input Image (28 × 28)'?" in each for each in asked)


def test_of_two_sizes_of_a_sequence_the_larger_is_its_length_which_is_asked_where_it_stands_behind() -> None:
    graph, asked = built(["Leads 12 × 1000", "Conv1D k=5, 8", "Dense 2"])
    assert graph.inputs[0].shape == (None, 1000, 12)
    assert any("how long it is?" in each for each in asked)


def test_sequences_are_joined_along_what_they_differ_in() -> None:
    boxes = ["DNA 60 × 4", "Conv1D k=5, 8", "Conv1D k=3, 16", "Concat", "Dense 2"]
    graph, _ = built(boxes, "0>1 0>2 1>3 2>3 3>4")
    assert [each.layer.axis for each in graph.nodes if each.name == "concat1"] == [1]


def test_poolings_of_even_windows_never_keep_the_size() -> None:
    boxes = ["Input 32x32x3", "Conv 3x3, 8", "Max pool 2x2", "Concat", "Dense 2"]
    graph, asked = built(boxes, "0>1 1>2 1>3 2>3 3>4")
    assert [each.layer.stride for each in graph.nodes if each.name == "pool1"] == [(2, 2)]
    assert asked


def test_a_bare_norm_beside_attention_is_that_over_features_and_is_asked() -> None:
    graph, asked = built(["Input 32x32x3", "Conv 16x16, 64, stride 16", "Norm", "Multi-Head Attention", "Norm", "MLP"])
    assert types(graph).count("LayerNorm") == 2
    assert sum("as beside attention" in each for each in asked) == 2
    assert "'MLP' is not known here: what is it made of?" in asked


def test_what_only_says_that_no_activation_is_there_is_not_asked() -> None:
    _, asked = built(
        ["Input, 24 channels", "Conv 1x1, 144, BN, ReLU6", "Conv 1x1, 24, Linear", "Add"], "0>1 1>2 2>3 0>3"
    )
    assert [each for each in asked if "too" in each] == []


def test_pooled_images_and_vectors_are_joined_as_vectors() -> None:
    boxes = ["Image 32x32x3", "Conv 3x3, 8", "GAP", "Data, 12 features", "Dense 4", "Concatenate", "Dense 2"]
    graph, asked = built(boxes, "0>1 1>2 2>5 3>4 4>5 5>6")
    assert "Concat" in types(graph)
    assert not any("does not fit" in each for each in asked)


def test_arrows_beside_numbers_are_steps() -> None:
    (first,), (second,) = said("ConvTranspose 4×4, 1, ↑2"), said("Conv 4×4, 64, ↓2")
    assert first.params == {"kernel": (4, 4), "filters": 1, "stride": (2, 2)}
    assert second.params == {"kernel": (4, 4), "filters": 64, "stride": (2, 2)}


def test_so_many_neurons_in_front_of_an_activation_are_a_layer() -> None:
    for box in ("Output Layer 1 neuron sigmoid", "Sigmoid 1", "Dense 1|Sigmoid"):
        graph, _ = built(["Input 10 features", "Dense 8", box])
        assert types(graph) == ["Dense", "Dense", "Sigmoid"]


def test_boxes_of_sizes_say_what_the_layer_beside_the_arrow_gives() -> None:
    boxes = ["28×28×1", "conv|5×5", "24×24×20", "max pool|2×2", "12×12×20", "FC|ReLU", "500", "FC|softmax", "10"]
    graph, asked = built(boxes)
    assert types(graph) == ["Conv2D", "MaxPool2D", "Flatten", "Dense", "ReLU", "Dense", "Softmax"]
    assert [graph.nodes[0].layer.filters, *(graph.nodes[i].layer.units for i in (3, 5))] == [20, 500, 10]
    assert asked == []
    graph, _ = built(["Input 10 features", "Dense 64", "32", "Dense 2"])  # What has a width of its own keeps it.
    assert [each.layer.units for each in graph.nodes] == [64, 32, 2]


def test_names_in_a_row_below_boxes_of_several_heights_are_theirs() -> None:
    names = ("Input", "Conv1D 8", "GAP", "Dense 2")
    rects = "".join(
        f'<rect x="{100 * i}" y="{20 + 12 * i}" width="40" height="{100 - 24 * i}" fill="none" stroke="black"/>'
        f'<text x="{100 * i + 20}" y="150" text-anchor="middle" font-size="10">{name}</text>'
        for i, name in enumerate(names)
    )
    heads = "".join(
        f'<line x1="{100 * i + 40}" y1="70" x2="{100 * i + 94}" y2="70" stroke="black"/>'
        f'<polygon points="{100 * i + 100},70 {100 * i + 93},66 {100 * i + 93},74"/>'
        for i in range(3)
    )
    found = diagram_of(of_svg(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-5 0 400 170">{rects}{heads}</svg>'))
    texts = [" ".join(each.texts) for each in found.shapes]
    assert [(texts[each.start], texts[each.end]) for each in found.links] == list(pairwise(names))


def test_names_in_a_row_above_boxes_of_sizes_are_theirs() -> None:
    names, sizes = ("Input", "Conv1", "MaxPool", "FC"), ("32×32×3", "32×32×16", "16×16×16", "100")
    rects = "".join(
        f'<rect x="{100 * i}" y="{20 + 8 * i}" width="56" height="{100 - 16 * i}" fill="none" stroke="black"/>'
        f'<text x="{100 * i + 28}" y="{2 + 3 * (i == 2)}" text-anchor="middle" font-size="10">{name}</text>'
        f'<text x="{100 * i + 28}" y="73" text-anchor="middle" font-size="10">{size}</text>'
        for i, (name, size) in enumerate(zip(names, sizes, strict=True))
    )
    heads = "".join(
        f'<line x1="{100 * i + 56}" y1="70" x2="{100 * i + 94}" y2="70" stroke="black"/>'
        f'<polygon points="{100 * i + 100},70 {100 * i + 93},66 {100 * i + 93},74"/>'
        for i in range(3)
    )
    found = diagram_of(of_svg(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-5 -20 400 170">{rects}{heads}</svg>'))
    assert [each.texts for each in found.shapes] == list(zip(names, sizes, strict=True))


def test_stages_and_maps_by_their_numbers_are_no_layers() -> None:
    assert said("Stage 1&2") == said("Stages 3-4") == said("Layers 1, 2") == said("P4, 256") == []


def test_so_many_layers_are_that_many_and_no_width() -> None:
    texts = ("7 conv layers", "3 dense layers", "2 FC layers, 512")
    found = [(each.kind, each.times, each.params) for text in texts for each in said(text)]
    assert found == [("conv", 7, {}), ("dense", 3, {}), ("dense", 2, {"units": 512})]


@pytest.mark.parametrize(("text", "asked"), [("Embedding 60 x 300", True), ("Embedding 20000 x 300", False)])
def test_few_words_of_an_embedding_may_be_steps(text: str, asked: bool) -> None:
    report = Report()
    design_of([DrawnLayer("", "words"), DrawnLayer("", text)], [(0, 1)], "net", Origin(Source("net")), report)
    assert any("or the steps" in each.message for each in report if each.code == "question") == asked


def test_up_before_a_convolution_makes_the_image_larger() -> None:
    assert [each.kind for each in said("Up, Conv 128")] == ["upsample", "conv"]
    assert [each.kind for each in said("Up Conv 2x2")] == ["deconv"]


def test_what_stands_above_a_layer_is_before_it() -> None:
    assert [each.kind for each in said_in(["BN, ReLU", "conv 3×3"])] == ["bn", "relu", "conv"]


def test_branches_of_one_shape_that_nothing_joins_are_asked_about() -> None:
    shapes = [DrawnLayer("", text) for text in ("image 8x8x4", "3x3 conv, 4", "1x1 conv, 4", "3x3 conv, 9")]
    report = Report()
    design_of(shapes, [(0, 1), (0, 2), (1, 3), (2, 3)], "net", Origin(Source("net")), report)
    assert any("how are they joined? their sum is taken" in each.message for each in report if each.code == "question")


def test_two_lines_that_name_one_pooling_are_one() -> None:
    assert [(each.kind, each.params) for each in said_in(["MaxPool2D", "2×2 pool"])] == [
        ("maxpool", {"kernel": (2, 2)})
    ]


def test_an_arrow_may_come_from_the_sizes_of_an_image() -> None:
    parts = (
        '<text x="40" y="74" text-anchor="middle" font-size="10">32×32×3</text>'
        '<line x1="68" y1="70" x2="94" y2="70" stroke="black"/><polygon points="100,70 93,66 93,74"/>'
        '<rect x="100" y="50" width="80" height="40" fill="none" stroke="black"/>'
        '<text x="140" y="74" text-anchor="middle" font-size="10">conv 3×3, 8</text>'
    )
    found = diagram_of(of_svg(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 120">{parts}</svg>'))
    texts = [" ".join(each.texts) for each in found.shapes]
    assert [(texts[each.start], texts[each.end]) for each in found.links] == [("32×32×3", "conv 3×3, 8")]


def test_what_stands_before_a_join_in_a_box_is_of_the_smallest_image_and_asked() -> None:
    boxes = ["Input 32x32x3", "Conv 3x3, 16", "MaxPool 2x2", "Conv 3x3, 16", "Upsample + Concat", "Conv 1x1, 8"]
    graph, asked = built(boxes, "0>1 1>2 2>3 1>4 3>4 4>5")
    at = {each.name: [ref.node for ref in each.inputs] for each in graph.nodes}
    assert at["upsample1"] == ["conv2"]
    assert at["concat1"] == ["upsample1", "conv1"]
    assert any("which is taken before they are joined?" in each for each in asked)


@pytest.mark.parametrize(
    ("boxes", "steps"),
    [
        (["Embedding 100 × 8", "LSTM 64", "GlobalMaxPool1D", "Dense 2"], True),
        (["Embedding 100 × 8", "LSTM 64", "Attention", "Dense 2"], True),
        (["Embedding 100 × 8", "LSTM 64, return sequences", "Dense 2"], True),
        (["Embedding 100 × 8", "LSTM 64", "Dropout", "LSTM 32", "Dense 2"], True),
        (["Embedding 100 × 8", "LSTM 64", "Dense 2"], False),
        (["Embedding 100 × 8", "LSTM 64", "Output"], False),
    ],
)
def test_what_is_behind_a_recurrent_layer_tells_whether_it_gives_every_step(boxes: list[str], steps: bool) -> None:
    graph, _ = built(["Words", *boxes])
    assert next(each.layer for each in graph.nodes if isinstance(each.layer, L.LSTM)).sequences == steps


def test_a_first_box_that_is_made_of_layers_is_no_name_of_what_comes_in() -> None:
    assert types(built(["Channel split", "Conv 1x1, 8", "Concat"], "0>1 1>2 0>2")[0])[0] == "Custom"
    assert types(built(["Previous layer", "Conv 1x1, 8"])[0])[0] == "Conv2D"


@pytest.mark.parametrize("text", ["MLP (512, 256, k)", "FC C, Q 3", "Conv 1, C1, K"])
def test_letters_among_sizes_are_asked(text: str) -> None:
    _, asked = built(["Input 64x64x3", text])
    assert f"of {text!r} not all is understood: how is it meant?" in asked


def test_letters_with_their_sizes_are_not_asked() -> None:
    _, asked = built(["Input 64x64x3", "Conv C=64, K=3"])
    assert not asked


def test_the_sign_of_a_sigmoid_is_one_and_the_next_layer_is_a_name() -> None:
    graph, asked = built(["Input 32x32x3", "Conv 3x3, 16", "σ", "to next layer"])
    assert types(graph) == ["Conv2D", "Sigmoid"]
    assert not any("next layer" in each for each in asked)


def test_the_first_convolution_tells_how_many_channels_come_in() -> None:
    graph, _ = built(["input", "Conv W ⟨32×1×3×3⟩ B ⟨32⟩", "Relu"])
    assert graph.inputs[0].shape[1] == 1


def test_an_output_as_wide_as_the_layer_before_it_is_its_name() -> None:
    assert types(built(["Input 64", "Linear (64→10)", "Output 10 logits"])[0]).count("Dense") == 1
    assert types(built(["Input 64", "Linear (64→32)", "Output 10 logits"])[0]).count("Dense") == 2


def test_sizes_beside_arrows_are_what_the_layer_before_them_gives() -> None:
    boxes = ["Conv 7x7 > BatchNorm > Relu", "MaxPool 3x3", "Conv 3x3"]
    shapes = tuple(Shape((0.0, 0.0, 9.0, 9.0), (each,)) for each in boxes)
    links = (Link(0, 1, "1x64x112x112"), Link(1, 2, "1x64x56x56"))
    graph = design_of(*without_blobs(Diagram(shapes, links)), "x", Origin(Source("x")), Report())
    first, _, _, pool, _ = (each.layer for each in graph.nodes)
    assert isinstance(first, L.Conv2D)
    assert isinstance(pool, L.MaxPool2D)
    assert (first.filters, first.stride, pool.stride) == (64, (2, 2), (2, 2))


def test_a_dilation_of_which_nobody_says_how_far_is_asked() -> None:
    _, asked = built(["Input 32x32x3", "Dilated Conv 3x3, 16"])
    assert asked == ["'Dilated Conv 3×3, 16': how far is it dilated? 2 is taken"]


def test_a_c_that_several_arrows_lead_to_joins_them_and_is_asked() -> None:
    graph, asked = built(["Input 32x32x3", "Conv 3x3, 8", "Conv 1x1, 8", "C", "Conv 1x1, 4"], "0>1 0>2 1>3 2>3 3>4")
    assert types(graph) == ["Conv2D", "Conv2D", "Concat", "Conv2D"]
    assert asked == ["'C' is behind 2 boxes: does it put them behind each other? that is taken"]


def test_a_name_with_the_sizes_of_what_comes_in_is_of_that() -> None:
    graph, asked = built(["Input 32x32x3", "Conv 3x3, 16, stride 2", "Latent z 16 x 16 x 16", "Conv 1x1, 4"])
    assert types(graph) == ["Conv2D", "Conv2D"]
    assert not asked


def test_depthwise_filters_over_all_of_a_side_have_no_border_and_come_so_often() -> None:
    graph, asked = built(["EEG 64 x 128 x 1", "Conv2D 1x63, 8", "DepthwiseConv2D 64x1, D=2"])
    assert graph.nodes[-1].layer == L.Conv2D(filters=16, kernel=(64, 1), groups=8)
    assert not asked


def test_sizes_that_nothing_makes_are_asked() -> None:
    _, asked = built(["Input 227x227x3", "55 x 55 x 96", "27 x 27 x 96"])
    assert "'55 x 55 x 96' is drawn, but 3 x 227 x 227 comes there: what is between them?" in asked
