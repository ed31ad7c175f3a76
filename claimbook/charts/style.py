"""The look of a chart, and `finish`, which turns a matplotlib figure into a chart of the book."""

import io
import re
from functools import cache
from html import escape
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D

from claimbook.evidence import tables
from claimbook.judgement import ledger
from claimbook.judgement.cards import amount, number

CHART_MIME = "application/vnd.claimbook.chart+json"

INK, MUTED, GRID, SURFACE, BAND = "#1f2328", "#59636e", "#dfe5ea", "#fffffe", "#e0f0ee"
TEAL, ORANGE, PURPLE, BLUE, RED, GREY = "#0b7a75", "#b45309", "#6d3fc0", "#2f5d9b", "#b3261e", "#6b7580"
PALE = "#c8d1da"
PALETTE = [TEAL, ORANGE, PURPLE, BLUE, RED, GREY]
"""Told apart by the colour-blind and in grey; the page swaps each for its twin in dark mode."""

CLAIMED = dict(
    marker="D", markersize=8, markerfacecolor=SURFACE, markeredgecolor=INK, markeredgewidth=1.6, linestyle="", zorder=4
)
COMPUTED = dict(marker="o", markersize=9, color=TEAL, linestyle="", zorder=3)
DISAGREES = COMPUTED | dict(color=ORANGE, marker="X", markersize=9.5)
"""The marks of the book: a hollow diamond is what the article claims, a dot is computed and agrees, a cross does
not."""

VERDICT_COLOURS = {
    "reproduced": TEAL,
    "depends on the source": ORANGE,
    "misquoted": PURPLE,
    "contradicted": RED,
    "not found": GREY,
    "came true": TEAL,
    "came partly true": ORANGE,
    "failed": RED,
    "open": GREY,
    "judgement": BLUE,
    "not examined yet": PALE,
}

WIDTH = 5.6
MARGIN = 0.06


def use_style():
    """Give every figure and table of this notebook the look of the book."""
    pd.set_option("display.precision", 1)
    pd.set_option("display.max_colwidth", None)
    plt.style.use(Path(__file__).with_name("claimbook.mplstyle"))


class Chart:
    """A finished chart: an SVG with its alt text, and the rows it was drawn from."""

    def __init__(self, svg, alt, payload):
        self.svg, self.alt, self.payload = svg, alt, payload

    def _repr_mimebundle_(self, include=None, exclude=None):
        text = f"Chart {self.payload['name']}: {self.payload['title']}\n{self.alt}\n{self.payload['source']}"
        return {"image/svg+xml": self.svg, "text/plain": text, CHART_MIME: self.payload}


def finish(fig, name, title, subtitle, rows, alt, marks=(), note="", columns=None):
    """Make a figure a chart of the book: title, subtitle, key, source line, claim id, alt text. Returns a Chart.

    `name`: the claim's id, with a suffix where a claim has several charts ("boom-03", "boom-03-quarters").
    `title`: the finding. `subtitle`: measure, unit and scope. `rows`: the DataFrame (or several) that was plotted,
    with `id`, `source`, `publisher` and `published`; the source line and the download are made of it, `columns`
    names what it holds besides the columns of the data; the figures behind computed rows follow in a table of their
    own. `alt`: the finding with its numbers, for those who do not see the chart.
    `marks`: the key, as pairs of a Line2D style and a word. `note`: a caveat before the source line.
    The figure's height is that of the plot; the bands for text are added to it.
    Raises ValueError for a name without claim, an alt text without number, or rows without sources.
    """
    claim_id = re.match(r"[a-z]+-\d\d|scoreboard", name)
    if not claim_id or claim_id[0] != "scoreboard" and claim_id[0] not in ledger.claims():
        raise ValueError(f"Chart {name!r}: the name must begin with a claim's id.")
    if not re.search(r"\d", alt) or len(alt) < 40:
        raise ValueError(f"Chart {name!r}: the alt text must state the finding with its numbers, not {alt!r}.")
    frames = [rows] if isinstance(rows, pd.DataFrame) else list(rows)
    keys = list(dict.fromkeys(key for frame in frames for key in tables.trace(frame, "source")))
    if not keys and claim_id[0] != "scoreboard":
        raise ValueError(f"Chart {name!r}: the rows have no column `source`: keep it through the data steps.")
    source = (note.strip() + " " if note else "") + (source_line(frames) if keys else "")
    _bands(fig, title, subtitle, source.strip(), name if claim_id[0] == "scoreboard" else claim_id[0], marks)
    payload = {
        "name": name,
        "title": title,
        "subtitle": subtitle,
        "source": source.strip(),
        "sources": keys,
        "ids": list(dict.fromkeys(key for frame in frames for key in tables.trace(frame, "id"))),
        "data": [rows for rows in (*(_plain_rows(frame, columns) for frame in frames), _made_of(frames)) if rows],
    }
    chart = Chart(_svg(fig, name, alt), alt, payload)
    plt.close(fig)
    return chart


def source_line(frames):
    """The source line of a chart: each publisher of the rows with the dates of its publications."""
    dates, derived = {}, False
    for frame in frames:
        pairs = [(c, c.replace("publisher", "published")) for c in frame.columns if c.startswith("publisher")]
        for who, when in pairs:
            for publisher, published in zip(frame[who], frame[when]):
                if pd.isna(publisher):
                    continue
                for one, day in zip(publisher.split(";"), published.split(";")):
                    dates.setdefault(one, set()).add(day[:7])
        derived |= (
            len([c for c in frame.columns if c == "id" or c.startswith("id_")]) > 1
            or frame["id"].str.contains(";").any()
        )
    parts = []
    for publisher, days in dates.items():
        days = sorted(days)
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}" if len(days) > 2 else ", ".join(days)
        parts.append(f"{publisher} ({span})")
    return "Source: " + ", ".join(parts) + ("; own arithmetic." if derived else ".")


@cache
def _described():
    """The columns of all tables: a download keeps what says of a figure what it is."""
    return {field["name"] for table in tables.tables() for field in tables.describe(table)["schema"]["fields"]}


def _plain_rows(frame, columns):
    keep = [
        c
        for c in frame.columns
        if columns is None or c in columns or c in _described() or c.startswith(("id", "source"))
    ]
    return [{c: None if pd.isna(v) else v for c, v in row.items()} for row in frame[keep].round(6).to_dict("records")]


@cache
def _width(text, size, weight="normal"):
    """The width of a text in inches."""
    return (
        RendererAgg(1, 1, 72).get_text_width_height_descent(text, FontProperties(size=size, weight=weight), False)[0]
        / 72
    )


def _made_of(frames):
    """The printed figures from which rows were computed, or that lost on the way what they are: as they stand in the
    tables."""
    whole = {id for frame in frames if "definition" in frame.columns for id in frame["id"]}
    lost = {id for frame in frames for id in tables.trace(frame, "id")} - whole
    found = [frame[frame["id"].isin(lost)] for frame in tables.loaded.values() if "id" in frame.columns]
    return [row for frame in found for row in _plain_rows(frame, None)]


def _wrap(text, width, fontsize, fontweight="normal", **look):
    """Break a text into lines that fit `width` inches, as few and then as even as they can be."""

    def broken(limit):
        lines, room = [], 0
        for word in text.split():
            need = _width(word, fontsize, fontweight)
            if need > room:
                lines.append([])
                room = limit
            lines[-1].append(word)
            room -= need + _width(" ", fontsize, fontweight)
        return [" ".join(line) for line in lines]

    best = broken(width)
    return next(lines for share in (0.6, 0.7, 0.8, 0.9, 1) if len(lines := broken(width * share)) == len(best))


def _bands(fig, title, subtitle, source, claim_id, marks):
    """Add the text around the plot. All in inches from the top or bottom edge, so that charts of any height line up."""
    width, height = fig.get_size_inches()
    room = width - 2 * MARGIN
    fonts = {
        "title": dict(fontsize=13.5, fontweight="bold", color=INK),
        "subtitle": dict(fontsize=10.5, color=MUTED),
        "source": dict(fontsize=9, color=MUTED),
    }
    titles, subtitles = _wrap(title, room, **fonts["title"]), _wrap(subtitle, room, **fonts["subtitle"])
    sources = _wrap(source, room, **fonts["source"]) if source else []
    keys = _key_rows(marks, room)
    line = {"title": 0.25, "subtitle": 0.195, "source": 0.165}
    top = 0.06 + line["title"] * len(titles) + line["subtitle"] * len(subtitles) + 0.25 * len(keys) + 0.14
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
        y -= 0.25
    y = bottom - 0.1
    for text in sources + [claim_id]:
        fig.text(MARGIN / width, y / total, text, va="top", **fonts["source"])
        y -= line["source"]


def _key_rows(marks, room):
    """The key broken into rows: each a list of (mark, word, x in inches, room for the mark)."""
    rows, x = [], room
    for mark, word in marks:
        lead = 0.3 if mark.get("linestyle", mark.get("ls", "-")) not in ("", "None") else 0.13
        need = lead + _width(word, 10) + 0.2
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
        fig.text((x + lead) / width, y / total, word, va="center_baseline", fontsize=10, color=INK)


def _svg(fig, name, alt):
    """The figure as SVG with stable bytes, ids of its own, a role and the alt text, ready to stand in a page."""
    buffer = io.StringIO()
    with plt.rc_context({"svg.hashsalt": name}):
        FigureCanvasSVG(fig).print_svg(
            buffer, metadata={"Date": None, "Creator": None}
        )  # savefig would draw everything twice
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = _unclipped(svg)
    # matplotlib derives ids from exact coordinates, which the layout may miss by a hair: number them instead.
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg))
    new = {
        old: f"{name}-{number}"
        for number, old in enumerate((i for i in re.findall(r' id="([^"]+)"', svg) if i in used), 1)
    }
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{new[m[1]]}"' if m[1] in new else "", svg)
    svg = re.sub(r"(url\(#|href=\"#)([^)\"]+)", lambda m: m[1] + new[m[2]], svg)
    return svg.replace(
        "<svg ", f'<svg role="img" aria-label="{escape(alt)}" data-chart="{name}" data-axis="{_axis(fig)}" ', 1
    )


def _unclipped(svg):
    """The SVG without clip paths that cut nothing off, and without frames that nothing needs any more: it is painted
    sooner."""
    frames = {
        name: [float(n) for n in box]
        for name, *box in re.findall(
            r'<clipPath id="([^"]+)">\s*<rect x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)"/>', svg
        )
    }

    def path(match):
        x, y, width, height = frames[match[2]]
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", match[1])]
        across, down = numbers[::2], numbers[1::2]
        inside = (
            min(across) >= x - 0.01
            and max(across) <= x + width + 0.01
            and min(down) >= y - 0.01
            and max(down) <= y + height + 0.01
        )
        return f'<path d="{match[1]}"' if inside else match[0]

    svg = re.sub(r'<path d="([^"]+)" clip-path="url\(#(.+?)\)"', path, svg)
    return re.sub(
        r'\s*<clipPath id="(.+?)">.*?</clipPath>',
        lambda match: match[0] if f"url(#{match[1]})" in svg else "",
        svg,
        flags=re.S,
    )


def _axis(fig):
    """Where the first axes lie in the SVG: data limits, then left, right, top and bottom in its units (points)."""
    ax, (width, height) = fig.axes[0], fig.get_size_inches() * 72
    box = ax.get_position()
    ends = [*ax.get_xlim(), box.x0 * width, box.x1 * width, (1 - box.y1) * height, (1 - box.y0) * height]
    return " ".join(f"{end:.2f}" for end in ends)


def dots(verdict, part=None, band="", ticks=None, digits=None):
    """A dot plot of a verdict's witnesses: a row each, the claimed value as a diamond, its interval as a band.

    Names stand above their rows, so that the plot keeps the whole width on a phone. `part`: which figure of the claim;
    `band`: words for the band; `ticks`: positions of the axis; `digits`: decimals of the value labels.
    Returns figure and axes.
    """
    figure = next(f for f in verdict.claim.figures if part is None or f.part == part)
    rows = [w for w in verdict.witnesses if w.part == figure.part]
    fig, ax = plt.subplots(figsize=(WIDTH, 0.53 * len(rows) + 0.35 + (0.25 if band else 0)))
    at = float(figure.printed) if figure.printed and ".." not in figure.printed else None
    ends = [e for w in rows for e in (w.low, w.high) if abs(e) != float("inf")] + ([] if at is None else [at])
    room = 0.14 * (max(ends) - min(ends) or 1)
    left, right = min(ends) - room, max(ends) + 1.2 * room
    ax.set_xlim(left, right)
    if figure.interval.low < right and figure.interval.high > left:
        ax.axvspan(max(figure.interval.low, left), min(figure.interval.high, right), color=BAND, lw=0, zorder=0)
    for y, w in enumerate(rows):
        _witness(ax, y, w, at, right, figure.unit, digits)
    ax.set_ylim(len(rows) - 0.5, -0.75)
    ax.set_yticks([])
    if ticks is not None:
        ax.set_xticks(ticks, [amount(ticks[0], figure.unit), *(number(t) for t in ticks[1:])])
    ax.grid(axis="x")
    if band:
        ax.set_title(band, color=TEAL, fontweight="normal", fontsize=10)
    return fig, ax


def _witness(ax, y, w, at, right, unit, digits):
    mark = COMPUTED if w.agrees else DISAGREES
    high = min(w.high, right)
    ax.text(0, y - 0.36, w.label, transform=ax.get_yaxis_transform(), va="center", fontsize=10)
    if at is not None:
        ax.plot([at, w.low if abs(w.low - at) < abs(high - at) else high], [y, y], color=PALE, lw=1.5, zorder=1)
        ax.plot(at, y, **CLAIMED | dict(markersize=6.5))
    if w.low != w.high:
        ax.plot([w.low, high], [y, y], color=mark["color"], lw=5, solid_capstyle="butt", zorder=2)
        text = (
            f"{number(w.low)} or more"
            if w.high > right
            else f"{number(round(w.low, digits))} to {number(round(w.high, digits))}"
        )
    else:
        ax.plot(w.low, y, **mark)
        text = number(w.low if digits is None else round(w.low, digits))
    left_side = at is not None and w.high < at
    x = w.low if left_side or w.high > right else high
    offset, align = ((-9, 0), "right") if left_side else ((9, 0), "left")
    ax.annotate(
        text, (x, y), xytext=offset, textcoords="offset points", va="center", ha=align, fontweight="bold", fontsize=10
    )


def ladder(rounds, names, shade=None):
    """Every equity round of these companies on one line each, by date; the area of a dot is its amount in USD m.

    `rounds`: the table of that name. `shade`: a pair of dates to stand out. Returns figure, axes and the rows drawn.
    """
    fig, ax = plt.subplots(figsize=(WIDTH, 0.72 * len(names) + 0.3))
    shown = tables.new_money(rounds[rounds["company"].isin(names)], least=0)
    when = tables.day(shown["announced"])
    if shade:
        ax.axvspan(*pd.to_datetime(list(shade)), color=BAND, lw=0)
    for y, name in enumerate(names):
        mine = shown["company"] == name
        ax.plot(when[mine], [y] * mine.sum(), color=PALE, lw=1.5, zorder=1)
        area = shown["value"][mine] * 0.55 + 12
        ax.scatter(
            when[mine],
            [y] * mine.sum(),
            s=area,
            color=[TEAL if v >= 100 else GREY for v in shown["value"][mine]],
            zorder=2,
        )
        for date, value, size in zip(when[mine], shown["value"][mine], area):
            text = f"{value:.0f}" if value < 1000 else f"{value / 1000:g} bn"
            ax.annotate(
                text, (date, y), xytext=(0, 5 + size**0.5 / 2), textcoords="offset points", ha="center", fontsize=9.5
            )
        ax.text(0, y - 0.42, name, transform=ax.get_yaxis_transform(), fontsize=10, fontweight="bold")
    ax.set_ylim(len(names) - 0.6, -0.75)
    ax.set_yticks([])
    years = range(when.min().year, when.max().year + 1)
    ax.set_xlim(pd.Timestamp(f"{years[0]}-01-01") - pd.Timedelta(days=60), when.max() + pd.Timedelta(days=120))
    ax.set_xticks(pd.to_datetime([f"{year}-01-01" for year in years]), years)
    return fig, ax, shown


WITNESS_MARKS = ((CLAIMED, "the article"), (COMPUTED, "computed, agrees"), (DISAGREES, "computed, does not"))
LADDER_MARKS = (
    (dict(marker="o", ls="", color=TEAL, markersize=9), "100 and more"),
    (dict(marker="o", ls="", color=GREY, markersize=6), "less"),
)
