#!/usr/bin/env python3
"""Times multimax-analyze side by side with what else computes the same, and prints a table.

usage: bench.py --program PROGRAM --tools FOLDER [--peers FOLDER] [--rounds N] [--only WORD] [--markdown FILE]

Each case is a command of ours and those of its peers.  A round runs each of them once, in turn; a ratio
is between two of the same round, so that what else the machine does touches both.  Before the first
round the outputs are compared.  Peers that are not installed are named, and left out.
"""
import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

MEGABYTE = 1 << 20
NAMES = ["multimodality", "sparsity", "entropy", "perplexity", "support", "zeros", "max_prob", "modes"]
MULTIMAX = "multimax:ts=-2.9/-0.4265/0/-0.0259,ranges=2.3/3/0/3"
SPECS = {"softmax": "softmax", "multimax": MULTIMAX, "sparsemax": "sparsemax", "entmax15": "entmax:1.5"}


class Run:
    """One run of a command: seconds, user seconds, peak memory in MiB, what it printed."""

    def __init__(self, command):
        with tempfile.TemporaryFile() as output:
            begin = time.perf_counter()
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE)
            errors = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            self.seconds = time.perf_counter() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            self.text = output.read().decode(errors="replace")
        self.memory = usage.ru_maxrss / 1024
        self.status = process.returncode
        self.errors = errors.decode(errors="replace")


def has(python, module):
    probe = [python, "-c", f"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"]
    return subprocess.run(probe, capture_output=True).returncode == 0


def find_python():
    """A Python that has NumPy, if any has."""
    candidates = [sys.executable, "/usr/bin/python3"]
    for python in candidates:
        if python and os.path.exists(python) and has(python, "numpy"):
            return python
    return sys.executable


class Bench:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.python = find_python()
        self.lines = []
        self.files = {}
        peers = arguments.peers
        self.numpy = self.torch = None
        if peers and has(self.python, "numpy") and has(self.python, "scipy"):
            self.numpy = [self.python, os.path.join(peers, "metrics_numpy.py")]
        if peers and has(self.python, "torch"):
            self.torch = [self.python, os.path.join(peers, "metrics_torch.py")]

    def say(self, line=""):
        print(line, flush=True)
        self.lines.append(line)

    def file(self, dtype, rows, length, sigma=2):
        """The name of a file of such logits, made when it is asked for first."""
        key = (dtype, rows, length, sigma)
        if key not in self.files:
            name = os.path.join(self.folder, f"{dtype}-{rows}x{length}-{sigma}.{'csv' if dtype == 'csv' else 'npy'}")
            with open(name, "wb") as output:
                tool = os.path.join(self.arguments.tools, "generate")
                subprocess.run([tool, dtype, str(rows), str(length), str(sigma)], stdout=output, check=True)
            self.files[key] = name
        return self.files[key]

    def ours(self, name, *options):
        return [self.arguments.program, "-q", "-j1", "-o", "/dev/null", *options, name]

    def means(self, name, spec):
        command = [self.arguments.program, "-q", "-f", "json", "--per=all", "-m", spec, name]
        report = json.loads(Run(command).text)
        metrics = report["inputs"][0]["maps"][0]["all"]["metrics"]
        return {metric: metrics[metric]["mean"] for metric in NAMES}

    def agree(self, name, map_name, peer):
        """Whether the peer's means are ours, to what float32 can say."""
        run = Run(peer)
        if run.status != 0:
            return f"failed: {run.errors.strip().splitlines()[-1:]}"
        theirs, mine = json.loads(run.text), self.means(name, SPECS[map_name])
        for metric in NAMES:
            a, b = theirs[metric], mine[metric]
            if b is None or abs(a - b) > 2e-3 * max(abs(a), abs(b), 1e-3):
                return f"{metric} differs: {a} and ours {b}"
        return None

    def case(self, title, mine, peers):
        """One line a peer: min, median and max of the ratios, the medians of seconds, the memory."""
        if self.arguments.only and self.arguments.only not in title:
            return
        peers = [peer for peer in peers if peer]
        times = [[] for _ in range(len(peers) + 1)]
        memory = [0] * (len(peers) + 1)
        for _ in range(self.arguments.rounds):
            for i, command in enumerate([mine] + [peer[1] for peer in peers]):
                run = Run(command)
                if run.status != 0:
                    self.say(f"| {title} | failed: {run.errors.strip()} | | | | | |")
                    return
                times[i].append(run.seconds)
                memory[i] = max(memory[i], run.memory)
        median = statistics.median(times[0])
        if not peers:
            self.say(f"| {title} | | | {median:.3f} | | {memory[0]:.0f} | |")
        for i, peer in enumerate(peers):
            ratios = sorted(theirs / own for theirs, own in zip(times[i + 1], times[0]))
            spread = f"{statistics.median(ratios):.3g} ({ratios[0]:.3g} … {ratios[-1]:.3g})"
            self.say(
                f"| {title} | {peer[0]} | {spread} | {median:.3f} | {statistics.median(times[i + 1]):.3f} "
                f"| {memory[0]:.0f} | {memory[i + 1]:.0f} |"
            )

    def head(self, title):
        self.say()
        self.say(f"### {title}")
        self.say()
        self.say("| case | peer | peer ÷ ours: median (min … max) | ours, s | peer, s | ours, MiB | peer, MiB |")
        self.say("|---|---|---|---|---|---|---|")


def peers_of(bench, name, map_name):
    found = []
    for title, command in (("NumPy", bench.numpy), ("PyTorch", bench.torch)):
        for how in ([], ["--whole"]):
            if command:
                found.append((f"{title}{', whole' if how else ''}", command + [name, "--map", map_name] + how))
    return found


def check(bench, name):
    bench.say("Before the first round: the means of the eight default metrics against the peers'.")
    bench.say()
    for map_name in SPECS:
        for title, command in peers_of(bench, name, map_name):
            if "whole" not in title:
                fault = bench.agree(name, map_name, command)
                bench.say(f"- {map_name}, {title}: {fault or 'agree'}")


def maps(bench, megabytes):
    rows = megabytes * MEGABYTE // (512 * 4)
    name = bench.file("f4", rows, 512)
    check(bench, bench.file("f4", 4096, 512))
    bench.head(f"Default metrics of {megabytes} MiB of float32, rows of 512, one thread")
    floor = [os.path.join(bench.arguments.tools, "floor"), name]
    for map_name, spec in SPECS.items():
        extra = [("reading it", floor)] if map_name == "softmax" else []
        bench.case(map_name, bench.ours(name, "-m", spec), extra + peers_of(bench, name, map_name))
    for spec in ("entmax:1.3", "entmax:3", "evsoftmax"):
        bench.case(spec, bench.ours(name, "-m", spec), [])
    singles = []
    for spec in ("softmax", "sparsemax", "entmax:1.5", "evsoftmax", "multimax"):
        singles += [" ".join(bench.ours(name, "-m", spec))]
    bench.case("all five default maps", bench.ours(name), [("five runs of one", ["sh", "-c", " && ".join(singles)])])
    bench.case("-j2, softmax", bench.ours(name, "-m", "softmax", "-j2"), [("-j1", bench.ours(name, "-m", "softmax"))])


def shapes(bench, megabytes):
    bench.head(f"Other shapes and types, {megabytes} MiB, one thread")
    for dtype, size in (("f2", 2), ("f4", 4), ("f8", 8)):
        name = bench.file(dtype, megabytes * MEGABYTE // (512 * size), 512)
        bench.case(f"softmax, {dtype}", bench.ours(name, "-m", "softmax"), peers_of(bench, name, "softmax")[:1])
    for length in (8, 64, 4096, 50257):
        name = bench.file("f4", max(1, megabytes * MEGABYTE // (length * 4)), length)
        for map_name in ("softmax", "entmax15"):
            mine = bench.ours(name, "-m", SPECS[map_name])
            bench.case(f"{map_name}, rows of {length}", mine, peers_of(bench, name, map_name)[:1])
    for sigma in (0.1, 8):
        name = bench.file("f4", megabytes * MEGABYTE // (512 * 4), 512, sigma)
        for map_name in ("softmax", "sparsemax", "entmax15"):
            mine = bench.ours(name, "-m", SPECS[map_name])
            bench.case(f"{map_name}, sigma {sigma}", mine, peers_of(bench, name, map_name)[:1])


def growth(bench):
    bench.head("How time grows with rows: softmax, float32, rows of 512")
    for factor in (1, 4, 16):
        name = bench.file("f4", factor * 16384, 512)
        bench.case(f"{factor * 32} MiB", bench.ours(name, "-m", "softmax"), [])


def text(bench):
    bench.head("Text, archives and weights")
    name = bench.file("csv", 20000, 512)
    loadtxt = None
    if bench.numpy:
        script = f"import numpy; numpy.loadtxt({name!r}, delimiter=',')"
        loadtxt = ("numpy.loadtxt alone", [bench.python, "-c", script])
    bench.case(f"softmax of {os.path.getsize(name) // 1000000} MB of CSV", bench.ours(name, "-m", "softmax"), [loadtxt])
    array = bench.file("f4", 32768, 512)
    if bench.numpy:
        for function in ("savez", "savez_compressed"):
            packed = os.path.join(bench.folder, f"{function}.npz")
            script = f"import numpy; numpy.{function}({packed!r}, x=numpy.load({array!r}))"
            subprocess.run([bench.python, "-c", script], check=True)
            plain = ("the same as .npy", bench.ours(array, "-m", "softmax"))
            bench.case(f"softmax of np.{function}", bench.ours(packed, "-m", "softmax"), [plain])
    weights, copy = os.path.join(bench.folder, "weights.npy"), os.path.join(bench.folder, "copy.npy")
    bench.case("softmax, --probs to a file", bench.ours(array, "-m", "softmax", f"--probs={weights}"), [("cp", ["cp", array, copy])])
    bench.case("--version", [bench.arguments.program, "--version"], [])


def figures(bench):
    version = subprocess.run([bench.arguments.program, "--version"], capture_output=True, text=True).stdout
    if "cairo" not in version:
        return
    bench.head("Figures")
    name = bench.file("f4", 2048, 2048)
    picture = os.path.join(bench.folder, "heatmap.png")
    peer = None
    if has(bench.python, "matplotlib"):
        script = (
            "import numpy, matplotlib; matplotlib.use('Agg'); import matplotlib.pyplot as plt; "
            f"x = numpy.load({name!r}); e = numpy.exp(x - x.max(-1, keepdims=True)); "
            f"plt.imsave({picture!r}, e / e.sum(-1, keepdims=True))"
        )
        peer = ("matplotlib imsave", [bench.python, "-c", script])
    mine = bench.ours(name, "-m", "softmax", f"--heatmap={picture}")
    bench.case("heatmap of 2048 x 2048", mine, [peer])


def machine():
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as info:
            for line in info:
                if line.startswith("model name"):
                    model = line.split(":", 1)[1].strip()
                    break
    return f"{model}, {len(os.sched_getaffinity(0))} processors"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--tools", required=True)
    parser.add_argument("--peers")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--only", help="only cases with this word in their names")
    parser.add_argument("--markdown", help="write the table to this file, too")
    arguments = parser.parse_args()
    if arguments.peers and not os.path.isdir(arguments.peers):
        arguments.peers = None
    folder = tempfile.mkdtemp(prefix="multimax-bench-")
    try:
        bench = Bench(arguments, folder)
        bench.say(f"{machine()}; {arguments.rounds} rounds; peak memory of the process.")
        for title, command in (("NumPy and SciPy", bench.numpy), ("PyTorch", bench.torch)):
            if not command:
                bench.say(f"Without {title}: not installed, or no --peers.")
        bench.say()
        maps(bench, arguments.megabytes)
        shapes(bench, arguments.megabytes // 4)
        growth(bench)
        text(bench)
        figures(bench)
        if arguments.markdown:
            with open(arguments.markdown, "w") as output:
                output.write("\n".join(bench.lines) + "\n")
    finally:
        shutil.rmtree(folder)


main()
