#!/usr/bin/env python3
"""Times Gradus and what people use instead on the same work, in turns, and checks that all of them
computed the same.

    bench/compare.py --python VENV/bin/python --output chart.svg
    bench/compare.py ops --python VENV/bin/python --threads 1

Needs numpy, and for the peers a virtual environment: see bench/README.md. Exit codes: 0 done, 1 a
program failed or computed something else, 2 wrong usage.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH / "peers"))

try:
    import numpy  # noqa: F401
except ImportError:
    sys.exit(f"compare.py: {sys.executable} has no numpy; see bench/README.md")

import dlrm  # noqa: E402
from comparison.chart import draw  # noqa: E402
from comparison.gradus import gradus  # noqa: E402
from comparison.jobs import FIGURES, JOBS  # noqa: E402
from comparison.ops import as_figures, compare_ops, ops_table  # noqa: E402
from comparison.participants import Failure, Setting  # noqa: E402
from comparison.peers import peers  # noqa: E402
from comparison.table import table  # noqa: E402


def take_turns(participants, setting, rounds):
    """Each round each job by each participant: what disturbs the machine disturbs all of them."""
    for number in range(1, rounds + 1):
        for name, job in JOBS.items():
            for who in participants:
                if who.complaint or name not in who.jobs:
                    continue
                print(f"round {number}/{rounds}: {name}: {who.name}", file=sys.stderr, flush=True)
                take_turn(who, job, setting)
            if participants[0].complaint:
                return  # nothing to compare with


def take_turn(who, job, setting):
    try:
        outcome = who.run(job, setting)
    except Failure as failure:
        who.complaint = f"{job.name}: {failure}"
        return
    wrong = job.check(outcome.result, setting)
    if wrong:
        who.complaint = f"{job.name}: computed something else: {wrong}"
        return
    for figure in job.figures:
        who.figures.setdefault(figure.name, []).append(figure.of(outcome))


def movielens(given):
    """The folder with u.data, looked for where Gradus does."""
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    places = [given] if given else [pathlib.Path(cache) / "gradus" / "ml-100k"]
    if not given and os.environ.get("GRADUS_DATA"):
        places.insert(0, pathlib.Path(os.environ["GRADUS_DATA"]) / "ml-100k")
    for place in places:
        if (place / "u.data").is_file():
            return place.resolve()
    looked = " or ".join(str(place) for place in places)
    sys.exit(
        f"compare.py: no u.data in {looked}; apps/fetch_movielens.sh gets MovieLens 100K from "
        "GroupLens, or give its folder as --data"
    )


def parse():
    parser = argparse.ArgumentParser(
        description="Times Gradus and its peers on the same work, and checks that it was the same.",
        epilog="example: bench/compare.py --python VENV/bin/python --rounds 5 --output chart.svg",
    )
    cores = len(os.sched_getaffinity(0))
    parser.add_argument(
        "what",
        nargs="?",
        choices=("models", "ops"),
        default="models",
        help="the tutorial, scoring and a DLRM, the default; or each op beside PyTorch's",
    )
    parser.add_argument(
        "--op", action="append", default=[], help="with ops: those with this in their names"
    )
    parser.add_argument(
        "--python", action="append", default=[], help="an interpreter with peers; may be repeated"
    )
    parser.add_argument("--data", type=pathlib.Path, help="the folder that holds MovieLens 100K")
    parser.add_argument("--rounds", type=int, default=3, help="of which the medians are printed; 3")
    parser.add_argument("--threads", type=int, default=cores, help="for training; all cores")
    parser.add_argument(
        "--gradus",
        type=pathlib.Path,
        default=BENCH.parent / "build/release/bin/gradus",
        help="the program, with gradus_bench beside it",
    )
    parser.add_argument("--output", type=pathlib.Path, help="where to draw the chart, FILE.svg")
    parser.add_argument("--json", action="store_true", help="every figure, not a table")
    arguments = parser.parse_args()
    for python in arguments.python:
        if not shutil.which(python):
            parser.error(f"--python {python}: no such program")
    if arguments.rounds < 1 or not 1 <= arguments.threads <= cores:
        parser.error(f"--rounds must be 1 or more, --threads 1 to {cores}, the cores")
    for program in (arguments.gradus, arguments.gradus.with_name("gradus_bench")):
        if not program.is_file():
            parser.error(f"{program} is not there: build it, or name it with --gradus")
    return arguments


def as_json(participants):
    return [
        {
            "name": who.name,
            "complaint": who.complaint,
            "medians": {figure.name: who.median(figure.name) for figure in FIGURES},
            "rounds": who.figures,
        }
        for who in participants
    ]


def chart(participants, file, note):
    try:
        draw(participants, file, note)
    except ImportError:
        print("compare.py: no chart: matplotlib is not installed", file=sys.stderr)


def ops(arguments):
    """The comparison of ops; the exit code."""
    def report(title):
        print(title, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        setting = Setting(
            None, arguments.threads, arguments.gradus.resolve(), pathlib.Path(folder)
        )
        pythons = [*arguments.python, sys.executable]
        try:
            cases, version = compare_ops(
                pythons, setting, arguments.rounds, arguments.op, report
            )
        except Failure as failure:
            print(f"compare.py: {failure}", file=sys.stderr)
            return 1
    if arguments.json:
        print(json.dumps(as_figures(cases), indent=2))
    else:
        print(ops_table(cases, version))
        print(f"threads: {arguments.threads}; medians of {arguments.rounds} round(s)")
    return 1 if any(case.failed() for case in cases) else 0


def main():
    arguments = parse()
    if arguments.what == "ops":
        return ops(arguments)
    data = movielens(arguments.data)
    participants = [gradus(), *peers([*arguments.python, sys.executable])]
    with tempfile.TemporaryDirectory() as folder:
        setting = Setting(
            data, arguments.threads, arguments.gradus.resolve(), pathlib.Path(folder)
        )
        dlrm.write_case(setting.case)
        take_turns(participants, setting, arguments.rounds)
    note = (
        f"MovieLens 100K; training: {arguments.threads} threads, scoring: 1; "
        f"medians of {arguments.rounds} round(s) and their ratios to Gradus"
    )
    if arguments.json:
        print(json.dumps(as_json(participants), indent=2))
    else:
        print(f"{table(participants)}\n{note}")
    if arguments.output and not participants[0].complaint:
        chart(participants, arguments.output, note)
    return 1 if any(who.failed() for who in participants) else 0


if __name__ == "__main__":
    sys.exit(main())
