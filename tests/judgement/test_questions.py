"""Which rows may vote: the questions of this book's claims, asked of this book's tables and held against its chapters'
witnesses."""

import time
from functools import cache

import pandas as pd
import pytest

from claimbook.evidence import tables
from claimbook.judgement import ledger, questions, rules, votes
from claimbook.judgement.questions import asked, figures, found

SCORED = [
    (one.id, figure) for one in ledger.claims().values() if one.kind not in rules.UNSCORED for figure in one.figures
]


def said(claim, part=""):
    """What the tables say of a figure: {the ids behind it, joined: Answer}."""
    unit = next(figure.unit for figure in ledger.claim(claim).figures if figure.part == part)
    return {";".join(sorted(one.ids)): one for one in found(asked()[claim, part], unit)}


def span(answer, digits=1):
    return round(answer.low, digits), round(answer.high, digits)


def judge(claim):
    """The findings on a claim by the witnesses that are stored, and what has no vote."""
    stored = ledger.verdicts()[claim][1]
    return questions.judge(ledger.claim(claim), stored["witnesses"], stored["misquote"], stored["judged"])


def context(claim):
    """What a chapter shows beside the votes: {label: why it is none}."""
    return {one.label: why for part in judge(claim)[1].values() for one, why in part}


def test_every_figure_that_is_scored_has_one_question():
    table = tables.load("questions").fillna("")
    assert [*zip(table["claim"], table["part"])] == [(claim, figure.part) for claim, figure in SCORED]


@pytest.mark.parametrize("column", ["period", "against", "scope", "sector", "of"])
def test_a_question_that_the_tables_can_answer_is_asked_in_their_words(column):
    words = {name: {row[name] for row in figures().values()} for name in ("measure", "period", "scope", "sector")}
    words |= {"against": words["period"], "of": words["scope"] | words["sector"]}
    odd = [
        (key, word)
        for key, question in asked().items()
        if set(question["measure"]) & words["measure"]
        for word in question[column]
        if word not in words[column]
    ]
    # Nobody was found who counts these two.
    assert set(odd) <= {(("race-04", "applications"), "applications")}


def test_who_is_cited_stands_in_the_tables():
    known = {row[column] for row in figures().values() for column in ("collector", "publisher")}
    assert {figure.cited for _, figure in SCORED} - {""} <= known


def test_what_a_verdict_rests_on_changes_with_whoever_answers_in_whatever_table(monkeypatch):
    scored = {claim: ledger.claim(claim) for claim, _ in SCORED}
    before, read = {claim: questions.basis(one) for claim, one in scored.items()}, tables.read
    row = read("funding").query("id == 'crunchbase_venture_world_2024_2025-01'")
    new = row.assign(id="planted", publisher="Planted", collector="Planted")
    planted = {"nasdaq": pd.concat([read("nasdaq"), new], ignore_index=True)}
    monkeypatch.setattr(tables, "read", lambda table: planted[table] if table in planted else read(table))
    for one in (figures, questions._places):
        monkeypatch.setattr(questions, one.__name__, cache(one.__wrapped__))
    after = {claim: questions.basis(one) for claim, one in scored.items()}
    moved = {claim for claim in scored if before[claim] != after[claim]}
    asks = {
        claim
        for (claim, _), one in asked().items()
        if "venture funding" in one["measure"] and "2024" in one["period"] + one["against"]
    }
    assert "boom-01" in moved and moved <= asks and len(moved) < len(scored) / 2


def test_printed_figures_answer_a_question_of_one_period():
    prints = said("boom-01", "2024")
    assert {id: one.value for id, one in prints.items()} == {
        "crunchbase_venture_world_2024_2025-01": 314,
        "crunchbase_venture_world_2024_2026-01": 328,
        "kpmg_venture_world_2024_2025-04": 368.3,
        "pitchbook_venture_world_2024_2025-10": 390.2,
    }
    assert prints["crunchbase_venture_world_2024_2025-01"].collector == "Crunchbase"


def test_a_word_beside_the_figure_makes_it_a_range():
    over = said("boom-02")["crunchbase_venture_world_ai_2024_2025-01"]
    assert (over.low, over.high, over.value) == (100, pytest.approx(110), 100)
    nearly = said("us-04")["jll_venture_bay-area_ai_2024;jll_venture_world_ai_2024"]
    assert span(nearly) == (46.8, 52.0) and nearly.prints == 1


def test_a_total_is_implied_by_the_growth_of_the_year_after_and_is_no_print():
    implied = said("boom-01", "2023")["crunchbase_growth_world_2024_2025-01;crunchbase_venture_world_2024_2025-01"]
    assert span(implied) == (302.9, 306.8) and implied.value is None
    assert "crunchbase_venture_world_ai_2025_2026-01" not in said("boom-02")  # the same page prints 2024 itself


def test_a_share_is_printed_or_made_of_part_and_whole():
    shares = said("boom-03")
    assert shares["dealroom_share_world_ai_2024_2025-02"].value == 33
    one = shares["pitchbook_venture_world_2024_2025-10;pitchbook_venture_world_ai_2024_2025-10"]
    assert span(one) == (38.0, 38.0) and one.prints == 1
    two = shares["crunchbase_venture_world_2024_2026-01;crunchbase_venture_world_ai_2024_2025-01"]
    assert (two.prints, two.begin, two.end) == (2, "2026-01-01", "2026-01-31")
    assert (two.day, two.other) == ("2026-01-16", "2025-01-07")


def test_the_share_of_a_place_is_not_that_of_a_field():
    assert {one.collector for one in said("us-03").values()} == {"PitchBook", "Dealroom"}
    assert "cb-insights_share-of-world_us_ai_2024_2025-02" in said("us-07", "US of the world")


def test_growth_of_two_prints_is_known_to_a_tenth():
    two = said("boom-05")["crunchbase_venture_world_2024q3_2025-10;crunchbase_venture_world_2024q4_2025-04"]
    assert (two.prints, span(two), round(two.value, 1)) == (2, (23.4, 50.9), 37.1)
    one = said("bubble-06")[
        "innovate-finance_venture_world_fintech_2023_2025-01;innovate-finance_venture_world_fintech_2024_2025-01"
    ]
    assert (one.prints, span(one)) == (1, (-19.7, -19.7))


def test_two_editions_of_one_month_or_year_are_two_prints():
    series, asked_for = "cb-insights_venture_world_ai_", said("boom-06", "2023")
    assert asked_for[f"{series}2022_q1-2024;{series}2023_q1-2024"].prints == 1
    assert asked_for[f"{series}2022_q1-2024;{series}2023_q3-2024"].prints == 2


def test_nothing_is_compared_with_what_follows_from_itself():
    """A share of 2023 that rests on the money of 2024 is not taken from that of 2024."""
    levels = "venture_world_2023_2024-01 venture_world_2024_2025-01 venture_world_ai_2024_2025-01"
    ids = ["growth_world_ai_2024_2026-05", *levels.split()]
    assert ";".join(f"crunchbase_{id}" for id in ids) not in said("bubble-04", "one technology")


def test_a_change_of_shares_is_made_of_as_many_prints_as_its_parts_and_is_no_further_in_doubt():
    quid = (
        "private_us_ai_2024_2025_report private_us_ai_2025_2026 private_world_ai_2024_2025 private_world_ai_2025_2026"
    )
    one = said("race-09", "money")[";".join(f"ai-index_{id}" for id in quid.split())]
    assert (one.prints, span(one)) == (2, (10.6, 10.6))
    levels = "world_2023_2024-01 world_2024_2026-01 world_ai_2023_2024-01 world_ai_2024_2025-01"
    three = said("bubble-04", "one technology")[";".join(f"crunchbase_venture_{id}" for id in levels.split())]
    assert three.prints == 3


def test_an_answer_is_in_the_unit_of_the_figure():
    """The prices of a share are asked for as what its first day is reckoned from, not as that return."""
    assert {one.publisher for one in said("ipo-02").values()} == {"PitchBook", "Renaissance Capital"}


def test_a_figure_is_known_at_the_latest_when_its_page_was_read():
    assert figures()["crunchbase_share-of-rounds-of-usd100-m_world_ai_2024_2026"]["known"] == "2026"
    assert max(row["end"] for row in figures().values()) <= questions.today()


def test_a_chapter_does_not_answer_once_more_with_the_same_figures():
    """What the tables give has the vote: not the same figures, as a chapter reckons with them."""
    one, figure = ledger.claim("boom-18"), ledger.claim("boom-18").figures[0]
    ids = next(iter(said("boom-18"))).split(";")
    again = {"part": "", "label": "constant dollars", "low": -9.0, "high": -9.0, "collector": "A", "ids": ids}
    assert not any(answer.label == "constant dollars" for answer in questions.answers(one, figure, [again])[0])
    assert any(
        answer.label == "constant dollars" for answer in questions.answers(one, figure, [again | {"ids": ids[:1]}])[0]
    )


def test_a_printed_growth_is_of_what_its_collector_counts():
    assert {one.collector for one in said("race-06").values()} == {"Quid"}
    assert {"PitchBook", "CB Insights", "Quid"} < {one.collector for one in said("boom-04", "growth").values()}


def test_another_definition_makes_no_growth():
    """Ritter's companies at $5 or more are not set against Nasdaq's, nor a list against the one it was widened to."""
    assert all("nasdaq" in ids or "nasdaq" not in ids.replace("jay-ritter", "") for ids in said("ipo-03", "number"))
    assert not any("jay-ritter" in ids and "nasdaq" in ids for ids in said("ipo-03", "number"))
    assert "CB Insights" not in {one.collector for one in said("race-04", "all AI").values()}


def test_what_was_retold_and_what_nobody_is_named_for_does_not_answer():
    assert not any("heading" in ids or "ciol" in ids for ids in said("race-06"))
    asks = {"measure": ("venture funding",), "period": ("2025",), "scope": ("Asia",), "sector": ("all",)}
    unnamed = figures()["vntr_venture_asia_2025_2026-01"]
    assert unnamed["collector"] in questions.NOBODY
    assert found(asks | {"against": (), "of": ()}, "USD_bn") == []


def test_the_question_audits_the_witnesses_of_the_chapters():
    """Another place, field or measure is shown and has no vote."""
    assert context("boom-05") == {"PitchBook, US": "another place"}
    assert context("us-01") == {"Carta, companies on its platform": "another place"}
    assert context("us-03") == {"Carta, companies on its platform": "another place"}
    assert context("founder-08") == {
        "CB Insights, world, 2025 over 2024": "another field",
        "PitchBook data, US: yearbook of 2025 over WilmerHale's 2024": "another field",
        "CB Insights, world, 2025": "another field",
        "Crunchbase, world, 2025 to September": "another field",
        "Crunchbase, US, 2025 to September": "another field",
        "PitchBook data, US, 2025": "another field",
    }
    assert context("boom-01") == {"WIPO, implied by its projection for 2025": "its collector is not named"}
    assert context("us-02") == {}  # Dealroom's share is made of other fields, and its place is the one asked


def test_the_words_of_the_book():
    found = ledger.findings().set_index(["claim", "part"])
    assert list(found.index) == [(claim, figure.part) for claim, figure in SCORED]
    us_02, us_06 = found.loc[("us-02", "")], found.loc[("us-06", "")]
    assert (us_02["quoted"], us_02["early"], us_02["late"], us_02["now"]) == ("right", "holds", "holds", "holds")
    assert (us_06["quoted"], us_06["now"]) == ("page not seen", "no count")
    assert found.loc[("boom-01", "2024"), "now"] == "since revised" == found.loc[("race-05", ""), "now"]


def test_nothing_with_one_collector_holds_or_fails():
    for claim, (_, stored) in ledger.verdicts().items():
        for part, finding in judge(claim)[0].items():
            figure = next(one for one in ledger.claim(claim).figures if one.part == part)
            answers, _ = questions.answers(ledger.claim(claim), figure, stored["witnesses"])
            if len({one.collector for one in answers}) < 2:
                words = {finding.early, finding.late, finding.now}
                assert words.isdisjoint({"holds", "fails", "disputed"}), (claim, part)


def changed(monkeypatch, id, **cells):
    """The tables with other cells in one row, or without it."""
    rows = {key: row | cells if key == id else row for key, row in figures().items() if cells or key != id}
    monkeypatch.setattr(questions, "figures", lambda: rows)
    monkeypatch.setattr(questions, "_places", questions._places.__wrapped__)


def now(claim, part=""):
    figure = next(one for one in ledger.claim(claim).figures if one.part == part)
    answers = found(asked()[claim, part], figure.unit)
    return votes.finding(answers, figure, ("2025-01-07", "2025-03-31"), questions.today())


def test_a_row_less_changes_the_word(monkeypatch):
    assert now("us-03").now == "holds"
    changed(monkeypatch, "dealroom_share_us_ai_2024_2025-02")
    monkeypatch.setattr(
        questions, "figures", lambda rows=questions.figures(): {k: r for k, r in rows.items() if "hsbc" not in k}
    )
    assert now("us-03").now == "one count, for"


def test_a_day_moved_across_the_article_changes_the_word(monkeypatch):
    assert now("bubble-04", "few deals").late == "one count, for"
    moved = dict.fromkeys(("begin", "end", "day", "other"), "2025-03-01")
    changed(monkeypatch, "crunchbase_share-of-rounds-of-usd100-m_world_ai_2024_2026", **moved)
    assert now("bubble-04", "few deals").late == "holds"


def test_a_page_that_dates_one_of_two_figures_otherwise_holds_two_prints(monkeypatch):
    """What is made of them is known to a tenth only."""
    pair = [one for one in found(asked()["bubble-06", ""], "percent") if one.collector == "Crunchbase"]
    assert pair[0].low < -10 and pair[0].high > 0
    later = figures()["crunchbase_venture_world_fintech_2024_2026-05"]
    changed(monkeypatch, "crunchbase_venture_world_fintech_2023_2026-05", known_by="page", issue=later["issue"])
    pair = [one for one in found(asked()["bubble-06", ""], "percent") if one.collector == "Crunchbase"]
    assert pair[0].low == pair[0].high


def test_an_answer_of_two_publishers_names_both():
    labels = [one.label for one in found(asked()["us-06", ""], "percent")]
    assert "JLL, 2025: 70 of 97 (PitchBook, January 2025)" in labels


def test_another_collector_changes_the_word(monkeypatch):
    assert now("boom-05").now == "holds"
    changed(monkeypatch, "kpmg_venture_world_2024q4_2025-04", collector="Crunchbase")
    assert now("boom-05").now == "one count, for"


def test_all_choices_of_all_claims_take_less_than_two_seconds():
    figures(), asked(), questions._places(), ledger.verdicts()
    start = time.process_time()
    made = [finding for claim in ledger.verdicts() for finding in judge(claim)[0].values()]
    assert time.process_time() - start < 2
    assert sum(len(finding.choices) for finding in made) > 500
