"""A new claim, and a new book from another article with the same package: what must be typed is asked, what follows is
written."""

import csv
import json
import re
import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import nbformat

from claimbook.engine import run
from claimbook.evidence import tables
from claimbook.judgement import cards, ledger, rules
from claimbook.paths import ROOT, theme_of

ASKED = {
    "chapter": "Theme of the chapter, such as ai-boom",
    "article": "Which article (1 or 2)",
    "passage": "Where in the article",
    "statement": "The claim in your own words, one sentence",
    "kind": (
        "Kind: "
        + ", ".join(
            [
                "figure",
                "share",
                "growth",
                "trend",
                "comparison",
                "composition",
                "count",
                "ratio",
                "membership",
                "forecast",
                *rules.UNSCORED,
            ]
        )
    ),
    "claimed": "The figure as printed, digits only (empty: none)",
    "unit": "Its unit: USD_bn, USD_m, percent, points, ratio, years, count",
    "precision": "How exact it must be: " + ", ".join(rules.PRECISIONS) + ", or " + " or ".join(rules.UNSCORED),
}
"""What a new claim needs, in the order in which it is asked."""

IMPORTS = """import matplotlib.pyplot as plt
import pandas as pd

from claimbook import claim, label, load, number, say
from claimbook.charts.style import dots, finish, use_style

use_style()"""

THISBOOK = '''"""What only this book says: which of its claims speak of one quantity, and the sentences of its cover."""


def readings():
    """Each quantity with its readings: {quantity and unit: [(claims, how, Interval)]}."""
    return {}


def cover(stored):
    """What the cover says of the findings, a sentence each. `stored`: the verdicts that the chapters stored."""
    return []


CONTRADICTED = ""
"""What the claims that contradict each other are about, for the cover."""
'''

INDEX = """# {title}

A widely read text, claim by claim: each is tested against cited public data, and its verdict is computed.

<!-- scoreboard -->

<!-- /scoreboard -->

```{{tableofcontents}}
```
"""

CITATION = """cff-version: 1.2.0
message: Please cite this book and its data as below, and each figure with the publisher that its row names.
title: {title}
authors:
  - name: {authors}
version: 0.1.0
date-released: "{day}"
license: CC-BY-4.0
keywords: [reproducible research, fact checking]
"""

CHANGELOG = """# Changes

## 0.1.0 ({day})

The book is begun.
"""

TOC = """format: jb-book
root: index
chapters:
  - file: chapters/scoreboard
  - file: chapters/method
  - file: chapters/data
  - file: chapters/figures
  - file: chapters/bibliography
"""

KEPT = (
    "claimbook",
    "Makefile",
    "pyproject.toml",
    "requirements.lock",
    "environment.yml",
    "_config.yml",
    "LICENSE",
    ".gitignore",
    "tests/conftest.py",
    "tests/test_notebooks.py",
)
"""What a new book takes over as it is."""


def ask(given, answer=input):
    """The fields of a claim: those given, and for the others what is answered."""
    return {
        field: given[field] if given.get(field) is not None else answer(f"{question}: ").strip()
        for field, question in ASKED.items()
    }


def new_claim(fields):
    """Add a claim to the ledger and a section to its chapter (made where there is none). Returns (id, notebook's path).

    Nothing is written unless the claim can be judged. Raises DataError that names the field and the remedy.
    """
    stem = next(
        (id.split("-")[0] for id, one in ledger.claims().items() if one.chapter == fields["chapter"]),
        fields["chapter"].split("-")[0],
    )
    number = 1 + max((int(id.split("-")[1]) for id in ledger.claims() if id.split("-")[0] == stem), default=0)
    row = {"id": f"{stem}-{number:02d}", "part": "", **fields}
    for field in ("chapter", "passage", "statement", "kind", "precision"):
        if not row[field]:
            raise tables.DataError(f"A claim needs a {field}: {ASKED[field]}.")
    if str(row["article"]) not in ("1", "2"):
        raise tables.DataError(f"article is {row['article']!r}: {ASKED['article']}.")
    if row["kind"] not in rules.UNSCORED:
        try:
            rules.claimed_interval(row["claimed"], row["precision"])
        except (ValueError, ArithmeticError) as error:
            raise tables.DataError(
                f"claimed is {row['claimed']!r} and precision {row['precision']!r}: they cannot be judged ({error})."
                f" {ASKED['precision']}."
            ) from error
    if row["unit"] and row["unit"] not in cards.UNITS:
        raise tables.DataError(f"unit is {row['unit']!r}; known are {', '.join(cards.UNITS)}.")
    path = tables.DATA / "claims.csv"
    text = path.read_text(encoding="utf-8")
    line = StringIO()
    csv.DictWriter(line, text.splitlines()[0].split(","), lineterminator="\n").writerow(row)
    notebook = _chapter(row["chapter"])
    content = run.read(notebook)
    content.cells[_before_the_end(content) : _before_the_end(content)] = _section(row)
    notebook.write_text(run.dump(content), encoding="utf-8")
    path.write_text(text + line.getvalue(), encoding="utf-8")
    return row["id"], notebook


def _before_the_end(content):
    """Where a new section goes: before the exercises or what was learned, else last."""
    ends = [
        i
        for i, cell in enumerate(content.cells)
        if cell.cell_type == "markdown" and re.search(r"^## (Exercises|What we learned)", cell.source, re.M)
    ]
    return ends[0] if ends else len(content.cells)


def _cell(kind, id, source, *tags):
    cell = nbformat.v4.new_markdown_cell(source) if kind == "markdown" else nbformat.v4.new_code_cell(source)
    cell["id"], cell.metadata = id, nbformat.from_dict({"tags": list(tags)} if tags else {})
    return cell


def _section(row):
    """The skeleton of a claim's section: it runs as it is, and says "not found" until rows are named."""
    id, table = row["id"], tables.tables()[1]
    name = id.replace("-", "_")
    quote = f"> **Claim {id}.** {row['statement']} *Article {row['article']}, {row['passage']}.*".replace("$", r"\$")
    return [
        _cell(
            "markdown", f"{id}-1", f"({id})=\n## The finding in plain words\n\n{quote}\n\n**What would bear it out?**"
        ),
        _cell(
            "code",
            f"{id}-2",
            "# The ids of the rows that measure the same quantity in the unit of the claim, and the table in which"
            f' they stand.\nwitnesses = []\n{name} = load("{table}").query("id in @witnesses")\nassert len({name}) =='
            f' len(witnesses), "an id stands in another table: name that one"\n{name} = label({name})\n{name}[["label",'
            ' "period", "value", "unit"]]',
        ),
        _cell("code", f"{id}-3", f'verdict = claim("{id}").check({name} if len({name}) else None)\nverdict'),
        _cell(
            "code",
            f"{id}-4",
            "# With witnesses, draw them: what the title says must be the finding.\n# fig, ax = dots(verdict)\n#"
            f' finish(fig, "{id}", title="", subtitle="", rows={name}, alt="")',
            "hide-input",
        ),
        _cell(
            "code",
            f"{id}-5",
            f'say(f"""**What it means.** {{len({name})}} witnesses so far. **What could be wrong:** say it here.""")',
            "remove-input",
        ),
    ]


def _chapter(theme):
    """The notebook of a theme; a new one is written and entered in the table of contents."""
    for path in run.notebooks():
        if theme_of(path) == theme:
            return path
    number = 1 + max((int(path.name[:2]) for path in run.notebooks() if path.name[:2].isdigit()), default=0)
    path = run.CHAPTERS / f"{number:02d}-{theme}.ipynb"
    notebook = nbformat.v4.new_notebook()
    title = theme.replace("-", " ").capitalize()
    notebook.cells = [
        _cell("markdown", "intro-1", f"# {title}\n\n```{{verdict-strip}} {theme}\n```"),
        _cell("code", "intro-2", IMPORTS, "hide-cell"),
    ]
    path.write_text(run.dump(notebook), encoding="utf-8")
    toc = ROOT / "_toc.yml"
    lines = toc.read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if "- file: chapters/" in line)
    while (
        first < len(lines)
        and re.search(r"chapters/\d\d-", lines[first])
        and path.name > lines[first].split("chapters/")[1]
    ):
        first += 1
    lines.insert(
        first,
        re.sub(r"chapters/.*", f"chapters/{path.stem}", next(line for line in lines if "- file: chapters/" in line)),
    )
    toc.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def new_book(home, title):
    """A book without claims in a new folder: the package, two empty tables, a scoreboard. Raises FileExistsError if it
    exists."""
    home = Path(home)
    home.mkdir(parents=True)
    for name in KEPT:
        here, there = ROOT / name, home / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if here.is_dir():
            shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(here, there)
    config = (home / "_config.yml").read_text(encoding="utf-8")
    (home / "_config.yml").write_text(
        re.sub(r"^title: .*$", lambda m: "title: " + json.dumps(title), config, flags=re.M), encoding="utf-8"
    )
    (home / "claimbook" / "judgement" / "thisbook.py").write_text(THISBOOK, encoding="utf-8")
    (home / "index.md").write_text(INDEX.format(title=title), encoding="utf-8")
    (home / "_toc.yml").write_text(TOC, encoding="utf-8")
    (home / "CITATION.cff").write_text(
        CITATION.format(title=json.dumps(title), authors=json.dumps(f"The authors of {title}"), day=date.today()),
        encoding="utf-8",
    )
    (home / "CHANGELOG.md").write_text(CHANGELOG.format(day=date.today()), encoding="utf-8")
    (home / "chapters").mkdir()
    (home / "chapters" / "scoreboard.ipynb").write_text(run.dump(_scoreboard()), encoding="utf-8")
    _tables(home / "data", title)
    return home


def _scoreboard():
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        _cell(
            "markdown",
            "intro-1",
            "# The scoreboard\n\nEvery claim with its verdict, read from the chapters that computed it.",
        ),
        _cell("code", "intro-2", "from claimbook import Board, scoreboard\n\nBoard(scoreboard())", "hide-input"),
    ]
    return notebook


def _tables(folder, title):
    """The tables of a new book: claims, figures (with the columns of `funding`) and sources, all empty."""
    folder.mkdir()
    package = json.loads(json.dumps(tables.package()))
    kept = []
    for name, new in (("claims", "claims"), ("funding", "figures"), ("sources", "sources")):
        resource = next(one for one in package["resources"] if one["name"] == name)
        if new == "figures":
            resource |= {
                "name": new,
                "path": "figures.csv",
                "title": "Figures",
                "description": "Published figures, one a row, by publisher and vintage.",
            }
        columns = ",".join(field["name"] for field in resource["schema"]["fields"]) + "\n"
        (folder / resource["path"]).write_text(columns, encoding="utf-8")
        resource |= {"bytes": len(columns), "hash": f"sha256:{tables.sha256(folder / resource['path'])}"}
        kept.append(resource)
    package |= {
        "name": re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-"),
        "title": f"{title}: data",
        "resources": kept,
    }
    (folder / "datapackage.json").write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
