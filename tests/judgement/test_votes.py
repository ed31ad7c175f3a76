"""One collector, one vote: every branch of the rule by an example reckoned by hand, and what must hold for every
number, whichever it is."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook.evidence import dates
from claimbook.judgement import votes
from claimbook.judgement.ledger import Figure
from claimbook.judgement.votes import FOR, Answer, View

EXACT, ABOUT, OFF, CANNOT_TELL, UNDATED = votes.VOTES

NOW = View("2026-11-24", months=0)


def said(value, collector="A", day="2025-01-07", end=None, **more):
    """An answer: a number or (low, high), printed on a day or between two."""
    low, high = value if isinstance(value, tuple) else (value, value)
    made = dict(day=dates.middle(day, end or day), value=low if low == high else None, publisher=collector) | more
    return Answer(collector, low, high, collector, begin=day, end=end or day, **{"other": made["day"]} | made)


def cast(answers, printed="100", precision="about", view=NOW):
    """The votes in one view, by collector."""
    return {one.collector: one.vote for one in votes.ballots(answers, printed, precision, view)}


def word(answers, printed="100", precision="about", view=NOW):
    return votes.judged(answers, printed, precision, view)


@pytest.mark.parametrize(
    "printed, precision, tolerance, exact, about",
    [
        ("314", "as printed", 0.10, (313.5, 314.5), (282.6, 345.4)),
        ("314", "as printed", 0.05, (313.5, 314.5), (298.3, 329.7)),
        ("9", "as printed", 0.05, (8.5, 9.5), (8.5, 9.5)),
        ("33.3", "about", 0.10, (29.97, 36.63), (29.97, 36.63)),
        ("33.3", "about", 0.15, (28.305, 38.295), (28.305, 38.295)),
        ("0", "about", 0.10, (-5, 5), (-10, 10)),
        ("0", "about", 0.05, (-2.5, 2.5), (-5, 5)),
        ("50", "nearly", 0.10, (45, 50), (45, 55)),
        ("100", "at least", 0.10, (100, math.inf), (90, math.inf)),
        ("120..200", "range", 0.10, (120, 200), (108, 220)),
        ("", "markedly up", 0.10, (10, math.inf), (5, math.inf)),
        ("", "markedly down", 0.10, (-math.inf, -10), (-math.inf, -5)),
        ("", "markedly down", 0.15, (-math.inf, -15), (-math.inf, -7.5)),
        *(("", sign, 0.15, (1e-6, math.inf), (1e-6, math.inf)) for sign in ("up", "first", "above zero")),
        ("", "down", 0.15, (-math.inf, -1e-6), (-math.inf, -1e-6)),
    ],
)
def test_the_zones_of_each_precision(printed, precision, tolerance, exact, about):
    found = votes.zones(printed, precision, tolerance)
    assert [(one.low, one.high) for one in found] == [pytest.approx(exact), pytest.approx(about)]


@pytest.mark.parametrize(
    "value, printed, precision, vote",
    [
        (314, "314", "as printed", EXACT),
        (328, "314", "as printed", ABOUT),
        (368.3, "314", "as printed", OFF),
        ((302.9, 306.8), "304", "as printed", ABOUT),  # holds the figure, and more than its digits
        ((63.45, 72.16), "69", "as printed", ABOUT),
        ((58.5, 79.4), "69", "as printed", CANNOT_TELL),
        ((46.8, 52.0), "62", "as printed", OFF),
        ((11, math.inf), "13", "as printed", CANNOT_TELL),
        ((16.8, math.inf), "14.3", "as printed", OFF),
        ((100, 110), "100", "at least", EXACT),
        (83.3, "100", "at least", OFF),
        ((0, 12.2), "", "markedly up", CANNOT_TELL),
        (-5.1, "", "markedly down", ABOUT),
        (-4.9, "", "markedly down", OFF),
        (-7.65, "0", "about", ABOUT),
        (0.3, "", "up", EXACT),
        (0, "", "up", OFF),
        ((-0.5, 22.5), "", "up", CANNOT_TELL),
        (113, "120..200", "range", ABOUT),
    ],
)
def test_what_a_value_or_a_range_says(value, printed, precision, vote):
    assert cast([said(value)], printed, precision) == {"A": vote}


def test_the_latest_print_known_on_the_day_is_heard():
    prints = [said(100, day="2025-01-07"), said(150, day="2025-10-01", end="2025-10-31")]
    assert cast(prints) == {"A": OFF}
    assert cast(prints, view=View("2025-03-31")) == {"A": EXACT}
    assert cast(prints, view=replace(NOW, first=True)) == {"A": EXACT}


def test_of_days_in_doubt_the_middle_tells_which_is_the_latest():
    prints = [said(100, day="2025-05-01", end="2025-12-31"), said(150, day="2025-10-01", end="2025-10-31")]
    assert cast(prints) == {"A": OFF}


def test_several_prints_of_one_day_are_heard_as_a_range():
    assert cast([said(80), said(113)], "120..200", "range") == {"A": CANNOT_TELL}
    assert cast([said(56.7), said(57)], "57", "as printed") == {"A": EXACT}


def test_what_spans_the_day_cannot_be_dated():
    year = said(100, day="2025-01-01", end="2025-12-31")
    assert cast([year], view=View("2025-03-31", months=0)) == {"A": UNDATED}
    assert cast([year], view=View("2025-03-31")) == {"A": UNDATED}  # it spans the end of the window too
    assert cast([year], view=View("2025-03-31", months=12)) == {"A": EXACT}
    assert cast([year], view=View("2024-12-31", months=0)) == {}
    assert cast([year, said(150)], view=View("2025-03-31")) == {"A": OFF}  # a dated print is enough


def test_who_has_no_print_on_the_day_speaks_by_the_first_of_the_months_after():
    later = [said(100, "B", "2025-04-22"), said(150, "B", "2025-06-30"), said(150, "C", "2025-11-01")]
    view = View("2025-03-31")
    made = votes.ballots([said(100), said(150, day="2025-05-01"), *later], "100", "about", view)
    assert [(one.collector, one.vote, one.late) for one in made] == [("A", EXACT, False), ("B", EXACT, True)]
    assert cast(later, view=replace(view, months=0)) == {}
    assert cast(later, view=replace(view, months=12)) == {"B": EXACT, "C": OFF}


def test_the_months_end_on_the_same_day_or_the_last_of_a_shorter_month():
    assert [dates.later("2025-03-31", months) for months in (0, 3, 6, 12)] == [
        "2025-03-31",
        "2025-06-30",
        "2025-09-30",
        "2026-03-31",
    ]
    assert dates.later("2024-10-15", 4) == "2025-02-15"


def test_the_measure_asked_first_is_heard_and_one_print_before_two():
    prints = [said(100), said(150, day="2026-05-10", order=2), said(150, day="2026-01-01", prints=2)]
    assert cast(prints) == {"A": EXACT}


def test_own_estimates_on_anothers_records_have_their_own_vote_only_if_that_is_chosen():
    prints = [said(100), said(150, order=1, apart="CSET")]
    assert cast(prints) == {"A": EXACT}
    assert cast(prints, view=replace(NOW, apart=True)) == {"A": EXACT, "CSET": OFF}


def test_a_collector_can_be_left_out():
    assert word([said(100), said(100, "B")], view=replace(NOW, without="B")) == "one count, for"
    assert word([said(100)], view=replace(NOW, without="A")) == "no count"


@pytest.mark.parametrize(
    "agree, against, word, strict",
    [
        (0, 0, "no count", "no count"),
        (1, 0, "one count, for", "one count, for"),
        (0, 1, "one count, against", "one count, against"),
        (2, 0, "holds", "holds"),
        (0, 2, "fails", "fails"),
        (1, 1, "disputed", "disputed"),
        (2, 1, "holds", "disputed"),
        (1, 2, "fails", "disputed"),
        (3, 2, "disputed", "disputed"),
        (4, 2, "holds", "disputed"),
    ],
)
def test_the_word(agree, against, word, strict):
    assert votes.word(agree, against) == word and votes.word(agree, against, 1.0) == strict


def test_who_cannot_tell_or_cannot_be_dated_is_not_counted():
    answers = [said(100), said(100, "B"), said((50, 150), "C"), said(50, "D", "2026-01-01", "2026-12-31")]
    assert word(answers) == "holds" and cast(answers)["D"] == UNDATED


def test_no_answer_is_no_count():
    assert cast([]) == {} and word([]) == "no count"


@pytest.mark.parametrize(
    "answers, cited, other, expected",
    [
        ([said(178.4)], "", (), "no source named"),
        ([], "A", (), "page not seen"),
        ([said(178.4)], "A", (), "right"),
        ([said(180)], "A", (), "wrong"),
        ([said(180, day="2024-01-05"), said(178.4)], "A", (), "right"),  # the nearest print before the article
        ([said(178.4), said(180, day="2025-05-01")], "A", (), "right"),  # a reprint after it is no matter
        ([said(178.4, day="2025-05-01")], "A", (), "page not seen"),
        ([said(178.4, prints=2)], "A", (), "page not seen"),  # a growth set together of two prints is not printed
        ([said((170, 185))], "A", (), "page not seen"),  # implied by others, and not printed
        ([replace(said((178, 195.8)), value=178)], "A", (), "right"),  # "over 178"
        ([], "A", (178,), "wrong"),  # the number of another quantity
    ],
)
def test_a_quotation_is_held_against_the_nearest_print_of_its_source(answers, cited, other, expected):
    assert votes.quoted(answers, "178", "as printed", cited, "2025-03-31", other) == expected


def found(answers, cited="A", unit="USD_bn", precision="as printed", **more):
    figure = Figure("", "314", unit, precision, cited)
    return votes.finding(answers, figure, ("2025-01-07", "2025-03-31"), "2026-11-24", **more)


def test_an_amount_of_a_named_source_is_judged_by_that_source_alone():
    others = [said(390, "B"), said(392, "C")]
    first = found([said(314), *others])
    assert (first.quoted, first.early, first.late, first.now) == ("right", *["right as quoted"] * 3)
    assert found([said(314), said(328, day="2026-01-01"), *others]).now == "since revised"
    assert found([said(314), said(314.2, day="2026-01-01"), *others]).now == "right as quoted"  # the same digits
    assert found([said(285), *others]).now == "garbled"
    unseen = found([said((312, 330)), *others])
    assert (unseen.quoted, unseen.now) == ("page not seen", "one count, for")


def test_an_amount_of_no_source_and_a_share_are_put_to_the_vote():
    answers = [said(314), said(390, "B"), said(392, "C")]
    assert found(answers, cited="").now == "fails"
    assert (found(answers, unit="percent").quoted, found(answers, unit="percent").now) == ("right", "fails")
    assert found(answers, precision="about").now == "fails"  # who says "about" quotes no digits


def test_the_cited_is_a_collector_or_a_publisher():
    assert (
        found([replace(said(314, "Quid"), publisher="Stanford AI Index")], cited="Stanford AI Index").quoted == "right"
    )


def test_both_ends_of_the_articles_days_are_judged():
    answers = [said(314), said(314, "B", "2025-08-01")]
    one = found(answers, unit="percent")
    assert (one.early, one.late, one.now) == ("one count, for", "holds", "holds")
    forecast = found(answers, unit="percent", forecast=True)
    assert (forecast.early, forecast.late, forecast.now) == ("", "", "holds")
    assert forecast.firm[1] == one.firm[1] - 3  # how many months later a print may come is not asked


def test_firmness_counts_the_choices_that_keep_the_side():
    answers = [said(100), said(104, "B"), said(120, "C", "2025-09-30")]
    stays, of, words = votes.firmness(answers, "100", "as printed", NOW, View("2025-03-31"))
    assert words == {
        "tolerance 5%": "holds",
        "tolerance 15%": "holds",
        "all votes": "disputed",
        "0 months": "holds",  # C came later: at the time two of two
        "3 months": "holds",
        "12 months": "holds",
        "without A": "disputed",
        "without B": "disputed",
        "without C": "holds",
        "first print": "holds",
    }
    assert (stays, of) == (7, 10)
    assert votes.firmness(answers, "100", "as printed", NOW)[1] == 7  # a forecast has no months
    vague = said((50, 150), "D")
    assert "without D" not in votes.firmness([*answers, vague], "100", "as printed", NOW)[2]  # it has no vote to lose
    alone = votes.firmness([said(100, order=1, apart="CSET")], "100", "about", NOW)
    assert (
        alone[2]["without A"] == "no count" and alone[2]["CSET on its own"] == "one count, for" and alone[:2] == (5, 6)
    )


DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2026, 12, 31)).map(str)
VALUES = st.floats(50, 150) | st.tuples(st.floats(50, 150), st.floats(50, 150)).map(lambda ends: (min(ends), max(ends)))
ANSWERS = st.lists(
    st.builds(
        lambda value, who, ends, order, prints: said(value, who, min(ends), max(ends), order=order, prints=prints),
        VALUES,
        st.sampled_from("ABCD"),
        st.tuples(DAYS, DAYS),
        st.integers(0, 2),
        st.integers(1, 2),
    ),
    max_size=8,
)
VIEWS = st.builds(
    View,
    DAYS,
    st.sampled_from([0.05, 0.10, 0.15]),
    st.sampled_from([votes.QUORUM, 1.0]),
    st.sampled_from([0, 3, 6, 12]),
    st.sampled_from(["", "A", "Z"]),
    st.booleans(),
    st.booleans(),
)
PRECISIONS = st.sampled_from([("100", "as printed"), ("100", "about"), ("100", "at least"), ("90..110", "range")])


@given(ANSWERS, st.randoms(use_true_random=False), PRECISIONS, VIEWS)
def test_the_order_of_the_answers_changes_nothing(answers, chance, claimed, view):
    assert cast(answers, *claimed, view) == cast(chance.sample(answers, len(answers)), *claimed, view)


@given(ANSWERS, PRECISIONS, VIEWS)
def test_a_collector_counts_once(answers, claimed, view):
    assert cast(answers, *claimed, view) == cast(answers * 2, *claimed, view)
    assert len(cast(answers, *claimed, view)) <= len({one.collector for one in answers})


@given(VALUES, DAYS, DAYS)
def test_moving_known_across_the_day_gives_or_takes_the_vote(value, known, day):
    assert (cast([said(value, day=known)], view=View(day, months=0)) == {}) == (known > day)
    assert cast([said(value, day=day)], view=View(day, months=0)) == cast([said(value)])


@given(ANSWERS, DAYS, VALUES)
def test_a_print_after_the_day_and_its_months_changes_nothing(answers, day, value):
    view = View(day)
    after = date.fromisoformat(dates.later(day, view.months)) + timedelta(1)
    assert cast([*answers, said(value, "A", str(after))], view=view) == cast(answers, view=view)


@given(ANSWERS, PRECISIONS, VIEWS)
def test_leaving_out_who_has_no_vote_changes_nothing(answers, claimed, view):
    for name, vote in cast(answers, *claimed, view).items():
        if vote in (CANNOT_TELL, UNDATED) and not (view.without or view.apart):
            assert word(answers, *claimed, view) == word(answers, *claimed, replace(view, without=name))


@given(VALUES, PRECISIONS, st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)))
def test_a_wider_tolerance_loses_no_agreement_and_finds_no_more_against(value, claimed, tolerances):
    narrow, wide = (cast([said(value)], *claimed, replace(NOW, tolerance=one))["A"] for one in sorted(tolerances))
    assert narrow not in (EXACT, ABOUT) or wide in (EXACT, ABOUT)
    assert not wide == OFF or narrow == OFF


@given(st.integers(0, 9), st.integers(0, 9))
def test_the_word_is_fair_to_both_sides(agree, against):
    turned = votes.word(against, agree)
    assert FOR[votes.word(agree, against)] == -FOR[turned]
    if agree + against < 2:
        assert votes.word(agree, against) not in ("holds", "fails")
