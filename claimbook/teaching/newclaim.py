"""A new claim: its row in the ledger and its section in a chapter, which is made where there is none."""

import csv
import re
from io import StringIO

import nbformat

from claimbook.engine import run
from claimbook.evidence import tables, units
from claimbook.judgement import ledger, rules
from claimbook.paths import CHAPTERS, DATA, ROOT, notebooks, theme_of

IMPORTS = """import matplotlib.pyplot as plt
import pandas as pd

from claimbook import *

use_style()"""


def questions():
    """What a new claim needs, in the order in which it is asked, as {field: question}."""
    articles = tables.load("articles")
    named = ", ".join(f"{one.id}: {one.title}" for one in articles.itertuples())
    return {
        "chapter": "Theme of the chapter, such as " + next(iter(ledger.claims().values())).chapter,
        "article": f"Which article ({named})",
        "passage": "Where in the article",
        "cited": "The collector or report that the article names or plainly rests on (empty: none)",
        "statement": "The claim in your own words, one sentence",
        "kind": "Kind: " + ", ".join(rules.KINDS),
        "claimed": "The figure as printed, digits only (empty: none)",
        "unit": f"Its unit: {', '.join(units.UNITS)} (empty: none)",
        "precision": f"How exact it must be: {', '.join([*rules.PRECISIONS, *rules.UNSCORED])}",
    }


def ask(given, answer=input):
    """The fields of a claim: those given, else what is answered. Each is checked before the next is asked.

    Raises DataError that names the field and the remedy.
    """
    fields = {}
    for field, question in questions().items():
        try:
            fields[field] = given[field] if given.get(field) is not None else answer(f"{question}: ").strip()
        except EOFError:
            raise tables.DataError(f"Nobody answers here: give --{field}. {question}.") from None
        if fault := _fault(field, fields):
            raise tables.DataError(fault)
    return fields


def _fault(field, fields):
    """What is wrong with a field of a claim, None where it can stand. `fields`: those known so far."""
    value = str(fields[field])
    allowed = {
        "article": {str(id) for id in tables.load("articles")["id"]},
        "kind": set(rules.KINDS),
        "unit": {"", *units.UNITS},
        "precision": {*rules.PRECISIONS, *rules.UNSCORED},
    }
    if field in allowed and value not in allowed[field]:
        return f"{field} is {value!r}. {questions()[field]}."
    if not value and field in ("chapter", "passage", "statement"):
        return f"A claim needs a {field}: {questions()[field]}."
    if field == "chapter" and not re.fullmatch(r"[a-z]+(-[a-z]+)*", value):
        return f"chapter is {value!r}: write it in small letters with hyphens, such as ai-boom."
    if field == "precision" and fields["kind"] not in rules.UNSCORED:
        try:
            rules.claimed_interval(fields["claimed"], value)
        except (ValueError, ArithmeticError) as error:
            return (
                f"claimed is {fields['claimed']!r} and precision {value!r}: they cannot be judged ({error})."
                f" {questions()['precision']}."
            )
    return None


def new_claim(fields):
    """Add a claim, as `ask` gives it, to the ledger and a section to its chapter. Returns (id, notebook's path)."""
    stems = {one.chapter: id.split("-")[0] for id, one in ledger.claims().items()}
    stem = stems.get(fields["chapter"], fields["chapter"].split("-")[0])
    number = 1 + max((int(id.split("-")[1]) for id in ledger.claims() if id.split("-")[0] == stem), default=0)
    row = {"id": f"{stem}-{number:02d}", "part": "", **fields}
    path = DATA / "claims.csv"
    text = path.read_text(encoding="utf-8")
    line = StringIO()
    csv.DictWriter(line, text.splitlines()[0].split(","), lineterminator="\n").writerow(row)
    notebook = _chapter(row["chapter"])
    content = run.read(notebook)
    content.cells[_before_the_end(content) : _before_the_end(content)] = _section(row)
    run.write(notebook, run.dump(content))
    run.write(path, text + line.getvalue())
    questions = DATA / "questions.csv"
    if questions.exists() and row["kind"] not in rules.UNSCORED:
        asked = f"{row['id']},,what the chapter computes,,,,,\n"  # until it is asked in the words of the tables
        run.write(questions, questions.read_text(encoding="utf-8") + asked)
    return row["id"], notebook


def _before_the_end(content):
    """Where a new section goes: before the exercises or what was learned, else last."""
    end = r"^## (Exercises|What we learned)"
    ends = [i for i, cell in enumerate(content.cells) if re.search(end, cell.source, re.M)]
    return ends[0] if ends else len(content.cells)


def _cell(kind, id, source, *tags):
    cell = nbformat.v4.new_markdown_cell(source) if kind == "markdown" else nbformat.v4.new_code_cell(source)
    cell["id"], cell.metadata = id, nbformat.from_dict({"tags": list(tags)} if tags else {})
    return cell


def _section(row):
    """The skeleton of a claim's section: it runs as it is, and says "no count" until figures are named."""
    id = row["id"]
    quote = f"> **Claim {id}.** {row['statement']} *Article {row['article']}, {row['passage']}.*".replace("$", r"\$")
    head = f"({id})=\n## The finding in plain words\n\n{quote}\n\n**What would bear it out?**"
    what = '# Figures of the claim\'s own quantity, each with a name: {"Publisher, month": figure("its id")}'
    evidence = f"{what}\nevidence = {{}}\nevidence = witnesses(evidence) if evidence else None"
    chart = f'# dots(verdict)\n# finish("{id}", title="The finding", subtitle="What, where, unit", alt="With numbers")'
    told = "**What it means.** {verdict.reason} **What could be wrong:** say it here."
    return [
        _cell("markdown", f"{id}-1", head),
        _cell("code", f"{id}-2", evidence),
        _cell("code", f"{id}-3", f'verdict = claim("{id}").check(evidence)\nverdict'),
        _cell("code", f"{id}-4", f"# With witnesses, draw them:\n{chart}", "hide-input"),
        _cell("code", f"{id}-5", f'say(f"""{told}""")', "remove-input"),
    ]


def _chapter(theme):
    """The notebook of a theme; a new one is written and entered in the table of contents."""
    for path in notebooks():
        if theme_of(path) == theme:
            return path
    number = 1 + max((int(path.name[:2]) for path in notebooks() if path.name[:2].isdigit()), default=0)
    path = CHAPTERS / f"{number:02d}-{theme}.ipynb"
    notebook = nbformat.v4.new_notebook()
    title = theme.replace("-", " ").capitalize()
    notebook.cells = [
        _cell("markdown", "intro-1", f"# {title}\n\nWhat it is about.\n\n```{{verdict-strip}} {theme}\n```"),
        _cell("code", "intro-2", IMPORTS, "hide-cell"),
    ]
    run.write(path, run.dump(notebook))
    toc = ROOT / "_toc.yml"
    lines = toc.read_text(encoding="utf-8").splitlines()
    told = [theme_of(line.split("chapters/")[-1]) for line in lines]
    themes = {one.chapter for one in ledger.claims().values()}
    first = next(at for at, line in enumerate(lines) if "- file: chapters/" in line)
    last = max((at for at, name in enumerate(told) if name in themes), default=first - 1)
    like = next(line for line in lines if "- file: chapters/" in line)
    lines.insert(last + 1, re.sub(r"chapters/.*", f"chapters/{path.stem}", like))
    run.write(toc, "\n".join(lines) + "\n")
    return path
