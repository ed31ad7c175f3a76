"""A row's id says what the row says: written by make data, refused where it says something else, renamed and kept."""

import csv

import pytest

from claimbook.evidence import keys, tables
from claimbook.paths import notebooks

EUROPE = "atomico_venture_europe_2024_2024"
"""A row that a chapter names: Atomico's edition of 2024."""


def rows(book, table="regions"):
    with (book.root / f"data/{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(book, found, table="regions"):
    with (book.root / f"data/{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)


def relabel(book, key, table="regions", **cells):
    """Other cells in the row with this id."""
    write(book, [row | cells if row["id"] == key else row for row in rows(book, table)], table)


def accept(book):
    code, said = book.claimbook("data")
    assert code == 0, said
    return said


def test_every_id_says_what_its_row_says():
    for table in tables.figures():
        for row in tables.load(table).astype("object").fillna("").to_dict("records"):
            assert keys.id_of(table, row) == row["id"]


@pytest.mark.parametrize(
    "cells, id",
    [
        ({"edition": "2025 edition", "published": "2025-04-07"}, "ai-index_private_us_ai_2024_2025-edition"),
        ({"edition": "", "published": "2025-04-07"}, "ai-index_private_us_ai_2024_2025-04"),
        ({"edition": "", "published": "2025", "sector": "all"}, "ai-index_private_us_2024_2025"),
        ({"edition": "", "published": "", "known": "2025-04-07"}, "ai-index_private_us_ai_2024_2025-04"),
        ({"edition": "", "published": "", "known": "2025-04 to 2025-12"}, "ai-index_private_us_ai_2024"),
    ],
)
def test_the_vintage_is_the_edition_or_else_the_month_of_the_print(cells, id):
    row = {"publisher": "Stanford AI Index", "measure": "private investment", "scope": "US", "sector": "AI"}
    assert keys.id_of("regions", row | {"period": "2024"} | cells) == id


def test_an_empty_id_is_written(copy):
    relabel(copy, EUROPE, id="")
    accept(copy)
    assert EUROPE in [row["id"] for row in rows(copy)]


def test_an_id_that_says_something_else_stops_the_build(copy):
    relabel(copy, EUROPE, id="atomico_venture_europe_2021_2024")
    code, said = copy.run("-c", "from claimbook.engine import intake; print(*intake._once(), sep='\\n')")
    assert code == 0 and f"which is '{EUROPE}'. Write that, or let make data do it" in said


def test_a_corrected_label_renames_its_row_everywhere_and_is_recorded(copy):
    chapters = sorted((copy.root / "chapters").glob("*.ipynb"))
    used = [path.name for path in chapters if EUROPE in path.read_text(encoding="utf-8")]
    former = [row["former"] for row in rows(copy, "renamed") if row["current"] == EUROPE]
    assert used and former
    relabel(copy, EUROPE, edition="2024b")
    assert f"Renamed: {EUROPE} is {EUROPE}b" in accept(copy)
    relabel(copy, f"{EUROPE}b", edition="2024c")
    accept(copy)
    for name in used:
        text = (copy.root / "chapters" / name).read_text(encoding="utf-8")
        assert f'\\"{EUROPE}c\\"' in text and f'\\"{EUROPE}\\"' not in text, name
    current = {row["former"]: row["current"] for row in rows(copy, "renamed")}
    assert all(current[id] == f"{EUROPE}c" for id in (*former, EUROPE, f"{EUROPE}b")), "the chain is resolved"


def test_a_misfit_is_told_of_its_row_by_whatever_id_that_has(copy):
    listed = rows(copy, "misfits")[-1]
    key, table = (
        listed["figure"],
        next(name for name in tables.figures() if listed["figure"] in {*tables.load(name)["id"]}),
    )
    relabel(copy, key, table, edition="2024b")
    assert f"Renamed: {key} is" in accept(copy)
    assert rows(copy, "misfits")[-1]["figure"] in [row["id"] for row in rows(copy, table) if row["edition"] == "2024b"]


def test_a_copied_row_gets_its_own_id_and_leaves_the_other_alone(copy):
    found = rows(copy)
    write(copy, [*found, next(row for row in found if row["id"] == EUROPE) | {"period": "2022"}])
    assert "Renamed" not in accept(copy)
    ids = [row["id"] for row in rows(copy)]
    assert ids.count(EUROPE) == 1 and "atomico_venture_europe_2022_2024" in ids


def test_no_id_is_asked_for_in_a_way_that_drops_a_lost_one():
    for path in notebooks():
        text = path.read_text(encoding="utf-8")
        for way in ('[\\"id\\"].isin', "id == '", "id in ["):
            assert way not in text, f"{path.name}: {way}"
