"""Do the claims agree with each other? Each quantity that several claims speak of, as the ranges that they allow."""

from itertools import combinations

from claimbook.ledger import claim
from claimbook.verdicts import Interval, rounded


def _figure(id, part=""):
    return next(f for f in claim(id).figures if f.part == part).interval


def _share(id, part=""):
    return _figure(id, part) * Interval(0.01, 0.01)


def readings():
    """Each quantity with its readings, as {quantity and unit: [(claims, how, Interval)]}. Only the articles' own figures."""
    one = Interval(1, 1)
    world, ai = _figure("boom-01", "2024"), _figure("boom-02")
    us_ai = _share("us-03") * _share("us-02") * world
    hundred = rounded("100")
    return {
        "AI venture funding of 2024, USD bn": [
            ("boom-02", "more than 100", ai),
            ("boom-03, boom-01", "about a third of 314", _share("boom-03") * world),
            ("boom-04", "55, plus 80 percent", _figure("boom-04", "2023") * (one + _share("boom-04", "growth"))),
            ("us-07", "the 100 that is divided", hundred),
        ],
        "AI funding of the Bay Area in 2024, USD bn": [
            ("us-04, boom-02", "62 percent of the world's, to a third of 314", _share("us-04") * Interval(ai.low, (_share("boom-03") * world).high)),
            ("us-06, us-03, us-02, boom-01", "69 percent of the US's, 44 percent of 57 percent of 314", _share("us-06") * us_ai),
            ("us-07", "61 percent of 62 percent of 100", _share("us-07", "Bay Area of the US") * _share("us-07", "US of the world") * hundred),
            ("us-08, boom-02", "about half of the world's, to a third of 314", _share("us-08") * Interval(ai.low, (_share("boom-03") * world).high)),
        ],
        "US share of the world's AI funding in 2024, percent": [
            ("us-07", "62 percent", _figure("us-07", "US of the world")),
            ("us-02, us-03, boom-01, boom-02", "44 percent of 57 percent of 314, over 100 to a third of 314", us_ai / Interval(ai.low, (_share("boom-03") * world).high) * Interval(100, 100)),
            ("us-04, us-06", "62 percent in the Bay Area, which is 69 percent of the US", _share("us-04") / _share("us-06") * Interval(100, 100)),
        ],
        "Money of OpenAI, Anthropic and xAI, USD bn": [
            ("boom-10", "53.5 together", _figure("boom-10")),
            ("boom-12, boom-13", "40 and 14.3 without xAI, so at least", Interval((_figure("boom-12", "round") + _figure("boom-13", "money")).low, float("inf"))),
        ],
        "US private AI investment over China's in 2024, times": [
            ("race-07", "almost 12", _figure("race-07", "ratio")),
            ("race-07", "109.1 over 9.3", _figure("race-07", "US") / _figure("race-07", "China")),
        ],
    }


def pairs():
    """Every pair of readings of one quantity: (quantity, first reading, second reading, whether both can be true)."""
    return [(quantity, a, b, a[2].overlaps(b[2])) for quantity, found in readings().items() for a, b in combinations(found, 2)]


def contradictions():
    """The pairs of readings that no value of the quantity makes true together."""
    return [pair for pair in pairs() if not pair[3]]
