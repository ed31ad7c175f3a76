"""What may come into the book from `data/`: each table as a file, its cells by frictionless, then the book's own rules.

Every fault is one line with file, row, column and remedy. Of a fault that brings others along, only the first is told.
"""

import csv
import io
import json
import math
import re
from datetime import date

from claimbook.engine import run
from claimbook.evidence import keys, tables, units
from claimbook.judgement import ledger, rules

MAY_EXCEED = r"growth|change|return|premium"
"""Measures that can be more than 100 percent; a share cannot."""


def faults():
    """All faults of `data/`, and of what its claims and chapters say of each other."""
    return files() or _cells() or _rules()


def files():
    """The faults of the tables as files, at most one each, and of their description."""
    try:
        described = json.loads((tables.DATA / "datapackage.json").read_text(encoding="utf-8"))
        described = {
            resource["path"]: [field["name"] for field in resource["schema"]["fields"]]
            for resource in described["resources"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"data/datapackage.json cannot be read: {_said(error)}. Restore it: git checkout data/datapackage.json"]
    return [fault for path, names in described.items() if (fault := _file(path, names))]


def _said(error):
    """An error in words, without the path of this machine."""
    return getattr(error, "strerror", None) or f"{type(error).__name__} {error}"


def _file(path, names):
    """The first fault of a table as a file: that it is there, in UTF-8, with the columns described and a cell for each
    in every row. None if it is sound."""
    file, restore = tables.DATA / path, f"Restore it: git checkout data/{path}"
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        return f"data/{path} cannot be read: {_said(error)}. {restore}"
    except UnicodeDecodeError as error:
        row = 1 + raw.count(b"\n", 0, error.start)
        return f"data/{path}, row {row}: the byte 0x{raw[error.start]:02x} is not UTF-8. Save the table as UTF-8"
    if text.startswith("\ufeff"):
        return f"data/{path}, row 1: the file begins with a byte order mark. Save it as UTF-8 without one"
    if odd := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        row = 1 + text.count("\n", 0, odd.start())
        return f"data/{path}, row {row}: a control character (U+{ord(odd[0]):04X}) stands in a cell. Delete it"
    reader, rows = csv.reader(io.StringIO(text, newline=""), strict=True), []
    try:
        rows.extend(reader)
    except csv.Error as error:
        return (
            f"data/{path}, row {len(rows) + 1}: a quotation mark is not closed or stands within a cell ({error})."
            " Double it, or close it"
        )
    if not rows:
        return f"data/{path}, row 1: the table is empty. {restore}"
    if rows[0] != names:
        lost, odd = [n for n in names if n not in rows[0]], [n for n in rows[0] if n not in names]
        twice = [n for n in dict.fromkeys(rows[0]) if rows[0].count(n) > 1]
        told = [
            f"{word} {', '.join(found)[:80]}"
            for word, found in (("lacks", lost), ("has besides", odd), ("has twice", twice))
            if found
        ] or ["has them in another order"]
        return (
            f"data/{path}, row 1: datapackage.json describes the columns {','.join(names)}; the table"
            f" {' and '.join(told)}. Mend the header, or describe the column there"
        )
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            return (
                f"data/{path}, row {number}: {len(names)} cells are needed, there are {len(row)}. Put text with a comma"
                " in quotation marks, and a comma for each empty cell"
            )
        if broken := [name for name, cell in zip(names, row) if "\n" in cell or "\r" in cell]:
            return (
                f"data/{path}, row {number}, column {broken[0]}: a line break stands in the cell. Put the text on one"
                " line"
            )
    return None


WORDS = {
    "required": "a value is needed. Fill it in",
    "unique": "{cell!r} stands in an earlier row too. Give each row its own",
    "minimum": "{cell!r} is not a number from {limit} on. Mend it, or its unit",
    "enum": "{cell!r} is none of {limit}. Choose one",
    "pattern": (
        "{cell!r} is not written as {limit}. Write a date as 2025-01-31, a month as 2025-01, a quarter as 2025Q1"
    ),
    "number": "{cell!r} is not a number. Write it with a point and without commas: 1234.5",
    "integer": "{cell!r} is not a whole number. Write digits only",
    "date": "{cell!r} is not a date. Write it as 2025-01-31",
}


def _cells():
    """What frictionless finds, in words; of each row the first fault. Sizes and hashes count only where nothing else
    is wrong."""
    from frictionless import Package, system

    with system.use_context(trusted=True):
        report = Package(str(tables.DATA / "datapackage.json")).validate()
    found, changed = {}, {}
    for task in report.tasks:
        for error in task.errors:
            row, column, cell = (getattr(error, name, None) for name in ("row_number", "field_name", "cell"))
            what, limit = (re.findall(r'"([^"]*)"', error.note) + ["", ""])[:2]
            if error.type in ("hash-count", "byte-count"):
                changed[task.place] = (
                    f"data/{task.place} is not the table that datapackage.json describes: it was changed. Accept the"
                    " change with: make data"
                )
                continue
            if error.type == "foreign-key":
                column, cell = getattr(error, "field_names", ["source"])[0], getattr(error, "field_cells", ["?"])[0]
                keys_of = {key["fields"]: key["reference"]["resource"] for key in _foreign(task.place)}
                text = f"the key {cell!r} is not in data/{keys_of[column]}.csv. Add it there, or mend the key"
            elif error.type in ("primary-key", "unique-error"):
                text = WORDS["unique"].format(cell=cell or "its key", limit="")
            else:
                word = what.split("/")[0] if error.type in ("type-error", "constraint-error") else ""
                text = WORDS[word].format(cell=cell, limit=limit) if word in WORDS else f"{error.note}. Mend it"
            where = f"data/{task.place}" + (f", row {row}" if row else "") + (f", column {column}" if column else "")
            found.setdefault((task.place, row), f"{where}: {text}")
    found |= {"package": f"data/datapackage.json: {error.message}" for error in report.errors}
    return list(found.values()) or list(changed.values())


def _foreign(path):
    """The foreign keys of a table, by its file."""
    return next(one["schema"] for one in tables.package()["resources"] if one["path"] == path).get("foreignKeys", [])


def _rules():
    """What a schema cannot say of a figure, a claim, a chapter."""
    return _once() + [fault for table in tables.tables() for fault in _table(table)] + _claims()


def _table(table):
    """What a schema cannot say of the rows of one table."""
    found, frame, units, sources = [], tables.load(table), {}, tables.load("sources")
    seen = sources.set_index("key")["seen"]
    name = frame.columns[0]
    for row, key in enumerate(frame[name] if name != "id" or table == "claims" else (), 2):
        if not re.fullmatch(r"[\w-]+", key, re.A):  # it becomes an anchor, a file's name, a link
            found.append(
                f"data/{table}.csv, row {row}, column {name}: {key!r} holds more than letters, digits and hyphens."
                " Rename it"
            )
    for row, url in enumerate(frame.get("url", []), 2):
        if not re.fullmatch(r"https?://[^\s<>\"\\`]+", url):
            found.append(
                f"data/{table}.csv, row {row}, column url: {url!r} is no address of a page. Begin it with https://, and"
                " write spaces and quotation marks as %20 and %22"
            )
    if {"value", "unit", "period", "published", "source"} <= set(frame.columns):
        for row, r in enumerate(frame.to_dict("records"), 2):
            at = f"data/{table}.csv, row {row}, column"
            currency, _, size = r["unit"].partition("_")
            first = units.setdefault((r["measure"], currency), (r["unit"], row))
            if not math.isfinite(r["value"]):
                found.append(f"{at} value: {r['value']} is not a finite number. Mend it")
            if r["unit"] == "percent" and r["value"] > 100 and not re.search(MAY_EXCEED, r["measure"]):
                found.append(
                    f"{at} value: {r['value']:g} percent is more than all, and {r['measure']!r} is no growth or return."
                    " Mend the value or the unit"
                )
            if size and first[0] != r["unit"]:
                found.append(
                    f"{at} unit: {r['unit']!r}, while row {first[1]} gives {r['measure']!r} in {first[0]!r}. Write both"
                    " in one unit"
                )
            for column, text in (("period", r["period"]), ("published", r["published"])):
                if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text) and not _is_day(text):
                    found.append(f"{at} {column}: there is no day {text!r}. Mend the date")
            if r["period"][:4] > r["published"][:4]:
                found.append(
                    f"{at} period: {r['period']!r} lies after the publication ({r['published']}). Mend either date"
                )
            if r["published"][:4] > seen[r["source"]][:4] or r["published"] > seen[r["source"]]:
                found.append(
                    f"{at} published: {r['published']!r} lies after the day on which the page was read"
                    f" ({seen[r['source']]}). Mend the date, here or in data/sources.csv"
                )
    return found


def _once():
    """One fact stands once, each source and each table is used."""
    found, used, ids = [], set(), {}
    for path in sorted(tables.DATA.glob("*.csv")):
        if path.name not in {resource["path"] for resource in tables.package()["resources"]}:
            found.append(f"data/{path.name} is not described in datapackage.json: describe it there, or delete it")
    for table in tables.tables():
        frame = tables.load(table)
        used.update(tables.trace(frame, "source"))
        if wrong := _ids(table, frame):
            found += wrong
            continue
        for row, key in enumerate(frame.get("id", []), 2):
            if key in ids:
                found.append(
                    f"data/{table}.csv, row {row}, column id: {key!r} stands already in {ids[key]}. Give each row"
                    " its own"
                )
            ids[key] = f"data/{table}.csv, row {row}"
    for row, (former, current) in enumerate(
        tables.load("renamed").to_numpy() if "renamed" in tables.tables() else (), 2
    ):
        if current not in ids or former in ids:
            odd, what = (former, "is still the id of a row") if former in ids else (current, "is the id of no row")
            found.append(f"data/renamed.csv, row {row}: {odd!r} {what}. Mend or delete the line")
    for row, key in enumerate(tables.load("sources")["key"], 2):
        if key not in used:
            found.append(f"data/sources.csv, row {row}, column key: no figure cites {key!r}. Delete the row")
    return found


def _ids(table, frame):
    """An id says what its row says."""
    found = []
    for row, cells in enumerate(frame.astype("object").fillna("").to_dict("records"), 2):
        right = keys.id_of(table, cells)
        if right and cells["id"] != right:
            found.append(
                f"data/{table}.csv, row {row}, column id: {cells['id']!r} does not say what the row says, which is"
                f" {right!r}. Write that, or let make data do it"
            )
    return found


def name_rows():
    """Give every row of `data/` the id that its cells say, in tables and chapters. Returns {former id: id}.

    An id that chapters used, and so downloads too, is kept in `data/renamed.csv`: an old download can be followed.
    """
    wrong, right = {}, set()
    for table in tables.figures():
        path = tables.DATA / tables.describe(table)["path"]
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        named = [keys.id_of(table, row) for row in rows]
        right |= {row["id"] for row, id in zip(rows, named) if row["id"] == id}
        wrong |= {row["id"]: id for row, id in zip(rows, named) if row["id"] != id}
        if any(row["id"] != id for row, id in zip(rows, named)):
            text = io.StringIO()
            writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(row | {"id": id} for row, id in zip(rows, named))
            run.write(path, text.getvalue())
    # A copied row still has the id of the one it was copied from: that one stays what it is.
    renamed = {former: id for former, id in wrong.items() if former and former not in right}
    if renamed:
        _follow(renamed)
    return renamed


def _follow(renamed):
    """Renames rows where chapters name them, and records what they were called."""
    word = re.compile("(?<![\\w-])(" + "|".join(map(re.escape, renamed)) + ")(?![\\w-])")
    told = set()
    for path in run.notebooks():
        text = path.read_text(encoding="utf-8")
        told |= set(word.findall(text))
        content = run.read(path)
        for cell in content.cells:
            cell.source = word.sub(lambda found: renamed[found[1]], cell.source)
        if (new := run.dump(content)) != text:
            run.write(path, new)
    home = tables.DATA / "renamed.csv"
    known = dict(list(csv.reader(io.StringIO(home.read_text(encoding="utf-8"))))[1:]) if home.exists() else {}
    known = {former: renamed.get(current, current) for former, current in known.items()}
    known |= {former: id for former, id in renamed.items() if former in told}
    lines = [f"{former},{current}\n" for former, current in known.items() if former != current]
    run.write(home, "former,current\n" + "".join(lines))


def _is_day(text):
    try:
        return bool(date.fromisoformat(text if len(text) == 10 else f"{text}-01"))
    except ValueError:
        return False


def _claims():
    """Each claim can be judged and is told in a chapter; each chapter that shows verdicts has claims."""
    found = []
    told = {
        theme: path.name
        for path in run.notebooks()
        for theme in re.findall(r"\{verdict-strip\} ([\w-]+)", path.read_text(encoding="utf-8"))
    }
    table = tables.load("claims").fillna("")
    for row, r in enumerate(table.to_dict("records"), 2):
        at = f"data/claims.csv, row {row}, column"
        if r["kind"] not in rules.KINDS:
            found.append(f"{at} kind: {r['kind']!r} is none of {', '.join(rules.KINDS)}. Choose one")
        if r["chapter"] not in told:
            found.append(
                f"{at} chapter: no notebook in chapters/ shows the verdicts of {r['chapter']!r}; there are"
                f" {', '.join(told)}. Mend the name, or write the chapter"
            )
        if odd := [unit for unit in r["unit"].split(";") if unit and unit not in units.UNITS]:
            found.append(f"{at} unit: {odd[0]!r} is none of {', '.join(units.UNITS)}. Choose one")
        try:
            for figure in ledger._figures(r) if r["kind"] not in rules.UNSCORED else ():
                figure.interval
        except tables.DataError as error:
            found.append(f"data/claims.csv, row {row}: {str(error).removeprefix('data/claims.csv, ').rstrip('.')}")
        except (ValueError, ArithmeticError) as error:
            found.append(
                f"{at}s claimed, precision: {r['claimed']!r} as {r['precision']!r} cannot be judged ({error}). Write"
                " digits with a point, and a precision of chapters/method.md"
            )
    lost = [
        f"chapters/{name}: no claim in data/claims.csv belongs to its chapter {theme!r}. Mend the name in its"
        " verdict-strip, or add the claims"
        for theme, name in told.items()
        if theme not in set(table["chapter"])
    ]
    return found + lost
