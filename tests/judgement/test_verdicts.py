"""The rules of judgement, each at its edges."""

import math
from types import SimpleNamespace

import pytest

from claimbook.judgement import rules, votes
from claimbook.judgement.ledger import Verdict
from claimbook.judgement.rules import Interval, agrees, claimed_interval, rounded
from claimbook.judgement.words import VERDICTS, WORST


@pytest.mark.parametrize(
    "precision, printed, inside, outside",
    [
        ("as printed", "314", [313.5, 314, 314.49], [313.4, 315]),
        ("as printed", "53.5", [53.45, 53.54], [53.4, 53.6]),
        ("about", "33.3", [29.97, 36.63], [29.9, 36.7]),
        ("about", "0", [-5, 0, 5], [-5.1, 5.1]),
        ("nearly", "12", [10.8, 11.7, 12], [10.7, 12.1]),
        ("at least", "100", [100, 1e6], [99.9]),
        ("range", "120..200", [120, 200], [119, 201]),
        ("above zero", "", [0.001, 40], [0, -1]),
        ("up", "", [0.001], [0, -1]),
        ("down", "", [-0.001], [0, 1]),
        ("markedly up", "", [10, 50], [9.9, -20]),
        ("markedly down", "", [-10, -50], [-9.9, 20]),
        ("first", "", [0.1], [0, -0.1]),
    ],
)
def test_each_precision_draws_its_line(precision, printed, inside, outside):
    interval = claimed_interval(printed, precision)
    assert [agrees(v, interval) for v in inside] == [True] * len(inside)
    assert [agrees(v, interval) for v in outside] == [False] * len(outside)


def test_every_precision_is_tested():
    tested = {
        mark.args[1][i][0] for mark in test_each_precision_draws_its_line.pytestmark for i in range(len(mark.args[1]))
    }
    assert tested == set(rules.PRECISIONS)


def test_unknown_precision_is_named():
    with pytest.raises(ValueError, match="roughly"):
        claimed_interval("1", "roughly")


def test_a_range_agrees_where_it_overlaps():
    assert agrees(Interval(302.9, 306.8), rounded("304"))
    assert not agrees(Interval(305, 306.8), rounded("304"))


def test_interval_arithmetic():
    a, b = Interval(1, 2), Interval(-3, 4)
    assert a + b == Interval(-2, 6)
    assert a - b == Interval(-3, 5)
    assert a * b == Interval(-6, 8)
    assert b / a == Interval(-3, 4)
    with pytest.raises(ZeroDivisionError):
        a / b
    with pytest.raises(ValueError):
        Interval(2, 1)


@pytest.mark.parametrize(
    "words, worst",
    [
        (["holds", "holds"], "holds"),
        (["holds", "fails"], "fails"),
        (["right as quoted", "one count, for"], "one count, for"),
        (["since revised", "no count", "holds"], "no count"),
        (["disputed", "one count, against"], "one count, against"),
        ([], "not scored"),
    ],
)
def test_a_claim_is_as_good_as_its_weakest_figure(words, worst):
    findings = {str(number): SimpleNamespace(now=word) for number, word in enumerate(words)}
    assert Verdict(None, findings, (), ()).word == worst


def test_every_word_has_its_place_among_the_others():
    assert sorted(WORST) == sorted(VERDICTS)
    sides = [votes.side(word) for word in WORST if word in VERDICTS][:-2]
    assert sides == sorted(sides), "what is against a claim is worse than what is for it"


def test_open_ends_are_infinite():
    assert claimed_interval("5", "at least").high == math.inf
