"""What is said of all layers and not of some: the last one, what a row denies; and what a name or a size tells."""

from __future__ import annotations

import pytest

from extract.designs.told_behind import with_told
from extract.words.reading import Reading
from ir import Report
from ir import layers as L
from tests.test_extract_families import model_of

HEAD = "| Layer | Kernel | Filters | Stride |\n|---|---|---|---|\n| Input | | 8x8x3 | |\n"


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("All convolutional layers use ReLU except for the last one that uses the sigmoid.", True),
        (
            "After each convolution but the last there is a ReLU. The output layer has a sigmoid instead of a ReLU.",
            True,
        ),
        ("All convolutional layers use ReLU, except the last one.", False),
    ],
)
def test_all_but_the_last_layer_have_one_activation_and_the_last_another(said: str, ends: bool) -> None:
    graph = model_of(f"Table 1: The network. {said}\n\n{HEAD}| conv1 | 3x3 | 16 | 1 |\n| conv2 | 3x3 | 4 | 1 |\n")
    own = [L.Conv2D, L.ReLU, L.Conv2D, *([L.Sigmoid] if ends else [])]
    assert [type(each.layer) for each in graph.nodes] == own


def test_what_a_row_denies_is_not_behind_it_whatever_is_said_of_all() -> None:
    said = [Reading("conv", text="3x3 conv, 32"), Reading("conv", text="3x3 conv, 32 no ReLU or BN"), Reading("dense")]
    found = with_told(said, "Each convolutional layer is followed by BN and ReLU unless specified.", "", residual=False)
    assert [each.posts for each in found] == [("bn", "relu"), (), ()]


def test_a_point_becomes_as_large_as_the_window_over_it() -> None:
    head = "| Layer | Kernel | Act. | Output shape |\n|---|---|---|---|\n| Latent vector | | | 1x1x512 |\n"
    graph = model_of(f"{head}| Conv | 4x4 | LReLU | 4x4x512 |\n| Conv | 3x3 | LReLU | 4x4x256 |\n")
    assert graph.nodes[0].layer == L.Conv2D(filters=512, kernel=4, pad=3)


def test_blocks_in_the_rows_of_residual_nets_have_a_way_around() -> None:
    block = r"$\begin{bmatrix}3\times3, 64\\3\times3, 64\end{bmatrix}\times2$"
    rows_of = rf"layer name & structure & stride \\ conv64 & $3\times3$, 64 & 2 \\ res64 & {block} & 1 \\"
    text = rf"\begin{{tabular}}{{c|c|c}} {rows_of} \end{{tabular}}"
    report = Report()
    graph = model_of(text, ".tex", report=report)
    assert [type(each.layer).__name__ for each in graph.nodes].count("Add") == 2
    assert not any("way around" in each.message for each in report)


@pytest.mark.parametrize(("behind", "wanted"), [("Conv 1D Transpose | 5, 8", (8, 16)), ("LSTM | 8", (16, 8))])
def test_a_vector_becomes_a_sequence_as_what_follows_takes_it(behind: str, wanted: tuple[int, int]) -> None:
    head = "| Layer | Parameters | Shape |\n|---|---|---|\n| Input | | (30) |\n| Dense | | (128) |\n"
    name, said = behind.split(" | ")
    graph = model_of(f"{head}| Reshape | | (16, 8) |\n| {name} | {said} | (16, 8) |\n")
    (made,) = [each.layer.sizes for each in graph.nodes if isinstance(each.layer, L.Reshape)]
    assert made == wanted
