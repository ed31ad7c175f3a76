"""One wrong figure at a time, as if it had been accepted: how many does the check of the data object to?

Each fault changes one row of one table (or exchanges the values of two), in memory; the row's id is renewed as `make
data` would. `python tests/faults/plant_figures.py 2000` prints which share of each kind of fault is seen, by table, and
fails where it is less than promised. Every fault stands in `_build/figures.csv`, with what objects to it.
"""

import os
import random
import sys
from concurrent.futures import ProcessPoolExecutor

import pandas as pd

from claimbook.evidence import checks, keys, relations, tables
from claimbook.paths import BUILD

PROMISED = {"x 10": 80, "/ 10": 80, "sign": 80, "unit": 80, "year": 80, "collector": 80, "digits": 40, "neighbours": 40}
"""The least percentage of each kind that is seen."""
REPORT = BUILD / "figures.csv"
FIGURES = tables.figures()
RAW = {name: tables._raw(name) for name in tables.tables()}
TYPED = {name: tables.read(name) for name in RAW}
ROWS = {name: relations.rows(name) for name in FIGURES}
WORDS = {column: sorted({word for name in FIGURES for word in RAW[name][column]}) for column in ("unit", "collector")}
IDS = {id for name in FIGURES for id in RAW[name]["id"]}


def _digits(text, rng):
    """Two neighbouring digits exchanged, or None where that changes nothing."""
    places = [k for k in range(len(text) - 1) if text[k : k + 2].isdigit() and text[k] != text[k + 1]]
    k = rng.choice(places) if places else None
    return None if k is None else f"{float(text[:k] + text[k + 1] + text[k] + text[k + 2 :]):.12g}"


def plant(kind, name, row, rng):
    """The cells that a fault changes, as {(row, column): text}; None where the row can have none of this kind."""
    cells = RAW[name].iloc[row]
    value = float(cells["value"] or 0)
    if kind in ("x 10", "/ 10", "sign"):
        return {(row, "value"): f"{value * {'x 10': 10, '/ 10': 0.1, 'sign': -1}[kind]:.12g}"} if value else None
    if kind == "digits":
        new = _digits(cells["value"], rng)
        return None if new is None else {(row, "value"): new}
    if kind == "neighbours":
        other = RAW[name]["value"].get(row + 1)
        return {(row, "value"): other, (row + 1, "value"): cells["value"]} if other and float(other) != value else None
    if kind == "year":
        column = "period" if "period" in cells else "announced"
        return {(row, column): f"{int(cells[column][:4]) + rng.choice((-1, 1))}{cells[column][4:]}"}
    return {(row, kind): rng.choice([word for word in WORDS[kind] if word != cells[kind]])}


def objection(name, changes):
    """What is said first of a table with these cells; "" where nothing is."""
    raw, schema = RAW[name].copy(), tables.describe(name)["schema"]
    for (row, column), text in changes.items():
        raw.loc[row, column] = text
    here = raw.loc[sorted({row for row, _ in changes})]
    if found := checks.of_cells(f"{name}.csv", schema, here, lambda resource, fields: RAW[resource][fields]):
        return found[0]
    for row in {row for row, _ in changes}:
        new = keys.id_of(name, raw.loc[row].to_dict())
        if new != RAW[name]["id"][row] and new in IDS:
            return f"{new} is there already"
    tables.read = (TYPED | {name: tables.typed(name, raw)}).get
    rows = [row for table, given in (ROWS | {name: relations.rows(name)}).items() for row in given]
    return next(iter(tables.wrong_rows(name) or relations.faults(relations.Figures(rows))), "")


def drawn(count, seed):
    """So many faults at random, in equal parts, as (kind, table, {(row, column): text})."""
    rng = random.Random(seed)
    homes = [(name, row) for name in FIGURES for row in range(len(RAW[name])) if RAW[name]["value"][row]]
    faults, kinds = [], list(PROMISED)
    while len(faults) < count:
        kind, (name, row) = kinds[len(faults) % len(kinds)], rng.choice(homes)
        if changes := plant(kind, name, row, rng):
            faults.append((kind, name, changes))
    return faults


def main(count, seed=20261129):
    assert not [one for name in FIGURES for one in tables.wrong_rows(name)] + relations.faults()
    REPORT.parent.mkdir(exist_ok=True)
    faults = drawn(count, seed)
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        said = [*processes.map(objection, *zip(*[fault[1:] for fault in faults]), chunksize=20)]
    rows = []
    for (kind, name, changes), one in zip(faults, said):
        (row, column), text = next(iter(changes.items()))
        place = {"table": name, "row": row + 2, "id": RAW[name]["id"][row], "column": column, "text": text}
        rows.append({"kind": kind, "seen": bool(one)} | place | {"said": one})
    found = pd.DataFrame(rows)
    found.to_csv(REPORT, index=False)
    shares = 100 * found.pivot_table(index="table", columns="kind", values="seen", margins=True, margins_name="all")
    shares = shares[list(PROMISED)].assign(planted=found.groupby("table").size()).fillna({"planted": count})
    tied = relations.misfits()[1]
    untied = {name: int((~TYPED[name]["id"].isin(tied)).sum()) for name in FIGURES}
    shares["untied"] = pd.Series(untied | {"all": sum(untied.values())})
    print(shares.round().astype("Int64").to_string(na_rep=""))
    least = pd.Series(PROMISED)
    print(f"promised   {least.to_dict()}; seen of {count}: {found['seen'].sum()}; each fault: {REPORT}")
    return (shares.loc["all", list(PROMISED)] >= least).all()


if __name__ == "__main__":
    sys.exit(not main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
