"""How Gradus does the jobs: by the programs `gradus` and `gradus_bench`."""

import json
import pathlib
import shutil

import dlrm
import tutorial

from comparison.jobs import JOBS
from comparison.participants import Outcome, Participant, launch

EXPERIMENT = (
    pathlib.Path(__file__).resolve().parents[2] / "apps/experiments/movielens_ranking.json"
)


def gradus():
    return Participant("Gradus", tuple(JOBS), lambda job, setting: WORK[job.work](job, setting))


def train(job, setting):
    """`gradus train`, with its own times of epochs."""
    run = setting.folder / job.name
    shutil.rmtree(run, ignore_errors=True)  # of the round before
    threads = setting.threads_of(job)
    command = [setting.gradus, "train", EXPERIMENT, "--json", "--quiet"]
    command += ["--output", run, "--threads", threads]
    for key, value in overrides(job, setting).items():
        command += ["--set", f"{key}={value}"]
    output, measured = launch(command, threads, setting)
    steps, epochs = (read_lines(run / name) for name in ("steps.jsonl", "metrics.jsonl"))
    result = {
        "losses": [step["loss"] for step in steps],
        "epoch_seconds": [epoch["seconds"] for epoch in epochs],
        "root_mean_squared_error": json.loads(output)["test"]["root_mean_squared_error"],
    }
    return Outcome(result, **measured)


def overrides(job, setting):
    """Of the published experiment: the common rows, order and weights."""
    rows = {part: str(tutorial.REFERENCE / f"{part}_rows.txt") for part in ("train", "test")}
    return {
        "data.path": json.dumps(str(setting.data)),
        "data.split": json.dumps({"kind": "rows", **rows}),
        "data.shuffle": "none",
        "model.initial_weights": json.dumps(str(tutorial.REFERENCE / "initial.safetensors")),
        "training.epochs": job.epochs,
    }


def read_lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def score(job, setting):
    """Timed within the process by `gradus_bench`; the predictions are those of `gradus rank`."""
    titles = tutorial.Ratings(setting.data).title_vocabulary()
    command = [setting.gradus, "rank", setting.run, "--json"]
    command += ["--user", tutorial.USER, "--top", len(titles)]
    output, _ = launch(command, job.threads, setting)
    scores = {entry["item"]: entry["score"] for entry in json.loads(output)["items"]}

    command = [setting.gradus.with_name("gradus_bench"), "--benchmark_format=json"]
    command += [f"--threads={job.threads}", f"--weights={setting.weights}"]
    command += [f"--benchmark_filter=^scoring/pairs:(1|{len(titles)})/"]
    output, measured = launch(command, job.threads, setting)
    pair, user = json.loads(output)["benchmarks"]
    result = {
        "pair_seconds": pair["real_time"] * 1e-6,
        "user_seconds": user["real_time"] * 1e-6,
        "pair_prediction": pair["mean_prediction"],
        "mean_prediction": user["mean_prediction"],
        "predictions": [scores[title] for title in titles],
    }
    return Outcome(result, **measured)


def dlrm_step(job, setting):
    """Timed within the process by `gradus_bench`."""
    command = [setting.gradus.with_name("gradus_bench"), "--benchmark_format=json"]
    command += [f"--threads={setting.threads_of(job)}", f"--dlrm={setting.case}"]
    command += [f"--benchmark_filter=^dlrm/batch:{dlrm.BATCH}/rows:{dlrm.ROWS}/"]
    command += ["--benchmark_min_time=2"]
    output, measured = launch(command, setting.threads_of(job), setting)
    (step,) = json.loads(output)["benchmarks"]
    losses = [step[f"loss_{number + 1}"] for number in range(dlrm.BATCHES)]
    return Outcome({"losses": losses, "step_seconds": step["real_time"] * 1e-3}, **measured)


WORK = {"train": train, "score": score, "dlrm": dlrm_step}
