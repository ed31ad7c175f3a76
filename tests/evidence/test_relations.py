"""Each kind of tie between figures, on a few rows: what fits is left alone, what does not is named with its other."""

import pandas as pd
import pytest

from claimbook.evidence import relations, tables


def figures(*rows):
    """A table of figures with the cells that are given as (id, amount, {column: cell})."""
    common = dict(scope="World", sector="all", measure="venture funding", publisher="A", collector="A", length="")
    made = [common | dict(id=id, amount=amount, value=amount, known="2025") | cells for id, amount, cells in rows]
    return pd.DataFrame(made)


def named(found):
    return [(one, other) for one, other, _ in found[1]]


def test_a_pair_keeps_its_ratio_in_both_directions():
    frame = figures(("a", 10.0, {}), ("b", 11.0, {}), ("c", 95.0, {}))
    match = {"measure": "measure", "scope": "scope"}
    assert {*named(relations.pair(frame, match, 0.5, 2))} == {("c", "a")}
    part = figures(("us", 12.0, {"scope": "US", "whole": "World"}), ("world", 10.0, {"whole": None}))
    assert named(relations.pair(part, {"whole": "scope"}, 0.01, 1.05)) == [("us", "world"), ("world", "us")]


@pytest.mark.parametrize("growth, odd", [(52, []), (-52, [("rate", "then")])])
def test_a_printed_growth_fits_its_levels(growth, odd):
    year = {"period": "2024", "last_year": "2023"}
    levels = [("then", 100.0, {"period": "2023", "last_year": "2022"}), ("now", 150.0, year)]
    frame = figures(*levels, ("rate", float(growth), year | {"measure": "growth"}))
    asked = dict(levels="measure == 'venture funding'", moved={"period": "last_year"}, of="measure == 'growth'")
    found = relations.rate(frame, match=["collector", "scope", "period"], points=13, less=100, **asked)
    assert named(found) == odd and found[0] == {"rate"}


def test_a_series_keeps_to_its_own_steps():
    rows = [(f"y{n}", value, {"period": str(2000 + n)}) for n, value in enumerate([7.0, 7.1, 7.0, 7.2, 7.1, 7.0, 0.7])]
    assert named(relations.steps(figures(*rows), ["measure"], 7, "value > 0")) == [("y6", "y5")]
    assert relations.steps(figures(*rows[:6]), ["measure"], 7, "value > 0") == (set(), [])


def test_the_largest_and_the_least_of_a_kind_lie_near_the_next():
    rows = [("a", 3.0, {}), ("b", 30.0, {}), ("c", 40.0, {}), ("d", 410.0, {})]
    assert named(relations.beyond(figures(*rows), ["measure"], 4, "value > 0")) == [("a", "b"), ("d", "c")]
    assert named(relations.beyond(figures(*rows[:2]), ["measure"], 4, "value > 0")) == []


def test_a_word_that_stands_once_beside_another_is_odd():
    rows = [(id, 1.0, {"collector": word}) for id, word in zip("abc", ["A", "A", "B"])]
    assert named(relations.alone(figures(*rows), "collector", "publisher")) == [("c", "a")]
    assert named(relations.alone(figures(*rows[1:2]), "collector", "publisher")) == []


def test_what_may_never_be_is_named_alone():
    assert named(relations.never(figures(("a", -1.0, {}), ("b", 1.0, {})), "value < 0")) == [("a", "a")]


def test_every_misfit_of_the_data_is_listed_with_its_reason_and_nothing_else_is():
    odd, tied = relations.misfits()
    listed = tables.load("misfits")
    assert relations.faults() == [] and len(listed) <= 15
    assert {*odd["relation"]} >= {*listed["relation"]}
    assert len(tied) > 0.7 * sum(len(tables.load(name)) for name in tables.figures())


def test_a_misfit_is_told_with_both_rows_and_a_remedy(monkeypatch):
    odd = pd.DataFrame([("fed_x", "fed_x", "sign", "-7")], columns=relations.MISFIT)
    one, other = tables.load("funding")["id"].iloc[[0, 1]]
    odd.loc[1] = (one, other, "later print", "335 and 3417")
    monkeypatch.setattr(relations, "misfits", lambda: (odd.iloc[1:], set()))
    told, *idle = relations.faults()
    assert told.startswith("data/funding.csv, row 2, column value: 335 and 3417 beside data/funding.csv, row 3 (")
    assert told.endswith(
        "breaks 'later print'. Mend the figure that is wrong; if both stand so on their pages,"
        " say why in data/misfits.csv"
    )
    assert len(idle) == len(tables.load("misfits")) and "fits all its relations. Delete the row" in idle[0]
