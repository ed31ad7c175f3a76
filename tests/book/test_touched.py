"""make touched: a test is left out only where nothing that it opened has changed since it passed."""

import re
import shutil

import pytest
from copies import NOTEBOOK, TABLE

from claimbook.paths import ROOT

TESTS = """
from functools import cache
import subprocess
import pytest
from claimbook.paths import ROOT

text = (ROOT / "CHANGELOG.md").read_text()

@cache
def table():
    return (ROOT / "data/figures.csv").read_text()

@pytest.fixture(scope="module")
def page():
    return (ROOT / "index.md").read_text()

def test_a_table():
    assert "999" not in table()

def test_a_table_that_was_read_before():
    assert table()

def test_a_page(page):
    assert page

def test_a_page_that_was_read_before(page):
    assert page

def test_another_program():
    subprocess.run(["true", str(ROOT / "LICENSE")], check=True)

def test_another_program_that_may_open_all():
    subprocess.run(["true", ROOT], check=True)

def test_a_folder():
    assert [*(ROOT / "data").glob("*.csv")]

def test_verdicts():
    from claimbook.judgement import ledger
    assert ledger.verdicts()

def test_nothing():
    pass
"""


@pytest.fixture
def tested(book):
    """Runs the tests of a small book that are touched, and tells how many passed, failed and were left out."""
    (book.root / "tests").mkdir()
    for name in ("conftest.py", "copies.py", "touched.py"):
        shutil.copy(ROOT / "tests" / name, book.root / "tests" / name)
    shutil.copytree(ROOT / "tests/small_book", book.root / "tests/small_book")
    (book.root / "tests/test_one.py").write_text(TESTS, encoding="utf-8")

    def tested():
        code, said = book.claimbook("test", "--touched", "tests/test_one.py", "--", "-n1")
        found = [int((re.search(rf"(\d+) {what}", said) or (0, 0))[1]) for what in ("passed", "failed", "tests \\(")]
        assert code == (found[1] > 0), said
        return found

    return tested


def test_what_a_change_touches_is_run_and_what_is_left_out_is_told(book, tested):
    assert tested() == [9, 0, 0], "nothing is known yet"
    assert tested() == [0, 0, 9]
    book.edit(TABLE, ",11.4,", ",999,")
    assert tested() == [2, 1, 6], "the two that read the table, and the program; the verdicts are read of claims"
    assert tested() == [0, 1, 8], "one that failed is run until it passes"
    book.edit(TABLE, ",999,", ",11.4,")
    for path, touches in {
        "index.md": 3 + 2,  # and the table as it was
        "LICENSE": 2,
        "data/new.csv": 2,
        NOTEBOOK: 1,
        "CHANGELOG.md": 9,
        "claimbook/paths.py": 9,
        "tests/helper.py": 9,
    }.items():
        with (book.root / path).open("a", encoding="utf-8") as file:
            file.write("\n")
        assert tested() == [touches, 0, 9 - touches], path
    (book.root / "data/__pycache__").mkdir()
    assert tested() == [0, 0, 9], "what Python leaves in a folder is none of the book's files"
    chapter = book.root / NOTEBOOK
    chapter.write_text(
        chapter.read_text(encoding="utf-8").replace('"reason": "', '"reason": "So: ', 1), encoding="utf-8"
    )
    assert tested() == [2, 0, 7], "of a chapter the verdicts that are stored there"
