"""Each op beside PyTorch's: the cases named "ranking…" of tests/ops, forward and with gradients."""

import itertools
import json
import statistics
import subprocess
from dataclasses import dataclass, field

from comparison.participants import Failure, launch
from comparison.peers import SCRIPTS, find
from comparison.table import ratio, text

SLOWER = 1.2  # so many times as long as PyTorch is named below the table
PARTS = ("forward", "gradient")
NO_COUNTERPART = "PyTorch has no counterpart"


@dataclass
class Case:
    """A case of an op, and its seconds, a value a round."""

    op: str
    name: str
    gradus: dict = field(default_factory=lambda: {part: [] for part in PARTS})
    torch: dict = field(default_factory=lambda: {part: [] for part in PARTS})
    complaint: str = ""

    @property
    def title(self):
        rest = self.name.removeprefix("ranking").lstrip(", ")
        return f"{self.op}, {rest}" if rest else self.op

    def failed(self):
        return bool(self.complaint) and self.complaint != NO_COUNTERPART

    def ratio(self, part):
        """How many times as long as Gradus PyTorch takes; None where there is no such part."""
        if not self.torch[part]:
            return None
        return statistics.median(self.torch[part]) / statistics.median(self.gradus[part])


class Torch:
    """peers/ops.py as a process that is asked case after case."""

    def __init__(self, python, threads):
        command = [python, SCRIPTS / "ops.py", "--threads", threads]
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, case, tensors):
        question = {"op": case.op, "tensors": str(tensors)}
        try:
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # no answer comes
        answer = self.process.stdout.readline()
        if not answer:
            raise Failure("PyTorch's program ended")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cases(setting, words):
    """Those of the ops whose names have one of the words, or of all."""
    command = [bench(setting), "--benchmark_list_tests=true", "--benchmark_filter=/ranking"]
    output, _ = launch(command, 1, setting)
    names = [line.rsplit("/", 3)[:2] for line in output.splitlines()]
    found = [Case(*name) for name, _ in itertools.groupby(names)]
    return [case for case in found if not words or any(word in case.op for word in words)]


def bench(setting):
    return setting.gradus.with_name("gradus_bench")


def run_gradus(case, setting, tensors):
    """Seconds of both parts; the tensors are left in a file."""
    command = [bench(setting), "--benchmark_format=json", f"--threads={setting.threads}"]
    command += [f"--tensors={tensors}", f"--benchmark_filter=^{case.op}/{case.name}/"]
    command += ["--benchmark_repetitions=5", "--benchmark_min_time=0.02"]
    output, _ = launch(command, setting.threads, setting)
    lines = json.loads(output)["benchmarks"]
    medians = [line for line in lines if line.get("aggregate_name") == "median"]
    return {part: line["real_time"] * 1e-6 for part, line in zip(PARTS, medians, strict=True)}


def take_turns(case, torch, setting, rounds):
    tensors = setting.folder / "op.safetensors"
    for _ in range(rounds):
        own = run_gradus(case, setting, tensors)
        peer = torch.run(case, tensors)
        if peer.get("missing"):
            case.complaint = NO_COUNTERPART
            return
        if peer["wrong"]:
            case.complaint = f"computed something else: {peer['wrong']}"
            return
        for part in PARTS:
            case.gradus[part].append(own[part])
            if peer[part] is not None:
                case.torch[part].append(peer[part])


def compare_ops(pythons, setting, rounds, words, report):
    """All cases with their times, and the version of PyTorch. Throws Failure."""
    found = ((python, find(("torch",), python)) for python in pythons)
    python, version = next((pair for pair in found if pair[1]), ("", ""))
    if not version:
        raise Failure("PyTorch is not installed; see bench/README.md")
    all_cases = cases(setting, words)
    if not all_cases:
        raise Failure(f"no op has {' or '.join(words)} in its name")
    torch = Torch(python, setting.threads)
    try:
        for case in all_cases:
            report(case.title)
            take_turns(case, torch, setting, rounds)
    finally:
        torch.close()
    return all_cases, version


def figures(all_cases):
    """(case, part, ratio) of all that was timed."""
    every = ((case, part, case.ratio(part)) for case in all_cases for part in PARTS)
    return [entry for entry in every if entry[2] is not None]


def as_figures(all_cases):
    """For programs."""
    return [
        {
            "name": case.title,
            "complaint": case.complaint,
            "gradus": case.gradus,
            "torch": case.torch,
            "ratios": {part: case.ratio(part) for part in PARTS},
        }
        for case in all_cases
    ]


def ops_table(all_cases, version):
    rows = [["", "forward", "PyTorch", "", "with gradients", "PyTorch", ""]]
    for case in all_cases:
        if case.complaint:
            continue
        cells = [case.title]
        for part in PARTS:
            if case.ratio(part) is None:
                cells += ["-", "-", "-"]
            else:
                own, peer = (statistics.median(who[part]) for who in (case.gradus, case.torch))
                cells += [text(own, "s"), text(peer, "s"), ratio(peer, own)]
        rows.append(cells)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))
        lines.append("  ".join([row[0].ljust(widths[0]), *rest]).rstrip())
    lines += [f"{case.title}: {case.complaint}" for case in all_cases if case.complaint]
    return "\n".join([*lines, summary(all_cases, version)])


def summary(all_cases, version):
    timed = figures(all_cases)
    if not timed:
        return "nothing was compared"
    slower = [f"{case.title} ({part})" for case, part, times in timed if times * SLOWER < 1]
    median = statistics.median(times for _, _, times in timed)
    return (
        f"PyTorch {version}: {len(timed)} figures of {len({case.op for case, _, _ in timed})} ops, "
        f"the median {median:.2f}x; Gradus slower than {SLOWER} times: "
        + (", ".join(slower) or "none")
    )
