"""Has TensorBoard's own reader read a run's events: tensorboard_reads_logs.py [GRADUS].

Every scalar must be what steps.jsonl and metrics.jsonl have, as float32, and none be missing or there twice; the text
the resolved config; the histograms of the weights those of model.safetensors; the gradients' what the weights moved by.
The same for a run that was gone on with. The projector's config must name the embeddings that were exported.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
from google.protobuf import text_format
from safetensors.numpy import load_file
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRADUS = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin/gradus").resolve()
EXPERIMENT = ROOT / "apps/experiments/movielens_ranking.json"
SETTINGS = ["data.source=generated", "training.logs.tensorboard=true", "training.logs.csv=true",
            "data.split.train=60000", "data.split.validation=20000", "training.checkpoint.every_epochs=1"]
BUCKETS = 30

failures = 0


def check(what, holds):
    global failures
    print(f"{'ok' if holds else 'FAILED'}: {what}")
    failures += not holds


def gradus(*arguments):
    subprocess.run([GRADUS, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def train(run, *settings):
    sets = [word for setting in [*SETTINGS, *settings] for word in ("--set", setting)]
    gradus("train", EXPERIMENT, "--output", run, *sets)


def lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def read(run):
    events = event_accumulator.EventAccumulator(str(run), size_guidance={name: 0 for name in
                                                (event_accumulator.SCALARS, event_accumulator.HISTOGRAMS,
                                                 event_accumulator.TENSORS)})
    events.Reload()
    return events


def expected_scalars(run):
    out = {}
    for file, prefix in (("steps.jsonl", "step"), ("metrics.jsonl", "epoch")):
        for line in lines(run / file):
            for key, value in line.items():
                if key not in ("epoch", "step") and value is not None:
                    out.setdefault(f"{prefix}/{key}", []).append((line[prefix], float(numpy.float32(value))))
    return out


def same_histogram(seen, numbers):
    """Whether a histogram's value is numpy's of these numbers."""
    numbers = numpy.asarray(numbers, numpy.float64).ravel()
    if numbers.min() == numbers.max():
        return seen.bucket == [numbers.size] and seen.bucket_limit == [numbers.max()]
    counts, edges = numpy.histogram(numbers, BUCKETS)
    return (seen.num == numbers.size and seen.min == numbers.min() and seen.max == numbers.max()
            and list(seen.bucket) == list(counts) and list(seen.bucket_limit) == list(edges[1:])
            and numpy.isclose(seen.sum, numbers.sum(), rtol=1e-9, atol=1e-9)
            and numpy.isclose(seen.sum_squares, (numbers**2).sum(), rtol=1e-9))


def check_run(name, run, epochs):
    events = read(run)
    expected = expected_scalars(run)
    check(f"{name}: the tags of scalars", sorted(events.Tags()["scalars"]) == sorted(expected))
    points = 0
    for tag, values in expected.items():
        seen = [(event.step, event.value) for event in events.Scalars(tag)]
        points += len(seen)
        if seen != values:
            check(f"{name}: {tag}", False)
    check(f"{name}: {points} points of {len(expected)} scalars", points > 0)
    weights = load_file(run / "model.safetensors")
    tags = {f"{kind}/{path}" for path in weights for kind in ("weights", "gradients")}
    check(f"{name}: the tags of histograms", set(events.Tags()["histograms"]) == tags)
    check(f"{name}: histograms of each epoch, once",
          all([e.step for e in events.Histograms(tag)] == list(range(1, epochs + 1)) for tag in tags))
    for path, values in weights.items():
        check(f"{name}: weights/{path} of the last epoch is that of model.safetensors",
              same_histogram(events.Histograms(f"weights/{path}")[-1].histogram_value, values))
    for file in ("steps", "metrics"):
        with open(run / f"{file}.csv", newline="") as table:
            rows = list(csv.DictReader(table))
        all_lines = lines(run / f"{file}.jsonl")
        same = len(rows) == len(all_lines) and all(
            list(row) == list(line) and all(float(row[key]) == value for key, value in line.items())
            for row, line in zip(rows, all_lines))
        check(f"{name}: {file}.csv has the lines of {file}.jsonl", same)
    return events


def texts(events):
    return [(event.step, event.tensor_proto.string_val[0].decode()) for event in events.Tensors("config")]


def as_text(config):
    return f"```json\n{config.strip()}\n```"


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)

    train(folder / "run")
    seen = check_run("a run", folder / "run", 3)
    check("the text is the resolved config", texts(seen) == [(0, as_text((folder / "run/config.json").read_text()))])

    gradus("export", folder / "run", "--csv", folder / "vectors")
    tables = text_format.Parse((folder / "vectors/projector_config.pbtxt").read_text(), ProjectorConfig()).embeddings
    weights = load_file(folder / "run/model.safetensors")
    check("the projector's tables are the embeddings", [table.tensor_name for table in tables]
          == ["user_embedding.weight", "movie_embedding.weight"])
    for table in tables:
        vectors = numpy.loadtxt(folder / "vectors" / table.tensor_path, numpy.float32, delimiter="\t")
        labels = (folder / "vectors" / table.metadata_path).read_text().splitlines()
        check(f"{table.tensor_name}: {len(labels)} vectors with their strings",
              numpy.array_equal(vectors, weights[table.tensor_name]) and len(labels) == len(vectors))

    # With SGD, the weights of a training of one step more have moved by the gradient.
    one_step = ["data.split.train=8192", "data.split.validation=0.2", 'optimizer={"kind": "sgd", "learning_rate": 1}',
                "data.shuffle=none", "data.vocabulary=train"]
    train(folder / "one", *one_step, "training.epochs=1")
    train(folder / "two", *one_step, "training.epochs=2")
    before, after = load_file(folder / "one/model.safetensors"), load_file(folder / "two/model.safetensors")
    events = read(folder / "two")
    for path in before:
        moved = before[path].astype(numpy.float64) - after[path]
        if path.endswith("embedding.weight"):
            moved = moved[numpy.any(moved != 0, axis=1)]
        gradient = events.Histograms(f"gradients/{path}")[-1].histogram_value
        near = numpy.allclose([gradient.min, gradient.max], [moved.min(), moved.max()], rtol=1e-3, atol=2e-7)
        check(f"gradients/{path}: what the weights moved by ({gradient.min:.6g} to {gradient.max:.6g})",
              near and gradient.num >= moved.size)

    train(folder / "longer", "training.epochs=2")
    first = (folder / "longer/config.json").read_text()
    gradus("train", "--resume", "--output", folder / "longer", "--set", "training.epochs=4")
    seen = check_run("a run gone on with", folder / "longer", 4)
    second = (folder / "longer/config.json").read_text()
    steps = len(lines(folder / "longer/steps.jsonl"))
    check("the text says both configs", texts(seen) == [(0, as_text(first)), (steps // 2, as_text(second))])

sys.exit(1 if failures else 0)
