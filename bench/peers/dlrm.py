"""What all do of a DLRM's training steps: the case that they share, its plain computation, timing.

26 tables of 100,000 rows of 16, 13 numbers, batches of 2048 whose ids follow Zipf's law; dense layers
13-512-256-16 and 367-512-256-1; the products of all pairs; binary cross-entropy; Adagrad.
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

import numpy as np

import tutorial

TABLES, ROWS, DIMENSION, NUMBERS = 26, 100_000, 16, 13
BATCH, BATCHES = 2048, 4
BOTTOM = (NUMBERS, 512, 256, DIMENSION)
VECTORS = TABLES + 1
TOP = (DIMENSION + VECTORS * TABLES // 2, 512, 256, 1)
LEARNING_RATE = 1.0  # so that a few steps show in the loss
INITIAL_ACCUMULATOR = 0.1
EPSILON = 1e-7
STEPS = 24
WARM_UP = 6

EMBEDDINGS = [f"id_{table}_embedding.weight" for table in range(TABLES)]


def layers(tower, widths):
    """(weight's name, bias' name, shape of the weight) of each layer."""
    shapes = zip(widths[:-1], widths[1:])
    return [(f"{tower}.{k}.weight", f"{tower}.{k}.bias", shape) for k, shape in enumerate(shapes)]


def write_case(path):
    """Weights and batches, made up, as a safetensors file."""
    random = np.random.default_rng(0)
    tensors = {name: random.uniform(-0.5, 0.5, (ROWS, DIMENSION)) for name in EMBEDDINGS}
    for weight, bias, shape in layers("bottom", BOTTOM) + layers("top", TOP):
        limit = np.sqrt(6 / sum(shape))
        tensors[weight] = random.uniform(-limit, limit, shape)
        tensors[bias] = np.zeros(shape[1])
    rows = BATCH * BATCHES
    zipf = ROWS ** random.uniform(size=(rows, TABLES)) - 1
    tensors["batches.ids"] = np.floor(zipf).clip(0, ROWS - 1)
    tensors["batches.numbers"] = random.normal(size=(rows, NUMBERS))
    odd = tensors["batches.ids"][:, 0] % 2
    tensors["batches.labels"] = tensors["batches.numbers"][:, 0] + odd > 0.5
    header, begin = {}, 0
    for name, tensor in tensors.items():
        end = begin + 4 * tensor.size
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors.values():
            file.write(tensor.astype("<f4").tobytes())


class Case:
    """The case read back: `weights` by name, and `batches` of (ids, numbers, labels)."""

    def __init__(self, path):
        self.weights = tutorial.read_safetensors(path)
        ids, numbers, labels = (
            np.split(self.weights.pop(f"batches.{name}"), BATCHES)
            for name in ("ids", "numbers", "labels")
        )
        self.batches = [(i.astype(np.int64), n, l) for i, n, l in zip(ids, numbers, labels)]


def reference_losses(case):
    """The loss of one step with each batch, in float64 and the plainest way; changes the case."""
    weights = case.weights
    sums = {name: np.full_like(weight, INITIAL_ACCUMULATOR) for name, weight in weights.items()}
    towers = layers("bottom", BOTTOM), layers("top", TOP)
    pairs = np.tril_indices(VECTORS, -1)

    def update(name, gradient, rows=slice(None)):
        sums[name][rows] += gradient**2
        weights[name][rows] -= LEARNING_RATE * gradient / np.sqrt(sums[name][rows] + EPSILON)

    def forward(x, tower, last_relu):
        inputs = []
        for number, (weight, bias, _) in enumerate(tower):
            inputs.append(x)
            x = x @ weights[weight].astype(np.float64) + weights[bias]
            if last_relu or number + 1 < len(tower):
                x = np.maximum(x, 0)
        return x, inputs

    def backward(dx, tower, inputs, outputs, last_relu):
        gradients = {}
        for number in reversed(range(len(tower))):
            weight, bias, _ = tower[number]
            if last_relu or number + 1 < len(tower):
                dx = dx * (outputs[number] > 0)
            gradients[weight] = inputs[number].T @ dx
            gradients[bias] = dx.sum(0)
            dx = dx @ weights[weight].astype(np.float64).T
        return dx, gradients

    losses = []
    for ids, numbers, labels in case.batches:
        bottom, bottom_inputs = forward(numbers.astype(np.float64), towers[0], True)
        looked_up = [weights[name][ids[:, k]] for k, name in enumerate(EMBEDDINGS)]
        vectors = np.stack([bottom, *looked_up], 1)
        products = vectors @ vectors.transpose(0, 2, 1)
        x = np.concatenate([bottom, products[:, pairs[0], pairs[1]]], 1)
        logits, top_inputs = forward(x, towers[1], False)
        logits = logits[:, 0]
        losses.append(float(np.mean(np.logaddexp(0, logits) - labels * logits)))
        dlogits = (1 / (1 + np.exp(-logits)) - labels)[:, None] / len(labels)
        dx, gradients = backward(
            dlogits, towers[1], top_inputs, [*top_inputs[1:], logits], False
        )
        dproducts = np.zeros_like(products)
        dproducts[:, pairs[0], pairs[1]] = dx[:, DIMENSION:]
        dvectors = (dproducts + dproducts.transpose(0, 2, 1)) @ vectors
        dbottom = dx[:, :DIMENSION] + dvectors[:, 0]
        _, more = backward(
            dbottom, towers[0], bottom_inputs, [*bottom_inputs[1:], bottom], True
        )
        for name, gradient in (gradients | more).items():
            update(name, gradient)
        for k, name in enumerate(EMBEDDINGS):
            rows, places = np.unique(ids[:, k], return_inverse=True)
            gradient = np.zeros((len(rows), DIMENSION))
            np.add.at(gradient, places, dvectors[:, k + 1])
            update(name, gradient, rows)
    return losses


def run(prepare, modes):
    """A peer's program: times its steps and prints what came out as one line of JSON.

    prepare(case, arguments) returns what does the step with a batch and gives its loss.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=["dlrm"])
    parser.add_argument("--case", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--mode", choices=modes, default=modes[0])
    arguments = parser.parse_args()
    case = Case(arguments.case)
    step = prepare(case, arguments)
    losses, seconds = [], []
    for number in range(STEPS):
        start = time.perf_counter()
        loss = step(number % BATCHES)
        seconds.append(time.perf_counter() - start)
        losses.append(float(loss))
    result = {"losses": losses[:BATCHES], "step_seconds": statistics.median(seconds[WARM_UP:])}
    json.dump(result, sys.stdout)
    print()
