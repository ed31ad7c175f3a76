"""A chart whose marks, words, key, unit, direction or alt text its own rows deny is refused, in one sentence."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from claimbook.charts import forms, look, paper

ROWS = pd.DataFrame(
    {
        "label": ["One", "Another"],
        "kind": ["early", "late"],
        "when": [2023, 2024],
        "then": [8.3, 7.5],
        "value": [11.4, 9.2],
        "unit": ["USD_bn", "USD_bn"],
        "id": ["a", "b"],
        "source": ["page", "other"],
        "publisher": ["A", "B"],
        "published": ["2025-01", "2024"],
    }
)
PALETTE = {"early": look.TEAL, "late": look.ORANGE}
TOLD = dict(title="A finding", subtitle="Funding, USD bn", alt="Two counts, of 11.4 and of 9.2 billion dollars in all.")


@pytest.fixture(autouse=True)
def closed():
    look.use_style()
    yield
    plt.close("all")


def dots(rows=ROWS, limits=(0, 15)):
    ax = forms.dots(rows, hue="kind", palette=PALETTE)
    return forms.scale("x", [0, 5, 10], "USD_bn", limits=limits, ax=ax)


def changes(rows=ROWS):
    return forms.changes(rows, ["then", "value"])


def lines(**more):
    long = ROWS.melt(["label", "kind", *ROWS.columns[5:]], ["then", "value"], "print", "amount")
    return forms.lines(long, "print", "amount", "kind", PALETTE, **more)


def bars():
    return forms.bars(ROWS, "when", "value", "kind", palette=PALETTE)


DRAWN = {"dots": dots, "changes": changes, "lines": lines, "bars": bars}


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_sound_chart_is_drawn(draw):
    draw()
    assert paper.finish("boom-02", **TOLD | dict(title="Both counts rose from then to now")).svg


PURPLE = look.COMPUTED | dict(color=look.PURPLE)
PLANTED = {
    "a dot": (lambda: dots(limits=(0, 10)), {}, "a mark at x = 11.4 lies outside of 0 to 10. Widen the limits"),
    "a bar's end": (lambda: bars().set_ylim(0, 10), {}, "a mark at y = 11.4 lies outside"),
    "a line without marks": (lambda: lines(markers=False).set_ylim(0, 10), {}, "a mark at y = 11.4 lies outside"),
    "a stroke": (lambda: dots().hlines(0, 2, 18), {}, "a mark at x = 18 lies outside"),
    "a word": (lambda: forms.tag("far", 20, 0, ax=dots()), {}, "the words 'far' speak of a place outside of the axes"),
    "a plain text": (lambda: dots().text(7, 9, "far"), {}, "the words 'far' speak of a place outside of the axes"),
    "a long name": (lambda: dots(ROWS.assign(label="A name " * 12)), {}, "the words 'A name A name"),
    "a long word of the key": (
        lambda: dots().figure.key.update({"a word " * 12: look.COMPUTED}),
        {},
        "the words 'a word a word",
    ),
    "a word of the key": (lambda: dots().figure.key.update(gone=PURPLE), {}, "the key explains 'gone', and nothing"),
    "a claim of the key": (lambda: dots().figure.key.update(it=look.CLAIMED), {}, "the key explains 'it', and nothing"),
    "a shape of the key": (
        lambda: dots().figure.key.update(early=look.DISAGREES | dict(color=look.TEAL)),
        {},
        "the key explains 'early', and nothing is drawn so. Take the word out, or draw it",
    ),
    "a filled mark of the key": (
        lambda: dots().figure.key.update(early=look.COMPUTED | look.HOLLOW),
        {},
        "the key explains 'early', and nothing is drawn so",
    ),
    "a colour of the key": (
        lambda: bars().figure.key.update(late=look.SQUARE | dict(color=look.RED)),
        {},
        "the key explains 'late', and nothing is drawn so",
    ),
    "a word less": (lambda: bars().figure.key.pop("late"), {}, "the colour of 'late' is in no word of the chart"),
    "a word of the claim": (
        lambda: forms.claimed("the article", x=5, ax=dots()) or plt.gcf().key.pop("the article"),
        {},
        "a hollow diamond is drawn, and no word of the key says whose claim it is",
    ),
    "a word of changes": (lambda: changes().figure.key.pop("value"), {}, "the colour of 'value' is in no word"),
    "a word of a stack": (
        lambda: forms.stack(ROWS, ROWS[["then", "value"]]).figure.key.pop("then"),
        {},
        "the colour of 'then' is in no word",
    ),
    "lines without names": (lambda: lines(text=""), {}, "the colour of 'early' is in no word of the chart"),
    "rows of another unit": (
        lambda: dots(ROWS.assign(unit="USD_m")),
        {},
        "an axis in USD_bn shows rows in USD_m. Give the rows the unit of their values now",
    ),
    "another unit in the subtitle": (
        dots,
        dict(subtitle="Growth, percent"),
        "the subtitle says percent, the axes USD_",
    ),
    "millions in the subtitle": (dots, dict(subtitle="Funding, USD m"), "the subtitle says USD_m, the axes USD_bn"),
    "billions of shares": (lambda: changes(ROWS.assign(unit="percent")), {}, "speak of billions, the rows of percent"),
    "a fall that rose": (lines, dict(title="All counts fell"), "the title says 'fell', and nothing that was drawn did"),
    "a rise that fell": (
        lambda: changes(ROWS.assign(then=20.5)),
        dict(title="Both counts doubled"),
        "the title says 'doubled', and nothing that was drawn did",
    ),
    "the alt text of another chart": (
        dots,
        dict(alt="World funding, USD bn: 314 in 2024 and 469 in 2025, of it AI 100 and 11.4."),
        "the alt text tells numbers that the chart does not have, such as 314. Tell those of its rows",
    ),
}


@pytest.mark.parametrize("plant, told, message", [pytest.param(*case, id=name) for name, case in PLANTED.items()])
def test_what_the_rows_deny_is_refused(plant, told, message):
    plant()
    with pytest.raises(ValueError) as refused:
        paper.finish("boom-02", **TOLD | told)
    assert message in str(refused.value) and str(refused.value).startswith("Chart 'boom-02': ")


def test_a_title_that_denies_a_rise_may_name_it():
    changes(ROWS.assign(then=20.5))
    assert paper.finish("boom-02", **TOLD | dict(title="None of the counts rose"))


def test_a_line_joins_no_two_editions_unless_it_is_of_editions():
    rows = ROWS.assign(period=["2023", "2024"], edition=["2024", "2025"])
    forms.lines(rows, "when", "value", text="")
    with pytest.raises(ValueError, match="a line joins the editions 2024 and 2025. Draw one line for each"):
        paper.finish("boom-02", rows=[rows], **TOLD)
    plt.close("all")
    forms.lines(rows.assign(period="2023"), "when", "value", text="")
    paper.finish("boom-02", rows=[rows], **TOLD)
