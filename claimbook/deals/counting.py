"""Counts an export as venture is counted: new money, a row a round, whole dollars, in whatever order its lines are."""

import re
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from claimbook.deals.names import BAY, MARKED, NAMES, NEW
from claimbook.evidence import tables
from claimbook.evidence.units import amount, number
from claimbook.judgement.questions import NOBODY

WITHIN = {"US": ["US", BAY], "Asia": ["Asia", "China"], "Silicon Valley": [BAY]}
AROUND = {BAY: "US", "Silicon Valley": "US", "US": "World", "China": "Asia", "Asia": "World", "Europe": "World"}
"""The next larger market, for one of which no total was printed."""
HALVES = {"H1": ["Q1", "Q2"], "H2": ["Q3", "Q4"]}


class DealsError(Exception):
    """A file that cannot be used. The message says why, and what to do."""


@dataclass(frozen=True, repr=False)
class Deals:
    """An export of funding rounds, as `read` gives it: `lines` = `rounds` + `repeats` + `aside`, always.

    `rounds`: one row a round: company, day (as the book writes days), amount (whole dollars, missing where it was not
    disclosed), kind, stage, region, fields, line. `repeats`: how many lines say a round again. `aside`: what could not
    be read: line, text, reason. Money is new money: shares and convertible notes. A period is "2024", "2024Q4" or
    "2024H1"; a scope World, US, Europe, Asia, China or San Francisco Bay Area; a sector all, AI, all but AI, crypto,
    fintech or seed; `least` leaves out rounds of fewer dollars. `asked`: periods and scopes since it was emptied.
    """

    name: str
    vendor: str
    collector: str
    ai: str
    lines: int
    rounds: pd.DataFrame
    repeats: int
    aside: pd.DataFrame
    told: dict
    masks: dict = field(default_factory=dict)
    asked: set = field(default_factory=set)

    def __repr__(self):
        return self.notes

    def _words(self, period, scope, sector):
        """The words by which a period, a scope or a sector, one of them, is found: (column, words)."""
        if period:
            parts = HALVES | {"": ["", "Q1", "Q2", "Q3", "Q4"]}
            return "quarter", [period[:4] + part for part in parts.get(period[4:], [period[4:]])]
        if scope:
            return "region", WITHIN.get(scope, [scope])
        if sector == "seed":
            return "stage", ["seed"]
        name = sector.removeprefix("all but ")
        words = whole(self.ai if name == "AI" else NAMES["fields"][name])
        texts = {text: re.sub(r"[\W_]+", " ", text) for text in self.rounds["fields"].cat.categories}
        return "fields", [text for text in texts if bool(words.search(texts[text])) == (name == sector)]

    def among(self, column, words):
        """Which rounds have one of these words in a column."""
        held = self.rounds[column].cat
        return np.append(held.categories.isin(words), False)[held.codes.to_numpy()]

    def which(self, period="", scope="World", sector="all", least=0):
        """Which rounds are of new money. Without a period: of all days."""
        self.asked.add((period, scope))
        found = self.among("kind", NEW)
        for one in (period, "", ""), ("", scope, ""), ("", "", sector):
            if "".join(one) not in ("", "World", "all"):
                self.masks[one] = self.masks[one] if one in self.masks else self.among(*self._words(*one))
                found = found & self.masks[one]
        return found & (self.rounds["amount"].to_numpy("int64", na_value=0) >= least) if least else found

    def money(self, period, scope="World", sector="all", least=0):
        """New money in whole dollars."""
        found = self.which(period, scope, sector, least)
        return int(self.rounds["amount"].to_numpy("int64", na_value=0)[found].sum())

    def count(self, period, scope="World", sector="all", least=0, of="line"):
        """The number of rounds of new money, those without an amount too; of companies with `of="who"`."""
        found = self.which(period, scope, sector, least)
        return int(found.sum()) if of == "line" else self.rounds.loc[found, of].nunique()

    def share(self, period, scope="World", sector="all", of="all"):
        """New money of a scope and sector in percent of that of another sector or scope, `of`; NaN of nothing."""
        whole = (of, sector) if of in ("World", *AROUND) else (scope, of)
        return ratio(self.money(period, scope, sector), self.money(period, *whole))

    def growth(self, period, against, scope="World", sector="all"):
        """The change of new money from one period, `against`, to another in percent; NaN from nothing."""
        return ratio(self.money(period, scope, sector), self.money(against, scope, sector)) - 100

    def coverage(self, period, scope="World"):
        """New money in percent of the smallest published total of its market, see `smallest`; NaN of nothing."""
        market, when, least = smallest(period, scope)
        return ratio(self.money(when, market), least * 1e9)

    def evidence(self, id):
        """The export's figures for a claim as rows for `claim(id).check`. Raises DealsError where it has none."""
        from claimbook.deals import asking

        return asking.evidence(self, id)

    @property
    def alike(self):
        """The rounds of new money with the company and the amount of one that is at most 31 days older: a list that was
        made by hand may tell one round twice, by two names or days."""
        new = self.rounds[self.which()].dropna(subset="amount")
        new = new.assign(at=tables.day(new["day"].astype("str"))).sort_values(["who", "amount", "at"], kind="stable")
        since = new["at"].diff()[new.duplicated(["who", "amount"])]
        return self.rounds.loc[since[since <= pd.Timedelta(31, "D")].index].sort_values("line", kind="stable")

    @property
    def notes(self):
        """What was counted, in six sentences."""
        told, new, ai = self.told, self.rounds[self.which()], self.rounds[self.which(sector="AI")]
        many, listed = lambda rows: number(len(rows)), lambda parts: ", ".join(parts) or "nothing"
        money = lambda rows: dollars(int(rows["amount"].sum()))
        kinds = self.rounds.groupby("kind", observed=True)
        left = [f"{money(rows)} of {kind}" for kind, rows in kinds if kind not in NEW]
        twice = len(self.alike)
        twice = f"; with company and amount of another within a month, and maybe the same: {twice}" * bool(twice)
        mixed = int(new.loc[new["kind"] == "mixed", "amount"].sum())
        mixed = f" (of it with debt or tokens {dollars(mixed)})" * bool(mixed)
        how = f"{told['fields'] or 'a field, and there is none,'} has one of the words {self.ai.replace('|', ', ')}"
        how = f"its column {told['ai']} says so" if self.ai == MARKED else how
        days = f"from {self.rounds['day'].min()} to {self.rounds['day'].max()}" if len(self.rounds) else "of no day"
        return (
            f"{self.name} ({self.vendor or 'named columns'}, {told['encoding']}): lines {number(self.lines)}, rounds"
            f" {many(self.rounds)}, repeats {number(self.repeats)}, set aside {many(self.aside)}.\n"
            f"A round is counted once, however many lines say it{told['investor']}{twice}.\n"
            f"Set aside: {listed(f'{many(rows)} {why}' for why, rows in self.aside.groupby('reason'))}.\n"
            f"New money{told['kind']}: {money(new)}{mixed}; its rounds {many(new)}, without an amount"
            f" {many(new[new['amount'].isna()])}; left out: {listed(left)}.\n"
            f"A round counts on its {told['day']}, {days}.\n"
            f"A round is of AI where {how}; there are {many(ai)}, {money(ai)}."
        )


def dollars(value):
    """Whole dollars in words."""
    return amount(value / 1e9, "USD_bn") if value >= 1e9 else amount(value / 1e6, "USD_m")


def whole(pattern):
    """The pattern of whole words: the "ai" of "blockchain" is none."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I)


def ratio(part, whole):
    """The one in percent of the other; NaN of nothing."""
    return 100 * part / whole if whole else float("nan")


@cache
def _totals():
    """The smallest printed total of each period and place, USD bn: no projection, and none of nobody's."""
    printed = pd.concat([tables.load(name) for name in ("funding", "regions")])
    printed = printed[~printed["qualifier"].str.contains("projection", na=False) & ~printed["collector"].isin(NOBODY)]
    printed = printed.query("measure == 'venture funding' and sector == 'all' and unit == 'USD_bn'")
    return printed.groupby(["period", "scope"])["value"].min().to_dict()


def smallest(period, scope):
    """The smallest published total that an export is held against: (market, period, USD bn), 0 where there is none. The
    market is the next larger one where none was printed for it, the period its year."""
    for when in (period, period[:4]):
        place = scope
        while place:
            parts = [_totals().get((when[:4] + part, place), 0) for part in HALVES.get(when[4:], [when[4:]])]
            if all(parts):
                return place, when, sum(parts)
            place = AROUND.get(place)
    return scope, period, 0
