"""The ledger, the card and the scoreboard."""

import math
import re

import pandas as pd
import pytest

from claimbook.evidence import units
from claimbook.judgement import cards, ledger, rules
from claimbook.judgement.ledger import claim, claims, scoreboard
from claimbook.judgement.words import MARKS, VERDICTS
from claimbook.paths import notebooks, theme_of


def evidence(*rows):
    return pd.DataFrame([{"id": f"r{i}", "source": f"s{i}"} | row for i, row in enumerate(rows)])


def test_every_claim_has_a_chapter_and_the_six_themes_are_there():
    themes = {c.chapter for c in claims().values()}
    assert themes <= {theme_of(path) for path in notebooks()}
    assert themes >= {"ai-boom", "bubble-risk", "founder-advice", "global-race", "ipo-outlook", "us-dominance"}


def test_copies_of_one_collector_are_one_witness():
    verdict = claim("boom-02").check(
        evidence(
            {"label": "A", "value": 131.5, "collector": "PitchBook"},
            {"label": "B", "value": 134.6, "collector": "PitchBook"},
            {"label": "C", "value": 110, "collector": "Dealroom"},
        )
    )
    assert verdict.word == "reproduced"
    assert "2 of 2 independent witnesses" in verdict.reason


def test_a_single_witness_says_so():
    verdict = claim("boom-02").check(evidence({"label": "A", "value": 99, "collector": "PitchBook"}))
    assert verdict.word == "contradicted" and "One witness only" in verdict.reason


def test_editions_that_differ_make_it_depend():
    verdict = claim("boom-03").check(
        evidence(
            {"label": "A", "value": 35, "collector": "PitchBook"}, {"label": "B", "value": 38, "collector": "PitchBook"}
        )
    )
    assert verdict.word == "depends on the source" and "by one figure and not by another" in verdict.reason


def test_no_evidence_is_not_found():
    assert claim("boom-02").check().word == "not found"


def test_a_misquote_shows_what_the_number_stands_for():
    other = evidence({"label": "talks", "value": 150, "collector": "press"})
    verdict = claim("boom-14").check(evidence({"label": "A", "value": 113, "collector": "press"}), misquote=other)
    assert verdict.word == "misquoted" and "talks" in verdict.reason
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
    """Raises AssertionError unless a stored verdict is the one that its stored witnesses give."""
    one, parts = claim(stored["claim"]), []
    ends = lambda w: (-math.inf if w["low"] is None else w["low"], math.inf if w["high"] is None else w["high"])
    seen = {
        id(w): ends(w)[0] if w["low"] == w["high"] else rules.Interval(*ends(w))
        for w in stored["witnesses"] + stored["misquote"]
    }
    scored = one.kind not in rules.UNSCORED
    for figure in one.figures if scored else ():
        mine, other = (
            [
                None if w["collector"] == rules.NOT_NAMED else rules.agrees(seen[id(w)], figure.interval)
                for w in stored[side]
                if w["part"] == figure.part
            ]
            for side in ("witnesses", "misquote")
        )
        assert mine == [w["agrees"] for w in stored["witnesses"] if w["part"] == figure.part], one.id
        parts.append(rules.decide_part([said for said in mine if said is not None], any(other)))
    assert stored["verdict"] == rules.decide(one.kind, parts), one.id
    counted = re.findall(r"(\d+) of (\d+) independent", stored["reason"])
    said = [
        {
            w["collector"]: {
                v["agrees"] for v in stored["witnesses"] if (v["collector"], v["part"]) == (w["collector"], f.part)
            }
            for w in stored["witnesses"]
            if w["part"] == f.part and w["agrees"] is not None
        }
        for f in one.figures
        if scored
    ]
    assert counted == [
        (str(sum(answers == {True} for answers in who.values())), str(len(who))) for who in said if len(who) > 1
    ], one.id


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
