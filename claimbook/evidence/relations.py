"""What the figures of the book say of each other: of two that cannot both be right, both are named.

`relations` in `datapackage.json` declares which figures are tied and how far they may lie apart; each kind of tie is a
function here. `data/misfits.csv` lists the figures that do not fit although they stand so on their pages.

A tie matches figures by columns, "measure before=period": the same measure, and the one's cell `before` is the other's
`period`. It chooses them by expressions in the words of the columns, such as "unit == 'percent' and value > 60". A
kind returns the ids of the figures that it ties, and the misfits: (column, rows, how they do not fit), the row that is
told first, then the one it is told beside, then others that may be at fault.
"""

from collections import Counter, defaultdict
from functools import cache

from claimbook.evidence import dates, tables
from claimbook.evidence.checks import fault

REMEDY = "Mend the figure that is wrong; if both stand so on their pages, say why in data/misfits.csv"
SERIES = ("publisher", "measure", "scope", "sector", "length", "variant")
EMPTY = "scope sector round growth qualifier edition variant valuation debt_part first_payment previous newest"


def rows(table):
    """The figures of one table, each a dict of its cells, "" for an empty one, and of those that follow from them."""
    frame = tables.load(table).astype("object").fillna("")
    return [_row(table, number, cells) for number, cells in enumerate(frame.to_dict("records"), 2)]


def _row(table, number, cells):
    """`amount`: the value in billions of dollars where it is money, by the rates in datapackage.json, else the value;
    None without one. `half`: half a unit of its last printed digit. `part`, `length`: "Q3" and "Q" of a quarter, "" and
    "Y" of a year; rounds have one length, however exact their days. `before`, `last_year`, `whole_year`: the period
    before of the same length, a year before, the year.
    `end`, `age`: the last day of the period, and the days from it to the page, or to `known` where that has no date.
    `whole`: the scope that holds this one. `world`, `every`, `ai`: the words for all scopes, for all sectors, for AI.
    `collector`: where a page names none, the page itself.
    """
    row = dict.fromkeys(EMPTY.split(), "") | cells | {"table": table, "row": number}
    if table == "rounds":
        row |= {"measure": "round", "period": cells["announced"], "scope": cells["country"], "sector": cells["company"]}
    declared, period, value = tables.package()["relations"], row["period"], row["value"]
    year, part, rate = period[:4], period[4:], declared["rates"].get(row["unit"], 1)
    digits = len(f"{value or 0:.10f}".rstrip("0").partition(".")[2])
    return row | {
        "collector": row["source"] if row["collector"] == "not named" else row["collector"],
        "amount": None if value == "" else value * rate,
        "half": rate / 2 / 10**digits,
        "part": part,
        "length": "round" if table == "rounds" else "".join(one for one in part if not one.isdigit()) or "Y",
        "year": year,
        "month": period[:7] if part[:1] == "-" else "",
        "before": _before(year, part),
        "last_year": f"{int(year) - 1}{part}",
        "whole_year": year if part else "",
        "end": dates.last(period),
        "age": dates.days(period, row["published"] or row["known"]),
        "whole": declared["wholes"].get(row["scope"], ""),
        "world": "World",
        "every": "all",
        "ai": "AI",
    }


def _before(year, part):
    """The period before one, of the same length; "" for days and for spans."""
    if not part:
        return f"{int(year) - 1}"
    if part[0] not in "QH-" or len(part) > 3:
        return ""
    turn = int(part[1:]) == 1
    last = {"Q": 4, "H": 2, "-": 12}[part[0]] if turn else int(part[1:]) - 1
    return f"{int(year) - turn}{part[0]}{last:0{len(part) - 1}d}"


@cache
def _asked(expression):
    return compile(expression, expression, "eval")


def _key(row, columns):
    """The cells of a row in these columns; None where one is empty."""
    cells = tuple([row[column] for column in columns])
    return None if "" in cells else cells


def _by(rows, columns):
    """The rows by their cells in these columns, without those that lack one."""
    found = defaultdict(list)
    for row in rows:
        found[_key(row, columns)].append(row)
    found.pop(None, None)
    return found


def _match(text):
    """{column of the one: column of the other}: of most both have the same name."""
    return dict((word.split("=") * 2)[:2] for word in text.split())


class Figures(list):
    """The rows that kinds read, and what was chosen of them before.

    Gives each row `previous`, the id of the figure before it in its series (of rounds, the one with a valuation), and
    `newest`: whether its page prints of no later period.
    """

    def __init__(self, given=None):
        super().__init__(given or [row for table in tables.figures() for row in rows(table)])
        self._chosen, self._keyed, series, ends = {}, {}, defaultdict(list), defaultdict(str)
        for row in self:
            ends[row["source"]] = max(ends[row["source"]], row["end"])
        for row in sorted(self, key=lambda row: (row["period"], row["known"])):
            row["newest"] = row["end"] == ends[row["source"]]
            if row["amount"] is not None and (row["table"] != "rounds" or row["valuation"]):
                line = series[tuple(row[column] for column in SERIES)]
                row["previous"] = next((one["id"] for one in reversed(line) if one["period"] < row["period"]), "")
                line.append(row)

    def where(self, expression):
        """The rows with a value for which the expression holds."""
        if expression not in self._chosen:
            asked = _asked(expression)
            self._chosen[expression] = [row for row in self if row["amount"] is not None and eval(asked, {}, row)]
        return self._chosen[expression]

    def by(self, expression, columns):
        """Those rows, by their cells in these columns."""
        key = (expression, *columns)
        if key not in self._keyed:
            self._keyed[key] = _by(self.where(expression), columns)
        return self._keyed[key]

    def tied(self, match, where, against):
        """Every (one, other) that match."""
        match = _match(match)
        ones, others = self.by(where, match), self.by(against, match.values())
        for key, group in ones.items():
            yield from ((one, other) for one in group for other in others.get(key, ()) if one is not other)


def pair(
    figures,
    match,
    low=None,
    high=None,
    where="1",
    against="1",
    one="amount",
    other="amount",
    later=0,
    every=0,
    needed=0,
):
    """The one is `low` to `high` times the other: of each figure, with one other at least that it is tied to.

    `one`, `other`: what is taken of them; `later`: the one was known after the other; `every`: each two must fit;
    `needed`: the one never stands without another, which is all that is asked where there is no `low`.
    """
    one, other, best, found = _asked(one), _asked(other), {}, []
    for left, right in figures.tied(match, where, against):
        if not later or left["known"] > right["known"]:
            part, whole = eval(one, {}, left), eval(other, {}, right)
            fit = low is None or part == whole or low * whole <= part <= high * whole
            for row, beside, turned in ((left, right, False), (right, left, True)):
                if row["id"] not in best or best[row["id"]][0] == bool(every) != fit:
                    best[row["id"]] = fit, row, beside, part, whole, turned
    for fit, row, beside, part, whole, turned in best.values():
        if not fit:
            size, base, least, most = (whole, part, 1 / high, 1 / low) if turned else (part, whole, low, high)
            how = f"{size / base:.3g} times, not {least:.2g} to {most:.2g}" if base else "the other is nothing"
            found.append(("value", [row, beside], how))
    for row in figures.where(where) if needed else ():
        if row["id"] not in best:
            found.append(("value", [row], "the other one is missing"))
    return {*best}, found


def alike(figures, match, same, apart, where="1", against="1"):
    """Of two series, the ratio changes by no more than a factor `apart` from one period to the next.

    `same`: the columns that make a series.
    """
    ratios, tied, found = {}, set(), []
    for one, other in figures.tied(match, where, against):
        if one["amount"] * other["amount"] > 0:
            series = tuple([row[column] for row in (one, other) for column in same.split()])
            ratios.setdefault((series, one["period"]), (one["amount"] / other["amount"], one, other))
    for (series, _), (ratio, one, other) in ratios.items():
        if then := ratios.get((series, one["before"])):
            tied |= {row["id"] for row in (one, other, *then[1:])}
            if not 1 / apart <= ratio / then[0] <= apart:
                how = f"{ratio:.3g} times, {then[0]:.3g} the period before"
                found.append(("value", [one, other, *then[1:]], how))
    return tied, found


def rate(figures, match, levels, of, points, less=0, printed="value", over=None):
    """A printed percentage is 100 times one level by another, less `less`, within the rounding of all and `points`.

    `match`: of the two levels; the rate has the cells of the one. `levels`, `over`: which are the one and the other
    level; `of`: which are rates, that stand in the column `printed`, which is the one level's own if it is not `value`.
    """
    match, tied, found = _match(match), set(), []
    shared = sorted({*match, *match.values()} - {"measure"})
    ones, others = figures.by(levels, shared), figures.by(over or levels, match.values())
    for row in figures.where(of):
        made = []
        for one in ones.get(_key(row, shared), ()) if printed == "value" else [row]:
            for other in others.get(_key(one, match), ()):
                low = 100 * (one["amount"] - one["half"]) / (other["amount"] + other["half"]) - less
                high = 100 * (one["amount"] + one["half"]) / (other["amount"] - other["half"]) - less
                if one is not other:
                    made.append((max(low - row[printed], row[printed] - high), (low + high) / 2, one, other))
        if made:
            off, level, one, other = min(made, key=lambda one: one[0])
            tied |= {row["id"], one["id"], other["id"]}
            if off > points + (row["half"] if printed == "value" else 0.5):
                how = f"the levels make {level:.1f} percent, not {row[printed]:g}"
                found.append((printed, [row, one, other], how))
    return tied, found


def total(figures, match, by, parts, low, high, where="1", against="1"):
    """The `parts` of a whole, told apart by the column `by`, make `low` to `high` of it, within their rounding.

    `match`: of the part and the whole. Where a part was printed more than once, any print will do.
    """
    match, tied, found = _match(match), set(), []
    wholes = figures.by(against, match.values())
    for key, group in figures.by(where, match).items():
        named = _by([row for row in group if row[by] in parts], [by])
        if len(named) < len(parts):
            continue
        least = sum(min(row["amount"] - row["half"] for row in prints) for prints in named.values())
        most = sum(max(row["amount"] + row["half"] for row in prints) for prints in named.values())
        for whole in wholes.get(key, ()):
            rows = [whole, *(row for prints in named.values() for row in prints)]
            tied |= {row["id"] for row in rows}
            if least > high * (whole["amount"] + whole["half"]) or most < low * (whole["amount"] - whole["half"]):
                found.append(("value", rows, f"the parts make {least:.4g} to {most:.4g}"))
    return tied, found


def beyond(figures, same, factor, where="1"):
    """No figure lies a factor beyond all others that have the same cells in `same`, where there are three or more."""
    tied, found = set(), []
    for group in figures.by(where, same.split()).values():
        group = sorted((row for row in group if row["amount"]), key=lambda row: abs(row["amount"]))
        if len(group) > 2:
            tied |= {row["id"] for row in group}
            for one, other in ((group[0], group[1]), (group[-1], group[-2])):
                if not 1 / factor <= abs(one["amount"] / other["amount"]) <= factor:
                    how = f"the nearest of {len(group)}, more than {factor:g} times apart"
                    found.append(("value", [one, other], how))
    return tied, found


def never(figures, where, of="0"):
    """No figure is as `where` says. `of`: which figures that compares with another one in their own row."""
    found = [("value", [row], f"none may be so: {where}") for row in figures.where(where)]
    return {row["id"] for row in figures.where(of)}, found


def alone(figures, column, by, where="1"):
    """No word stands in `column` only once for cells of `by` that have another word more often."""
    found = []
    for group in figures.by(where, by.split()).values():
        words = sorted(_by(group, [column]).values(), key=len)
        if len(words[-1]) > 1:
            odd = [[word[0], words[-1][0]] for word in words if len(word) == 1]
            found += [(column, two, f"{two[0][column]!r} stands here only") for two in odd]
    return set(), found


KINDS = {kind.__name__: kind for kind in (pair, alike, rate, total, beyond, never, alone)}


def misfits(figures=None):
    """The misfits, each (the relation's name, column, rows, how), and the ids that are tied.

    Raises DataError for a relation that cannot be read.
    """
    if "relations" not in tables.package():
        return [], set()
    figures, found, tied = figures or Figures(), [], set()
    for name, how in tables.package()["relations"]["ties"].items():
        try:
            ids, odd = KINDS[how["kind"]](figures, **{key: cell for key, cell in how.items() if key != "kind"})
        except (KeyError, NameError, SyntaxError, TypeError, AttributeError) as error:
            what = f"data/datapackage.json: the relation {name!r} cannot be read ({type(error).__name__}: {error})"
            raise tables.DataError(f"{what}. Mend it, by claimbook/evidence/relations.py") from None
        tied |= ids
        found += [(name, *one) for one in odd]
    return found, tied


def faults(figures=None):
    """Figures that cannot be right beside others, unless `data/misfits.csv` says why; and what it lists for nothing.

    One wrong figure does not fit many: that which the most misfits have in common is told, and the rest with it.
    """
    odd, found, listed = misfits(figures)[0], [], {}
    if "misfits" in tables.tables():
        listed = dict(tables.load("misfits")[["figure", "relation"]].itertuples(index=False, name=None))
    left = [misfit for misfit in odd if len(misfit[2]) == 1 or not {row["id"] for row in misfit[2]} & {*listed}]
    while left:
        ((worst, _),) = Counter(row["id"] for _, _, rows, _ in left for row in rows).most_common(1)
        its = [misfit for misfit in left if worst in {row["id"] for row in misfit[2]}]
        left = [misfit for misfit in left if misfit not in its]
        name, column, (one, *others), how = min(its, key=lambda misfit: misfit[2][0]["id"] != worst)
        said = f"{one['value']:g} {one['unit']} ({one['publisher']})"
        for other in others[:1]:
            said += f" beside {other['value']:g} {other['unit']} ({other['publisher']}) in data/{other['table']}.csv, "
            said += f"row {other['row']}, column {column}"
        more = len({(name, *sorted(row["id"] for row in rows[:2])) for name, _, rows, _ in its}) - 1
        more = f" and {more} more like it" if more else ""
        found.append(fault(f"{one['table']}.csv", one["row"], column, f"{said}: {how} ({name!r}){more}. {REMEDY}"))
    real = {(row["id"], name) for name, _, rows, _ in odd for row in rows}
    for row, (id, name) in enumerate(listed.items(), 2):
        if (id, name) not in real:
            found.append(fault("misfits.csv", row, "figure", f"{id!r} fits {name!r}. Delete the row"))
    return found
