"""Which figures of the data answer a figure of a claim: `data/questions.csv` asks for it in the words of the tables.

What the tables say themselves is found here: printed figures, and what follows from two of one collector (a share, a
change). What a chapter computes otherwise comes with its verdict, and is held against the same question.
"""

import sys
from dataclasses import astuple, replace
from functools import cache
from math import inf, isnan, nan

import numpy as np
import pandas as pd

from claimbook.evidence import dates, tables
from claimbook.evidence.quantity import rounded
from claimbook.judgement import rules
from claimbook.judgement.rules import TENTH
from claimbook.judgement.votes import VOTES, Answer, View, asked_of, finding, quotation, standing
from claimbook.judgement.words import WORST

APART = "CSET"
"""The publisher that puts own estimates on another collector's records: one with that collector, or one of its own."""

NOBODY = (rules.NOT_NAMED, "unnamed")
"""Collectors that are none: nobody knows whose data these are."""

RATES = ("growth", "share", "AI share", "share of world", "share of US", "growth on the quarter before")
"""Measures that are made of others: a growth or a share of whatever the collector counts."""

BELOW, ABOVE = "nearly|less than|below|up to|at most", "over|more than|at least"
"""Words with a printed figure that make it a range: up to a tenth below the number, or above it."""

ANSWER = "label low high collector publisher begin end day other prints order ids".split()


@cache
def asked():
    """The questions of all figures: {(claim, part): {column of questions.csv: its words, a tuple}}."""
    told = {}
    for row in tables.read("questions").fillna("").to_dict("records"):
        key = row.pop("claim"), row.pop("part")
        told[key] = {column: tuple(filter(None, cell.split(";"))) for column, cell in row.items()}
    return told


@cache
def figures():
    """All printed figures as dicts, by id: `low`, `high` and `value` in billions of dollars where it is money, else in
    their unit; `begin` and `end`, the days between which it became known; `issue`, the print that first had it, `page`,
    the one that it was read on."""
    frame = pd.concat([tables.read(name).assign(table=name) for name in tables.figures()], ignore_index=True)
    frame = frame.reindex(columns=frame.columns.union(["announced", "edition", "growth"], sort=False))
    rates = tables.package().get("relations", {}).get("rates", {})
    days = [
        dates.public(row)
        for row in frame[["known", "period", "qualifier"]].astype(object).fillna("").to_dict("records")
    ]
    frame = frame.assign(
        period=frame["period"].fillna(frame["announced"]),
        measure=frame["measure"].fillna("round"),
        amount=frame["value"] * frame["unit"].map(rates).fillna(1.0),
    ).astype(object)
    seen = frame["source"].map(tables.read("sources").set_index("key")["seen"])
    word, value = frame["qualifier"].fillna(""), frame["amount"]
    frame = frame.assign(
        begin=[begin for begin, _ in days],
        end=[min(end, read) for (_, end), read in zip(days, seen)],
        digits=frame["value"].map("{:.12g}".format),
        value=value,
        low=np.where(word.str.contains(BELOW), value * (1 - TENTH), value),
        high=np.where(word.str.contains(ABOVE), value * (1 + TENTH), value),
        unit=frame["unit"].replace("USD_m", "USD_bn"),
        issue=frame["publisher"] + frame["known"].str[:7],
        page=frame["publisher"] + frame["published"].fillna(frame["known"]).str[:7],
        edition=frame["edition"].fillna(""),
        label=frame["publisher"] + ", " + frame["known"].map(tables.month),
        ids=[frozenset([id]) for id in frame["id"]],
        order=0,
        prints=1,
    )
    frame["day"] = frame["other"] = [dates.middle(*ends) for ends in zip(frame["begin"], frame["end"])]
    return {row["id"]: row for row in frame.to_dict("records")}


@cache
def _places():
    """The figures that can answer, by measure, scope, sector and period: none that was retold or projected, none of
    nobody's."""
    found = {}
    for row in figures().values():
        if row["table"] != "retellings" and row["collector"] not in NOBODY and not _projected(row):
            found.setdefault((row["measure"], row["scope"], row["sector"], row["period"]), []).append(row)
    return found


def _projected(row):
    """Whether a figure was printed of a period that was not over, as what its whole would be."""
    told = f"{row['qualifier']}, {row['measure']}"
    return ("projection" in told or ", expected" in told) and row["begin"] <= dates.last(row["period"])


def _find(measures, words, period):
    """The figures of these measures, places, fields and periods; `order` is the place of the measure among them."""
    return [
        row | {"order": order}
        for order, measure in enumerate(measures)
        for scope in words["scope"]
        for sector in words["sector"]
        for time in period
        for row in _places().get((measure, scope, sector, time), ())
    ]


def _levels(question, period, **whole):
    """What is printed of the quantity asked, and what the growth printed for the year after implies, where the same
    print does not have it. `whole`: the scope or sector of which it is a part."""
    words = question | whole
    printed = _find(question["measure"], words, period)
    next_year = [str(int(year) + 1) for year in period if len(year) == 4]
    rates = _find(["growth"], words, next_year)
    for row in _unless(printed, _find(question["measure"], words, next_year)):
        growths = [(row, row["growth"])] if not isnan(row["growth"]) else []
        growths += [(rate, rate["value"]) for rate in rates if rate["issue"] == row["issue"]]
        for rate, growth in growths:
            dollars = row["value"] / float(row["digits"])
            span = rounded(row["digits"]) * dollars / (1 + rounded(f"{growth:.12g}") / 100)
            label = f"{row['label']}, implied by the growth to {row['period']}"
            made = {"low": span.low, "high": span.high, "value": nan, "label": label, "digits": f"{span.middle:.4g}"}
            printed.append(row | made | {"ids": row["ids"] | rate["ids"]})
    return printed


def _unless(printed, made):
    """What is made of figures, but for what the same print has itself."""
    told = {row["issue"] for row in printed}
    return [row for row in made if row["issue"] not in told]


def _pairs(ones, others, between, made, same=()):
    """Two figures of one collector, measure and unit as one answer. `made`: (low, high, value) of both and a tenth.

    What is made of figures of two prints is known to a tenth only: a reprint moves a total by as much. One page holds
    two where its own words date one of them otherwise. `same`: further columns in which both agree. Nothing is compared
    with what follows from itself.
    """
    for one in ones:
        for other in others:
            alike = all(one[column] == other[column] for column in ("order", "collector", "unit", *same))
            if not alike or one["ids"] & other["ids"]:
                continue
            editions = {one["edition"], other["edition"]} - {""}
            told = "text" in (one["known_by"], other["known_by"]) or one["page"] != other["page"]
            apart = told and one["issue"] != other["issue"] or len(editions) > 1
            whose = f" ({other['label']})" if other["publisher"] != one["publisher"] else ""
            low, high, value = made(one, other, TENTH if apart else 0)
            yield one | {
                "label": f"{one['label']}: {one['digits']} {between} {other['digits']}{whose}",
                "low": low,
                "high": high,
                "value": value,
                "begin": max(one["begin"], other["begin"]),
                "end": max(one["end"], other["end"]),
                "day": max(one["day"], other["day"]),
                "other": min(one["other"], other["other"]),
                "prints": one["prints"] + other["prints"] if apart else max(one["prints"], other["prints"]),
                "issue": "" if apart else one["issue"],
                "digits": f"{low:.3g} to {high:.3g}" if isnan(value) else f"{value:.4g}",
                "ids": one["ids"] | other["ids"],
            }


def _share(one, other, doubt):
    """The one as a percentage of the other."""
    low, high = one["low"] * (1 - doubt) / other["high"], one["high"] * (1 + doubt) / other["low"]
    return 100 * low, 100 * high, 100 * one["value"] / other["value"]


def _change(one, other, doubt):
    """The change from the other to the one, in percent."""
    return tuple(value - 100 for value in _share(one, other, doubt))


def _gap(one, other, doubt):
    """The one less the other; of percentages no more is in doubt than of their parts."""
    doubt = 0 if one["unit"] == "percent" else doubt
    low, high = one["low"] * (1 - doubt) - other["high"], one["high"] * (1 + doubt) - other["low"]
    return low, high, one["value"] - other["value"]


def _shares(question, period):
    """Printed shares of the whole asked, and those that follow from part and whole."""
    of = question["of"][0]
    is_place = any(scope == of for _, scope, _, _ in _places())
    named = [f"share of {of.replace('World', 'world')}"] if is_place else ["share", "AI share"]
    whole = {"scope" if is_place else "sector": (of,)}
    made = _pairs(_levels(question, period), _levels(question, period, **whole), "of", _share)
    printed = [row | {"order": 0} for row in _find(named, question, period)]
    return printed + [row | {"unit": "percent"} for row in _unless(printed, made)]


def _growths(question):
    """Printed growth of the quantity asked, and changes from what is printed of the one period to the other."""
    period, against = question["period"], question["against"]
    levels, printed = _levels(question, period), []
    if [str(int(time[:4]) + 1) + time[4:] for time in against] == [*period]:
        grown = [row for row in levels if not isnan(row["growth"]) and not isnan(row["value"])]
        printed += [row | dict.fromkeys(("low", "high", "value"), row["growth"]) for row in grown]
        # A growth is of what its collector counts: of the measure of which it has printed amounts.
        times = {time for *_, time in _places()}
        counted = {row["collector"]: row["order"] for row in reversed(_find(question["measure"], question, times))}
        rates = _find(["growth"], question, period)
        printed += [row | {"order": counted[row["collector"]]} for row in rates if row["collector"] in counted]
    made = _pairs(levels, _levels(question, against), "after", _change, ["definition"])
    return [row | {"unit": "percent"} for row in [*printed, *_unless(printed, made)]]


def found(question, unit):
    """What the tables say of a figure in this unit, as Answers: printed, or made of two figures of one collector."""
    period, against = question["period"], question["against"]
    static = _shares if question["of"] else _levels
    if against and unit == "percent":
        rows = _growths(question)
    elif against:
        same = [] if question["of"] else ["definition"]
        rows = _pairs(static(question, period), static(question, against), "less", _gap, same)
        rows = [row | {"unit": unit} for row in rows]
    else:
        rows = static(question, period)
    return [
        Answer(
            **{column: row[column] for column in ANSWER},
            apart=APART if row["publisher"] == APART else "",
            value=None if isnan(row["value"]) else row["value"],
        )
        for row in rows
        if row["unit"] == unit
    ]


def computed(question, witnesses):
    """What a chapter computed, held against the question: [(Answer, why it has no vote, or "")].

    `witnesses`: of one figure, as stored with a verdict. Another place, field or measure than the one asked has no
    vote.
    """
    words, told = {measure for measure, *_ in _places()} & {*question["measure"]}, []
    for one in witnesses:
        rows = [figures()[id] for id in one["ids"] if id in figures()]
        scopes, sectors, measures = (
            {row[column] for row in rows if isinstance(row[column], str)} for column in ("scope", "sector", "measure")
        )
        why = ""
        if one["collector"] in NOBODY:
            why = "its collector is not named"
        elif any(map(_projected, rows)):
            why = "a projection"
        elif question["scope"] and not scopes <= {*question["scope"], *question["of"]}:
            why = "another place"
        elif question["sector"] and len(sectors) == 1 and not sectors <= {*question["sector"], *question["of"]}:
            why = "another field"
        elif words and not measures <= {*words, *RATES}:
            why = "another measure"
        told.append((_answer(one, rows), why))
    return told


def _answer(witness, rows):
    """A chapter's witness as an Answer. `rows`: its figures; what is not in the data was always known."""
    low, high = (inf if end is None else end for end in (witness["low"], witness["high"]))
    latest = lambda column: max((row[column] for row in rows), default="0001-01-01")
    return Answer(
        **{"label": witness["label"], "low": low, "high": high, "collector": witness["collector"]},
        publisher=rows[0]["publisher"] if rows else witness["collector"],
        **{"begin": latest("begin"), "end": latest("end"), "day": latest("day"), "other": latest("day")},
        prints=min(2, len({row["issue"] for row in rows}) or 1),
        apart=APART if any(row["publisher"] == APART for row in rows) else "",
        value=low if low == high else None,
        ids=frozenset(witness["ids"]),
    )


def public(ids):
    """The days (ISO) between which the last of these figures became public; "" for those that are not in the data."""
    rows = [figures()[id] for id in ids if id in figures()]
    return max((row["begin"] for row in rows), default=""), max((row["end"] for row in rows), default="")


def answers(claim, figure, witnesses):
    """All that is said of a figure of a claim: ([Answer with a vote], [(Answer without one, why)]).

    `witnesses`: as stored with the claim's verdict. One that rests on the figures of an answer that the tables give
    themselves is not told again.
    """
    sys.audit("claimbook.asks", f"claim {claim.id}")
    question = asked()[claim.id, figure.part]
    votes = found(question, figure.unit)
    told = {one.ids for one in votes}
    mine = [one for one in witnesses if one["part"] == figure.part and frozenset(one["ids"]) not in told]
    more = computed(question, mine)
    return votes + [one for one, why in more if not why], [(one, why) for one, why in more if why]


def basis(claim):
    """What a verdict on a claim rests on besides the rows of its chapter, as text: the question, the article's days,
    the day of judgement, and who answers by the tables, with all that is known of the figures and of their pages."""
    said = [claim, [*tables.read("articles").set_index("id").loc[int(claim.article)]], today()]
    pages = tables.read("sources").set_index("key", drop=False)
    for question, unit in ((asked()[claim.id, figure.part], figure.unit) for figure in claim.figures):
        measures = sorted({measure for measure, *_ in _places()} & {*question["measure"]})
        voters = sorted((sorted(one.ids), str(astuple(replace(one, ids=frozenset())))) for one in found(question, unit))
        rows = [figures()[id] for id in sorted({id for ids, _ in voters for id in ids})]
        said += [question, measures, voters]
        said += [(row | {"ids": row["id"]}, [*pages.loc[row["source"]]]) for row in rows]
    return str(said)


@cache
def today():
    """The day of judgement now (ISO): the last on which a page was read."""
    return tables.read("sources")["seen"].max()


GRADES = {"primary": "own page", "copy": "copy", "report": "report"}
"""How directly a figure was read, the best first."""
MEANT = {
    "own page": "on the publisher's own page",
    "copy": "on a page that reproduces the publisher's",
    "report": "on a page that quotes the publisher",
}


def grade(ballots):
    """The evidence grade of a vote: of each ballot that is counted the worst page among its figures, of these the
    middle one, of two the worse. "" where no ballot is counted."""
    ranks, found = [*GRADES], []
    for one in ballots:
        ids = {id for answer in one.heard for id in answer.ids if id in figures()}
        if one.vote in VOTES[:3] and ids:
            found.append(max(ranks.index(figures()[id]["evidence"]) for id in ids))
    return GRADES[ranks[sorted(found)[len(found) // 2]]] if found else ""


def history(claim, witnesses=(), misquote=()):
    """The word of a claim of today's rule, as of each day on which it became another: {day (ISO): word}.

    Of what was known on that day alone; of several figures the word of the worst. Before the article there is nothing
    to quote, only to count. `witnesses`, `misquote`: as stored with its verdict.
    """
    first, last = tables.read("articles").set_index("id").loc[int(claim.article), ["earliest", "latest"]]
    said = [(figure, answers(claim, figure, witnesses)[0]) for figure in claim.figures]
    days = sorted({day for _, found in said for one in found for day in (one.begin, one.end)})
    told, before = {}, "no count"
    for day in days:
        words = []
        for figure, found in said:
            other = [one["low"] for one in misquote if one["part"] == figure.part]
            heard, view = asked_of(found, figure)[0], View(day, months=0)
            quote = quotation(found, figure, min(day, last), other) if day >= first else "page not seen"
            words.append(standing(heard, figure, view, quote)[0])
        word = min(words, key=WORST.index)
        if word != before:
            told[day] = before = word
    return told


def judge(claim, witnesses=(), misquote=(), day=None, **choices):
    """The Finding on every figure of a claim, and what has no vote: ({part: Finding}, {part: [(Answer, why)]}).

    `witnesses`, `misquote`: as stored with its verdict. `day`: of the judgement now (ISO). `choices`: see votes.View.
    """
    days = tables.read("articles").set_index("id").loc[int(claim.article)]
    found, context = {}, {}
    for figure in claim.figures if claim.kind not in rules.UNSCORED else ():
        said, context[figure.part] = answers(claim, figure, witnesses)
        other = [one["low"] for one in misquote if one["part"] == figure.part]
        article = days["earliest"], days["latest"]
        found[figure.part] = finding(said, figure, article, day or today(), claim.kind == "forecast", other, **choices)
    return found, context
