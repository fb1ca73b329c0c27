"""Runs exported models by ONNX Runtime: onnx_in_onnxruntime.py [GRADUS [GRADUS_TESTS]].

Every case of every op with an ONNX form, and every shipped model on all its test rows, by ids and by strings, unknown
ones too, must pass onnx.checker and give Gradus' numbers within 1e-5.
"""

import csv
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from safetensors.numpy import load_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRADUS = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin/gradus").resolve()
TESTS = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else GRADUS.with_name("gradus_tests")
MOST = 1e-5
USERS, FILMS, ROWS, TEST_ROWS = 943, 1664, 30_000, 6_000

failures = 0


def check(what, holds):
    global failures
    print(f"{'ok' if holds else 'FAILED'}: {what}")
    failures += not holds


def session(file):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def check_ops(folder):
    subprocess.run([TESTS, "onnx: every case"], env={**os.environ, "GRADUS_ONNX_CASES": str(folder)}, check=True,
                   stdout=subprocess.DEVNULL)
    worst, count = 0.0, 0
    for file in sorted(folder.glob("*.onnx")):
        tensors = load_file(file.with_suffix(".safetensors"))
        expected = tensors.pop("output")
        try:
            model = session(file)
            given = {i.name: tensors[i.name].astype(numpy.int64 if "int64" in i.type else numpy.float32)
                     for i in model.get_inputs()}
            (seen,) = model.run(None, given)
        except Exception as error:
            check(f"{file.name}: {type(error).__name__}: {str(error)[:300]}", False)
            continue
        seen = numpy.asarray(seen).reshape(expected.shape)
        both = numpy.isfinite(expected) & numpy.isfinite(seen)
        same = numpy.array_equal(seen[~both], expected[~both], equal_nan=expected.dtype.kind == "f")
        size = max(1.0, float(numpy.abs(expected[both], dtype=numpy.float64).max(initial=0)))
        distance = float(numpy.abs(seen[both] - expected[both].astype(numpy.float64)).max(initial=0)) / size
        worst, count = max(worst, distance), count + 1
        if not same or distance > MOST:
            check(f"{file.name}: {[n.op_type for n in onnx.load(file).graph.node]} differs by {distance:.3g}", False)
    check(f"{count} cases of ops: the largest difference is {worst:.3g}", count > 100)


def make_data(folder):
    """Ratings of MovieLens' shape, and a file of test rows with unknown strings among them."""
    draw = random.Random(5)
    names = ["user_id", "movie_title", "genre", "age", "price", "user_rating", "liked"]
    rows = []
    for _ in range(ROWS):
        user, film, stars = draw.randrange(USERS), draw.randrange(FILMS), draw.randrange(1, 6)
        rows.append([f"u{user}", f'Film "{film}", é {1930 + film % 70}', f"g{film % 19}", draw.randrange(7, 74),
                     round(draw.gauss(0, 1), 3), stars, int(stars > 3)])

    def write(file, some):
        with open(folder / file, "w", newline="") as out:
            csv.writer(out).writerows([names, *some])

    write("ratings.csv", rows)
    order = list(range(ROWS))
    draw.shuffle(order)
    for name, part in (("train", order[TEST_ROWS:]), ("test", order[:TEST_ROWS])):
        (folder / f"{name}.txt").write_text("".join(f"{row}\n" for row in part))
    test = [rows[row] for row in order[:TEST_ROWS]]
    test += [["nobody", *test[0][1:]], [test[1][0], "no such film", *test[1][2:]],
             ["nobody else", "none", "?", 30, 0.5, 3, 0]]
    write("test.csv", test)
    return [dict(zip(names, row)) for row in test]


def config(model, task):
    kinds = {"user_id": "user", "movie_title": "item", "genre": "id", "age": "number", "price": "number",
             "user_rating": "label", "liked": "label"}
    return {"data": {"source": "csv", "path": "ratings.csv",
                     "columns": [{"name": name, "kind": kind} for name, kind in kinds.items()],
                     "split": {"kind": "rows", "train": "train.txt", "test": "test.txt"},
                     "vocabulary": "train", "batch_size": 1024},
            "model": model, "task": task, "optimizer": {"kind": "adagrad", "learning_rate": 0.05},
            "training": {"epochs": 2}}


def shipped():
    """The model and the task of each shipped experiment, and of one more, by name."""
    out = {}
    for file in sorted((ROOT / "apps/experiments").glob("*.json")):
        experiment = json.loads(file.read_text())
        if "model" in experiment:
            out[file.stem] = (experiment["model"], experiment["task"])
    out["three features, probabilities"] = (
        {"kind": "ranking", "biases": True, "layers": [64], "features": ["user_id", "movie_title", "genre"]},
        {"kind": "ranking", "label": "liked", "loss": "binary_cross_entropy", "metrics": ["mean_absolute_error"]})
    return out


def check_model(folder, name, experiment, rows):
    def gradus(*arguments):
        return subprocess.run([GRADUS, *arguments], cwd=folder, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout
    run = name.replace(" ", "-")
    (folder / f"{run}.json").write_text(json.dumps(config(*experiment)))
    gradus("train", f"{run}.json", "--output", run, "--quiet")
    gradus("predict", run, "--input", "test.csv", "--output", f"{run}.csv")
    with open(folder / f"{run}.csv", newline="") as file:
        expected = numpy.array([float(row["prediction"]) for row in csv.DictReader(file)])
    known = {entry["name"]: {text: 1 + i for i, text in enumerate(entry["strings"])}
             for entry in json.loads((folder / run / "model.json").read_text())["vocabularies"]}
    for strings in (False, True):
        file = folder / f"{run}-{'strings' if strings else 'ids'}.onnx"
        gradus("export", run, "--onnx", file.name, *(["--strings"] if strings else []))
        exported = session(file)
        given, unknown = {}, 0
        for column in (i.name for i in exported.get_inputs()):
            if column not in known:
                given[column] = numpy.array([row[column] for row in rows], numpy.float32)
                continue
            texts = [row[column] for row in rows]
            ids = numpy.array([known[column].get(text, 0) for text in texts], numpy.int64)
            unknown += int((ids == 0).sum())
            given[column] = numpy.array(texts, object) if strings else ids
        (seen,) = exported.run(None, given)
        worst = float(numpy.abs(seen - expected).max())
        ones = max(abs(float(exported.run(None, {key: value[k:k + 1] for key, value in given.items()})[0][0])
                       - expected[k]) for k in range(0, len(rows), 500))
        check(f"{name}, {'strings' if strings else 'ids'}: {seen.size} rows, {unknown} unknown: "
              f"the largest difference is {worst:.3g}, one by one {ones:.3g}",
              seen.shape == expected.shape and worst <= MOST and ones <= MOST and unknown > 2
              and float(expected.std()) > 100 * MOST)


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "ops").mkdir()
    check_ops(folder / "ops")
    rows = make_data(folder)
    for name, experiment in shipped().items():
        check_model(folder, name, experiment, rows)

sys.exit(1 if failures else 0)
