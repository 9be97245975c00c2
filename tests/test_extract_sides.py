"""What columns of axes, letters of captions, and shared cells say in tables: windows, kinds of layers, designs."""

from __future__ import annotations

from pathlib import Path

from extract.columns.grids import plain_grid
from extract.columns.table_design import TableDesign
from extract.designs.sums import is_printed
from extract.designs.told import unplaced
from extract.paper import texts_of
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.lexicon import posts_of
from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of


def designs(text: str, suffix: str = ".md") -> list[TableDesign]:
    """Return the designs of a table that is written as text."""
    return [
        each.design for each in texts_of(Path(f"net{suffix}"), text.encode()) if isinstance(each.design, TableDesign)
    ]


AXES = """<table><caption>Table 1: The network.</caption>
<tr><th rowspan=2>Layer</th><th colspan=2>Width</th><th colspan=2>Dilation</th><th rowspan=2>Filters / Nodes</th></tr>
<tr><th>time</th><th>freq</th><th>time</th><th>freq</th></tr>
<tr><td>CNN 1</td><td>1</td><td>7</td><td>1</td><td>1</td><td>16</td></tr>
<tr><td>CNN 2</td><td>7</td><td>1</td><td>1</td><td>1</td><td>16</td></tr>
<tr><td>CNN 3</td><td>5</td><td>5</td><td>8</td><td>1</td><td>8</td></tr>
<tr><td>FC</td><td>-</td><td>-</td><td>-</td><td>-</td><td>60</td></tr></table>"""


def test_columns_of_axes_are_the_sides_of_windows() -> None:
    graph = model_of(AXES, ".html")
    convs = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [each.kernel for each in convs] == [(1, 7), (7, 1), (5, 5)]
    assert [each.dilation for each in convs] == [(1, 1), (1, 1), (8, 1)]
    assert [each.filters for each in convs] == [16, 16, 8]


def test_width_before_height_is_turned() -> None:
    graph = model_of(AXES.replace("<th>time</th><th>freq</th>", "<th>W</th><th>H</th>"), ".html")
    convs = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [(each.kernel, each.dilation) for each in convs][::2] == [((7, 1), (1, 1)), ((5, 5), (1, 8))]


LETTERS = """Table 1: Two convolutional layers (C), then hidden layers (H). The last uses a softmax (SM) to normalize.

| Parameter | Layer | | | |
|---|---|---|---|---|
| (Option) | 1 | 2 | 3 | 4 |
| Type | C | C | H | H |
| No. Neurons | 8 | 16 | 32 | 2 |
| Filter Size | 5 | 3 | N/A | N/A |
| MaxPool Size | N/A | 4 | N/A | N/A |
| Drop out | 0 | 0 | 0.5 | 0 |
| Act. Func. | Elu | Elu | Elu | SM |
"""


def test_letters_stand_for_the_layers_of_the_caption() -> None:
    report = Report()
    graph = model_of(LETTERS, report=report)
    names = [type(node.layer).__name__ for node in graph.nodes if not isinstance(node.layer, L.Flatten)]
    assert names == ["Conv2D", "ELU", "Conv2D", "ELU", "MaxPool2D", "Dense", "ELU", "Dropout", "Dense", "Softmax"]
    assert not any("lrn" in each.message for each in report)


SHARED = """<table><caption>Table 1: The configurations of the networks.</caption>
<tr><th>FCN-4</th><th>FCN-5</th><th>FCN-6</th></tr>
<tr><td colspan=3>Mel-spectrogram (input: 96×1366×1)</td></tr>
<tr><td colspan=3>Conv 3×3×16</td></tr>
<tr><td colspan=3>MP (2, 4) (output: 48×341×16)</td></tr>
<tr><td colspan=3>Conv 3×3×32</td></tr>
<tr><td colspan=3>MP (48, 341) (output: 1×1×32)</td></tr>
<tr><td>·</td><td>Conv 1×1×64</td><td>Conv 1×1×64</td></tr>
<tr><td>·</td><td>·</td><td>Conv 1×1×64</td></tr>
<tr><td colspan=3>Output 50×1 (sigmoid)</td></tr></table>"""


def test_cells_over_all_columns_are_of_each_design() -> None:
    found = designs(SHARED, ".html")
    assert [each.config for each in found] == ["FCN-4", "FCN-5", "FCN-6"]
    kinds = [[layer.kind for layer in each.readings] for each in found]
    assert [each.count("conv") for each in kinds] == [2, 3, 4]
    assert all(each[-1] == "dense" for each in kinds)
    assert found[0].readings[2].params["kernel"] == (2, 4)


def test_two_numbers_of_a_pooling_in_brackets() -> None:
    (sides,), (open_,) = read_cell("MaxPool2d(2, 4)"), read_cell("MaxPool(3, 2)")
    assert sides.params["kernel"] == (2, 4)
    assert not sides.unclear
    assert open_.params == {"kernel": (3, 3), "stride": (2, 2)}
    assert open_.unclear


def test_what_is_one_of_two_or_has_letters_that_nobody_knows_is_asked_about() -> None:
    (either,), (strange,), (known,) = map(
        read_cell, ("Conv(64, 4, 2), LN/IN, Leaky ReLU", "Conv 3×3, 64, SN, ReLU", "Conv 3×3, 64, BN, ReLU")
    )
    assert (either.posts, either.unclear) == (("ln", "leakyrelu"), True)
    assert (strange.unclear, known.unclear) == (True, False)


def test_what_letters_mean_is_said_of_no_layer() -> None:
    assert unplaced("BN is batch normalization, LN is layer normalization.", ()) == []
    assert unplaced("The network uses batch normalization.", ()) == ["bn"]
    assert posts_of("to normalize the output") == []


def test_steps_behind_a_window_and_units_by_a_letter() -> None:
    (conv,), (dense,) = read_cell("2×3, (1,2), 16"), read_cell("MLP-(N8)")
    assert conv.params == {"kernel": (2, 3), "stride": (1, 2), "filters": 16}
    assert dense.params == {"units": 8}


def test_a_vector_of_all_that_comes_in() -> None:
    assert is_printed((None, 128, 7, 7), (6272,))
    assert not is_printed((None, 128, 7, 7), (6271,))


PARTS = """| Part | Input → Output Shape | Layer Information |
|---|---|---|
| Encoder | (h, w, 3) → (h/2, w/2, 64)<br>(h/2, w/2, 64) → (h/4, w/4, 128) | CONV-(N64, K4, S2)<br>CONV-(N128, K4, S2) |
| Critic map | (h/4, w/4, 128) → (h/4, w/4, 64) | CONV-(N64, K1, S1), ReLU |
| Classifier | (h/4, w/4, 64) → (h/4, w/4, 1) | CONV-(N1, K4, S1) |
"""


def test_parts_that_take_what_those_above_give_are_one_network() -> None:
    (found,) = designs(PARTS)
    assert [each.params["filters"] for each in found.readings if each.kind == "conv"] == [64, 128, 64, 1]


def test_widths_beside_filters_are_windows() -> None:
    head = (
        "| Layer | Filters | Width | Stride | Output shape |\n|---|---|---|---|---|\n| Input | - | - | - | 1024×1 |\n"
    )
    rows = "| Conv 1 | 16 | 512 | 4 | 128×16 |\n| Conv 2 | 8 | 64 | 1 | 128×8 |\n| Dense | 36 | - | - | 36 |\n"
    (found,) = designs(head + rows)
    assert [each.params.get("kernel") for each in found.readings[1:3]] == [(512, 512), (64, 64)]


def test_a_c_is_how_many_channels_there_are_or_how_many_groups() -> None:
    (channels,), (groups,) = read_cell("conv c: 64 k: 3×3"), read_cell("3×3, 128, C=32")
    assert channels.params == {"kernel": (3, 3), "filters": 64}
    assert groups.params == {"kernel": (3, 3), "filters": 128, "groups": 32}


def test_halves_with_labels_of_their_own_are_tables_of_their_own() -> None:
    text = """| Block | Layer (filter size) | #filters | Path | Layer (filter size) | #filters |
|---|---|---|---|---|---|
| Multi Block 1 | Conv2D(3,3)<br>Conv2D(1,1) | 8<br>17 | Res Path 1 | Conv2D(3,3)<br>Conv2D(1,1) | 32<br>33 |
| Multi Block 2 | Conv2D(3,3)<br>Conv2D(1,1) | 18<br>35 | Res Path 2 | Conv2D(3,3)<br>Conv2D(1,1) | 64<br>65 |
"""
    found = {each.config: [layer.params["filters"] for layer in each.readings] for each in designs(text)}
    assert found == {"Block": [8, 17, 18, 35], "Res Path 1": [32, 33], "Res Path 2": [64, 65]}


def test_strides_behind_windows_in_brackets() -> None:
    head = "| Layer | Kernel | Output |\n|---|---|---|\n"
    rows = "| Conv, lReLU | [3,3,1] | h×w×64 |\n| Conv, lReLU | [4,4,2] | h/2×w/2×128 |\n| Linear | - | 1 |\n"
    (found,) = designs(head + rows)
    assert [(each.params["kernel"], each.params["stride"], each.params["filters"]) for each in found.readings[:2]] == [
        ((3, 3), (1, 1), 64),
        ((4, 4), (2, 2), 128),
    ]


def test_a_layer_a_column_by_rows_of_windows_and_channels() -> None:
    text = """| layers | encoder-1 | encoder-2 | self-made | decoder-1 |
|---|---|---|---|---|
| kernel size | 5×5 | 3×3 | - | 3×3 |
| channels | 10 | 20 | - | 30 |
| parameters | 260 | 1820 | 5914624 | 5430 |
"""
    (found,) = designs(text)
    assert [each.kind for each in found.readings] == ["conv", "conv", "self-made", "deconv"]
    assert [each.unclear for each in found.readings] == [False, False, False, True]


SIGNS = """| Layer | H | R | E | C | M | U |
|---|---|---|---|---|---|---|
| CONV1 | 227 | 11 | 55 | 3 | 96 | 4 |
| CONV2 | 31 | 5 | 27 | 48 | 256 | 1 |
| CONV3 | 15 | 3 | 13 | 256 | 384 | 1 |
| CONV4 | 15 | 3 | 13 | 192 | 384 | 1 |
| FC1 | 6 | 6 | 1 | 256 | 4096 | 1 |
"""


def test_signs_of_quantities_are_told_by_how_their_numbers_fit() -> None:
    (found,) = designs(SIGNS)
    convs = [each.params for each in found.readings if each.kind == "conv"]
    assert [(each["kernel"][0], each["stride"][0], each["filters"]) for each in convs] == [
        (11, 4, 96),
        (5, 1, 256),
        (3, 1, 384),
        (3, 1, 384),
    ]
    assert found.readings[-1].params["units"] == 4096


def test_signs_that_fit_in_no_way_are_not_guessed() -> None:
    (found,) = designs(SIGNS.replace("| 27 |", "| 26 |").replace("| 55 |", "| 54 |"))
    assert not any("kernel" in each.params for each in found.readings)


def test_channels_in_and_out_with_a_slash() -> None:
    head = "| layer | k | s | channels | in | out | input |\n|---|---|---|---|---|---|---|\n"
    rows = (
        "| conv1 | 7 | 2 | 3/32 | 1 | 2 | left |\n| conv1b | 7 | 1 | 32/32 | 2 | 2 | conv1 |\n"
        "| conv2 | 5 | 2 | 32/64 | 2 | 4 | conv1b |\n| conv2b | 5 | 1 | 64/64 | 4 | 4 | conv2 |\n"
        "| conv3 | 3 | 2 | 64/128 | 4 | 8 | conv2b |\n"
    )
    report = Report()
    graph = model_of(head + rows, report=report)
    convs = [node.layer for node in graph.nodes if isinstance(node.layer, L.Conv2D)]
    assert [each.filters for each in convs] == [32, 32, 64, 64, 128]
    assert not any("is printed" in each.message for each in report)


def test_names_with_windows_steps_and_counts() -> None:
    (pool,), (block,), (dense,) = map(read_cell, ("maxpool5-2", "Residual block (×19)", "FC 2 (embedding)"))
    assert pool.params == {"kernel": (5, 5), "stride": (2, 2)}
    assert (block.kind, block.times) == ("resblock", 19)
    assert dense.kind == "dense"


def test_layers_by_which_of_their_stage_they_are() -> None:
    head = "| Layer | Filter / Stride | # Filters |\n|---|---|---|\n"
    (found,) = designs(
        head + "| Conv 1 | 3×3 / 1 | 64 |\n| Conv 3/1, 3/2 | 3×3 / 1 | 256 |\n| FC 1/1, 1/2 | | 4096 |\n"
    )
    assert [(each.kind, each.times) for each in found.readings] == [("conv", 1), ("conv", 2), ("dense", 2)]
    assert found.readings[1].params["stride"] == (1, 1)


def test_windows_and_steps_along_one_axis_at_a_time_without_headers() -> None:
    rows = [
        ("transconv", "64", "2×1", "(1, 1)"),
        ("transconv", "32", "3×1", "(2, 1)"),
        ("transconv", "8", "1×7", "(1, 7)"),
    ]
    (found,) = designs_of(plain_grid(rows))
    assert [(each.params["kernel"], each.params["stride"]) for each in found.readings] == [
        ((2, 1), (1, 1)),
        ((3, 1), (2, 1)),
        ((1, 7), (1, 7)),
    ]


def test_sizes_in_words_and_channels_in_front_of_lengths() -> None:
    sizes = {"Convolution": "8×90", "Pooling": "8×45", "ReLU": "8×45", "Conv": "16×40", "Pool": "16×20"}
    rows = [(str(i), name, f"matrix (size: {size})") for i, (name, size) in enumerate(sizes.items(), 1)]
    first, last = ("", "Input", "vector (size: 96)"), ("6", "Linear Layer", "vector (size: 2)")
    (found,) = designs_of(plain_grid([first, *rows, last]))
    assert [each.params["filters"] for each in found.readings if each.kind == "conv"] == [8, 16]
    assert found.readings[0].kind == "input"
    assert found.readings[-1].params["units"] == 2


def test_designs_that_have_few_layers_of_their_own() -> None:
    text = """<table><tr><th>A</th><th>B</th><th>C</th></tr>
<tr><td colspan=3>input (32×32 image)</td></tr>
<tr><td>Conv3-32</td><td>Conv3-32</td><td>Conv3-32</td></tr>
<tr><td></td><td>Conv3-32</td><td>Conv3-32</td></tr>
<tr><td></td><td></td><td>Conv3-32</td></tr>
<tr><td colspan=3>maxpool</td></tr>
<tr><td></td><td>Conv3-64</td><td>Conv3-64</td></tr>
<tr><td colspan=3>FC-10</td></tr></table>"""
    found = designs(text, ".html")
    assert [each.config for each in found] == ["A", "B", "C"]
    assert [sum(layer.kind == "conv" for layer in each.readings) for each in found] == [1, 3, 4]


def test_what_comes_in_is_what_is_given_where_it_has_as_many_channels() -> None:
    rows = [
        ("Input size", "Description"),
        ("1×43×128", "mel-spectrogram"),
        ("32×45×130", "3×3 convolution, 32 filters"),
        ("64×47×132", "3×3 convolution, 64 filters"),
        ("1024", "flattened and fully connected"),
        ("1024", "dropout (0.50)"),
        ("11", "sigmoid"),
    ]
    (found,) = designs_of(plain_grid(rows))
    assert [each.kind for each in found.readings[-5:]] == ["flatten", "dense", "dropout", "dense", "sigmoid"]
    assert [each.params["units"] for each in found.readings if each.kind == "dense"] == [1024, 11]


def test_blocks_of_convolutions_by_their_settings() -> None:
    (block,) = read_cell("[c:128, k:3×3; c:64, k:3×3] × 2")
    assert [(each.kind, each.params["filters"]) for each in block.block] == [("conv", 128), ("conv", 64)]


def test_what_is_no_softmax_and_no_known_normalisation_is_asked_about() -> None:
    unclear = [
        read_cell(each)[0].unclear for each in ("Spatial Softmax", "conv, normalization, relu", "5×5 c192 s2 GDN")
    ]
    assert unclear == [True, True, True]
    assert posts_of("divisive normalization") == []


def test_long_windows_behind_filters_are_doubted() -> None:
    (found,) = read_cell("Conv 64x1x25")
    assert (found.params, found.unclear) == ({"filters": 64, "kernel": (1, 25)}, True)


def test_signs_with_an_index_and_measured_layers_are_no_designs() -> None:
    rows = [
        ("Layer", "N x", "K x", "N o"),
        ("CONV1", "500", "9", "48"),
        ("POOL1", "492", "2", "12"),
        ("CONV2", "32", "4", "20"),
    ]
    assert designs_of(plain_grid(rows), "Benchmark layers.") == []
    assert len(designs_of(plain_grid(rows))) < 2


def test_sizes_beside_strides_and_outputs_are_windows() -> None:
    head = "| Type | Output dimension | Size | Stride | Padding |\n|---|---|---|---|---|\n"
    rows = "| Conv1D | 75×128 | 7 | 2 | 3 |\n| Conv1D | 38×256 | 5 | 2 | 2 |\n| FC | 100 | - | - | - |\n"
    (found,) = designs(head + rows)
    assert [each.params["kernel"][0] for each in found.readings[:2]] == [7, 5]
    assert [each.params["filters"] for each in found.readings[:2]] == [128, 256]
