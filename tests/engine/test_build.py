"""The build fails loudly and every time, publishes only what is whole, and sees every planted fault."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from copies import LEDGER, LINES, NOTEBOOK, TABLE, plain
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from claimbook.commands import cli
from claimbook.paths import ROOT
from claimbook.site import build

BROKEN = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Broken"},
            {"cell_type": "code", "id": "b", "metadata": {}, "source": "1 / 0", "execution_count": None, "outputs": []},
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


def test_a_notebook_that_raises_fails_every_build(book):
    before = book.published()
    (book.root / "chapters/99-broken.ipynb").write_text(BROKEN, encoding="utf-8")
    for _ in range(2):
        code, text = book.claimbook("build")
        assert code and "99-broken.ipynb, cell 1 (b)" in text and "ZeroDivisionError" in text, text
    assert book.published() == before


def by_make(said):
    """The arguments of `claimbook` that stand in the recipe of the last target of make that a message names."""
    target = re.findall(r"\bmake ([a-z]+)", said)[-1]
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition(f"\n{target}: ")[2].splitlines()[1]
    return recipe.removeprefix("\t@$(BIN)/claimbook ").split()


def test_a_stale_chapter_is_an_error_in_ci(book):
    book.edit("chapters/scoreboard.ipynb", "Board(scoreboard())", "Board(scoreboard().copy())")
    code, text = book.claimbook("build", CI="true")
    assert code and "scoreboard.ipynb (code changed)" in text and by_make(text) == ["run", "--all"]
    # What is named for all is tried on the one: `run` without --all executes the same, where the rest is fresh.
    assert book.claimbook("run")[0] == 0
    assert book.run("-c", "from claimbook.engine import run; print(run.stale())") == (0, "{}\n")


def test_a_stored_traceback_is_not_published(book):
    path = book.root / "chapters/scoreboard.ipynb"
    notebook = json.loads(path.read_bytes())
    cell = next(c for c in notebook["cells"] if c["cell_type"] == "code" and c["outputs"])
    cell["outputs"] = [
        {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["Traceback (most recent call last)"]}
    ]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    code, text = book.claimbook("build", CI="true")
    assert code and "scoreboard.ipynb (outputs changed)" in text
    code, text = book.run("-c", "from claimbook.site import build; print(build.stored_faults())")
    assert "scoreboard.ipynb, cell" in text and "stored error" in text
    assert book.claimbook("run")[0] == 0 and book.run(
        "-c", "from claimbook.site import build; print(build.stored_faults())"
    ) == (0, "[]\n")


def test_a_stale_page_is_an_error_in_ci(book):
    book.edit("chapters/data.md", "# Data: what every column means", "# Data")
    code, text = book.claimbook("build", CI="true")
    assert (
        code and "chapters/data.md" in text and "Pages renewed: chapters/data.md" in book.claimbook(*by_make(text))[1]
    )
    assert book.run("-c", "from claimbook.site import pages; print(len(pages.stale()))") == (0, "0\n")


def test_a_missing_chart_and_a_missing_section_are_not_published(tmp_path):
    (tmp_path / "index.html").write_text("<p>nothing</p>", encoding="utf-8")
    faults = "\n".join(build.check_site(tmp_path))
    assert (
        "01-ai-boom.ipynb: the chart of cell" in faults
        and "01-ai-boom.ipynb: the claim boom-01 has no section" in faults
    )


def a_sentence(book):
    """A sentence more on two pages, in files that look as old as they were."""
    fence = '"```{verdict-strip} batteries\\n",'
    for name, old, new in (("index.md", "widely read", "often read"), (NOTEBOOK, fence, f'"Ours.\\n", "\\n", {fence}')):
        path = book.root / name
        was = path.stat().st_mtime
        book.edit(name, old, new)
        os.utime(path, (was, was))


def a_heading(book):
    """Another title of a chapter: every page shows it."""
    book.edit(NOTEBOOK, "# Batteries\\n", "# Batteries and their price\\n")


def a_note(book):
    """What a table says of a figure, accepted."""
    book.edit(TABLE, LINES[1], f"{LINES[1]}Seen again.")
    assert book.claimbook("data")[0] == 0


def a_claim(book):
    """Other words of a claim, accepted, and another version of the book."""
    book.edit(LEDGER, "raised $12 billion", "gathered $12 billion")
    book.edit("CITATION.cff", "version: 0.1.0", "version: 0.2.0")
    assert book.claimbook("data")[0] == 0


@pytest.mark.parametrize("change", [a_sentence, a_heading, a_note, a_claim])
def test_a_site_made_of_what_was_kept_is_the_one_that_is_compiled_afresh(book, change):
    page = book.root / "_build/kept/html/chapters/method.html"
    (book.root / "index.md").open("a").write("\n")
    book.build()  # the copy lies elsewhere than what was kept says: all is read afresh
    before, stamp = page.stat().st_mtime_ns, book.root / "_build/stamp"
    change(book)
    assert book.build()[0] == 0
    made, kept = book.published(), page.stat().st_mtime_ns == before
    shutil.rmtree(book.root / "_build/kept"), stamp.unlink()
    assert book.build()[0] == 0 and book.published() == made
    assert kept == (change in (a_sentence, a_note))  # else the page may show what is new


@pytest.mark.parametrize(
    "old, new", [("- file: chapters/method", "- fil: chapters/method"), ("root: index", "root: none")]
)
def test_what_sphinx_cannot_read_is_told_in_words(book, old, new):
    before = book.published()
    book.edit("_toc.yml", old, new)
    code, text = book.build()
    assert code == 1 and "Sphinx found faults.\n" in text and "Traceback" not in text, text
    assert book.published() == before


def test_plain_jupyter_book_makes_the_same_site(book):
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-q", "--path-output", "plain"]
    subprocess.run(command, cwd=book.root, check=True, env=plain() | {"PYTHONPATH": str(book.root)})
    home = book.root / "plain/_build/html"
    made = {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert made.pop(".buildinfo") and made == book.published()


@pytest.mark.parametrize(
    "link",
    ["[nowhere](chapters/nowhere.md)", '<a href="chapters/nowhere.html">in HTML, which Sphinx does not read</a>'],
)
def test_a_dead_link_is_not_published(book, link):
    before = book.published()
    book.edit("index.md", "A widely read text", f"{link}\n\nA widely read text")
    code, text = book.claimbook("build")
    assert code and "nowhere" in text and book.published() == before


@pytest.mark.parametrize(
    "path, old, new",
    [
        (TABLE, ",11.4,", ",12.5,"),
        (NOTEBOOK, 'title=\\"One of two\\"', 'title=\\"Two of two\\"'),
        (NOTEBOOK, 'figures[\\"unit\\"] == \\"percent\\"', 'figures[\\"units\\"] == \\"percent\\"'),
    ],
    ids=["figure", "title", "column"],
)
def test_nbval_sees_a_planted_fault(book, path, old, new):
    book.edit(path, old, new)
    code, text = book.nbval("01-batteries.ipynb", "-x")  # the first cell that is seen is enough
    assert code == 1 and re.search(r"FAILED chapters/01-batteries.ipynb::Cell \d+", text), text[-2000:]


def test_other_versions_are_compared_without_the_drawing_only(book):
    name, options = "01-batteries.ipynb", ("--nbval-sanitize-with", ROOT / "tests/book/other-versions.cfg")
    path = book.root / "chapters" / name
    path.write_text(path.read_text(encoding="utf-8").replace('<path d=\\"M', '<path d=\\"M 0 0 M'), encoding="utf-8")
    assert book.nbval(name)[0] == 1 and book.nbval(name, *options)[0] == 0
    path.write_text(path.read_text(encoding="utf-8").replace("Chart batteries", "Chart battery"), encoding="utf-8")
    assert book.nbval(name, *options)[0] == 1


def test_environment_agrees_with_the_lock():
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == cli.environment()


def test_the_lock_has_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^[A-Za-z0-9_.-]+==", lock, re.M)
    assert len(pins) > 100 and lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock


def test_the_lock_holds_what_the_project_asks_for():
    asked = map(
        Requirement,
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"],
    )
    lock = dict(
        re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M)
    )
    assert [str(one) for one in asked if not one.specifier.contains(lock.get(canonicalize_name(one.name), "0"))] == []
