"""What a chart may not be: marks and words where nobody sees them, and a key, a unit, a direction or numbers that what
was drawn denies."""

import operator
import re

from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from claimbook.charts.look import CLAIMED, PALE

MEASURES = {"USD_bn": r"USD bn|billion dollars", "USD_m": r"USD m\b", "percent": r"percent"}
"""How a subtitle names the unit of its chart."""
WAYS = {
    r"\b(rose|grew|gained|climbed|doubled|tripled)\b": operator.gt,
    r"\b(fell|shrank|slipped|dropped|halved)\b": operator.lt,
}
NOT = r"\b(no|not|nobody|none|never)\b"
NUMBER, DATE = r"(?<![\w.’])\d+(?:,\d{3})*(?:\.\d+)?", r"\b(19|20)\d\d(-\d\d)*\b"


def faults(fig, title, subtitle, alt, rows):
    """The faults of a chart that is not drawn yet, each a sentence with its remedy. `rows`: all rows behind it, as
    lists of dicts."""
    for find in (_outside, _unexplained, _other_unit, _two_editions):
        yield from find(fig)
    yield from _other_measure(fig, subtitle)
    yield from _no_money(fig, f"{title} {alt}", rows)
    yield from _other_way(fig, title)
    yield from _other_numbers(fig, alt, rows)


def _outside(fig):
    """Marks that the limits of their axes cut off, and words beside the axes that they speak of."""
    for ax in fig.axes:
        lines = [one.get_xydata() for one in ax.lines if one.get_transform() == ax.transData]
        clouds = [one.get_offsets() for one in ax.collections if isinstance(one, PathCollection)]
        strokes = [part for one in ax.collections if isinstance(one, LineCollection) for part in one.get_segments()]
        bars = [one for one in ax.patches if isinstance(one, Rectangle) and one.get_data_transform() == ax.transData]
        places = [place for part in (*lines, *clouds, *strokes) for place in part]
        places += [(bar.get_x() + bar.get_width(), bar.get_y() + bar.get_height()) for bar in bars]  # their ends
        for way, n, ends in (("x", 0, sorted(ax.get_xlim())), ("y", 1, sorted(ax.get_ylim()))):
            hair = 1e-9 * (ends[1] - ends[0])
            if far := [place[n] for place in places if place[n] < ends[0] - hair or place[n] > ends[1] + hair]:
                yield f"a mark at {way} = {far[0]:g} lies outside of {ends[0]:g} to {ends[1]:g}. Widen the limits"
        for text in ax.texts:
            at = getattr(text, "xy", text.get_position())
            goes = ax.transData if hasattr(text, "xy") else text.get_transform()
            x, y = goes.transform((ax.convert_xunits(at[0]), ax.convert_yunits(at[1])))
            if getattr(text, "xycoords", "data") == "data" and not ax.bbox.padded(0.5).contains(x, y):
                yield f"the words {text.get_text()!r} speak of a place outside of the axes. Widen the limits"


def _two_editions(fig):
    """A line through years of which some were printed in one edition and some in another: the step between them may be
    a revision."""
    for part in getattr(fig, "joined", ()):
        if {"edition", "period"} <= {*part} and part["edition"].nunique() > 1 and part["period"].nunique() > 1:
            found = " and ".join(f"{edition}" for edition in part["edition"].dropna().unique()[:2])
            yield f"a line joins the editions {found}. Draw one line for each"


def _drawn(fig):
    """What is drawn on a figure's axes: {colour of a marker: {(its shape, whether it is filled)}}, and all colours."""
    marks, colours = {}, set()
    for ax in fig.axes:
        for one in ax.lines:
            shape, edge, colour = _look(one)
            if shape:
                marks.setdefault(edge, set()).add(shape)
            colours |= {edge, colour}
        for one in (*ax.collections, *ax.patches):
            for colour in (*_several(one.get_facecolor()), *_several(one.get_edgecolor())):
                colours.add(to_hex(colour))
        colours |= {to_hex(one.arrow_patch.get_edgecolor()) for one in ax.texts if getattr(one, "arrow_patch", None)}
    return marks, colours


def _several(colours):
    """The colours of a collection, or the one of a patch."""
    return [colours] if len(colours) == 4 and not hasattr(colours[0], "__len__") else colours


def _look(line):
    """The marker of a line, as (its shape, whether it is filled) or None, its colour, and that of the line."""
    if line.get_marker() in ("", "None", None):
        return None, to_hex(line.get_color()), to_hex(line.get_color())
    edge, face = line.get_markeredgecolor(), line.get_markerfacecolor()
    edge = face if edge in ("w", "none") else edge  # a thin white edge only parts marks that touch
    filled = face != "none" and line.get_fillstyle() != "none" and to_hex(face) == to_hex(edge)
    return (line.get_marker(), filled), to_hex(edge), to_hex(line.get_color())


def _unexplained(fig):
    """Words of the key for which nothing is drawn, and colours of a form's column for which there is no word."""
    marks, colours = _drawn(fig)
    key = {word: _look(Line2D([], [], **mark)) for word, mark in getattr(fig, "key", {}).items()}
    for word, (shape, colour, _) in key.items():
        other = shape and shape[0] != "s" and colour in marks and shape not in marks[colour]
        if other or colour not in colours:
            yield f"the key explains {word!r}, and nothing is drawn so. Take the word out, or draw it"
    claimed, colour, _ = _look(Line2D([], [], **CLAIMED))
    if claimed in marks.get(colour, ()) and claimed not in [shape for shape, _, _ in key.values()]:
        yield "a hollow diamond is drawn, and no word of the key says whose claim it is. Draw it by `claimed`"
    said = {colour for _, colour, _ in key.values()} | {to_hex(one.get_color()) for ax in fig.axes for one in ax.texts}
    for looks in getattr(fig, "hues", ()):
        lost = [word for word, colour in looks.items() if to_hex(colour) not in {*said, to_hex(PALE)}]
        if lost and len({*looks.values()}) > 1:
            yield f"the colour of {lost[0]!r} is in no word of the chart. Put it into the key, or write it beside it"


def _other_unit(fig):
    """Axes in another unit than the values of the rows on them: the download would say what is not so."""
    for ax, units in getattr(fig, "units", ()):
        scales = fig.scales.get(ax, units)
        if other := sorted(units - scales):
            yield f"an axis in {min(scales)} shows rows in {other[0]}. Give the rows the unit of their values now"


def _other_measure(fig, subtitle):
    """A subtitle that names another unit than the axes have."""
    scales = {unit for units in getattr(fig, "scales", {}).values() for unit in units}
    said = {unit for unit, words in MEASURES.items() if re.search(words, subtitle)}
    if scales and (other := sorted(said - scales)):
        yield f"the subtitle says {other[0]}, the axes {', '.join(sorted(scales))}. Let both say the same"


def _no_money(fig, text, rows):
    """A title or alt text that speaks of billions where no axis and no row is money."""
    units = {unit for scales in getattr(fig, "scales", {}).values() for unit in scales}
    units |= {row["unit"] for part in rows for row in part if row.get("unit")}
    if units and re.search(r"billion|\bbn\b", text) and not re.search("USD|EUR|CNY", " ".join(units)):
        yield f"title or alt text speak of billions, the rows of {', '.join(sorted(units))}. Say what they count"


def _other_way(fig, title):
    """A title that says that something rose, or fell, where nothing that was drawn from then to now did."""
    ways = getattr(fig, "ways", ())
    for words, goes in WAYS.items():
        told = re.search(words, title, re.I)
        if told and ways and not any(goes(last, first) for first, last in ways) and not re.search(NOT, title, re.I):
            yield f"the title says {told[0]!r}, and nothing that was drawn did. Say what the rows say"


def _other_numbers(fig, alt, rows):
    """An alt text of whose numbers less than a third are on the chart or in its rows: it tells another chart's."""
    numbers = lambda text: [n.replace(",", "") for n in re.findall(NUMBER, re.sub(DATE, "", text))]
    words = [*getattr(fig, "key", ()), *(text.get_text() for ax in fig.axes for text in ax.texts)]
    written = {float(n) for n in numbers(" ".join(words))}
    values = [abs(v) for part in rows for row in part for v in row.values() if isinstance(v, (int, float))]
    told = numbers(alt)
    seen = [n for n in told if float(n) in written or n in {f"{v:.{len(n.partition('.')[2])}f}" for v in values}]
    if len(seen) < len(told) / 3:
        lost = [n for n in told if n not in seen]
        yield f"the alt text tells numbers that the chart does not have, such as {lost[0]}. Tell those of its rows"
