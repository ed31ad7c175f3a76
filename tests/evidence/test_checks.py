"""Every rule of the data, planted in every table that it looks at. Which those are is read from the tables: a new one
is tested without a new test."""

import pandas as pd
import pytest
import touched
from frictionless import Package, system

from claimbook.evidence import checks, tables

CELLS = {
    "required": [""],
    "string": [" a", "a ", "a  b", "a\u00a0b c\u2009d"],
    "number": ["INF", "-inf", "NaN", "1e3", "(5)", "1,234", "1_000", "+5", "5 %", "5.", "٣", "0.1234567890123456"],
    "integer": ["1.5", "1_0", "one", "1e3", "1234567890123456"],
    "minimum": ["-1", "-0.001"],
    "unique": [None],
    "enum": ["euro", "Primary", "primary;copy"],
    "date": ["2026-9-30", "2024-13-01", "2024-02-30", "30.9.2026", "2026", "20260930"],
    "pattern": ["2024-13", "2024-00", "2024-02-30", "2026-9-30", "2024-09-31", "FY24", "24", "2024-Q5", "٢٠٢٤", "2204"],
    "address": ["javascript:alert(1)", "example.org", "https://example.org/a b"],
    "name": ["../a", "a b", "ä"],
    "key": ["nowhere-2025", "99999", "nobody-99"],
}
"""Cells that each rule refuses. None: what the row above has."""
ROWS = {
    "value unit measure": {"value": 520.0, "unit": "percent", "measure": "share", "definition": "money"},
    "definition measure unit": {
        "definition": "share of AI rounds",
        "measure": "share",
        "unit": "percent",
        "value": 8.0,
    },
    "unit first": {"unit": "USD_bn", "measure": "as above"},
    "debt_part value": {"debt_part": 9.0, "value": 8.0},
    "period published": {"period": "2025", "published": "2024-12"},
    "announced published": {"announced": "2025-01-01", "published": "2024-12"},
    "published seen": {"published": "2027-01"},
    "collector publisher printers": {"publisher": "A", "printers": "AB;B"},
    "evidence publisher page hosts": {"evidence": "primary", "page": "https://example.org/a", "hosts": ""},
    "evidence publisher page": {"evidence": "report", "publisher": "A", "page": "https://a.org/b"},
    "evidence publisher called": {"evidence": "copy", "publisher": "A", "called": "The state of start-ups"},
    "standing second_source": {"standing": "one source", "second_source": "a-2025"},
    "earliest latest": {"earliest": "2026-01-02", "latest": "2026-01-01"},
    "site url": {"site": "PitchBook", "url": "https://a.org/b"},
    "title": {"title": "A, Series B: second page"},
    "published dated": {"published": "2025-03", "url": "https://a.org/2025/03/04/b", "site": "A"},
    "published named": {"published": None, "title": "Recap Nov 10-14, 2025", "url": "https://a.org/b", "site": "A"},
}
"""Cells that each rule of rows refuses, in the last of two rows."""
ABOVE = {
    "definition measure unit": {
        "definition": "money in AI rounds",
        "measure": "share",
        "unit": "percent",
        "value": 8.0,
    },
    "unit first": {"unit": "USD_m", "measure": "as above"},
    "collector publisher printers": {"publisher": "A", "printers": "AB;A"},
    "evidence publisher page hosts": {"evidence": "primary", "page": "https://example.org/a", "hosts": "b.org;e.org/a"},
    "evidence publisher page": {"evidence": "report", "publisher": "A", "page": "https://example.org/a"},
    "evidence publisher called": {"evidence": "copy", "publisher": "A", "called": "The state of start-ups (copy of A)"},
    "standing second_source": {"standing": "two sources", "second_source": "a-2025"},
    "published dated": {"published": "2025-03-04", "url": "https://a.org/2025/03/04/b", "site": "A"},
    "published named": {
        "published": "2025-11",
        "title": "Recap Nov 10-14, 2025",
        "url": "https://a.org/b",
        "site": "A",
    },
}


@pytest.mark.parametrize("table", tables.tables())
def test_each_rule_of_cells_looks_at_each_of_its_columns(table):
    one, raw = tables.describe(table), tables._raw(table)
    for column in raw:
        part = [name for name in raw if name in (column, "value")]
        schema = one["schema"] | {
            "fields": [field for field in one["schema"]["fields"] if field["name"] in part],
            "foreignKeys": [key for key in one["schema"].get("foreignKeys", []) if key["fields"] == column],
        }
        rules = {rule: limit for name, rule, limit in checks.rules(schema) if name == column}
        cells = [raw[column].iloc[0] if cell is None else cell for rule in rules for cell in CELLS[rule]]
        frame = pd.concat([raw[part].head(1)] * (1 + len(cells)), ignore_index=True)
        frame[column] = [raw[column].iloc[0], *cells]
        found = checks.of_cells(one["path"], schema, frame, lambda resource, fields: tables._raw(resource)[fields])
        words = {rule: checks.CELLS[rule][1] for rule in rules}
        told = {
            rule
            for line, cell in zip(found, cells, strict=True)
            for rule, limit in rules.items()
            if line.endswith(f", column {column}: {words[rule].format(cell=cell, limit=limit)}")
        }
        assert [line.split(", ")[:2] for line in found] == [
            [f"data/{one['path']}", f"row {n + 3}"] for n in range(len(cells))
        ]
        assert told == rules.keys() - ({"name"} if "integer" in rules else set()), f"{column}: {rules.keys() - told}"


@pytest.mark.parametrize("table", tables.tables())
def test_each_rule_of_rows_looks_at_each_table_that_has_its_columns(table):
    frame, read = tables.load(table), tables.load("sources").set_index("key")["seen"]
    given = {
        *frame,
        *(["seen"] if "source" in frame else []),
        *(["first"] if {"unit", "value", "source"} <= {*frame} else []),
        *(["dated", "named"] if {"title", "url"} <= {*frame} else []),
    }
    given |= {"printers", "page", "called", "hosts"} if table in tables.figures() else set()
    for columns in (columns for columns in checks.ROWS if {*columns.split()} <= given):
        one = frame.dropna(subset=[name for name in columns.split() if name in frame]).head(1)
        planted = pd.concat([one.assign(**ABOVE.get(columns, {})), one.assign(**ROWS[columns])], ignore_index=True)
        column, found = columns.split()[0], checks.of_rows(f"{table}.csv", planted, read)
        assert [line.partition(": ")[0] for line in found] == [f"data/{table}.csv, row 3, column {column}"], found


def test_a_page_is_its_publishers_own_by_its_host():
    """A word of the name stands in the host, a short one for itself; what does not show it is named in the registry."""
    own = {("Crunchbase News", "news.crunchbase.com"), ("KPMG Venture Pulse", "launch.kpmg.com"), ("EY", "www.ey.com")}
    own |= {("US Census Bureau", "lehd.ces.census.gov"), ("St. Louis Fed", "www.stlouisfed.org")}
    not_own = {("Crunchbase News", "news.clateway.com"), ("EY", "moneytalk.org"), ("SEC", "cooleypubco.com")}
    not_own |= {("KPMG Venture Pulse", "venturebeat.com"), ("Carta", "example.org/carta.com")}
    found = {(name, host): checks.own(name, f"https://{host}/page", "") for name, host in own | not_own}
    assert found == dict.fromkeys(own, True) | dict.fromkeys(not_own, False)
    assert checks.own("Chatbot Arena", "https://github.com/lmarena/a", "arena.ai;github.com/lmarena")
    assert not checks.own("Chatbot Arena", "https://github.com/other/a", "arena.ai;github.com/lmarena")


def test_a_source_names_the_site_that_was_read_and_no_other():
    """A word of the name stands in the address, or the address within the name; who is copied there is no site."""
    read = {("SSTI", "ssti.org"), ("AIM Research", "aimresearch.co"), ("Mint (livemint.com)", "www.livemint.com")}
    read |= {("GitHub (mksamfolk/fatfa_chart)", "github.com"), ("AI Catalog", "ai-catalog.space")}
    other = {
        ("PitchBook", "livemint.com"),
        ("Crunchbase News", "news.clateway.com"),
        ("Nasdaq / RTTNews", "nasdaq.com"),
    }
    other |= {("Reuters via Daily Mail", "dailymail.co.uk"), ("Chatbot Arena, copy in GitHub a/b", "github.com")}
    found = {(site, host): checks.at_home(site, f"https://{host}/page") for site, host in read | other}
    assert found == dict.fromkeys(read, True) | dict.fromkeys(other, False)


def test_a_page_shows_its_day_in_its_address_or_title():
    shown = {"a.org/2025/01/31/b": "2025-01-31", "a.org/news/2025-01-b": "2025-01", "a.org/12025/01/2": ""}
    assert {page: checks.dated(f"https://{page}") for page in shown} == shown
    words = {"Recap Nov 10-14, 2025": "Nov 10-14, 2025", "Trends of june-2025": "june-2025", "State of 2025": ""}
    words |= {"the Market 2025": "", "may 2025 be": "may 2025", "5 January 2026": "January 2026", "march-12-20255": ""}
    assert {text: checks.named(text) for text in words} == words


def test_every_message_ends_with_what_to_do():
    words = [words for _, words in checks.CELLS.values()] + [words for _, words in checks.ROWS.values()]
    remedies = ("Fill", "Write", "Mend", "Give", "Choose", "Begin", "Rename", "Add")
    assert not [one for one in words if not one.rsplit(". ")[1].startswith(remedies)]


def test_columns_of_one_name_are_dates_of_one_form_in_all_tables():
    """A column `published` without its pattern would be looked at as any text."""
    found = {}
    for field in (field for table in tables.package()["resources"] for field in table["schema"]["fields"]):
        found.setdefault(field["name"], set()).add(field.get("constraints", {}).get("pattern"))
    assert not {name: patterns for name, patterns in found.items() if len(patterns) > 1}
    assert not {"period", "announced", "published"} & {name for name, patterns in found.items() if patterns == {None}}


def test_the_standards_own_tool_finds_no_fault_either():
    touched.opened[-1].add(touched.HASHES)
    with system.use_context(trusted=True):
        assert Package(str(tables.DATA / "datapackage.json")).validate().valid


@pytest.mark.parametrize("table", tables.tables())
def test_every_number_is_read_as_it_is_written(table):
    """Of numbers with more than 15 digits, versions of pandas make different ones."""
    for field in tables.describe(table)["schema"]["fields"]:
        if field["type"] in ("number", "integer"):
            written, read = tables._raw(table)[field["name"]], tables.load(table)[field["name"]]
            assert [float(cell) for cell in written if cell] == read.dropna().tolist(), field["name"]


def test_a_round_is_looked_at_as_any_figure(copy):
    planted = {"value": "INF", "unit": "euro", "announced": "2024-13", "valuation": "NaN", "published": "2027-13"}
    frame = pd.read_csv(copy.root / "data/rounds.csv", dtype="str", keep_default_na=False)
    for row, (column, cell) in enumerate(planted.items(), 5):
        frame.loc[row, column] = cell
    frame.to_csv(copy.root / "data/rounds.csv", index=False, lineterminator="\n")
    code, said = copy.claimbook("data")
    places = [
        f"data/rounds.csv, row {row}, column {column}: {cell!r} is no"
        for row, (column, cell) in enumerate(planted.items(), 7)
    ]
    assert code == 1 and [line[: len(place)] for line, place in zip(said.split("\n")[1:], places)] == places, said
