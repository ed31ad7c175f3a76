"""One wrong figure at a time, as if it had been accepted: how many does the check of the data object to?

Each fault changes one row of one table (or exchanges the values of two), and the row's id with it. `python
tests/faults/plant_figures.py 2000` prints a table by kind of fault, and fails where fewer are seen than promised.
"""

import random
import sys
from collections import Counter
from unittest import mock

from claimbook.engine import intake
from claimbook.evidence import keys, relations, tables

PROMISED = {"x 10": 80, "/ 10": 80, "sign": 80, "unit": 80, "year": 80, "collector": 80, "digits": 40, "neighbours": 40}
"""The least percentage of each kind that is seen."""


def _year(cell, rng):
    return str(int(cell[:4]) + rng.choice((-1, 1))) + cell[4:]


def _digits(value, rng):
    """Two neighbouring digits exchanged, or None where that changes nothing."""
    text = f"{value:.12g}"
    places = [k for k in range(len(text) - 1) if text[k : k + 2].isdigit() and text[k] != text[k + 1]]
    if not places:
        return None
    k = rng.choice(places)
    return float(text[:k] + text[k + 1] + text[k] + text[k + 2 :])


def plant(kind, frame, row, rng, units, collectors):
    """The cells that a fault changes: {row: {column: cell}}, or None where the row has none of this kind."""
    cells, value = frame.iloc[row], frame["value"].iloc[row]
    if kind in ("x 10", "/ 10", "sign"):
        return {row: {"value": {"x 10": value * 10, "/ 10": value / 10, "sign": -value}[kind]}} if value else None
    if kind == "digits":
        new = _digits(value, rng)
        return None if new is None else {row: {"value": new}}
    if kind == "neighbours":
        other = row + 1
        if other == len(frame) or frame["value"].iloc[other] in (value, None):
            return None
        return {row: {"value": frame["value"].iloc[other]}, other: {"value": value}}
    if kind == "year":
        column = "period" if "period" in frame else "announced"
        return {row: {column: _year(cells[column], rng)}}
    column, words = ("unit", units) if kind == "unit" else ("collector", collectors)
    return {row: {column: rng.choice([word for word in words if word != cells[column]])}}


def objections(frames):
    """What the rules of rows and the relations say of the tables, as a set of texts."""
    with mock.patch.object(tables, "_read", lambda name: frames[name]):
        odd, _ = relations.misfits()
        return {*intake._rules(), *odd["relation"].str.cat([odd["one"], odd["other"]], sep=" ")}


def main(count, seed=20261129):
    frames = {name: tables._read(name) for name in tables.tables()}
    frames |= {name: frames[name].astype({"value": "float64"}) for name in tables.figures()}
    homes = [
        (name, row)
        for name in tables.figures()
        for row in range(len(frames[name]))
        if frames[name]["value"].notna()[row]
    ]
    units = sorted({unit for name in tables.figures() for unit in frames[name]["unit"]})
    collectors = sorted({word for name in tables.figures() for word in frames[name]["collector"]})
    before, rng, seen, unseen, tried = objections(frames), random.Random(seed), Counter(), Counter(), Counter()
    while sum(tried.values()) < count:
        kind = list(PROMISED)[sum(tried.values()) % len(PROMISED)]
        name, row = rng.choice(homes)
        frame = frames[name].copy()
        cells = plant(kind, frame, row, rng, units, collectors)
        if cells is None:
            continue
        tried[kind] += 1
        for at, changed in cells.items():
            for column, cell in changed.items():
                frame.loc[at, column] = cell
            frame.loc[at, "id"] = keys.id_of(name, frame.loc[at].astype("object").fillna("").to_dict())
        if objections(frames | {name: frame}) - before:
            seen[kind] += 1
        else:
            unseen[kind, name] += 1
    for kind, least in PROMISED.items():
        told = ", ".join(f"{name} {n}" for (k, name), n in unseen.most_common() if k == kind)
        share = seen[kind] / tried[kind]
        print(f"{kind:<11}{seen[kind]:>5} of {tried[kind]:<5}{share:>6.0%} (promised {least} %); unseen: {told}")
    return all(100 * seen[kind] >= least * tried[kind] for kind, least in PROMISED.items())


if __name__ == "__main__":
    sys.exit(not main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
