"""Executes chapters and stores their outputs. The notebooks hold their own outputs: they are the cache.

For each chapter `chapters/fingerprints.json` records what its outputs were made of: its code, every file of the
repository that it opened (seen, not declared), what all tables say to the claims that it judges, the package, the
locked versions. A chapter is stale when one differs.
"""

import csv
import io
import json
import logging
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from claimbook.engine.kernels import KernelManager
from claimbook.paths import BUILD, CHAPTERS, ROOT, notebooks, way_back

FINGERPRINTS = CHAPTERS / "fingerprints.json"
SOURCES = "data/sources.csv"
VERDICTS = "verdicts of "
"""How the name of what chapters read of others begins."""
ANCHOR, CLAIM = re.compile(r"\(([\w-]+)\)="), re.compile(r"[a-z]+-\d\d")
"""What a section begins with, and the id of a claim."""
OURS = "application/vnd.claimbook."
"""How the kinds of output begin that are charts and verdicts."""
SECONDS_PER_CELL = 120
MIB_PER_CELL = 2
"""What a cell may print and draw: more makes a page that nobody can load."""
PYTHON = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": dict(name="python", file_extension=".py", mimetype="text/x-python", pygments_lexer="ipython3"),
}
"""What every notebook says of its language."""

# What nbclient leaves behind when it stops a cell says nothing to a reader.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)


class RunError(Exception):
    """A chapter that could not be executed. The message names chapter, cell and remedy."""


def read(path):
    at = f"chapters/{path.name}"
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        said = str(getattr(error, "message", error)).strip().splitlines() or [type(error).__name__]
        raise RunError(f"{at} is not a readable notebook: {said[0][:200]}. {way_back(at)}") from error
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        what = f"asks for a kernel of {language!r}; chapters of this book are in Python"
        raise RunError(f"{at} {what}. Open it in JupyterLab and choose the kernel Python 3")
    return notebook


def _hash(*parts):
    texts = (part if isinstance(part, bytes) else part.encode() for part in parts)
    return sha256(b"".join(text + b"\0" for text in texts)).hexdigest()[:16]


def content(path):
    """A short hash of what a file says to a chapter: the data package without the sizes and hashes of its tables; of
    "claim boom-02" what all tables say to it, of "verdicts of chapters/..." the verdicts that are stored there."""
    if path.startswith("claim "):
        return _basis(path.removeprefix("claim "))
    if path.startswith(VERDICTS):
        return _verdicts(path.removeprefix(VERDICTS))
    file = ROOT / path
    if not file.is_file():
        return "missing"
    said = file.read_bytes()
    if file.name == "datapackage.json":
        try:
            described = json.loads(said)
            for resource in described["resources"]:
                resource.pop("bytes", None), resource.pop("hash", None)
            said = json.dumps(described, sort_keys=True)
        except (ValueError, KeyError, TypeError):
            pass  # what is wrong with it, the check of the data says
    return _hash(said)


@cache  # asked of every chapter that judges the claim, and again after each wave
def _basis(claim):
    from claimbook.evidence.tables import DataError
    from claimbook.judgement import ledger, questions

    try:
        return _hash(questions.basis(ledger.claims()[claim]))
    except (DataError, AttributeError, KeyError, OSError, TypeError, ValueError):
        return "missing"  # what is wrong, the check of the data says


def _verdicts(path):
    from claimbook.judgement import ledger

    try:
        return _hash(json.dumps([said for *_, said in ledger.stored_outputs(ledger.VERDICT_MIME, {Path(path).name})]))
    except (OSError, ValueError):
        return "missing"  # what is wrong with it, whoever reads it says


def _cited(inputs):
    """A short hash of those rows of the sources that the tables among these files cite."""
    read = lambda path: csv.DictReader(io.StringIO((ROOT / path).read_text(encoding="utf-8"), newline=""))
    try:
        tables = [path for path in inputs if path.endswith(".csv") and path != SOURCES and (ROOT / path).is_file()]
        keys = {row[c] for path in tables for row in read(path) for c in row if c and c.endswith("source")}
        return _hash(json.dumps([row for row in read(SOURCES) if row["key"] in keys]))
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return content(SOURCES)  # what is wrong with it, the check of the data says


def package():
    """The files that a chapter's outputs are made of: four rooms, the answer checker, and what leads to them."""
    home, rooms = ROOT / "claimbook", ("evidence", "judgement", "charts", "deals")
    rooms = [path for room in rooms for path in (home / room).iterdir() if path.is_file()]
    ways = [home / name for name in ("__init__.py", "paths.py", "teaching/__init__.py", "teaching/exercises.py")]
    return sorted(rooms + ways)


def code(notebook):
    """A short hash of a chapter's code."""
    return _hash(*(cell.source for cell in notebook.cells if cell.cell_type == "code"))


def fingerprint(notebook, inputs):
    """What a chapter's outputs depend on, as a dict of short hashes. `inputs`: paths relative to the repository."""
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    return {
        "code": code(notebook),
        "outputs": _hash(*(json.dumps(one, sort_keys=True) for one in outputs)),
        "package": _hash(*(path.read_bytes() for path in package())),
        "lock": _hash((ROOT / "requirements.lock").read_bytes()),
        "inputs": {path: _cited(inputs) if path == SOURCES else content(path) for path in sorted(inputs)},
    }


def recorded():
    """What each chapter's outputs were made of; nothing where that cannot be read, as in a merge: all are stale."""
    try:
        return json.loads(FINGERPRINTS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def stale():
    """Chapters whose stored outputs may be out of date, as {path: reason}."""
    known, found = recorded(), {}
    for path in notebooks(CHAPTERS):
        old = known.get(path.name)
        if old is None:
            found[path] = "it was never executed here"
            continue
        new = fingerprint(read(path), old["inputs"])
        changed = [name for name in ("code", "outputs", "package", "lock") if new[name] != old.get(name)]
        inputs = [name for name, value in new["inputs"].items() if value != old["inputs"][name]]
        claims = [name for name in inputs if name.startswith("claim ")]
        changed += [name for name in inputs if name not in claims]
        changed += claims if len(claims) < 3 else [f"what the tables say to {len(claims)} claims"]
        if changed:
            found[path] = f"{', '.join(changed)} changed"
    return found


def told(stale):
    """Stale chapters in words."""
    return "; ".join(f"chapters/{path.name} ({why})" for path, why in stale.items())


def run(paths, progress=lambda text: None, after=lambda: None, first=()):
    """Execute these chapters in parallel and store their outputs. Raises RunError where a cell fails, after all ended.

    A chapter that fails keeps its stored outputs. Chapters that read others (the scoreboard) do not wait for those: in
    most changes what they read of them stays, and where it does not they are executed once more.
    `progress` is told, in one line, which cell of which chapter is executed and for how long; `after` is called when
    some are stored, and after those of `first`, which come before all others.
    """
    todo = list(paths)
    for _ in range(len(notebooks(CHAPTERS)) + 1):
        if not todo:
            return
        readers = {name for name, mark in recorded().items() if any(read.endswith(".ipynb") for read in mark["inputs"])}
        wave = [path for path in todo if path in first] or todo
        failed = _together(wave, progress)
        too_early = {path for path in failed if path.name in readers} if len(failed) < len(wave) else set()
        if broken := [said for path, said in failed.items() if path not in too_early]:
            raise RunError("\n\n".join(broken))
        after()
        todo = sorted(set(todo) - set(wave) | too_early | set(stale()))
    raise RunError("Chapters read each other in a circle: " + ", ".join(path.name for path in todo))


def _together(wave, progress):
    """Execute chapters at the same time and record their fingerprints. Returns those that failed, as {path: why}."""
    chapters = notebooks(CHAPTERS)
    before = {
        name: content(name)
        for path in chapters
        for name in (f"chapters/{path.name}", f"{VERDICTS}chapters/{path.name}")
    }
    wave.sort(key=lambda path: path.stat().st_size, reverse=True)  # no core waits for the longest at the end
    at, failed = {}, {}
    with ThreadPoolExecutor(max_workers=os.cpu_count() + 1) as pool:
        results = [(path, pool.submit(_execute, path, at, progress)) for path in wave]
    marks = recorded()
    for path, result in results:
        try:
            mark = result.result()
        except RunError as error:
            failed[path] = str(error)
            continue
        # What a chapter read of others is what stood there when it began: they may have been stored since.
        mark["inputs"] |= {name: before[name] for name in mark["inputs"] if name in before}
        marks[path.name] = mark
    marks = {path.name: marks[path.name] for path in chapters if path.name in marks}
    write(FINGERPRINTS, json.dumps(marks, indent=1) + "\n")
    return failed


@contextmanager
def told_where(place):
    """What goes wrong while this goes on becomes a RunError that names the place."""
    try:
        yield
    except CellTimeoutError as error:
        what = f"ran for more than {SECONDS_PER_CELL} s and was stopped"
        raise RunError(f"{place} {what}. Its stored outputs are unchanged. Make it quicker") from error
    except (CellExecutionError, RuntimeError) as error:  # a RuntimeError: the kernel died, or could not start
        raise RunError(f"{place} failed. Its stored outputs are unchanged.\n{_readable(error)}") from error


@contextmanager
def kernel(path, notebook):
    """What executes the cells of a chapter, with a kernel of its own. Raises RunError where that does not start."""
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_manager_class=KernelManager,
        kernel_name="python3",
        startup_timeout=30,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent)}},
    )
    with told_where(f"chapters/{path.name}, its kernel"), client.setup_kernel():
        yield client


def execute(path, notebook, client, first=0):
    """Execute the cells of a chapter from the first on, and yield the number of each before. Raises RunError."""
    section = ""
    for number, cell in enumerate(notebook.cells):
        if anchor := ANCHOR.match(cell.source):
            section = anchor[1]
        if number >= first:
            yield number
            place = f"chapters/{path.name}, cell {number} ({cell.get('id')})"
            with told_where(place):
                client.execute_cell(cell, number)
            _check_outputs(place, cell.get("outputs", []), section)


def _execute(path, at, progress):
    """Execute one chapter and store it. Returns its fingerprint. `at`: where all are that are executed, in words."""
    written, notebook, start = path.read_bytes(), read(path), time.monotonic()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    try:
        with kernel(path, notebook) as client:
            for number in execute(path, notebook, client):
                seconds = time.monotonic() - start
                at[path.name] = f"{path.name} cell {number + 1} of {len(notebook.cells)}, {seconds:.0f} s"
                progress("; ".join(at.copy().values()))
            inputs = client.km.inputs()
    finally:
        at.pop(path.name, None)
    if path.read_bytes() != written:
        raise RunError(f"chapters/{path.name} was changed while it was executed. It stays as it is: repeat the command")
    write(path, dump(notebook))
    return fingerprint(notebook, inputs - {f"chapters/{path.name}"})


def _check_outputs(place, outputs, section):
    """Raise RunError where a cell warned, showed what belongs to another claim than its section, or gave more than a
    page can hold. `section`: the anchor above the cell; one that is no claim's, such as that of exercises, may hold the
    charts of several."""
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            raise RunError(f"{place} writes to stderr: mend the cause.\n{output.text}")
        for said in [said for kind, said in output.get("data", {}).items() if kind.startswith(OURS)]:
            name = said.get("name") or said["claim"]
            if CLAIM.fullmatch(section) and not re.match(rf"{section}\b", name):
                what = f"shows {name}, which is not of its section, {section}"
                raise RunError(f"{place} {what}: name the section's own claim, or move the cell")
    size = len(json.dumps(outputs)) / 2**20
    if size > MIB_PER_CELL:
        raise RunError(f"{place} gives {size:.1f} MiB of output, {MIB_PER_CELL} may be: show less of it")


def _readable(error):
    """A cell's error without colours and without the frames of libraries: where in the cell, and the last line."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", getattr(error, "traceback", "") or str(error)).strip()
    frames = [frame for frame in text.split("\n\n") if not frame.startswith("File")]
    return "\n".join([*frames[:-1], text.splitlines()[-1]])


def dump(notebook):
    """The notebook in its normal form: the same bytes however often and wherever it was executed, whatever saved it."""
    # Kept are texts, code, outputs, what Jupyter Book reads of a cell's metadata, and ids that no editor made up.
    ids = {cell.get("id") for cell in notebook.cells}
    free = (id for number in count(1) if (id := f"cell-{number}") not in ids)
    for cell in notebook.cells:
        cell.metadata = {name: cell.metadata[name] for name in ("tags", "mystnb") if cell.metadata.get(name)}
        if re.fullmatch(r"\d*|[0-9a-f-]{8,}", cell.get("id", "")):
            cell["id"] = next(free)
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        cell.execution_count, cell.outputs = number, _joined(cell.outputs)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
    notebook.metadata, notebook.nbformat_minor = PYTHON, 5
    return nbformat.writes(notebook, version=4) + "\n"


def tidy():
    """Put chapters that an editor stored in another form into their normal one. Yields the path of each."""
    for path in notebooks(CHAPTERS):
        if (normal := dump(read(path))) != path.read_text(encoding="utf-8"):
            write(path, normal)
            yield path


def _joined(outputs):
    """What a cell prints comes in pieces, cut by the clock: here those of one stream are one."""
    # Numbers are written as an editor in a browser writes them: 29, not 29.0.
    number = lambda text: int(float(text)) if float(text).is_integer() else float(text)
    joined, streams = [], {}
    for output in nbformat.from_dict(json.loads(json.dumps(outputs), parse_float=number)):
        first = streams.setdefault(output.name, output) if output.output_type == "stream" else output
        if first is output:
            joined.append(output)
        else:
            first.text += output.text
    return joined


def write(path, text):
    """Replace a file whole or not at all."""
    BUILD.mkdir(exist_ok=True)
    aside = BUILD / f"{path.name}.new"
    try:
        aside.write_text(text, encoding="utf-8")
        os.replace(aside, path)
    except OSError as error:  # a full disk does not say for which file
        raise OSError(error.errno, error.strerror, str(aside)) from error
