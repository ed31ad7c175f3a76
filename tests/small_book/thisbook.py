"""What only this book says: which of its claims speak of one quantity, and which sentences stand on its cover."""


def readings():
    """Each quantity with its readings, as {quantity and unit: [(claims, how, Interval)]}."""
    return {}


BELIEVED = []
CONTRADICTED = ""
