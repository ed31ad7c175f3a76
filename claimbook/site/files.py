"""The files of a chart: the rows that were plotted as CSV, the picture as SVG and PNG; how to cite it, and where it
stays."""

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
FIRST = (
    "table",
    "id",
    "label",
    "company",
    "part",
    "measure",
    "scope",
    "sector",
    "period",
    "announced",
    "qualifier",
    "value",
    "low",
    "high",
    "unit",
)
LAST = ("publisher", "collector", "published", "definition", "edition", "evidence", "source", "note")
"""Columns of a download: what was measured, the figure, whatever the chart adds, where it comes from."""


@cache
def cited():
    """What CITATION.cff says of the book."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@cache
def charts():
    """Every chart of the book by name: what it was made of, its SVG, its notebook."""
    pictures = {
        re.search(r'data-chart="([^"]+)"', svg)[1]: svg
        for _, _, svg in ((*key, "".join(svg)) for *key, svg in ledger.stored_outputs("image/svg+xml"))
    }
    return {
        chart["name"]: (chart, pictures[chart["name"]], notebook)
        for notebook, _, chart in ledger.stored_outputs(CHART_MIME)
    }


def cell(value):
    """A value as a spreadsheet may read it: text that a spreadsheet would take for a formula is marked as text."""
    return (
        f"'{value}"
        if isinstance(value, str) and value[:1] in "=+-@\t\r" and not re.fullmatch(r"[+-]?\d+(\.\d+)?", value)
        else value
    )


def rows_csv(chart):
    """The rows of a chart as CSV: one table, with a column that numbers the tables where several were plotted."""
    several = len(chart["data"]) > 1
    rows = [
        ({"table": number} if several else {}) | row for number, frame in enumerate(chart["data"], 1) for row in frame
    ]
    found = list(dict.fromkeys(name for row in rows for name in row))
    columns = (
        [c for c in FIRST if c in found] + [c for c in found if c not in FIRST + LAST] + [c for c in LAST if c in found]
    )
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def png(svg):
    """An SVG as PNG, at twice its size on white, in the font that matplotlib brings along. What was drawn once is kept
    in `_build/png`."""
    kept = BUILD / "png" / f"{sha256(svg.encode()).hexdigest()[:24]}.png"
    if not kept.exists():
        import resvg_py

        fonts = [
            str(Path(matplotlib.get_data_path()) / "fonts/ttf" / name)
            for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf")
        ]
        picture = resvg_py.svg_to_bytes(
            svg_string=svg,
            dpi=96,
            zoom=2.0,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=fonts,
            sans_serif_family="DejaVu Sans",
        )
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_suffix(f".{os.getpid()}")
        aside.write_bytes(picture)
        os.replace(aside, kept)  # whole or not at all: two may draw the same
    return kept.read_bytes()


def begin():
    """Start to draw every chart as PNG, on all cores, while something else goes on."""
    pool = ProcessPoolExecutor()
    drawn = {name: pool.submit(png, svg) for name, (_, svg, _) in charts().items()}
    pool.shutdown(wait=False)
    return drawn


def ahead():
    """Start to draw the stored charts, the last first, in a process that works when a core has nothing else to do: few
    change from build to build."""

    def draw():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with its parent
        os.nice(19)
        with suppress(Exception):  # whatever is wrong with the files, the build itself says it
            for _, svg, _ in reversed(charts().values()):
                png(svg)

    get_context("fork").Process(target=draw, daemon=True).start()


def write(site, drawn):
    """Put the files of every chart into the site. `drawn`: what `begin` gave."""
    folder = Path(site) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, (chart, svg, _) in charts().items():
        (folder / f"{name}.csv").write_text(rows_csv(chart), encoding="utf-8")
        (folder / f"{name}.svg").write_text('<?xml version="1.0" encoding="utf-8"?>\n' + svg, encoding="utf-8")
        (folder / f"{name}.png").write_bytes(drawn[name].result())


def address(name, base):
    """Where a chart stands, for ever."""
    return f"{base}chapters/{Path(charts()[name][2]).stem}.html#chart-{name}"


def citation(name, base):
    """How to cite a chart, in one line."""
    book, chart = cited(), charts()[name][0]
    author = " and ".join(a["name"] for a in book["authors"])
    return (
        f"{author} ({book['date-released'][:4]}): “{chart['title']}”, chart {name} of {book['title']}, version"
        f" {book['version']}. {address(name, base)}. {chart['source']}"
    )


def footer(name, root, base):
    """What stands under a chart. `root`: the way from its page to the site's first folder; `base`: the address of the
    site."""
    of = f'<span class="sr-only"> of chart {name}</span>'
    files = " ".join(
        f'<a href="{root}{FOLDER}/{name}.{kind}" download>{word}{of}</a>'
        for kind, word in (("csv", "Data (CSV)"), ("svg", "SVG"), ("png", "PNG"))
    )
    link = f'<a href="{address(name, root)}">Link{of}</a>'
    return (
        f"<figcaption>{files} {link}"
        f" <details><summary>Cite{of}</summary><p>{escape(citation(name, base))}</p></details></figcaption>"
    )
