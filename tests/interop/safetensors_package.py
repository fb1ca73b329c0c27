"""Has safetensors' Python package read a run's model, and the program what that package writes:
safetensors_package.py [GRADUS].
"""

import pathlib
import subprocess
import sys
import tempfile

import ml_dtypes
import numpy
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRADUS = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin/gradus").resolve()
EXPERIMENT = ROOT / "apps/experiments/movielens_ranking.json"
# Moves nothing: what is read is what is saved.
STILL = ["data.source=generated", 'optimizer={"kind": "sgd", "learning_rate": 1e-38}', "training.epochs=1"]
SHAPES = {"user_embedding.weight": [944, 32], "movie_embedding.weight": [1665, 32], "ratings.0.weight": [64, 256],
          "ratings.0.bias": [256], "ratings.1.weight": [256, 64], "ratings.1.bias": [64], "ratings.2.weight": [64, 1],
          "ratings.2.bias": [1]}

failures = 0


def check(what, holds):
    global failures
    print(f"{'ok' if holds else 'FAILED'}: {what}")
    failures += not holds


def train(run, *settings):
    sets = [word for setting in [*STILL, *settings] for word in ("--set", setting)]
    return subprocess.run([GRADUS, "train", EXPERIMENT, "--output", run, "--quiet", *sets], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    train(folder / "run").check_returncode()
    with safe_open(folder / "run/model.safetensors", "numpy") as file:
        shapes = {name: list(file.get_slice(name).get_shape()) for name in file.keys()}
    check("the package reads the names and shapes of a run", shapes == SHAPES)

    random = numpy.random.default_rng(1)
    written = {name: random.standard_normal(shape).astype(numpy.float32) * 0.1 for name, shape in SHAPES.items()}
    for kind in (numpy.float32, numpy.float64, numpy.float16, ml_dtypes.bfloat16):
        name = kind.__name__
        given = {key: value.astype(kind) for key, value in written.items()}
        save_file(given, folder / f"{name}.safetensors", metadata={"format": "np"})
        result = train(folder / name, f"model.initial_weights={folder / f'{name}.safetensors'}")
        if result.returncode:
            check(f"the program reads what the package writes, {name}: {result.stderr}", False)
            continue
        back = load_file(folder / name / "model.safetensors")
        same = back.keys() == given.keys() and all(
            back[key].shape == given[key].shape
            and back[key].tobytes() == given[key].astype(numpy.float32).tobytes() for key in given)
        check(f"the program reads what the package writes, {name}: names, shapes and bits", same)

    wrong = dict(written, extra=numpy.zeros(2, numpy.float32))
    wrong["ratings.0.bias"] = wrong["ratings.0.bias"][:7]
    del wrong["ratings.2.bias"]
    save_file(wrong, folder / "wrong.safetensors")
    result = train(folder / "wrong", f"model.initial_weights={folder / 'wrong.safetensors'}")
    parts = ["missing: ratings.2.bias [1]", "extra: extra [2]", "ratings.0.bias is [7], must be [256]"]
    check("missing, extra and misshapen names are listed", result.returncode == 2
          and all(part in result.stderr for part in parts))

sys.exit(1 if failures else 0)
