"""Reference values of optimisers, schedules of the learning rate and averaged weights: optim.py OUT_FOLDER.

Needs tf_keras 2.21 (Keras 2), TensorFlow and TensorFlow Recommenders 0.7.7. What these lack is
computed here in float64 by the formulas of the sources named below.
"""

import importlib.util
import json
import os
import pathlib
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
import tf_keras
from safetensors.numpy import save_file

SEED = 20
STEPS = 5
KERAS = tf.keras.optimizers


def clippy_adagrad():
    """The class alone: the package around it wants more than is needed."""
    package = pathlib.Path(importlib.util.find_spec("tensorflow_recommenders").origin).parent
    file = package / "experimental" / "optimizers" / "clippy_adagrad.py"
    spec = importlib.util.spec_from_file_location("clippy_adagrad", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ClippyAdagrad


class ByFormula:
    """An optimiser in float64: `step(parameter, gradient, rows, state, t)`, rows None for all."""

    def __init__(self, step):
        self.step = step
        self.t = 0
        self.states = [{}, {}]

    def apply(self, dense, gradient, table, rows, values):
        self.t += 1
        self.step(dense, gradient.astype(np.float64), None, self.states[0], self.t)
        total = np.zeros_like(table)
        np.add.at(total, rows, values.astype(np.float64))
        self.step(table, total, np.unique(rows), self.states[1], self.t)


def lazy_adam(learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """TensorFlow Addons' LazyAdam: Adam on the rows that are named."""

    def step(w, g, rows, state, t):
        m, v = state.setdefault("m", np.zeros_like(w)), state.setdefault("v", np.zeros_like(w))
        at = slice(None) if rows is None else rows
        m[at] = beta_1 * m[at] + (1 - beta_1) * g[at]
        v[at] = beta_2 * v[at] + (1 - beta_2) * g[at] ** 2
        rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        w[at] -= rate * m[at] / (np.sqrt(v[at]) + epsilon)

    return ByFormula(step)


def rowwise_adagrad(learning_rate, initial_accumulator_value=0.0, epsilon=1e-10):
    """DLRM's RWSAdagrad, and FBGEMM's exact row-wise Adagrad: a sum of mean squares a row."""

    def step(w, g, rows, state, t):
        sums = state.setdefault("sum", np.full(w.shape[0], initial_accumulator_value))
        at = slice(None) if rows is None else rows
        sums[at] += (g[at] ** 2).mean(axis=1)
        w[at] -= learning_rate * g[at] / (np.sqrt(sums[at]) + epsilon)[:, None]

    return ByFormula(step)


def lamb(learning_rate, weight_decay=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-6):
    """TensorFlow Addons' LAMB."""

    def step(w, g, rows, state, t):
        m, v = state.setdefault("m", np.zeros_like(w)), state.setdefault("v", np.zeros_like(w))
        m[:] = beta_1 * m + (1 - beta_1) * g
        v[:] = beta_2 * v + (1 - beta_2) * g**2
        update = m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon) + weight_decay * w
        w -= learning_rate * np.linalg.norm(w) / np.linalg.norm(update) * update

    return ByFormula(step)


def keras_arguments(arguments):
    """In Keras' words."""
    names = {
        "clip_value": "clipvalue",
        "clip_norm": "clipnorm",
        "global_clip_norm": "global_clipnorm",
        "l1": "l1_regularization_strength",
        "l2": "l2_regularization_strength",
    }
    return {names.get(name, name): value for name, value in arguments.items()}


CASES = [
    ("sgd", {"learning_rate": 0.1, "weight_decay": 0.05}, KERAS.SGD),
    ("sgd", {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.05}, KERAS.SGD),
    ("sgd", {"learning_rate": 0.1, "clip_value": 0.4}, KERAS.SGD),
    ("adagrad", {"learning_rate": 0.1, "weight_decay": 0.05}, KERAS.Adagrad),
    ("adagrad", {"learning_rate": 0.1, "clip_norm": 0.5}, KERAS.Adagrad),
    ("adam", {"learning_rate": 0.01, "global_clip_norm": 0.5}, KERAS.Adam),
    ("adamw", {"learning_rate": 0.01, "amsgrad": True}, KERAS.AdamW),
    ("rmsprop", {"learning_rate": 0.01, "momentum": 0.9}, KERAS.RMSprop),
    ("rmsprop", {"learning_rate": 0.01, "centered": True}, KERAS.RMSprop),
    ("rmsprop", {"learning_rate": 0.01, "momentum": 0.8, "centered": True}, KERAS.RMSprop),
    (
        "ftrl",
        {"learning_rate": 0.1, "learning_rate_power": -0.7, "l1": 0.6, "l2": 0.02, "beta": 0.5},
        KERAS.Ftrl,
    ),
    ("clippy_adagrad", {"learning_rate": 0.01}, clippy_adagrad()),
    (
        "clippy_adagrad",
        {"learning_rate": 1.0, "accumulator_relative_threshold": 0.05, "absolute_threshold": 0.01},
        clippy_adagrad(),
    ),
    (
        "clippy_adagrad",
        {"learning_rate": 0.5, "variable_relative_threshold": 0.5, "clip_accumulator_update": True},
        clippy_adagrad(),
    ),
    ("lazy_adam", {"learning_rate": 0.01}, lazy_adam),
    ("lazy_adam", {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.9}, lazy_adam),
    ("rowwise_adagrad", {"learning_rate": 0.1}, rowwise_adagrad),
    (
        "rowwise_adagrad",
        {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "epsilon": 0.01},
        rowwise_adagrad,
    ),
    ("lamb", {"learning_rate": 0.02}, lamb),
    ("lamb", {"learning_rate": 0.02, "weight_decay": 0.1, "beta_2": 0.99}, lamb),
]


def optimizers(folder):
    random = np.random.RandomState(SEED)
    tensors = {}
    cases = []
    for number, (name, arguments, make) in enumerate(CASES):
        dense = random.randn(4, 3).astype(np.float32)
        table = random.randn(6, 3).astype(np.float32)
        keras = isinstance(make, type)
        if keras:
            optimizer = make(**keras_arguments(arguments))
            dense, table = tf.Variable(dense), tf.Variable(table)
        else:
            optimizer = make(**arguments)
            dense, table = dense.astype(np.float64), table.astype(np.float64)

        def keep(what, step, value):
            tensors[f"{number}.{what}.{step}"] = np.array(value)

        for step in range(STEPS + 1):
            if step > 0:
                gradient = random.randn(4, 3).astype(np.float32)
                rows = random.randint(0, 6, size=5).astype(np.int64)
                values = random.randn(5, 3).astype(np.float32)
                keep("dense_gradient", step, gradient)
                keep("embedding_gradient_rows", step, rows)
                keep("embedding_gradient_values", step, values)
                if keras:
                    slices = tf.IndexedSlices(values, rows, tf.constant([6, 3], dtype=tf.int64))
                    optimizer.apply_gradients([(tf.constant(gradient), dense), (slices, table)])
                else:
                    optimizer.apply(dense, gradient, table, rows, values)
            keep("dense", step, np.array(dense).astype(np.float32))
            keep("embedding", step, np.array(table).astype(np.float32))
        cases.append({"optimizer": name, "arguments": arguments, "steps": STEPS})
    save_file(tensors, folder / "optimizers.safetensors")
    return cases


def schedules():
    """Learning rates after so many steps."""
    decay = tf.keras.optimizers.schedules
    at = [0, 1, 2, 5, 9, 10, 11, 15, 20, 37, 100]
    rate = 0.3

    def warm(steps, alpha):
        return decay.CosineDecay(rate / (steps + 1), 20, alpha, warmup_target=rate, warmup_steps=steps)

    cases = [
        ({"kind": "constant"}, lambda done: rate),
        ({"kind": "exponential", "steps": 10, "rate": 0.5}, decay.ExponentialDecay(rate, 10, 0.5)),
        (
            {"kind": "exponential", "steps": 10, "rate": 0.5, "staircase": True},
            decay.ExponentialDecay(rate, 10, 0.5, staircase=True),
        ),
        (
            {"kind": "polynomial", "steps": 20, "end_learning_rate": 0.01, "power": 2.0},
            decay.PolynomialDecay(rate, 20, 0.01, 2.0),
        ),
        (
            {"kind": "polynomial", "steps": 10, "end_learning_rate": 0.05, "cycle": True},
            decay.PolynomialDecay(rate, 10, 0.05, cycle=True),
        ),
        ({"kind": "cosine", "steps": 20}, decay.CosineDecay(rate, 20)),
        ({"kind": "cosine", "steps": 20, "alpha": 0.1}, decay.CosineDecay(rate, 20, 0.1)),
        ({"kind": "cosine", "steps": 20, "alpha": 0.1, "warm_up_steps": 10}, warm(10, 0.1)),
        (
            {"kind": "piecewise", "boundaries": [2, 10], "learning_rates": [0.1, 0.02]},
            decay.PiecewiseConstantDecay([2, 10], [rate, 0.1, 0.02]),
        ),
    ]
    return {
        "learning_rate": rate,
        "steps_done": at,
        "cases": [
            {"arguments": arguments, "rates": [float(schedule(done)) for done in at]}
            for arguments, schedule in cases
        ],
    }


def plateaus():
    """What ReduceLROnPlateau leaves of a learning rate of 1, epoch after epoch."""
    values = [5, 4, 3.95, 4.1, 3.99, 4, 3.5, 3.6, 3.7, 3.4, 3.41, 3.42, 3.43, 3.44, 3.45, 3.46, 3.47]
    settings = [
        {"factor": 0.5, "patience": 2, "minimum_improvement": 0.1},
        {"factor": 0.1, "patience": 1, "minimum_improvement": 0.0, "cooldown": 2},
        {"factor": 0.5, "patience": 1, "minimum_improvement": 0.0, "minimum_factor": 0.2},
        {"factor": 0.5, "patience": 2, "minimum_improvement": 0.0, "higher_is_better": True},
    ]
    cases = []
    for arguments in settings:
        model = tf.keras.Sequential()
        model.compile(optimizer=KERAS.SGD(1.0), run_eagerly=True)
        callback = tf.keras.callbacks.ReduceLROnPlateau(
            monitor="value",
            factor=arguments["factor"],
            patience=arguments["patience"],
            min_delta=arguments["minimum_improvement"],
            cooldown=arguments.get("cooldown", 0),
            min_lr=arguments.get("minimum_factor", 0.0),
            mode="max" if arguments.get("higher_is_better") else "min",
        )
        callback.set_model(model)
        callback.on_train_begin()
        factors = []
        for epoch, value in enumerate(values):
            callback.on_epoch_end(epoch, {"value": value})
            factors.append(float(model.optimizer.learning_rate))
        cases.append({"arguments": arguments, "factors": factors})
    return {"values": values, "cases": cases}


def average():
    """A number that SGD moves, and the moving average that Keras 2's `use_ema` keeps of it."""
    variable = tf.Variable(1.0)
    optimizer = KERAS.SGD(0.1, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=None)
    weights, averages = [1.0], [1.0]
    for gradient in [1.0, -2.0, 0.5, 3.0, -0.25]:
        optimizer.apply_gradients([(tf.constant(gradient), variable)])
        weights.append(float(variable))
        averages.append(float(optimizer._model_variables_moving_average[0]))
    return {"momentum": 0.8, "weights": weights, "averages": averages}


def main():
    folder = pathlib.Path(sys.argv[1])
    source = (
        f"tf_keras {tf_keras.__version__} on TensorFlow {tf.__version__}, float32; clippy_adagrad "
        "TensorFlow Recommenders 0.7.7; lazy_adam, rowwise_adagrad and lamb by formula, float64"
    )
    parts = {
        "optimizers": {"cases": optimizers(folder)},
        "schedules": schedules(),
        "plateaus": plateaus(),
        "average": average(),
    }
    for name, part in parts.items():
        text = json.dumps({"source": source, **part}, indent=1)
        (folder / f"{name}.json").write_text(text + "\n")


main()
