"""Draw designs, and have others accept them: Keras its JSON, OpenCV or else our own reader the prototxt.

python benchmarks/simulated.py [--count 1000] [--seed 1] [--grammar paper] [--pictures 50]
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections import Counter
from random import Random

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from translator import read
from translator.simulation.designs import designs
from translator.simulation.samples import sample


def in_opencv(prototxt: bytes) -> str:
    """Return what OpenCV says of a net, or nothing where it takes it."""
    import cv2

    try:
        cv2.dnn.readNetFromCaffe(np.frombuffer(prototxt, np.uint8))
    except cv2.error as error:
        return str(error.err)
    return ""


def in_keras(text: bytes, parameters: int) -> str:
    """Return what is wrong with a model in Keras, or nothing."""
    try:
        model = keras.models.model_from_json(text.decode())
    except Exception as error:  # Keras raises anything.
        return f"{type(error).__name__}: {error}"
    found = model.count_params()
    keras.backend.clear_session()
    return "" if found == parameters else f"{found} parameters, not {parameters}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--grammar", default="paper")
    parser.add_argument("--pictures", type=int, default=50, help="designs of which pictures are drawn and timed")
    args = parser.parse_args()
    each = -(-args.count // 36)
    start = time.perf_counter()
    drawn = [design for depth in range(5, 41) for design in designs(depth, each, args.seed, args.grammar)][: args.count]
    took = time.perf_counter() - start
    print(f"{len(drawn)} designs of depth 5 to 40 drawn at {len(drawn) / took:.0f} a second")
    start = time.perf_counter()
    samples = [sample(design, f"{args.seed}/{i}", ()) for i, design in enumerate(drawn)]
    print(f"their code written at {len(samples) / (time.perf_counter() - start):.0f} designs a second")
    print("families:", dict(Counter(design.family for design in drawn)))
    told: Counter[str] = Counter()
    for design, (files, facts) in zip(drawn, samples, strict=True):
        again = read("design.json", data=files["design.json"]).graph
        told["design JSON reads back equal"] += again == design.graph
        for name, why in facts.get("without", {}).items():
            told[f"no {name}: {why.splitlines()[0][:90]}"] += 1
        if "keras.json" in files:
            wrong = in_keras(files["keras.json"], parameters(design.graph))
            told["Keras loads it, with the parameters that the design has"] += not wrong
            if wrong:
                told[f"Keras: {wrong[:120]}"] += 1
        if "prototxt" in files:
            refused = in_opencv(files["prototxt"])
            told["OpenCV takes the prototxt"] += not refused
            if refused:
                told["our reader takes the prototxt, where OpenCV does not"] += bool(
                    read("net.prototxt", data=files["prototxt"]).graph.nodes
                )
        gc.collect()
    for what, count in told.most_common():
        print(f"{count:6} {what}")
    chosen = Random(args.seed).sample(range(len(drawn)), min(args.pictures, len(drawn)))
    start = time.perf_counter()
    for i in chosen:
        sample(drawn[i], f"{args.seed}/{i}")
    took = (time.perf_counter() - start) / (2 * len(chosen))
    print(
        f"{1 / took:.1f} pictures a second and core; 216,000 of them take {216_000 * took / 3600:.1f} hours of a core"
    )


def parameters(graph: object) -> int:
    """Count a design's parameters by the catalogue."""
    from ir import Report
    from ir.validate import infer, weight_shapes

    shapes = weight_shapes(graph, infer(graph, Report()))
    return sum(int(np.prod(shape)) for _, shape, _ in shapes.values())


if __name__ == "__main__":
    main()
