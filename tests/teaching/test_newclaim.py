"""A new claim in any chapter, a new chapter, a figure, a source: from the command to a page with a verdict."""

import csv
import json
import re

import nbformat
import pytest
from copies import copied, small_book

from claimbook.engine import run
from claimbook.judgement import ledger, rules
from claimbook.paths import theme_of
from claimbook.teaching import newclaim

CLAIM = {
    "chapter": "batteries",
    "article": "1",
    "passage": "paragraph 1",
    "cited": "",
    "statement": "Battery makers raised $12 billion in 2024.",
    "kind": "figure",
    "claimed": "12",
    "unit": "USD_bn",
    "precision": "about",
}
THEMES = list(dict.fromkeys(one.chapter for one in ledger.claims().values()))


def add(book, fields):
    code, said = book.claimbook(
        "new-claim", *(part for field, value in fields.items() for part in (f"--{field}", value))
    )
    assert code == 0, said
    return said


def edit_cell(path, id, old, new):
    """Replace a part of a cell of a notebook."""
    notebook = nbformat.read(path, 4)
    cell = next(cell for cell in notebook.cells if cell["id"] == id)
    assert old in cell.source, cell.source
    cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)


def done(book, command):
    code, said = book.claimbook(command)
    assert code == 0, said
    return said


def test_claims_of_three_kinds_become_pages_with_verdicts(tmp_path):
    book = small_book(tmp_path / "book")
    assert "batteries-03" in add(book, CLAIM | {"statement": "Makers of batteries raised $11 billion in 2024."})
    add(book, CLAIM | {"statement": "It fell.", "kind": "trend", "claimed": "", "unit": "percent", "precision": "down"})
    add(book, CLAIM | {"statement": "Raise early.", "kind": "advice", "claimed": "", "unit": "", "precision": "advice"})
    path = book.root / "chapters/01-batteries.ipynb"
    ids = [line.split(",")[0] for line in (book.root / "data/figures.csv").read_text(encoding="utf-8").splitlines()]
    edit_cell(
        path, "batteries-03-2", "evidence = {}", f'evidence = {{"A": figure("{ids[1]}"), "B": figure("{ids[2]}")}}'
    )
    drawn = 'dots(verdict)\nfinish("batteries-03", "One", "USD bn", alt="Two counts in USD bn: 11.4 and 9.1, of 12.")'
    edit_cell(path, "batteries-03-4", "# With", f"{drawn}\n# With")
    done(book, "data"), done(book, "build")
    page = (book.root / "_build/html/chapters/01-batteries.html").read_text(encoding="utf-8")
    assert re.findall(r'class="verdict-card" data-verdict="([^"]+)"', page) == [
        "disputed",
        "one count, for",
        "disputed",
        "no count",
        "not scored",
    ]
    assert 'data-chart="batteries-03"' in page and "Makers of batteries raised $11 billion" in page
    board = (book.root / "_build/html/chapters/scoreboard.html").read_text(encoding="utf-8")
    assert 'href="01-batteries.html#batteries-03"' in board
    assert "Of 4 scored claims, by their weakest figure:" in (book.root / "index.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """This book with a new claim in each chapter and a new chapter, built; what was said, and what it was before."""
    book = copied(tmp_path_factory.mktemp("grown") / "book")
    said = [
        add(book, CLAIM | {"chapter": theme, "statement": f"One more on {theme}."}) for theme in [*THEMES, "batteries"]
    ]
    done(book, "data"), done(book, "build")
    return book, said


def test_a_new_claim_of_every_chapter_and_a_new_chapter_are_built_and_stand_on_the_scoreboard(grown):
    book, said = grown
    ids = [line.split(" ")[0] for line in said]
    board = (book.root / "_build/html/chapters/07-scoreboard.html").read_text(encoding="utf-8")
    chart = re.search(r'<svg [^>]*data-chart="scoreboard".*?</svg>', board, re.S)[0]
    scored = [one for one in ledger.claims().values() if one.kind not in rules.UNSCORED]
    assert f"of {len(scored) + len(ids)} claims hold" in board and "Batteries" in chart
    for id in ids:
        assert f'#{id}"' in board, id
    toc = (book.root / "_toc.yml").read_text(encoding="utf-8").splitlines()
    assert [theme_of(line) for line in toc if re.search(r"chapters/\d", line)][: len(THEMES) + 1] == [
        *THEMES,
        "batteries",
    ]


def test_a_new_claim_breaks_no_test(grown):
    book, _ = grown
    names = ["tests/judgement", "tests/evidence/test_data.py", "tests/book/test_notebooks.py"]
    code, said = book.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *names)
    assert code == 0, said[-3000:]


def test_a_new_claim_stands_before_the_exercises(grown):
    book, _ = grown
    order = [cell["id"] for cell in nbformat.read(book.root / "chapters/02-us-dominance.ipynb", 4).cells]
    assert order.index("us-09-1") < order.index("us-10-1") < order.index("us-exercises")


def test_a_new_source_makes_only_those_chapters_stale_that_cite_it(copy):
    marks = run.recorded()
    readers = {name for name, mark in marks.items() if "data/fields.csv" in mark["inputs"]}
    assert 0 < len(readers) < len(marks)
    table = copy.root / "data/fields.csv"
    line = table.read_text(encoding="utf-8").splitlines()[-1]
    with (copy.root / "data/sources.csv").open("a", encoding="utf-8") as file:
        file.write("example-2025,A page,Example,2025-02-01,https://example.org/,2026-01-05\n")
    described = json.loads((copy.root / "data/datapackage.json").read_text(encoding="utf-8"))
    columns = [f["name"] for r in described["resources"] if r["name"] == "fields" for f in r["schema"]["fields"]]
    source = dict(zip(columns, next(csv.reader([line]))))["source"]
    table.write_text(table.read_text(encoding="utf-8").replace(f",{source},", ",example-2025,", 1), encoding="utf-8")
    code, text = copy.run("-c", "from claimbook.engine import run; print(*(p.name for p in run.stale()))")
    assert code == 0 and set(text.split()) == readers


@pytest.mark.parametrize(
    "field, value, message",
    [
        ("claimed", "twelve", "cannot be judged"),
        ("precision", "roughly", "roughly"),
        ("unit", "EUR", "USD_bn"),
        ("article", "3", "Which article"),
        ("kind", "wibble", "Kind: figure"),
        ("chapter", "AI boom!", "small letters"),
        ("statement", "", "needs a statement"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_not_written(copy, field, value, message):
    before = (copy.root / "data/claims.csv").read_text(encoding="utf-8"), sorted((copy.root / "chapters").iterdir())
    code, said = copy.claimbook(
        "new-claim", *(part for name, text in (CLAIM | {field: value}).items() for part in (f"--{name}", text))
    )
    assert code != 0 and message in said and "Traceback" not in said
    after = (copy.root / "data/claims.csv").read_text(encoding="utf-8"), sorted((copy.root / "chapters").iterdir())
    assert before == after


def test_what_is_not_given_is_asked_and_a_wrong_answer_ends_it():
    asked = []
    answers = iter(CLAIM[field] for field in newclaim.questions() if field != "chapter")
    fields = newclaim.ask({"chapter": "ai-boom"}, lambda question: asked.append(question) or next(answers))
    assert fields == CLAIM | {"chapter": "ai-boom"} and len(asked) == len(CLAIM) - 1
    asked.clear()
    with pytest.raises(newclaim.tables.DataError, match="article is '9'"):
        newclaim.ask({"chapter": "ai-boom"}, lambda question: asked.append(question) or "9")
    assert len(asked) == 1
