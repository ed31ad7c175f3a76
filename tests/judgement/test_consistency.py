"""Claims that speak of one quantity are tested against each other, from the ledger's own figures."""

import re
from dataclasses import replace

import pytest

from claimbook.judgement import consistency, ledger, thisbook
from claimbook.judgement.rules import Interval


def test_every_quantity_has_two_readings():
    assert all(len(found) >= 2 for found in consistency.readings().values())


def test_a_pair_contradicts_exactly_where_the_ranges_are_apart():
    for _, a, b, both in consistency.pairs():
        assert both == (max(a[2].low, b[2].low) <= min(a[2].high, b[2].high))


def test_the_known_clash_of_the_bay_area_is_found():
    clashes = [(a[0], b[0]) for quantity, a, b, _ in consistency.contradictions() if "Bay Area" in quantity]
    assert ("us-04, boom-02", "us-06, us-03, us-02, boom-01") in clashes


def test_a_changed_ledger_changes_the_readings(copy):
    copy.edit("data/claims.csv", ",109.1;9.3;12,", ",109.1;9.3;20,")
    code, text = copy.run(
        "-c", "from claimbook.judgement.consistency import contradictions; print(len(contradictions()))"
    )
    assert code == 0 and int(text) == len(consistency.contradictions()) + 1


def test_readings_are_intervals_of_positive_amounts():
    assert all(isinstance(r[2], Interval) and r[2].low > 0 for found in consistency.readings().values() for r in found)


@pytest.mark.parametrize("factor", (0.3, 0.8, 1.2, 3))
def test_whatever_a_claim_says_the_readings_can_be_made(monkeypatch, factor):
    sound = ledger.claims()
    for id, claim in sound.items():
        for place, figure in enumerate(claim.figures):
            if not re.fullmatch(r"\d+(\.\d+)?", figure.printed):
                continue
            other = replace(figure, printed=f"{float(figure.printed) * factor:.1f}")
            changed = replace(claim, figures=(*claim.figures[:place], other, *claim.figures[place + 1 :]))
            monkeypatch.setattr(thisbook, "claim", (sound | {id: changed}).__getitem__)
            assert consistency.pairs(), (id, other)


def test_data_are_accepted_with_another_figure_and_refused_without_the_claim(copy):
    tables = [copy.root / "data" / name for name in ("claims.csv", "questions.csv")]
    whole = [table.read_text(encoding="utf-8").splitlines(keepends=True) for table in tables]
    for table, rows in zip(tables, whole):
        table.write_text("".join(row for row in rows if not row.startswith("boom-03,")), encoding="utf-8")
    code, said = copy.claimbook("data")
    assert code == 1 and "data/claims.csv" in said and "boom-03" in said and "readings()" in said, said
    assert "Traceback" not in said and "accepted" not in said
    for table, rows in zip(tables, whole):
        table.write_text("".join(rows), encoding="utf-8")
    copy.edit("data/claims.csv", ",100,USD_bn,at least", ",120,USD_bn,at least")
    code, said = copy.claimbook("data")
    assert code == 0 and "Tables accepted: claims" in said and "Pages renewed" in said, said
