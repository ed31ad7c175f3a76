"""Days, months and years of the data as spans of days: when a period ends, when a figure was public.

Dates are written as in the tables: "2025-01-07", "2025-01", "2025"; periods also "2024Q4", "2024H1", "2024YTD" and
"2021 to 2025". A day is an ISO date; ISO dates compare as text.
"""

import calendar
import re
from datetime import date

from claimbook.evidence.checks import fault

ENDS = {"": "-12-31", "Q1": "-03-31", "Q2": "-06-30", "Q3": "-09-30", "Q4": "-12-31", "H1": "-06-30", "H2": "-12-31"}
ENDS["YTD"] = "-01-01"  # a year to date ends on any day from the first


def first(date):
    """The first day of a day, month, year or span of them: "2025-01" begins on "2025-01-01"."""
    begin = date.split(" to ")[0]
    return begin + {4: "-01-01", 7: "-01", 10: ""}[len(begin)]


def last(period):
    """The last day of a date or period. Raises ValueError for a month that no calendar has."""
    year, rest = re.fullmatch(r"(?:.* to )?(\d{4})(.*)", period).groups()
    if len(rest) == 3 and rest not in ENDS:
        return f"{year}{rest}-{calendar.monthrange(int(year), int(rest[1:]))[1]}"
    return year + ENDS.get(rest, rest)


def month_after(period):
    """The month after the one in which a period ends: of "2024" it is "2025-01"."""
    year, month = int(last(period)[:4]), int(last(period)[5:7])
    return f"{year + month // 12}-{month % 12 + 1:02d}"


def later(day, months):
    """The day so many months after a day; of a month that has no such day, its last."""
    year, month = divmod(int(day[:4]) * 12 + int(day[5:7]) - 1 + months, 12)
    return f"{year}-{month + 1:02d}-{min(int(day[8:]), calendar.monthrange(year, month + 1)[1]):02d}"


def middle(begin, end):
    """The day in the middle of a span of days."""
    ends = [date.fromisoformat(day).toordinal() for day in (begin, end)]
    return date.fromordinal(sum(ends) // 2).isoformat()


def days(period, page):
    """Days from the end of a period to the first day on which a page that prints it can have appeared."""
    return (date.fromisoformat(first(page)) - date.fromisoformat(last(period))).days


def public(row):
    """The first and the last day between which a figure became public, by its `known`, `period` and `qualifier`.

    They differ where only a month or a year is known. What was measured is never known before its period ends; a
    forecast, projection or target is, a sum to date, and a sample from within it. `row`: a row of a table, as a Series
    or a dict.
    """
    begin, end = first(row["known"]), last(row["known"])
    if row.get("period") and not re.search(EARLY, str(row["qualifier"])):  # a round has none: it is told in a day
        begin = max(begin, last(row["period"]))
    return begin, end


YEARLY = re.compile(r"\d{4}([QH]\d)?$")
"""Years, halves and quarters, also as the end of a span."""
EARLY = "forecast|projection|target|year to date|within the period"
"""Qualifiers of a figure that may be printed before its period ends."""
MARKS = "year to date (a sum), within the period (a sample), forecast (of what is to come)"
"""Those of them that are marks of this book, and no words of a page."""

SHOWN = {
    "page": lambda row: row["published"],
    "announcement": lambda row: row["announced"],
    "period": lambda row: last(row["period"]),
    "month after": lambda row: month_after(row["period"]),
    "text": lambda row: row["known"] if row["note"] else "a note that tells what the page says of its day",
}
"""What shows when a figure was public, by the word in `known_by`; any other word there is the key of a page."""

MARKET = r"^(offer )?price$|^first-day |close$|^peak$|^(money raised|penalty|exchange rate)$"
"""Measures that are public when their period ends: what a market shows, a listing brings or a court order says."""


def _finer(day, date):
    """Is it a day within a month or year?"""
    return len(day) == 10 > len(date) and day.startswith(date)


def of_dates(path, frame, pages):
    """What the dates of each figure of a table say against each other, as faults.

    `frame`: the table, "" for an empty cell. `pages`: the date of each source, by its key.
    """
    firsts = {}
    quantity = [
        c for c in ("collector", "measure", "scope", "sector", "period", "value", "unit", "edition") if c in frame
    ]
    for row, r in enumerate(frame.to_dict("records"), 2):
        by, page = r["known_by"], pages[r["source"]]
        if by not in SHOWN and not pages.get(by):
            what = f"{by!r} is none of {', '.join(SHOWN)}, and no page in data/sources.csv that has a date"
            yield fault(path, row, "known_by", f"{what}. Choose one, or add the page")
        elif by == "page" and not page:
            what = f"data/sources.csv has no date for {r['source']!r}"
            yield fault(
                path, row, "known_by", f"{what}. Add it, name another page, or tell in the note what shows the day"
            )
        elif r["known"] != (shown := SHOWN[by](r) if by in SHOWN else pages[by]):
            what = f"{r['known']!r}, but {by!r} shows {shown!r}"
            yield fault(path, row, "known", f"{what}. Write that, or name what shows it")
        elif public(r)[0] > public(r)[1]:
            what = f"{r['known']!r} lies before the end of {r['period']!r}"
            remedy = f"Mend either, or say in qualifier: {EARLY.replace('|', ', ')}"
            yield fault(path, row, "known", f"{what}. {remedy}")
        elif by != "period" and re.search(MARKET, r.get("measure", "")) and last(r["known"]) > last(r["period"]):
            what = f"{r['known']!r} lies after the end of {r['period']!r}, when the market showed it"
            yield fault(path, row, "known", f"{what}. Write that day, and period in known_by")
        elif "period" in r and YEARLY.search(r["period"]) and len(r["known"]) < 10 and len({*public(r)}) == 1:
            what = f"{r['known']!r} does not reach beyond {r['period']!r}: it was not over when it was printed"
            yield fault(path, row, "known", f"{what}. Mend either, or say in qualifier: {MARKS}")
        elif r["published"] and first(r["known"]) > last(r["published"]):
            what = f"{r['known']!r} lies after the page that prints it ({r['published']})"
            yield fault(path, row, "known", f"{what}. Mend either")
        elif day := [
            pages[key] for key in (r["source"], r.get("second_source")) if _finer(pages.get(key, ""), r["known"])
        ]:
            what = f"{r['known']!r}, while a page of the row is of {min(day)!r}"
            yield fault(path, row, "known", f"{what}. Write that, and the page's key in known_by")
        if r["published"] != page and not (page and r["published"].startswith(page) and r["note"]):
            what = f"{r['published']!r}, while data/sources.csv dates the page {page!r}"
            yield fault(path, row, "published", f"{what}. Mend either; what is finer needs a note")
        if len(quantity) > 6:
            before, known = firsts.setdefault(tuple(r[c] for c in quantity), (row, r["known"]))
            if known != r["known"]:
                what = f"{r['known']!r}, while row {before} has the same figure by {known!r}"
                remedy = "Write the earlier day in both, and in known_by the page that shows it"
                yield fault(path, row, "known", f"{what}. {remedy}")
