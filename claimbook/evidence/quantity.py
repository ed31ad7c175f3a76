"""Numbers that remember the printed figures they come from, and the ranges that their digits allow."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from claimbook.evidence import tables
from claimbook.evidence.units import number, signed


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`, ends included. Arithmetic gives the range that the parts allow."""

    low: float
    high: float

    def __post_init__(self):
        if not self.low <= self.high:
            raise ValueError(f"An interval runs from low to high, not from {self.low} to {self.high}.")

    def __str__(self):
        return f"{self.low:,.1f} to {self.high:,.1f}"

    def _repr_pretty_(self, printer, cycle):
        printer.text(str(self))  # as a notebook shows it

    def __contains__(self, value):
        return self.low <= value <= self.high

    @property
    def middle(self):
        return (self.low + self.high) / 2

    def overlaps(self, other):
        return self.low <= other.high and other.low <= self.high

    def __add__(self, other):
        other = _interval(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other):
        other = _interval(other)
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other):
        other = _interval(other)
        return hull(a * b for a in (self.low, self.high) for b in (other.low, other.high))

    def __truediv__(self, other):
        other = _interval(other)
        if 0 in other:
            raise ZeroDivisionError(f"The divisor {other} holds zero.")
        return hull(a / b for a in (self.low, self.high) for b in (other.low, other.high))

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return _interval(other) - self

    def __rtruediv__(self, other):
        return _interval(other) / self


def _interval(number):
    return number if isinstance(number, Interval) else Interval(float(number), float(number))


def hull(values):
    """The least Interval that holds all these numbers."""
    values = list(values)
    return Interval(min(values), max(values))


def rounded(printed):
    """The numbers that would be printed as this text: "53.5" stands for 53.45 to 53.55, "314" for 313.5 to 314.5."""
    half = 0.5 * 10.0 ** Decimal(printed).as_tuple().exponent
    return Interval(float(printed) - half, float(printed) + half)


@dataclass(frozen=True)
class Quantity:
    """A printed figure, or what was computed from several. Arithmetic with it gives another Quantity.

    `value`: in the unit of its row, or what the arithmetic makes of it. `rows`: the figures behind it, each a dict.
    """

    value: float
    rows: tuple

    @property
    def rounded(self):
        """The Interval that the printed digits stand for. Raises ValueError for what was computed, not printed."""
        if len(self.rows) != 1 or self.value != self.rows[0]["value"]:
            raise ValueError("Only a printed figure has an interval of its own: compute with those of its parts.")
        return rounded(f"{self.value:.12g}")

    def __getattr__(self, column):
        """A column of the printed figure, such as `publisher` or `published`."""
        if column.startswith("_") or len(self.rows) != 1 or column not in self.rows[0]:
            raise AttributeError(f"This quantity has no {column!r}: it comes from {self.kept('id')}.")
        return self.rows[0][column]

    def kept(self, column):
        """What the figures behind it say in a column, each once, joined by semicolons."""
        return ";".join(dict.fromkeys(str(row[column]) for row in self.rows))

    def __float__(self):
        return float(self.value)

    def __format__(self, spec):
        return signed(format(self.value, spec)) if spec else number(self.value)

    def _with(self, other, value):
        more = getattr(other, "rows", ())
        mine = {row["id"] for row in self.rows}
        return Quantity(value, self.rows + tuple(row for row in more if row["id"] not in mine))

    def __add__(self, other):
        return self._with(other, float(self) + float(other))

    def __sub__(self, other):
        return self._with(other, float(self) - float(other))

    def __mul__(self, other):
        return self._with(other, float(self) * float(other))

    def __truediv__(self, other):
        return self._with(other, float(self) / float(other))

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return self._with(None, float(other) - float(self))

    def __rtruediv__(self, other):
        return self._with(None, float(other) / float(self))


def figure(id):
    """The printed figure with this id, as a Quantity. Raises DataError where no table that was loaded has it."""
    for frame in tables.loaded.values():
        if {"id", "value"} <= {*frame} and len(found := frame[frame["id"] == id]):
            return Quantity(found["value"].iloc[0], (found.iloc[0].to_dict(),))
    now = tables.load("renamed").set_index("former")["current"].get(id)
    homes = [name for name in tables.figures() if name not in tables.loaded and id in set(tables.read(name)["id"])]
    told = f"Say load({homes[0]!r}) before." if homes else f"Loaded are: {', '.join(tables.loaded)}."
    raise tables.DataError(f"No table that was loaded has a row {id!r}. {f'It is {now!r} now.' if now else told}")


def figures(*ids):
    """Several printed figures by their ids, in this order."""
    return [figure(id) for id in ids]


def computed(value, frame):
    """A value found otherwise than by arithmetic with quantities, such as a median, and the rows it was found from.

    Raises ValueError where nothing was found: it would be drawn as nothing, without a word.
    """
    if pd.isna(value):
        ids = ", ".join(frame["id"].head(3)) if "id" in frame else "no rows"
        raise ValueError(f"No figure was found in {ids or 'no rows'}: look whether the column is filled there.")
    return Quantity(float(value), tuple(frame.to_dict("records")))


def change(new, old):
    """From one quantity to another in percent: `change(figure("…_2024_…"), figure("…_2023_…"))`."""
    return (new / old - 1) * 100


def share(part, whole):
    """One quantity as a percentage of another."""
    return part / whole * 100


def witnesses(named, columns=("value",), ranges=None, **more):
    """A table with a row for each name, as evidence or to be drawn: its quantities, and where they come from.

    `named`: {label: Quantity}, or several quantities a row, which stand in `columns`. `ranges`: {label: Interval} of
    the rows that are ranges, for the columns `low` and `high`. `more`: further columns, each a value for all rows or a
    list. Besides: id, source, publisher, published (of all figures behind the row; a page without a date adds none
    where another of its publisher has one), collector.
    """
    made = []
    for label, given in named.items():
        given = given if isinstance(given, (tuple, list)) else [given]
        whole = given[0]
        for part in given[1:]:
            whole = whole + part  # for its rows alone
        day = {row["id"]: "" if pd.isna(row["published"]) else row["published"] for row in whole.rows}
        prints = dict.fromkeys((row["publisher"], day[row["id"]]) for row in whole.rows)
        dated = {who for who, when in prints if when}
        prints = [(who, when) for who, when in prints if when or who not in dated]
        made.append(
            {"label": label}
            | {column: float(part) for column, part in zip(columns, given)}
            | {"id": whole.kept("id"), "source": whole.kept("source"), "collector": whole.rows[0]["collector"]}
            | {"publisher": ";".join(who for who, _ in prints), "published": ";".join(when for _, when in prints)}
        )
    for row in made if ranges else ():
        held = ranges.get(row["label"])
        row |= {"low": held.low if held else None, "high": held.high if held else None}
    return pd.DataFrame(made).assign(**more)
