"""One deck of slides a chapter, out of the notebook itself: claim, charts, verdict; as notes what it means, and doubts.
What was found stands in the notes of a claim's slide, and is shown after it: the class guesses first.

nbconvert writes it with the template beside this file; reveal.js is copied from npm's package, so no host is asked.
"""

import re
import shutil
from html import escape
from pathlib import Path

from nbconvert import SlidesExporter
from nbformat.v4 import new_markdown_cell, new_notebook

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


ROWS = 9  # of witnesses on a slide


def _claim(text):
    """A claim's section as a slide, the claim and the question; and its heading, which is the finding."""
    whole = r"^## (.*)\n\n> \*\*Claim ([\w-]+)\.\*\* (.*)(?:\n\n(\*\*.*\?\*\*)$)?"
    finding, id, statement, question = re.search(whole, text, re.M).groups("")
    return f"> **{id}** {statement}\n\n{question}", finding


def _chart(svg, told):
    """A chart beside its words, which stand in the picture too, and are cut off there: they would become small."""
    band = rf'<text[^>]* x="{72 * paper.MARGIN:g}" y="([\d.]+)"[^>]*>.*?</text>'
    lines = [float(y) for y in re.findall(band, svg)]
    _, top, bottom = max((below - above, above + 4, below - 10) for above, below in zip(lines, lines[1:]))
    drawn = re.sub(r'viewBox="0 0 (\S+) \S+"', rf'viewBox="0 {top} \1 {bottom - top:.2f}"', re.sub(band, "", svg))
    words = f"<h2>{escape(told['title'])}</h2><p>{escape(told['subtitle'])}</p><p>{escape(told['source'])}</p>"
    return f'<div class="beside"><div class="chart">{themed(drawn)}</div><div>{words}</div></div>'


def _cards(html):
    """A verdict card as slides: what is said of each figure, then the witnesses, which go on where a slide is full."""
    findings = re.search(r'<table class="findings">.*?</table>|$', html)[0]
    witnesses = re.search(r'<table class="witnesses">.*?</table>|$', html)[0]
    rows = re.findall(r'<tr class="[\w -]+">.*?</tr>', witnesses)
    parts = [rows[n : n + ROWS] for n in range(0, len(rows), ROWS)]
    first, rest = html.replace(witnesses, ""), html.replace(findings, "")
    return [first] * bool(findings) + [rest.replace("".join(rows), "".join(part)) for part in parts] or [html]


def deck(path):
    """The slides of a chapter as a notebook of Markdown cells with nbconvert's slide types."""
    told = []
    for cell in (cell for cell in read(path).cells if "-ex-" not in cell.id):
        if cell.cell_type == "markdown":
            text = plain(cell.source, keep_solution=False)
            if text.startswith(("# ", "## What we learned")):
                told.append(("slide", text.split("\n### ")[0]))
            elif "> **Claim " in cell.source:
                asked, finding = _claim(text)
                told += [("slide", asked), ("notes", f"**After the guess:** {finding}")]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if paper.CHART_MIME in data:
                told.append(("subslide", _chart("".join(data["image/svg+xml"]), data[paper.CHART_MIME])))
            elif ledger.VERDICT_MIME in data:
                told += [("subslide", part) for part in _cards("".join(data["text/html"]))]
            elif "text/markdown" in data:
                told.append(("notes", plain("".join(data["text/markdown"]), keep_solution=False)))
    cells = [new_markdown_cell(text, metadata={"slideshow": {"slide_type": kind}}) for kind, text in told]
    return new_notebook(cells=cells, metadata={"title": re.search(r"^# (.*)$", cells[0].source, re.M)[1]})


def build(progress=print):
    """Write a deck for each chapter with claims. Returns their folder. Raises FileNotFoundError without reveal.js."""
    if not REVEAL.exists():
        raise FileNotFoundError(f"reveal.js is not in {REVEAL.relative_to(ROOT)}: make slides fetches it.")
    shutil.rmtree(DECKS, ignore_errors=True)
    for name in ("dist/reveal.js", "dist/reveal.css", "dist/reset.css", "plugin/notes/notes.js", "LICENSE"):
        (DECKS / "reveal.js" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REVEAL / name, DECKS / "reveal.js" / name)
    for name in (HERE / "slides.css", HERE.parents[1] / "site" / "assets" / "claimbook.css"):
        shutil.copy(name, DECKS)
    (DECKS / "colours.css").write_text(look.variables(), encoding="utf-8")
    exporter = SlidesExporter(template_name=HERE.name, extra_template_basedirs=[str(HERE.parent)])
    exporter.reveal_url_prefix, exporter.exclude_anchor_links = "reveal.js", True
    themes = {claim.chapter for claim in ledger.claims().values()}
    links = ""
    for path in [path for path in notebooks() if theme_of(path) in themes]:
        notebook = deck(path)
        name = f"{path.stem}.html"
        (DECKS / name).write_text(exporter.from_notebook_node(notebook)[0], encoding="utf-8")
        links += f'<li><a href="{name}">{escape(notebook.metadata.title)}</a></li>'
        progress(f"  {name}")
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Slides</title>'
    styles = '<link rel="stylesheet" href="colours.css"><link rel="stylesheet" href="slides.css">'
    page = f"{head}{styles}<h1>Slides</h1><ul>{links}</ul></html>\n"
    (DECKS / "index.html").write_text(page, encoding="utf-8")
    return DECKS
