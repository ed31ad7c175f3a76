"""Where a chapter can be rerun: Binder, Colab, a clone of one's own. The repository's address stands in `_config.yml` alone."""

import re
from functools import cache

import nbformat
import yaml

from claimbook import run
from claimbook.data import ROOT

SETUP = """\
# Colab has neither the book nor its data: fetch them, with the versions of the libraries that the book is pinned to.
!git clone --quiet --depth 1 --branch {branch} {repository} book
%pip install --quiet {pins}
%cd book/chapters
import sys

sys.path.insert(0, "..")"""


@cache
def config():
    """What `_config.yml` says."""
    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))


def colab_notebook(path):
    """A chapter as Colab can run it: without outputs, and with a first cell that fetches what the others need."""
    notebook = run.read(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    needs = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pins = " ".join(re.search(rf'"({name}==[^"]+)"', needs)[1] for name in ("pandas", "matplotlib", "seaborn"))
    setup = SETUP.format(branch=config()["repository"]["branch"], repository=config()["repository"]["url"], pins=pins)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(setup, id="fetch-the-book"))
    return nbformat.writes(notebook, version=4) + "\n"


def notebooks():
    """The Colab edition of every chapter, as {path relative to the repository: text}."""
    return {f"colab/{path.name}": colab_notebook(path) for path in run.notebooks()}


def buttons(context):
    """Point the theme's launch buttons of a page to what runs there, and add the way to a clone."""
    for group in context.get("header_buttons", []):
        if group.get("label") == "launch-buttons":
            for button in group["buttons"]:
                button["icon"] = "fas fa-cloud"
                if button["text"] == "Colab":
                    button["url"] = button["url"].replace("/chapters/", "/colab/")
            clone = f"{config()['repository']['url']}#change-a-chart-rerun-a-notebook"
            group["buttons"].append({"type": "link", "text": "Own clone", "tooltip": "Clone the book and rerun it", "icon": "fas fa-laptop", "url": clone})
