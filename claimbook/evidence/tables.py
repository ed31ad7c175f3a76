"""The one way into `data/`: typed tables and their sources.

`data/datapackage.json` (Frictionless Data) describes every table: columns, types, allowed values, keys, sha256.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

import pandas as pd

from claimbook.paths import DATA, way_back

DTYPES = {"string": "str", "number": "float64", "integer": "int64"}


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
    """Names of the tables whose rows are printed figures or rounds: those that name a collector."""
    return [name for name in tables() if any(f["name"] == "collector" for f in describe(name)["schema"]["fields"])]


def describe(table):
    """The description of one table. Raises DataError for a name that does not exist."""
    for resource in package()["resources"]:
        if resource["name"] == table:
            return resource
    raise DataError(f"There is no table {table!r} in data/. The tables are: {', '.join(tables())}.")


@cache
def _read(table):
    resource = describe(table)
    path = DATA / resource["path"]
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    try:
        raw = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    except (OSError, UnicodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        remedy = way_back(f"data/{path.name}")
        raise DataError(f"data/{path.name} cannot be read as UTF-8 CSV: {error}. {remedy}") from error
    if list(raw.columns) != list(fields):
        odd = set(raw.columns) ^ set(fields)
        raise DataError(
            f"data/{path.name}, row 1: the columns are not those of datapackage.json"
            f" ({', '.join(sorted(odd)) or 'their order differs'}). Mend the header, or describe the column there."
        )
    frame = raw.replace("", pd.NA)
    for name, field in fields.items():
        if field["type"] in ("number", "integer"):
            frame[name] = pd.to_numeric(frame[name], errors="coerce")
            bad = frame[name].isna() & (raw[name] != "")
            if bad.any():
                row, cell = bad.idxmax(), raw.loc[bad.idxmax(), name]
                raise DataError(f"data/{path.name}, row {row + 2}, column {name}: {cell!r} is not a number.")
        if field.get("constraints", {}).get("required") and frame[name].isna().any():
            row = frame[name].isna().idxmax()
            raise DataError(f"data/{path.name}, row {row + 2}, column {name}: the value is missing.")
    return frame


def load(table):
    """One table of `data/` as a DataFrame, with the columns and types of `datapackage.json`.

    Amounts are in the unit that the column `unit` names. Empty cells are missing values. Raises DataError where
    the table does not exist, or a row has no number where one must be, or names a source that `sources` lacks.
    """
    frame = _read(table)
    known = set(_read("sources")["key"])
    for column in [c for c in frame.columns if c.endswith("source")]:
        lost = frame[column].dropna()[~frame[column].dropna().isin(known)]
        if len(lost):
            raise DataError(
                f"data/{describe(table)['path']}, row {lost.index[0] + 2}, column {column}:"
                f" the key {lost.iloc[0]!r} is not in data/sources.csv. Add the source there, or mend the key."
            )
    loaded[table] = frame
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


def renew():
    """Write size and sha256 of every table into `datapackage.json`. Returns the names of the tables that changed."""
    description, changed = package(), []
    for resource in description["resources"]:
        path = DATA / resource["path"]
        fresh = {"bytes": path.stat().st_size, "hash": f"sha256:{sha256(path)}"}
        if {key: resource.get(key) for key in fresh} != fresh:
            resource.update(fresh)
            changed.append(resource["name"])
    if changed:
        text = json.dumps(description, indent=2, ensure_ascii=False) + "\n"
        (DATA / "datapackage.json").write_text(text, encoding="utf-8")
    return changed
