"""A quantity knows the printed figures behind it, whatever is done with it."""

import pandas as pd
import pytest

from claimbook.evidence import tables
from claimbook.evidence.quantity import Interval, Quantity, change, computed, figure, rounded, share, witnesses

FIRST, LATER = "crunchbase_venture_world_2024_2025-01", "crunchbase_venture_world_2024_2026-01"
EARLIER = "crunchbase_venture_world_2021_2023-01"
AI = "crunchbase_venture_world_ai_2024_2025-01"


@pytest.fixture(autouse=True)
def funding():
    return tables.load("funding").set_index("id")


def test_a_figure_has_the_columns_of_its_row(funding):
    one = figure(FIRST)
    assert float(one) == funding.loc[FIRST, "value"] and one.publisher == funding.loc[FIRST, "publisher"]
    assert f"{one}" == "314" and f"{one:.1f}" == "314.0"


def test_arithmetic_keeps_every_row_once_in_order(funding):
    first, later, ai = figure(FIRST), figure(LATER), figure(AI)
    for made, value in (
        (change(later, first), 100 * (float(later) / float(first) - 1)),
        (share(ai, first), 100 * float(ai) / float(first)),
        (1 - first / later, 1 - float(first) / float(later)),
        (2 * first + later - first, float(first) + float(later)),
        (100 / first, 100 / float(first)),
        (500 - later, 500 - float(later)),
    ):
        assert float(made) == pytest.approx(value)
    assert change(later, first).kept("id") == f"{LATER};{FIRST}"
    assert (first + later + first).kept("id") == f"{FIRST};{LATER}"
    assert f"{0 - first}" == "−314"


def test_a_computed_quantity_has_no_column_and_no_interval_of_its_own():
    both = figure(FIRST) + figure(LATER)
    with pytest.raises(AttributeError, match="comes from crunchbase"):
        both.publisher
    with pytest.raises(ValueError, match="printed"):
        both.rounded
    assert figure(FIRST).rounded == rounded("314") == Interval(313.5, 314.5)


def test_intervals_take_plain_numbers_and_quantities():
    a = Interval(1, 2)
    assert a + 1 == 1 + a == Interval(2, 3) and a * 10 == 10 * a == Interval(10, 20)
    assert 4 - a == Interval(2, 3) and 4 / a == Interval(2, 4) and a.middle == 1.5
    with pytest.raises(ZeroDivisionError):
        1 / Interval(-1, 1)


def test_a_lost_id_is_told():
    with pytest.raises(tables.DataError, match="'nowhere'. Loaded are: .*funding"):
        figure("nowhere")


def test_evidence_names_ids_pages_publishers_and_dates_in_step(funding):
    made = witnesses({"raised": change(figure(LATER), figure(EARLIER)), "AI": figure(AI)}, part=["a", "b"])
    assert made["id"].tolist() == [f"{LATER};{EARLIER}", AI] and made["part"].tolist() == ["a", "b"]
    pairs = list(zip(made["publisher"][0].split(";"), made["published"][0].split(";")))
    assert pairs == [(funding.loc[id, "publisher"], funding.loc[id, "published"]) for id in (LATER, EARLIER)]
    assert made["collector"].tolist() == ["Crunchbase", "Crunchbase"]
    undated = Quantity(1.0, (dict(id="a", source="s", publisher="A", published=float("nan"), collector="A"),))
    assert witnesses({"undated": undated + figure(AI)})["published"].tolist() == [f";{figure(AI).published}"]
    again = Quantity(1.0, (dict(undated.rows[0], id="b", published="2025-01"),))
    assert witnesses({"one": undated + again}).loc[0, ["publisher", "published"]].tolist() == ["A", "2025-01"]


def test_several_columns_of_a_row_are_several_quantities():
    made = witnesses({"2024": (figure(FIRST), figure(LATER))}, ["then", "now"])
    assert made.loc[0, ["then", "now"]].tolist() == [float(figure(FIRST)), float(figure(LATER))]
    assert made["id"][0] == f"{FIRST};{LATER}"


def test_a_median_keeps_the_rows_it_was_found_from():
    frame = tables.load("funding").query("period == '2024' and scope == 'World' and sector == 'AI'")
    made = computed(frame["value"].median(), frame)
    assert isinstance(made, Quantity) and made.kept("id") == ";".join(frame["id"])


def test_what_was_not_found_is_no_quantity():
    """A chart would draw nothing in its place, and its words would say "none"."""
    row = figure(FIRST)
    for none in None, float("nan"), pd.NA:
        with pytest.raises(ValueError, match=f"No figure was found in {FIRST}: look whether"):
            computed(none, pd.DataFrame(row.rows))
