"""What is compared: the jobs, the figures taken from each, and whether it was done right.

A further job is one more entry of JOBS. Who does it knows its `work`: Gradus in gradus.py, a peer by
a script (see peers.py).
"""

import functools
import json
from dataclasses import dataclass
from typing import Callable

import dlrm
import numpy as np
import tutorial

TOLERANCE = 1e-4  # relative; float32 sums in another order


@dataclass(frozen=True)
class Figure:
    """One number of an outcome, and the head of its column."""

    name: str
    heading: str
    unit: str  # "s" or "bytes"
    of: Callable  # Outcome -> number


@dataclass(frozen=True)
class Job:
    """One run of a program. `threads`: 0 for as many as were asked for."""

    name: str
    work: str
    figures: tuple
    check: Callable  # (result, setting) -> what is wrong with it, or ""
    epochs: int = 0
    threads: int = 0


def reference_trace():
    return json.loads((tutorial.REFERENCE / "trace.json").read_text())


def check_training(result, _setting):
    """Step losses, and after three epochs the test error, are those of the reference trace."""
    trace = reference_trace()
    expected = [step["loss"] for step in trace["steps"]]
    losses = result["losses"]
    epochs = len(result["epoch_seconds"])
    if len(losses) != epochs * len(tutorial.training_batches()):
        return f"{len(losses)} steps in {epochs} epochs"
    for step, (loss, wanted) in enumerate(zip(losses, expected), 1):
        if not np.isclose(loss, wanted, rtol=TOLERANCE, atol=0):
            return f"the loss of step {step} is {loss}, not {wanted}"
    error, wanted = result["root_mean_squared_error"], trace["epochs"][2]["test_rmse"]
    if epochs == 3 and not np.isclose(error, wanted, rtol=TOLERANCE, atol=0):
        return f"the test error is {error}, not {wanted}"
    return ""


def check_scoring(result, setting):
    """Each title's prediction is what numpy computes from the same weights."""
    ids = tutorial.catalogue(tutorial.Ratings(setting.data))
    expected = tutorial.predict(tutorial.read_safetensors(setting.weights), *ids)
    predictions = np.array(result["predictions"])
    if predictions.shape != expected.shape:
        return f"{len(predictions)} predictions, not {len(expected)}"
    wrong = np.flatnonzero(~np.isclose(predictions, expected, rtol=TOLERANCE, atol=0))
    if len(wrong):
        title = wrong[0]
        return f"title {title + 1} is predicted {predictions[title]}, not {expected[title]}"
    for name, wanted in (("pair", expected[0]), ("mean", expected.mean())):
        got = result[f"{name}_prediction"]
        if not np.isclose(got, wanted, rtol=TOLERANCE, atol=0):
            return f"the {name} prediction is {got}, not {wanted}"
    return ""


@functools.cache
def dlrm_losses(path):
    return dlrm.reference_losses(dlrm.Case(path))


def check_dlrm(result, setting):
    """The loss of a step with each batch is what numpy computes."""
    for step, (loss, wanted) in enumerate(zip(result["losses"], dlrm_losses(setting.case)), 1):
        if not np.isclose(loss, wanted, rtol=TOLERANCE, atol=0):
            return f"the loss of step {step} is {loss}, not {wanted}"
    return "" if len(result["losses"]) == dlrm.BATCHES else "a step's loss is missing"


def warm_epoch(outcome):
    return float(np.median(outcome.result["epoch_seconds"][1:]))


JOBS = {
    job.name: job
    for job in (
        Job(
            "tutorial",
            "train",
            (
                Figure("tutorial", "tutorial, 3 epochs", "s", lambda o: o.seconds),
                Figure("memory", "its peak memory", "bytes", lambda o: o.peak_bytes),
            ),
            check_training,
            epochs=3,
        ),
        Job(
            "epoch",
            "train",
            (Figure("epoch", "a warm epoch", "s", warm_epoch),),
            check_training,
            epochs=11,
        ),
        Job(
            "scoring",
            "score",
            (
                Figure("pair", "one pair", "s", lambda o: o.result["pair_seconds"]),
                Figure("user", "a user's titles", "s", lambda o: o.result["user_seconds"]),
            ),
            check_scoring,
            threads=1,
        ),
        Job(
            "DLRM",
            "dlrm",
            (Figure("dlrm", "a DLRM's step", "s", lambda o: o.result["step_seconds"]),),
            check_dlrm,
        ),
    )
}
FIGURES = [figure for job in JOBS.values() for figure in job.figures]
