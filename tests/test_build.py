"""The build fails loudly and every time, publishes only what is whole, and sees every planted fault."""

import json
import re

import pytest

from claimbook import cli, data

BROKEN = json.dumps({
    "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Broken"}, {"cell_type": "code", "id": "b", "metadata": {}, "source": "1 / 0", "execution_count": None, "outputs": []}],
    "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
})


def test_a_notebook_that_raises_fails_every_build(copy):
    (copy.root / "chapters/99-broken.ipynb").write_text(BROKEN, encoding="utf-8")
    for _ in range(2):
        code, text = copy.claimbook("build")
        assert code and "99-broken.ipynb, cell 1 (b)" in text and "ZeroDivisionError" in text, text
    assert not (copy.root / "_build/html").exists()


def test_a_stale_chapter_is_an_error_in_ci(copy):
    copy.edit("chapters/07-scoreboard.ipynb", "board = scoreboard()", "board = scoreboard().copy()")
    code, text = copy.claimbook("build", CI="true")
    assert code and "07-scoreboard.ipynb (code changed)" in text and "make run" in text


def test_a_stored_traceback_is_not_published(copy):
    path = copy.root / "chapters/07-scoreboard.ipynb"
    whole = path.read_bytes()
    notebook = json.loads(whole)
    cell = next(c for c in notebook["cells"] if c["cell_type"] == "code" and c["outputs"])
    cell["outputs"] = [{"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["Traceback (most recent call last)"]}]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    code, text = copy.claimbook("build", CI="true")
    assert code and "07-scoreboard.ipynb (outputs changed)" in text
    code, text = copy.run("-c", "from claimbook import build; print(build.stored_faults())")
    assert "07-scoreboard.ipynb, cell" in text and "stored error" in text
    assert copy.claimbook("run")[0] == 0 and path.read_bytes() == whole


def test_a_dead_link_is_not_published(copy):
    copy.edit("index.md", "## How to read it", "[nowhere](chapters/nowhere.md)\n\n## How to read it")
    code, text = copy.claimbook("build")
    assert code and "nowhere" in text


@pytest.mark.parametrize("fault", ["figure", "title", "column"])
def test_nbval_sees_a_planted_fault(copy, fault):
    name = "01-ai-boom.ipynb"
    if fault == "figure":
        copy.edit("data/funding.csv", "cb0024,venture funding,World,all,2024,314,", "cb0024,venture funding,World,all,2024,345.4,")
    elif fault == "title":
        copy.edit(f"chapters/{name}", '    title=\\"The 300 was true, and soon small\\"', '    title=\\"The 300 was false, and soon small\\"')
    else:
        copy.edit(f"chapters/{name}", 'ax.plot(days, openai[\\"valuation\\"], **COMPUTED)', 'ax.plot(days, openai[\\"valuation\\"] * 1.1, **COMPUTED)')
    code, text = copy.nbval(name)
    assert code == 1 and re.search(r"FAILED chapters/01-ai-boom.ipynb::Cell \d+", text), text[-2000:]


def test_environment_agrees_with_the_lock():
    assert (data.ROOT / "environment.yml").read_text(encoding="utf-8") == cli.environment()


def test_the_lock_has_hashes_and_no_addresses():
    lock = (data.ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^[A-Za-z0-9_.-]+==", lock, re.M)
    assert len(pins) > 100 and lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock


def test_the_lock_holds_what_the_project_asks_for():
    asked = re.findall(r'^\s+"([A-Za-z0-9_.-]+==[^"]+)"', (data.ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    lock = (data.ROOT / "requirements.lock").read_text(encoding="utf-8").lower()
    assert asked and [pin for pin in asked if pin.lower().replace("_", "-") not in lock.replace("_", "-")] == []
