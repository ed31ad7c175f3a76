"""When a figure was public: spans of days, and what a figure's three dates may not say of each other."""

import pytest

from claimbook.evidence import dates, tables

SPANS = {
    ("2025-01-07", "2024", ""): ("2025-01-07", "2025-01-07"),
    ("2025-01", "2024", ""): ("2025-01-01", "2025-01-31"),
    ("2025", "2024Q4", ""): ("2025-01-01", "2025-12-31"),
    ("2024", "2024", ""): ("2024-12-31", "2024-12-31"),
    ("2024", "2024Q3", ""): ("2024-09-30", "2024-12-31"),
    ("2024", "2024", "about; year to date"): ("2024-01-01", "2024-12-31"),
    ("2024-11-05", "2024", "within the period"): ("2024-11-05", "2024-11-05"),
    ("2024-02", "2024-02", ""): ("2024-02-29", "2024-02-29"),
    ("2025-05 to 2025-12", "2024", ""): ("2025-05-01", "2025-12-31"),
    ("2025-03", "2021 to 2024", ""): ("2025-03-01", "2025-03-31"),
    ("2024-11", "2024YTD", ""): ("2024-11-01", "2024-11-30"),
}
"""(known, period, qualifier) -> the days between which the figure became public."""


@pytest.mark.parametrize("cells, span", SPANS.items())
def test_a_figure_became_public_between_two_days(cells, span):
    assert dates.public(dict(zip(("known", "period", "qualifier"), cells))) == span


def test_the_month_after_a_period_may_lie_in_the_next_year():
    assert [dates.month_after(one) for one in ("2024", "2026-05", "2024Q2")] == ["2025-01", "2026-06", "2024-07"]


ROW = dict(publisher="A", collector="A", measure="m", scope="s", sector="all", period="2024", value=1.0, unit="count")
ROW |= dict(edition="", qualifier="")
ROW |= dict(published="2025-01-07", known="2025-01-07", known_by="page", source="a", note="")
PAGES = {"a": "2025-01-07", "b": "2025-01-03", "c": ""}
FAULTS = {
    "no such page": (dict(known_by="c"), "known_by: 'c' is none of page, announcement, .*and no page"),
    "another day": (dict(known="2025-01-06"), "known: '2025-01-06', but 'page' shows '2025-01-07'"),
    "a month filled up": (dict(known="2025-01-01", known_by="b"), "known: '2025-01-01', but 'b' shows '2025-01-03'"),
    "before the end": (dict(period="2025"), "known: '2025-01-07' lies before the end of '2025'. .* year to date"),
    "end of the period": (dict(known_by="period"), "known: '2025-01-07', but 'period' shows '2024-12-31'"),
    "month after": (dict(known_by="month after"), "but 'month after' shows '2025-01'"),
    "words of a page": (dict(known="2025", known_by="text"), "but 'text' shows 'a note that tells"),
    "known after the page": (dict(published="2025-01-02", source="c", known_by="b", known="2025-01-03"), "lies after"),
    "another date than its page's": (
        dict(published="2025-01-08", known="2025-01-08"),
        "published: '2025-01-08', while",
    ),
    "the date of a page without one": (
        dict(source="c"),
        "known_by: data/sources.csv has no date for 'c'. .*in the note",
    ),
    "published of a page without a date": (
        dict(source="c", known_by="b", known="2025-01-03"),
        "published: '2025-01-07', while data/sources.csv dates the page ''",
    ),
    "what a market showed": (
        dict(measure="offer price", period="2025-01-06"),
        "known: '2025-01-07' lies after the end of '2025-01-06', when the market showed it. .*period in known_by",
    ),
    "known by the month, shown on a day": (
        dict(measure="first-day return", period="2025-01-06", source="d", published="2025-01", known="2025-01"),
        "known: '2025-01' lies after the end of '2025-01-06'",
    ),
    "a year printed in its last month": (
        dict(source="e", published="2024-12", known="2024-12"),
        "known: '2024-12' does not reach beyond '2024'.* year to date",
    ),
    "a quarter printed in its last month": (
        dict(source="e", published="2024-12", known="2024-12", period="2024Q4"),
        "known: '2024-12' does not reach beyond '2024Q4'",
    ),
    "a month, while a second page has the day": (
        dict(
            source="c", known_by="announcement", announced="2025-01", known="2025-01", published="", second_source="b"
        ),
        "known: '2025-01', while a page of the row is of '2025-01-03'. Write that",
    ),
    "finer without a note": (dict(source="d", published="2025-01-07"), "published: .*what is finer needs a note"),
}


@pytest.mark.parametrize("cells, said", FAULTS.values(), ids=FAULTS)
def test_dates_of_a_figure_that_cannot_be_are_told(cells, said):
    frame = tables.pd.DataFrame([ROW | cells])
    (first, *_) = [one for one in dates.of_dates("t.csv", frame, PAGES | {"d": "2025-01", "e": "2024-12"})]
    assert tables.pd.Series([first]).str.contains(f"data/t.csv, row 2, column .*{said}").all(), first


def test_a_sound_row_has_no_fault_and_a_reprint_is_not_known_later_than_its_first_print():
    """A number of a collector is known since it was first printed, whoever prints it again."""
    again, pages = ROW | dict(published="2025-02-01", known="2025-02-01", source="d"), PAGES | {"d": "2025-02-01"}
    assert [*dates.of_dates("t.csv", tables.pd.DataFrame([ROW]), pages)] == []
    for reprint in (again, again | {"publisher": "B"}):
        (found,) = dates.of_dates("t.csv", tables.pd.DataFrame([ROW, reprint]), pages)
        assert "row 3, column known: '2025-02-01', while row 2 has the same figure by '2025-01-07'" in found
    for other in ({"edition": "2026"}, {"collector": "B"}, {"unit": "percent"}):
        assert [*dates.of_dates("t.csv", tables.pd.DataFrame([ROW, again | other]), pages)] == []


def test_what_is_told_honestly_has_no_fault():
    """A page without a date: nothing published; a year told before its end, as year to date."""
    text = dict(source="c", known_by="text", known="2025-01", published="", note="The page is undated; in winter.")
    early = dict(source="e", published="2024-12", known="2024-12", qualifier="about; year to date")
    shown = dict(measure="first-day return", period="2025-01-06", known="2025-01-06", known_by="period")
    for cells in (dict(source="c", known_by="b", known="2025-01-03", published=""), text, early, shown):
        assert [*dates.of_dates("t.csv", tables.pd.DataFrame([ROW | cells]), PAGES | {"e": "2024-12"})] == [], cells


def test_few_figures_cannot_be_dated_to_before_or_after_an_article():
    """At the first article's yearly review plus a week, and at the second article's day."""
    spans = [
        dates.public(row)
        for name in tables.figures()
        for row in tables.load(name).astype("object").fillna("").to_dict("records")
    ]
    for day, most in (("2025-01-15", 56), ("2025-07-05", 43)):
        assert sum(begin <= day < end for begin, end in spans) <= most
