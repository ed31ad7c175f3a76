"""What only this book says: which of its claims speak of one quantity, and which sentences stand on its cover.
A new book begins with its own."""

from claimbook.judgement.ledger import claim
from claimbook.judgement.rules import Interval, hull, rounded


def _figure(id, part=""):
    figures = {figure.part: figure for figure in claim(id).figures}
    if part not in figures:
        raise KeyError(f"The claim {id!r} has no figure {part!r}; it has {', '.join(map(repr, figures))}.")
    return figures[part].interval


def _share(id, part=""):
    return _figure(id, part) * Interval(0.01, 0.01)


def readings():
    """Each quantity as the articles' own figures give it: {quantity and unit: [(claims, how, Interval)]}."""
    one = Interval(1, 1)
    world, ai = _figure("boom-01", "2024"), _figure("boom-02")
    us_ai = _share("us-03") * _share("us-02") * world
    # Two claims bound it, one from each side; where they contradict each other, it is what lies between them.
    bounded = hull((ai.low, (_share("boom-03") * world).high))
    hundred = rounded("100")
    return {
        "AI venture funding of 2024, USD bn": [
            ("boom-02", "more than 100", ai),
            ("boom-03, boom-01", "about a third of 314", _share("boom-03") * world),
            ("boom-04", "55, plus 80 percent", _figure("boom-04", "2023") * (one + _share("boom-04", "growth"))),
            ("us-07", "the 100 that is divided", hundred),
        ],
        "AI funding of the Bay Area in 2024, USD bn": [
            (
                "us-04, boom-02",
                "62 percent of the world's, to a third of 314",
                _share("us-04") * bounded,
            ),
            (
                "us-06, us-03, us-02, boom-01",
                "69 percent of the US's, 44 percent of 57 percent of 314",
                _share("us-06") * us_ai,
            ),
            (
                "us-07",
                "61 percent of 62 percent of 100",
                _share("us-07", "Bay Area of the US") * _share("us-07", "US of the world") * hundred,
            ),
            (
                "us-08, boom-02",
                "almost half of the world's, to a third of 314",
                _share("us-08") * bounded,
            ),
        ],
        "US share of the world's AI funding in 2024, percent": [
            ("us-07", "62 percent", _figure("us-07", "US of the world")),
            (
                "us-02, us-03, boom-01, boom-02",
                "44 percent of 57 percent of 314, over 100 to a third of 314",
                us_ai / bounded * Interval(100, 100),
            ),
            (
                "us-04, us-06",
                "62 percent in the Bay Area, which is 69 percent of the US",
                _share("us-04") / _share("us-06") * Interval(100, 100),
            ),
        ],
        "US private AI investment over China's in 2024, times": [
            ("race-07", "almost 12", _figure("race-07", "ratio")),
            ("race-07", "109.1 over 9.3", _figure("race-07", "US") / _figure("race-07", "China")),
        ],
    }


BELIEVED = "boom-01 boom-03 boom-18 boom-04 us-02 us-04 bubble-01 race-07 race-09 ipo-06".split()
"""The claims whose sentences to say stand on the cover, as the chapter on what to say and not to say has them."""

CONTRADICTED = "most of them about the Bay Area"
"""What the claims that contradict each other are about, for the cover."""
