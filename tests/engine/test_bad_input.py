"""Whatever is wrong with what comes in: one clear message with file, row, column and remedy, an error, and the
published site as it was."""

import csv
import io
import re
import shutil

import nbformat
import pytest
from copies import CITED, DESCRIBED, FIRST, LEDGER, LINES, NOTEBOOK, SECOND, TABLE, Book, code, named


def text(path, old, new):
    """Another text in a file, once."""
    return lambda book: book.edit(path, old, new)


def raw(path, change):
    """Other bytes in a file."""
    return lambda book: (book.root / path).write_bytes(change((book.root / path).read_bytes()))


def columns(change):
    """Each row of the table with other cells."""

    def plant(book):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(
            map(change, csv.reader(io.StringIO((book.root / TABLE).read_text(encoding="utf-8"))))
        )
        (book.root / TABLE).write_text(out.getvalue(), encoding="utf-8")

    return plant


def cell(old, new):
    """Another value in the first figure's row, with the id that it then must have."""
    line = LINES[1]
    id, rest = line.split(",", 1)
    return text(TABLE, line, named(f"{id},{rest.replace(old, new, 1)}"))


def remove(path):
    return lambda book: (book.root / path).unlink()


def folder(path):
    return lambda book: (remove(path)(book), (book.root / path).mkdir())


TABLES = {
    "missing file": (
        remove(TABLE),
        "data/figures.csv cannot be read: No such file or directory. Restore it: git checkout data/figures.csv",
    ),
    "folder in its place": (folder(TABLE), "data/figures.csv cannot be read: Is a directory. Mend it"),
    "empty file": (raw(TABLE, lambda old: b""), "data/figures.csv, row 1: the table is empty. Restore it"),
    "byte order mark": (
        raw(TABLE, lambda old: b"\xef\xbb\xbf" + old),
        "data/figures.csv, row 1: the file begins with a byte order mark. Save it as UTF-8",
    ),
    "UTF-16": (
        raw(TABLE, lambda old: old.decode().encode("utf-16")),
        "data/figures.csv, row 1: the byte 0xff is not UTF-8. Save the table as UTF-8",
    ),
    "Latin-1": (
        raw(TABLE, lambda old: old.replace(b"Other", b"Oth\xe9r", 1)),
        "data/figures.csv, row 3: the byte 0xe9 is not UTF-8. Save",
    ),
    "null byte": (
        raw(TABLE, lambda old: old.replace(b"Other", b"Oth\0r", 1)),
        "data/figures.csv, row 3: a control character (U+0000) stands in a cell. Delete it",
    ),
    "wrong delimiter": (
        raw(TABLE, lambda old: old.replace(b",", b";")),
        "data/figures.csv, row 1: datapackage.json describes the columns id,measure,scope",
    ),
    "quoted newline": (
        cell("World", '"Wor\nld"'),
        "data/figures.csv, row 2, column scope: a line break stands in the cell. Put the text on one line",
    ),
    "open quotation mark": (cell("World", '"World'), "data/figures.csv, row 2: a quotation mark is not closed"),
    "missing column": (
        columns(lambda row: row[:6] + row[7:]),
        (
            "data/figures.csv, row 1: datapackage.json describes the columns id,measure,.*; the table lacks unit. Mend"
            " the header"
        ),
    ),
    "extra column": (
        columns(lambda row: [*row, "x"]),
        "data/figures.csv, row 1: .*; the table has besides x. Mend the header, or describe",
    ),
    "renamed column": (
        text(TABLE, "id,measure,scope", "id,measures,scope"),
        "data/figures.csv, row 1: .* lacks measure and has besides measures",
    ),
    "duplicated column": (columns(lambda row: [*row[:6], *row[5:]]), "data/figures.csv, row 1: .* has twice value"),
    "columns in another order": (
        columns(lambda row: [row[0], row[2], row[1], *row[3:]]),
        "data/figures.csv, row 1: .* has them in another order",
    ),
    "a cell too many": (
        cell("cells", "cells, or more"),
        "data/figures.csv, row 2: 19 cells are needed, there are 20. Put text with a comma in quotation marks",
    ),
    "a short row": (
        raw(TABLE, lambda old: old + b"a4,share\n"),
        "data/figures.csv, row 5: 19 cells are needed, there are 2",
    ),
    "a needed cell empty": (cell("11.4", ""), "data/figures.csv, row 2, column value: a value is needed. Fill it in"),
    "NaN": (cell("11.4", "NaN"), "data/figures.csv, row 2, column value: 'NaN' is no number of up to 15 digits. Write"),
    "infinity": (cell("11.4", "inf"), "data/figures.csv, row 2, column value: 'inf' is no number of up to 15 digits."),
    "a word for a number": (
        cell("11.4", "many"),
        "data/figures.csv, row 2, column value: 'many' is no number of up to 15 digits. Write it as 1234.5",
    ),
    "thousands with commas": (
        cell("11.4", '"11,400"'),
        "data/figures.csv, row 2, column value: '11,400' is no number of up to 15 digits. Write it as 1234.5",
    ),
    "negative amount": (
        cell("11.4", "-11.4"),
        "data/figures.csv, row 2, column value: '-11.4' is below 0. Mend it or its unit",
    ),
    "percent over 100": (
        text(TABLE, ",52,percent", ",520,percent"),
        "data/figures.csv, row 4, column value: 520 percent is more than all, and 'share' is no growth or return. Mend",
    ),
    "unit mixed": (
        cell("USD_bn", "USD_m"),
        "data/figures.csv, row 3, column unit: 'USD_bn' stands here, 'USD_m' above. Write both in one unit",
    ),
    "date in another format": (
        cell("2025-02-01", "01/02/2025"),
        "data/figures.csv, row 2, column published: '01/02/2025' is no date written as .*. Write it as 2025-01-31",
    ),
    "a day that is none": (
        cell("2025-02-01", "2025-02-31"),
        "data/figures.csv, row 2, column published: '2025-02-31' is no date written as .*. Write",
    ),
    "period in another format": (
        cell("2024", "FY24"),
        "data/figures.csv, row 2, column period: 'FY24' is no date written as",
    ),
    "year out of range": (cell("2024", "2204"), "data/figures.csv, row 2, column period: '2204' is no date written as"),
    "year after the publication": (
        cell("2024", "2042"),
        "data/figures.csv, row 2, column period: '2042' lies after the publication (2025-02-01). Mend either date",
    ),
    "published after it was read": (
        cell("2025-02-01", "2026-02-01"),
        (
            "data/figures.csv, row 2, column published: '2026-02-01' lies after the day on which the page was read"
            " (2026-01-05)"
        ),
    ),
    "unknown evidence": (
        cell("primary", "hearsay"),
        "data/figures.csv, row 2, column evidence: 'hearsay' is none of .*primary.*. Choose one",
    ),
    "unknown source key": (
        cell("example-2025", "nowhere-2025"),
        ("data/figures.csv, row 2, column source: the key 'nowhere-2025' is not in data/sources.csv. Add or mend it"),
    ),
    "duplicate figure id": (
        text(TABLE, SECOND, FIRST),
        f"data/figures.csv, row 3, column id: '{FIRST}' stands in an earlier row too. Give each row its own",
    ),
    "an id that says something else": (
        text(TABLE, SECOND, "batteries-02"),
        "data/figures.csv, row 3, column id: 'batteries-02' does not say what the row says, which is"
        " 'other_venture_world_batteries_2024_2025-03'",
    ),
    "source that nothing cites": (
        raw(
            CITED,
            lambda old: old + old.splitlines(True)[1].replace(b"example-", b"idle-").replace(b"org/", b"org/idle-"),
        ),
        "data/sources.csv, row 4, column key: no figure cites 'idle-2025'. Delete the row",
    ),
    "source without address": (
        text(CITED, "https://example.org/batteries", "javascript:alert(1)"),
        "data/sources.csv, row 2, column url: 'javascript:alert(1)' is no address. Begin it with https://",
    ),
    "a path for an id": (
        text(LEDGER, "batteries-02,", "../b,"),
        "data/claims.csv, row 3, column id: '../b' holds more than letters, digits and hyphens. Rename it",
    ),
    "duplicate claim id": (
        text(LEDGER, "batteries-02,", "batteries-01,"),
        "data/claims.csv, row 3, column id: 'batteries-01' stands in an earlier row too",
    ),
    "claim without chapter": (
        text(LEDGER, "batteries-02,batteries,", "batteries-02,butteries,"),
        (
            "data/claims.csv, row 3, column chapter: no notebook in chapters/ shows the verdicts of 'butteries'; there"
            " are batteries. Mend"
        ),
    ),
    "claim with an empty chapter": (
        text(LEDGER, "batteries-02,batteries,", "batteries-02,,"),
        "data/claims.csv, row 3, column chapter: a value is needed. Fill it in",
    ),
    "chapter without claim": (
        lambda book: [raw(path, lambda old: old.splitlines(True)[0])(book) for path in (LEDGER, "data/questions.csv")],
        "chapters/01-batteries.ipynb: no claim in data/claims.csv belongs to its chapter 'batteries'. Mend",
    ),
    "unknown article": (
        text(LEDGER, "batteries,1,paragraph 2", "batteries,3,paragraph 2"),
        "data/claims.csv, row 3, column article: the key '3' is not in data/articles.csv. Add or mend",
    ),
    "unknown kind": (
        text(LEDGER, ",share,", ",shares,"),
        "data/claims.csv, row 3, column kind: 'shares' is none of figure, share, .*. Choose one",
    ),
    "unknown precision": (
        text(LEDGER, ",percent,about", ",percent,roughly"),
        "data/claims.csv, row 3, columns claimed, precision: '50' as 'roughly' cannot be judged .*. Write digits",
    ),
    "unknown unit": (
        text(LEDGER, ",50,percent", ",50,parts"),
        "data/claims.csv, row 3, column unit: 'parts' is none of USD_bn, .*. Choose one",
    ),
    "claimed figure in words": (
        text(LEDGER, ",50,percent", ",half,percent"),
        "data/claims.csv, row 3, columns claimed, precision: 'half' as 'about' cannot be judged .*. Write digits",
    ),
    "claimed figures without units": (
        text(LEDGER, ",50,percent", ",50;60;70,percent;ratio"),
        "data/claims.csv, row 3: claim batteries-02, column unit: 3 values are needed, or one for all",
    ),
    "a table that nobody described": (
        lambda book: (book.root / "data/more.csv").write_text("a\n1\n"),
        "data/more.csv is not described in datapackage.json: describe it there, or delete it",
    ),
}
"""What is wrong with a table: how it is planted, what the message says."""
FILES = {
    "a change that was not accepted": (
        cell("11.4", "11.5"),
        (
            "data/figures.csv is not the table that datapackage.json describes: it was changed. Accept the change with:"
            " make data"
        ),
    ),
    "half a data package": (
        raw(DESCRIBED, lambda old: old[:500]),
        "data/datapackage.json cannot be read: .*. Restore it: git checkout data/datapackage.json",
    ),
    "no data package": (
        remove(DESCRIBED),
        "data/datapackage.json cannot be read: No such file or directory. Restore it",
    ),
    "a data package of nothing": (
        raw(DESCRIBED, lambda old: b"{}"),
        "data/datapackage.json cannot be read: KeyError 'resources'. Restore it",
    ),
    "half a notebook": (
        raw(NOTEBOOK, lambda old: old[:500]),
        (
            "chapters/01-batteries.ipynb is not a readable notebook: .*. Restore it: git checkout"
            " chapters/01-batteries.ipynb"
        ),
    ),
    "a notebook of nothing": (
        raw(NOTEBOOK, lambda old: b"{}"),
        "chapters/01-batteries.ipynb is not a readable notebook: .*. Restore it",
    ),
    "a notebook with marks of a merge": (
        raw(NOTEBOOK, lambda old: old.replace(b' "cells"', b'<<<<<<< HEAD\n "cells"', 1)),
        "chapters/01-batteries.ipynb is not a readable notebook: .*. Restore it",
    ),
    "no lock": (
        remove("requirements.lock"),
        "requirements.lock: No such file or directory. Restore it: git checkout requirements.lock",
    ),
}
"""What is wrong with another file, found before anything is executed."""
KINDS = [(name, case, True) for name, case in TABLES.items()] + [(name, case, False) for name, case in FILES.items()]


def one_message(said):
    """The message without its heading; there must be one line of it."""
    assert "Traceback" not in said
    lines = [line for line in said.splitlines() if line != "The data has faults; nothing was built."]
    assert len(lines) == 1, said
    return lines[0]


@pytest.mark.parametrize(
    "plant, message, accepted", [pytest.param(*case, accepted, id=name) for name, case, accepted in KINDS]
)
def test_bad_input_is_told_in_one_line_and_nothing_is_published(book, plant, message, accepted):
    before = book.published()
    plant(book)
    if accepted:
        book.accept()
    code, said = book.build()
    assert code != 0 and book.published() == before
    assert re.search(re.escape(message).replace(r"\.\*", ".*"), one_message(said)), said


def kernel(book):
    path = book.root / NOTEBOOK
    notebook = nbformat.read(path, 4)
    notebook.metadata["kernelspec"] = {"name": "julia-1.9", "display_name": "Julia 1.9", "language": "julia"}
    nbformat.write(notebook, path)


def endless(book):
    book.edit("claimbook/engine/run.py", "SECONDS_PER_CELL = 120", "SECONDS_PER_CELL = 1")
    code("while True: pass")(book)


CELL = r"chapters/01-batteries.ipynb, cell 1 \(intro-2\)"
CHAPTERS = {
    "unknown kernel": (
        kernel,
        r"^chapters/01-batteries.ipynb asks for a kernel of 'julia'; .* choose the kernel Python 3$",
    ),
    "endless cell": (
        endless,
        rf"^{CELL} ran for more than 1 s and was stopped. Its stored outputs are unchanged. Make it quicker$",
    ),
    "a cell that writes to data/": (
        code("open('../data/figures.csv', 'a').write('x')"),
        rf"^{CELL} failed.*\n(.*\n)*PermissionError: A chapter may not write to data/figures.csv: .* Write elsewhere",
    ),
    "a cell that deletes from data/": (
        code("import os; os.remove('../data/figures.csv')"),
        rf"^{CELL} failed.*\n(.*\n)*PermissionError: A chapter may not write to data/figures.csv",
    ),
    "huge output": (code("print('x' * 3_000_000)"), rf"^{CELL} gives 2.9 MiB of output, 2 may be: show less of it$"),
    "a chart of another claim": (
        text(NOTEBOOK, '"batteries-01\\",\\n', '"batteries-02\\",\\n'),
        r"^chapters/01-batteries.ipynb, cell 4 \(b1-2\) shows batteries-02, which is not of its section, batteries-01:"
        r" name the section's own claim, or move the cell$",
    ),
    "a verdict of another claim": (
        text(NOTEBOOK, 'claim(\\"batteries-02\\")', 'claim(\\"batteries-01\\")'),
        r"cell 6 \(b2-1\) shows batteries-01, which is not of its section, batteries-02",
    ),
    "missing font": (
        code(
            "import matplotlib.pyplot as plt; plt.rcParams['font.family'] = 'Nowhere Sans'\nplt.text(0, 0,"
            " 'a')\nplt.gcf().canvas.draw()\nplt.close()"
        ),
        rf"^{CELL} writes to stderr: mend the cause.\n.*'Nowhere Sans' not found",
    ),
    "a kernel that dies": (
        code("import os; os._exit(3)"),
        rf"^{CELL} failed. Its stored outputs are unchanged.\n.*[Kk]ernel died",
    ),
    "an exercise file that is broken": (
        lambda book: (
            (book.root / "chapters/exercises.json").write_text("{"),
            code("from claimbook import check; check('a', 1)")(book),
        ),
        rf"^{CELL} failed",
    ),
}
"""What a chapter may do when it is executed: the message names the cell."""


@pytest.mark.parametrize("plant, message", [pytest.param(*case, id=name) for name, case in CHAPTERS.items()])
def test_a_chapter_that_misbehaves_is_named_and_nothing_is_published(book, plant, message):
    before, table = book.published(), (book.root / TABLE).read_bytes()
    plant(book)
    stored = (book.root / NOTEBOOK).read_bytes()
    code, said = book.build()
    assert code != 0 and re.search(message, said) and "claimbook/commands/cli.py" not in said, said
    assert (
        book.published() == before
        and (book.root / TABLE).read_bytes() == table
        and (book.root / NOTEBOOK).read_bytes() == stored
    )


FULL = (
    "mount -t tmpfs -o size=20m none ../disk && cp -a . ../disk && cd ../disk && { cat /dev/zero > fill 2>/dev/null;"
    ' PYTHONPATH=$PWD "$@"; code=$?; diff -r ../book/_build/html _build/html && exit $code; }'
)
LOCKED = 'mount --bind . . && mount -o remount,bind,ro . && cd "$PWD" && exec "$@"'


@pytest.mark.parametrize(
    "prepare, message",
    [
        pytest.param(
            FULL,
            "_build/01-batteries.ipynb.new: No space left on device. Make room on the disk and repeat. The site in"
            " place is as it was",
            id="full disk",
        ),
        pytest.param(
            LOCKED,
            "_build/lock: Read-only file system. Let this user write there and repeat. The site in place is as it was",
            id="read-only folder",
        ),
    ],
)
def test_a_disk_that_takes_nothing_is_told_and_nothing_is_published(book, prepare, message):
    """In a namespace with mounts of its own. `FULL` compares the site there itself: a difference would be printed."""
    before = book.published()
    code("1 + 1")(book)
    (book.root.parent / "disk").mkdir()
    done, said = book.run(
        "-m",
        "claimbook.commands.cli",
        "build",
        before=["unshare", "--map-root-user", "--mount", "sh", "-c", prepare, "sh"],
    )
    assert (done, said.strip()) == (1, message) and book.published() == before


@pytest.mark.parametrize(
    "name, environment",
    [
        pytest.param("Zürich 经济", {}, id="non-ASCII path"),
        pytest.param("a b's & c", {}, id="path with spaces"),
        pytest.param(
            "book", {"LC_ALL": "C", "LANG": "tr_TR", "PYTHONUTF8": "0", "TZ": "Pacific/Kiritimati"}, id="changed locale"
        ),
    ],
)
def test_path_and_locale_change_no_byte(sound, tmp_path, name, environment):
    book = Book(
        shutil.copytree(sound.root, tmp_path / name, ignore=shutil.ignore_patterns("_build", "fingerprints.json"))
    )
    code, said = book.build(**environment)
    assert code == 0 and "Executed chapters/01-batteries.ipynb" in said, said
    assert book.published() == sound.published()


def test_what_a_reader_has_set_for_other_programs_changes_no_byte(sound, tmp_path):
    """Settings of IPython and of matplotlib, and a folder for passing files too deep for the name of a socket."""
    book = Book(
        shutil.copytree(sound.root, tmp_path / "book", ignore=shutil.ignore_patterns("_build", "fingerprints.json"))
    )
    home, deep = tmp_path / "home", tmp_path / ("d" * 90)
    deep.mkdir()
    for file, said in {
        ".ipython/profile_default/startup/mine.py": "print('started')",
        ".ipython/profile_default/ipython_config.py": "get_config().InteractiveShell.ast_node_interactivity = 'all'",
        ".ipython/profile_default/ipython_kernel_config.py": "get_config().InlineBackend.figure_formats = {'png'}",
        ".config/matplotlib/matplotlibrc": "font.size: 20\naxes.facecolor: red",
    }.items():
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).write_text(said)
    code, said = book.build(HOME=str(home), TMPDIR=str(deep), MPLBACKEND="TkAgg")
    assert code == 0 and "Executed chapters/01-batteries.ipynb" in said, said
    assert book.published() == sound.published()
