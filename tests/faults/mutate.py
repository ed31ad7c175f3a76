"""Changes every cell of every table in `data/`, one at a time, and tells what would see each change: `make mutate`.

Every change counts as accepted by `make data` (that its hash differs is too easy a catch). What is left to see it, in
this order:
the schema, the book's own rules, the tests of the data, a page made of the data, a chapter's stored output (as nbval
compares it).
"""

import csv
import functools
import json
import os
import random
import re
import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import pandas as pd
import test_data
import test_notebooks
from inprocess import READ, apart, chapters, patch

from claimbook.charts.paper import CHART_MIME
from claimbook.engine import intake
from claimbook.evidence import checks, tables
from claimbook.judgement import ledger
from claimbook.paths import BUILD, ROOT
from claimbook.site import pages

REPORT = BUILD / "mutants.csv"
NUMBERS = ("number", "integer")


def mutants(table):
    """Every fault that is planted in a table, as (row, column, kind, text in the file)."""
    fields = {field["name"]: field for field in tables.describe(table)["schema"]["fields"]}
    with (tables.DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [source["key"] for source in csv.DictReader((tables.DATA / "sources.csv").open(encoding="utf-8"))]
    for column, field in fields.items():
        values = list(dict.fromkeys(row[column] for row in rows if row[column]))
        for number, row in enumerate(rows):
            if not (old := row[column]):
                continue
            yield number, column, "empty", ""
            if column in ("id", "key"):
                yield number, column, "another", f"{old}x"
                yield number, column, "of another row", values[number - 1]
            elif field["type"] in NUMBERS:
                yield number, column, "times 1.1", f"{float(old) * 1.1 or 1:.6g}"
                yield number, column, "sign", f"{-float(old) or -1:g}"
            elif column.endswith("source"):
                yield number, column, "another key", keys[keys.index(old) - 1]
                yield number, column, "no key", f"{old}x"
            else:
                if re.match(r"(19|20)\d\d", old):
                    yield number, column, "year", f"{int(old[:4]) + 1}{old[4:]}"
                others = [value for value in values if value != old]
                yield number, column, "another", others[values.index(old) % len(others)] if others else f"{old} x"


def frame(table, changes):
    """The table as chapters would read it, with these faults."""
    made = READ(table).copy()
    numbers = {field["name"] for field in tables.describe(table)["schema"]["fields"] if field["type"] in NUMBERS}
    for row, column, _, text in changes:
        if column in numbers:
            made[column] = made[column].astype("float64")
        made.loc[row, column] = (
            (float(text) if column in numbers else text) if text else (float("nan") if column in numbers else pd.NA)
        )
    return made


def refused(table, found):
    """The faults that a rule of cells sees: it is given one table in which every row holds one of them."""
    one, raw = tables.describe(table), tables._raw(table)
    fields, unique = json.loads(json.dumps(one["schema"]["fields"])), []
    for field in fields:
        if field.get("constraints", {}).pop("unique", False):
            unique.append(field["name"])  # which speaks of other rows: below
    rows = pd.DataFrame([raw.iloc[row].to_dict() | {column: text} for row, column, _, text in found], dtype="str")
    keys = lambda resource, fields: tables._raw(resource)[fields]
    lines = checks.of_cells(one["path"], one["schema"] | {"fields": fields}, rows, keys)
    seen = {int(re.search(r", row (\d+),", line)[1]) - 2: "schema" for line in lines}
    for at, (row, column, kind, text) in enumerate(found):
        taken = column in unique and text in set(raw[column]) - {raw.loc[row, column]}
        if taken or column == "key" and kind == "another":  # another table's rows have the key that was
            seen[at] = "schema"
    return seen


def told(table):
    """What stands word for word in stored outputs, as {(id, column): texts}: a chart's rows, a line of the
    bibliography."""
    shown = defaultdict(lambda: defaultdict(str))
    if table == "sources":
        lines = dict(
            re.findall(r"^\*\*(.+?)\*\*: (.*)$", (ROOT / "chapters/bibliography.md").read_text(encoding="utf-8"), re.M)
        )
        for _, row in READ(table).fillna("").iterrows():
            for column in ("title", "site", "published", "url", "seen"):
                if (
                    re.sub(r"([\[\]<>*_`|$\\])", r"\\\1", row[column]) in lines[row["key"]]
                    or row[column] in lines[row["key"]]
                ):
                    shown[row["key"], column][row[column]] = "bibliography"
    for name, _, chart in ledger.stored_outputs(CHART_MIME):
        for rows in chart["data"]:
            for row in rows:
                for column, value in row.items():
                    shown[row.get("id"), column][
                        value if isinstance(value, str) else None if value is None else round(value, 6)
                    ] = "chapter"
    return shown


def made():
    return [page() for page in (pages.data_page, pages.figures, pages.bibliography, pages.method)]


def rules(table):
    """What of the quick checks sees the patched table: the book's own rules, the tests of the data and of the claims,
    the pages."""
    if (
        intake._once()
        or any(map(tables.wrong_rows, tables.tables() if table == "sources" else [table]))
        or table == "claims"
        and intake.claims()
    ):
        return "own rules"
    try:
        for test in QUICK:
            test()
        if table == "claims":
            for path in test_notebooks.THEMES:
                test_notebooks.test_each_claim_is_told_in_full(path)
    except Exception:
        return "test"
    try:
        return "page" if made() != PAGES else None
    except Exception:
        return "page"  # it cannot be made


QUICK = [getattr(test_data, name) for name in dir(test_data) if name.startswith("test_figures_")]
RULES, PAGES = ("own rules", "test", "page"), []
STORED = functools.cache(lambda mime, of=ledger.stored_outputs: list(of(mime)))
ledger.stored_outputs = lambda mime, notebooks=None: [
    one for one in STORED(mime) if notebooks is None or one[0] in notebooks
]
test_notebooks.run.read = functools.cache(test_notebooks.run.read)


def try_out(table, changes, only=None, others=(), ruled=True):
    """What sees these faults, planted together. `only`: an id whose own cells are to be executed, with `others`, which
    is quicker."""
    patch({table: frame(table, changes)})
    if ruled and (seen := rules(table)):
        return seen
    for chapter in chapters():
        if chapter.affected({table}) and (
            seen := chapter.fault({table}, chapter.about(only, others) if only else None)
        ):
            return f"chapter {chapter.path.stem[:2]}, {seen}"
    return None


def examine(table, sample=0):
    """[(fault, what sees it or None)] for every fault in a table, and how a sample of those that were only looked up
    came out when tried."""
    assert not (seen := apart(try_out, table, [])), f"{table}: without a fault nothing may differ, but {seen} does"
    found = list(mutants(table))
    seen, shown, ids = refused(table, found), told(table), READ(table).iloc[:, 0]
    numbers = {field["name"] for field in tables.describe(table)["schema"]["fields"] if field["type"] in NUMBERS}
    by_column, looked_up, seers, tried = defaultdict(list), [], set(), {}
    for at, (row, column, kind, text) in enumerate(found):
        if at in seen:
            continue
        old = READ(table).loc[row, column]
        if where := shown.get((ids[row], column), {}).get(round(old, 6) if column in numbers else old):
            seen[at] = where
            looked_up.append(at)
        else:
            by_column[column, kind].append(at)

    def note(at, what):
        seen[at] = what
        seers.update(re.findall(r"^chapter \d\d, (\S+)", what or ""))

    def halve(places):
        """Find what sees these faults by planting many together: most are seen by nothing."""
        while places and (what := apart(try_out, table, [found[at] for at in places])):
            if len(places) == 1:
                return note(places[0], what)
            note(None, what)
            for (
                at
            ) in places:  # quickly: by the cells about the row, and those that have seen a fault of this table before
                if tried.get(at) != (known := frozenset(seers)):
                    tried[at] = known
                    note(at, apart(try_out, table, [found[at]], ids[found[at][0]], known, what in RULES))
            places = [at for at in places if not seen[at]]
            halve(places[: len(places) // 2])
            places = places[len(places) // 2 :]

    for places in by_column.values():
        halve(places)
    checked = random.Random(table).sample(looked_up, min(sample, len(looked_up)))
    lost = [found[at] for at in checked if not apart(try_out, table, [found[at]])]
    return table, [(*found[at], seen.get(at)) for at in range(len(found))], len(checked), lost


def main(names):
    global PAGES
    PAGES = made()
    REPORT.parent.mkdir(exist_ok=True)
    strays = [f"{chapter.path.name}: {chapter.strays()}" for chapter in chapters() if chapter.strays()]
    assert not strays, f"executed here a chapter shows what it shows in its notebook, but not these: {strays}"
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        names = sorted(
            names, key=lambda name: len(READ(name)), reverse=True
        )  # the longest first, so that no core waits for it at the end
        results = []
        for done in as_completed(pool.submit(examine, name, 5) for name in names):
            results.append(result := done.result())
            print(f"\r\x1b[K{len(results)} of {len(names)} tables, {result[0]}", end="", file=sys.stderr, flush=True)
    heads = ["schema", "own rules", "test", "page", "bibliography", "chapter", "survives"]
    word = lambda seen: "survives" if not seen else seen if seen in heads else "chapter"
    counts = {table: Counter(word(seen) for *_, seen in faults) for table, faults, *_ in results}
    print(f"{'table':<16}{'faults':>8}" + "".join(f"{head:>14}" for head in heads))
    for table, count in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        print(f"{table:<16}{count.total():>8}" + "".join(f"{count[head]:>14}" for head in heads))
    tried, lost = (
        sum(result[2] for result in results),
        [(result[0], *fault) for result in results for fault in result[3]],
    )
    print(
        f"Of the faults that were looked up in stored outputs {tried} were tried for real; {len(lost)} were not seen."
        f" {lost}"
    )
    BUILD.mkdir(exist_ok=True)
    with REPORT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "row", "column", "fault", "becomes", "seen by"])
        writer.writerows(
            (table, row + 2, column, kind, text, seen or "")
            for table, faults, *_ in results
            for row, column, kind, text, seen in faults
        )
    left = defaultdict(list)
    for table, faults, *_ in results:
        for row, column, kind, _, seen in faults:
            if not seen:
                left[column, kind].append(f"{table}:{row + 2}")
    for (column, kind), places in sorted(left.items(), key=lambda item: -len(item[1])):
        print(
            f"survive: column {column}, {kind}, {len(places)} cells:"
            f" {', '.join(places[:6])}{' ...' if len(places) > 6 else ''}"
        )
    print(f"Every fault and what sees it: {REPORT.relative_to(ROOT)}")
    sys.exit(bool(left or lost))


if __name__ == "__main__":
    main(sys.argv[1:] or tables.tables())
