"""claimbook: the helper package of the book. A chapter says `from claimbook import *` and has everything listed here.

Names are loaded on first use, so that a command that needs no tables does not wait for pandas. The rooms, each of which
imports only from those before it: evidence, judgement, charts, deals, engine, teaching, site, editions, commands.
"""

from importlib import import_module

_HOME = {
    "evidence.tables": "day label load month new_money row rows tables",
    "evidence.quantity": "Interval change computed figure figures rounded share witnesses",
    "evidence.units": "UNITS amount number",
    "judgement.cards": "Board say table",
    "judgement.ledger": "claim scoreboard",
    "judgement.rules": "claimed_interval",
    "judgement.words": "MARKS VERDICTS",
    "charts.look": "BAND BLUE GREY INK MUTED ORANGE PALE PALETTE PURPLE RED SURFACE TEAL"
    " CLAIMED COMPUTED DISAGREES HOLLOW SQUARE VERDICT_COLOURS use_style",
    "charts.paper": "finish panels paper",
    "charts.forms": "AGREEMENT apart bars changes claimed dots ladder lines listed points scale shaded spans squares"
    " stack steps tag told",
    "teaching.exercises": "check",
}
_WHERE = {name: module for module, names in _HOME.items() for name in names.split()}
__all__ = sorted(_WHERE)


def __getattr__(name):
    if name not in _WHERE:
        raise AttributeError(f"claimbook has no {name!r}; it has {', '.join(__all__)}.")
    return getattr(import_module(f"claimbook.{_WHERE[name]}"), name)


def __dir__():
    return __all__
