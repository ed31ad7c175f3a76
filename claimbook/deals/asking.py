"""Asks an export what the claims ask: the questions of `data/questions.csv`, judged by the rules of the book."""

import re
from dataclasses import replace
from math import isnan
from types import SimpleNamespace

import pandas as pd

from claimbook.deals.counting import AROUND, DealsError, ratio, smallest
from claimbook.deals.names import BAY, NAMES
from claimbook.evidence.keys import slug
from claimbook.evidence.units import amount, number
from claimbook.judgement import cards, ledger, questions, rules, votes

LARGE = 10**8
"""The dollars of a round of $100 m."""
LEAST = 90
"""The percentage of the smallest published total of its market and year that an export must hold to be judged by."""


def _venture(m, q):
    """Money in USD bn or a share in percent: of a period, or the change to it."""
    if q.scope not in ("World", *AROUND) or q.sector not in ("all", *NAMES["fields"]):
        raise LookupError("an export names no layer of AI")
    level = lambda cell: m.share(*cell, q.of) if q.of else m.money(*cell) / 1e9
    if not q.against:
        return level(q.cell)
    return ratio(level(q.cell), level(q.base)) - 100 if q.unit == "percent" else level(q.cell) - level(q.base)


def _largest(m, q):
    """The largest round of a company, USD m."""
    rounds = m.rounds[m.which(q.period)]
    amounts = rounds.loc[rounds["company"].str.casefold() == q.part.casefold(), "amount"].dropna()
    if amounts.empty:
        raise LookupError(f"it has no amount of {q.part} in {q.period}")
    return int(amounts.max()) / 1e6


def graduation(m, year, scope="US"):
    """Of the companies whose first seed round was in a year, the percentage with a Series A or later round within two
    years of it. Raises LookupError where the export does not reach so far."""
    rounds, last = m.rounds[m.which(scope=scope)], max(m.rounds["day"], default="")
    m.asked.remove(("", scope))
    m.asked.update((str(int(year) + more), scope) for more in range(3))
    if not last >= f"{int(year) + 2}-12":
        raise LookupError(f"it ends in {last[:7]}, and the class of {year} is followed for two years")
    seeds = rounds[rounds["stage"] == "seed"].sort_values("day", kind="stable").drop_duplicates("who")
    seeds = seeds.set_index("who")["day"]
    later = rounds[rounds["stage"] == "later"]
    later = later.assign(seed=later["who"].map(seeds[seeds.str[:4] == year])).dropna(subset="seed")
    later = later.astype({"seed": "str"})  # of no row, too: pyarrow compares texts with nothing else
    until = pd.Series([f"{int(day[:4]) + 2}{day[4:]}" for day in later["seed"]], later.index, dtype="str")
    moved = later.loc[(later["day"] >= later["seed"]) & (later["day"] <= until), "who"].nunique()
    return ratio(moved, (seeds.str[:4] == year).sum())


def _lead(m, q):
    """The lead of the first place of the question over the second, USD bn."""
    return (m.money(q.period, q.scopes[0], q.sector) - m.money(q.period, q.scopes[1], q.sector)) / 1e9


def _ahead(m, q):
    """The growth of AI less that of all else, points."""
    return m.growth(q.period, q.against, sector="AI") - m.growth(q.period, q.against, sector="all but AI")


def _more(m, q):
    """The change of the number of companies with a round of $100 m, percent."""
    return ratio(m.count(*q.cell, LARGE, "who"), m.count(*q.base, LARGE, "who")) - 100


def _class(m, q):
    return graduation(m, q.period) - graduation(m, q.against)


MEASURES = {
    "venture funding": _venture,
    "lead in growth of AI over all other venture": _ahead,
    "lead over the next region": _lead,
    "lead over Europe": _lead,
    "lead over Asia": _lead,
    "AI funding of Europe less that of the Bay Area": lambda m, q: m.share("2024", "Europe", "AI", BAY) - 100,
    "companies with new money above $100 m": lambda m, q: m.count(q.period, q.scope, "AI", LARGE + 1, "who"),
    "companies with a round of $100 m": _more,
    "share of rounds of $100 m": lambda m, q: ratio(m.money(*q.cell, LARGE), m.money(*q.cell)),
    "largest round": _largest,
    "rounds of a quarter on the year before": lambda m, q: ratio(m.count(*q.cell), m.count(*q.base)) - 100,
    "graduation of a class less that of the class before": _class,
    "seed money as a share of the year before": lambda m, q: ratio(m.money(*q.cell), m.money(*q.base)),
}
"""What an export can be asked, by the measure of the question."""


def ask(mine, claim, figure):
    """What an export says of a figure: (value or None, one of votes.VOTES or "", why it cannot tell, is not asked)."""
    if claim.kind in rules.UNSCORED:
        return None, "", "advice is not scored"
    words = questions.asked()[claim.id, figure.part]
    q = SimpleNamespace(**{column: cell[0] if cell else "" for column, cell in words.items()}, scopes=words["scope"])
    q.cell, q.base = ((period, q.scope, q.sector) for period in (q.period, q.against))
    q.unit, q.part = figure.unit, figure.part
    if q.measure not in MEASURES:
        told = " ".join([*words["measure"], *words["sector"]])
        known = (why for pattern, why in NAMES["not_held"].items() if re.search(pattern, told))
        return None, "", next(known, "an export is not asked for it")
    mine.asked.clear()
    try:
        value = MEASURES[q.measure](mine, q)
    except LookupError as error:
        return None, "cannot tell" if mine.asked else "", str(error.args[0])
    held = {(mine.coverage(*one), one) for one in [*mine.asked]}
    part, cell = min(held)
    if not part >= LEAST:
        market, when, total = smallest(*cell)
        told = f"{part:.1f} percent of the least total that was printed of {market} {when}, ${number(total)} bn"
        return None, "cannot tell", f"it holds {told}"
    if isnan(value):
        return None, "cannot tell", "it has nothing of the whole, or of the year before"
    return value, votes.vote(value, value, *votes.zones(figure.printed, figure.precision)), ""


def answers(mine):
    """Every figure of every claim, asked of an export: columns claim, part, claimed, says (the value with its unit, or
    why there is none), vote ("" where it cannot be asked), published (the book's word), value, unit."""
    rows, stored = [], ledger.verdicts()
    for claim in ledger.claims().values():
        words = {one["part"]: one["now"] for one in stored[claim.id][1]["figures"]} if claim.id in stored else {}
        for one in claim.figures:
            value, vote, why = ask(mine, claim, one)
            says = why if value is None else amount(value, one.unit)
            told = (claim.id, one.part, cards.claimed(replace(claim, figures=(one,))), says, vote)
            rows.append((*told, words.get(one.part, "not scored"), value, one.unit))
    columns = "claim part claimed says vote published value unit".split()
    return pd.DataFrame(rows, columns=columns).astype({"value": "float64"})


def evidence(mine, id):
    """See Deals.evidence."""
    asked = [(one, *ask(mine, ledger.claim(id), one)) for one in ledger.claim(id).figures]
    found = [{"part": one.part, "value": value, "unit": one.unit} for one, value, *_ in asked if value is not None]
    if not found:
        raise DealsError(f"{mine.name} cannot answer {id}: {next(why for *_, why in asked if why)}")
    told = {"id": f"{slug(mine.name)}_{id}", "source": mine.name, "label": f"Your export, {mine.name}"}
    return pd.DataFrame(found).assign(
        **told, collector=mine.collector, publisher=mine.collector, published=mine.rounds["day"].max()
    )
