"""The id of a row: what its own cells say, in the order of the key of its table. So it can be read, and cannot lie."""

import re

from claimbook.evidence import tables


def slug(text):
    """A cell as a word of an id: "Stanford AI Index" is "ai-index". datapackage.json shortens long words."""
    text = tables.package().get("short", {}).get(text, text)
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("$", "usd")).strip("-")


def id_of(table, row):
    """The id that a row must have, or None for a table whose rows are named by hand.

    `row`: its cells by column, "" for an empty one. The vintage's word is the edition, else the month of the print;
    of a page without a date, the month in which the figure was known, where there is one.
    """
    key = tables.describe(table)["schema"].get("primaryKey")
    if not isinstance(key, list):
        return None
    cells = {column: row[column] for column in key} | ({"sector": ""} if row.get("sector") == "all" else {})
    if "published" in cells:
        vintage = cells["published"] or row["known"]
        cells["published"] = "" if cells.get("edition") or " to " in vintage else vintage[:7]
    return "_".join(slug(cell) for cell in cells.values() if cell)
