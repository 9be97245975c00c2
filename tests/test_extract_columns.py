"""What columns of tables are for, where several could be."""

from __future__ import annotations

from extract.grids import plain_grid
from extract.layouts import designs_of
from extract.table_design import TableDesign


def designs(head: str, *rows: str, caption: str = "") -> list[TableDesign]:
    """Return the designs of a table of the columns between the bars."""
    return designs_of(plain_grid([row.split(" | ") for row in (head, *rows)]), caption)


def test_activations_of_a_network_whose_input_is_said_in_words() -> None:
    first, second, _ = designs(
        "Component | Input | Layers | Activations | Output",
        *(
            "Encoder | 84×84×3 image | 4 conv (8, 3×3) + FC(20) | ReLU (conv), tanh (FC) | latent z",
            "Actor | z (opt. + vector obs) | FC(32) → FC(32) | ReLU | action a",
            "Critic | z, a (opt. + vector obs) | FC(32) → FC(32) | ReLU | value",
        ),
    )
    assert [(each.kind, each.posts) for each in first.readings] == [("conv", ("relu",)), ("dense", ("tanh",))]
    assert [(each.kind, each.posts) for each in second.readings] == [("dense", ("relu",))] * 2


def test_names_of_layers_beside_what_they_do() -> None:
    (found,) = designs(
        "Module | Output shape | Parameters | Description",
        *(
            "Stem | [16, 32, 32] | 448 | Conv2d + BN + ReLU",
            "Inverted Residual 1 | [24, 16, 16] | 2,048 | Deep Separable Convolution + SE",
            "OddBlock 1 | [24, 16, 16] | 4,864 | Mixer with dim = 24",
            "Inverted Residual 2 | [32, 8, 8] | 5,120 | Deep Separable Convolution + SE",
            "OddBlock 2 | [32, 8, 8] | 9,760 | Mixer with dim = 32",
            "Classifier | [10] | 330 | Flatten → Linear(2048 → 64) → Linear(64 → 10)",
        ),
    )
    kinds = [each.kind for each in found.readings]
    assert kinds == ["conv", "bottleneck", "OddBlock 1", "bottleneck", "OddBlock 2", "flatten", "dense", "dense"]


def test_open_channels_in_and_out_are_no_names() -> None:
    (found,) = designs(
        "Layer | Kernel | Channels (In → Out) | Length (In → Out)",
        *("Conv1 | 3 | 9 → base ch | L → L", "Conv2 | 3 | base ch → base ch | L → L"),
        *("Conv3 | 3 | base ch → base ch | L → L", "Conv4 | 1 | base ch → 7 | L → L"),
    )
    assert [each.params.get("filters") for each in found.readings] == [None, None, None, 7]
