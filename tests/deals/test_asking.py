"""What an export says of the claims: by the questions and rules of the book, only where it holds enough; and each
mistake that public work makes with such files is seen."""

import json
from functools import cache

import exports
import pandas as pd
import pytest

from claimbook import deals
from claimbook.deals import asking, counting, names, reading
from claimbook.judgement import ledger, questions, votes
from claimbook.paths import CHAPTERS

CHAPTER = next(CHAPTERS.glob("*-your-own-deals.ipynb"))


@cache
def chapter():
    """What the chapter defines before it asks: its thirty lines, and the made-up market."""
    cells = {one["id"]: "".join(one["source"]) for one in json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]}
    defined = {}
    for id in ("intro-2", "own-market-2"):
        exec(compile(cells[id], id, "exec"), defined)
    return defined


def read(frame, **options):
    return deals.read(frame.to_csv(index=False).encode(), **options)


SEEDS = range(5)
REGION = {"US": "US", "Europe": "Europe", "Asia": "Asia"}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_total_is_found_to_its_last_printed_digit(seed):
    book, mine = chapter(), read(chapter()["made_up"](seed))
    assert mine.lines == len(mine.rounds) and mine.repeats == 0
    for year, part in book["PARTS_OF_AI"].items():
        planted = book["planted"](year)
        assert round(mine.money(year) / 1e9, 1) == counting.smallest(year, "World")[2]
        assert mine.money(year, sector="AI") / 1e9 == pytest.approx(part * sum(planted.values()), abs=1e-5)
        assert mine.share(year, sector="AI") == pytest.approx(100 * part)
        for region in REGION:
            assert mine.money(year, region) / 1e9 == pytest.approx(planted[region], abs=1e-5)
        assert mine.money(year, names.BAY) * 2 == pytest.approx(mine.money(year, "US"), abs=10_000)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_market_with_a_few_lines_less_is_judged_and_with_much_money_less_is_not(seed):
    market = chapter()["made_up"](seed)
    largest_first = market.sort_values("amount USD", ascending=False, kind="stable")
    few = read(largest_first.iloc[: round(0.92 * len(market))])
    world = ["boom-01", "boom-02", "boom-03", "boom-04", "boom-05", "boom-08", "bubble-04", "ipo-06"]
    said = deals.answers(few).set_index("claim").loc[world]
    assert said["value"].notna().all() and set(said["vote"]) <= set(votes.VOTES[:3])
    less = market.assign(**{"amount USD": (market["amount USD"] * 0.85).astype("int64")})
    said = deals.answers(read(less)).set_index("claim").loc[world]
    assert said["value"].isna().all() and set(said["vote"]) == {"cannot tell"}
    assert said["says"].str.fullmatch(r"it holds 85\.0 percent of the least total .*|it holds 8\d\.\d percent .*").all()


@cache
def said(seed=0, **options):
    return deals.answers(read(chapter()["made_up"](seed), **options))


def test_32_claims_are_asked_and_of_the_others_it_is_said_why_not():
    asked = said()[said()["vote"] != ""]
    assert asked["claim"].nunique() == 32 and said()["claim"].nunique() == len(ledger.claims())
    assert said()["says"].ne("").all()
    assert set(said().loc[said()["vote"] == "", "claim"]) >= {"boom-07", "race-05", "ipo-01", "founder-03"}


def test_votes_are_those_of_the_books_own_rules():
    for one in said()[said()["value"].notna()].itertuples():
        figure = next(figure for figure in ledger.claim(one.claim).figures if figure.part == one.part)
        zones = votes.zones(figure.printed, figure.precision)
        assert one.vote == votes.vote(one.value, one.value, *zones)
    published = {
        (claim, figure["part"]): figure["now"]
        for claim, (_, content) in ledger.verdicts().items()
        for figure in content["figures"]
    }
    told = said()[said()["published"] != "not scored"]
    assert dict(zip(zip(told["claim"], told["part"]), told["published"])) == published


def test_what_is_asked_is_what_the_published_verdicts_are_asked(monkeypatch):
    one, figure = ledger.claim("boom-02"), ledger.claim("boom-02").figures[0]
    mine = read(chapter()["made_up"](0))
    assert asking.ask(mine, one, figure)[0] == pytest.approx(mine.money("2024", sector="AI") / 1e9)
    other = questions.asked() | {("boom-02", ""): questions.asked()["boom-02", ""] | {"period": ("2023",)}}
    monkeypatch.setattr(questions, "asked", lambda: other)
    assert asking.ask(mine, one, figure)[0] == pytest.approx(mine.money("2023", sector="AI") / 1e9)


def test_an_export_of_a_collector_is_no_second_witness_beside_it():
    export = read(chapter()["made_up"](0), collector="Crunchbase")
    row = export.evidence("us-05")
    assert list(row["collector"]) == ["Crunchbase"] and row["value"][0] == pytest.approx(30)
    judged = lambda id, more: ledger.claim(id).check(more.evidence(id))
    ballots = judged("us-02", export).findings[""].today
    assert sum(one.collector == "Crunchbase" for one in ballots) == 1
    own = judged("us-02", read(chapter()["made_up"](0), collector="our export")).findings[""].today
    assert {one.collector for one in own} == {one.collector for one in ballots} | {"our export"}
    alone = judged("us-05", export).findings[""]
    assert alone.now == "one count, against"  # nobody else counts it
    with pytest.raises(deals.DealsError, match="cannot answer ipo-01: it asks for listings"):
        export.evidence("ipo-01")


def test_the_words_for_ai_can_be_chosen_and_are_told():
    market = chapter()["made_up"](0)
    assert read(market, ai="software").share("2024", sector="AI") == pytest.approx(70)
    assert "one of the words software; there are" in read(market, ai="software").notes


# Each mistake, put back: how the code would be with it, and what tells.


def all_lines(marks, days, amounts, whys, cells):
    return [at for at, why in enumerate(whys) if not why], 0


def any_currency(text, unit, currency="USD", real=reading.amount_of):
    return real(text, unit or 1, "USD")


def not_a_class(m, year, scope="US"):
    of = lambda stage, year: (m.rounds.loc[m.which(str(year), scope), "stage"] == stage).sum()
    return counting.ratio(of("later", int(year) + 2), of("seed", year))


TOTALS = ["total funding amount", "amount", "raised amt", "raised"]
MISTAKES = {
    "a row an investor": (reading, "_once", all_lines),
    "loans, listings and old shares": (counting, "NEW", ("equity", "debt", "listing", "old shares", "grant")),
    "own currency as dollars": (reading, "amount_of", any_currency),
    "total raised so far": (names, "NAMES", names.NAMES | {"amounts": {"names": TOTALS}}),
    "month for day": (reading, "_order", lambda days, name: "MD"),
    "ai in blockchain": (counting, "whole", lambda pattern: counting.re.compile(pattern, counting.re.I)),
    "no class": (asking, "graduation", not_a_class),
}
RIGHT = {
    "dollars": 484_300_000,
    "quarter": 142_000_000,
    "ai": 5,
    "class": 25.0,
    "own": 6_000_000,
    "page": 2_207_000,
}


def figures():
    """What the fixtures hold, by what the mistakes would change."""
    thirty = deals.read(chapter()["LINES"].encode(), ai=f"ai|{names.NAMES['fields']['AI']}")
    own = exports.TECHCRUNCH.replace("1-May-07,6850000,USD", "1-May-07,6850000,EUR")
    page = exports.CRUNCHBASE_PAGE
    return {
        "dollars": sum(thirty.money(year) for year in ("2022", "2024")),
        "quarter": thirty.money("2024Q1"),
        "ai": thirty.count("2024", sector="AI"),
        "class": asking.graduation(thirty, "2022", "World"),
        "own": deals.read(own.encode()).money("2006") + deals.read(own.encode()).money("2007"),
        "page": deals.read(page.encode()).money("2024"),
    }


def test_the_fixtures_hold_what_they_hold():
    assert figures() == RIGHT


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_of_public_work_is_seen(mistake, monkeypatch):
    chapter()
    module, name, wrong = MISTAKES[mistake]
    monkeypatch.setattr(module, name, wrong)
    assert figures() != RIGHT


def test_the_order_of_lines_changes_no_answer_to_the_last_bit():
    market = chapter()["made_up"](1)
    straight, shuffled = (deals.answers(read(one)) for one in (market, market.sample(frac=1, random_state=7)))
    pd.testing.assert_frame_equal(straight, shuffled, check_exact=True)
