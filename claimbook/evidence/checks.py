"""What a table of `data/` may hold: as a file, in its cells, in its rows.
A fault is one line with file, row, column and remedy. Which rule looks at which column follows from the table's
description in `datapackage.json`: a new table needs no more than that.
"""

import csv
import io
import re
from urllib.parse import urlsplit

import pandas as pd

from claimbook.evidence.units import UNITS
from claimbook.paths import DATA, way_back


def fault(path, row, column, text):
    """A fault with its place; `row` and `column` may be None. `text`: what is wrong and how to mend it."""
    return f"data/{path}" + (f", row {row}" if row else "") + (f", column {column}" if column else "") + f": {text}"


def of_file(path, names):
    """The first fault of a table as a file, or None: is it there, UTF-8, with the columns described and whole rows?"""
    try:
        raw = (DATA / path).read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        return f"data/{path} cannot be read: {error.strerror}. {way_back(f'data/{path}')}"
    except UnicodeDecodeError as error:
        row = 1 + raw.count(b"\n", 0, error.start)
        return fault(path, row, None, f"the byte 0x{raw[error.start]:02x} is not UTF-8. Save the table as UTF-8")
    if text.startswith("\ufeff"):
        return fault(path, 1, None, "the file begins with a byte order mark. Save it as UTF-8 without one")
    if odd := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        row = 1 + text.count("\n", 0, odd.start())
        return fault(path, row, None, f"a control character (U+{ord(odd[0]):04X}) stands in a cell. Delete it")
    rows = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        what = f"a quotation mark is not closed or stands within a cell ({error}). Double it, or close it"
        return fault(path, len(rows) + 1, None, what)
    if not rows:
        return fault(path, 1, None, f"the table is empty. {way_back(f'data/{path}')}")
    if rows[0] != names:
        return _header(path, rows[0], names)
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            remedy = "Put text with a comma in quotation marks, and a comma for each empty cell"
            return fault(path, number, None, f"{len(names)} cells are needed, there are {len(row)}. {remedy}")
        for name, cell in zip(names, row):
            if "\n" in cell or "\r" in cell:
                return fault(path, number, name, "a line break stands in the cell. Put the text on one line")
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
    return fault(path, 1, None, f"{what}. Mend the header, or describe the column there")


def _like(pattern=None):
    """The cells that are written as the pattern says, or the limit that is given."""
    return lambda cells, limit: cells.map(lambda cell: bool(re.fullmatch(pattern or limit, cell, re.A)))


def _dated(pattern=None):
    """Those, where the calendar has the month and the day; years and quarters it has all."""

    def sound(cells, limit):
        day = cells.str.extract(r"(\d{4}-\d\d(?:-\d\d)?)")[0]
        known = day.isna() | pd.to_datetime(day, format="ISO8601", errors="coerce").notna()
        return known & _like(pattern)(cells, limit)

    return sound


CELLS = {
    "required": (lambda cells, needed: cells.ne("") | (not needed), "a value is needed. Fill it in"),
    "string": (_like(r"(?u:\S+( \S+)*)"), "{cell!r} has a space too many. Write one between words, none at the ends"),
    # Of a number with more digits, versions of pandas make different numbers.
    "number": (_like(r"-?(?!(\.?\d){16})\d+(\.\d+)?"), "{cell!r} is no number of up to 15 digits. Write it as 1234.5"),
    "integer": (_like(r"-?\d{1,15}"), "{cell!r} is no whole number of up to 15 digits. Write digits only"),
    "minimum": (lambda cells, least: cells.astype("float") >= least, "{cell!r} is below {limit}. Mend it or its unit"),
    "unique": (lambda cells, _: ~cells.duplicated(), "{cell!r} stands in an earlier row too. Give each row its own"),
    "enum": (lambda cells, words: cells.isin(words), "{cell!r} is none of {limit}. Choose one"),
    "date": (_dated(r"\d{4}-\d\d-\d\d"), "{cell!r} is no day written as 2025-01-31. Mend the date"),
    "pattern": (_dated(), "{cell!r} is no date written as {limit}. Write it as 2025-01-31, 2025-01 or 2025Q1"),
    "address": (_like(r"https?://[^\s<>\"\\`]+"), "{cell!r} is no address. Begin it with https://, use %20 for spaces"),
    "name": (_like(r"[\w-]+"), "{cell!r} holds more than letters, digits and hyphens. Rename it"),
    "key": (lambda cells, of: cells.isin(of), "the key {cell!r} is not in data/{limit[resource]}.csv. Add or mend it"),
}
"""Each rule of cells: (which cells of a column are sound, by the limit; what is wrong with another and how to mend it).
The first are types and constraints of datapackage.json, by their names there."""


def rules(schema):
    """Every (column, rule, limit) of a table with this schema."""
    names = [field["name"] for field in schema["fields"]]
    for name, field in zip(names, schema["fields"]):
        found = {field["type"]: None} | field.get("constraints", {})
        if name == "unit" and "value" in names:
            found["enum"] = [*UNITS]
        if name in ("url", "address"):
            found["address"] = None
        if name == schema.get("primaryKey"):  # written by hand, and it becomes an anchor, a file's name, a link
            found["name"] = None
        yield from ((name, rule, limit) for rule, limit in found.items())
    for key in schema.get("foreignKeys", []):
        yield key["fields"], "key", key["reference"]


def of_cells(path, schema, frame, keys):
    """The faults of a table's cells, of each row the first.

    `frame`: the table, all texts, "" for an empty cell. `keys`: the cells of another table, by resource and fields.
    """
    found, frame = {}, frame.astype("object")  # quicker to look at cell by cell
    for column, rule, limit in rules(schema):
        (sound, words), cells = CELLS[rule], frame[column].drop([*found]) if found else frame[column]
        if rule != "required":
            cells = cells[cells != ""]
        for at, cell in cells[~sound(cells, keys(**limit) if rule == "key" else limit).astype("bool")].items():
            found[at] = fault(path, at + 2, column, words.format(cell=cell, limit=limit))
    return [found[at] for at in sorted(found)]


COMMON = {"news", "venture", "index", "research", "capital", "press", "ai", "fintech", "health"}
"""Words of a publisher's name that a host of another may have."""


def own(publisher, page, hosts):
    """Whether a page is its publisher's own: its host shows a word of the name, or it lies in one of `hosts`."""
    host, words = urlsplit(page).netloc, {*re.findall(r"\w+", publisher.lower())} - COMMON
    shown = [word for word in words if word in host.split(".") or (len(word) > 3 and word in host)]
    return bool(shown) or any(one and one in page for one in hosts.split(";"))


ANOTHER = r" / |, | via | on |\bcopy\b"
"""What a site's name holds that names another's page besides."""


def at_home(site, page):
    """Whether an address shows the one site that is named: a word of its name, or its own name within that."""
    labels, name = {*urlsplit(page).netloc.replace("-", "").split(".")[:-1]}, re.sub(r"\W", "", site.lower())
    within = any(len(label) > 3 and label in name for label in labels - COMMON)
    return (own(site, page, "") or within) and not re.search(ANOTHER, site)


def dated(page):
    """The month or day in the path of an address: of "https://a.org/2025/01/31/b" it is "2025-01-31"; "" for none."""
    found = re.search(r"(?<!\d)(20\d\d)[/-](0[1-9]|1[0-2])(?:[/-](0[1-9]|[12]\d|3[01]))?(?!\d)", urlsplit(page).path)
    return "-".join(part for part in found.groups() if part) if found else ""


def named(text):
    """The first month with its year that is named in words: "Nov 10-14, 2025", "november-2025"; "" for none."""
    months = "jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec"
    long = "january|february|march|april|august|september|october|november|december"
    found = re.search(rf"(?i)(?<![a-z])({long}|{months})\.?[ -](\d+(-\d+)?[,-] ?)?20\d\d(?!\d)", text)
    return found[0] if found else ""


MAY_EXCEED = r"growth|change|return|premium"
"""Measures that can be more than 100 percent; a share cannot."""
OF_WHAT = r"money|dollars|value|funding|number"
"""Words that tell what of some rounds is shared."""
AFTER = "lies after the publication ({0.published}). Mend either date"
ROWS = {
    "value unit measure": (
        lambda r: r.unit == "percent" and r.value > 100 and not re.search(MAY_EXCEED, r.measure),
        "{0.value:g} percent is more than all, and {0.measure!r} is no growth or return. Mend the value or the unit",
    ),
    "definition measure unit": (
        lambda r: (
            (r.unit == "percent" and "share" in r.measure and re.search(r"\b(rounds|deals)\b", r.definition))
            and not re.search(OF_WHAT, r.definition)
        ),
        "{0.definition!r} does not tell what of the rounds is shared. Write the money or the number of them",
    ),
    "unit first": (lambda r: r.unit != r.first, "{0.unit!r} stands here, {0.first!r} above. Write both in one unit"),
    "debt_part value": (
        lambda r: r.debt_part > r.value,
        "{0.debt_part:g} is more than the round ({0.value:g}). Mend it",
    ),
    "period published": (lambda r: r.period[:4] > r.published[:4], f"{{0.period!r}} {AFTER}"),
    "announced published": (lambda r: r.announced[:4] > r.published[:4], f"{{0.announced!r}} {AFTER}"),
    "published seen": (
        lambda r: r.published > r.seen,
        "{0.published!r} lies after the day on which the page was read ({0.seen}). Mend the date, here or in"
        " data/sources.csv",
    ),
    "collector publisher printers": (
        lambda r: r.publisher not in r.printers.split(";"),
        "{0.publisher!r} is not known to print what {0.collector!r} collects. Mend either, or add the publisher to that"
        " row of data/collectors.csv",
    ),
    "evidence publisher page hosts": (
        lambda r: r.evidence == "primary" and not own(r.publisher, r.page, r.hosts),
        "{0.page} is no page of {0.publisher!r}. Write copy or report, or add its host to that row of"
        " data/collectors.csv",
    ),
    "evidence publisher page": (
        lambda r: r.evidence == "report" and own(r.publisher, r.page, ""),
        "{0.page} is a page of {0.publisher!r} itself. Write primary, or copy for one that mirrors it",
    ),
    "evidence publisher called": (
        lambda r: r.evidence == "copy" and "(" not in r.called and not r.called.startswith("Page on "),
        "the page is a copy, and its title in data/sources.csv, {0.called!r}, does not tell of what. Write there in"
        " round brackets what it copies, or report here",
    ),
    "standing second_source": (
        lambda r: r.standing == "one source",
        "one source, and {0.second_source!r} besides. Write two sources, or delete the page that does not agree",
    ),
    "earliest latest": (lambda r: r.earliest > r.latest, "{0.earliest!r} lies after {0.latest!r}. Mend either date"),
    "site url": (
        lambda r: not at_home(r.site, r.url),
        "{0.url} is no page of {0.site!r} alone. Write the site that was read, by the name that its address shows",
    ),
    "title": (
        lambda r: r.title.endswith(": second page"),
        "{0.title!r} is the title of no page. Write the page's own, or Page on and what it tells of whom",
    ),
    "published dated": (
        lambda r: not r.published.startswith(r.dated),
        "{0.published!r}, while the address shows {0.dated}. Write that",
    ),
    "published named": (
        lambda r: bool(r.named) and not r.published,
        "empty, while title or address names {0.named!r}. Write the month, or the day that the page shows",
    ),
}
"""Each rule of rows, by the columns that it compares: (which row breaks it; what is wrong and how to mend it). It looks
at every table that has the columns, and its fault is told of the first."""


def of_rows(path, frame, read):
    """What the cells of a row say against each other. `frame`: the typed table. `read`: {source: day of reading}."""
    if "source" in frame:
        frame = frame.assign(seen=frame["source"].map(read))
    if {"unit", "value", "source"} <= {*frame}:
        of = [frame["measure"], frame["unit"].str.partition("_")[0]] if "measure" in frame else lambda row: 0
        frame = frame.assign(first=frame.groupby(of)["unit"].transform("first"))
    if {"title", "url"} <= {*frame}:
        frame = frame.assign(
            published=frame["published"].fillna(""),
            dated=frame["url"].map(dated),
            named=(frame["title"] + " " + frame["url"]).map(named),
        )
    frame = frame.astype("object")  # quicker to look at row by row
    looked = [(columns.split(), *rule) for columns, rule in ROWS.items() if {*columns.split()} <= {*frame}]
    return [
        fault(path, row.Index + 2, columns[0], words.format(row))
        for columns, broken, words in looked
        for row in frame.dropna(subset=columns).itertuples()
        if broken(row)
    ]
