"""The live preview: what is saved is seen in the open page, what is wrong is told there, nothing is left running."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from urllib.request import urlopen

import nbformat
import pytest
from copies import LINES, NOTEBOOK, TABLE

PAGE = "/chapters/01-batteries.html"
LINK = r'<a class="current reference internal" href="#">'


class Preview:
    """A preview that runs: its process, its address, and the news of one open page."""

    def __init__(self, book, **environment):
        self.root, variables = book.root, {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        variables |= {"PYTHONPATH": str(book.root), "PYTHONUNBUFFERED": "1", **environment}
        command = [sys.executable, "-m", "claimbook.commands.cli", "serve"]
        self.log = (book.root / "serve.log").open("w+")
        self.process = subprocess.Popen(
            command, cwd=book.root, env=variables, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def said(self):
        return (self.root / "serve.log").read_text(encoding="utf-8")

    def until(self, true, what, seconds=90):
        deadline = time.monotonic() + seconds
        while not (found := true()):
            assert time.monotonic() < deadline and self.process.poll() is None, f"{what}: {self.said()}"
            time.sleep(0.05)
        return found

    @property
    def address(self):
        return self.until(lambda: re.search(r"http://localhost:\d+(?= and)", self.said()), "no address")[0]

    def get(self, path=PAGE):
        with urlopen(self.address + path, timeout=20) as answer:
            return answer.read().decode()

    def shows(self, text, path=PAGE):
        """The page once it shows a text, and is whole: written, and mended as the site's pages are."""
        whole = lambda page: all(part in page for part in (text, "Content-Security-Policy", "</html>"))
        return self.until(lambda: whole(page := self.get(path)) and page, f"the page never shows {text!r}")

    def version(self, page=PAGE):
        return re.search(r'/preview.js" data-version="(\d+)"', self.get(page))[1]

    def news(self, page=PAGE, version=None):
        """The first message for a page of this version, or as it is now."""
        version = version or self.version(page)
        with urlopen(f"{self.address}/preview-news?version={version}&page={page}", timeout=30) as answer:
            return json.loads(answer.readline().decode().removeprefix("data: "))


@contextmanager
def running(book, **environment):
    one = Preview(book, **environment)
    try:
        one.address
        yield one
    finally:
        with suppress(ProcessLookupError):  # it may have ended already
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait()


@pytest.fixture
def preview(book):
    with running(book) as one:
        yield one


def notebook(preview, change):
    """Save the chapter as an editor does, after `change(cells)`."""
    path = preview.root / NOTEBOOK
    content = nbformat.read(path, 4)
    change(content.cells)
    aside = path.with_suffix(".tmp")
    nbformat.write(content, aside)
    os.replace(aside, path)


def last_code(cells):
    return [cell for cell in cells if cell.cell_type == "code"][-1]


def test_a_saved_sentence_is_seen_and_its_page_alone_is_compiled(preview):
    opened, index = preview.version(), preview.version("/index.html")
    assert preview.news(version=opened) == {"reload": False, "fault": ""}
    notebook(preview, lambda cells: cells.append(nbformat.v4.new_markdown_cell("A sentence that is new.")))
    assert "A sentence that is new." in preview.shows("A sentence that is new.")
    preview.until(lambda: preview.news(version=opened) == {"reload": True, "fault": ""}, "the page is not told")
    assert preview.news("/index.html", index) == {"reload": False, "fault": ""}
    assert "preview" not in (preview.root / "_build/html/chapters/01-batteries.html").read_text(encoding="utf-8")


def test_a_file_that_is_older_than_its_page_is_seen(preview, book):
    """A copy of a backup bears the time of the backup, and so it does where the book was changed unseen."""

    def put_back(sentence):
        path = book.root / "index.md"
        aside = path.with_suffix(".tmp")
        aside.write_text(f"{path.read_text(encoding='utf-8')}\n{sentence}\n", encoding="utf-8")
        os.utime(aside, (10**9, 10**9 + len(sentence)))
        os.replace(aside, path)

    put_back("A sentence of long ago.")
    preview.shows("A sentence of long ago.", "/index.html")
    preview.until(lambda: re.search(r"\d index: ", preview.said()), "it is not told")
    preview.process.kill()
    preview.process.wait()
    put_back("A sentence put in unseen.")
    with running(book) as again:
        again.shows("A sentence put in unseen.", "/index.html")


def test_a_changed_title_is_in_the_list_of_pages(preview):
    """The list is kept from page to page until one says otherwise; pages that are not written keep theirs."""
    path = preview.root / NOTEBOOK
    written, listed = path.read_bytes(), lambda title: f'<li class="toctree-l1 current active">{LINK}{title}</a>'
    title = re.search(rb'"# (.+?)(?:\\n)?"', written)[1].decode()
    assert re.search(listed(title), preview.get())
    notebook(preview, lambda cells: cells[0].update(source=cells[0].source.replace(title, "Piles", 1)))
    assert re.search(listed("Piles"), preview.shows(">Piles<"))
    path.write_bytes(written)
    assert re.search(listed(title), preview.shows(f">{title}<"))


def test_changed_code_is_executed_from_the_first_changed_cell_on(preview):
    def count(cells):
        cells[1].source += "\nimport pathlib; runs = pathlib.Path('../runs'); runs.write_text(runs.read_text() + 'x')"

    (preview.root / "runs").write_text("")
    notebook(preview, count)
    preview.until(lambda: (preview.root / "runs").read_text() == "x", "the chapter is not executed")
    for value in ("first", "second"):
        new = nbformat.v4.new_code_cell(f"print('a {value}' + ' output')")
        notebook(preview, lambda cells: cells.append(new) if value == "first" else cells.__setitem__(-1, new))
        preview.shows(f"a {value} output\n")
    assert (preview.root / "runs").read_text() == "x"  # the cells before were not executed again


def test_a_changed_cell_is_seen_before_slow_cells_below_it(preview):
    cell = lambda source: nbformat.v4.new_code_cell(source)
    slow = "import os, time; print('slow', os.urandom(4).hex()); time.sleep(6)"
    notebook(preview, lambda cells: cells.extend(map(cell, ("print('as it' + ' was')", slow))))
    number = preview.until(lambda: re.search(r"slow \w{8}", preview.get()), "the slow cell is not executed")
    notebook(preview, lambda cells: cells.__setitem__(-2, cell("print('as it' + ' is now')")))
    early = preview.shows("as it is now\n")
    assert number[0] in early, "what is below is shown as it was"
    preview.until(
        lambda: number[0] not in (page := preview.get()) and "slow" in page, "the cells below are not executed"
    )
    notebook(preview, lambda cells: cells.__delitem__(slice(-2, None)))


def test_a_changed_cell_finds_names_as_the_cells_above_left_them(preview):
    cell = lambda source: nbformat.v4.new_code_cell(source)
    notebook(preview, lambda cells: cells.extend(map(cell, ("many = 3", "print(f'{many} seen')", "many, more = 4, 5"))))
    preview.shows("3 seen\n")
    notebook(preview, lambda cells: cells.__setitem__(-2, cell("print(f'{many} seen again', 'more' in globals())")))
    preview.shows("3 seen again False\n")


def test_a_failing_cell_is_told_and_the_last_good_page_stays(preview):
    good, opened = preview.get(), preview.version()
    notebook(preview, lambda cells: cells.append(nbformat.v4.new_code_cell("1 / 0")))
    preview.until(lambda: preview.news(version=opened)["fault"], "no fault is told")
    told = preview.news(version=opened)
    assert "01-batteries.ipynb, cell" in told["fault"] and "ZeroDivisionError" in told["fault"] and not told["reload"]
    preview.until(lambda: told["fault"] in preview.said(), "the terminal does not tell it")
    assert preview.get() == good
    notebook(preview, lambda cells: cells.pop())
    preview.until(lambda: not preview.news()["fault"], "the fault stays")


def test_a_changed_figure_is_checked_then_its_chapters_are_executed(preview):
    table = preview.root / TABLE
    text = table.read_text(encoding="utf-8")
    value = LINES[1].split(",")[5]
    opened = preview.version()
    table.write_text(text.replace(f",{value},", ",many,", 1), encoding="utf-8")
    preview.until(lambda: preview.news(version=opened)["fault"], "no fault is told")
    told = preview.news(version=opened)
    assert "data/figures.csv, row 2, column value" in told["fault"] and not told["reload"]
    table.write_text(text.replace(f",{value},", f",{value}1,", 1), encoding="utf-8")
    told = {"reload": True, "fault": ""}
    preview.until(lambda: preview.news(version=opened) == told, "the chapter is not compiled")
    assert f"{value}1" in (preview.root / NOTEBOOK).read_text(encoding="utf-8")


def test_only_what_follows_from_a_changed_figure_is_executed_before_it_is_seen(preview):
    """In the chapter that is open; what is recorded comes of a whole run, which follows."""
    runs = {name: preview.root / name for name in ("early", "late")}
    for path in runs.values():
        path.write_text("")
    noted = lambda: {name: len(path.read_text()) for name, path in runs.items()}
    mark = "p = __import__('pathlib').Path('../{}'); p.write_text(p.read_text() + 'x')"

    def count(cells):
        cells.insert(1, nbformat.v4.new_code_cell(mark.format("early")))
        last_code(cells).source += "\n" + mark.format("late")

    notebook(preview, count)
    preview.until(lambda: noted() == {"early": 1, "late": 1}, "the chapter is not executed")
    settled(preview)
    opened, table = preview.version(), preview.root / TABLE
    text = table.read_text(encoding="utf-8")
    value = text.split("\n")[1].split(",")[5]
    table.write_text(text.replace(f",{value},", f",{value}5,", 1), encoding="utf-8")
    preview.until(lambda: noted()["late"] == 2, "nothing is executed")
    assert noted()["early"] == 1
    preview.until(lambda: preview.news(version=opened)["reload"], "the chapter is not compiled")
    preview.until(lambda: noted() == {"early": 2, "late": 3}, "no whole run follows")


def settled(preview):
    """Wait until it has nothing more to do: what a chapter's run stores is a change, too."""
    still = lambda: (said := preview.said(), time.sleep(1.5)) and said == preview.said() and said.endswith(" s\n")
    preview.until(still, "it never ends")


def test_two_previews_are_told_apart(preview):
    command = [sys.executable, "-m", "claimbook.commands.cli", "serve"]
    environment = os.environ | {"PYTHONPATH": str(preview.root)}
    again = subprocess.run(command, cwd=preview.root, env=environment, capture_output=True, text=True, timeout=60)
    assert again.returncode and f"shown already, on {preview.address}" in again.stderr


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_it(preview, signum):
    notebook(preview, lambda cells: cells.append(nbformat.v4.new_code_cell("print('a kernel is' + ' kept')")))
    preview.shows("a kernel is kept\n")
    group = lambda: subprocess.run(["pgrep", "-g", str(preview.process.pid)], capture_output=True, text=True).stdout
    assert len(group().split()) > 1
    preview.process.send_signal(signum)
    assert preview.process.wait(timeout=20) == -signum
    deadline = time.monotonic() + 20
    while group():
        assert time.monotonic() < deadline, "something is left running"
        time.sleep(0.1)


def test_a_changed_package_loads_all_anew_at_the_same_address(preview):
    address, style = preview.address, preview.root / "claimbook/site/extension.py"
    style.write_text(style.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")

    def anew():  # all the while the port is held: no other can take it
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", int(address.rpartition(":")[2])))
        return preview.said().count("follows every change") == 2

    preview.until(anew, "it is not loaded anew")
    assert preview.address == address and preview.shows("</html>")


def test_the_numbers_of_chapters_stay_when_a_title_changes(preview):
    toc, loaded = preview.root / "_toc.yml", preview.said().count("follows every change")
    toc.write_text(toc.read_text(encoding="utf-8").replace("chapters:", "options:\n  numbered: true\nchapters:"))
    preview.until(lambda: preview.said().count("follows every change") > loaded, "it is not loaded anew")
    assert '<span class="section-number">1. </span>' in preview.shows("section-number")
    notebook(preview, lambda cells: cells[0].update(source="# Piles"))
    assert '<span class="section-number">1. </span>Piles' in preview.shows("Piles<")


def test_files_of_charts_are_made_when_they_are_asked_for(preview):
    chart = re.search(r"charts/[\w-]+\.csv", preview.get())[0]
    assert preview.get(f"/{chart}").startswith(("id,", "table,")) and "<svg" in preview.get(f"/{chart[:-4]}.svg")
    assert json.loads(preview.get("/_static/pyrun.json"))["packages"]
