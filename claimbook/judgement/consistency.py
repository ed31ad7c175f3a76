"""Do the claims agree with each other? Each quantity that several claims speak of, as the ranges that they allow."""

from itertools import combinations

from claimbook.judgement.thisbook import readings


def pairs():
    """Every pair of readings of one quantity: (quantity, first reading, second reading, whether both can be true)."""
    return [
        (quantity, a, b, a[2].overlaps(b[2]))
        for quantity, found in readings().items()
        for a, b in combinations(found, 2)
    ]


def contradictions():
    """The pairs of readings that no value of the quantity makes true together."""
    return [pair for pair in pairs() if not pair[3]]
