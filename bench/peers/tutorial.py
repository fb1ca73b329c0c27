"""What all peers of the ranking tutorial share: arguments, MovieLens, rows, weights, timing."""

import argparse
import json
import pathlib
import statistics
import sys
import time

import numpy as np

REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "ranking"
BATCH = 8192
EVALUATION_BATCH = 4096
LEARNING_RATE = 0.1
INITIAL_ACCUMULATOR = 0.1
EPSILON = 1e-7
USER = "42"  # whose titles are scored


def run(train, score, modes=("default",)):
    """A peer's program: does one kind of work and prints what came out as one line of JSON.

    train(arguments) trains and evaluates; score(arguments) times predictions.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=["train", "score"])
    parser.add_argument("--data", required=True, help="the folder that holds u.data and u.item")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--weights", default=REFERENCE / "final.safetensors", help="to score with")
    parser.add_argument("--mode", choices=modes, default=modes[0])
    arguments = parser.parse_args()
    result = train(arguments) if arguments.work == "train" else score(arguments)
    json.dump(result, sys.stdout)
    print()


class Ratings:
    """MovieLens 100K as columns of strings and numbers."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        titles = {}
        for line in open(folder / "u.item", encoding="latin-1"):
            movie, title = line.split("|", 2)[:2]
            titles[movie] = title
        rows = [line.split("\t") for line in open(folder / "u.data", encoding="ascii")]
        self.users = [row[0] for row in rows]
        self.titles = [titles[row[1]] for row in rows]
        self.labels = np.array([row[2] for row in rows], np.float32)

    def user_vocabulary(self):
        """Sorted; the id of a string is its place from 1."""
        return sorted(set(self.users))

    def title_vocabulary(self):
        return sorted(set(self.titles))


class Encoded:
    """The same with ids instead of strings, as int64 arrays."""

    def __init__(self, ratings):
        self.users = encode(ratings.users, ratings.user_vocabulary())
        self.titles = encode(ratings.titles, ratings.title_vocabulary())
        self.labels = ratings.labels


def encode(strings, vocabulary):
    ids = {string: place for place, string in enumerate(vocabulary, 1)}
    return np.array([ids[string] for string in strings], np.int64)


def batches(name, size):
    """The rows of tests/golden/ranking/NAME_rows.txt, cut into batches."""
    rows = np.array((REFERENCE / f"{name}_rows.txt").read_text().split(), np.int64)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def training_batches():
    return batches("train", BATCH)


def test_batches():
    return batches("test", EVALUATION_BATCH)


def read_safetensors(path):
    """float32 and int32 arrays by name."""
    return read_safetensors_and_metadata(path)[0]


def read_safetensors_and_metadata(path):
    """A length, a JSON header of that length, in which the texts of the metadata are, too, then the
    elements."""
    content = pathlib.Path(path).read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    types = {"F32": np.float32, "I32": np.int32}
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] not in types:
            raise ValueError(f"{path}: {name} is {entry['dtype']}, not F32 or I32")
        begin, end = entry["data_offsets"]
        part = content[8 + length + begin : 8 + length + end]
        elements = np.frombuffer(part, types[entry["dtype"]])
        tensors[name] = elements.reshape(entry["shape"]).copy()
    return tensors, metadata


def initial_weights():
    return read_safetensors(REFERENCE / "initial.safetensors")


TABLES = ("user_embedding.weight", "movie_embedding.weight")
LAYERS = [(f"ratings.{layer}.weight", f"ratings.{layer}.bias") for layer in range(3)]


def predict(weights, users, titles):
    """What any of them should predict, in float64 and the plainest way."""
    wide = {name: tensor.astype(np.float64) for name, tensor in weights.items()}
    x = np.concatenate([wide[TABLES[0]][users], wide[TABLES[1]][titles]], 1)
    for number, (weight, bias) in enumerate(LAYERS):
        x = x @ wide[weight] + wide[bias]
        if number + 1 < len(LAYERS):
            x = np.maximum(x, 0)
    return x[:, 0]


def catalogue(ratings):
    """(user ids, title ids) of all titles for one user."""
    titles = np.arange(1, len(ratings.title_vocabulary()) + 1)
    user = ratings.user_vocabulary().index(USER) + 1
    return np.full(len(titles), user), titles


def train_epochs(epochs, run_epoch):
    """run_epoch() returns the epoch's losses; those of a framework are read after the timing."""
    losses, seconds = [], []
    for _ in range(epochs):
        start = time.perf_counter()
        losses += run_epoch()
        seconds.append(time.perf_counter() - start)
    return [float(loss) for loss in losses], seconds


def trained(losses, epoch_seconds, predictions, labels):
    error = np.sqrt(np.mean((np.asarray(predictions, np.float64) - labels) ** 2))
    return {
        "losses": losses,
        "epoch_seconds": epoch_seconds,
        "root_mean_squared_error": float(error),
    }


def scored(arguments, prepare):
    """Times one pair and one user's titles; prepare(users, titles) returns what predicts them."""
    users, titles = catalogue(Ratings(arguments.data))
    one_pair = prepare(users[:1], titles[:1])
    all_titles = prepare(users, titles)
    predictions = np.ravel(all_titles()).astype(np.float64)
    return {
        "pair_seconds": median_seconds(one_pair, 3000),
        "user_seconds": median_seconds(all_titles, 300),
        "pair_prediction": float(np.ravel(one_pair())[0]),
        "mean_prediction": float(predictions.mean()),
        "predictions": predictions.tolist(),
    }


def median_seconds(call, times):
    def timed():
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    for _ in range(times // 10):
        call()
    return statistics.median(timed() for _ in range(times))
