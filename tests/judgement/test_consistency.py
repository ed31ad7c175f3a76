"""Claims that speak of one quantity are tested against each other, from the ledger's own figures."""

from claimbook.judgement import consistency
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
    copy.edit("data/claims.csv", ",53.5,USD_bn,as printed", ",64.3,USD_bn,as printed")
    code, text = copy.run(
        "-c", "from claimbook.judgement.consistency import contradictions; print(len(contradictions()))"
    )
    assert code == 0 and int(text) == len(consistency.contradictions()) - 1


def test_readings_are_intervals_of_positive_amounts():
    assert all(isinstance(r[2], Interval) and r[2].low > 0 for found in consistency.readings().values() for r in found)
