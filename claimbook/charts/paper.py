"""The paper that a chart is drawn on, and `finish`, which makes it one of the book: title, key, source, alt text."""

import re
from functools import cache

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D

from claimbook.charts.faults import faults
from claimbook.charts.look import INK, LARGE, MUTED, SMALL, WIDTH
from claimbook.charts.svg import svg_of
from claimbook.evidence import tables
from claimbook.judgement import ledger

CHART_MIME = "application/vnd.claimbook.chart+json"

MARGIN = 0.05
UNSEEN = "(Words instead of a picture: Jupyter shows it once you trust the notebook, by `jupyter trust` and its name.)"
"""What an output says to those who see its text alone: JupyterLab draws no SVG of a notebook that it did not run."""


class Chart:
    """A finished chart: an SVG with its alt text, and the rows it was drawn from."""

    def __init__(self, svg, alt, payload):
        self.svg, self.alt, self.payload = svg, alt, payload

    def _repr_mimebundle_(self, include=None, exclude=None):
        text = f"Chart {self.payload['name']}: {self.payload['title']}\n{self.alt}\n{self.payload['source']}\n{UNSEEN}"
        return {"image/svg+xml": self.svg, "text/plain": text, CHART_MIME: self.payload}


class Paper(Figure):
    """A figure that remembers the rows drawn on it, the columns that were shown and the words of its key.

    And what else `finish` checks by: `hues`, {word: colour} of each column that was told apart by colour; `units`,
    (axes, units of the values drawn there); `scales`, {axes: units that they are scaled in}; `ways`, (first, last) of
    each line and each change; `joined`, the rows of each line.
    """

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.rows, self.columns, self.key = [], {}, {}
        self.hues, self.units, self.scales, self.ways, self.joined = [], [], {}, [], []


def paper(height=2.6, rows=1, columns=1, **more):
    """The axes of a new chart, `height` inches tall, or an array of them. `more`: as for `plt.subplots`."""
    return plt.subplots(rows, columns, figsize=(WIDTH, height), FigureClass=Paper, layout="constrained", **more)[1]


def panels(data, by, height, columns=2, **more):
    """A panel for each word of a column, titled with it: yields (axes, its rows). The next form draws on these axes."""
    parts = list(data.groupby(by, sort=False))
    axes = paper(height, -(-len(parts) // columns), columns, squeeze=False, **more).flat
    for (name, part), ax in zip(parts, axes):
        ax.set_title(name)
        plt.sca(ax)
        yield ax, part
    for ax in axes:
        ax.axis("off")


def finish(name, title, subtitle, alt, rows=(), note=""):
    """Make what was drawn a chart of the book. Returns a Chart, which shows itself.

    `name`: the claim's id, with a suffix where a claim has several charts ("boom-03", "boom-03-quarters").
    `title`: the finding. `subtitle`: measure, unit and scope. `alt`: the finding with its numbers, for those who do not
    see the chart. `rows`: tables that stand behind the chart and were not drawn by a form. `note`: a caveat before the
    source line. Source line, download and key come from what was drawn; the figures behind computed rows follow in a
    table of their own. The paper's height is that of the plot; the bands for text are added to it.
    Raises ValueError for a name without claim, an alt text without number, rows without sources, or what the module
    `faults` finds.
    """
    fig = plt.gcf()
    claim_id = re.match(r"[a-z]+-\d\d|scoreboard", name)
    if not claim_id or claim_id[0] != "scoreboard" and claim_id[0] not in ledger.claims():
        raise ValueError(f"Chart {name!r}: the name must begin with a claim's id.")
    if not re.search(r"\d", alt) or len(alt) < 40:
        raise ValueError(f"Chart {name!r}: the alt text must state the finding with its numbers, not {alt!r}.")
    drawn, behind = _joined(getattr(fig, "rows", ())), _joined([rows] if isinstance(rows, pd.DataFrame) else rows)
    frames = [*drawn, *behind]
    keys = list(dict.fromkeys(key for frame in frames for key in tables.trace(frame, "source")))
    if not keys and claim_id[0] != "scoreboard":
        raise ValueError(f"Chart {name!r}: the rows have no column `source`: keep it through the data steps.")
    source = (note.strip() + " " if note else "") + (source_line(frames) if keys else "")
    parts = (*_plain(drawn, getattr(fig, "columns", ())), *_plain(behind), *_made_of(frames))
    for fault in faults(fig, title, subtitle, alt, parts):
        raise ValueError(f"Chart {name!r}: {fault}.")
    marks = [(mark, word) for word, mark in getattr(fig, "key", {}).items()]
    _bands(fig, title, subtitle, source.strip(), name if claim_id[0] == "scoreboard" else claim_id[0], marks)
    payload = {
        "name": name,
        "title": title,
        "subtitle": subtitle,
        "source": source.strip(),
        "sources": keys,
        "ids": list(dict.fromkeys(key for frame in frames for key in tables.trace(frame, "id"))),
        "data": [part for part in parts if part],
    }
    chart = Chart(svg_of(fig, name, alt), alt, payload)
    plt.close(fig)
    return chart


def _joined(frames):
    """Panels of one table are one table again; a row that was drawn twice stands once."""
    alike = {}
    for frame in frames:
        alike.setdefault(tuple(frame.columns), []).append(frame)
    joined = [pd.concat(parts) for parts in alike.values()]
    return [frame[~frame.astype(str).duplicated()] for frame in joined]


def source_line(frames):
    """The source line of a chart: each publisher of the rows with the months of its pages; of a page without a date,
    where it is told, the month in which its figure became known."""
    dates, derived = {}, False
    for frame in frames:
        for who in [c for c in frame.columns if c.startswith("publisher")]:
            known = frame.get(who.replace("publisher", "known"), pd.Series("", frame.index))
            spans = known.str.contains(" to ", na=True)
            printed = frame[who.replace("publisher", "published")].fillna(known.mask(spans)).fillna("")
            for publisher, days in zip(frame[who], printed):
                if pd.isna(publisher):
                    continue
                for one, day in zip(publisher.split(";"), days.split(";")):
                    dates.setdefault(one, set()).update([day[:7]] if day else [])
        ids = [c for c in frame.columns if c == "id" or c.startswith("id_")]
        derived |= len(ids) > 1 or any(frame[c].astype(str).str.contains(";").any() for c in ids)
    parts = []
    for publisher, days in dates.items():
        days = sorted(days)
        span = f"{days[0]} to {days[-1]}" if len(days) > 2 else ", ".join(days)
        parts.append(f"{publisher} ({span})" if days else publisher)
    return "Source: " + ", ".join(parts) + ("; own arithmetic." if derived else ".")


@cache
def _described():
    """The columns of all tables: a download keeps what says of a figure what it is."""
    return {field["name"] for table in tables.tables() for field in tables.describe(table)["schema"]["fields"]}


def _plain(frames, columns=None):
    """Tables as lists of rows, each a dict of plain values. `columns`: those that were shown; the data's own and
    whatever names a row stay too, helpers of the drawing go. None: all stay."""
    found = []
    for frame in frames:
        shown = {"label", *columns, *_described()} if columns is not None else set(frame.columns)
        kept = frame[[c for c in frame.columns if c in shown or c.startswith(("id", "source"))]].copy()
        for column in kept.select_dtypes("datetime"):
            kept[column] = kept[column].dt.strftime("%Y-%m-%d")
        rows = kept.round(6).to_dict("records")
        found.append([{c: None if pd.isna(v) else v for c, v in row.items()} for row in rows])
    return found


@cache
def text_width(text, size, weight="normal"):
    """The width of a text in inches."""
    look = FontProperties(size=size, weight=weight)
    return RendererAgg(1, 1, 72).get_text_width_height_descent(text, look, False)[0] / 72


def _made_of(frames):
    """The printed figures from which rows were computed, or that lost what they are: as they stand in the tables."""
    whole = {id for frame in frames if "definition" in frame.columns for id in frame["id"]}
    lost = {id for frame in frames for id in tables.trace(frame, "id")} - whole
    found = [frame[frame["id"].isin(lost)] for frame in tables.loaded.values() if "id" in frame.columns]
    return [[row for rows in _plain(frame for frame in found if len(frame)) for row in rows]]


def _wrap(text, width, fontsize, fontweight="normal", **look):
    """Break a text into lines that fit `width` inches, as few and then as even as they can be."""

    def broken(limit):
        lines, room = [], 0
        for word in text.split():
            need = text_width(word, fontsize, fontweight)
            if need > room:
                lines.append([])
                room = limit
            lines[-1].append(word)
            room -= need + text_width(" ", fontsize, fontweight)
        return [" ".join(line) for line in lines]

    best = broken(width)
    return next(lines for share in (0.6, 0.7, 0.8, 0.9, 1) if len(lines := broken(width * share)) == len(best))


def _bands(fig, title, subtitle, source, claim_id, marks):
    """Add the text around the plot. All in inches from the top or bottom edge, so that charts of any height line up."""
    width, height = fig.get_size_inches()
    room = width - 2 * MARGIN
    fonts = {
        "title": dict(fontsize=LARGE, fontweight="bold", color=INK),
        "subtitle": dict(fontsize=SMALL + 0.3, color=MUTED),
        "source": dict(fontsize=SMALL, color=MUTED),
    }
    titles, subtitles = _wrap(title, room, **fonts["title"]), _wrap(subtitle, room, **fonts["subtitle"])
    sources = _wrap(source, room, **fonts["source"]) if source else []
    keys = _key_rows(marks, room)
    line = {"title": 0.21, "subtitle": 0.18, "source": 0.17}
    top = 0.06 + line["title"] * len(titles) + line["subtitle"] * len(subtitles) + 0.22 * len(keys) + 0.14
    bottom = 0.1 + line["source"] * (len(sources) + 1) + 0.02
    total = top + height + bottom
    fig.set_size_inches(width, total)
    fig.get_layout_engine().set(
        rect=(MARGIN / width, bottom / total, 1 - 2 * MARGIN / width, height / total), w_pad=0.01, h_pad=0.03
    )
    y = total - 0.06
    for kind, lines in (("title", titles), ("subtitle", subtitles)):
        for text in lines:
            fig.text(MARGIN / width, y / total, text, va="top", **fonts[kind])
            y -= line[kind]
        y -= 0.02
    for row in keys:
        _key(fig, row, y - 0.1, width, total)
        y -= 0.22
    y = bottom - 0.1
    for text in sources + [claim_id]:
        fig.text(MARGIN / width, y / total, text, va="top", **fonts["source"])
        y -= line["source"]


def _key_rows(marks, room):
    """The key broken into rows: each a list of (mark, word, x in inches, room for the mark)."""
    rows, x = [], room
    for mark, word in marks:
        lead = 0.3 if mark.get("linestyle", mark.get("ls", "-")) not in ("", "None") else 0.13
        need = lead + text_width(word, SMALL) + 0.2
        if x + need - 0.2 > room:
            rows.append([])
            x = MARGIN + 0.06
        rows[-1].append((mark, word, x, lead))
        x += need
    return rows


def _key(fig, row, y, width, total):
    for mark, word, x, lead in row:
        xs = [x, x + 0.22] if lead > 0.2 else [x]
        fig.add_artist(Line2D([v / width for v in xs], [y / total] * len(xs), **mark))
        fig.text((x + lead) / width, y / total, word, va="center_baseline", fontsize=SMALL, color=INK)
