"""What tables say by lists of numbers, by flags, and beside counters: chains of layers, Dropout, activations."""

from __future__ import annotations

from extract.columns.grids import Cell, Grid, plain_grid
from extract.designs.volumes import with_axes
from extract.tables.layouts import designs_of
from extract.words.cells import read_cell


def test_widths_and_windows_in_lists() -> None:
    rows = [
        ("Model", "# of filters", "Filter width"),
        ("CED", "12-16-8-1", "13-11-9-129"),
        ("R-CED", "12-16-1", "13-9-7"),
    ]
    found = designs_of(plain_grid(rows))
    assert [each.config for each in found] == ["CED", "R-CED"]
    assert [(each.params["filters"], each.params["kernel"][0]) for each in found[0].readings] == [
        (12, 13),
        (16, 11),
        (8, 9),
        (1, 129),
    ]


def test_lists_of_other_lengths_are_not_joined() -> None:
    rows = [("Model", "# of filters", "Filter width"), ("CED", "12-16-8-1", "13-11-9"), ("R-CED", "12-16-1", "13-9-7")]
    assert designs_of(plain_grid(rows)) == []


VOLUMES = (
    ("", "Conv. kernel", "# kernels", "Output Size", "Dropout"),
    ("conv_1", "3×3×3", "25", "25×25×25", "No"),
    ("conv_2", "3×3×3", "25", "23×23×23", "No"),
    ("conv_3", "3×3×3", "50", "21×21×21", "No"),
    ("fully_conv_1", "1×1×1", "400", "21×21×21", "Yes"),
    ("Classification", "1×1×1", "4", "21×21×21", "No"),
)


def test_volumes_beside_widths_and_flags_of_dropout() -> None:
    (found,) = designs_of(plain_grid(VOLUMES))
    readings = with_axes(found.readings)
    assert [each.kind for each in readings] == ["conv", "conv", "conv", "conv", "dropout", "conv"]
    assert [each.params["kernel"] for each in readings if each.kind == "conv"][:1] == [(3, 3, 3)]
    assert readings[-1].params["filters"] == 4


def test_activations_of_layers_behind_counters_with_a_point() -> None:
    rows = [
        ("Block", "Operation", "Act.", "Output Shape"),
        ("1.", "Latent Vector", "Norm", "512×1×1"),
        ("", "Conv 4×4", "LReLU", "512×4×4"),
        ("", "Conv 3×3", "LReLU", "512×4×4"),
        ("2.", "Upsample", "-", "512×8×8"),
        ("", "Conv 3×3", "LReLU", "512×8×8"),
    ]
    (found,) = designs_of(plain_grid(rows))
    assert [each.posts for each in found.readings if each.kind == "conv"] == [("leakyrelu",)] * 3
    assert found.readings[1].kind == "Norm"  # Which is not known by that name alone.


def test_borders_and_norms_joined_to_names() -> None:
    (conv,), (dense, dropout) = read_cell("3×3 Conv(pad-1)-64-BN-ReLu"), read_cell("Dense-1024-BN-ReLu + Drop-Out(0.3)")
    assert (conv.params, conv.posts) == ({"kernel": (3, 3), "filters": 64, "pad": 1}, ("bn", "relu"))
    assert (dense.params, dense.posts, dropout.params) == ({"units": 1024}, ("bn", "relu"), {"rate": 0.3})


def test_networks_of_dense_side_by_side() -> None:
    rows = [
        ("", "Policy", "Value function"),
        ("Input", "376", "376"),
        ("Hidden layer 1", "256, tanh", "256, tanh"),
        ("Hidden layer 2", "64, tanh", "64, tanh"),
        ("Output", "17, linear", "1, linear"),
    ]
    first, second = designs_of(plain_grid(rows))
    assert (first.config, second.config) == ("Policy", "Value function")
    assert first.readings[0].params == {"output": (376,)}
    assert [each.params["units"] for each in first.readings[1:]] == [256, 64, 17]
    assert second.readings[-1].params == {"units": 1}
    assert [each.posts for each in second.readings[1:]] == [("tanh",), ("tanh",), ()]


def test_networks_a_row_each_under_kinds_of_layers() -> None:
    rows = [
        ("", "Conv", "Fully connected"),
        ("LeNet-300", "-", "300, 10"),
        ("LeNet-5", "20 (5×5), 50 (3×3)", "500, 10"),
    ]
    first, second = designs_of(plain_grid(rows))
    assert [each.params for each in first.readings] == [{"units": 300}, {"units": 10}]
    assert [each.params.get("kernel") for each in second.readings] == [(5, 5), (3, 3), None, None]
    more = [(*row, said) for row, said in zip(rows, ("Dropout", "0.5", "0.5"), strict=True)]
    assert all(each.readings[0].unclear for each in designs_of(plain_grid(more)))  # Where is it dropped?


def test_filters_and_sides_in_one_order_for_all() -> None:
    rows = [
        ("Decoder",),
        ("dense 1024",),
        ("relu deconv 64x5, stride 2",),
        ("relu deconv 32x6",),
        ("sigmoid deconv 3x6",),
    ]
    (found,) = designs_of(plain_grid(rows))
    made = [(each.params["filters"], each.params["kernel"]) for each in found.readings if each.kind == "deconv"]
    assert made == [(64, (5, 5)), (32, (6, 6)), (3, (6, 6))]


def test_step_sizes_and_outputs_of_neurons() -> None:
    rows = [
        ("Layer", "Type", "Parameters"),
        ("1", "Convolution layer", "32 kernels, window size 8, step size 1"),
        ("2", "Pooling layer", "window size 4, step size 4"),
        ("3", "Fully connected layer", "92 neurons"),
        ("4", "Sigmoid output layer", "91 neurons"),
    ]
    (found,) = designs_of(plain_grid(rows))
    conv, pool, dense, last = found.readings
    assert (conv.params["kernel"], conv.params["stride"], pool.params["stride"]) == ((8, 8), (1, 1), (4, 4))
    assert (dense.params["units"], last.kind, last.params["units"], last.posts) == (92, "dense", 91, ("sigmoid",))


def test_a_window_in_front_of_borders_and_filters() -> None:
    (conv,), (dense,) = read_cell("Conv2D (7×7, pad=same, 32)"), read_cell("dense → 4×4×64, BN, ReLU")
    assert {"kernel": (7, 7), "filters": 32, "pad": "same"}.items() <= conv.params.items()
    assert "stride" not in conv.params
    assert (dense.params["units"], dense.posts) == (1024, ("bn", "relu"))


def test_what_comes_in_and_goes_out_with_arrows() -> None:
    (dense,), (flat,), (taken,) = map(read_cell, ("linear, 128 → 512×4×4", "Reshape, 128×8×8 → 8192", "x ∈ R^3×32×32"))
    assert (dense.params["units"], flat.kind, flat.params["output"]) == (8192, "flatten", (8192,))
    assert (taken.kind, taken.params) == ("input", {"shape": (3, 32, 32)})


def test_units_of_their_own_are_no_convolutions() -> None:
    rows = [
        ("Layers", "Configurations"),
        ("Conv1", "c: 64, k: 3×3"),
        ("GRCL1", "c: 64, k: 3×3"),
        ("Conv2", "c: 8, k: 2×2"),
        ("Conv3", "c: 8, k: 2×2"),
        ("Conv4", "c: 8, k: 2×2"),
    ]
    (found,) = designs_of(plain_grid(rows))
    assert [each.kind for each in found.readings] == ["conv", "GRCL1", "conv", "conv", "conv"]
    assert read_cell("gated recurrent convolution layer")[0].unclear
    assert read_cell("recurrent convolution")[0].unclear


def test_dense_as_wide_as_each_step_of_a_sequence() -> None:
    head = ("Layer", "Output Shape")
    rows = [("Input", "80"), ("Embedding", "(80, 8)"), ("LSTM", "(80, 256)"), ("Dense", "(80, 90)")]
    (found,) = designs_of(plain_grid([head, *rows]))
    assert found.readings[-1].params["units"] == 90


def test_vectors_that_are_printed_as_columns() -> None:
    rows = [
        ("layer", "type", "input", "kernel", "stride", "pad", "output"),
        ("conv1", "convolution", "3x227x227", "11x11", "4", "0", "96x55x55"),
        ("pool1", "max pooling", "96x55x55", "3x3", "2", "0", "96x27x27"),
        ("fc6", "fully connected", "96x27x27", "27x27", "1", "0", "4096x1"),
        ("fc7", "fully connected", "4096x1", "1x1", "1", "0", "4096x1"),
    ]
    (found,) = designs_of(plain_grid(rows))
    assert [(each.kind, each.params.get("units")) for each in found.readings[2:]] == [("dense", 4096)] * 2


def test_channels_in_front_of_lengths_as_the_input_tells() -> None:
    rows = [("Layer", "Output dimensions"), ("Input", "2×64"), ("Conv", "16×64"), ("Max Pool", "16×32")]
    (found,) = designs_of(plain_grid([*rows, ("Conv", "16×32"), ("Max Pool", "16×16"), ("FC/Softmax", "24")]))
    assert [each.params["filters"] for each in found.readings if each.kind == "conv"] == [16, 16]


def test_the_deepest_design_may_be_the_first() -> None:
    lines = [("conv5-16", "conv5-16"), ("maxpool5-2", "maxpool7-2"), ("conv5-32", ""), ("maxpool5-2", "")]
    rows = [
        tuple(
            Cell(text, i, i, (100.0 * i, 12.0 * j, 100.0 * i + 50, 12.0 * j + 10)) for i, text in enumerate(row) if text
        )
        for j, row in enumerate([("Global view", "Local view"), *lines])
    ]
    deep, short = designs_of(Grid(tuple(rows), 2))
    assert [each.kind for each in deep.readings] == ["conv", "maxpool", "conv", "maxpool"]
    assert [each.params["kernel"] for each in short.readings] == [(5, 5), (7, 7)]
