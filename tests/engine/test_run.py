"""The engine: what is stale and what is not, the same bytes every time, nothing lost on failure, no network."""

import json
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from copies import TABLE

from claimbook.engine import run

STALE = "from claimbook.engine import run; print(sorted(p.name for p in run.stale()))"
KILLED = """
import os, signal
left, replace = [{at}], os.replace
def killed(*files):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*files)
os.replace = killed
"""
"""Kill -9 at the moment when the engine would put its next file in place for the n-th time."""


def plant(copy, name, code):
    """A chapter of one cell with this code, in the book's own form."""
    cells = [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Planted"}]
    cells.append(
        {"cell_type": "code", "id": "b", "metadata": {}, "source": code, "execution_count": None, "outputs": []}
    )
    path = copy.root / "chapters" / name
    notebook = nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    path.write_text(run.dump(notebook), encoding="utf-8")
    return path


def chapters(copy):
    return {path.name: path.read_bytes() for path in (copy.root / "chapters").iterdir()}


def start(copy, *arguments, **streams):
    environment = {k: v for k, v in os.environ.items() if k != "CI"} | {"PYTHONPATH": str(copy.root)}
    return subprocess.Popen(
        [sys.executable, "-m", "claimbook.commands.cli", *arguments],
        cwd=copy.root,
        env=environment,
        start_new_session=True,
        **streams,
    )


def test_nothing_is_stale_and_the_run_says_so(book):
    code, text = book.claimbook("run")
    assert code == 0 and text == "Nothing is stale\n"


def test_a_changed_table_reruns_only_the_chapters_that_read_it(copy):
    table = copy.root / "data/nasdaq.csv"
    head, first, rest = table.read_text(encoding="utf-8").split("\n", 2)
    table.write_text("\n".join([head, '"' + first.replace(",", '",', 1), rest]), encoding="utf-8")
    assert copy.claimbook("data")[0] == 0  # accepted: the data package now holds another hash
    # It is drawn in chapter 3; the scoreboard and chapter 9 count all figures. No other verdict's votes changed.
    assert (
        copy.run("-c", STALE)[1].strip()
        == "['03-bubble-risk.ipynb', '07-scoreboard.ipynb', '09-who-counts-what.ipynb']"
    )


def test_changed_code_reruns_its_chapter_and_a_changed_verdict_those_that_read_it(copy):
    chapter = copy.root / "chapters/05-ipo-outlook.ipynb"
    copy.edit("chapters/05-ipo-outlook.ipynb", "use_style()", "use_style();")
    assert copy.run("-c", STALE)[1].strip() == str([chapter.name])
    said = chapter.read_text(encoding="utf-8")
    assert '"reason": "' in said
    chapter.write_text(said.replace('"reason": "', '"reason": "Planted: ', 1), encoding="utf-8")
    readers = [chapter.name, "07-scoreboard.ipynb", "10-how-firm.ipynb", "12-your-own-deals.ipynb"]
    assert copy.run("-c", STALE)[1].strip() == str(readers)


@pytest.mark.parametrize(
    "path", ["claimbook/judgement/rules.py", "claimbook/charts/claimbook.mplstyle", "requirements.lock"]
)
def test_a_changed_package_or_lock_reruns_everything(book, path):
    file = book.root / path
    file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    notebooks = sorted(p.name for p in (book.root / "chapters").glob("*.ipynb"))
    assert len(notebooks) > 1 and book.run("-c", STALE)[1].strip() == str(notebooks)


def test_a_newly_loaded_table_is_tracked(book):
    plant(book, "99-planted.ipynb", "1 + 1")
    assert book.claimbook("run")[1] == "Executed chapters/99-planted.ipynb (it was never executed here)\n"
    book.edit("chapters/99-planted.ipynb", "1 + 1", "1 + 1; open('../data/figures.csv')")
    assert book.claimbook("run")[1] == "Executed chapters/99-planted.ipynb (code changed)\n"
    table = book.root / "data/figures.csv"
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert "'99-planted.ipynb'" in book.run("-c", STALE)[1]


def test_a_chapter_that_is_saved_while_it_is_executed_stays_as_it_was_saved(book):
    saves = "import subprocess; subprocess.run(['sed', '-i', 's/# Planted/# Saved/', '99-planted.ipynb'], check=True)"
    path = plant(book, "99-planted.ipynb", saves)
    code, text = book.run("-c", "from claimbook.engine import run; run.run([run.CHAPTERS / '99-planted.ipynb'])")
    assert code and "chapters/99-planted.ipynb was changed while it was executed" in text
    assert run.read(path).cells[0].source == "# Saved" and not run.read(path).cells[1].outputs


def test_what_is_printed_in_pieces_is_stored_as_one(book):
    path = plant(
        book, "99-slow.ipynb", "import time\nprint('first', flush=True)\ntime.sleep(0.5)\nprint('second')\n'value'"
    )
    code, text = book.run("-c", "from claimbook.engine import run; run.run([run.CHAPTERS / '99-slow.ipynb'])")
    assert code == 0, text
    assert [output.get("text") for output in run.read(path).cells[1].outputs] == ["first\nsecond\n", None]


def test_a_failing_chapter_keeps_its_outputs(book):
    book.edit("chapters/scoreboard.ipynb", "Board(scoreboard())", "Board(scoreboard()); 1 / 0")
    before = chapters(book)
    code, text = book.claimbook("run")
    assert code and "scoreboard.ipynb, cell" in text and "ZeroDivisionError" in text
    assert chapters(book) == before


def test_a_chapter_that_read_another_too_early_is_executed_once_more(book):
    book.edit("chapters/scoreboard.ipynb", "Board(scoreboard())", "assert 'holds' in [*scoreboard().verdict]")
    code, text = book.claimbook("run")
    assert code and "scoreboard.ipynb, cell" in text and "AssertionError" in text
    book.edit(TABLE, ",9.1,", ",12,")
    assert book.claimbook("data")[0] == 0
    code, text = book.claimbook("run")
    assert code == 0 and "-> holds, 2 of 2 counts" in text and "Executed chapters/01-batteries.ipynb" in text, text


def test_a_warning_is_a_failure(book):
    warns = "import warnings; warnings.warn('old'); Board(scoreboard())"
    book.edit("chapters/scoreboard.ipynb", "Board(scoreboard())", warns)
    before = chapters(book)
    code, text = book.claimbook("run")
    assert code and re.search(r"scoreboard.ipynb, cell \d+ \(.*\) writes to stderr", text) and "old" in text
    assert chapters(book) == before


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_run_that_is_killed_loses_nothing(book, at):
    """When the first notebook, the second, and the record of both would be put in place."""
    plant(book, "98-planted.ipynb", "print(1)"), plant(book, "99-planted.ipynb", "print(2)")
    before = chapters(book)
    code, text = book.run("-c", KILLED.format(at=at) + "from claimbook.engine import run; run.run(run.stale())")
    assert code == -signal.SIGKILL, text
    after = chapters(book)
    assert after.keys() == before.keys() and sum(after[name] != before[name] for name in before) == at - 1
    assert all(json.loads(text) for name, text in after.items() if name.endswith((".ipynb", ".json")))
    assert book.claimbook("run")[0] == 0 and book.claimbook("run")[1] == "Nothing is stale\n"


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_ends_at_once_with_its_kernels(book, tmp_path, signum):
    mark = tmp_path / "kernel"
    plant(
        book, "99-planted.ipynb", f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(100)"
    )
    before = chapters(book)
    process, deadline = start(book, "run", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), time.monotonic() + 60
    while not (mark.exists() and mark.read_text()):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.1)
    process.send_signal(signum)
    assert process.wait(timeout=5) == -signum and chapters(book) == before
    while os.path.exists(f"/proc/{mark.read_text()}"):
        assert time.monotonic() < deadline, "the kernel outlives the run"
        time.sleep(0.1)


@pytest.mark.parametrize("at", [1, 2])
def test_a_site_is_published_whole_or_not_at_all(book, at):
    publish = (
        "from claimbook.site import build; from claimbook.engine import stamp; (stamp.BUILD /"
        " '{0}').mkdir(parents=True); (stamp.BUILD / '{0}/index.html').write_text('{0}'); build.publish(stamp.BUILD /"
        " '{0}', '{0}')"
    )
    index = book.root / "_build/html/index.html"
    assert book.run("-c", publish.format("old"))[0] == 0 and index.read_text() == "old"
    assert (
        book.run("-c", KILLED.format(at=at) + publish.format("new"))[0] == -signal.SIGKILL
        and index.read_text() == "old"
    )
    assert book.run("-c", publish.format("next"))[0] == 0 and index.read_text() == "next"
    assert sorted(path.name for path in (book.root / "_build").glob("site-*")) == ["site-next"]


def test_a_failed_build_leaves_the_site_in_place(book):
    before = book.published()
    book.edit(TABLE, ",11.4,", ",114,")
    assert book.claimbook("build")[0] and book.published() == before


def test_chapters_are_executed_at_the_same_time(book, tmp_path):
    """Each waits until the other has begun."""
    for name, other in ("98", "99"), ("99", "98"):
        wait = (
            f"import os, time; open({str(tmp_path / name)!r}, 'w')\nfor _ in range(200): time.sleep(0.1 * (not"
            f" os.path.exists({str(tmp_path / other)!r})))\nassert os.path.exists({str(tmp_path / other)!r})"
        )
        plant(book, f"{name}-planted.ipynb", wait)
    code, text = book.claimbook("run")
    assert code == 0, text


def test_progress_is_told_on_a_terminal_only(book):
    plant(book, "99-planted.ipynb", "1 + 1")
    ours, terminal = pty.openpty()
    process, text = start(book, "run", stdout=subprocess.PIPE, stderr=terminal), b""
    os.close(terminal)
    try:
        while news := os.read(ours, 4096):
            text += news
    except OSError:
        pass  # how Linux tells that the other end of a terminal is closed
    assert process.wait() == 0 and re.search(rb"\r\x1b\[K99-planted.ipynb cell 2 of 2, \d+ s", text), text
    plant(book, "99-planted.ipynb", "1 + 2")
    assert book.claimbook("run") == (0, "Executed chapters/99-planted.ipynb (code, outputs changed)\n")


def test_two_builds_are_the_same_in_every_byte(copy, tmp_path):
    """Another folder, user, day, time zone, language, hash seed, and chapters executed in another order."""
    other = type(copy)(tmp_path / "a folder with spaces, é")
    shutil.copytree(copy.root, other.root)
    again = (
        "from pathlib import Path; from claimbook.engine import run; [run.run([run.CHAPTERS / name]) for name in {}]"
    )
    fresh = ["05-ipo-outlook.ipynb", "07-scoreboard.ipynb", "08-which-number.ipynb"]
    assert copy.run("-c", again.format(fresh))[0] == 0 and copy.claimbook("build")[0] == 0

    odd = dict(TZ="Asia/Tokyo", LANG="C", PYTHONHASHSEED="7", USER="somebody", HOME=str(tmp_path))
    elsewhere = dict(before=["unshare", "--user", "--map-user=1234", "faketime", "-m", "-f", "+400d"], **odd)
    place = "import datetime, os; print(datetime.date.today().year, os.getuid())"
    here, there = (other.run("-c", place, **how)[1].split()[:2] for how in ({}, elsewhere))
    assert there[0] > here[0] and there[1] == "1234", there
    assert other.run("-c", again.format(fresh[::-1]), **elsewhere)[0] == 0
    assert other.claimbook("build", **elsewhere)[0] == 0

    for folder in "chapters", "_build/html/":
        one, two = (
            {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}
            for root in (copy.root / folder, other.root / folder)
        )
        assert len(one) > 10 and one.keys() == two.keys()
        assert [str(path) for path in one if one[path] != two[path]] == []

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    nothing = (0, "Nothing has changed: the book is in _build/html/index.html\n")
    assert copy.claimbook("build", before=["env"]) == nothing  # a process whose seconds are counted here
    assert 0 < resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 0.5


def test_the_machine_is_in_no_stored_output():
    text, name = "".join(path.read_text(encoding="utf-8") for path in run.notebooks()), os.uname().nodename
    stored = [cell.get("outputs", ()) for path in run.notebooks() for cell in run.read(path).cells]
    assert str(run.ROOT) not in text and name not in json.dumps(stored)
    assert not re.search(rf"\b{re.escape(name)}\b", text)  # in code it may be a part of a word


def test_build_and_tests_ask_no_network(copy):
    """In a namespace without interfaces. Where the machine cannot make one, the test fails and says so."""
    alone = ["unshare", "--net", "--map-root-user"]
    probe = subprocess.run([*alone, "true"], capture_output=True, text=True)
    assert probe.returncode == 0, f"this machine cannot make a network namespace: {probe.stderr}"
    copy.edit("chapters/07-scoreboard.ipynb", "board = scoreboard()", "board = scoreboard().copy()")
    code, text = copy.claimbook("build", before=alone)
    assert code == 0, text
    named = "tests/charts/test_paper.py", "chapters/07-scoreboard.ipynb"
    code, text = copy.claimbook("test", *named, before=alone)
    assert code == 0 and " passed" in text, text
