"""Random weights: the same every time, and of a size that keeps what passes through a net alive."""

import subprocess
import sys
import zlib

import numpy as np
import pytest

from ir import Graph, Input, Node, Ref, Report
from ir import layers as L
from ir.layer import Layer
from ir.seeding import fan_in, seeded_weights
from ir.validate import infer, weight_shapes


def graph_of(*nodes: Node, shape: tuple[int | None, ...] = (None, 8, 9, 9)) -> Graph:
    return Graph("net", (Input("data", shape),), nodes, (nodes[-1].refs[0],))


def one(layer: Layer, shape: tuple[int | None, ...] = (None, 8, 9, 9)) -> Graph:
    return graph_of(Node("a", layer, (Ref("data"),)), shape=shape)


def weights_of(graph: Graph, seed: int = 0) -> dict[str, np.ndarray]:
    return {key: each.numpy() for key, each in seeded_weights(graph, infer(graph, Report()), seed).items()}


def test_every_weight_of_a_graph_is_drawn_in_its_shape() -> None:
    graph = graph_of(
        Node("conv", L.Conv2D(filters=6, kernel=3), (Ref("data"),)),
        Node("norm", L.BatchNorm(), (Ref("conv"),)),
        Node("ip", L.Dense(units=5, axis=1), (Ref("norm"),)),
    )
    wanted = {key: shape for key, (_, shape, _) in weight_shapes(graph, infer(graph, Report())).items()}
    found = weights_of(graph)
    assert {key: each.shape for key, each in found.items()} == wanted
    assert {each.dtype.name for each in found.values()} == {"float32"}


def test_weights_are_the_same_in_another_process_and_whatever_else_the_graph_has() -> None:
    conv = Node("conv", L.Conv2D(filters=6, kernel=3), (Ref("data"),))
    alone = weights_of(graph_of(conv))["conv.kernel"]
    before = Node("norm", L.BatchNorm(), (Ref("data"),))
    among = weights_of(graph_of(before, Node("conv", L.Conv2D(filters=6, kernel=3), (Ref("norm"),))))["conv.kernel"]
    assert np.array_equal(alone, among)
    program = (
        "import zlib; from ir import Graph, Input, Node, Ref, Report, layers as L;"
        "from ir.seeding import seeded_weights;"
        "from ir.validate import infer; node = Node('conv', L.Conv2D(filters=6, kernel=3), (Ref('data'),));"
        "graph = Graph('net', (Input('data', (None, 8, 9, 9)),), (node,), node.refs);"
        "print(zlib.crc32(seeded_weights(graph, infer(graph, Report()))['conv.kernel'].bytes()))"
    )
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert int(told) == zlib.crc32(alone.tobytes())


def test_weights_differ_between_keys_and_between_seeds() -> None:
    graph = graph_of(
        Node("a", L.Conv2D(filters=8, kernel=3), (Ref("data"),)),
        Node("b", L.Conv2D(filters=8, kernel=3), (Ref("a"),)),
    )
    first, second = weights_of(graph), weights_of(graph, seed=1)
    assert not np.array_equal(first["a.kernel"], first["b.kernel"])
    assert not np.array_equal(first["a.kernel"], second["a.kernel"])


def test_a_weight_is_drawn_when_it_is_asked_for() -> None:
    huge = one(L.Dense(units=10**6, axis=1), (None, 10**6, 10, 10))
    tensors = seeded_weights(huge, infer(huge, Report()))
    assert tensors["a.kernel"].shape == (10**6, 10**8)


@pytest.mark.parametrize(
    ("layer", "summed"),
    [
        (L.Conv2D(filters=64, kernel=5), 8 * 5 * 5),
        (L.Conv2D(filters=64, kernel=5, groups=4), 2 * 5 * 5),
        (L.Conv2DTranspose(filters=64, kernel=5), 8 * 5 * 5),
        (L.Dense(units=100, axis=1), 8 * 9 * 9),
    ],
)
def test_kernels_are_scaled_by_what_goes_into_each_sum(layer: Layer, summed: int) -> None:
    kernel = weights_of(one(layer))["a.kernel"]
    assert kernel.std() == pytest.approx(np.sqrt(2 / summed), rel=0.05)
    assert abs(kernel.mean()) < 0.1 * kernel.std()


def test_fan_in_leaves_out_the_axes_of_the_output() -> None:
    assert fan_in("OIHW", (20, 3, 5, 7)) == 3 * 5 * 7
    assert fan_in("IOHW", (20, 3, 5, 7)) == 20 * 5 * 7
    assert fan_in("VO", (1000, 64)) == 1


def test_statistics_of_normalisations_are_not_trivial() -> None:
    found = weights_of(one(L.BatchNorm(), (None, 500, 2, 2)))
    assert 0.5 <= found["a.variance"].min() < 0.6
    assert 1.4 < found["a.variance"].max() <= 1.5
    assert 0.5 <= found["a.gamma"].min() < 0.6
    assert found["a.mean"].std() == pytest.approx(0.1, rel=0.15)
    assert found["a.beta"].std() == pytest.approx(0.1, rel=0.15)
    slopes = weights_of(one(L.PReLU(), (None, 500, 2, 2)))["a.slope"]
    assert slopes.min() >= 0.1
    assert slopes.max() <= 0.3
