"""claimbook: the helper package of the book. A chapter says `from claimbook import *` and has everything listed here.

Names are loaded on first use, so that a command that needs no tables does not wait for pandas. The rooms, each of which
imports only from those before it: evidence, judgement, charts, engine, teaching, site, editions, commands.
"""

from importlib import import_module

_HOME = {
    "evidence.tables": "Figures day label load month new_money row tables",
    "judgement.cards": "Board MARKS UNITS amount number say table",
    "judgement.ledger": "VERDICT_MIME claim scoreboard stored_outputs",
    "judgement.rules": "Interval claimed_interval rounded",
    "charts.style": "BAND BLUE GREY INK MUTED ORANGE PALE PALETTE PURPLE RED SURFACE TEAL VERDICT_COLOURS"
    " CLAIMED COMPUTED DISAGREES LADDER_MARKS WITNESS_MARKS dots finish ladder use_style",
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
