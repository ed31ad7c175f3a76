"""The look of a chart: colours, marks, width, sizes of text."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from claimbook.judgement.words import VERDICTS

COLOURS = {
    "ink": ("#1f2328", "#e6edf3"),
    "muted": ("#59636e", "#a3adb8"),
    "grid": ("#dfe5ea", "#30363d"),
    "surface": ("#fffffe", "#121212"),
    "band": ("#e0f0ee", "#12332f"),
    "pale": ("#c8d1da", "#4b5560"),
    "teal": ("#0b7a75", "#3fb8ae"),
    "orange": ("#b45309", "#f0923e"),
    "purple": ("#6d3fc0", "#b392f0"),
    "blue": ("#2f5d9b", "#79b0f0"),
    "red": ("#b3261e", "#ff7b72"),
    "grey": ("#6b7580", "#9199a3"),
    "on": ("#ffffff", "#101418"),
}
"""Every colour of the book and its twin in dark mode: pages, slides and the EPUB are painted from here too. `on`: text
on a coloured bar. Told apart by the colour-blind and in grey."""

INK, MUTED, GRID, SURFACE, BAND, PALE, *PALETTE, _ = (light for light, _ in COLOURS.values())
TEAL, ORANGE, PURPLE, BLUE, RED, GREY = PALETTE
VERDICT_COLOURS = {word: COLOURS[verdict.colour][0] for word, verdict in VERDICTS.items()}

CLAIMED = dict(
    marker="D", markersize=7, markerfacecolor=SURFACE, markeredgecolor=INK, markeredgewidth=1.5, linestyle="", zorder=4
)
COMPUTED = dict(marker="o", markersize=8, color=TEAL, linestyle="", zorder=3)
DISAGREES = COMPUTED | dict(color=ORANGE, marker="X", markersize=8.5)
"""The marks of the book: a hollow diamond is what the article claims, a dot bears it out, a cross is off."""
UNNAMED = dict(color=GREY)
"""Added to a mark: a figure whose page does not say whose data it is."""
HOLLOW = dict(markerfacecolor=SURFACE, markeredgewidth=1.7)
"""Added to a mark: a figure of another kind, such as two vintages mixed."""
SQUARE = dict(marker="s", markersize=8, linestyle="")
"""In a key: an area of a colour."""

WIDTH = 4.5
"""Inches. On a phone of 360 pixels a chart stands in its own size: a point of text is a pixel there."""
SMALL, LARGE = 9.5, 11.5
"""The least and the largest size of text, in points."""


def use_style():
    """Give every figure and table of this notebook the look of the book."""
    pd.set_option("display.precision", 1)
    pd.set_option("display.max_colwidth", None)
    plt.style.use(Path(__file__).with_name("claimbook.mplstyle"))


def variables():
    """The colours as a style sheet: a variable `--cb-NAME` for each, light and dark, and that of each verdict."""
    light, dark = ("; ".join(f"--cb-{name}: {pair[n]}" for name, pair in COLOURS.items()) for n in (0, 1))
    rules = [f"html {{ {light} }}", f'html[data-theme="dark"] {{ {dark} }}']
    rules += [f'[data-verdict="{word}"] {{ --verdict: var(--cb-{one.colour}) }}' for word, one in VERDICTS.items()]
    return "\n".join([*rules, f"@media (forced-colors: active) {{ .chart {{ {light} }} }}\n"])


def painted(css):
    """A style sheet with the light colours in place of their variables, for readers that know no variables."""
    return re.sub(r"var\(--cb-(\w+)\)", lambda match: COLOURS[match[1]][0], css)
