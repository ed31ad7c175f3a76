"""claimbook: the helper package of the book. Chapters import everything from here."""

from claimbook.card import Board, amount, number, say, table
from claimbook.data import day, label, load, month, row
from claimbook.ledger import claim, scoreboard
from claimbook.verdicts import Interval, rounded

__all__ = ["Board", "Interval", "amount", "claim", "day", "label", "load", "month", "number", "rounded", "row", "say", "scoreboard", "table"]
