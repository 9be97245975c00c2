"""Build the networks of the papers' tables, and compare with what the papers and the literature say of the whole.

python benchmarks/paper_networks.py [--corpus ../shared/corpus] [--only vgg] [--show]

The truth that people wrote down, with which papers.py compares, holds the rows of tables. What stands behind layers,
what comes in, and how many parameters there are in all stands elsewhere: in captions, in the running text, in what was
published later. Each row of `EXPECTED` says it of one design, and what nobody says is left out of it. Parameters are
those that are learned, scales and shifts of normalisations with them, statistics without.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from truths import Means, arguments, told

from extract.paper import Found, sightings
from ir import Graph, Report
from ir import layers as L
from ir.origin import Origin, Source
from translator.extraction.one import parameters_of

ACTIVATIONS = (L.ReLU, L.PReLU, L.Swish, L.ELU, L.Tanh, L.HardSwish, L.GELU)
COLOURS = (3, 224, 224)
RESNETS = {
    "18-layer": (11_689_512, 20, 17),
    "34-layer": (21_797_672, 36, 33),
    "50-layer": (25_557_032, 53, 49),
    "101-layer": (44_549_160, 104, 100),
    "152-layer": (60_192_808, 155, 151),
}
"""Parameters, normalisations and activations. Source: torchvision, of the nets in the paper's Table 1."""
DENSENETS = {
    "DenseNet-121": (7_978_856, 121),
    "DenseNet-169": (14_149_480, 169),
    "DenseNet-201": (20_013_928, 201),
    "DenseNet-264": (33_337_704, 265),
}
"""Parameters, and normalisations with as many activations. Source: torchvision, and its plan for 264."""
VGGS = {
    "A": (132_863_336, 10),
    "A-LRN": (132_863_336, 10),
    "B": (133_047_848, 12),
    "C": (133_638_952, 15),
    "D": (138_357_544, 15),
    "E": (143_667_240, 18),
}
"""Parameters, and activations: all hidden layers have one. Source: the paper's Table 2 and section 2.1."""
EXPECTED: dict[tuple[str, str], dict[str, dict[str, Any]]] = {
    ("crnn", "Table 1"): {"": {"input": (1, 32, None), "norms": 2}},
    ("densenet", "Table 1"): {
        name: {"input": COLOURS, "parameters": count, "norms": norms, "activations": norms}
        for name, (count, norms) in DENSENETS.items()
    },
    ("efficientnet", "Table 1"): {
        "": {"input": COLOURS, "parameters": 5_288_548, "norms": 49, "activations": 49, "dropouts": 1}
    },
    ("googlenet", "Table 1"): {"": {"input": COLOURS, "parameters": 6_998_552, "activations": 57, "dropouts": 1}},
    ("mobilenet_v1", "Table 1"): {"": {"input": COLOURS, "parameters": 4_231_976, "norms": 27, "activations": 27}},
    ("prelu_msra", "Table 1"): {"": {"activations": 13}},
    ("prelu_msra", "Table 3"): {
        "VGG-19 [25]": {"parameters": 143_667_240, "activations": 18},
        "model A": {"activations": 18},
        "model B": {"activations": 21},
        "model C": {"activations": 21},
    },
    ("resnet", "Table 1"): {
        name: {"input": COLOURS, "parameters": count, "norms": norms, "activations": active}
        for name, (count, norms, active) in RESNETS.items()
    },
    ("senet", "Table 1"): {
        "ResNet-50": {"input": COLOURS, "parameters": 25_557_032, "norms": 53, "activations": 49},
        "SE-ResNet-50": {"input": COLOURS, "parameters": 28_088_024, "norms": 53, "activations": 65},
        "SE-ResNeXt-50 (32 \N{MULTIPLICATION SIGN} 4d)": {
            "input": COLOURS,
            "parameters": 27_559_896,
            "norms": 53,
            "activations": 65,
        },
    },
    ("shufflenet_v1", "Table 1"): {
        f"g = {groups}": {"input": COLOURS, "norms": 49, "activations": 33} for groups in (1, 2, 3, 4, 8)
    },
    ("signet", "Table 1"): {"": {"input": (1, 155, 220), "norms": 2, "activations": 5, "dropouts": 3}},
    ("sppnet", "Table 1"): {"ZF-5": {"norms": 2}, "Convnet*-5": {"norms": 2}, "Overfeat-5/7": {"norms": 1}},
    ("squeezenet", "Table 1"): {"": {"input": COLOURS, "parameters": 1_248_424, "activations": 24, "dropouts": 1}},
    ("vgg", "Table 1"): {
        name: {"input": COLOURS, "parameters": count, "activations": active, "dropouts": 2}
        for name, (count, active) in VGGS.items()
    },
}
"""What each design is as a whole, by its configuration, or by none where a table holds one."""


def whole(graph: Graph) -> dict[str, Any]:
    """Return what a network is as a whole, as a row of `EXPECTED` says it."""
    layers = Counter(type(node.layer) for node in graph.nodes)
    return {
        "input": graph.inputs[0].shape[1:],
        "parameters": parameters_of(graph),
        "norms": sum(layers[each] for each in (L.BatchNorm, L.LayerNorm, L.LRN)),
        "activations": sum(layers[each] for each in ACTIVATIONS),
        "dropouts": layers[L.Dropout],
    }


def designs_of(path: Path, label: str) -> list[Found]:
    return [found for each in sightings(path, lambda place: place.label == label) for found in each.designs]


def main() -> None:
    args = arguments(__doc__)
    means = Means("designs")
    for (paper, label), expected in EXPECTED.items():
        path = args.folder / f"{paper}.pdf"
        if not path.match(f"{args.only}.pdf"):
            continue
        designs = {found.design.config: found for found in designs_of(path, label)}
        for config, wanted in expected.items():
            report = Report()
            found = designs.get(config)
            ours = whole(found.graph(paper, Origin(Source(path.name)), report)) if found else {}
            score = {name: float(ours.get(name) == value) for name, value in wanted.items()}
            means.add({"right": sum(score.values()) / len(score), "all": float(all(score.values()))}, "whole")
            print(f"{paper:14} {label:8} {config:24} {told(score)}")
            for name in [name for name, right in score.items() if not right]:
                print(f"    {name}: {ours.get(name)} for {wanted[name]}")
            if args.show:
                print("".join(f"    {each.code}: {each.message}\n" for each in report), end="")
    means.show()


if __name__ == "__main__":
    main()
