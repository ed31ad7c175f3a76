"""The one way into `data/`: typed tables and their sources.

`data/datapackage.json` (Frictionless Data) describes every table: columns, types, allowed values, keys, sha256.
"""

import hashlib
import json
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pandas as pd

from claimbook.evidence import checks, dates
from claimbook.paths import DATA


class DataError(Exception):
    """A fault in `data/`. The message names file, row, column and remedy."""


@cache
def package():
    """The data package's description, as a dict."""
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


def tables():
    """Names of all tables, in the package's order."""
    return [resource["name"] for resource in package()["resources"]]


def figures():
    """Names of the tables whose rows are printed figures or rounds: those with a value and whose data it is."""
    named = {name: {field["name"] for field in describe(name)["schema"]["fields"]} for name in tables()}
    return [name for name, columns in named.items() if {"value", "collector"} <= columns]


def describe(table):
    """The description of one table. Raises DataError for a name that does not exist."""
    for resource in package()["resources"]:
        if resource["name"] == table:
            return resource
    raise DataError(f"There is no table {table!r} in data/. The tables are: {', '.join(tables())}.")


def wrong_file(table):
    """The first fault of a table as a file, or None."""
    one = describe(table)
    return checks.of_file(one["path"], [field["name"] for field in one["schema"]["fields"]])


@contextmanager
def unwatched():
    """Whoever watches a chapter's files learns what it asks for from what asks, not from what is opened."""
    sys.audit("claimbook.reads", True)
    try:
        yield
    finally:
        sys.audit("claimbook.reads", False)


@cache
def _raw(table):
    """A table as it is written: all texts, "" for an empty cell. Raises DataError where the file cannot be read."""
    with unwatched():
        if fault := wrong_file(table):
            raise DataError(fault)
        return pd.read_csv(DATA / describe(table)["path"], dtype="str", keep_default_na=False, encoding="utf-8")


@cache
def _same(table):
    """Whether a table is as `make data` accepted it."""
    with unwatched():
        return _fits(table, _stamp(table))


def _accepted(table):
    """Whether a table, and those that its keys lead to, are as `make data` found them without fault."""
    keys = describe(table)["schema"].get("foreignKeys", [])
    return all(map(_same, [table, *(key["reference"]["resource"] for key in keys)]))


@cache
def wrong_cells(table):
    """The faults of a table's cells, of each row the first. Raises DataError where the file cannot be read."""
    return _wrong(table, describe(table)["schema"] | {"foreignKeys": []})


@cache
def wrong_keys(table):
    """The keys of a table that lead nowhere: to be asked of tables without other faults, which would be told twice."""
    return _wrong(table, {"fields": [], "foreignKeys": describe(table)["schema"].get("foreignKeys", [])})


def _wrong(table, schema):
    return checks.of_cells(
        describe(table)["path"], schema, _raw(table), lambda resource, fields: _raw(resource)[fields]
    )


def wrong_rows(table):
    """What the cells of a row say against each other. Raises DataError where a cell has a fault."""
    path, frame, pages = describe(table)["path"], load(table), load("sources").fillna("").set_index("key")
    if table in figures() and "collectors" in tables():
        registry = load("collectors").fillna("").set_index("collector")
        frame = frame.assign(
            printers=frame["collector"].map(registry["publishers"]),
            hosts=frame["collector"].map(registry["hosts"]),
            page=frame["source"].map(pages["url"]),
            called=frame["source"].map(pages["title"]),
        )
    found = checks.of_rows(path, frame, pages["seen"])
    if found or "known" not in frame:
        return found
    return [*dates.of_dates(path, frame.astype("object").fillna(""), pages["published"])]


@cache
def read(table):
    """One table as `load` gives it, not to be changed, for the book's own use: the chapter has not asked for it."""
    raw = _raw(table)
    if faults := [] if _accepted(table) else wrong_cells(table) or wrong_keys(table):
        raise DataError(f"{faults[0]}.")
    return typed(table, raw)


def typed(table, raw):
    """A table as it is written, with the types of `datapackage.json`; empty cells become missing values."""
    frame = raw.replace("", pd.NA)
    for field in describe(table)["schema"]["fields"]:
        if field["type"] in ("number", "integer"):
            frame[field["name"]] = pd.to_numeric(frame[field["name"]])
    return frame


def load(table):
    """One table of `data/` as a DataFrame, with the columns and types of `datapackage.json`.

    Amounts are in the unit that the column `unit` names. Empty cells are missing values. Raises DataError where
    the table does not exist, or its file or a cell has a fault.
    """
    frame = read(table)
    loaded[table] = frame
    sys.audit("claimbook.asks", f"data/{describe(table)['path']}")
    return frame.copy()


loaded = {}
"""The tables that a chapter has asked for, by name."""
MONTHS = "January February March April May June July August September October November December".split()


def month(date):
    """A date of the data in words: "2025-01-07" is "January 2025", "2024" stays, of a span the year."""
    year, _, rest = str(date).partition("-") if " to " not in str(date) else (date[:4], "", "")
    return f"{MONTHS[int(rest[:2]) - 1]} {year}" if rest else year


def day(dates):
    """Dates of the data as Timestamps for an axis: a month stands for its 15th, a year for the 1st of July, "2025-01 to
    2025-06" for its end."""
    ends = dates.str.split(" to ").str[-1]
    return pd.to_datetime(ends.map(lambda date: date + {4: "-07-01", 7: "-15", 10: ""}[len(date)]))


def label(rows):
    """The rows with a column `label`: the publisher and the vintage, as a reader would name the figure."""
    vintage = rows["known"].map(month).where(rows["edition"].isna(), rows["edition"] + " edition")
    return rows.assign(label=rows["publisher"] + ", " + vintage)


def new_money(rounds, least=100):
    """The rounds that brought a company new capital: the table `rounds`, `value` in USD m without the debt in it.

    Only rounds of `least` and more. Left out: loans, pledges, listings, sales of old shares, talks, rounds without an
    amount, and a first close, which the row of the whole round holds. A convertible note counts: it becomes shares.
    """
    fresh = rounds["instrument"].isin(["equity", "convertible note", "mixed"]) & (rounds["standing"] != "talks")
    kept = rounds[fresh & ~rounds["round"].str.endswith("first close")]
    kept = kept.assign(value=kept["value"] - kept["debt_part"].fillna(0))
    return kept[kept["value"] >= least]


def rows(frame, *ids):
    """The rows of a table with these ids, in this order. Raises DataError for an id that the table lacks."""
    found = frame.set_index("id")
    lost = [id for id in ids if id not in found.index]
    if lost:
        raise DataError(f"No row has the id {lost[0]!r}.")
    return found.loc[list(ids)].reset_index()


def row(frame, id):
    """One row of a table by its id, as a Series. Raises DataError where the table has no such row."""
    return rows(frame, id).iloc[0]


def trace(rows, stem):
    """Every key in the columns of `rows` that begin with `stem` ("id" or "source"), once each, in order.

    Derived rows carry several: `a;b` in one cell, or the columns `source` and `source_total` after a merge.
    """
    keys = {}
    for column in [c for c in rows.columns if c == stem or c.startswith(stem + "_") or c.endswith("_" + stem)]:
        for cell in rows[column].dropna():
            keys.update(dict.fromkeys(str(cell).split(";")))
    return list(keys)


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def changed():
    """Size and sha256 of each table that is not as described, by its name; None of one without a file."""
    now = {table: _stamp(table) for table in tables()}
    return {table: fresh for table, fresh in now.items() if not _fits(table, fresh)}


def _fits(table, fresh):
    return bool(fresh) and fresh.items() <= describe(table).items()


def _stamp(table):
    path = DATA / describe(table)["path"]
    return {"bytes": path.stat().st_size, "hash": f"sha256:{sha256(path)}"} if path.is_file() else None


def renew():
    """Write size and sha256 of every table into `datapackage.json`. Returns the names of the tables that changed."""
    fresh = changed()
    for table in fresh:
        describe(table).update(fresh[table])
    if fresh:
        text = json.dumps(package(), indent=2, ensure_ascii=False) + "\n"
        (DATA / "datapackage.json").write_text(text, encoding="utf-8")
    return list(fresh)
