"""An export is read strictly: no line is lost, none counts twice, nothing is converted, and the order of lines does not
matter."""

import io
import random
import zipfile

import exports
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbook import deals
from claimbook.deals import reading
from claimbook.deals.names import kind, region

VENDORS = {name: text for name, text in vars(exports).items() if name.isupper()}


@pytest.fixture
def read(tmp_path):
    def read(text, name="mine.csv", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        mine = deals.read(path, **options)
        assert mine.lines == len(mine.rounds) + mine.repeats + len(mine.aside)
        return mine

    return read


def told(mine):
    """The rounds of an export in the order of their days: company, day, dollars, kind, region."""
    rows = mine.rounds.sort_values(["day", "company", "kind"])[["company", "day", "amount", "kind", "region"]]
    return [tuple(None if value is reading.pd.NA else value for value in row) for row in rows.itertuples(index=False)]


BAY = "San Francisco Bay Area"
EXPECTED = {
    "CRUNCHBASE_2013": [
        ("c:5", "2004-09-01", 500_000, "equity", ""),
        ("c:4", "2006-12-01", 8_500_000, "equity", ""),
        ("c:6", "2007-05-01", 25_000_000, "listing", ""),
    ],
    "CRUNCHBASE_2015": [
        ("Bold", "2014-01-09", None, "equity", "Europe"),
        ("Calm", "2014-02-02", 3_000_000, "old shares", "US"),
        ("Acme", "2014-03-05", 4_000_000, "equity", BAY),
        ("Bold", "2014-04-01", 7_000_000, "debt", "Europe"),
    ],
    "CRUNCHBASE_DAILY": [
        ("Acme", "2024-02-03", 9_000_000, "equity", BAY),
        ("Bold", "2024-02-04", 1_100_000, "equity", "Europe"),
        ("Acme", "2024-02-05", 5_000_000, "debt", BAY),
    ],
    "CRUNCHBASE_PAGE": [
        ("Acme", "2024-05-01", 7_000, "equity", BAY),
        ("Bold", "2024-05-02", 2_200_000, "equity", "Europe"),
    ],
    "PITCHBOOK": [
        ("Acme", "2024-03-15", 1_200_500_000, "equity", BAY),
        ("Bold", "2024-03-16", 3_250_000, "equity", "Europe"),
        ("Calm", "2024-03-17", 10_000_000, "talks", "US"),
        ("Dune", "2024-03-18", 40_000_000, "merger", "elsewhere"),
    ],
    "DEALROOM": [
        ("Acme", "2024-01", 1_500_000, "equity", "Europe"),
        ("Bold", "2024-03", 3_000_000, "equity", "Europe"),
        ("Bold", "2024-04", None, "equity", "Europe"),
        ("Acme", "2025-05", 10_000_000, "equity", "Europe"),
    ],
    "INDIA": [("Dune", "2019-05-12", None, "debt", ""), ("Acme", "2020-01-09", 200_000_000, "equity", "")],
    "TECHCRUNCH": [
        ("Acme", "2006-10-01", 6_000_000, "equity", "US"),
        ("Acme", "2007-05-01", 6_850_000, "equity", "US"),
        ("Calm", "2008-01-01", 90_000, "debt", "US"),
    ],
    "PREQIN": [
        ("Acme", "2024-03-05", 10_000_000, "equity", BAY),
        ("Bold", "2024-04-05", 20_000_000, "debt", "Europe"),
        ("Calm", "2024-04-06", 5_400_000, "equity", "Europe"),
        ("Dune", "2024-04-07", 5_000_000, "old shares", "US"),
    ],
    "TRACXN": [
        ("Calm", "2024", None, "equity", "Europe"),
        ("Bold", "2024-01", 5_000_000, "debt", "Asia"),
        ("Acme", "2024-10-16", 19_775_112, "equity", BAY),
    ],
    "NEWS": [
        ("Acme", "2024-09-02", 155_000_000, "unknown", "US"),
        ("Bold", "2024-09-03", 36_100_000, "equity", BAY),
        ("Calm", "2024-09-04", 2_000_000_000, "debt", "US"),
        ("Dune", "2024-09-05", None, "equity", "US"),
    ],
    "PLAIN": [("Acme", "2024-01-05", 1_000_000, "equity", ""), ("Bold", "2024-02-05", 2_000_000, "equity", "")],
}
ASIDE = {
    "CRUNCHBASE_2013": {4: "an amount in EUR: nothing is converted"},
    "DEALROOM": {
        5: "an amount in EUR: nothing is converted",
        6: "lists of different lengths",
        7: "a company without a round",
    },
    "INDIA": {3: "a day that cannot be read", 4: "an amount that is no number"},
    "TECHCRUNCH": {4: "an amount in EUR: nothing is converted"},
}


@pytest.mark.parametrize("name", VENDORS)
def test_each_vendors_export_is_read_as_it_is_meant(read, name):
    mine = read(VENDORS[name])
    assert told(mine) == EXPECTED[name]
    assert dict(zip(mine.aside["line"], mine.aside["reason"])) == ASIDE.get(name, {})
    assert mine.vendor == {"CR": "Crunchbase", "PI": "PitchBook", "DE": "Dealroom"}.get(name[:2], "")
    lines = VENDORS[name].splitlines()
    assert all(text == lines[line - 1] for line, text in zip(mine.aside["line"], mine.aside["text"]))


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "mac-roman"])
def test_the_encoding_and_the_ends_of_lines_do_not_matter(read, encoding, ending):
    text = (
        exports.PLAIN.replace("Acme", "Café Zürich").replace("Bold", "Señor Åse")
        + 'L\'été "façade",2024-03-05,Seed,5\n'
    )
    mine = read(text.replace("\n", ending).encode(encoding))
    assert list(mine.rounds["company"]) == ["Café Zürich", "Señor Åse", 'L\'été "façade"']


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_told_from_the_header(read, delimiter):
    assert told(read(exports.PLAIN.replace(",", delimiter))) == EXPECTED["PLAIN"]


def test_a_zip_of_one_table_is_that_table(read):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("__MACOSX/._rounds.csv", "x")
        archive.writestr("rounds.csv", exports.PLAIN)
    assert told(read(packed.getvalue(), "mine.zip")) == EXPECTED["PLAIN"]
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("other.csv", "x")
    with pytest.raises(
        deals.DealsError, match="It is a zip or workbook of 2 tables: save the one with the rounds as CSV"
    ):
        read(packed.getvalue(), "mine.zip")
    with pytest.raises(deals.DealsError, match="The zip cannot be unpacked"):
        read(packed.getvalue()[:90], "mine.zip")


AMOUNTS = {
    "1200000": 1_200_000,
    "1,200,000": 1_200_000,
    "12,00,000": 1_200_000,
    "$1.2M": 1_200_000,
    "US$ 1.2 million": 1_200_000,
    "1.2e6": 1_200_000,
    "1 200 000": 1_200_000,
    "1'200'000": 1_200_000,
    "1.2M US$": 1_200_000,
    "1.2m$": 1_200_000,
    "3 bn": 3_000_000_000,
    "0.4": 0,
    "undisclosed": None,
    "": None,
    "0": None,
    "-": None,
    "n/a": None,
    "n.a.": None,
    "—": None,
    "Confidential": None,
    "TBD": None,
}
REFUSED = {
    "EUR 12M": "an amount in another currency: nothing is converted",
    "€5": "an amount in another currency: nothing is converted",
    "C$5M": "an amount in another currency: nothing is converted",
    "₹40,000": "an amount in another currency: nothing is converted",
    "5 crore": "an amount in another currency: nothing is converted",
    "1,2000": "an amount that is no number",
    "1.200.000": "an amount that is no number",
    "12,5": "an amount that is no number",
    "-5": "an amount that is no number",
    "5 to 6": "an amount that is no number",
    "1 20 000": "an amount that is no number",
    "1e9999999": "an amount beyond any round: look at its unit",
    "$5,000,000 m": "an amount beyond any round: look at its unit",
}


@pytest.mark.parametrize("text", AMOUNTS)
def test_an_amount_is_whole_dollars_or_was_not_disclosed(text):
    assert reading.amount_of(text, 1) == (AMOUNTS[text], "")


@pytest.mark.parametrize("text", REFUSED)
def test_no_amount_is_guessed_or_converted(text):
    assert reading.amount_of(text, 1) == (None, REFUSED[text])


DAYS = {
    "2024-03-05": "2024-03-05",
    "2024/3/5": "2024-03-05",
    "2024-03-05 00:00:00": "2024-03-05",
    "5-Mar-24": "2024-03-05",
    "05 March 2024": "2024-03-05",
    "Mar 5, 2024": "2024-03-05",
    "March 5th, 2024": "2024-03-05",
    "mar/2024": "2024-03",
    "2024-03": "2024-03",
    "2024": "2024",
    "31/12/2024": "2024-12-31",
    "3/4/24": "2024-04-03",
    "3/4/99": "1999-04-03",
    "03/04/2024 10:30": "2024-04-03",
}


@pytest.mark.parametrize("text", DAYS)
def test_a_day_is_read_as_it_is_written(text):
    assert reading.day_of(text, "DM") == (DAYS[text], "")


@pytest.mark.parametrize(
    "text", ["", "05/072018", "2024-13-01", "30-Feb-2024", "45292", "31/4/24", "5-Abc-2024", "soon"]
)
def test_a_day_that_nobody_can_read_is_none(text):
    day, why = reading.day_of(text, "DM")
    assert not day and why


def test_days_that_can_be_read_both_ways_ask_for_the_option(read):
    both = "company,date,type,amount USD\nAcme,03/04/2024,Seed,1\n"
    with pytest.raises(deals.DealsError, match="the days can be read both ways. Say which: --dates DM or --dates MD"):
        read(both)
    assert [read(both, dates=order).rounds["day"][0] for order in ("DM", "MD")] == ["2024-04-03", "2024-03-04"]
    assert read(both + "Bold,25/04/2024,Seed,1\n").rounds["day"][0] == "2024-04-03"
    assert read(both + "Bold,04/25/2024,Seed,1\n").rounds["day"][0] == "2024-03-04"
    assert read(both.replace("03/04", "04/04")).rounds["day"][0] == "2024-04-04"
    mixed = both + "Bold,25/04/2024,Seed,1\nCalm,04/25/2024,Seed,1\n"
    with pytest.raises(deals.DealsError, match="some days have the day first and others the month"):
        read(mixed)
    assert list(read(mixed, dates="DM").aside["reason"]) == ["a day that no calendar has"]


CLEAR = {
    "company,date,type,amount\nAcme,2024-01-05,Seed,5\n": "The amounts in the column 'amount' have no unit",
    "name,funding_total_usd,first_funding_at\nAcme,5,2024-01-05\n": "A row is a company with all that it has raised",
    "company,location,total_laid_off,date,funds_raised\nAcme,X,5,2024-01-05,1\n": "This is a list of layoffs",
    "Company,Valuation ($B),Date Joined\nAcme,5,2024-01-05\n": "These are valuations",
    "a,b,c\n1,2,3\n": "No line of the first 40 is a header.* amount USD$",
    "company,when raised,amount USD\nAcme,2024-01-05,5\n": "Line 1 lacks: date .known by such names as deal date, ",
    "": "No line of the first 40 is a header",
    "Unicorn,Valuation,Joined\nAcme,5,2024\n": "These are valuations",
    "company,date,type,amount USD\n" + "".join(f"A{n},2024-01-05,Seed,0.3\n" for n in range(20)): "Half of the amounts",
    "Company,When,Type,Amount\nAcme,2024-03-01,Seed,https://example.com/a-10m-valuation\n": "Line 1 lacks: date",
    "company,last financing size,valuation\nAcme,5,50\n": "A row is a company with all that it has raised",
    "Company,Date,Type,Amount (€M)\nAcme,2024-01-05,Seed,5\n": "The amounts are in €",
    "Deal ID,Company,Deal Date,Deal Type,Deal Size\n1,Acme,2024-03-01,Series A,5\n": "have no unit",
    "company,date,type,amount USD\n" + "".join(f"A{n},2024-01-05,Seed,5.2\n" for n in range(10)): "Half of the amounts",
    exports.PITCHBOOK.replace("US Dollar (USD)", "Euro (EUR)"): "The amounts are in EUR",
}


@pytest.mark.parametrize("text", CLEAR, ids=range(len(CLEAR)))
def test_a_file_that_holds_no_dollars_of_rounds_is_one_clear_error(read, text):
    with pytest.raises(deals.DealsError, match=CLEAR[text]):
        read(text)


def test_a_pattern_and_a_file_that_are_none_are_errors(read, tmp_path):
    with pytest.raises(deals.DealsError, match="The pattern '\\(' is none"):
        read(exports.PLAIN, ai="(")
    with pytest.raises(deals.DealsError, match="none.csv: No such file or directory"):
        deals.read(tmp_path / "none.csv")


def test_signs_in_the_cells_are_a_unit_and_what_has_none_is_set_aside(read):
    mine = read("company,date,type,amount\nAcme,2024-01-05,Seed,$5M\nBold,2024-01-05,Seed,5\n")
    assert mine.money("2024") == 5_000_000 and list(mine.aside["reason"]) == ["an amount without a unit"]


def test_a_stray_quotation_mark_costs_its_own_line(read):
    lines = (
        exports.PLAIN + 'Calm,2024-03-05,"Seed,3000000\nDune,2024-03-06,Seed",4000000\nEcho,2024-03-07,Seed,5000000\n'
    )
    mine = read(lines)
    assert list(mine.rounds["company"]) == ["Acme", "Bold", "Dune", "Echo"]
    assert list(mine.aside["line"]) == [4]
    whole = read('company,about,date,type,amount USD\nAcme,"two\nlines, both, its own",2024-01-05,Seed,7\n')
    assert whole.lines == 1 and whole.money("2024") == 7


def test_lines_of_one_round_that_contradict_each_other_are_set_aside(read):
    lines = exports.CRUNCHBASE_2015.splitlines()
    mine = read("\n".join([*lines[:2], lines[2].replace("4000000", "5000000"), *lines[3:]]))
    assert list(mine.aside["line"]) == [2, 3] and set(mine.aside["reason"]) == {
        "lines of one round that contradict each other"
    }
    blank = read("\n".join([*lines[:2], lines[2].replace("4000000", ""), *lines[3:]]))
    assert blank.money("2014") == 4_000_000 and blank.repeats == 1


def test_a_row_an_investor_without_ids_of_rounds_is_counted_once(read):
    head = "company,date,type,amount USD,investor,uuid\n"
    mine = read(head + "".join(f"Acme,2024-01-05,Seed,1000000,{name},{name}\n" for name in "XYZ"))
    assert (mine.money("2024"), mine.count("2024"), mine.repeats) == (1_000_000, 1, 2)
    assert "(a row is an investor)" in mine.notes
    bare = "company_name,investor_name,funded_when,amount_usd\n"
    mine = read(bare + "Acme,X,2024-01-05,9\nAcme,Y,2024-01-05,9\nAcme,X,2024-01-05,3\nBold,X,2024-01-05,\n")
    assert (mine.money("2024"), mine.repeats) == (12, 1) and "(no column says what a round is)" in mine.notes


def test_a_round_whose_company_has_a_key_and_no_name_is_a_round(read):
    head = "uuid,funding_type,money_raised_usd,series,announced_on,announced_on_trust_code,org_uuid\n"
    mine = read(
        head
        + "1,venture,5,a,2024-01-05,7,f1\n2,debt_financing,7,None,2024-01-05,7,f1\n3,seed,None,None,2024-02-05,7,f2\n"
    )
    assert (mine.vendor, mine.money("2024"), list(mine.rounds["who"])) == ("Crunchbase", 5, ["f1", "f1", "f2"])


def test_what_a_round_is_and_where(read):
    assert [kind(text)[0] for text in ("Post-IPO Debt", "convertible_note", "Undisclosed", "Pre-IPO", "")] == [
        "listing",
        "convertible note",
        "unknown",
        "equity",
        "unknown",
    ]
    places = [("Concord, MA", "US"), ("Concord, CA", BAY), ("Dublin, Ireland", "Europe"), ("Oakland", "elsewhere")]
    assert [region(place, "", "", "", "") for place, _ in places] == [found for _, found in places]
    assert region("", "San Jose", "", "", "CRI") == "elsewhere" and region("", "", "", "", "") == ""


def test_a_letter_is_a_series_wherever_it_stands_and_what_comes_before_one_is_none(read):
    mine = read("company,date,series,amount usd\nAcme,2024-01-05,A,5\nBold,2024-01-06,Series B2,5\n")
    assert list(mine.rounds["kind"]) == ["equity", "equity"] and list(mine.rounds["stage"]) == ["later", "later"]
    assert kind("Pre-Series A") == ("equity", "") and kind("Series A-1") == ("equity", "later")


def test_a_column_that_says_what_is_of_ai_is_believed_unless_words_are_given(read):
    mine = read(exports.NEWS.replace("Debt", "Series D"))
    assert (mine.money("2024"), mine.money("2024", sector="AI")) == (2_036_100_000, 2_036_100_000)
    assert mine.money("2024", sector="all but AI") == 0 and "of AI where its column ai says so;" in mine.notes
    table = "company,date,type,amount USD,sector,ai\nAcme,2024-01-05,Seed,7,AI chips,{}\n"
    said = ("true", "1.0", "no", "", "0", "Non-AI", "?")
    assert [read(table.format(one)).count("2024", sector="AI") for one in said] == [1, 1, 0, 0, 0, 0, 0]
    assert [read(table.format("yes"), ai=ai).count("2024", sector="AI") for ai in ("chips", "models|ai")] == [1, 1]
    assert read(table.format("yes").replace("AI chips", "chips"), ai="ai").count("2024", sector="AI") == 0


def test_what_may_be_one_round_by_two_names_is_told_and_counted(read):
    table = "company,date,type,amount USD\nAcme,2024-06,{},7000000\nAcme,2024-07-01,Growth,7000000\n"
    mine = read(table.format("Series B"))
    assert mine.money("2024") == 14_000_000 and list(mine.alike["line"]) == [3]
    assert "with company and amount of another within a month, and maybe the same: 1." in mine.notes
    for other in (table.format("Debt"), table.format("Series B").replace("-01,", "-20,"), exports.PLAIN):
        assert read(other).alike.empty and "maybe the same" not in read(other).notes


TWO_COLUMNS = {
    "round,instrument": ["Series B,Loan", "Seed,Equity", "Seed,SAFE"],
    "round,type": ["Series B,Debt", "Seed,Equity", "Seed,Convertible note"],
    "stage,type": ["Series B,Credit", "Seed,Angel", "Seed,Safe"],
}


@pytest.mark.parametrize("columns", TWO_COLUMNS)
def test_of_two_columns_the_one_that_says_loan_is_believed_and_the_stage_is_kept(read, columns):
    lines = [f"Acme {at},2024-01-05,{cells},5" for at, cells in enumerate(TWO_COLUMNS[columns])]
    mine = read("\n".join([f"company,date,{columns},amount usd", *lines]))
    assert list(mine.rounds["kind"]) == ["debt", "equity", "convertible note"]
    assert list(mine.rounds["stage"]) == ["later", "seed", "seed"]


BESIDE = {
    ("A", "Private"): ("equity", "later"),
    ("B", "Equity"): ("equity", "later"),
    ("Series A", "Digital lending"): ("equity", "later"),
    ("Series B", "Acquired"): ("equity", "later"),
    ("Round 2", "Debt"): ("debt", ""),
    ("2", "Series B"): ("equity", "later"),
    ("Venture Capital", "Secondary Stock Purchase"): ("old shares", ""),
    ("Debt Financing", "Private Equity"): ("debt", ""),
    ("Debt", "Growth equity"): ("debt", ""),
    ("Seed", "Note"): ("equity", "seed"),
}


@pytest.mark.parametrize("type_and_other", BESIDE)
def test_a_second_column_says_another_instrument_only_where_it_says_nothing_else(type_and_other):
    assert kind(*type_and_other) == BESIDE[type_and_other]


KINDS = {
    "Growth (equity and debt)": "mixed",
    "Equity + Token": "mixed",
    "Token sale, no equity": "coins",
    "Non-equity debt": "debt",
    "Equity-linked debt": "debt",
    "SeriesA": "equity",
    "Undisclosed": "unknown",
    "Post-IPO equity and debt": "listing",
    "Debt (non-convertible debentures)": "debt",
    "Growth / raise talks": "talks",
    "Strategic investment (total funding to date)": "totals",
    "Série A": "equity",
    "A Round": "equity",
    "Pre-A": "equity",
    "PE": "equity",
    "Unspecified Round": "equity",
}


@pytest.mark.parametrize("text", KINDS)
def test_words_of_lists_say_what_a_round_is(text):
    assert kind(text)[0] == KINDS[text]


def test_a_status_means_talks_only_where_it_says_so():
    said = ["Completed", "Announced/In Progress", "Successful", "", "n/a", "Failed/Cancelled", "Upcoming", "On hold"]
    assert [kind("Seed", "", one)[0] for one in said] == ["equity"] * 5 + ["talks"] * 3


def test_two_letters_are_a_state_unless_the_file_has_codes_of_countries(read):
    row = 'C{},2024-01-05,Seed,5000,"{}"\n'

    def regions(*places):
        rows = "".join(row.format(at, place) for at, place in enumerate(places))
        return list(read(f"company,date,type,amount USD,location\n{rows}").rounds["region"])

    assert regions("Berlin, DE", "Bangalore, IN", "London, GB") == ["Europe", "Asia", "Europe"]
    assert regions("Dover, DE", "Gary, IN", "London, UK") == ["US", "US", "Europe"]
    assert regions("London, GB", "Austin, TX", "St. Louis, MO", "Baltimore, MD") == ["Europe", "US", "US", "US"]
    assert regions("London, GB", "Tel Aviv, IL", "Toronto, CA", "Palo Alto, CA") == ["Europe", *["elsewhere"] * 2, BAY]
    assert regions("San Francisco Bay Area", "nan", "Austin, U.S.A.") == [BAY, "", "US"]
    assert region("", "San Francisco", "", "", "") == BAY and region("", "Belmont", "", "", "") == ""


def test_two_companies_of_one_name_are_told_apart_by_their_addresses(read):
    rows = "elm,Elm,2026-08-20,Series B,5000000\nelm-4,Elm,2026-08-20,Series B,5000000\n"
    mine = read(f"company_slug,company_name,announced_on,stage,amount_usd\n{rows}")
    assert (len(mine.rounds), mine.repeats, mine.money("2026")) == (2, 0, 10_000_000) and mine.alike.empty
    rows = "{},{},2024-01-05,Seed,1000000\n"
    of = lambda *told: read("company,company url,date,type,amount USD\n" + "".join(rows.format(*one) for one in told))
    assert len(of(("Acme", "n/a"), ("Bold", "n/a")).rounds) == 2
    assert of(("Acme", "acme.example"), ("Acme", "")).repeats == 1


def test_names_of_days_and_currencies_that_lists_use(read):
    rows = "Acme,{},Seed,5,{}\n"
    for name, day in {"Announced_At": "2024-03-01", "Year": "2024", "Date of the funding round": "03/2024"}.items():
        mine = read(f"Entity,{name},Type,Amount m,Deal Currency\n{rows.format(day, 'US Dollars (USD)')}")
        assert mine.money("2024") == 5_000_000, name
    mine = read("company|date|type|amount USD m\nAcme|2024-01-05|Seed|2000000\n")
    assert list(mine.aside["reason"]) == ["an amount beyond any round: look at its unit"]
    assert "of no day" in mine.notes and set(deals.answers(mine)["vote"]) <= {"", "cannot tell"}
    assert read("company,date,type,amount USD\n").alike.empty


def test_names_of_places_and_of_what_is_of_ai_that_lists_use(read):
    head = "Company,Round_Size_USD,Stage,Vertical,Location_City,Location_Country,AI_Related,Date_Announced"
    rows = ["A,5000000,Growth,Defense,Palo Alto,USA,Yes,Mar-2025", "B,7,Seed,AI,Paris,France,Partially,2025"]
    mine = read("\n".join([head, *rows]))
    assert list(mine.rounds["region"]) == [BAY, "Europe"] and mine.money("2025", sector="AI") == 5_000_000
    assert "where its column ai related says so" in mine.notes
    mine = read("company_country,funding_size_usd,company_name,series,date\nSWE,9,A,a,2006-09-01\nEST,1,B,,2007-01-02")
    assert list(mine.rounds["region"]) == ["Europe"] * 2 and list(mine.rounds["stage"]) == ["later", ""]


def test_a_block_of_lines_that_stands_twice_is_no_list_of_investors(read):
    rows = "Acme,2024-01-05,Seed,5000,North\nBold,2024-01-06,Seed,5000,East\n"
    unread = "Calm,soon,Seed,5000,North\nCalm,soon,Seed,5000,West\n"
    twice = read(f"company,date,type,amount USD,investor\n{rows}{rows}{unread}")
    assert (twice.repeats, twice.money("2024")) == (2, 10_000) and "an investor" not in twice.notes
    assert (
        "(a row is an investor)"
        in read(f"company,date,type,amount USD,investor\n{rows}{rows.replace('North', 'West')}").notes
    )


def test_the_notes_are_six_sentences(read):
    for text in VENDORS.values():
        notes = read(text).notes.splitlines()
        assert len(notes) == 6 and all(one.endswith(".") for one in notes)


CELLS = {
    "company": st.sampled_from(["Acme", "Bold", "Calm", "", "Café", 'The "Dune"', "a,b"]),
    "date": st.sampled_from(["2024-01-05", "2024-05-06", "13/02/2023", "02/03/2023", "Mar 2024", "2023", "", "soon"]),
    "type": st.sampled_from(["Seed", "Series A", "Debt Financing", "Grant", "IPO", "", "Undisclosed", "Secondary"]),
    "amount USD": st.sampled_from(["1,000,000", "2500000", "", "EUR 5M", "$7M", "12,34", "undisclosed", "1e9"]),
    "industries": st.sampled_from(["AI", "blockchain", "Machine Learning|Health", ""]),
    "country": st.sampled_from(["USA", "DEU", "China", ""]),
    "uuid": st.sampled_from(["", "", "", "r1", "r2"]),
}
ROWS = st.lists(st.tuples(*CELLS.values()), min_size=1, max_size=40)


def written(rows, path):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = reading.csv.writer(file)
        writer.writerow(CELLS)
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("deals")


@given(rows=ROWS, seed=st.integers(0, 10**6))
def test_no_line_is_lost_and_their_order_does_not_matter(folder, rows, seed):
    mine = deals.read(written(rows, folder / "a.csv"), dates="DM")
    assert mine.lines == len(rows) == len(mine.rounds) + mine.repeats + len(mine.aside)
    other = deals.read(written(random.Random(seed).sample(rows, len(rows)), folder / "a.csv"), dates="DM")
    assert other.notes == mine.notes
    for sector in ("all", "AI", "all but AI", "seed", "crypto"):
        for scope in ("World", "US", "Europe", "Asia"):
            asked = [(one.money("2024", scope, sector), one.count("2023", scope, sector)) for one in (mine, other)]
            assert asked[0] == asked[1] and all(type(number) is int for number in asked[0])
    columns = [name for name in mine.rounds.columns if name != "line"]
    same = [sorted(map(str, one.rounds[columns].itertuples(index=False))) for one in (mine, other)]
    assert same[0] == same[1]


@given(rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=20))
def test_no_stray_quotation_mark_takes_another_line_with_it(folder, rows):
    lines = []
    for number, (cell, place) in enumerate(rows):
        cells = [f"Company {number}", "2024-01-05", "Seed", "5000"]
        cells[cell] = cells[cell][:place] + '"' + cells[cell][place:] if place < 4 else cells[cell]
        lines.append(",".join(cells))
    path = folder / "b.csv"
    path.write_text("company,date,type,amount USD\n" + "\n".join(lines) + "\n", encoding="utf-8")
    mine = deals.read(path)
    assert mine.lines == len(rows) == len(mine.rounds) + mine.repeats + len(mine.aside)
    clean = [number for number, line in enumerate(lines) if '"' not in line]
    assert {f"Company {number}" for number in clean} <= {*mine.rounds["company"]}
