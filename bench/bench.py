#!/usr/bin/env python3
"""Times multimax-analyze side by side with what else computes the same, and prints tables of ratios.

Each case is two or more commands.  A round runs each of them once, in turn, and a ratio is between two
of the same round, so that what else the machine does touches both.  Before the first round the outputs
are compared.  Peers that are not installed are named, and left out.  bench/README.md has more.
"""
import argparse
import json
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass, field

from tools import Files, Run, Tools

METRICS = ["multimodality", "sparsity", "entropy", "perplexity", "support", "zeros", "max_prob", "modes"]
MAPS = {
    "softmax": "softmax",
    "multimax": "multimax:ts=-2.9/-0.4265/0/-0.0259,ranges=2.3/3/0/3",
    "sparsemax": "sparsemax",
    "entmax15": "entmax:1.5",
}
FIVE = ["softmax", "sparsemax", "entmax:1.5", "evsoftmax", "multimax"]  # what runs without --map
FEW, FEWER = 5, 3  # rounds at most where a round is long

# What each ratio is to reach: its title and, by instruction set, the least with AVX-512 and with AVX2.
# A limit from above is marked as one.
AT_LEAST, AT_MOST = "at least", "at most"
TARGETS = {
    "NumPy ÷ ours: softmax": (AT_LEAST, 30, 18),
    "NumPy ÷ ours: multimax": (AT_LEAST, 30, 18),
    "NumPy ÷ ours: sparsemax": (AT_LEAST, 35, 25),
    "NumPy ÷ ours: entmax15": (AT_LEAST, 35, 25),
    "NumPy --whole ÷ ours: softmax": (AT_LEAST, 90, 55),
    "NumPy --whole ÷ ours: multimax": (AT_LEAST, 90, 55),
    "PyTorch ÷ ours: softmax": (AT_LEAST, 40, 25),
    "PyTorch ÷ ours: multimax": (AT_LEAST, 40, 25),
    "PyTorch ÷ ours: sparsemax": (AT_LEAST, 35, 25),
    "PyTorch ÷ ours: entmax15": (AT_LEAST, 35, 25),
    "PyTorch --whole ÷ ours: softmax": (AT_LEAST, 110, 65),
    "PyTorch --whole ÷ ours: multimax": (AT_LEAST, 110, 65),
    "ours ÷ five runs of one: all five default maps": (AT_MOST, 0.8, 0.8),
    "reading ÷ ours: softmax, 1 GiB": (AT_LEAST, 0.33, 0.2),
    "1 thread ÷ 2: softmax, 1 GiB": (AT_LEAST, 1.8, 1.8),
    "numpy.loadtxt and the metrics ÷ ours: softmax of 100 MB of CSV": (AT_LEAST, 8, 8),
    "ours ÷ cp: softmax, --probs to a file, 2 threads": (AT_MOST, 1.5, 1.6),
    "matplotlib imsave ÷ ours: heatmap of 2048 × 2048": (AT_LEAST, 15, 15),
}
MOST_MEMORY = 24  # MiB, of ours without figures
MOST_STARTUP = 0.005  # seconds of --version


# ---- cases ---------------------------------------------------------------------------------------


@dataclass
class Other:
    """A command beside ours, and how the ratio is formed."""

    ratio: str  # "NumPy ÷ ours"
    command: list
    is_above: bool = True  # over ours; else below it
    most_rounds: int = 1000


@dataclass
class Case:
    title: str
    ours: list
    others: list = field(default_factory=list)
    has_figure: bool = False


def others_of(tools, file, map_name, wholes=False):
    """The peers' scripts on a file, careful and, with WHOLES, on the whole of it at once."""
    found = []
    for name in ("NumPy", "PyTorch"):
        is_long = name == "PyTorch" and not wholes  # it sorts
        found.append(Other(f"{name} ÷ ours", tools.peer(name, file, map_name), True, FEW if is_long else 1000))
        if wholes:
            whole = tools.peer(name, file, map_name, "--whole")
            found.append(Other(f"{name} --whole ÷ ours", whole, True, FEW))
    return found


def map_cases(tools, files, megabytes):
    """Each map's default metrics, and all of them in one run."""
    file = files.of_size(megabytes)
    for name, spec in MAPS.items():
        wholes = name in ("softmax", "multimax")
        yield Case(name, tools.ours(file, "-m", spec), others_of(tools, file, name, wholes))
    for spec in ("entmax:1.3", "entmax:3", "evsoftmax"):
        yield Case(spec, tools.ours(file, "-m", spec))
    singles = " && ".join(" ".join(tools.ours(file, "-m", spec)) for spec in FIVE)
    others = [Other("ours ÷ five runs of one", ["sh", "-c", singles], is_above=False)]
    yield Case("all five default maps", tools.ours(file), others)


def large_cases(tools, files, megabytes):
    """1 GiB: against reading it, and 2 threads."""
    file = files.of_size(4 * megabytes)
    title = f"softmax, {4 * megabytes // 1024 or 4 * megabytes} {'GiB' if megabytes >= 256 else 'MiB'}"
    one = tools.ours(file, "-m", "softmax")
    yield Case(title, one, [Other("reading ÷ ours", [os.path.join(tools.folder, "floor"), file])])
    yield Case(title, tools.ours(file, "-m", "softmax", threads=2), [Other("1 thread ÷ 2", one)])
    yield Case(f"{title}, --per=row", one + ["--per=row"])


def shape_cases(tools, files, megabytes):
    """Short, long and dense rows, and the other widths."""

    def case(title, file, name, *options):
        numpy = Other("NumPy ÷ ours", tools.peer("NumPy", file, name, *options), True, FEWER)
        return Case(f"{name}, {title}", tools.ours(file, "-m", MAPS[name]), [numpy])

    megabytes = max(1, megabytes // 4)
    for length in (8, 64, 512, 4096, 50257):
        for name in ("softmax", "sparsemax", "entmax15"):
            yield case(f"rows of {length}", files.of_size(megabytes, length=length), name)
    for sigma in (0.1, 8):
        for name in MAPS:
            yield case(f"sigma = {sigma}", files.of_size(megabytes, sigma=sigma), name)
    for dtype in ("f2", "f8"):
        options = ["--dtype=f4"] if dtype == "f2" else []
        for name in ("softmax", "entmax15"):
            yield case(f"float{8 * int(dtype[1])}", files.of_size(megabytes, dtype), name, *options)


def growth_cases(tools, files, megabytes):
    """How time grows with rows."""
    for factor in (1, 4, 16):
        size = max(1, megabytes // 8) * factor
        yield Case(f"softmax, {size} MiB", tools.ours(files.of_size(size), "-m", "softmax"))


def text_cases(tools, files, megabytes):
    """Text, archives, weights, start-up."""
    text = files.logits("csv", 21000 * megabytes // 256, 512)
    title = f"softmax of {round(os.path.getsize(text) / 1e6, -1):.0f} MB of CSV"
    loadtxt = Other("numpy.loadtxt and the metrics ÷ ours", tools.loadtxt(text, "softmax"), True, FEW)
    yield Case(title, tools.ours(text, "-m", "softmax"), [loadtxt])
    array = files.of_size(max(1, megabytes // 4))
    plain = tools.ours(array, "-m", "softmax")
    for function in ("savez", "savez_compressed") if tools.has_numpy else ():
        packed = files.packed(array, function)
        yield Case(
            f"softmax of numpy.{function}",
            tools.ours(packed, "-m", "softmax"),
            [
                Other("ours ÷ the same as .npy", plain, is_above=False),
                Other("NumPy on the .npy ÷ ours", tools.peer("NumPy", array, "softmax"), True, FEWER),
            ],
        )
    weights = tools.ours(array, "-m", "softmax", f"--probs={files.path('weights.npy')}", threads=2)
    copy = Other("ours ÷ cp", ["cp", array, files.path("copy.npy")], is_above=False)
    yield Case("softmax, --probs to a file, 2 threads", weights, [copy])
    yield Case("--version", [tools.program, "--version"])


def figure_cases(tools, files, megabytes):
    """Pictures."""
    if not tools.has_figures:
        return
    file = files.logits("f4", 2048, 2048)
    ours = tools.ours(file, "-m", "softmax", f"--heatmap={files.path('ours.png')}")
    imsave = tools.imsave(file, files.path("theirs.png"))
    yield Case("heatmap of 2048 × 2048", ours, [Other("matplotlib imsave ÷ ours", imsave)], has_figure=True)


SECTIONS = {
    "maps": map_cases,
    "large": large_cases,
    "shapes": shape_cases,
    "growth": growth_cases,
    "text": text_cases,
    "figures": figure_cases,
}


# ---- agreement -----------------------------------------------------------------------------------


def our_means(tools, file, spec):
    run = Run([tools.program, "-q", "-f", "json", "--per=all", "-m", spec, file])
    metrics = json.loads(run.text)["inputs"][0]["maps"][0]["all"]["metrics"]
    return {name: metrics[name]["mean"] for name in METRICS}


def difference(tools, file, map_name, command):
    """Where the means of a peer are not ours, to what float32 can say; None where they are."""
    run = Run(command)
    if run.status != 0:
        return f"failed: {run.errors.splitlines()[-1:]}"
    theirs, ours = json.loads(run.text), our_means(tools, file, MAPS[map_name])
    for name in METRICS:
        a, b = theirs[name], ours[name]
        if b is None or abs(a - b) > 2e-3 * max(abs(a), abs(b), 1e-3):
            return f"{name} differs: {a}, and ours is {b}"
    return None


def check_agreement(tools, files, say):
    """Compares the means of the default metrics; false where any differ."""
    array, text = files.logits("f4", 4096, 512), files.logits("csv", 256, 512)
    pairs = [(peer, array, name, tools.peer(peer, array, name)) for peer in tools.has_peer for name in MAPS]
    for dtype, options in (("f2", ["--dtype=f4"]), ("f8", [])):
        file = files.logits(dtype, 1024, 512)
        pairs += [(f"NumPy, {dtype}", file, name, tools.peer("NumPy", file, name, *options)) for name in MAPS]
    pairs += [("numpy.loadtxt", text, "softmax", tools.loadtxt(text, "softmax"))]
    n_compared, all_agree = 0, True
    for peer, file, name, command in pairs:
        if not command:
            continue
        fault = difference(tools, file, name, command)
        n_compared += 1
        if fault:
            say(f"{name}, {peer}: {fault}")
            all_agree = False
    say(f"Means of the default metrics compared with the peers': {n_compared}, {'all agree' if all_agree else 'not all agree'}.")
    return all_agree


# ---- timing and tables ---------------------------------------------------------------------------


def time_case(case, rounds):
    """The runs of ours and of each other command, a list each; an error message instead where one failed."""
    runs = [[] for _ in range(1 + len(case.others))]
    for round_ in range(rounds):
        for i, (command, most) in enumerate([(case.ours, rounds)] + [(o.command, o.most_rounds) for o in case.others]):
            if round_ >= most:
                continue
            run = Run(command)
            if run.status != 0:
                return f"{command[0]} failed: {run.errors}"
            runs[i].append(run)
    return runs


def ratios_of(ours, theirs, is_above, what):
    pairs = [(getattr(b, what), max(getattr(a, what), 1e-4)) for a, b in zip(ours, theirs)]
    return sorted(b / a if is_above else a / max(b, 1e-4) for b, a in pairs)


def spread(values):
    return f"{statistics.median(values):.3g} ({values[0]:.3g} … {values[-1]:.3g})"


def verdict(key, value, column):
    """The target of a ratio, and whether it is met."""
    if key not in TARGETS:
        return ""
    direction, target = TARGETS[key][0], TARGETS[key][column]
    is_met = value >= target if direction == AT_LEAST else value <= target
    return f"{'≥' if direction == AT_LEAST else '≤'} {target:g}: {'met' if is_met else 'missed'}"


def lone_verdict(case, ours):
    """The targets that a case without a ratio has."""
    if case.title != "--version":
        return ""
    is_met = statistics.median(run.seconds for run in ours) <= MOST_STARTUP
    return f"≤ {MOST_STARTUP:g} s: {'met' if is_met else 'missed'}"


def median_of(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def lines_of(case, runs, column):
    """The rows of the table that a case makes."""
    ours = runs[0]
    memory = max(run.memory for run in ours)
    mine = f"{median_of(ours, 'seconds'):.3f} | {median_of(ours, 'cpu'):.3f} | {memory:.0f}"
    if not case.others:
        yield f"| {case.title} | | | | {lone_verdict(case, ours)} | {len(ours)} | {mine} | | |"
    for other, theirs in zip(case.others, runs[1:]):
        wall = ratios_of(ours, theirs, other.is_above, "seconds")
        cpu = ratios_of(ours, theirs, other.is_above, "cpu")
        target = verdict(f"{other.ratio}: {case.title}", statistics.median(wall), column)
        peak = max(run.memory for run in theirs)
        yield (
            f"| {case.title} | {other.ratio} | {spread(wall)} | {statistics.median(cpu):.3g} | {target} | {len(theirs)} "
            f"| {mine} | {median_of(theirs, 'seconds'):.3f} | {peak:.0f} |"
        )


HEAD = """| case | ratio | wall clock: median (min … max) | CPU | target | rounds | ours, s | ours, CPU s | ours, MiB | other, s | other, MiB |
|---|---|---|---|---|---|---|---|---|---|---|"""


def run_section(make, tools, files, arguments, column, say):
    """Prints the table of a section; returns the most memory that ours took without a figure."""
    memory, has_head = 0.0, False
    for case in make(tools, files, arguments.megabytes):
        if arguments.only not in case.title:
            continue
        if not has_head:
            say(f"\n### {make.__doc__}\n\n{HEAD}")
            has_head = True
        case.others = [other for other in case.others if other.command]
        runs = time_case(case, arguments.rounds)
        if isinstance(runs, str):
            say(f"| {case.title} | {runs} | | | | | | | | | |")
            continue
        for line in lines_of(case, runs, column):
            say(line)
        if not case.has_figure:
            memory = max([memory] + [run.memory for run in runs[0]])
    return memory


# ---- main ----------------------------------------------------------------------------------------


def processor():
    """Its name and flags."""
    name, flags = platform.processor() or platform.machine(), []
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as info:
            for line in info:
                key, _, value = line.partition(":")
                name = value.strip() if key.strip() == "model name" else name
                flags = value.split() if key.strip() == "flags" else flags
    return name, flags


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--tools", required=True, help="folder of generate, floor and measure")
    parser.add_argument("--peers", default="", help="folder of metrics_numpy.py and metrics_torch.py")
    parser.add_argument("--rounds", type=int, default=9, help="default: 9")
    parser.add_argument("--megabytes", type=int, default=256, help="MiB of the main file; the others follow; default: 256")
    parser.add_argument("--sections", default=",".join(SECTIONS), help="some of " + ", ".join(SECTIONS))
    parser.add_argument("--only", default="", help="only cases with this in their titles")
    parser.add_argument("--output", help="write the tables to this file, too")
    arguments = parser.parse_args()
    arguments.sections = arguments.sections.split(",")
    unknown = [name for name in arguments.sections if name not in SECTIONS]
    if unknown or arguments.rounds < 1 or arguments.megabytes < 1:
        parser.error(f"no section {unknown[0]!r}" if unknown else "--rounds and --megabytes are at least 1")
    return arguments


def main():
    arguments = parse_arguments()
    tools = Tools(arguments.program, arguments.tools, arguments.peers)
    files = Files(tools)
    lines = []

    def say(line):
        print(line, flush=True)
        lines.append(line)

    name, flags = processor()
    has_wide = "avx512f" in flags
    column, begin, memory = (1 if has_wide else 2), time.perf_counter(), 0.0
    try:
        say(f"{name}, {'AVX-512' if has_wide else 'AVX2' if 'avx2' in flags else 'neither AVX2 nor AVX-512'}, "
            f"{len(os.sched_getaffinity(0))} processors; {arguments.rounds} rounds.")  # fmt: skip
        if tools.absent():
            say(f"Not here, so left out: {', '.join(tools.absent())}.")
        all_agree = check_agreement(tools, files, say)
        for section in arguments.sections:
            memory = max(memory, run_section(SECTIONS[section], tools, files, arguments, column, say))
            files.clear()
        if memory > 0:
            is_met = "met" if memory <= MOST_MEMORY else "missed"
            say(f"\nPeak memory of ours without figures: {memory:.0f} MiB (≤ {MOST_MEMORY}: {is_met}).")
        say(f"\nAll of this took {time.perf_counter() - begin:.0f} s.")
    finally:
        files.remove()
    if arguments.output:
        with open(arguments.output, "w") as output:
            output.write("\n".join(lines) + "\n")
    return 0 if all_agree else 1


if __name__ == "__main__":
    sys.exit(main())
