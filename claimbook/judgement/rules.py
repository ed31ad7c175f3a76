"""The rules by which a claim is judged: pure functions over numbers, no tables, no files.

A claim's own words fix how exact it must be. Each precision turns the claimed figure into an interval; a witness
agrees when its value lies in that interval (a witness that is itself an interval: when the two overlap).
`chapters/method.md` prints this file's rules from their docstrings.
"""

import math
import re

from claimbook.evidence.quantity import Interval, hull, rounded

TENTH = 0.10
"""The one tolerance of the book. `about` and `nearly` allow a tenth; a change is `marked` from a tenth on."""

SOME = 1e-6
"""The least change that counts as one."""


def _about(printed, tolerance):
    if float(printed) == 0:  # a tenth of nothing is nothing
        return Interval(-50 * tolerance, 50 * tolerance)
    return hull([float(printed) * (1 - tolerance), float(printed) * (1 + tolerance)])


def _nearly(printed, tolerance):
    return Interval(float(printed) * (1 - tolerance), float(printed))


def _range(printed, tolerance):
    low, high = printed.split("..")
    return Interval(float(low), float(high))


PRECISIONS = {
    "as printed": ("the value, rounded to the digits printed, is the figure printed", lambda c, t: rounded(c)),
    "about": ("the value is within a tenth of the claimed one (for 'no change': within 5 points)", _about),
    "nearly": ("the value is at most the claimed one and no more than a tenth below", _nearly),
    "at least": ("the value is the claimed one or more", lambda c, t: Interval(float(c), math.inf)),
    "range": ("the value lies between the two claimed ones", _range),
    "above zero": ("the value is above zero", lambda c, t: Interval(SOME, math.inf)),
    "up": ("the change is above zero", lambda c, t: Interval(SOME, math.inf)),
    "down": ("the change is below zero", lambda c, t: Interval(-math.inf, -SOME)),
    "markedly up": ("the change is plus a tenth or more", lambda c, t: Interval(100 * t, math.inf)),
    "markedly down": ("the change is minus a tenth or more", lambda c, t: Interval(-math.inf, -100 * t)),
    "first": ("the lead over the best rival is above zero", lambda c, t: Interval(SOME, math.inf)),
}
"""Precision -> (what it means, the function from the printed figure and the tolerance to the interval)."""


def claimed_interval(printed, precision, tolerance=None):
    """The interval of values that bear a claim out. Raises ValueError for an unknown precision and for odd digits.

    `tolerance`: another than the book's, as a part: 0.05.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"Unknown precision {precision!r}; known are: {', '.join(PRECISIONS)}.")
    number = r"-?\d+(\.\d+)?"  # "1e3" would say nothing of how exact it is
    form = rf"{number}\.\.{number}" if precision == "range" else number
    if printed and not re.fullmatch(form, printed):
        raise ValueError(f"{printed!r} is not written as {'12.5..14' if precision == 'range' else '12.5'}")
    return PRECISIONS[precision][1](printed, TENTH if tolerance is None else tolerance)


def agrees(value, interval):
    """Whether a witness bears the claim out: a number lies in the interval, an Interval overlaps it."""
    if isinstance(value, Interval):
        return value.overlaps(interval)
    # Figures of the data carry few digits; this keeps 1.1 * 3 from missing 3.3 by a binary hair.
    hair = 1e-9 * max(1.0, abs(value))
    return interval.low - hair <= value <= interval.high + hair


UNSCORED = ("advice", "judgement")
"""Kinds of claim that evidence can inform but not decide."""

NOT_NAMED = "not named"
"""The collector of a figure whose page does not say whose data it is: shown, but nobody knows whether it is a witness
of its own."""

KINDS = ("figure", "share", "growth", "trend", "comparison", "composition", "count", "ratio", "membership", "forecast")
KINDS += UNSCORED
"""What a claim can be."""
