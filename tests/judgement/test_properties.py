"""What must hold for every number, whichever it is: agreement, intervals, rounding. Hypothesis looks for one that
breaks it."""

import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.charts.forms import told
from claimbook.charts.look import use_style
from claimbook.evidence.units import amount, number
from claimbook.judgement import rules
from claimbook.judgement.cards import table
from claimbook.judgement.rules import PRECISIONS, Interval, agrees, claimed_interval, rounded

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
PRINTED = st.decimals(1, 100_000, places=1).map(str) | st.integers(1, 100_000).map(str)
"""Figures as articles print them."""
INTERVALS = st.tuples(NUMBERS, NUMBERS).map(lambda ends: Interval(min(ends), max(ends)))
POSITIVE = st.tuples(st.floats(0.01, 1e4), st.floats(0.01, 1e4)).map(lambda ends: Interval(min(ends), max(ends)))
SCALED = ("about", "nearly", "at least")
"""Precisions that are a part of the claimed figure: the unit cannot matter to them."""


def off(interval, share=1e-6):
    """The interval a hair narrower at both ends: a value in it agrees whatever the last binary digit says."""
    width = max(abs(end) for end in (interval.low, interval.high) if math.isfinite(end)) * share
    return Interval(interval.low + width, interval.high - width)


@given(NUMBERS | INTERVALS, INTERVALS, st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_wider_tolerance_loses_no_witness(value, interval, below, above):
    if agrees(value, interval):
        assert agrees(value, Interval(interval.low - below, interval.high + above))


@given(PRINTED, NUMBERS, st.floats(0, 0.5), st.floats(0, 0.5))
@pytest.mark.parametrize("precision", ["about", "nearly"])
def test_agreement_is_monotone_in_the_tolerance_of_the_book(precision, printed, value, one, other):
    before, said = rules.TENTH, {}
    try:
        for rules.TENTH in sorted((one, other)):
            said[rules.TENTH] = agrees(value, claimed_interval(printed, precision))
    finally:
        rules.TENTH = before
    assert list(said.values()) == sorted(said.values())


@given(PRINTED, st.floats(0.5, 1.5), st.sampled_from([1000, 0.001, 100, 7.1]))
@pytest.mark.parametrize("precision", SCALED)
def test_agreement_does_not_depend_on_the_unit(precision, printed, ratio, factor):
    """Billions or millions, dollars or yuan: the same witness says the same of the same claim."""
    value, edges = float(printed) * ratio, claimed_interval(printed, precision)
    if all(
        math.isinf(end) or abs(value - end) > 1e-6 * abs(end) for end in (edges.low, edges.high)
    ):  # not on the line itself
        there = claimed_interval(str(Decimal(printed) * Decimal(str(factor))), precision)
        assert agrees(value, edges) == agrees(value * factor, there)


@given(PRINTED)
@pytest.mark.parametrize("precision", ["as printed", *SCALED])
def test_a_claim_agrees_with_its_own_figure(precision, printed):
    assert agrees(float(printed), claimed_interval(printed, precision))


@given(PRINTED, st.floats(0, 0.3))
def test_about_is_symmetric_and_nearly_is_its_lower_half(printed, share):
    up, down = (
        agrees(float(printed) * (1 + sign * share), off(claimed_interval(printed, "about"))) for sign in (1, -1)
    )
    assert up == down or abs(share - rules.TENTH) < 1e-4
    nearly, about = (claimed_interval(printed, precision) for precision in ("nearly", "about"))
    assert nearly.low == about.low and nearly.high == float(printed) == pytest.approx((about.low + about.high) / 2)


@given(NUMBERS)
@pytest.mark.parametrize("one, other", [("up", "down"), ("markedly up", "markedly down")])
def test_up_and_down_are_mirror_images(one, other, value):
    assert agrees(value, claimed_interval("", one)) == agrees(-value, claimed_interval("", other))
    assert not (agrees(value, claimed_interval("", one)) and agrees(value, claimed_interval("", other)))
    assert not agrees(value, claimed_interval("", "markedly up")) or agrees(value, claimed_interval("", "up"))


@given(INTERVALS, INTERVALS)
def test_overlap_is_symmetric_and_means_a_number_in_both(one, other):
    assert one.overlaps(other) == other.overlaps(one) == agrees(one, other) == agrees(other, one)
    assert one.overlaps(other) == any(end in one and end in other for end in (one.low, one.high, other.low, other.high))


@given(NUMBERS, INTERVALS)
def test_a_number_is_an_interval_without_width(value, interval):
    if not agrees(value, interval):
        assert not agrees(Interval(value, value), interval)
    if agrees(Interval(value, value), interval):
        assert agrees(value, interval)


@given(POSITIVE, POSITIVE, st.floats(0, 1), st.floats(0, 1))
def test_arithmetic_holds_what_the_parts_allow(a, b, at, there):
    """A number of one and a number of the other, added or multiplied, are in the sum or product of the two."""
    x, y = (one.low + share * (one.high - one.low) for one, share in ((a, at), (b, there)))
    for made, interval in ((x + y, a + b), (x - y, a - b), (x * y, a * b), (x / y, a / b)):
        assert agrees(made, interval), (made, interval)


@given(INTERVALS, INTERVALS, INTERVALS)
def test_arithmetic_loses_nothing_when_a_part_grows(a, b, more):
    wider = Interval(min(a.low, more.low), max(a.high, more.high))
    for narrow, wide in ((a + b, wider + b), (a - b, wider - b), (b - a, b - wider), (a * b, wider * b)):
        assert wide.low <= narrow.low and narrow.high <= wide.high
    assert a + b == b + a and a * b == b * a


@given(st.floats(0.1, 1e5), st.integers(0, 3))
def test_a_figure_printed_from_a_number_stands_for_that_number(value, digits):
    assert agrees(value, rounded(f"{value:.{digits}f}"))


@given(st.floats(0.1, 1e5), st.integers(0, 2))
def test_fewer_digits_stand_for_more_numbers(value, digits):
    """What agrees as printed with more digits agrees with the same text cut to fewer, save on the line between two
    roundings."""
    exact = Decimal(f"{value:.{digits + 1}f}")
    short = rounded(str(round(exact, digits)))
    fine = rounded(str(exact))
    assert fine.overlaps(short) and fine.high - fine.low < short.high - short.low


@given(PRINTED)
def test_rounding_is_symmetric_and_as_wide_as_its_last_digit(printed):
    interval, step = rounded(printed), 10.0 ** Decimal(printed).as_tuple().exponent
    assert interval.high - float(printed) == pytest.approx(step / 2) == pytest.approx(float(printed) - interval.low)
    assert rounded(f"-{printed}") == Interval(-interval.high, -interval.low)


@given(st.sampled_from(sorted(PRECISIONS)), PRINTED, PRINTED)
def test_every_precision_gives_an_interval_that_is_not_empty(precision, one, other):
    low, high = sorted((one, other), key=float)
    interval = claimed_interval(f"{low}..{high}" if precision == "range" else one, precision)
    assert interval.low <= interval.high and any(
        agrees(value, interval) for value in (interval.low, interval.high) if math.isfinite(value)
    )


@given(NUMBERS | st.decimals(-1000, 1000, places=2).map(float))
def test_a_value_is_printed_alike_wherever_it_stands(value):
    """numpy makes 46.2 of 46.15 and Python 46.1: a value that is rounded before it is printed is printed otherwise."""
    use_style()
    frame = pd.DataFrame({"value": [value]})
    cell = table(frame)._repr_mimebundle_()["text/plain"].split()[-1]
    forms = [number(value), number(np.float64(value)), cell, told("{value}", {"value": value}), amount(value, "count")]
    assert len(set(forms)) == 1, forms
    if abs(value) >= 1:
        shown = float(frame.to_string(index=False, header=False))
        assert shown == float(f"{value:.1f}") == float(number(value).replace(",", "").replace("−", "-"))
