"""Who takes part, with what, and how a program is run and measured."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Callable

LAUNCHER = pathlib.Path(__file__).resolve().with_name("launch.py")


class Failure(Exception):
    """A program that did not do its work, in words."""


@dataclass
class Outcome:
    """What a program printed, and what running it took."""

    result: dict
    seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Setting:
    """What all programs are run with."""

    data: pathlib.Path
    threads: int
    gradus: pathlib.Path
    folder: pathlib.Path  # for what they leave behind

    def threads_of(self, job):
        return job.threads or self.threads

    @property
    def run(self):
        """Gradus' run directory of the tutorial; all score with its weights."""
        return self.folder / "tutorial"

    @property
    def weights(self):
        return self.run / "model.safetensors"

    @property
    def case(self):
        """Weights and batches of the DLRM."""
        return self.folder / "dlrm.safetensors"


@dataclass
class Participant:
    """Gradus or a peer: what does its jobs, and what came out so far."""

    name: str
    jobs: tuple
    run: Callable  # (job, setting) -> Outcome; throws Failure
    figures: dict = field(default_factory=dict)  # name -> one value a round
    complaint: str = ""  # why it takes no part, or no more

    def median(self, figure):
        values = self.figures.get(figure)
        return statistics.median(values) if values else None

    def failed(self):
        return bool(self.complaint) and bool(self.jobs)  # who is not installed has none


def launch(command, threads, setting, environment=None):
    """Runs a program; its standard output, and what it took. Throws Failure with its last words."""
    measured = setting.folder / "launched.json"
    done = subprocess.run(
        [str(word) for word in (sys.executable, "-IS", LAUNCHER, measured, threads, *command)],
        capture_output=True,
        text=True,
        env=os.environ | (environment or {}),
    )
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise Failure(f"failed: {words[-1]}")
    return done.stdout, json.loads(measured.read_text())
