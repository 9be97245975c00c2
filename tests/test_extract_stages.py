"""Tables of stages as papers print them: settings of units, cells over rows, modules and repeats, measures."""

from __future__ import annotations

import pytest

from extract.columns.abbreviations import spelt_out
from extract.columns.grids import Cell, Grid, plain_grid
from extract.columns.headers import role_of
from extract.designs.told import behind_all, unplaced
from extract.designs.told_behind import with_told
from extract.pages.page import Line, Word
from extract.structure.partial_rules import with_whole_labels
from extract.structure.pieces import pieces
from extract.structure.wrapping import are_one
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell
from extract.words.lexicon import kind_of, posts_of
from extract.words.reading import Reading


def read(rows: list[list[str]], caption: str = "") -> list[list[tuple[str, int]]]:
    """Return the kinds of layers of each design of a table, and how often each comes."""
    return [[(each.kind, each.times) for each in design.readings] for design in designs_of(plain_grid(rows), caption)]


TRANSFORMERS = [
    ["", "Output Size", "Layer Name", "Small", "Large"],
    ["Stage 1", "56 × 56", "Patch Embedding", "K1 = 7; S1 = 4; P1 = 3", "K1 = 7; S1 = 4; P1 = 3"],
    ["", "", "", "C1 = 32", "C1 = 64"],
    ["", "", "Encoder", "R1 = 8\nN1 = 1\nE1 = 8", "R1 = 8\nN1 = 2\nE1 = 8"],
    ["Stage 2", "28 × 28", "Patch Embedding", "K2 = 3; S2 = 2; P2 = 1", "K2 = 3; S2 = 2; P2 = 1"],
    ["", "", "", "C2 = 64", "C2 = 128"],
    ["", "", "Encoder", "R2 = 4\nN2 = 2\nE2 = 8", "R2 = 4\nN2 = 4\nE2 = 8"],
]


def test_units_that_are_told_by_their_settings() -> None:
    small, large = designs_of(plain_grid(TRANSFORMERS))
    assert [each.kind for each in small.readings] == ["Patch Embedding", "Encoder"] * 2
    assert small.readings[0].params == {"output": (56, 56), "K1": 7, "S1": 4, "P1": 3, "C1": 32}
    assert large.readings[0].params["C1"] == 64  # What a row without a name sets is of the unit above it.


@pytest.mark.parametrize("text", ["S1 = 4", "K1 = 7; S1 = 4; P1 = 3", "4×"])
def test_quantities_with_an_index_and_bare_factors_are_no_layers(text: str) -> None:
    assert read_cell(text) == []


def test_a_label_of_two_lines_in_front_of_a_rule_between_its_rows() -> None:
    rows = [
        (Cell("Stage", 0, 0, (10, 0, 40, 10)), Cell("Net", 1, 1, (60, 0, 90, 10))),
        (Cell("Overlapping", 0, 0, (10, 20, 60, 30)), Cell("K = 7", 1, 1, (70, 20, 90, 30))),
        (Cell("Patch Embedding", 0, 0, (8, 34, 62, 44)), Cell("C = 32", 1, 1, (70, 34, 90, 44))),
        (Cell("Encoder", 0, 0, (15, 56, 55, 66)), Cell("R = 8", 1, 1, (70, 56, 90, 66))),
    ]
    parted = with_whole_labels(rows, [(32.0, 66.0, 100.0), (50.0, 5.0, 100.0)])
    assert [cell.text for cell in parted[1]] == ["Overlapping\nPatch Embedding", "K = 7"]
    assert [cell.text for cell in parted[2]] == ["C = 32"]
    assert with_whole_labels(rows, [(32.0, 5.0, 100.0), (50.0, 5.0, 100.0)]) == rows


def test_modules_of_operators_that_are_repeated() -> None:
    rows = [
        ["layer", "output size", "operator", "#output_channels", "repeat", "#modules"],
        ["image", "256 × 256", "", "3", "", ""],
        ["stem", "128 × 128\n64 × 64", "conv2d\nshuffle block", "32\n32", "1\n1", "1"],
        ["stage2", "64 × 64\n64 × 64", "channel weighting\nfusion block", "40\n40", "2\n1", "2"],
        ["stage3", "32 × 32\n32 × 32", "channel weighting\nfusion block", "80\n80", "2\n1", "3"],
    ]
    (design,) = designs_of(plain_grid(rows))
    assert [each.kind for each in design.readings][:3] == ["input", "conv", "shuffle block"]
    module = design.readings[-1]
    assert (module.times, [(each.kind, each.times) for each in module.block]) == (
        3,
        [("channel weighting", 2), ("fusion block", 1)],
    )


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("#output_channels", "filters"),
        ("#modules", "repeat"),
        ("resolution branch", ""),
        ("Max. Input (S × C)", "input"),
    ],
)
def test_headers(header: str, role: str) -> None:
    assert role_of(header) == role


def test_a_type_that_is_but_a_window_and_headers_that_the_caption_explains() -> None:
    told = "Here b is the block type, e the expansion, f the filters, n the number of blocks and s the stride."
    rows = [
        ["Max. Input", "b", "e", "f", "n", "s"],
        ["256² × 3", "3x3", "1", "16", "1", "2"],
        ["128² × 16", "TBS", "1", "24", "2", "2"],
        ["64² × 24", "1x1", "-", "1984", "1", "1"],
        ["64² × 1984", "avgpl", "-", "-", "1", "1"],
        ["1984", "fc", "-", "1000", "1", "-"],
    ]
    assert read(rows, told) == [[("conv", 1), ("TBS", 2), ("conv", 1), ("avgpool", 1), ("dense", 1)]]
    headers = [cell.text for cell in spelt_out(plain_grid(rows), told).rows[0]]
    assert headers[1] == "operator"


def test_a_block_called_with_its_width_so_many_times() -> None:
    rows = [
        ["Module", "Output size", "Component"],
        ["Convolution", "64 × 75 × 75", "3×3 conv, stride 2"],
        ["Dense stage 0", "256 × 75 × 75", "DDB-b(32) × 4"],
        ["Dense stage 1", "416 × 38 × 38", "DDB-b(48) × 6"],
    ]
    assert read(rows) == [[("conv", 1), ("DDB-b", 4), ("DDB-b", 6)]]


def test_a_step_along_time_and_one_in_space() -> None:
    (found,) = read_cell("7×7×7, 64, stride 1 (T), 2 (XY)")
    assert (found.kind, found.params["stride"], found.params["filters"]) == ("conv", (1, 2, 2), 64)


def test_what_is_measured_of_designs_is_no_layer() -> None:
    rows = [
        ["Stage", "Stride", "A", "B"],
        ["conv1", "2", "7×7, 64, stride 2", "7×7, 32, stride 2"],
        ["conv2", "4", "[1×1, 64; 3×3, 64] × 3", "[1×1, 32; 3×3, 32] × 3"],
        ["conv3", "8", "[1×1, 128; 3×3, 128] × 4", "[1×1, 64; 3×3, 64] × 4"],
    ]
    grid = plain_grid(rows)
    fact = (Cell("# RF / OFS", 0, 1), Cell("93 / 5", 2, 2), Cell("93 / 5", 3, 3))
    with_fact = type(grid)((*grid.rows, fact), grid.width)
    assert [len(each.readings) for each in designs_of(with_fact)] == [3, 3]


def test_a_column_of_how_good_each_is_tells_results() -> None:
    rows = [
        ["Decoder channels", "Conv structure", "mIOU"],
        ["8", "[3×3, 256]", "77.61%"],
        ["16", "[3×3, 256]", "77.92%"],
        ["48", "[3×3, 256] × 2", "78.85%"],
    ]
    assert read(rows) == []
    assert read([row[:2] for row in rows]) != []


def test_titles_of_several_columns_are_not_cut_between_their_words() -> None:
    words = ["Output", "channels", "for", "different", "models"]
    ends = [(0.0, 20.0), (30.0, 55.0), (70.0, 95.0)]

    def line(spaces: list[float]) -> Line:
        found, x = [], 0.0
        for text, space in zip(words, [*spaces, 0.0], strict=True):
            found.append(Word(text, x, 92, x + 17, 102, 9, 100))
            x += 17 + space
        return Line(tuple(found))

    assert len(pieces(line([2.3, 2.3, 2.3, 2.3]), ends)) == 1


def test_kinds() -> None:
    assert [kind_of(each) for each in ("shuffle block", "channel shuffle", "avgpl")] == ["", "shuffle", "avgpool"]


def test_tables_side_by_side_by_their_headers_whatever_their_titles_sound_like() -> None:
    rows = [
        [Cell("Residual Block", 0, 2, (10, 0, 80, 10)), Cell("Fire Module", 4, 4, (130, 0, 170, 10))],
        [
            Cell(text, i, i, (30.0 * i, 14, 30.0 * i + 20, 24))
            for i, text in enumerate(["Input", "Operator", "Output"] * 2)
        ],
        *(
            [Cell(text, i, i, (30.0 * i, y, 30.0 * i + 20, y + 10)) for i, text in enumerate(texts)]
            for y, texts in (
                (28, ["h×w×k", "3×3 Conv, ReLU", "h×w×k", "h×w×k", "1×1 Conv, ReLU", "h×w×k/2"]),
                (42, ["h×w×k", "3×3 Conv, ReLU", "h×w×k", "h×w×k/2", "1×1 Conv + 3×3 Dwise, ReLU", "h×w×k"]),
            )
        ),
    ]
    designs = designs_of(Grid(tuple(map(tuple, rows)), 6))
    assert [(each.config, [layer.kind for layer in each.readings]) for each in designs] == [
        ("Residual Block", ["conv", "conv"]),
        ("Fire Module", ["conv", "conv", "dwconv"]),
    ]


def test_units_in_chains_of_layers_with_what_they_join() -> None:
    rows = [
        ["Layer Description", "K", "Output"],
        ["#0 Input RGB image", "", "3 × H × W"],
        ["#1 Conv2d", "5", "64 × H × W"],
        ["#2 Conv2d → Packing", "7", "64 × H/2 × W/2"],
        ["#3 ResidualBlock (x2) → Packing", "3", "64 × H/4 × W/4"],
        ["#4 Unpacking (#3) → Conv2d (⊕ #2)", "3", "64 × H/2 × W/2"],
    ]
    kinds = ["input", "conv", "conv", "Packing", "resblock", "Packing", "Unpacking", "concat", "conv"]
    assert [kind for kind, _ in read(rows)[0]] == kinds
    assert read(rows)[0][4] == ("resblock", 2)


def test_attention_and_a_perceptron_in_volumes() -> None:
    rows = [
        ["stages", "operators", "output sizes"],
        ["data layer", "stride 4×1×1", "16×224×224"],
        ["cube1", "3×7×7, 96\nstride 2×4×4", "8×56×56"],
        ["scale2", "[MHPA(96); MLP(384)] × 1", "8×56×56"],
        ["scale3", "[MHPA(192); MLP(768)] × 2", "8×28×28"],
        ["scale4", "[MHPA(384); MLP(1536)] × 11", "8×14×14"],
    ]
    (design,) = designs_of(plain_grid(rows))
    first, cube, *_, last = design.readings
    assert (first.kind, first.params["output"]) == ("input", (16, 224, 224))
    assert (cube.params["stride"], cube.params["output"]) == ((2, 4, 4), (8, 56, 56))
    assert [each.kind for each in last.block] == ["MHPA", "MLP"]  # And no Dense.


def test_layers_of_point_clouds_and_a_setting_that_is_a_broken_number() -> None:
    rows = [
        ["Layer type", "r", "Sample rate", "MLP width"],
        ["set conv", "0.5", "0.5×", "[32,32,64]"],
        ["flow embedding", "5.0", "1×", "[128,128,128]"],
        ["set conv", "2.0", "0.25×", "[128,128,256]"],
        ["set upconv", "1.0", "4×", "[128,128,128]"],
        ["feature propagation", "0.5", "2×", "[128,128,128]"],
        ["linear", "-", "-", "3"],
    ]
    (design,) = designs_of(plain_grid(rows))
    assert [(each.kind, each.times) for each in design.readings] == [
        ("conv", 1),
        ("flow embedding", 1),
        ("conv", 1),
        ("deconv", 1),
        ("feature propagation", 1),
        ("dense", 1),
    ]
    assert all(each.unclear for each in design.readings if each.kind == "conv")


def test_units_by_their_letters_do_not_go_on_in_the_next_line() -> None:
    assert not are_one("MHSA", "MLP")
    assert are_one("Fully", "connected")


def test_units_in_lines_of_a_stack_by_their_names() -> None:
    (block,) = read_cell("[LSA; GSA] × 5")
    assert (block.times, [each.kind for each in block.block]) == (5, ["LSA", "GSA"])
    (unit,) = read_cell("[R1 = 8; N1 = 1] × 2")
    assert (unit.times, unit.params) == (2, {"R1": 8, "N1": 1})


@pytest.mark.parametrize("text", ["Conv 3×3, 64, GDN", "Conv, AddId", "conv 3×3, 64, SE"])
def test_what_stands_behind_a_layer_by_letters_that_nobody_knows_is_asked(text: str) -> None:
    assert read_cell(text)[0].unclear


@pytest.mark.parametrize("text", ["Conv, BN, ReLU, LN", "conv2d 1×1, NBN", "Conv 3×3, 64, SAME"])
def test_letters_that_are_known_are_not_asked(text: str) -> None:
    assert not read_cell(text)[0].unclear


def test_a_column_of_operations_is_none_of_their_number() -> None:
    rows = [
        ["Name", "Ops", "Repeat", "Output size"],
        ["Input", "", "", "128×128×4"],
        ["InitConv", "Conv 3×3", "", "128×128×32"],
        ["Block0", "Conv 3×3, GN, ReLU", "x2", "128×128×32"],
        ["Down1", "Conv 3×3, stride 2", "", "64×64×64"],
    ]
    assert read(rows) == [[("input", 1), ("conv", 1), ("conv", 2), ("conv", 1)]]


def test_choices_of_a_search_are_no_network() -> None:
    rows = [
        ["Block", "Width", "Depth", "Kernel size", "Stride"],
        ["Conv", "{16, 24}", "-", "3", "2"],
        ["MBConv-1", "{16, 24}", "{1,2}", "{3, 5}", "1"],
        ["MBConv-2", "{24, 32}", "{3, 4, 5}", "{3, 5}", "2"],
    ]
    assert read(rows) == []


def test_rows_that_go_on_are_as_wide_as_the_one_above() -> None:
    rows = [
        ["Layer", "Output size", "KSize", "Stride", "Repeat", "Output channels"],
        ["Conv1", "56 × 56", "3×3", "2", "1", "24"],
        ["Stage2", "28 × 28", "", "2", "1", "176"],
        ["", "28 × 28", "", "1", "3", ""],
        ["Conv5", "28 × 28", "1×1", "1", "1", "1024"],
    ]
    (design,) = designs_of(plain_grid(rows))
    assert [(each.times, each.params["filters"]) for each in design.readings] == [
        (1, 24),
        (1, 176),
        (3, 176),
        (1, 1024),
    ]


def test_volumes_by_a_column_of_steps() -> None:
    rows = [
        ["Layer", "#Channel", "Output Size", "Stride"],
        ["Conv1", "16", "16 × 112 × 112", "(1,2,2)"],
        ["MaxPool", "", "16 × 56 × 56", "(1,2,2)"],
        ["Conv2", "96", "8 × 56 × 56", "(2,1,1)"],
        ["Conv3", "192", "8 × 28 × 28", "(1,2,2)"],
    ]
    (design,) = designs_of(plain_grid(rows))
    assert [each.params["output"] for each in design.readings][:2] == [(16, 112, 112), (16, 56, 56)]


def test_normalisations_of_kinds_of_their_own_are_none_of_local_responses() -> None:
    assert posts_of("GDN stands for generalized divisive normalization") == []
    assert posts_of("local response normalization") == ["lrn"]


def test_a_block_of_a_stage_as_often_as_its_type_says() -> None:
    rows = [
        ["Name", "Type", "Channel", "Output size"],
        ["stage 1", "3×3 Conv (stride=2)", "32", "340×340"],
        ["stage 2", "CG block (r=2) × 3", "64", "170×170"],
        ["stage 3", "CG block × 21", "128", "85×85"],
        ["head", "1×1 Conv (stride=1)", "19", "85×85"],
    ]
    assert [times for _, times in read(rows)[0]] == [1, 3, 21, 1]


AHEAD = "Each conv layer in the table corresponds to the sequence BN-ReLU-Conv."


def test_what_a_caption_says_that_stands_ahead_of_all_convolutions() -> None:
    assert behind_all(AHEAD)[0].ahead
    assert not behind_all("Conv refers to Conv-BN-ReLU.")[0].ahead
    found = with_told([Reading("conv"), Reading("maxpool"), Reading("conv")], AHEAD, "", residual=False)
    assert [each.kind for each in found] == ["bn", "relu", "conv", "maxpool", "bn", "relu", "conv"]


def test_what_a_caption_says_of_convolutions_of_one_name() -> None:
    told = "We follow each CONVB layer by a leaky ReLU."
    rows = [Reading("conv", text="UP1-CONVA"), Reading("conv", text="UP1-CONVB")]
    assert [each.posts for each in with_told(rows, told, "", residual=False)] == [(), ("leakyrelu",)]
    assert unplaced(told, [Reading("conv", text="conv1"), Reading("dense")]) == ["leakyrelu"]  # Which is asked.


def test_settings_of_units_that_are_few_for_some() -> None:
    rows = [
        ["", "Output Size", "Layer Name", "B0", "B1"],
        ["1", "56×56", "Embedding of patches", "S1 = 4; C1 = 32", "S1 = 4; C1 = 64"],
        ["", "56×56", "Encoder", "R1 = 8; N1 = 1; E1 = 8; L1 = 2", "R1 = 8; N1 = 1; E1 = 8; L1 = 2"],
        ["2", "28×28", "Embedding of patches", "S2 = 2; C2 = 64", "S2 = 2; C2 = 128"],
        ["", "28×28", "Encoder", "R2 = 4; N2 = 2; E2 = 8; L2 = 2", "R2 = 4; N2 = 2; E2 = 8; L2 = 2"],
    ]
    assert len(read([[cell.replace("Embedding of", "Merging of") for cell in row] for row in rows])) == 2


def test_what_is_added_behind_a_layer_by_a_name_that_nobody_knows_is_a_unit_of_its_own() -> None:
    assert [each.kind for each in read_cell("Conv + CBAM")] == ["conv", "CBAM"]
