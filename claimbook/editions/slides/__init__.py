"""One deck of slides a chapter, out of the notebook itself: claim, charts, verdict; what it means and the doubts as
speaker notes.

nbconvert writes the deck with the template beside this file; reveal.js is copied from npm's package, so no host is
asked.
"""

import re
import shutil
from html import escape
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter

from claimbook.charts import look, paper
from claimbook.engine.run import read
from claimbook.judgement import ledger
from claimbook.paths import BUILD, ROOT, notebooks, theme_of
from claimbook.site.themed import themed
from claimbook.teaching.classkit import plain

HERE = Path(__file__).parent
DECKS = BUILD / "slides"
REVEAL = ROOT / "tests" / "node" / "node_modules" / "reveal.js"
"""Where `make slides` puts npm's package."""


def _slide(kind, text):
    cell = nbformat.v4.new_markdown_cell(text)
    cell.metadata["slideshow"] = {"slide_type": kind}
    return cell


def _section(text):
    """A claim's section as a slide: its heading, the claim, the question."""
    heading = re.search(r"^## (.*)$", text, re.M)[1]
    quote = re.search(r"^> \*\*Claim ([\w-]+)\.\*\* (.*)$", text, re.M)
    question = re.search(r"^\*\*(.*\?)\*\*$", text, re.M)
    return f"## {heading}\n\n> **{quote[1]}** {quote[2]}" + (f"\n\n**{question[1]}**" if question else "")


def _chart(svg):
    return f'<div class="chart">{themed("".join(svg))}</div>'


def deck(path):
    """The slides of a chapter as a notebook of Markdown cells with nbconvert's slide types."""
    notebook = read(path)
    cells, in_claims = [], False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = plain(cell.source, keep_solution=False)
            if cell.source.startswith("# "):
                cells.append(_slide("slide", text))
            elif "> **Claim " in cell.source:
                in_claims = True
                cells.append(_slide("slide", _section(text)))
            elif text.startswith("## Exercises"):
                in_claims = False
            elif text.startswith("## What we learned"):
                cells.append(_slide("slide", text.split("\n### ")[0]))
            continue
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if paper.CHART_MIME in data and in_claims:
                cells.append(_slide("subslide", _chart(data["image/svg+xml"])))
            elif ledger.VERDICT_MIME in data:
                cells.append(_slide("subslide", "".join(data["text/html"])))
            elif "text/markdown" in data and (in_claims or len(cells) == 1):
                told = plain("".join(data["text/markdown"]), keep_solution=False)
                cells.append(_slide("notes" if in_claims else "-", told))
    slides = nbformat.v4.new_notebook(cells=cells)
    slides.metadata["title"] = re.search(r"^# (.*)$", cells[0].source, re.M)[1]
    return slides


def build(progress=print):
    """Write a deck for each chapter with claims into `_build/slides`. Returns the folder. Raises FileNotFoundError
    without reveal.js."""
    if not REVEAL.exists():
        raise FileNotFoundError(f"reveal.js is not in {REVEAL.relative_to(ROOT)}: make slides fetches it.")
    shutil.rmtree(DECKS, ignore_errors=True)
    for name in ("dist/reveal.js", "dist/reveal.css", "dist/reset.css", "plugin/notes/notes.js", "LICENSE"):
        (DECKS / "reveal.js" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REVEAL / name, DECKS / "reveal.js" / name)
    for name in (HERE / "slides.css", HERE.parents[1] / "site" / "assets" / "claimbook.css"):
        shutil.copy(name, DECKS)
    (DECKS / "colours.css").write_text(look.variables(), encoding="utf-8")
    exporter = SlidesExporter(
        template_name="slides",
        extra_template_basedirs=[str(HERE.parent)],
        reveal_url_prefix="reveal.js",
        exclude_anchor_links=True,
    )
    links = []
    for path in notebooks():
        if not any(claim.chapter == theme_of(path) for claim in ledger.claims().values()):
            continue
        notebook = deck(path)
        html, _ = exporter.from_notebook_node(notebook)
        (DECKS / f"{path.stem}.html").write_text(html, encoding="utf-8")
        links.append(f'<li><a href="{path.stem}.html">{escape(notebook.metadata["title"])}</a></li>')
        progress(
            f"  {path.stem}.html:"
            f" {sum(cell.metadata.slideshow.slide_type in ('slide', 'subslide') for cell in notebook.cells)} slides"
        )
    styles = "".join(f'<link rel="stylesheet" href="{name}.css">' for name in ("colours", "slides"))
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Slides</title>{styles}'
    page = f"{head}<h1>Slides</h1><ul>{''.join(links)}</ul></html>\n"
    (DECKS / "index.html").write_text(page, encoding="utf-8")
    return DECKS
