"""Measures the engine against plain tools, in one run on one machine, and writes the ratios to `chapters/benchmark.md`.

Everything runs in copies of the repository. Each line of the table is a ratio of two commands timed one after the
other, the long ones twice in turn, of which the quicker counts. A fresh clone also has to draw every chart as PNG;
later only those that changed are drawn.
"""

import ctypes
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Thread

from claimbook.engine import run
from claimbook.paths import ROOT
from claimbook.site import pyrun
from claimbook.site.pages import table_of

BIN = Path(sys.executable).parent
CHART = "import matplotlib.pyplot as plt\nimport pandas as pd\nimport seaborn as sns"
DRAW = "fig, ax = plt.subplots()\nax.bar(range(8), range(8))\nplt.show()"
PEAK = """
import re
from pathlib import Path
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
"""
"""The most memory that a process has held, in MB: ru_maxrss begins with that of the process that started it."""
EXECUTE = (
    PEAK
    + """
from claimbook.engine import run
run.CHAPTERS = Path({0!r})
run.FINGERPRINTS = run.CHAPTERS / "marks.json"
run.run(run.notebooks(run.CHAPTERS))
print(peak())
"""
)

JUDGE = """
from time import process_time
from claimbook.judgement import ledger, questions
stored, figures, start = ledger.verdicts(), questions.figures(), process_time()
for id, (_, said) in stored.items():
    questions.judge(ledger.claims()[id], said["witnesses"], said["misquote"])
print(process_time() - start)
"""

DEALS = (
    PEAK
    + """
import sys
from statistics import median
from time import process_time
import pandas as pd
from claimbook import deals

def seconds(work):
    start = process_time()
    work()
    return process_time() - start

file = sys.argv[1]
ours = [seconds(lambda: deals.answers(deals.read(file))) for _ in range(5)]
held = peak()
plain = [seconds(lambda: pd.read_csv(file, dtype=str)) for _ in range(5)]
print(median(ours), median(plain), held)
"""
)


def export(path, lines=300_000):
    """Write an export of so many lines, in the form of one from a page of Crunchbase."""
    import numpy as np
    import pandas as pd

    chance = np.random.default_rng(1)
    words = "Software Energy Biotech Retail FinTech Blockchain Robotics Logistics".split()
    homes = ["San Francisco, California, United States", "Berlin, Berlin, Germany", "Mumbai, Maharashtra, India"]
    kinds = ["Seed", "Series A", "Series B", "Debt Financing", "Grant"]
    pick = lambda of: chance.choice(of, lines)
    number = pd.Series(range(lines)).astype(str)
    company = pd.Series(chance.integers(0, lines // 3, lines)).astype(str)
    dollars = chance.lognormal(15, 1.5, lines).astype("int64")
    days = pd.Timestamp("2021-01-01") + pd.to_timedelta(chance.integers(0, 1826, lines), "D")
    rounds = pd.DataFrame(
        {
            "Transaction Name": "Round of Company " + company,
            "Transaction Name URL": "https://example.org/round/" + number,
            "Organization Name": "Company " + company,
            "Organization Industries": pd.Series(pick(words))
            + ", "
            + pick(words)
            + pick([", Artificial Intelligence", ""]),
            "Organization Location": pick(homes),
            "Funding Type": pick(kinds),
            "Money Raised": dollars,
            "Money Raised Currency": "USD",
            "Money Raised Currency (in USD)": dollars,
            "Announced Date": days.strftime("%Y-%m-%d"),
            "Investor Names": "Fund " + company + ", Another Fund",
        }
    )
    rounds.to_csv(path, index=False)


def measure(command, home, folder=None):
    """Wall seconds and CPU seconds of a command with all that it starts, and what it printed. Raises where it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        command, cwd=folder or home, env=os.environ | {"PYTHONPATH": str(home)}, capture_output=True, text=True
    )
    wall = time.monotonic() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    try:
        while True:
            os.waitpid(-1, 0)  # what outlived its parent (see `bench`) counts too
    except ChildProcessError:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def best(*timed, times=2):
    """The least of what each took, measured in turn: other work on the machine can only make it more."""
    return map(min, zip(*([one() for one in timed] for _ in range(times))))


def copy_to(home):
    ignore = shutil.ignore_patterns(".git", ".venv", "_build", "node_modules", "__pycache__", ".pytest_cache")
    return Path(shutil.copytree(ROOT, home, ignore=ignore))


def synthetic(cells):
    """A notebook of code cells, in normal form."""
    import nbformat

    made = [nbformat.v4.new_code_cell(cell, id=f"cell-{number}") for number, cell in enumerate(cells)]
    return run.dump(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Synthetic", id="title"), *made]))


def sentence(home, number):
    with (home / "chapters/teaching.md").open("a", encoding="utf-8") as page:
        page.write(f"\nThis is sentence {number}.\n")


def chart(home, number):
    """Change the code of a chart in the middle of the first chapter."""
    path = home / "chapters/01-ai-boom.ipynb"
    notebook = run.read(path)
    drawn = [cell for cell in notebook.cells if cell.cell_type == "code" and "finish(" in cell.source]
    drawn[len(drawn) // 2].source += f"\nprint({number})"
    run.write(path, run.dump(notebook))


def figure(home, number):
    """Change what one row of a table says."""
    table = home / "data/nasdaq.csv"
    head, first, rest = table.read_text(encoding="utf-8").split("\n", 2)
    table.write_text(f"{head}\n{first.rpartition(',')[0]},note {number}\n{rest}", encoding="utf-8")


@contextmanager
def until_done(command, **options):
    """A process that runs until what is measured with it is done, whose words can be read."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


def started(home):
    """The wall seconds from the button to the first words in a page, and of a start of Pyodide with the same packages
    and nothing of the book: of each the least of four, in turn."""
    pyrun.publish(home, "pyodide/")
    host = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", home]
    with until_done(host, stderr=subprocess.DEVNULL) as server:
        address = re.search(r"http://\S+/", server.stdout.readline())[0]
        pages = [f"chapters/{path.stem}.html" for path in run.notebooks()[::3]]
        asked = [address, address, "", "turns", *pages]  # without a profile: each start is a first one
        command = ["node", ROOT / "tests/node/pyrun.mjs", shutil.which("chromium"), *asked]
        said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return map(min, zip(*json.loads(said)["starts"]))


CHANGES = {sentence: ("teaching", 0.15), chart: ("01-ai-boom", 0.25), figure: ("03-bubble-risk", 0.35)}
"""What is changed, the page that shows it, and how long the preview may take of the time of `make book`."""
MORE = 300
"""Pages that the book grows by."""
PEER = "sphinx-autobuild==2025.8.25"
NEEDS = "starlette==0.52.1 uvicorn==0.40.0 watchfiles==1.1.1 websockets==15.0.1 colorama==0.4.6 anyio==4.12.1"
NEEDS = f"{NEEDS} click==8.3.1 h11==0.16.0"
"""A tool that shows pages while they are written, and what it needs besides Sphinx: fetched for this alone."""


def seen(command, home, ended, change, page, times, path=()):
    """The median of the wall seconds from a saved change to its page in a browser. `command` shows the book in `home`,
    prints its address first, and a line that ends in `ended` when it has worked; `path`: where Python looks besides."""
    own = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, [home, *path]))}
    browser = ["node", ROOT / "tests/node/preview.mjs", shutil.which("chromium")]
    took, painted, done = [], [], []
    follow = lambda lines, of, noted: Thread(
        target=lambda: [of.append(time.monotonic()) for line in lines if noted(line)], daemon=True
    ).start()
    with until_done(command, cwd=home, env=own) as shown:
        said = iter(shown.stdout.readline, "")
        address = next(filter(None, (re.search(r"http://[\w.:]+", line) for line in said)))[0]
        follow(said, done, lambda line: re.search(ended, line))
        with until_done([*browser, f"{address}/chapters/{page}.html"]) as tab:
            follow(tab.stdout, painted, bool)
            time.sleep(40)  # the page is open, and its chapter has a kernel
            for number in range(times):
                start = time.monotonic()
                change(home, number)
                for moments in (painted, done):  # some pages come before all is done
                    while not moments or moments[-1] < start:
                        time.sleep(0.02)
                took.append(next(moment for moment in painted if moment > start) - start)
                time.sleep(5)
    return median(took)


def bench(sizes=(6, 60, 300)):
    """Run all comparisons. Returns rows (what, ours, the other, compared with what, promise) and writes the page."""
    # PR_SET_CHILD_SUBREAPER: processes that outlive their parent become ours, and their CPU is counted
    ctypes.CDLL(None).prctl(36, 1)
    load = os.getloadavg()[1]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        ours, plain = copy_to(folder / "ours"), copy_to(folder / "plain")
        rows = [*built(ours, plain), *executed(ours, folder / "floor"), *changed(ours, plain, folder / "peer")]
        rows += [*asked(ours, folder), *tested(ours), *grown(ours, folder, sizes)]
    (ROOT / "chapters/benchmark.md").write_text(page(rows, load), encoding="utf-8")
    return rows


CLAIMBOOK = [sys.executable, "-m", "claimbook.commands.cli"]
PLAIN = [BIN / "jupyter-book", "build", ".", "-q"]


def built(ours, plain):
    """Everything executed and built, and nothing changed, beside plain jupyter-book."""
    config = plain / "_config.yml"
    stored = config.read_text(encoding="utf-8")
    config.write_text(stored.replace('execute_notebooks: "off"', "execute_notebooks: force"), encoding="utf-8")

    def afresh(home, command, keep):
        for old in (home / "_build").glob("*"):
            if old.name != keep:
                shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
        (home / "chapters/fingerprints.json").unlink(missing_ok=True)  # so that every chapter is stale
        return measure(command, home)[0]

    force = "plain `jupyter-book build`, `execute_notebooks: force`"
    for what, keep in (
        ("all executed and built in a fresh clone, wall", None),
        ("all executed and built, wall", "png"),
    ):
        both = best(lambda: afresh(ours, [*CLAIMBOOK, "build"], keep), lambda: afresh(plain, PLAIN, keep))
        yield what, *both, force, 0.65
    config.write_text(stored, encoding="utf-8")
    measure(PLAIN, plain)
    still = best(lambda: measure([*CLAIMBOOK, "build"], ours)[0], lambda: measure(PLAIN, plain)[0], times=3)
    yield "nothing changed, wall", *still, "warm `jupyter-book build`", 0.1
    start = started((ours / "_build/html").resolve())
    yield "Python in the page, first words, wall", *start, "a bare start of Pyodide", 1.3


def executed(ours, floor):
    """All chapters executed, beside bare kernels that draw as many bare charts."""
    floor.mkdir()
    for path in run.notebooks():
        charts = json.dumps(run.read(path)).count('"image/svg+xml"')
        (floor / path.name).write_text(synthetic([CHART, *[DRAW] * charts]), encoding="utf-8")
    bare = [[BIN / "jupyter", "execute", str(path)] for path in sorted(floor.glob("*.ipynb"))]
    cpu = best(
        lambda: measure([*CLAIMBOOK, "run", "--all"], ours)[1],
        lambda: sum(measure(command, ours, floor)[1] for command in bare),
    )
    yield "all executed, CPU", *cpu, "`jupyter execute`: kernels, imports, as many bare charts", 1.3


def changed(ours, plain, peer):
    """Something small changed: seen in the preview, and built."""
    measure([*CLAIMBOOK, "build"], ours)
    serve = [sys.executable, "-u", "-m", "claimbook.commands.cli", "serve"], ours, r": [\d.]+ s$"
    for change, (shown, promise) in CHANGES.items():
        ours_seen = seen(*serve, change, shown, 9 if change is sentence else 3)
        measure([*CLAIMBOOK, "build"], ours)
        change(ours, 99)
        if change is figure:
            measure([*CLAIMBOOK, "data"], ours)
        book = measure([*CLAIMBOOK, "build"], ours)[0]
        what = f"one {change.__name__} changed, seen in a browser, wall"
        yield what, ours_seen, book, "`make book` after the same", promise
        if change is sentence:
            change(plain, 99)
            warm = measure(PLAIN, plain)[0]
            yield what, ours_seen, warm, "warm `jupyter-book build`", 0.5
            yield "one sentence changed, `make book`, wall", book, warm, "warm `jupyter-book build`", None
            install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--target", peer]
            subprocess.run([*install, PEER, *NEEDS.split()], check=True)
            measure([BIN / "jupyter-book", "config", "sphinx", "."], plain)  # which has no preview of its own
            auto = [
                sys.executable,
                "-u",
                "-m",
                "sphinx_autobuild",
                ".",
                "_build/auto",
                "--port",
                "0",
                "--ignore",
                "*/_build/*",
            ]
            other = seen(auto, plain, "Serving on", change, shown, 3, [peer])
            yield what, ours_seen, other, f"`{PEER.replace('==', ' ')}` on the same pages", 0.5
            few = ours_seen
    with (ours / "_toc.yml").open("a", encoding="utf-8") as toc:
        for number in range(MORE):
            toc.write(f"      - file: chapters/more-{number}\n")
            (ours / f"chapters/more-{number}.md").write_text(f"# Page {number}\n\nWords.\n", encoding="utf-8")
    many = seen(*serve, sentence, CHANGES[sentence][0], 9)
    yield f"one sentence changed in a book of {MORE} pages more, seen in a browser", many, few, "the book as it is", 1.5


def asked(ours, folder):
    """Verdicts judged by every choice; an export of funding rounds read and asked."""
    judged = float(min(measure([sys.executable, "-c", JUDGE], ours)[2] for _ in range(3)))
    yield "all verdicts judged by every choice, CPU", judged, 2.0, "two seconds", 1.0
    export(folder / "rounds.csv")
    said = measure([sys.executable, "-c", DEALS, str(folder / "rounds.csv")], ours)[2].split()
    answered, read, peak = map(float, said)
    yield "300,000 lines of deals read and asked, CPU", answered, read, "`pandas.read_csv(dtype=str)`", 12
    yield "300,000 lines of deals, memory in MB", peak, 700.0, "700 MB", 1.0


def tested(ours):
    """The cells of all notebooks compared with their stored outputs, on all cores and on one."""
    nbval = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "chapters"]
    walls = best(
        lambda: measure([*nbval, "-n", "auto", "--dist", "loadfile"], ours)[0], lambda: measure(nbval, ours)[0]
    )
    yield "nbval on every notebook, wall", *walls, "the same, one after the other", 0.6


def grown(ours, folder, sizes):
    """Time and memory for each chapter of small, larger and large books."""
    each = {}
    for size in sizes:
        home = folder / f"size-{size}"
        home.mkdir()
        for number in range(size):
            (home / f"{number:03d}.ipynb").write_text(synthetic([CHART, DRAW]), encoding="utf-8")
        wall, _, memory = measure([sys.executable, "-c", EXECUTE.format(str(home))], ours)
        each[size] = (wall / size, float(memory))
    least = sizes[0]
    for size in sizes[1:]:
        yield f"{size} chapters, time for each", each[size][0], each[least][0], f"{least} chapters", 1.2
        yield f"{size} chapters, memory of the engine in MB", each[size][1], each[least][1], f"{least} chapters", None


def page(rows, load):
    """The last result as a page of the appendix."""
    body = [
        (what, f"{a:.2f}", f"{b:.2f}", other, f"{a / b:.2f}", f"at most {promise}" if promise else "–")
        for what, a, b, other, promise in rows
    ]
    machine = (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, a load of {load:.1f} by"
        " other work"
    )
    return f"""# Benchmark: the engine against plain tools

Measured by `make bench` in one run on one machine ({machine}). Seconds vary from machine to machine; the ratios less.
Long commands are timed twice in turn, and the quicker counts. In a fresh clone every chart has to be drawn as PNG too,
by the engine as by the plain tool; later only those that changed are.

{table_of(["what", "engine", "other", "compared with", "ratio", "promised"], body)}
"""
