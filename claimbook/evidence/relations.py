"""What the figures of the book say of each other: of two that cannot both be right, both are named.

`relations` in `datapackage.json` declares which figures are tied and how far they may lie apart; each kind of tie is a
function here. `data/misfits.csv` lists the figures that do not fit although they stand so on their pages.
"""

import numpy as np
import pandas as pd

from claimbook.evidence import tables
from claimbook.evidence.checks import fault

REMEDY = "Mend the figure that is wrong; if both stand so on their pages, say why in data/misfits.csv"
MISFIT = ["one", "other", "relation", "size"]
"""The columns of misfits: two ids (twice the same where a figure is odd alone), the relation's name, and how they do
not fit."""


def figures():
    """All printed figures as one DataFrame, with the cells that relations match by.

    `amount`: the value in billions of dollars where it is money, by the rates in datapackage.json, else the value.
    `before`, `last_year`, `whole_year`: the period before of the same length, a year before, the year. `whole`: the
    scope that holds this one. `world`, `every`: the words for all scopes and all sectors.
    """
    frame = pd.concat([tables._read(name).assign(table=name) for name in tables.figures()], ignore_index=True)
    declared, period = tables.package()["relations"], frame["period"].fillna(frame["announced"])
    year = period.str[:4]
    return frame.assign(
        period=period,
        measure=frame["measure"].fillna("round"),
        amount=frame["value"] * frame["unit"].map(declared["rates"]).fillna(1.0),
        before=period.map(_before),
        last_year=(year.astype(int) - 1).astype(str) + period.str[4:],
        whole_year=year.where(period.str.len() > 4),
        length=period.str[4:].str.replace(r"\d", "", regex=True),
        whole=frame["scope"].map(declared["wholes"]),
        world="World",
        every="all",
        offer="offer price",
    )


def _before(period):
    """The period before one, of the same length; None for days and for spans."""
    year, rest = int(period[:4]), period[4:]
    if rest[:1] in ("Q", "H") or (len(rest) == 3 and rest != "YTD"):
        last = {"Q": 4, "H": 2, "-": 12}[rest[0]]
        turn = int(rest[1:]) == 1
        part = last if turn else int(rest[1:]) - 1
        return f"{year - turn}{rest[0]}{part:0{len(rest) - 1}d}"
    return str(year - 1) if not rest else None


def pair(frame, match, low, high, where=None, against=None):
    """The ratio of two tied figures lies between `low` and `high`: of each figure to one at least that it is tied to.

    `match`: {column of the one: column of the other}; `where`, `against`: queries for the one and the other.
    """
    left = (frame.query(where) if where else frame).dropna(subset=[*match, "amount"])
    right = (frame.query(against) if against else frame).dropna(subset=[*match.values(), "amount"])
    both = left.merge(right, left_on=list(match), right_on=list(match.values()), suffixes=("", "_2"))
    both = both[both["id"] != both["id_2"]]
    fits = (both["amount"] / both["amount_2"].where(both["amount_2"] != 0)).between(low, high)
    fits |= both["amount"] == both["amount_2"]
    found = []
    for one, other in (("id", "id_2"), ("id_2", "id")):
        lone = both[~fits.groupby(both[one]).transform("any")].drop_duplicates(one)
        found += [(a, b, f"{x:g} and {y:g}") for a, b, x, y in _cells(lone, one, other, "value", "value_2")]
    return {*both["id"], *both["id_2"]}, found


def rate(frame, match, levels, moved, points, of, less=0.0, printed="value"):
    """A printed rate lies within so many points of what two levels make it: 100 times one by the other, less `less`.

    `match`: the columns that rate and level share; `levels`: a query for the levels; `moved`: {column of the level:
    column of the other level} where the two differ; `of`: a query for the rates, which stand in the column `printed`.
    """
    level = frame.query(levels).dropna(subset="amount")
    other = {column: moved.get(column, column) for column in [*match, "measure"]}
    two = level.merge(level, left_on=list(other.values()), right_on=list(other), suffixes=("", "_2"))
    two = two[two["id"] != two["id_2"]][[*match, "id_2", "amount", "amount_2"]].assign(
        made=100 * two["amount"] / two["amount_2"] - less
    )
    both = frame.query(of).merge(two, on=match, suffixes=("", "_level"))
    span = both.groupby("id")["made"].agg(["min", "max"])
    both = both.drop_duplicates("id").set_index("id").join(span).reset_index()
    odd = both[(both[printed] < both["min"] - points) | (both[printed] > both["max"] + points)]
    return set(both["id"]), [
        (a, b, f"{x:g} printed, {y:.0f} made of levels") for a, b, x, y in _cells(odd, "id", "id_2", printed, "made")
    ]


def steps(frame, same, usual, where):
    """A series of seven and more moves by no more than `usual` times its median step from one period to the next."""
    keys = [*same, "length"]
    series = frame[frame["amount"] > 0].query(where).sort_values(["period", "known"], kind="stable")
    series = series.drop_duplicates([*keys, "period"], keep="last")
    series = series[series.groupby(keys, dropna=False)["id"].transform("size") > 6]
    group = series.groupby(keys, dropna=False)
    before = group[["id", "value", "amount"]].shift()
    moves = np.log(series["amount"] / before["amount"]).abs()
    odd = moves > usual * moves.groupby([series[key] for key in keys], dropna=False).transform("median")
    told = zip(*(part[odd] for part in (series["id"], before["id"], before["value"], series["value"])))
    return set(series["id"]), [(a, b, f"{x:g}, then {y:g}") for a, b, x, y in told]


def beyond(frame, same, factor, where):
    """No figure lies a factor beyond all others that have the same cells in `same`, where there are three or more."""
    group = frame[frame["amount"] != 0].query(where)
    group = group.assign(size=group["amount"].abs()).sort_values("size", kind="stable")
    group = group[group.groupby(same, dropna=False)["id"].transform("size") > 2]
    found = []
    for keep in ("first", "last"):  # the least and the next, the largest and the one before
        end = group.drop_duplicates(same, keep=keep)
        next_ = group.drop(end.index).drop_duplicates(same, keep=keep)
        both = end.merge(next_, on=same, suffixes=("", "_2"))
        ratio = both["size"] / both["size_2"]
        odd = both[~ratio.between(1 / factor, factor)]
        found += [(a, b, f"{x:g}, nearest {y:g}") for a, b, x, y in _cells(odd, "id", "id_2", "value", "value_2")]
    return set(group["id"]), found


def never(frame, where):
    """No figure is as `where` asks."""
    return set(), [(one, one, f"{value:g}") for one, value in _cells(frame.query(where), "id", "value")]


def alone(frame, column, by):
    """No word stands in `column` only once for a cell of `by` that has another word besides."""
    once = frame.groupby([by, column])["id"].transform("size") == 1
    other = frame[~once].drop_duplicates(by).set_index(by)
    odd = frame[once & frame[by].isin(other.index)]
    found = [
        (a, other["id"][cell], f"{x!r} and {other[column][cell]!r}") for a, cell, x in _cells(odd, "id", by, column)
    ]
    return set(), found


def _cells(frame, *columns):
    return frame[list(columns)].itertuples(index=False, name=None)


KINDS = {kind.__name__: kind for kind in (pair, rate, steps, beyond, never, alone)}


def misfits(frame=None):
    """All figures that do not fit, as a DataFrame with the columns MISFIT, and the ids of those that are tied."""
    frame = figures() if frame is None else frame
    found, tied = [], set()
    for name, relation in tables.package()["relations"]["ties"].items():
        relation = dict(relation)
        seen, odd = KINDS[relation.pop("kind")](frame, **{k: v for k, v in relation.items() if k != "says"})
        tied |= seen
        found += [(a, b, name, size) for a, b, size in odd]
    found = pd.DataFrame(found, columns=MISFIT)
    return found[~found.apply(lambda row: frozenset(row[["one", "other"]]), axis=1).duplicated()], tied


def faults():
    """Figures that cannot be right beside others, unless `data/misfits.csv` says why; and what it lists for nothing."""
    if "relations" not in tables.package():
        return []
    odd, places, found = misfits()[0], {}, []
    for table in tables.figures():
        for row, (id, who) in enumerate(_cells(tables.load(table), "id", "publisher"), 2):
            places[id] = (f"{table}.csv", row, who)
    listed = tables.load("misfits")["figure"]
    for one, other, relation, size in odd.itertuples(index=False):
        if not {one, other} & {*listed}:
            path, row, _ = places[one]
            beside = "" if one == other else " beside data/{}, row {} ({})".format(*places[other])
            found.append(fault(path, row, "value", f"{size}{beside} breaks {relation!r}. {REMEDY}"))
    for row, id in enumerate(listed, 2):
        if id not in {*odd["one"], *odd["other"]}:
            found.append(fault("misfits.csv", row, "figure", f"{id!r} fits all its relations. Delete the row"))
    return found
