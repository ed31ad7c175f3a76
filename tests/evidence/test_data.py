"""The data package is whole, and bad input is refused with file, row, column and remedy."""

import re

import pandas as pd
import pytest
import touched

from claimbook.charts.paper import CHART_MIME
from claimbook.engine import intake
from claimbook.evidence import tables
from claimbook.judgement import ledger
from claimbook.paths import ROOT
from claimbook.site import pages


def test_the_data_has_no_fault():
    touched.opened[-1].add(touched.HASHES)
    assert intake.faults() == []


def test_every_figure_is_used():
    used = set()
    for _, _, chart in ledger.stored_outputs(CHART_MIME):
        used.update(chart["ids"])
    for _, _, verdict in ledger.stored_outputs(ledger.VERDICT_MIME):
        used.update(key for witness in verdict["witnesses"] + verdict["misquote"] for key in witness["ids"])
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "chapters").glob("*.ipynb"))
    unused = [
        key
        for name in tables.figures()
        for key in tables.load(name)["id"]
        if key not in used and f"{key}'" not in code and f'{key}\\"' not in code
    ]
    assert unused == []


def test_what_is_said_not_to_be_used_is_no_witness():
    """Each row of not-used.csv names claims of the ledger, and none of them is judged by that figure of that page."""
    page, found = tables.load("sources").set_index("key")["url"], figures().set_index("id")
    judged = {
        (claim, page[found["source"][id]], found["value"][id], found["period"][id])
        for claim, (_, verdict) in ledger.verdicts().items()
        for witness in verdict["witnesses"]
        for id in witness["ids"]
    }
    for row in tables.load("not_used").itertuples():
        for claim in row.claim.split(";"):
            assert claim in ledger.claims(), f"{row.address}: there is no claim {claim!r}"
            assert (claim, row.address, row.value, row.when) not in judged, f"{row.address} is a witness of {claim}"


def figures():
    """All tables of figures as one, with the name of the table of each."""
    return pd.concat([tables.load(name).assign(table=name) for name in tables.figures()], ignore_index=True)


ONE = [
    (["measure", "publisher", "source"], "unit"),
    (["table", "measure", "source"], "unit"),
    (["table", "source", "collector"], "publisher"),
    (["definition", "source"], "publisher"),
    (["definition", "publisher"], "collector"),
    (["table", "publisher", "source", "unit"], "collector"),
    (["publisher", "source"], "evidence"),
    (["company"], "city"),
    (["city"], "country"),
]
"""Figures that have these in common have that in common too: what a page prints of one measure is in one unit, and so
on."""
MOVED = {("company", "Figure"), ("company", "Etched"), ("company", "xAI")}
"""Who is not where it was: Figure in Sunnyvale in 2024, on the page of September 2025 in San Jose; Etched on the page
of its round of June 2024 in Cupertino, on the pages of 2026 in San Jose; xAI in its filing of December 2023 in
Burlingame, on pages from October 2024 on in Palo Alto."""


def test_the_registry_has_the_collectors_of_the_figures_and_who_prints_them():
    printed = figures().groupby("collector")["publisher"].agg(set).to_dict()
    registry = tables.load("collectors").set_index("collector")
    assert registry["publishers"].str.split(";").map(set).to_dict() == printed


def test_figures_that_belong_together_agree():
    found = figures()
    for common, one in ONE:
        known = found.dropna(subset=[*common, one])
        count = known.groupby(common)[one].nunique()
        moved = {who for column, who in MOVED if common == [column]}
        assert {*count[count > 1].index} == moved, f"{one} differs within one {' and '.join(common)}"


def test_figures_are_printed_after_their_time_and_before_they_were_read():
    found = figures()
    read = found["source"].map(tables.load("sources").set_index("key")["seen"])
    assert not len(late := found[found["published"] > read]), late["id"].tolist()
    time = found["period"].fillna(found["announced"])
    assert not len(early := found[time.str[:4] > found["published"].str[:4]]), early["id"].tolist()


@pytest.mark.parametrize(
    "file, old, new, message",
    [
        (
            "data/funding.csv",
            "crunchbase_venture_world_2024_2025-01,venture funding,World,all,2024,314,",
            "crunchbase_venture_world_2024_2025-01,venture funding,World,all,2024,many,",
            "funding.csv, row 9, column value",
        ),
        (
            "data/funding.csv",
            "crunchbase_venture_world_2024_2025-01,venture funding,World,all,2024,314,",
            "crunchbase_venture_world_2024_2025-01,venture funding,World,all,2024,,",
            "funding.csv, row 9, column value",
        ),
        ("data/funding.csv", "id,measure,scope", "id,measures,scope", "funding.csv, row 1"),
        (
            "data/funding.csv",
            "2024,314,USD_bn,approximately,,Crunchbase News,Crunch",
            "2024,314,USD_bn,approximately,,Crunchbase News,Munch",
            "funding.csv, row 9, column collector: the key 'Munchbase' is not in data/collectors.csv",
        ),
        ("data/claims.csv", "314;304,USD_bn,as printed", "314;304;1,USD_bn,as printed", "claim boom-01"),
    ],
)
def test_a_broken_table_is_refused(copy, file, old, new, message):
    copy.edit(file, old, new)
    code, text = copy.run(
        "-c", "from claimbook import load; from claimbook.judgement import ledger; load('funding'); ledger.claims()"
    )
    assert code and message in text, text


def test_an_unknown_source_is_refused(copy):
    key = tables.load("funding").loc[0, "source"]
    table = copy.root / "data/funding.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(f",{key},", ",nowhere-2025,", 1), encoding="utf-8")
    code, text = copy.run("-c", "from claimbook import load; load('funding')")
    assert code and "'nowhere-2025' is not in data/sources.csv" in text


def test_an_unaccepted_change_stops_the_build(copy):
    copy.edit(
        "data/funding.csv",
        "crunchbase_venture_world_2024_2025-01,venture funding,World,all,2024,314,",
        "crunchbase_venture_world_2024_2025-01,venture funding,World,all,2024,345.4,",
    )
    code, text = copy.claimbook("build")
    assert code and "funding.csv" in text and "make data" in text
    assert not (copy.root / "_build" / "html").exists()


def test_unknown_table_names_the_tables():
    with pytest.raises(tables.DataError, match="funding"):
        tables.load("fundings")


def test_generated_pages_are_fresh():
    assert pages.stale() == {}


def test_dates_in_words():
    assert [tables.month(d) for d in ("2025-01-07", "2025-12", "2024")] == ["January 2025", "December 2025", "2024"]


def test_new_money_leaves_out_what_brought_none():
    rounds = (
        tables.load("rounds")
        .head(7)
        .assign(
            value=[100.0, 99, 900, 900, 900, 900, 900],
            debt_part=[float("nan")] * 6 + [500],
            standing="two sources",
            instrument="equity",
            round="Series A",
        )
    )
    rounds.loc[2, "instrument"], rounds.loc[3, "instrument"], rounds.loc[4, "standing"], rounds.loc[5, "round"] = (
        "pledge",
        "old shares",
        "talks",
        "2026 round, first close",
    )
    assert tables.new_money(rounds)["value"].tolist() == [100, 400]
    assert tables.new_money(rounds, least=0)["value"].tolist() == [100, 99, 400]


def test_no_pattern_or_date_is_read_otherwise_than_it_looks():
    """frictionless anchors a pattern as text, so alternatives need brackets; `format: any` reads the clock."""
    fields = [field for table in tables.package()["resources"] for field in table["schema"]["fields"]]
    patterns = [field["constraints"]["pattern"] for field in fields if "pattern" in field.get("constraints", {})]
    assert len(patterns) > 20 and not [
        one for one in patterns if "|" in re.sub(r"\([^()]*(\([^()]*\))*[^()]*\)", "", one)
    ]
    assert not [field["name"] for field in fields if field.get("format") == "any"]
