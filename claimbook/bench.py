"""Measures the engine against plain tools, in one run on one machine, and writes the ratios to `chapters/benchmark.md`.

Everything runs in copies of the repository. Each line of the table is a ratio of two commands timed one after the other.
"""

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from claimbook import run
from claimbook.pages import table_of
from claimbook.stamp import ROOT

BIN = Path(sys.executable).parent
CHART = """import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
"""
DRAW = "fig, ax = plt.subplots()\nax.bar(range(8), range(8))\nplt.show()"


def measure(command, cwd):
    """Wall and CPU seconds of a command and all that it starts. Raises where it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=cwd, env=os.environ | {"PYTHONPATH": str(cwd)}, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def copy_to(home):
    ignore = shutil.ignore_patterns(".git", ".venv*", "_build", "node_modules", "__pycache__", ".pytest_cache")
    shutil.copytree(ROOT, home, ignore=ignore)
    return home


def synthetic(cells):
    """A notebook of code cells, in normal form."""
    import nbformat

    made = [nbformat.v4.new_code_cell(cell, id=f"cell-{number}") for number, cell in enumerate(cells)]
    return run.dump(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Synthetic", id="title"), *made]))


def execute(home, folder):
    """Seconds to execute all notebooks of a folder by the engine, in a copy, and its peak memory in MB."""
    code = (
        "import sys, resource; from pathlib import Path; from claimbook import run;"
        f"run.CHAPTERS = Path({str(folder)!r}); run.FINGERPRINTS = run.CHAPTERS / 'fingerprints.json'; run.run(run.notebooks(), lambda text: None);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], cwd=home, env=os.environ | {"PYTHONPATH": str(home)}, capture_output=True, text=True, check=True)
    return time.monotonic() - start, int(done.stdout.split()[-1])


def bench(progress=print, sizes=(6, 60, 300)):
    """Run all comparisons. Returns rows (what, ours, the other, ratio, promise) and writes the page."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        ours, plain = copy_to(folder / "ours"), copy_to(folder / "plain")
        config = plain / "_config.yml"
        config.write_text(config.read_text(encoding="utf-8").replace('execute_notebooks: "off"', "execute_notebooks: force"), encoding="utf-8")
        claimbook, book = [sys.executable, "-m", "claimbook.cli"], [BIN / "jupyter-book", "build", ".", "-q"]

        progress("everything executed afresh")
        run_wall, run_cpu = measure([*claimbook, "run", "--all"], ours)
        build_wall, build_cpu = measure([*claimbook, "build"], ours)
        plain_wall, plain_cpu = measure(book, plain)
        rows.append(("all executed and built, wall", run_wall + build_wall, plain_wall, "plain `jupyter-book build`, `execute_notebooks: force`", 0.65))

        progress("the floor: kernels, imports, charts")
        floor = folder / "floor"
        floor.mkdir()
        for path in run.notebooks():
            charts = json.dumps(run.read(path)).count('"image/svg+xml"')
            (floor / path.name).write_text(synthetic([CHART, *[DRAW] * charts]), encoding="utf-8")
        floor_cpu = sum(measure([BIN / "jupyter", "execute", str(path)], floor)[1] for path in sorted(floor.glob("*.ipynb")))
        rows.append(("all executed, CPU", run_cpu, floor_cpu, "kernels, imports and as many bare charts", 1.3))

        progress("nothing changed, one table changed")
        still = min(measure([*claimbook, "build"], ours)[0] for _ in range(3))
        config.write_text(config.read_text(encoding="utf-8").replace("execute_notebooks: force", 'execute_notebooks: "off"'), encoding="utf-8")
        measure(book, plain)
        warm = min(measure(book, plain)[0] for _ in range(3))
        rows.append(("nothing changed, wall", still, warm, "warm `jupyter-book build`", 0.1))
        nasdaq = ours / "data/nasdaq.csv"
        head, first, rest = nasdaq.read_text(encoding="utf-8").split("\n", 2)
        first = '"' + first.replace(",", '",', 1)  # the same table in other bytes
        nasdaq.write_text("\n".join([head, first, rest]), encoding="utf-8")
        measure([*claimbook, "data"], ours)
        rows.append(("one table changed, wall", measure([*claimbook, "build"], ours)[0], run_wall + build_wall, "all executed and built", None))

        progress("nbval in parallel and serial")
        nbval = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "chapters"]
        serial = measure(nbval, ours)[0]
        parallel = measure([*nbval, "-n", "auto", "--dist", "loadfile"], ours)[0]
        rows.append(("nbval on every notebook, wall", parallel, serial, "the same, one after the other", 0.6))

        each = {}
        for size in sizes:
            progress(f"{size} synthetic chapters")
            home = folder / f"size-{size}"
            home.mkdir()
            for number in range(size):
                (home / f"{number:03d}.ipynb").write_text(synthetic([CHART, DRAW]), encoding="utf-8")
            wall, memory = execute(ours, home)
            each[size] = (wall / size, memory)
        few, many = min(sizes), max(sizes)
        rows.append((f"time for each of {many} chapters", each[many][0], each[few][0], f"for each of {few}", 1.2))
        rows.append((f"memory of the engine with {many} chapters, MB", each[many][1], each[few][1], f"with {few}", None))
    (ROOT / "chapters/benchmark.md").write_text(page(rows), encoding="utf-8")
    return rows


def page(rows):
    """The last result as a page of the appendix."""
    body = [(what, f"{a:.2f}", f"{b:.2f}", other, f"{a / b:.2f}", f"at most {promise}" if promise else "-") for what, a, b, other, promise in rows]
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return f"""# Benchmark: the engine against plain tools

Measured by `make bench` in one run on one machine ({machine}), other work going on beside it. Seconds vary from machine to machine; the ratios less.

{table_of(["what", "engine", "other", "compared with", "ratio", "promised"], body)}
"""
