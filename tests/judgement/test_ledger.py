"""The ledger, the card and the scoreboard."""

import pandas as pd
import pytest

from claimbook.evidence import tables, units
from claimbook.judgement import cards, ledger, questions
from claimbook.judgement.ledger import claim, claims, scoreboard
from claimbook.judgement.words import MARKS, VERDICTS
from claimbook.paths import notebooks, theme_of


def evidence(*rows):
    return pd.DataFrame([{"id": f"r{i}", "source": f"s{i}"} | row for i, row in enumerate(rows)])


def test_every_claim_has_a_chapter_and_the_six_themes_are_there():
    themes = {c.chapter for c in claims().values()}
    assert themes <= {theme_of(path) for path in notebooks()}
    assert themes >= {"ai-boom", "bubble-risk", "founder-advice", "global-race", "ipo-outlook", "us-dominance"}


def cast(verdict, part=""):
    """The votes of today on a figure, by collector."""
    return {one.collector: one.vote for one in verdict.findings[part].today}


def test_what_the_tables_say_has_a_vote_whatever_a_chapter_shows():
    verdict = claim("boom-02").check()
    assert verdict.word == "holds" and cast(verdict)["Crunchbase"] == "exact"
    assert {w.collector for w in verdict.witnesses if w.role == "vote"} == {*cast(verdict)}


def test_rows_of_ones_own_have_a_vote_and_a_collector_has_one_only():
    rows = [{"label": "A", "value": 131.5}, {"label": "B", "value": 60}]
    verdict = claim("boom-02").check(evidence(*(row | {"collector": "my list"} for row in rows)))
    assert cast(verdict)["my list"] == "cannot tell", "two values of one day are a range, on both sides of the claim"
    assert len(cast(verdict)) == len(cast(claim("boom-02").check())) + 1


def test_what_answers_another_question_is_context_and_says_why():
    rows = tables.load("funding").query("id == 'crunchbase_venture_us_2024_2025-01'").assign(label="The US")
    verdict = claim("boom-01").check(rows.assign(part="2024"))
    shown = next(w for w in verdict.witnesses if w.label == "The US")
    assert (shown.role, shown.why) == ("context", "another place") and "another place" in cards.plain(verdict)


def test_a_choice_made_otherwise_changes_the_votes():
    assert "Crunchbase" not in cast(claim("boom-02").check(without="Crunchbase"))
    strict = claim("boom-03").check(quorum=1.0)
    assert claim("boom-03").check().word == "holds" and strict.word == "disputed"


def test_a_misquote_shows_what_the_number_stands_for():
    other = evidence({"label": "talks", "value": 40, "collector": "press", "part": "round"})
    verdict = claim("boom-12").check(misquote=other)
    assert "the number belongs to talks" in verdict.reason
    assert "talks" in cards.plain(verdict) and "talks" in cards.html(verdict)


@pytest.mark.parametrize(
    "row, message",
    [
        ({"value": 1, "collector": "x"}, "label"),
        ({"label": "A", "collector": "x", "value": None}, "row 1 .*value is missing"),
        ({"label": "A", "collector": "x", "value": 1, "part": "2022"}, "row 1, column part"),
    ],
)
def test_evidence_that_cannot_be_used_is_named(row, message):
    with pytest.raises(ValueError, match=message):
        claim("boom-01").check(evidence(row))


def test_evidence_without_a_row_is_refused():
    """A query that finds nothing, as for a year that is not there, is no finding."""
    with pytest.raises(ValueError, match="has no row: look at the query"):
        ledger.claim("boom-02").check(pd.DataFrame({"label": [], "value": [], "collector": []}))


def test_evidence_without_source_is_refused():
    with pytest.raises(ValueError, match="no id or no source"):
        claim("boom-02").check(pd.DataFrame([{"label": "A", "value": 1, "collector": "x", "id": "r1"}]))


def test_unknown_claim_names_its_neighbours():
    with pytest.raises(KeyError, match="boom-18"):
        claim("boom-99")


def test_card_escapes_markup():
    verdict = claim("boom-02").check(
        evidence({"label": "<script>alert(1)</script>", "value": 1, "collector": '"><img onerror=x>'})
    )
    assert "<script" not in cards.html(verdict)


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (314, "USD_bn", "$314 bn"),
        (-5.4, "USD_bn", "−$5.4 bn"),
        (0.785, "USD_bn", "$0.785 bn"),
        (31.84, "percent", "31.8 %"),
        (1301, "count", "1,301"),
    ],
)
def test_amounts(value, unit, text):
    assert units.amount(value, unit) == text


def test_every_unit_and_verdict_can_be_shown():
    assert {f.unit for c in claims().values() for f in c.figures if f.unit} <= set(units.UNITS)
    assert set(MARKS) == set(VERDICTS)


def test_scoreboard_has_every_claim_and_no_other_verdict():
    board = scoreboard()
    assert list(board["id"]) == list(claims())
    assert set(board["verdict"]) <= set(VERDICTS)


def test_a_claim_is_judged_in_one_place():
    judged = [content["claim"] for _, _, content in ledger.stored_outputs(ledger.VERDICT_MIME)]
    assert len(judged) == len(set(judged))


def follows(stored):
    """Raises AssertionError unless a stored verdict is the one that the data and its stored witnesses give."""
    one = claim(stored["claim"])
    findings, _ = questions.judge(one, stored["witnesses"], stored["misquote"], stored["judged"])
    assert stored["figures"] == ledger.told(findings), one.id
    assert stored["verdict"] == ledger.Verdict(one, findings, (), ()).word, one.id
    voters = {(w["part"], w["collector"]) for w in stored["witnesses"] if w["role"] == "vote"}
    assert voters == {(part, b.collector) for part, f in findings.items() for b in f.today if b.heard}, one.id


@pytest.mark.parametrize(
    "stored",
    [content for _, _, content in ledger.stored_outputs(ledger.VERDICT_MIME)],
    ids=lambda content: content["claim"],
)
def test_a_stored_verdict_follows_from_its_witnesses(stored):
    follows(stored)
    other = next(word for word in VERDICTS if word != stored["verdict"])
    with pytest.raises(AssertionError):
        follows(stored | {"verdict": other})


@pytest.fixture
def planted(monkeypatch):
    """Judges all claims again after a change of the figures: plant(change) -> the claims whose findings are others."""
    yield lambda change, **choices: _changed(change, choices, monkeypatch)
    questions._places.cache_clear()


def _changed(change, choices, monkeypatch):
    rows = {id: dict(row) for id, row in questions.figures().items()}
    change(rows)
    monkeypatch.setattr(questions, "figures", lambda: rows)
    questions._places.cache_clear()
    found = set()
    for id, (_, stored) in ledger.verdicts().items():
        witnesses = [one for one in stored["witnesses"] if rows.keys() >= {*one["ids"]}]
        findings, _ = questions.judge(claim(id), witnesses, stored["misquote"], stored["judged"], **choices)
        found |= {id} if ledger.told(findings) != stored["figures"] else set()
    return found


def test_nothing_planted_changes_nothing(planted):
    assert planted(lambda rows: None) == set()


def test_a_witness_that_is_gone_is_missed(planted):
    assert "boom-02" in planted(lambda rows: rows.pop("dealroom_venture_world_ai_2024_2025-02"))


def test_a_day_that_moves_across_the_article_changes_what_held_then(planted):
    late = dict.fromkeys(("begin", "end", "day", "other"), "2026-01-01")
    assert "boom-01" in planted(lambda rows: rows["crunchbase_venture_world_2024_2025-01"].update(late))


def test_two_collectors_exchanged_are_seen(planted):
    def exchange(rows):
        one, other = "dealroom_venture_world_ai_2024_2025-02", "crunchbase_venture_world_ai_2024_2025-01"
        rows[one]["collector"], rows[other]["collector"] = rows[other]["collector"], rows[one]["collector"]

    assert "boom-04" in planted(exchange)


@pytest.mark.parametrize("choice", [{"tolerance": 0.02}, {"quorum": 1.0}, {"months": 0}, {"first": True}])
def test_another_rule_is_seen(planted, choice):
    assert planted(lambda rows: None, **choice)
