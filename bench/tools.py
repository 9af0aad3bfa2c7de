"""What bench.py runs: commands, the peers that are here, files of logits."""
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

MEBIBYTE = 1 << 20

# ---- commands ------------------------------------------------------------------------------------


class Run:
    """One run of a command: seconds, CPU seconds, peak memory in MiB, what it printed."""

    measure = ""  # the program bench/measure

    def __init__(self, command):
        with tempfile.NamedTemporaryFile() as results:
            run = subprocess.run([Run.measure, results.name, *command], capture_output=True, errors="replace")
            numbers = results.read().split() or [0, 0, 0]
        self.seconds, self.cpu, self.memory = float(numbers[0]), float(numbers[1]), int(numbers[2]) / 1024
        self.status, self.text, self.errors = run.returncode, run.stdout, run.stderr.strip()


def has(python, module):
    probe = f"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"
    return subprocess.run([python, "-c", probe], capture_output=True).returncode == 0


def find_python():
    """A Python that has NumPy, if any has."""
    for python in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(python) and has(python, "numpy"):
            return python
    return sys.executable


@dataclass
class Tools:
    """What there is to run."""

    program: str
    folder: str  # of generate, floor and measure
    peers: str
    python: str = field(default_factory=find_python)

    def __post_init__(self):
        Run.measure = os.path.join(self.folder, "measure")
        has_scripts = bool(self.peers) and os.path.isdir(self.peers)
        self.has_numpy = has(self.python, "numpy")
        self.has_peer = {
            "NumPy": has_scripts and self.has_numpy and has(self.python, "scipy"),
            "PyTorch": has_scripts and self.has_numpy and has(self.python, "torch"),
        }
        self.has_matplotlib = self.has_numpy and has(self.python, "matplotlib")
        version = Run([self.program, "--version"]).text
        self.has_figures = "cairo" in version

    def absent(self):
        names = [name for name, there in self.has_peer.items() if not there]
        return names + ([] if self.has_matplotlib else ["matplotlib"])

    def ours(self, file, *options, threads=1):
        return [self.program, "-q", f"-j{threads}", "-o", os.devnull, *options, file]

    def script(self, peer):
        return os.path.join(self.peers, f"metrics_{ {'NumPy': 'numpy', 'PyTorch': 'torch'}[peer] }.py")

    def peer(self, peer, file, map_name, *options):
        """The command of a peer's script, or None."""
        if not self.has_peer[peer]:
            return None
        return [self.python, self.script(peer), file, "--map", map_name, *options]

    def loadtxt(self, file, map_name):
        """The NumPy script, which reads a text by numpy.loadtxt instead."""
        if not self.has_peer["NumPy"]:
            return None
        code = (
            "import runpy, sys, numpy\n"
            "numpy.load = lambda name, mmap_mode=None: numpy.loadtxt(name, delimiter=',')\n"
            f"sys.argv = ['', {file!r}, '--map', {map_name!r}]\n"
            f"runpy.run_path({self.script('NumPy')!r}, run_name='__main__')\n"
        )
        return [self.python, "-c", code]

    def imsave(self, file, picture):
        if not self.has_matplotlib:
            return None
        code = (
            "import numpy, matplotlib; matplotlib.use('Agg'); import matplotlib.pyplot as plt\n"
            f"x = numpy.load({file!r}); e = numpy.exp(x - x.max(-1, keepdims=True))\n"
            f"plt.imsave({picture!r}, e / e.sum(-1, keepdims=True))\n"
        )
        return [self.python, "-c", code]


# ---- files ---------------------------------------------------------------------------------------


class Files:
    """Files of normal logits in a folder of our own, made when they are asked for first."""

    def __init__(self, tools):
        self.tools = tools
        self.folder = tempfile.mkdtemp(prefix="multimax-bench-")

    def path(self, name):
        return os.path.join(self.folder, name)

    def logits(self, dtype, rows, length, sigma=2):
        suffix = "csv" if dtype == "csv" else "npy"
        name = self.path(f"{dtype}-{rows}x{length}-{sigma}.{suffix}")
        if not os.path.exists(name):
            generate = os.path.join(self.tools.folder, "generate")
            with open(name, "wb") as output:
                subprocess.run([generate, dtype, str(rows), str(length), str(sigma)], stdout=output, check=True)
        return name

    def of_size(self, megabytes, dtype="f4", length=512, sigma=2):
        size = {"f2": 2, "f4": 4, "f8": 8}[dtype]
        return self.logits(dtype, max(1, megabytes * MEBIBYTE // (length * size)), length, sigma)

    def packed(self, array, function):
        """ARRAY as numpy.savez or savez_compressed has it."""
        name = self.path(f"{function}.npz")
        code = f"import numpy; numpy.{function}({name!r}, x=numpy.load({array!r}))"
        subprocess.run([self.tools.python, "-c", code], check=True)
        return name

    def remove(self):
        shutil.rmtree(self.folder)

    def clear(self):
        for name in os.listdir(self.folder):
            os.unlink(self.path(name))
