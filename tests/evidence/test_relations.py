"""Each kind of tie between figures, on a few rows: what fits is left alone, what does not is named with its other."""

import pandas as pd
import pytest

from claimbook.evidence import relations, tables
from claimbook.site import pages

CELLS = dict(measure="venture funding", scope="World", sector="all", period="2024", unit="USD_bn", publisher="A")
CELLS |= dict(collector="A", definition="rounds", published="2025-01", known="2025-01", source="a")


def figures(**values):
    """Figures by their ids, each a value or (value, {column: cell})."""
    given = {id: one if isinstance(one, tuple) else (one, {}) for id, one in values.items()}
    cells = [CELLS | {"id": id, "value": float(value)} | other for id, (value, other) in given.items()]
    return relations.Figures([relations._row("funding", number, row) for number, row in enumerate(cells, 2)])


def odd(found):
    """The ids of those that do not fit, each with its other."""
    return {tuple(row["id"] for row in rows[:2]) for _, rows, _ in found[1]}


YEAR = {"period": "2023", "known": "2024-01"}
SAME = "measure scope sector"


def test_a_figure_fits_one_other_at_least_or_each():
    frame = figures(a=10, b=11, c=95)
    assert odd(relations.pair(frame, SAME, 0.5, 2)) == {("c", "a")}
    assert odd(relations.pair(figures(a=10, b=19, c=37), SAME, 0.5, 2)) == set()
    assert len(odd(relations.pair(figures(a=10, b=19, c=37), SAME, 0.5, 2, every=1))) == 2
    assert relations.pair(figures(a=10), SAME, 0.5, 2) == (set(), [])


def test_a_pair_has_a_direction():
    part = figures(us=(12, {"scope": "US"}), world=10)
    found = relations.pair(part, "measure whole=scope", 0.01, 1.05)
    assert odd(found) == {("us", "world"), ("world", "us")} and found[0] == {"us", "world"}
    print_ = figures(first=(314, {"known": "2025-01"}), second=(328, {"known": "2026-01"}))
    assert odd(relations.pair(print_, SAME, 0.99, 1.2, later=1)) == set()
    print_ = figures(first=(328, {"known": "2025-01"}), second=(314, {"known": "2026-01"}))
    assert odd(relations.pair(print_, SAME, 0.99, 1.2, later=1)) == {("second", "first"), ("first", "second")}


def test_a_figure_that_needs_another_is_told_without_it():
    both = dict(where="variant == 'low'", against="variant == 'high'", needed=1)
    frame = figures(low=(3, {"variant": "low"}), high=(4, {"variant": "high"}))
    assert odd(relations.pair(frame, SAME, 0.2, 0.99, **both)) == set()
    assert odd(relations.pair(figures(low=(3, {"variant": "low"})), SAME, 0.2, 0.99, **both)) == {("low",)}


def test_two_series_move_alike():
    years = [(id, year, value) for id, value in (("a", 10), ("b", 20)) for year in (2021, 2022, 2023)]
    for last, found in ((20, set()), (40, {("a2023", "b2023"), ("b2023", "a2023")})):
        values = {f"{id}{year}": (value, {"period": f"{year}", "publisher": id}) for id, year, value in years}
        frame = figures(**values | {"b2023": (last, values["b2023"][1])})
        assert odd(relations.alike(frame, "measure period", "publisher", 1.5)) == found


@pytest.mark.parametrize("growth, found", [(52, set()), (-52, {("rate", "now")}), (2, {("rate", "now")})])
def test_a_printed_growth_fits_its_levels(growth, found):
    frame = figures(now=152, then=(100, YEAR), rate=(growth, {"measure": "growth", "unit": "percent"}))
    asked = dict(levels="unit == 'USD_bn'", of="measure == 'growth'", points=0, less=100)
    assert odd(relations.rate(frame, "collector measure scope last_year=period", **asked)) == found


def test_a_rate_is_as_exact_as_its_digits():
    """24 of 79 is 30.4 percent, 23.5 of 79.5 is 29.6: 30 fits and 29 does not, with no point to spare."""
    shares = {
        share: figures(ai=(24, {"sector": "AI"}), all=79, share=(share, {"sector": "AI", "measure": "share"}))
        for share in (30, 31, 28, 32)
    }
    asked = dict(levels="measure != 'share'", of="measure == 'share'", points=0)
    fits = [n for n, frame in shares.items() if not odd(relations.rate(frame, "measure every=sector", **asked))]
    assert fits == [30, 31]


def test_a_growth_on_the_same_row_fits_its_levels():
    asked = dict(levels="1", of="growth != ''", points=0, less=100, printed="growth")
    for growth, found in ((9.0, set()), (90.0, {("now", "now")})):
        frame = figures(now=(50, {"growth": growth}), then=(45.8, YEAR))
        column = {column for column, *_ in relations.rate(frame, "measure last_year=period", **asked)[1]}
        assert odd(relations.rate(frame, "measure last_year=period", **asked)) == found and column <= {"growth"}


def test_parts_make_their_whole_within_their_rounding():
    quarters = {f"q{n}": (value, {"period": f"2024Q{n}"}) for n, value in enumerate((8.1, 7.8, 9.6, 13.7), 1)}
    asked = dict(match="measure whole_year=period", by="part", parts=["Q1", "Q2", "Q3", "Q4"], low=1, high=1)
    for year, found in ((39.2, set()), (39.4, set()), (39.6, {("year", "q1")}), (32.9, {("year", "q1")})):
        assert odd(relations.total(figures(year=year, **quarters), **asked)) == found
    quarters.pop("q3")
    assert relations.total(figures(year=32.9, **quarters), **asked) == (set(), [])


def test_the_largest_and_the_least_of_a_kind_lie_near_the_next():
    assert odd(relations.beyond(figures(a=3, b=30, c=40, d=410), "measure", 4)) == {("a", "b"), ("d", "c")}
    assert relations.beyond(figures(a=3, b=30), "measure", 4) == (set(), [])


def test_what_may_never_be_is_named_alone():
    assert odd(relations.never(figures(a=-1, b=1), "value < 0")) == {("a",)}


def test_a_word_that_stands_once_beside_another_is_odd():
    frame = figures(a=1, b=1, c=(1, {"unit": "EUR_bn"}))
    found = relations.alone(frame, "unit", "measure")
    assert odd(found) == {("c", "a")} and found[1][0][0] == "unit"
    assert odd(relations.alone(figures(a=1, c=(1, {"unit": "EUR_bn"})), "unit", "measure")) == set()


def test_a_row_knows_its_periods_and_its_digits():
    made = relations._row("funding", 2, CELLS | {"id": "a", "value": 2.5, "period": "2024Q1", "unit": "USD_m"})
    told = {column: made[column] for column in ("part", "length", "before", "last_year", "whole_year", "end")}
    assert [*told.values()] == ["Q1", "Q", "2023Q4", "2023Q1", "2024", "2024-03-31"]
    assert (made["amount"], made["half"]) == (0.0025, 0.00005)
    periods = {"2024": "2023", "2024H1": "2023H2", "2024-03": "2024-02", "2024-01": "2023-12", "2024-01-07": ""}
    periods |= {"2024YTD": "", "2021 to 2024": ""}
    assert {period: relations._before(period[:4], period[4:]) for period in periods} == periods


def test_figures_know_what_was_before_them_and_what_is_newest_on_their_page():
    frame = figures(b=(1, {"period": "2024"}), a=(1, {"period": "2021"}), other=(1, {"publisher": "B", "source": "b"}))
    assert [(row["previous"], row["newest"]) for row in frame] == [("a", True), ("", False), ("", True)]


def test_every_misfit_of_the_data_is_listed_with_its_reason_and_nothing_else_is():
    assert relations.faults() == [] and len(tables.load("misfits")) <= 15
    assert {*tables.load("misfits")["relation"]} <= {*tables.package()["relations"]["ties"]}
    assert len(relations.misfits()[1]) > 0.75 * sum(len(tables.load(name)) for name in tables.figures())


def test_every_tie_has_something_to_look_at():
    """A tie that matches no figure says nothing, and nobody would see it."""
    frame = relations.Figures()
    for name, how in tables.package()["relations"]["ties"].items():
        asked = {key: cell for key, cell in how.items() if key != "kind"}
        kind = how["kind"]
        assert kind in ("never", "alone") or relations.KINDS[kind](frame, **asked)[0], name


def test_no_bound_is_wider_than_the_true_figures_need():
    """Drawn in by a quarter, each refuses a figure that stands so on its page: what is wrong by as much is seen."""
    frame, listed = relations.Figures(), {*tables.load("misfits")["figure"]}
    drawn = {"low": 1.25, "high": 0.8, "apart": 0.8, "factor": 0.8}
    for name, how in tables.package()["relations"]["ties"].items():
        if {*how} & {*drawn}:
            closer = {
                key: cell * drawn.get(key, 1) if key in drawn else cell for key, cell in how.items() if key != "kind"
            }
            found = relations.KINDS[how["kind"]](frame, **closer)[1]
            assert [rows for _, rows, _ in found if not {row["id"] for row in rows} & listed], name


def test_a_misfit_is_told_with_both_rows_its_size_and_a_remedy():
    rows = [row for table in tables.figures() for row in relations.rows(table)]
    one = next(row for row in rows if row["id"] == "crunchbase_venture_world_2024_2026-01")
    one |= {"value": 3280.0, "amount": 3280.0}
    (told,) = relations.faults(relations.Figures(rows))
    said = (
        "data/funding.csv, row 10, column value: 3280 USD_bn (Crunchbase News) beside 314 USD_bn (Crunchbase News) in "
    )
    assert told.startswith(
        said + "data/funding.csv, row 9, column value: 10.4 times, not 0.62 to 1.7 ('later print') and "
    )
    assert told.endswith(f" more like it. {relations.REMEDY}")


def test_what_is_listed_for_nothing_is_told(monkeypatch):
    id, load = "crunchbase_venture_world_2024_2026-01", tables.load
    more = pd.DataFrame([{"figure": id, "relation": "step", "reason": "none"}])
    known = pd.concat([load("misfits"), more], ignore_index=True)
    monkeypatch.setattr(tables, "load", lambda table: known if table == "misfits" else load(table))
    place = f"data/misfits.csv, row {len(known) + 1}, column figure"
    assert relations.faults() == [f"{place}: {id!r} fits 'step'. Delete the row"]


def test_a_book_without_relations_has_no_misfit(monkeypatch):
    declared = {key: cell for key, cell in tables.package().items() if key != "relations"}
    declared["resources"] = [table for table in declared["resources"] if table["name"] != "misfits"]
    monkeypatch.setattr(tables, "package", lambda: declared)
    assert relations.misfits() == ([], set()) and relations.faults() == []
    assert "contradict" not in pages.data_page()


@pytest.mark.parametrize(
    "how", [{"kind": "pears"}, {"kind": "never", "where": "valeu < 0"}, {"kind": "never", "if": "1"}]
)
def test_a_relation_that_cannot_be_read_is_told(monkeypatch, how):
    declared = tables.package() | {"relations": tables.package()["relations"] | {"ties": {"mine": how}}}
    monkeypatch.setattr(tables, "package", lambda: declared)
    with pytest.raises(tables.DataError, match="datapackage.json: the relation 'mine' cannot be read .*Mend it"):
        relations.misfits()


def test_the_data_page_shows_each_listed_misfit_and_counts_what_is_tied_to_none():
    page, reasons = pages.data_page(), tables.load("misfits")["reason"]
    assert [reason for reason in reasons if pages._cell(reason) not in page] == []
    tied = relations.misfits()[1]
    lone = sum(id not in tied for id in tables.load("rounds")["id"])
    assert f"rows: {len(tables.load('rounds'))} report. | {lone} |" in page
