"""claimbook: the helper package of the book. Chapters import everything from here.

Names are loaded on first use, so that a command that needs no tables does not wait for pandas.
"""

from importlib import import_module

_HOME = {
    "Board": "card",
    "Figures": "data",
    "Interval": "verdicts",
    "amount": "card",
    "check": "exercises",
    "claim": "ledger",
    "day": "data",
    "label": "data",
    "load": "data",
    "month": "data",
    "new_money": "data",
    "number": "card",
    "rounded": "verdicts",
    "row": "data",
    "say": "card",
    "scoreboard": "ledger",
    "table": "card",
}
__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"claimbook has no {name!r}; it has {', '.join(__all__)}.")
    return getattr(import_module(f"claimbook.{_HOME[name]}"), name)
