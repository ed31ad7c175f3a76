"""What only this book says: which of its claims speak of one quantity, and the sentences of its cover."""


def readings():
    """Each quantity with its readings, as {quantity and unit: [(claims, how, Interval)]}."""
    return {}


def cover(stored):
    """What the cover says of the findings, sentence by sentence."""
    return []


CONTRADICTED = ""
