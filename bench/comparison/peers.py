"""The peers: which there are, whether they are installed, and how their scripts are called."""

import json
import pathlib
import subprocess
from dataclasses import dataclass

from comparison.jobs import JOBS
from comparison.participants import Outcome, Participant, launch

SCRIPTS = pathlib.Path(__file__).resolve().parents[1] / "peers"


@dataclass(frozen=True)
class Peer:
    """Scripts of bench/peers, by the work that they do. All `modules` must be there; the first one's
    version is printed."""

    name: str
    scripts: dict
    modules: tuple
    mode: str = "default"

    @property
    def jobs(self):
        return tuple(name for name, job in JOBS.items() if job.work in self.scripts)


def ranking(script):
    return {"train": script, "score": script}


TORCH = ranking("torch_ranking.py")
TORCH_DLRM = TORCH | {"dlrm": "torch_dlrm.py"}  # not compiled: its sparse gradients cannot be
PEERS = [
    Peer(
        "TFRS",
        ranking("tfrs_ranking.py"),
        ("tensorflow_recommenders", "tensorflow", "tf_keras"),
    ),
    Peer("PyTorch, eager", TORCH_DLRM, ("torch",), "eager"),
    Peer("PyTorch, sparse gradients", TORCH, ("torch",), "eager-sparse"),
    Peer("PyTorch, compiled", TORCH, ("torch",), "compile"),
    Peer("JAX", ranking("jax_ranking.py"), ("jax",)),
    Peer("ONNX Runtime", {"score": "onnxruntime_ranking.py"}, ("onnxruntime", "onnx")),
]

# Prints the version of the first of the modules that are its arguments, if all are there.
FIND = """
import importlib.metadata, importlib.util, sys
if all(importlib.util.find_spec(name) for name in ("numpy", *sys.argv[1:])):
    print(importlib.metadata.version(sys.argv[1]))
"""


def peers(pythons):
    """All peers, each under the first interpreter that has it."""
    return [participant(peer, pythons) for peer in PEERS]


def participant(peer, pythons):
    for python in pythons:
        version = find(peer.modules, python)
        if version:
            return Participant(
                f"{peer.name} ({version})",
                peer.jobs,
                lambda job, setting: run(peer, python, job, setting),
            )
    return Participant(peer.name, (), None, complaint="not installed")


def find(modules, python):
    done = subprocess.run([python, "-c", FIND, *modules], capture_output=True, text=True)
    return done.stdout.strip()


def run(peer, python, job, setting):
    threads = setting.threads_of(job)
    command = [python, SCRIPTS / peer.scripts[job.work], job.work]
    command += ["--threads", threads, "--mode", peer.mode]
    if job.work == "train":
        command += ["--data", setting.data, "--epochs", job.epochs]
    elif job.work == "score":
        command += ["--data", setting.data, "--weights", setting.weights]
    else:
        command += ["--case", setting.case]
    environment = {
        "OMP_NUM_THREADS": str(threads),
        # Each comparison compiles once, and leaves nothing behind.
        "TORCHINDUCTOR_CACHE_DIR": str(setting.folder / "torchinductor"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    output, measured = launch(command, threads, setting, environment)
    return Outcome(json.loads(output.splitlines()[-1]), **measured)
