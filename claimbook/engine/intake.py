"""What may come into the book from `data/`: sound tables, and what they, the claims and the chapters say of each other.

Every fault is one line with file, row, column and remedy. Of a fault that brings others along, only the first is told.
"""

import re

import pandas as pd

from claimbook.engine import run
from claimbook.evidence import checks, keys, relations, tables
from claimbook.evidence.checks import fault
from claimbook.evidence.units import UNITS
from claimbook.judgement import consistency, ledger, rules
from claimbook.paths import way_back


def faults(accepting=False):
    """All faults of `data/`, and of what its claims and chapters say of each other. `accepting`: tables may differ from
    those that datapackage.json describes."""
    cells = files() or _each(tables.wrong_cells) or _each(tables.wrong_keys)
    rows = cells or (not accepting and _changed()) or _each(tables.wrong_rows) + _once() + claims()
    return rows or relations.faults()


def files():
    """The faults of the tables as files, at most one each, and of their description."""
    try:
        schemas = [table["schema"] for table in tables.package()["resources"]]
        {checks.CELLS[rule] for schema in schemas for _, rule, _ in checks.rules(schema)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = getattr(error, "strerror", None) or f"{type(error).__name__} {error}"
        return [f"data/datapackage.json cannot be read: {said}. {way_back('data/datapackage.json')}"]
    return [fault for table in tables.tables() if (fault := tables.wrong_file(table))]


def _each(faults_of):
    return [one for table in tables.tables() for one in faults_of(table)]


def _changed():
    was = "is not the table that datapackage.json describes: it was changed. Accept the change with: make data"
    return [f"data/{tables.describe(table)['path']} {was}" for table in tables.changed()]


def _once():
    """One fact stands once and under the id that says it, each source and each table is used."""
    odd = {path.name for path in tables.DATA.glob("*.csv")} - {one["path"] for one in tables.package()["resources"]}
    found = [f"data/{one} is not described in datapackage.json: describe it there, or delete it" for one in sorted(odd)]
    used, ids = set(), {}
    for table in tables.tables():
        frame, path = tables.load(table), f"{table}.csv"
        used.update(tables.trace(frame, "source"), frame.get("known_by", ()))
        for row, cells in enumerate(frame.astype("object").fillna("").to_dict("records"), 2):
            id, right = cells.get("id"), keys.id_of(table, cells)
            if right and id != right:
                what = f"{id!r} does not say what the row says, which is {right!r}"
                found.append(fault(path, row, "id", f"{what}. Write that, or let make data do it"))
            elif id in ids:
                found.append(fault(path, row, "id", f"{id!r} stands already in {ids[id]}. Give each row its own"))
            elif id:
                ids[id] = f"data/{path}, row {row}"
    renamed = tables.load("renamed").to_numpy() if "renamed" in tables.tables() else []
    for row, (former, current) in enumerate(renamed, 2):
        if current not in ids or former in ids:
            what = f"{former!r} is still the id of a row" if former in ids else f"{current!r} is the id of no row"
            found.append(fault("renamed.csv", row, None, f"{what}. Mend or delete the line"))
    for row, key in enumerate(tables.load("sources")["key"], 2):
        if key not in used:
            found.append(fault("sources.csv", row, "key", f"no figure cites {key!r}. Delete the row"))
    return found


def name_rows():
    """Give every row of `data/` the id that its cells say, in tables and chapters. Returns {former id: id}.

    An id that chapters used, and so downloads too, is kept in `data/renamed.csv`: an old download can be followed.
    """
    wrong, right = {}, set()
    for table in tables.figures():
        path = tables.DATA / tables.describe(table)["path"]
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        named = frame.assign(id=[keys.id_of(table, row) for row in frame.to_dict("records")])
        odd = frame["id"] != named["id"]
        right |= set(frame["id"][~odd])
        wrong |= dict(zip(frame["id"][odd], named["id"][odd]))
        if odd.any():
            run.write(path, named.to_csv(index=False, lineterminator="\n"))
    # A copied row still has the id of the one it was copied from: that one stays what it is.
    renamed = {former: id for former, id in wrong.items() if former and former not in right}
    if renamed:
        _follow(renamed)
    return renamed


def _follow(renamed):
    """Renames rows where chapters and `misfits.csv` name them, and records what chapters called them."""
    word, told = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, renamed))})(?![\w-])"), set()
    for path in run.notebooks():
        if not (here := set(word.findall(path.read_text(encoding="utf-8")))):
            continue
        told, content = told | here, run.read(path)
        for cell in content.cells:
            cell.source = word.sub(lambda found: renamed[found[1]], cell.source)
        run.write(path, run.dump(content))
    if (listed := tables.DATA / "misfits.csv").exists():
        run.write(listed, word.sub(lambda found: renamed[found[1]], listed.read_text(encoding="utf-8")))
    home = tables.DATA / "renamed.csv"
    known = dict(pd.read_csv(home, dtype="str", keep_default_na=False).to_numpy()) if home.exists() else {}
    known = {former: renamed.get(current, current) for former, current in known.items()}
    known |= {former: id for former, id in renamed.items() if former in told}
    lines = [f"{former},{current}\n" for former, current in known.items() if former != current]
    run.write(home, "former,current\n" + "".join(lines))


def claims():
    """Each claim can be judged and is told in a chapter; each chapter that shows verdicts has claims."""
    found, table, strip = [], tables.load("claims").fillna(""), re.compile(r"\{verdict-strip\} ([\w-]+)")
    told = {theme: path.name for path in run.notebooks() for theme in strip.findall(path.read_text(encoding="utf-8"))}
    for row, r in enumerate(table.to_dict("records"), 2):
        if r["kind"] not in rules.KINDS:
            what = f"{r['kind']!r} is none of {', '.join(rules.KINDS)}"
            found.append(fault("claims.csv", row, "kind", f"{what}. Choose one"))
        if r["chapter"] not in told:
            what = f"no notebook in chapters/ shows the verdicts of {r['chapter']!r}; there are {', '.join(told)}"
            found.append(fault("claims.csv", row, "chapter", f"{what}. Mend the name, or write the chapter"))
        if odd := [unit for unit in r["unit"].split(";") if unit and unit not in UNITS]:
            found.append(fault("claims.csv", row, "unit", f"{odd[0]!r} is none of {', '.join(UNITS)}. Choose one"))
        try:
            for figure in ledger._figures(r) if r["kind"] not in rules.UNSCORED else ():
                figure.interval
        except tables.DataError as error:
            found.append(f"data/claims.csv, row {row}: {str(error).removeprefix('data/claims.csv, ').rstrip('.')}")
        except (ValueError, ArithmeticError) as error:
            what = f"{r['claimed']!r} as {r['precision']!r} cannot be judged ({error})"
            remedy = "Write digits with a point, and a precision of chapters/method.md"
            found.append(f"data/claims.csv, row {row}, columns claimed, precision: {what}. {remedy}")
    for theme, name in told.items():
        if theme not in set(table["chapter"]):
            what = f"no claim in data/claims.csv belongs to its chapter {theme!r}"
            found.append(f"chapters/{name}: {what}. Mend the name in its verdict-strip, or add the claims")
    return found or _readings()


def _readings():
    """What keeps the claims from being set against each other: a claim or a figure that is gone, a divisor of zero."""
    try:
        consistency.pairs()
    except (KeyError, ValueError, ArithmeticError) as error:
        what = f"cannot be read as claimbook/judgement/thisbook.py sets them against each other ({error!r})"
        return [f"data/claims.csv {what}. Put the claim or its figure back, or change readings() there"]
    return []
