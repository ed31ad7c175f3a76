"""What may come into the book from `data/`: each table as a file, its cells by frictionless, then the book's own rules.

Every fault is one line with file, row, column and remedy. Of a fault that brings others along, only the first is told.
"""

import csv
import io
import math
import re
from datetime import date

import pandas as pd

from claimbook.engine import run
from claimbook.evidence import dates, keys, relations, tables, units
from claimbook.judgement import ledger, rules
from claimbook.paths import way_back

MAY_EXCEED = r"growth|change|return|premium"
"""Measures that can be more than 100 percent; a share cannot."""
WORDS = {
    "required": "a value is needed. Fill it in",
    "unique": "{cell!r} stands in an earlier row too. Give each row its own",
    "minimum": "{cell!r} is not a number from {limit} on. Mend it, or its unit",
    "enum": "{cell!r} is none of {limit}. Choose one",
    "pattern": "{cell!r} is not written as {limit}."
    " Write a date as 2025-01-31, a month as 2025-01, a quarter as 2025Q1",
    "number": "{cell!r} is not a number. Write it with a point and without commas: 1234.5",
    "integer": "{cell!r} is not a whole number. Write digits only",
    "date": "{cell!r} is not a date. Write it as 2025-01-31",
}
"""What is wrong with a cell that breaks a type or a constraint of datapackage.json, by frictionless's name for it."""


def faults():
    """All faults of `data/`, and of what its claims and chapters say of each other."""
    return files() or _cells() or _rules()


def files():
    """The faults of the tables as files, at most one each, and of their description."""
    try:
        described = {table["path"]: table["schema"]["fields"] for table in tables.package()["resources"]}
        columns = {path: [field["name"] for field in fields] for path, fields in described.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"data/datapackage.json cannot be read: {_said(error)}. {way_back('data/datapackage.json')}"]
    return [fault for path, names in columns.items() if (fault := _file(path, names))]


def _said(error):
    """An error in words, without the path of this machine."""
    return getattr(error, "strerror", None) or f"{type(error).__name__} {error}"


def _fault(path, row, column, text):
    """A fault with its place; `row` and `column` may be None. `text`: what is wrong and how to mend it."""
    return f"data/{path}" + (f", row {row}" if row else "") + (f", column {column}" if column else "") + f": {text}"


def _file(path, names):
    """The first fault of a table as a file, or None: is it there, UTF-8, with the columns described and whole rows?"""
    try:
        raw = (tables.DATA / path).read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        return f"data/{path} cannot be read: {_said(error)}. {way_back(f'data/{path}')}"
    except UnicodeDecodeError as error:
        row = 1 + raw.count(b"\n", 0, error.start)
        return _fault(path, row, None, f"the byte 0x{raw[error.start]:02x} is not UTF-8. Save the table as UTF-8")
    if text.startswith("\ufeff"):
        return _fault(path, 1, None, "the file begins with a byte order mark. Save it as UTF-8 without one")
    if odd := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        row = 1 + text.count("\n", 0, odd.start())
        return _fault(path, row, None, f"a control character (U+{ord(odd[0]):04X}) stands in a cell. Delete it")
    rows = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        what = f"a quotation mark is not closed or stands within a cell ({error}). Double it, or close it"
        return _fault(path, len(rows) + 1, None, what)
    if not rows:
        return _fault(path, 1, None, f"the table is empty. {way_back(f'data/{path}')}")
    if rows[0] != names:
        return _header(path, rows[0], names)
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            remedy = "Put text with a comma in quotation marks, and a comma for each empty cell"
            return _fault(path, number, None, f"{len(names)} cells are needed, there are {len(row)}. {remedy}")
        for name, cell in zip(names, row):
            if "\n" in cell or "\r" in cell:
                return _fault(path, number, name, "a line break stands in the cell. Put the text on one line")
    return None


def _header(path, header, names):
    """How the header of a table differs from the columns that are described."""
    odd = {
        "lacks": [name for name in names if name not in header],
        "has besides": [name for name in header if name not in names],
        "has twice": [name for name in dict.fromkeys(header) if header.count(name) > 1],
    }
    told = [f"{word} {', '.join(found)[:80]}" for word, found in odd.items() if found] or ["has them in another order"]
    what = f"datapackage.json describes the columns {','.join(names)}; the table {' and '.join(told)}"
    return _fault(path, 1, None, f"{what}. Mend the header, or describe the column there")


def _cells():
    """What frictionless finds, in words: of each row the first fault; sizes and hashes where nothing else is wrong."""
    from frictionless import Package, system

    with system.use_context(trusted=True):
        report = Package(str(tables.DATA / "datapackage.json")).validate()
    found, changed = {}, {}
    for task in report.tasks:
        for error in task.errors:
            row, column, cell = (getattr(error, name, None) for name in ("row_number", "field_name", "cell"))
            if error.type in ("hash-count", "byte-count"):
                was = "is not the table that datapackage.json describes: it was changed"
                changed[task.place] = f"data/{task.place} {was}. Accept the change with: make data"
                continue
            if error.type == "foreign-key":
                column, cell = error.field_names[0], error.field_cells[0]
                text = f"the key {cell!r} is not in data/{error.reference_name}.csv. Add it there, or mend the key"
            elif error.type in ("primary-key", "unique-error"):
                text = WORDS["unique"].format(cell=cell or "its key")
            else:
                broken, limit = (re.findall(r'"([^"]*)"', error.note) + ["", ""])[:2]
                words = WORDS.get(broken.split("/")[0])
                text = words.format(cell=cell, limit=limit) if words else f"{error.note}. Mend it"
            found.setdefault((task.place, row), _fault(task.place, row, column, text))
    found |= {"package": f"data/datapackage.json: {error.message}" for error in report.errors}
    return list(found.values()) or list(changed.values())


def _rules():
    """What a schema cannot say of a figure, a claim, a chapter."""
    return _once() + [fault for table in tables.tables() for fault in _table(table)] + _claims() or _misfits()


def _table(table):
    """What a schema cannot say of the rows of one table."""
    frame, found = tables.load(table), []
    name = tables.describe(table)["schema"].get("primaryKey")
    for row, key in enumerate(frame[name] if isinstance(name, str) else [], 2):
        if not re.fullmatch(r"[\w-]+", str(key), re.A):  # it becomes an anchor, a file's name, a link
            found.append((row, name, f"{key!r} holds more than letters, digits and hyphens. Rename it"))
    for row, url in enumerate(frame.get("url", []), 2):
        if not re.fullmatch(r"https?://[^\s<>\"\\`]+", url):
            remedy = "Begin it with https://, and write spaces and quotation marks as %20 and %22"
            found.append((row, "url", f"{url!r} is no address of a page. {remedy}"))
    if {"value", "unit", "period", "published", "source"} <= set(frame.columns):
        found += _figures(frame)
    if "known" in frame:
        found += _dates(frame.astype("object").fillna(""))
    return [_fault(f"{table}.csv", *fault) for fault in found]


def _figures(frame):
    """What a schema cannot say of printed figures, as (row, column, what is wrong and how to mend it)."""
    read, units = tables.load("sources").set_index("key")["seen"], {}
    for row, r in enumerate(frame.itertuples(), 2):
        currency, _, size = r.unit.partition("_")
        first, unit = units.setdefault((r.measure, currency), (row, r.unit))
        seen = read[r.source]
        if not math.isfinite(r.value):
            yield row, "value", f"{r.value} is not a finite number. Mend it"
        if r.unit == "percent" and r.value > 100 and not re.search(MAY_EXCEED, r.measure):
            what = f"{r.value:g} percent is more than all, and {r.measure!r} is no growth or return"
            yield row, "value", f"{what}. Mend the value or the unit"
        if size and unit != r.unit:
            yield row, "unit", f"{r.unit!r}, while row {first} gives {r.measure!r} in {unit!r}. Write both in one unit"
        for column in ("period", "published"):
            if not _is_day(text := getattr(r, column)):
                yield row, column, f"there is no day {text!r}. Mend the date"
        if r.period[:4] > r.published[:4]:
            yield row, "period", f"{r.period!r} lies after the publication ({r.published}). Mend either date"
        if r.published > seen:
            what = f"{r.published!r} lies after the day on which the page was read ({seen})"
            yield row, "published", f"{what}. Mend the date, here or in data/sources.csv"


SHOWN = {
    "page": lambda row: row["published"],
    "announcement": lambda row: row["announced"],
    "period": lambda row: dates.last(row["period"]),
    "month after": lambda row: dates.month_after(row["period"]),
    "text": lambda row: row["known"] if row["note"] else "a note that tells what the page says of its day",
}
"""What shows when a figure was public, by the word in `known_by`; any other word there is the key of a page."""


def _dates(frame):
    """What the three dates of each figure say of each other, as (row, column, what is wrong and how to mend it)."""
    pages, firsts = tables.load("sources").fillna("").set_index("key")["published"], {}
    quantity = [c for c in ("publisher", "measure", "scope", "sector", "period", "value", "edition") if c in frame]
    for row, r in enumerate(frame.to_dict("records"), 2):
        by, page = r["known_by"], pages[r["source"]]
        if by not in SHOWN and not pages.get(by):
            what = f"{by!r} is none of {', '.join(SHOWN)}, and no page in data/sources.csv that has a date"
            yield row, "known_by", f"{what}. Choose one, or add the page"
        elif r["known"] != (shown := SHOWN[by](r) if by in SHOWN else pages[by]):
            yield row, "known", f"{r['known']!r}, but {by!r} shows {shown!r}. Write that, or name what shows it"
        elif dates.public(r)[0] > dates.public(r)[1]:
            what = f"{r['known']!r} lies before the end of {r['period']!r}"
            yield row, "known", f"{what}. Mend either, or say in qualifier: {dates.EARLY.replace('|', ', ')}"
        elif dates.first(r["known"]) > dates.last(r["published"]):
            yield row, "known", f"{r['known']!r} lies after the page that prints it ({r['published']}). Mend either"
        if page and r["published"] != page and not (r["published"].startswith(page) and r["note"]):
            what = f"{r['published']!r}, while data/sources.csv dates the page {page!r}"
            yield row, "published", f"{what}. Mend either; what is finer needs a note"
        if len(quantity) > 5:
            before, known = firsts.setdefault(tuple(r[c] for c in quantity), (row, r["known"]))
            if known != r["known"]:
                what = f"{r['known']!r}, while row {before} has the same figure by {known!r}"
                yield row, "known", f"{what}. Write the earlier day in both, and in known_by the page that shows it"


def _misfits():
    """Figures that cannot be right beside others, unless `data/misfits.csv` says why; and what it lists for nothing."""
    if "relations" not in tables.package():
        return []
    odd, places, found = relations.misfits()[0], {}, []
    for table in tables.figures():
        cells = tables.load(table)[["id", "publisher"]].itertuples(index=False)
        places |= {id: (table, row, f"data/{table}.csv, row {row} ({who})") for row, (id, who) in enumerate(cells, 2)}
    listed = tables.load("misfits")["figure"]
    for one, other, relation, size in odd.itertuples(index=False):
        if not {one, other} & set(listed):
            table, row, _ = places[one]
            beside = f" beside {places[other][2]}" if one != other else ""
            remedy = "Mend the figure that is wrong; if both stand so on their pages, say why in data/misfits.csv"
            found.append(_fault(f"{table}.csv", row, "value", f"{size}{beside} breaks {relation!r}. {remedy}"))
    for row, id in enumerate(listed, 2):
        if id not in {*odd["one"], *odd["other"]}:
            found.append(_fault("misfits.csv", row, "figure", f"{id!r} fits all its relations. Delete the row"))
    return found


def _is_day(text):
    """Whether the calendar has the day or the month that is written so; years and quarters are not looked at."""
    try:
        return not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text) or bool(date.fromisoformat(f"{text}-01"[:10]))
    except ValueError:
        return False


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
                found.append(_fault(path, row, "id", f"{what}. Write that, or let make data do it"))
            elif id in ids:
                found.append(_fault(path, row, "id", f"{id!r} stands already in {ids[id]}. Give each row its own"))
            elif id:
                ids[id] = f"data/{path}, row {row}"
    renamed = tables.load("renamed").to_numpy() if "renamed" in tables.tables() else []
    for row, (former, current) in enumerate(renamed, 2):
        if current not in ids or former in ids:
            what = f"{former!r} is still the id of a row" if former in ids else f"{current!r} is the id of no row"
            found.append(_fault("renamed.csv", row, None, f"{what}. Mend or delete the line"))
    for row, key in enumerate(tables.load("sources")["key"], 2):
        if key not in used:
            found.append(_fault("sources.csv", row, "key", f"no figure cites {key!r}. Delete the row"))
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
    """Renames rows where chapters name them, and records what they were called."""
    word, told = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, renamed))})(?![\w-])"), set()
    for path in run.notebooks():
        text, content = path.read_text(encoding="utf-8"), run.read(path)
        told |= set(word.findall(text))
        for cell in content.cells:
            cell.source = word.sub(lambda found: renamed[found[1]], cell.source)
        if (new := run.dump(content)) != text:
            run.write(path, new)
    home = tables.DATA / "renamed.csv"
    known = dict(pd.read_csv(home, dtype="str", keep_default_na=False).to_numpy()) if home.exists() else {}
    known = {former: renamed.get(current, current) for former, current in known.items()}
    known |= {former: id for former, id in renamed.items() if former in told}
    lines = [f"{former},{current}\n" for former, current in known.items() if former != current]
    run.write(home, "former,current\n" + "".join(lines))


def _claims():
    """Each claim can be judged and is told in a chapter; each chapter that shows verdicts has claims."""
    found, table, strip = [], tables.load("claims").fillna(""), re.compile(r"\{verdict-strip\} ([\w-]+)")
    told = {theme: path.name for path in run.notebooks() for theme in strip.findall(path.read_text(encoding="utf-8"))}
    for row, r in enumerate(table.to_dict("records"), 2):
        if r["kind"] not in rules.KINDS:
            what = f"{r['kind']!r} is none of {', '.join(rules.KINDS)}"
            found.append(_fault("claims.csv", row, "kind", f"{what}. Choose one"))
        if r["chapter"] not in told:
            what = f"no notebook in chapters/ shows the verdicts of {r['chapter']!r}; there are {', '.join(told)}"
            found.append(_fault("claims.csv", row, "chapter", f"{what}. Mend the name, or write the chapter"))
        if odd := [unit for unit in r["unit"].split(";") if unit and unit not in units.UNITS]:
            what = f"{odd[0]!r} is none of {', '.join(units.UNITS)}"
            found.append(_fault("claims.csv", row, "unit", f"{what}. Choose one"))
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
    return found
