"""The forms of the book's charts, each called like a function of seaborn: a table, the names of its columns, and axes.

A form draws every row, writes its name and its number, and lets the paper remember what was drawn: `finish` takes
source line, download and key from there. Forms return matplotlib's axes: whatever else a chart needs is drawn on them.
Patterns are texts with columns in braces: "{label}: {value:.0f}". Without a format a number is printed as everywhere in
the book; a unit is a format too: "{value:USD_bn}".
"""

import math
from string import Formatter

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from claimbook.charts.look import (
    BAND,
    CLAIMED,
    COMPUTED,
    DISAGREES,
    GREY,
    HOLLOW,
    INK,
    PALE,
    PALETTE,
    PURPLE,
    SMALL,
    SQUARE,
    TEAL,
    UNNAMED,
)
from claimbook.charts.paper import Paper, paper, text_width
from claimbook.evidence.tables import day, new_money
from claimbook.evidence.units import UNITS, amount, number, signed
from claimbook.judgement.ledger import Verdict

AGREEMENT = {
    "the article": CLAIMED,
    "exact": COMPUTED,
    "about": COMPUTED | HOLLOW,
    "off": DISAGREES,
    "cannot tell": COMPUTED | dict(color=PURPLE),
    "no vote": COMPUTED | UNNAMED,
}
"""The marks of a verdict's witnesses, by what their votes say."""


class _Printed(Formatter):
    def get_value(self, key, args, row):
        return row[key] if key in row else row[str(key)]  # "{2024}" is the column "2024"

    def format_field(self, value, spec):
        if not isinstance(value, (int, float)):
            return format(value, spec)
        if math.isnan(value):
            return "none"
        if spec in UNITS:
            return amount(value, spec)
        return signed(format(value, spec)) if spec else number(value)


def told(pattern, row):
    """A pattern filled in from a row (a dict): `told("{label}: {value:.0f}", row)`."""
    return _Printed().vformat(pattern, (), row)


def listed(data, pattern, between="; "):
    """The rows of a table in words, for an alt text: `listed(levels, "{name} {then:.0f} and {now:.0f}")`."""
    return between.join(told(pattern, row) for row in data.to_dict("records"))


# What a form is made of: its axes, its marks, a text at a point, names of rows.


def _height(data, group=None):
    """The inches that rows with their names need, and a heading for each word of the column `group`."""
    return 0.42 * (len(data) + (data[group].nunique() if group else 0)) + 0.3


def _on(ax, data, height, *shown):
    """The axes to draw on (those given, the current ones, new ones of this height), which remember what is drawn.

    `shown`: columns, or patterns that name them; None is left out.
    """
    if data.empty:
        raise ValueError("There is no row to draw: look at the query that chose them.")
    ax = ax or (plt.gca() if plt.get_fignums() and isinstance(plt.gcf(), Paper) else paper(height))
    named = [[field for _, field, *_ in Formatter().parse(one) if field] or [one] for one in shown if one]
    columns = dict.fromkeys(column for columns in named for column in columns if column != "hue")  # a line's own word
    if lost := [column for column in columns if column not in data and column not in map(str, data.columns)]:
        raise KeyError(f"The table has no column {lost[0]!r}; it has {', '.join(map(str, data.columns))}.")
    ax.figure.rows.append(data)
    ax.figure.columns |= columns
    if "value" in columns and "unit" in data:
        ax.figure.units.append((ax, {*data["unit"].dropna()}))
    return ax


def _mark(look):
    """The mark of a colour, or a mark with what is said of it."""
    return COMPUTED | (dict(color=look) if isinstance(look, str) else look)


def _marks(data, hue, palette, ax, key=True):
    """The mark of each word of the column `hue`. `palette`: a list of colours, or {word: colour or mark}."""
    words = list(dict.fromkeys(data[hue].dropna())) if hue else [None]
    looks = palette if isinstance(palette, dict) else dict(zip(words, palette or PALETTE))
    if lost := [word for word in words if word not in looks and (hue or not palette)]:
        raise KeyError(f"The palette has no colour for {lost[0]!r}; it has colours for {', '.join(map(str, looks))}.")
    marks = {word: _mark(look) for word, look in looks.items()}
    if hue:
        _told_apart(ax, {word: mark for word, mark in marks.items() if word in words}, key)
    return marks


def _told_apart(ax, marks, key=True):
    """Remember what is told apart by colour, {word: mark}, and explain it in the key unless it is named beside it."""
    ax.figure.hues.append({word: mark["color"] for word, mark in marks.items()})
    ax.figure.key |= marks if key else {}


def tag(text, x, y, side="right", ax=None, gap=8, **look):
    """A text beside a point: on its right or left, above or below it. `look`: colour, weight and the like."""
    way = {
        "right": ((gap, 0), "left", "center"),
        "left": ((-gap, 0), "right", "center"),
        "above": ((0, gap), "center", "bottom"),
        "below": ((0, -gap), "center", "top"),
    }
    offset, align, stand = way[side]
    look = {"fontsize": SMALL, "ha": align, "va": stand} | look
    return (ax or plt.gca()).annotate(text, (x, y), offset, textcoords="offset points", **look)


def _places(data, group):
    """The height of each row, from the top, and of each heading, where the column `group` begins another word."""
    places, headings, y, last = [], {}, 0, None
    for word in data[group] if group else [None] * len(data):
        if group and word != last:
            headings[word], last, y = y, word, y + 1
        places.append(y)
        y += 1
    return places, headings


def _names(ax, data, pattern, places, headings, above, bold):
    """The names of the rows, beside the axis or above the rows to keep a phone's width, and the headings."""
    names = [told(pattern, row) for row in data.to_dict("records")]
    bottom = max(places) + (0.45 if above else 0.55)
    if ax.get_ylim()[0] < bottom or not ax.yaxis_inverted():
        ax.set_ylim(bottom, -0.8 if above else -0.65)
    ax.set_yticks([] if above else places, None if above else names)
    for word in () if above else ax.get_yticklabels():
        word.set_fontweight("bold" if word.get_text() in bold else "normal")
    across = ax.get_yaxis_transform()
    for y, name in zip(places, names) if above else ():
        weight = "bold" if name in bold else "normal"
        above_row = ax.text(0, y - 0.4, name, transform=across, va="center", fontsize=SMALL, fontweight=weight)
        above_row.set_in_layout(False)  # a name may be long: the plot keeps its width
    for word, y in headings.items():
        ax.text(0, y + (0.1 if above else 0), word, transform=across, va="center", fontsize=SMALL, fontweight="bold")


# The forms.


def dots(
    data,
    x="value",
    y="{label}",
    hue=None,
    palette=None,
    text=None,
    aside=None,
    start=None,
    claim=None,
    group=None,
    above=True,
    bold=(),
    part=None,
    ax=None,
):
    """A dot for each row with its number, its name above it; a bar where the row is a range (columns `low`, `high`).

    `data`: a table, or a verdict, whose witnesses are then the rows, against its claimed figure (`part` says which).
    `hue`, `palette`: a column, and {word: colour or mark}. `text`: the pattern of the numbers. `aside`: a column of
    words for the other side. `start`: where a thin line to the dot begins. `claim`: the claimed value: numbers stand on
    the side away from it. `group`: a column whose words become headings. `above=False`: names beside the axis.
    `bold`: names.
    """
    figure = None
    if isinstance(data, Verdict):
        figure, data = _against(data, part)
        hue, palette, start, claim = "says", AGREEMENT, "claimed", data["claimed"].iloc[0]
    ax = _on(ax, data, _height(data, group), x, y, hue, aside, text)
    if figure and pd.notna(claim):
        ax.plot(data["claimed"], range(len(data)), **CLAIMED | dict(markersize=5.5))
        ax.figure.key["the article"] = CLAIMED
    marks = _marks(data, hue, palette, ax)
    places, headings = _places(data, group)
    for at, row in zip(places, data.to_dict("records")):
        mark, low, high = marks[row.get(hue)], row.get("low"), row.get("high")
        ranged = pd.notna(low) and pd.notna(high) and low != high
        low, high = (low, high) if ranged else (row[x], row[x])
        begin = row.get(start) if isinstance(start, str) else start
        if begin is not None and pd.notna(begin):
            ax.hlines(at, begin, high if abs(high - begin) > abs(low - begin) else low, color=PALE, lw=1.5, zorder=1)
        if ranged:
            ax.hlines(at, low, high, color=mark.get("color", TEAL), lw=5, zorder=2)
        else:
            ax.plot(row[x], at, **mark)
        left = claim is not None and pd.notna(claim) and high < claim
        pattern = text or ("{low} to {high}" if ranged else f"{{{x}}}")
        tag(told(pattern, row), low if left else high, at, "left" if left else "right", ax, fontweight="bold")
        if aside and isinstance(row[aside], str):
            tag(row[aside], high if left else low, at, "right" if left else "left", ax, color=mark.get("color", INK))
    _names(ax, data, y, places, headings, above, bold)
    ax.margins(x=0.16)
    if figure:
        band, (low, high) = figure.interval, sorted(ax.get_xlim())
        far = 100 * (high - low)
        shaded(x=(max(band.low, low - far), min(band.high, high + far)), ax=ax)
    return ax


def _against(verdict, part):
    """A claimed figure, and the witnesses that speak of it as a table: what was claimed, what each says of it."""
    figure = next(f for f in verdict.claim.figures if part is None or f.part == part)
    data = verdict.evidence.assign(part=verdict.evidence.get("part", figure.part))
    data = data[data["part"] == figure.part].reset_index(drop=True)
    data["unit"] = figure.unit  # it was judged in the claim's
    data["claimed"] = float(figure.printed) if figure.printed and ".." not in figure.printed else float("nan")
    shown = [w for w in verdict.witnesses if w.part == figure.part][: len(data)]  # after them come other voters
    data["says"] = [w.says if w.role == "vote" else "no vote" for w in shown]
    return figure, data


def spans(data, low="low", high="high", **more):
    """A bar from one column to another for each row, with its name. `more`: as for `dots`."""
    return dots(data.assign(low=data[low], high=data[high]), x=low, **more)


def changes(
    data,
    x,
    y="{label}",
    words=None,
    palette=(GREY, TEAL),
    hue=None,
    first=GREY,
    hollow=None,
    text=None,
    group=None,
    above=True,
    bold=(),
    arrow=False,
    ax=None,
):
    """Values of each row in two columns or more, and the way between them.

    `x`: the columns, the earliest first; `words`: what the key calls them; `palette`: their colours or marks. `hue`: a
    column whose palette colours the last mark instead, `first`: the mark of those before it. `hollow`: a column that
    says which rows are of another kind. `text`: a pattern for each column, None: no number. `arrow`: the way is one.
    """
    ax = _on(ax, data, _height(data, group), *x, y, hue, *(text or ()))
    looks = [_mark(look) for look in ([first] * (len(x) - 1) if hue else palette)]
    last = _marks(data, hue, palette, ax) if hue else {None: looks[-1]}
    places, headings = _places(data, group)
    for at, row in zip(places, data.to_dict("records")):
        seen = [n for n, column in enumerate(x) if pd.notna(row[column])]
        values = [row[x[n]] for n in seen]
        ax.figure.ways += [(values[0], values[-1])] if values else []
        mine = [*looks, *[looks[-1]] * len(x)][: len(x) - 1] + [last[row.get(hue)]]
        _way(ax, at, values, mine[-1]["color"] if hue else PALE, arrow)
        for n, value in zip(seen, values):
            if not arrow or n < len(x) - 1:
                ax.plot(value, at, **mine[n] | (HOLLOW if hollow and row[hollow] else {}))
            pattern = text[n] if text else f"{{{x[n]}}}"
            if pattern:
                left = value == min(values) and (min(values) < max(values) or n == 0)
                weight = "bold" if n == len(x) - 1 else "normal"
                tag(told(pattern, row), value, at, "left" if left else "right", ax, fontweight=weight)
    _names(ax, data, y, places, headings, above, bold)
    ax.margins(x=0.16)
    if not hue:
        _told_apart(ax, dict(zip(words or x, looks)))
    if hollow:
        ax.figure.key[f"hollow: {hollow}"] = COMPUTED | HOLLOW | dict(color=GREY)
    return ax


def _way(ax, at, values, colour, arrow):
    """The way of a row from its first value to its last: an arrow, or a bar behind the marks."""
    if arrow and len(values) > 1:
        way = dict(arrowstyle="-|>", color=colour, lw=1.6, shrinkA=0, shrinkB=0, mutation_scale=12)
        ax.annotate("", (values[-1], at), (values[0], at), arrowprops=way, zorder=2)
    else:
        ax.hlines(at, min(values), max(values), color=PALE, lw=3, zorder=1)


def lines(
    data,
    x,
    y,
    hue=None,
    palette=None,
    dashes=(),
    text="{hue}",
    points=None,
    starts=None,
    markers=True,
    room=0.32,
    ax=None,
    **more,
):
    """A line for each word of a column, named at its end in its colour. Rows are joined in the order of the table.

    `dashes`: words whose lines are context. `text`, `points`, `starts`: patterns at the end, at every point, at the
    beginning; `{hue}` is the line's own word. `room`: the names' share of the width. `more`: as for `sns.lineplot`.
    """
    ax = _on(ax, data, 2.4, x, y, hue, text, points, starts)
    named = data.assign(hue=data[hue] if hue else "")
    colours = {word: mark["color"] for word, mark in _marks(named, "hue", palette, ax, key=False).items()}
    look = dict(marker="o", markersize=6, markeredgewidth=0) if markers else {}
    for word, part in named.groupby("hue", sort=False):
        style = dict(ls=(0, (2, 2)), lw=1.5) if word in dashes else look
        ax.figure.ways.append((part[y].iloc[0], part[y].iloc[-1]))
        ax.figure.joined.append(part)
        sns.lineplot(
            part, x=x, y=y, color=colours[word], sort=False, estimator=None, legend=False, ax=ax, **style | more
        )
    low, high = ax.get_xlim()
    ax.set(xlabel="", ylabel="", xlim=(low, high + room * (high - low) if text else high))
    for pattern, side, kept, weight in ((text, "right", "last", "bold"), (starts, "left", "first", "normal")):
        ends = named.drop_duplicates("hue", keep=kept) if pattern else named[:0]
        for row, lift in zip(ends.to_dict("records"), apart(ax, ends[y])):
            words = tag(told(pattern, row), row[x], row[y], side, ax, color=colours[row["hue"]], fontweight=weight)
            words.xyann = (words.xyann[0], lift)
    for row in named.to_dict("records") if points else ():
        look = dict(color=colours[row["hue"]] if hue else INK, fontweight="bold")
        tag(told(points, row), row[x], row[y], "above", ax, gap=5, **look)
    return ax


def apart(ax, values, least=12.5):
    """By how many points the names at these heights must be lifted so that none hides another."""
    ax.autoscale_view()
    heights = ax.transData.transform([(0, value) for value in values])[:, 1] * 72 / ax.figure.dpi if len(values) else []
    places = {}
    for at in sorted(range(len(heights)), key=heights.__getitem__):
        places[at] = max([heights[at], *(place + least for place in places.values())])
    middle = sum(places[at] - heights[at] for at in places) / len(places) if places else 0
    return [places[at] - heights[at] - middle for at in range(len(heights))]


def bars(
    data, x, y, hue=None, order=None, palette=None, highlight=None, text=None, also=None, across=False, bold=(), ax=None
):
    """A bar for each row with its number. `x`: the column of its places, `y`: of its length.

    `order`: the places from left to right, as words or {word: how it is written}. `highlight`: the one that stands out.
    `hue`, `palette`: or colours by a column. `also`: a second column, drawn as a stroke over each bar, and its word in
    the key. `across=True`: bars to the right, each below its name, which the pattern `x` gives.
    """
    ax = _on(ax, data, 0.47 * len(data) + 0.3 if across else 2.2, x, y, hue, text, also and also[0])
    if highlight is not None:
        data, hue = data.assign(shade=[str(highlight) if v == highlight else "other years" for v in data[x]]), "shade"
        palette = {str(highlight): TEAL, "other years": PALE}
    colours = {word: mark["color"] for word, mark in _marks(data, hue, palette, ax, key=False).items()}
    drawn = [colours[word] for word in (data[hue] if hue else [None] * len(data))]
    if hue:
        ax.figure.key |= {word: SQUARE | dict(color=colour) for word, colour in colours.items() if colour in drawn}
    if across:
        shapes = ax.barh(range(len(data)), data[y], color=drawn, height=0.42)
        _names(ax, data, x, list(range(len(data))), {}, True, bold)
        ax.margins(x=0.18)
    else:
        shapes = _columns(ax, data, x, y, order, highlight, drawn, data[[y, also[0]] if also else [y]].max().max())
    words = [told(text or f"{{{y}}}", row) for row in data.to_dict("records")] if text != "" else []
    labels = ax.bar_label(shapes, words, padding=3, fontsize=SMALL) if words else []
    for colour, label in zip(drawn, labels):
        label.set_fontweight("normal" if colour == PALE else "bold")
    if also:
        _strokes(ax, shapes, [] if across else labels, data[also[0]], across)
        ax.figure.key[also[1]] = dict(color=INK, lw=1.8)
    return ax


def _columns(ax, data, x, y, order, highlight, colours, highest):
    """Upright bars, in the order of their places, and what is said where the highlighted one is not seen."""
    order = order if isinstance(order, dict) else {word: str(word) for word in order or dict.fromkeys(data[x])}
    at = {word: place for place, word in enumerate(order)}
    ax.set_xticks(list(at.values()), list(order.values()))
    ax.set(yticks=[], ylim=(min(0, data[y].min() * 1.2), highest * 1.18), xlim=(-0.6, len(order) - 0.4))
    if highlight in at and highlight not in set(data[x]):
        tag("not seen", at[highlight], 0, "above", ax, gap=4)
    return ax.bar(data[x].map(at), data[y], color=colours, width=0.78)


def _strokes(ax, shapes, labels, values, across):
    """A stroke over each bar, at another value than its own."""
    for label, value in zip(labels, values):
        label.xy = (label.xy[0], max(label.xy[1], value))  # above the stroke too
    for bar, value in zip(shapes, values):
        begin, size = (bar.get_y(), bar.get_height()) if across else (bar.get_x(), bar.get_width())
        along, still = (begin, begin + size), (value, value)
        ax.plot(*((still, along) if across else (along, still)), color=INK, lw=1.8)


def stack(data, shares, names=None, palette=PALETTE, least=8, text="{:.0f}", upright=False, ax=None):
    """A bar for each row of a table of parts, divided by its columns, from the top or (`upright`) from the left.

    `data`: the printed rows behind it. `shares`: the parts, one row a bar. `names`: words for the bars. `least`: the
    smallest part that holds its number.
    """
    ax = _on(ax, data, 2.4 if upright else 0.5 * len(shares) + 0.3)
    shares.plot(kind="bar" if upright else "barh", stacked=True, color=palette, width=0.66, legend=False, ax=ax, rot=0)
    ax.set(xlabel="", ylabel="")
    for part in [part for bar in ax.containers for part in bar]:
        size = part.get_height() if upright else part.get_width()
        if size >= least:
            middle = (part.get_x() + part.get_width() / 2, part.get_y() + part.get_height() / 2)
            ax.text(
                *middle, text.format(size), color="white", ha="center", va="center", fontsize=SMALL, fontweight="bold"
            )
    (ax.set_xticks if upright else ax.set_yticks)(range(len(shares)), names or [str(name) for name in shares.index])
    if not upright:
        ax.invert_yaxis()
    _told_apart(ax, {word: SQUARE | dict(color=colour) for word, colour in zip(shares.columns, palette)})
    return ax


def points(data, x, y, hue=None, palette=None, text=None, size=60, ax=None, **more):
    """A point for each row in two dimensions; where `y` holds words, a swarm for each, so that none hides another.

    `text`: a column of words beside the points, empty where there is none. `more`: as for seaborn's own function.
    """
    ax = _on(ax, data, 2.8, x, y, hue, text)
    marks = _marks(data, hue, palette, ax)
    look = dict(color=next(iter(marks.values()))["color"])
    if hue:
        look = dict(hue=hue, palette={word: mark["color"] for word, mark in marks.items()}, legend=False)
    if pd.api.types.is_numeric_dtype(data[y]):
        shapes = dict(style=hue, markers={word: mark["marker"] for word, mark in marks.items()}) if hue else {}
        sns.scatterplot(data, x=x, y=y, s=size, linewidth=0, zorder=3, ax=ax, **look | shapes | more)
    else:
        before = len(ax.collections)
        sns.stripplot(data, x=x, y=y, size=size**0.5, jitter=False, ax=ax, **look | more)
        for cloud in (one for one in ax.collections[before:] if len(one.get_offsets())):
            _swarm(ax, cloud, size**0.5)
    for row in data.to_dict("records") if text else ():
        if isinstance(row[text], str) and row[text]:
            side = row.get("side") if isinstance(row.get("side"), str) else "right"
            tag(row[text], row[x], row[y], side, ax, gap=6)
    ax.set(xlabel="", ylabel="")
    return ax


def _swarm(ax, cloud, size):
    """Moves the points of a strip up and down, when it is drawn, until none hides another.

    seaborn's own swarm sorts ties as the processor likes: the same rows would give another picture elsewhere.
    """
    home, draw = cloud.get_offsets(), cloud.draw

    def moved(renderer):
        places, apart, done = ax.transData.transform(home), 1.05 * size * ax.figure.dpi / 72, {}
        for n in sorted(range(len(places)), key=lambda n: (places[n][0], n)):
            x, y = places[n]
            tries = (y + apart * way * k / 4 for k in range(4 * len(places)) for way in (1, -1))
            free = (one for one in tries if all(math.hypot(x - a, one - b) >= apart for a, b in done.values()))
            done[n] = (x, next(free))
        cloud.set_offsets(ax.transData.inverted().transform([done[n] for n in range(len(places))]))
        draw(renderer)

    cloud.draw = moved


def steps(data, x, y, hue=None, palette=None, text="{hue}", points=None, room=0.2, ax=None):
    """A stair for each word of a column, with a mark at each step: sums so far, valuations. Patterns as for `lines`."""
    return lines(data, x, y, hue, palette, text=text, points=points, room=room, ax=ax, drawstyle="steps-post")


def squares(parts, across=20, palette=PALETTE, words=None, size=1, ax=None):
    """One square for each unit of `parts` ({word: how many}), in rows of `across`. `words`: for the key."""
    ax = ax or plt.gca()
    filled = [word for word, count in parts.items() for _ in range(round(count / size))]
    looks = dict(zip(parts, palette))
    for n, word in enumerate(filled):
        ax.add_patch(plt.Rectangle((n % across + 0.1, n // across + 0.1), 0.8, 0.8, color=looks[word], lw=0))
    ax.set(xlim=(0, across), ylim=(-(-len(filled) // across), 0), aspect="equal")
    ax.axis("off")
    _told_apart(ax, {(words or {}).get(word, word): SQUARE | dict(color=colour) for word, colour in looks.items()})
    return ax


def ladder(rounds, names, shade=None, large=100):
    """Every equity round of these companies by date, a line each; the area of a dot is its amount in USD m.

    `rounds`: the table of that name. `shade`: a pair of dates to stand out.
    """
    shown = new_money(rounds[rounds["company"].isin(names)], least=0)
    shown = shown.assign(
        when=day(shown["announced"]), size=[f"{large} and more" if v >= large else "less" for v in shown["value"]]
    )
    ax = _on(None, shown, 0.66 * len(names) + 0.3, "value")
    marks = _marks(shown, "size", {f"{large} and more": TEAL, "less": GREY}, ax)
    years = range(shown["when"].min().year, shown["when"].max().year + 1)
    limits = (f"{years[0]}-01", shown["when"].max() + pd.Timedelta(days=120))
    scale("x", [f"{year}-01" for year in years], "year", limits)
    for y, name in enumerate(names):
        mine, taken = shown[shown["company"] == name].sort_values("when", kind="stable"), 0
        ax.hlines(y, mine["when"].min(), mine["when"].max(), color=PALE, lw=1.5, zorder=1)
        for row in mine.to_dict("records"):
            area = row["value"] * 0.4 + 12
            ax.scatter(row["when"], y, s=area, color=marks[row["size"]]["color"], zorder=2)
            told_as = f"{row['value']:.0f}" if row["value"] < 1000 else f"{row['value'] / 1000:g} bn"
            label = tag(told_as, row["when"], y, "above", ax, gap=3 + area**0.5 / 2)
            at = ax.transData.transform((ax.convert_xunits(row["when"]), y))[0] / ax.figure.dpi
            half = text_width(told_as, SMALL) / 2
            middle = max(at, taken + half)  # no number lies over the one before it
            taken = middle + half + 0.04
            label.xyann = (72 * (middle - at), label.xyann[1])
    _names(ax, pd.DataFrame({"label": names}), "{label}", list(range(len(names))), {}, True, names)
    return ax if shade is None else shaded(x=pd.to_datetime(list(shade)), ax=ax)


# What stands in a chart besides: the claim, the scale, a band.


def claimed(words, x=None, y=None, on=None, ax=None):
    """What the article says: a dashed line at `x` or `y` that ends in the hollow diamond, or a diamond `on` a point."""
    ax = ax or plt.gca()
    if on is None:
        (ax.axvline if y is None else ax.axhline)(x if y is None else y, color=INK, lw=1, ls=(0, (4, 3)), zorder=0.5)
        if y is not None:
            ax.tick_params(axis="y", pad=8)  # the diamond stands beside the numbers
        across, along = ax.get_xaxis_transform(), ax.get_yaxis_transform()
        ax.plot(*((x, 1) if y is None else (0, y)), **CLAIMED, clip_on=False, transform=across if y is None else along)
    else:
        ax.plot(*on, **CLAIMED, clip_on=False)
    ax.figure.key = {words: CLAIMED} | ax.figure.key


def shaded(words="", x=None, y=None, ax=None, **look):
    """A band from one value to another, behind everything, and what it means. `look`: its colour and the like."""
    ax = ax or plt.gca()
    limits = ax.get_xlim(), ax.get_ylim()
    (ax.axvspan if y is None else ax.axhspan)(*(x if y is None else y), **dict(color=BAND, lw=0, zorder=0) | look)
    ax.set(xlim=limits[0], ylim=limits[1])
    if words:
        ax.figure.key[words] = SQUARE | dict(color=BAND) | look
    return ax


def _ticks(ticks, unit, across):
    """The numbers of an axis as texts: the unit stands with one of them."""
    plus, unit = unit.startswith("signed "), unit.removeprefix("signed ")
    before, after = UNITS.get(unit, ("", ""))
    once = next((tick for tick in ticks if tick), ticks[-1]) if across and before else ticks[-1]
    signs = ["−" if tick < 0 else "+" if plus and tick > 0 else "" for tick in ticks]
    words = [f"{sign}{before if tick == once else ''}{number(abs(tick))}" for sign, tick in zip(signs, ticks)]
    return [word + (after if tick == once else "") for word, tick in zip(words, ticks)]


def scale(way, ticks, unit=None, limits=None, log=False, grid=True, words=None, ax=None):
    """The ticks of an axis and its grid. The unit stands once: with money at the first amount across, else at the last.

    `unit`: one of UNITS, "signed percent", or "year" or "month" for ticks that are dates. `words`: other texts.
    """
    ax = ax or plt.gca()
    if (plain := (unit or "").removeprefix("signed ")) in UNITS:
        ax.figure.scales.setdefault(ax, set()).add(plain)
    if log:
        getattr(ax, f"set_{way}scale")("log")
        getattr(ax, f"{way}axis").set_minor_locator(plt.NullLocator())
    if unit in ("year", "month"):
        ticks = pd.to_datetime(list(ticks))
        limits = limits and pd.to_datetime(list(limits))
        words = words or [f"{tick:%Y}" if unit == "year" else f"{tick:%b}\n{tick:%Y}" for tick in ticks]
    words = _ticks(ticks, unit or "", way == "x") if words is None else words
    getattr(ax, f"set_{way}ticks")(list(ticks), words)
    if limits is not None:
        getattr(ax, f"set_{way}lim")(limits)
    if grid:
        ax.grid(axis=way)
    return ax
