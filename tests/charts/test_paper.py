"""A chart of the book has a finding, an alt text with numbers, a source line from its rows, and stable bytes."""

import re

import matplotlib

matplotlib.use("Agg")
import pandas as pd
import pytest

from claimbook.charts import look, paper
from claimbook.charts.look import TEAL, use_style
from claimbook.charts.paper import finish, source_line
from claimbook.evidence import tables
from claimbook.site import extension, themed

ROWS = pd.DataFrame(
    {
        "id": ["a", "b"],
        "source": ["s", "t"],
        "publisher": ["KPMG", "KPMG"],
        "published": ["2024-01-05", "2025-04-22"],
        "value": [1.0, 2.0],
    }
)
ALT = "Two bars: the second is 2 billion dollars, twice the first."


def draw(name="boom-02", alt=ALT, rows=ROWS):
    use_style()
    paper.paper().bar(["a", "b"], [1, 2], color=TEAL)
    return finish(name, title="A finding", subtitle="USD bn", rows=rows, alt=alt)


def test_the_same_chart_has_the_same_bytes():
    assert draw().svg == draw().svg


def test_a_wrong_title_or_value_changes_the_bytes():
    assert draw().svg != draw(rows=ROWS.assign(published="2023-01-01")).svg


def test_the_chart_carries_alt_text_source_and_rows():
    chart = draw()
    bundle = chart._repr_mimebundle_()
    assert f'aria-label="{ALT}"' in bundle["image/svg+xml"] and 'role="img"' in bundle["image/svg+xml"]
    assert "Source: KPMG (2024-01, 2025-04)." in bundle["text/plain"]
    assert bundle[paper.CHART_MIME]["ids"] == ["a", "b"] and bundle[paper.CHART_MIME]["data"][0][1]["value"] == 2.0


def test_a_download_holds_the_figures_behind_a_computed_row():
    printed = tables.load("funding").head(2)
    computed = pd.DataFrame(
        {
            "id": [";".join(printed["id"])],
            "source": [";".join(printed["source"])],
            "publisher": "Crunchbase News",
            "published": "2025",
            "share": [31.8],
        }
    )
    told = "AI took 31.8 percent of the world's funding by these counts."
    shares, figures = draw(rows=computed, alt=told).payload["data"]
    assert shares[0]["share"] == 31.8 and [(one["id"], one["definition"]) for one in figures] == list(
        zip(printed["id"], printed["definition"])
    )
    assert len(draw(rows=printed, alt="The first print of 2020 was 335, the second 341.7.").payload["data"]) == 1, (
        "what was plotted whole stands once"
    )


@pytest.mark.parametrize(
    "change, message",
    [
        ({"name": "boom-99"}, "claim's id"),
        ({"alt": "A chart."}, "alt text"),
        ({"alt": "A chart without any figure in its long text."}, "alt text"),
        ({"rows": ROWS.drop(columns="source")}, "source"),
    ],
)
def test_an_unfinished_chart_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        draw(**change)


def test_derived_rows_say_own_arithmetic():
    merged = ROWS.head(1).assign(id_total="b")
    assert source_line([merged]).endswith("own arithmetic.")


def test_of_a_page_without_a_date_the_source_line_tells_when_its_figure_was_known():
    rows = pd.DataFrame({"publisher": ["A;B", "C"], "published": ["2025-01;", None], "id": ["x", "y"]})
    assert source_line([rows]) == "Source: A (2025-01), B, C."
    for known, shown in {"2025-06-30": "C (2025-06)", "2025-04-01 to 2025-06-30": "C"}.items():
        assert source_line([rows.assign(known=["2025-03", known])]) == f"Source: A (2025-01), B, {shown}."


def test_every_colour_has_a_twin_in_dark_mode():
    light, dark = look.variables().split('html[data-theme="dark"]')
    used = re.findall(r"var\(--cb-([\w-]+)", (extension.ASSETS / "claimbook.css").read_text(encoding="utf-8"))
    for name in {*themed.VARIABLES.values(), *used}:
        assert f"--cb-{name}:" in light and f"--cb-{name}:" in dark.split("}")[0]


def test_a_chart_carries_its_own_ground_and_its_words_say_how_to_see_it():
    """On a dark page that knows no style of the book, and in a notebook that Jupyter does not trust."""
    chart = draw()
    ground = re.search(r'<path d="([^"]+)" style="fill: (.+?)"', chart.svg)
    assert ground[2] == look.SURFACE and chart.svg.index(ground[0]) < chart.svg.index("<text")
    assert f"fill: var(--cb-surface, {look.SURFACE})" in themed.themed(chart.svg)
    assert "jupyter trust" in chart._repr_mimebundle_()["text/plain"]


def test_the_page_themes_a_chart():
    assert f"var(--cb-teal, {TEAL})" in themed.themed(draw().svg)
