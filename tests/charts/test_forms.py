"""Each form draws every row with its mark and its number, remembers what it drew, and explains its colours."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from claimbook.charts import forms, look, paper
from claimbook.evidence import tables
from claimbook.judgement.ledger import claims

TWO = pd.DataFrame(
    {
        "label": ["One print", "One print", "Another"],
        "kind": ["early", "late", "late"],
        "when": [2023, 2024, 2024],
        "value": [11.4, 9.2, -3.6],
        "later": [12.5, 9.9, -2.1],
        "id": ["a", "b", "c"],
        "source": ["page", "page", "other"],
        "publisher": ["A", "A", "B"],
        "published": ["2025-01", "2025-02", "2024"],
    }
)
"""Three rows, two of one name: they must stay two."""
PALETTE = {"early": look.TEAL, "late": look.ORANGE}
DRAWN = {
    "dots": lambda: forms.dots(TWO, hue="kind", palette=PALETTE),
    "dots beside their names": lambda: forms.dots(TWO, hue="kind", palette=PALETTE, above=False),
    "spans": lambda: forms.spans(TWO, "value", "later", hue="kind", palette=PALETTE, text="{value}"),
    "changes": lambda: forms.changes(TWO, ["value", "later"], hue="kind", palette=PALETTE),
    "lines": lambda: forms.lines(TWO, "when", "value", "kind", PALETTE, points="{value}"),
    "steps": lambda: forms.steps(TWO, "when", "value", "kind", PALETTE, points="{value}"),
    "bars": lambda: forms.bars(TWO.assign(place=list("xyz")), "place", "value", "kind", palette=PALETTE),
    "bars across": lambda: forms.bars(TWO, "{label}", "value", "kind", palette=PALETTE, across=True),
    "points": lambda: forms.points(TWO.assign(text=["11.4", "9.2", "−3.6"]), "when", "value", "kind", PALETTE, "text"),
}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def words(ax):
    """Every number and name in the plot."""
    return [text.get_text() for text in [*ax.texts, *ax.get_yticklabels()]]


def marks(ax):
    """How many marks stand in the plot: points of lines with a marker, points of clouds, bars, thick strokes."""
    lines = sum(len(line.get_xdata()) for line in ax.lines if line.get_marker() not in ("", "None"))
    clouds = sum(len(cloud.get_offsets()) for cloud in ax.collections if hasattr(cloud, "get_sizes"))
    strokes = sum(len(one.get_segments()) for one in ax.collections if getattr(one, "get_lw", lambda: [0])()[0] >= 5)
    return lines + clouds + strokes + sum(isinstance(patch, plt.Rectangle) for patch in ax.patches)


@pytest.mark.parametrize("name", DRAWN)
def test_every_row_has_its_mark_and_its_number_and_is_remembered(name):
    ax = DRAWN[name]()
    for number in ("11.4", "9.2", "−3.6"):
        assert number in words(ax), f"{name}: {number} is not among {words(ax)}"
    assert marks(ax) == len(TWO) * (2 if name == "changes" else 1)
    assert [list(rows["id"]) for rows in ax.figure.rows] == [["a", "b", "c"]]


@pytest.mark.parametrize("name", [name for name in DRAWN if name not in ("lines", "steps")])
def test_every_colour_is_explained(name):
    """Lines are named at their ends instead."""
    ax = DRAWN[name]()
    assert {word: mark["color"] for word, mark in ax.figure.key.items() if word in PALETTE} == PALETTE


@pytest.mark.parametrize("name", ["lines", "steps"])
def test_a_line_is_named_at_its_end_in_its_colour(name):
    named = {text.get_text(): text.get_color() for text in DRAWN[name]().texts if text.get_text() in PALETTE}
    assert named == PALETTE


@pytest.mark.parametrize("name", ["dots", "dots beside their names", "spans", "changes", "bars across"])
def test_two_rows_of_one_name_stay_two(name):
    assert words(DRAWN[name]()).count("One print") == 2


def test_columns_that_only_help_to_draw_are_not_in_the_download():
    chart = drawn(DRAWN["dots"]().figure.rows[0].assign(helper=1.0))
    assert all("helper" not in row and row["kind"] for row in chart.payload["data"][0])


def drawn(table):
    plt.close("all")
    forms.dots(table, hue="kind", palette=PALETTE)
    claim = next(iter(claims()))
    return paper.finish(
        claim, "A finding", "What, where, unit", "Three counts, of 11.4 and 9.2 and of minus 3.6 billion."
    )


def test_a_row_of_the_download_is_a_row_of_the_chart():
    assert [row["value"] for row in drawn(TWO).payload["data"][0]] == [11.4, 9.2, -3.6]
    twice = drawn(pd.concat([TWO, TWO.iloc[[0]]]))
    assert len(twice.payload["data"][0]) == len(TWO)  # what is drawn twice is one row


def test_panels_are_one_table_again():
    for ax, part in paper.panels(TWO, "kind", 2):
        forms.dots(part, ax=ax)
    assert [len(rows) for rows in plt.gcf().rows] == [1, 2] and len(paper._joined(plt.gcf().rows)[0]) == 3


@pytest.mark.parametrize(
    "unit, ticks, written",
    [
        ("USD_bn", [0, 10, 20], ["0", "$10 bn", "20"]),
        ("USD_bn", [-20, 0, 20], ["−$20 bn", "0", "20"]),
        ("percent", [0, 50, 100], ["0", "50", "100 %"]),
        ("signed percent", [-10, 0, 10], ["−10", "0", "+10 %"]),
        ("year", ["2023-01", "2024-01"], ["2023", "2024"]),
    ],
)
def test_a_unit_is_written_once(unit, ticks, written):
    ax = forms.scale("x", ticks, unit, ax=paper.paper(1))
    assert [text.get_text() for text in ax.get_xticklabels()] == written


def test_names_that_would_hide_each_other_are_moved_apart():
    ax = paper.paper(2)
    ax.plot([0, 1], [0, 100])
    lifts = forms.apart(ax, [50, 50.5, 90])
    assert lifts[1] - lifts[0] > 10 and abs(lifts[2]) < 10


def test_numbers_of_rounds_that_are_near_each_other_do_not_touch():
    one = tables.load("rounds").query("instrument == 'equity'").head(1).assign(company="A", standing="", debt_part=0.0)
    days, amounts = ["2022-01-01", "2025-06-05", "2025-09-06"], [60.0, 900.0, 2300.0]
    rounds = pd.concat([one.assign(announced=day, value=amount) for day, amount in zip(days, amounts)])
    ax = forms.ladder(rounds, ["A"])
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text() in ("60", "900", "2.3 bn")]
    assert len(boxes) == 3 and boxes[1].x1 <= boxes[2].x0


def test_a_claimed_height_stands_beside_the_numbers_of_its_axis():
    look.use_style()
    ax = paper.paper(2)
    forms.claimed("the article", y=25, ax=ax)
    forms.scale("y", [0, 25, 50], limits=(0, 50), ax=ax)
    left = ax.get_window_extent().x0 - 5.7 * ax.figure.dpi / 72  # half of the diamond and its edge
    assert max(word.get_window_extent().x1 for word in ax.get_yticklabels()) < left


def test_the_claim_is_always_a_hollow_diamond():
    ax = forms.dots(TWO)
    forms.claimed("the article", x=5, ax=ax)
    forms.claimed("at a point", on=(1, 1), ax=ax)
    diamonds = [line for line in ax.lines if line.get_marker() == "D"]
    assert len(diamonds) == 2 and {line.get_markerfacecolor() for line in diamonds} == {look.SURFACE}
    assert list(ax.figure.key)[:2] == ["at a point", "the article"]


def test_a_verdict_is_drawn_against_the_claim():
    evidence = TWO.assign(amount=[120.0, 99.0, 60.0], collector=["A", "B", "C"], unit="percent")
    verdict = claims()["boom-02"].check(evidence, value="amount")
    ax = forms.dots(verdict)
    assert set(ax.figure.rows[0]["unit"]) == {"USD_bn"}, "the download says it in the unit of the claim"
    assert set(ax.figure.key) == {"the article", "exact", "about", "off"}
    shown = {line.get_marker() for line in ax.lines}
    assert {"o", "X", "D"} <= shown


@pytest.mark.parametrize(
    "draw, error, message",
    [
        (lambda: forms.dots(TWO[:0]), ValueError, "no row to draw"),
        (lambda: forms.dots(TWO, hue="kinds"), KeyError, "no column 'kinds'; it has label, kind"),
        (lambda: forms.dots(TWO, text="{values:.0f}"), KeyError, "no column 'values'"),
        (lambda: forms.dots(TWO, hue="kind", palette={"early": look.TEAL}), KeyError, "no colour for 'late'"),
        (lambda: forms.bars(TWO, "kinds", "value"), KeyError, "no column 'kinds'"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_words(draw, error, message):
    with pytest.raises(error, match=message):
        draw()
