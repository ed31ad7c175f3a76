"""Days, months and years of the data as spans of days: when a period ends, when a figure was public.

Dates are written as in the tables: "2025-01-07", "2025-01", "2025"; periods also "2024Q4", "2024H1", "2024YTD" and
"2021 to 2025". A day is an ISO date; ISO dates compare as text.
"""

import calendar
import re

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


def public(row):
    """The first and the last day between which a figure became public, by its `known`, `period` and `qualifier`.

    They differ where only a month or a year is known. What was measured is never known before its period ends; a
    forecast, projection, target or year to date is. `row`: a row of a table, as a Series or a dict.
    """
    begin, end = first(row["known"]), last(row["known"])
    if "period" in row and not re.search(EARLY, str(row["qualifier"])):
        begin = max(begin, last(row["period"]))
    return begin, end


EARLY = "forecast|projection|target|year to date"
"""Qualifiers of a figure that may be printed before its period ends."""
