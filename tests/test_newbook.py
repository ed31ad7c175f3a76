"""A new claim in this book, and a new book from an article with three claims: from the first command to a page with
verdicts."""

import re

import nbformat
import pytest
from conftest import ROOT, Copy

from claimbook.evidence import tables
from claimbook.teaching import newbook

CLAIM = {
    "chapter": "batteries",
    "article": "1",
    "passage": "paragraph 1",
    "statement": "Battery makers raised $12 billion in 2024.",
    "kind": "figure",
    "claimed": "12",
    "unit": "USD_bn",
    "precision": "about",
}
SOURCE = "example-2025,Battery money,Example,2025-02-01,https://example.org/batteries,2026-01-05\n"
ROWS = """\
,venture funding,World,batteries,2024,11.4,USD_bn,,,Example,Example,battery rounds,2025-02-01,,primary,example-2025,
,venture funding,World,batteries,2024,9.1,USD_bn,,,Other,Other,battery rounds,2025-03-01,,report,example-2025,
"""


def add(book, fields):
    code, said = book.claimbook(
        "new-claim", *(part for field, value in fields.items() for part in (f"--{field}", value))
    )
    assert code == 0, said
    return said


def test_an_article_with_three_claims_becomes_a_book_with_verdicts(tmp_path):
    code, said = Copy(ROOT).claimbook("new-book", str(tmp_path / "book"), "Batteries, claim by claim")
    assert code == 0, said
    book = Copy(tmp_path / "book")
    assert "batteries-01" in add(book, CLAIM)
    add(
        book,
        CLAIM
        | {
            "statement": "Their money fell in 2024.",
            "kind": "trend",
            "claimed": "",
            "unit": "percent",
            "precision": "down",
        },
    )
    add(book, CLAIM | {"statement": "Raise early.", "kind": "advice", "claimed": "", "unit": "", "precision": "advice"})
    for name, lines in (("figures", ROWS), ("sources", SOURCE)):
        with (book.root / "data" / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write(lines)
    path = book.root / "chapters" / "01-batteries.ipynb"
    notebook = nbformat.read(path, 4)
    cells = {cell["id"]: cell for cell in notebook.cells}
    cells["batteries-01-2"].source = cells["batteries-01-2"].source.replace(
        "witnesses = []",
        'witnesses = ["example_venture_world_batteries_2024_2025-02", "other_venture_world_batteries_2024_2025-03"]',
    )
    drawn = re.sub(r"^# (fig|finish)", r"\1", cells["batteries-01-4"].source, flags=re.M)
    cells["batteries-01-4"].source = (
        drawn.replace('title=""', 'title="One of two counts comes near"')
        .replace('subtitle=""', 'subtitle="USD bn"')
        .replace('alt=""', 'alt="Two counts: 11.4 and 9.1 billion dollars."')
    )
    nbformat.write(notebook, path)
    for command in ("data", "build"):
        code, said = book.claimbook(command)
        assert code == 0, said
    page = (book.root / "_build" / "html" / "chapters" / "01-batteries.html").read_text(encoding="utf-8")
    assert re.findall(r'class="verdict-card" data-verdict="([^"]+)"', page) == [
        "depends on the source",
        "not found",
        "judgement",
    ]
    assert 'data-chart="batteries-01"' in page and "Battery makers raised $12 billion" in page
    board = (book.root / "_build" / "html" / "chapters" / "scoreboard.html").read_text(encoding="utf-8")
    assert 'href="01-batteries.html#batteries-01"' in board
    assert "Of 3 claims:" in (book.root / "index.md").read_text(encoding="utf-8")


def test_a_new_claim_of_this_book_gets_the_next_id_and_a_section_that_runs(copy):
    said = add(copy, CLAIM | {"chapter": "us-dominance", "statement": "A tenth claim."})
    assert "us-10 stands in data/claims.csv" in said
    notebook = nbformat.read(copy.root / "chapters" / "02-us-dominance.ipynb", 4)
    order = [cell["id"] for cell in notebook.cells]
    assert (
        order.index("us-09-1")
        < order.index("us-10-1")
        < order.index("us-exercises" if "us-exercises" in order else "us-ex-1")
    )
    assert (
        (copy.root / "data" / "claims.csv")
        .read_text(encoding="utf-8")
        .splitlines()[-1]
        .startswith("us-10,us-dominance,1,")
    )


@pytest.mark.parametrize(
    "field, value, message",
    [
        ("claimed", "twelve", "cannot be judged"),
        ("precision", "roughly", "roughly"),
        ("unit", "EUR", "USD_bn"),
        ("article", "3", "Which article"),
        ("statement", "", "needs a statement"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_not_written(copy, field, value, message):
    before = (copy.root / "data" / "claims.csv").read_text(encoding="utf-8"), sorted((copy.root / "chapters").iterdir())
    code, said = copy.claimbook(
        "new-claim", *(part for name, text in (CLAIM | {field: value}).items() for part in (f"--{name}", text))
    )
    assert code != 0 and message in said and "Traceback" not in said
    assert before == (
        (copy.root / "data" / "claims.csv").read_text(encoding="utf-8"),
        sorted((copy.root / "chapters").iterdir()),
    )


def test_what_is_not_given_is_asked():
    asked = []
    fields = newbook.ask({"chapter": "ai-boom"}, lambda question: asked.append(question) or "x")
    assert fields["chapter"] == "ai-boom" and len(asked) == len(newbook.ASKED) - 1


def test_a_folder_that_exists_is_left_alone(tmp_path):
    with pytest.raises(FileExistsError):
        newbook.new_book(tmp_path, "Anything")
    assert tables.tables()[0] == "claims" and not list(tmp_path.iterdir())
