"""The files of a chart: the rows that were plotted as CSV, the picture as SVG and PNG; how to cite it, and where."""

import csv
import io
import os
import re
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import cache
from hashlib import sha256
from html import escape
from multiprocessing import get_context
from pathlib import Path

import matplotlib
import yaml

from claimbook.charts.paper import CHART_MIME
from claimbook.judgement import ledger
from claimbook.paths import BUILD, ROOT

FOLDER = "charts"
"""Where the site keeps the files."""
PNGS = BUILD / "png"
"""Where pictures are kept that were drawn."""
COLUMNS = (
    "table id label company part measure scope sector period announced qualifier value low high unit *"
    " publisher collector published definition edition evidence source note"
).split()
"""Columns of a download: what was measured, the figure, whatever the chart adds, where it comes from."""


@cache
def cited():
    """What CITATION.cff says of the book."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def authors():
    """The book's authors as BibTeX joins them."""
    return " and ".join(author["name"] for author in cited()["authors"])


def reference(part, url):
    """How to cite the book, in one line, or a part of it, as in "“Title”, chart A of "."""
    book = cited()
    year, version = book["date-released"][:4], book["version"]
    return f"{authors()} ({year}): {part}{book['title']}, version {version}. {url}"


def pictures():
    """Every stored chart as SVG, with the notebook and the number of the cell that drew it."""
    return [(notebook, cell, "".join(svg)) for notebook, cell, svg in ledger.stored_outputs("image/svg+xml")]


def name_of(svg):
    """The name that a chart's SVG bears; None where `finish` did not make it."""
    found = re.search(r'data-chart="([^"]+)"', svg)
    return found and found[1]


@cache
def charts():
    """Every chart of the book by name: what it was made of, its SVG, its notebook."""
    drawn = {name_of(svg): svg for _, _, svg in pictures()}
    made = ledger.stored_outputs(CHART_MIME)
    return {chart["name"]: (chart, drawn[chart["name"]], notebook) for notebook, _, chart in made}


def cell(value):
    """A value as a spreadsheet may read it: text that it would take for a formula is marked as text."""
    formula = isinstance(value, str) and value.startswith(tuple("=+-@\t\r"))
    return f"'{value}" if formula and not re.fullmatch(r"[+-]?\d+(\.\d+)?", value) else value


def rows_csv(chart):
    """The rows of a chart as CSV: one table, with a column that numbers the tables where several were plotted."""
    several = len(chart["data"]) > 1
    rows = [
        ({"table": number} if several else {}) | {name: cell(value) for name, value in row.items()}
        for number, frame in enumerate(chart["data"], 1)
        for row in frame
    ]
    found = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    place = lambda name: COLUMNS.index(name if name in COLUMNS else "*")
    writer = csv.DictWriter(text, sorted(found, key=place), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _drawn(svg):
    """Where the PNG of an SVG is kept once it was drawn."""
    return PNGS / f"{sha256(svg.encode()).hexdigest()[:24]}.png"


def png(svg):
    """An SVG as PNG, twice its size on white, in matplotlib's own font."""
    if not (kept := _drawn(svg)).exists():
        import resvg_py

        fonts = Path(matplotlib.get_data_path()) / "fonts/ttf"
        files = [str(fonts / f"DejaVuSans{style}.ttf") for style in ("", "-Bold", "-Oblique")]
        font = {"skip_system_fonts": True, "font_files": files, "sans_serif_family": "DejaVu Sans"}
        picture = resvg_py.svg_to_bytes(svg_string=svg, dpi=96, zoom=2.0, background="#ffffff", **font)
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_suffix(f".{os.getpid()}")
        aside.write_bytes(picture)
        os.replace(aside, kept)  # whole or not at all: two may draw the same
    return kept.read_bytes()


def begin():
    """Start to draw the charts that were not drawn yet, on all cores, while something else goes on. Returns Futures."""
    new = [svg for _, svg, _ in charts().values() if not _drawn(svg).exists()]
    if not new:
        return []
    pool = ProcessPoolExecutor()
    drawing = [pool.submit(png, svg) for svg in new]
    pool.shutdown(wait=False)
    return drawing


def ahead():
    """In a fresh clone, start to draw the stored charts, of which few will change, the last first, in a process that
    works on an idle core."""

    def draw():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with its parent
        os.nice(19)
        with suppress(Exception):  # whatever is wrong with the files, the build itself says it
            for _, svg, _ in reversed(charts().values()):
                png(svg)

    if not PNGS.exists():
        get_context("fork").Process(target=draw, daemon=True).start()


def write(site, drawing):
    """Put the files of every chart into the site. `drawing`: what `begin` gave."""
    for one in drawing:
        one.result()
    folder = Path(site) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, (chart, svg, _) in charts().items():
        (folder / f"{name}.csv").write_text(rows_csv(chart), encoding="utf-8")
        (folder / f"{name}.svg").write_text('<?xml version="1.0" encoding="utf-8"?>\n' + svg, encoding="utf-8")
        (folder / f"{name}.png").write_bytes(png(svg))


def address(name, base):
    """Where a chart stands, for ever."""
    return f"{base}chapters/{Path(charts()[name][2]).stem}.html#chart-{name}"


def footer(name, root, base):
    """What stands under a chart. `root`: the way from its page to the site's first folder; `base`: the site."""
    of = f'<span class="sr-only"> of chart {name}</span>'
    files = "".join(
        f'<a href="{root}{FOLDER}/{name}.{kind}" download>{word}{of}</a> '
        for kind, word in (("csv", "Data (CSV)"), ("svg", "SVG"), ("png", "PNG"))
    )
    chart = charts()[name][0]
    part = f"“{chart['title']}”, chart {name} of "
    line = f"{reference(part, address(name, base))}. {chart['source']}"
    cite = f"<details><summary>Cite{of}</summary><p>{escape(line)}</p></details>"
    return f'<figcaption>{files}<a href="{address(name, root)}">Link{of}</a> {cite}</figcaption>'
