"""Reads an export: bytes into lines, lines into rounds. What cannot be read is set aside with its reason.

A distinct text is read once, however many lines have it. A line of an export that has one row a company is as many
lines as its list has rounds.
"""

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial
from operator import itemgetter
from pathlib import Path

import pandas as pd

from claimbook.deals import names
from claimbook.deals.counting import Deals, DealsError
from claimbook.evidence.tables import MONTHS

TALL = 500
"""A record of more lines than this begins with a stray quotation mark."""
LARGEST = 10**12
"""No round has so many dollars."""
SMALL, FEW = 1000, 10
"""Where half of so many amounts are smaller, they are not in dollars."""
FOREIGN = "The amounts are in {}, and nothing is converted: export them in US dollars"
SAID = {name: re.compile(text, re.I) for name, text in names.NAMES["patterns"].items() if isinstance(text, str)}
MONTH = {name.lower()[:3]: at for at, name in enumerate(MONTHS, 1)}


def read(path, dates=None, ai=None, collector=None):
    """The rounds of a file, a CSV (comma, semicolon, tab, bar) or a zip of one, as Deals. Amounts are US dollars.

    `path`: of the file, or its bytes. `dates`: "DM" or "MD", where days such as 3/4/2024 can be read both ways. `ai`:
    whole words with | between them, by which a round is one of AI; without it a column such as "ai" says so, where
    there is one, or the words of names.toml. `collector`: whose data it is, where the header does not tell. Raises
    DealsError, with what to do, for a file that cannot be used.
    """
    if dates not in (None, "DM", "MD"):
        raise DealsError(f"dates is {dates!r}: say DM, where the day stands first, or MD")
    name = "these lines" if isinstance(path, bytes) else Path(path).name
    try:
        re.compile(ai or "")
        text, encoding = decoded(unpacked(path if isinstance(path, bytes) else Path(path).read_bytes()))
    except re.error as error:
        raise DealsError(f"The pattern {ai!r} is none ({error}): write words with | between them") from error
    except OSError as error:
        raise DealsError(f"{name}: {error.strerror}. Name a file that can be read") from error
    lines = list(io.StringIO(text, newline=None))
    preface, found, rows = _header(lines)
    taken, aside = _taken(rows, found, lines)
    order = dates or _order({*taken["day"]}, found["names"][found["day"]])
    count = len(aside) + len(taken["day"])
    rounds, repeats, told = _rounds(taken, aside, order, _units(found, taken, preface), lines, found)
    aside, vendor = pd.DataFrame(sorted(aside), columns=["line", "text", "reason"]), found["vendor"]
    told |= {"encoding": encoding, "day": ", ".join(filter(None, [found["names"][found["day"]], order]))}
    told |= {"kind": "" if "kind" in found else " (no column says what a round is)"}
    told |= {"fields": ", ".join(found["names"][at] for at in found["fields"])}
    told |= {"ai": found["names"][found["ai"]] if "ai" in found else ""}
    ai = ai or (names.MARKED if "ai" in found else names.NAMES["fields"]["AI"])
    return Deals(name, vendor, collector or vendor or "your export", ai, count, rounds, repeats, aside, told)


def unpacked(content):
    """The bytes of the one table that a file holds."""
    if not content.startswith(b"PK\3\4"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            held = [one for one in archive.namelist() if re.fullmatch(r"(?i)(?!__MACOSX).*\.(csv|tsv|txt)", one)]
            if len(held) == 1:
                return archive.read(held[0])
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise DealsError(f"The zip cannot be unpacked ({error}): unpack it, and name the table in it") from error
    raise DealsError(
        f"It is a zip or workbook of {len(held)} tables: save the one with the rounds as CSV, and name that"
    )


def decoded(content):
    """The text of a table and the name of its encoding, which in bytes that are no Unicode is told by the letters that
    it makes: accents stand within words."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:400]:
        wide = "utf-16" if content[0] > 253 else "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
        return content.decode(wide, "replace"), "UTF-16"
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        likely = re.compile(r"[a-z][ß-öø-ÿ]|[ß-öø-ÿ][a-z]|\b[À-ÖØ-Þ][a-z]|\w’[st]\b|“\w|\w”")
        texts = {name: content.decode(name, "replace") for name in ("cp1252", "mac-roman", "latin-1")}
        odd = lambda text: 2 * len(re.findall("[\ufffd\x80-\x9f]", text))
        best = max(texts, key=lambda name: len(likely.findall(texts[name])) - odd(texts[name]))  # of equals the first
        return texts[best], best


def records(lines, delimiter, found=None):
    """The records of a table: (first line, line after the last, cells), counted from 0; cells are None where a line is
    no record: a stray quotation mark costs its own line and no other. `found`: what the header names."""
    at = start = 0
    width = len(found["names"]) if found else 0
    split = lambda line: next(csv.reader([line], delimiter=delimiter))
    is_record = lambda cells: len(cells) >= width and day_of(cells[found["day"]].strip())[0]

    def fed():
        nonlocal at
        while at < len(lines) and at - start <= TALL:
            at += 1
            yield lines[at - 1]

    while at < len(lines):
        start = at
        try:
            for cells in csv.reader(fed(), delimiter=delimiter, strict=True):
                tall = at - start > 1 and found
                if tall and (len(cells) != width or any(is_record(split(line)) for line in lines[start + 1 : at])):
                    raise csv.Error
                if cells:
                    yield start, at, cells
                start = at
        except csv.Error:
            yield start, start + 1, None
            at = start + 1


def _header(lines):
    """What stands before the header, what the header names, and the records after it."""
    needed = {"company": {"company"}, "date": {"day"}, "amount USD": {"usd", "own"}}
    best = None
    for delimiter in (",", ";", "\t", "|"):
        for start, end, cells in records(lines[:40], delimiter):
            found = names.columns(cells or ())
            lacking = [word for word, roles in needed.items() if not roles & {*found}]
            if not lacking:
                rows = records(lines[end:], delimiter, found)
                return "".join(lines[:start]), found, ((end + a, end + b, row) for a, b, row in rows)
            if not best or len(lacking) < len(best[0]):
                best = lacking, start, found["names"]
    raise DealsError(_no_header(*best or (list(needed), 0, [])))


def _no_header(lacking, start, header):
    """Why a file cannot be used whose line `start` comes nearest to a header, and lacks these columns."""
    if lacking[-1] == "amount USD" and len(header) > 2:
        for no, why in names.NAMES["refused"].items():
            if any(re.search(no, one) for one in header):
                return why
    told = (
        "No line of the first 40 is a header with the columns that are needed, such as: company, date, type, amount USD"
    )
    if len(lacking) < 3:
        told += f". Line {start + 1} lacks: {', '.join(lacking)}"
        if "date" in lacking:
            told += f" (known by such names as {', '.join(names.NAMES['columns']['day'][:4])})"
    return told


def _wrong(cells, width, lists):
    """What is wrong with a record, "" where nothing is. `lists`: its cells that hold one text a round."""
    if not cells:
        return "a quotation mark that does not close"
    if len(cells) != width:
        return "more or fewer cells than the header"
    if lists and not any(map(any, lists)):
        return "a company without a round"
    return "lists of different lengths" if len({*map(len, lists)}) > 1 else ""


def _taken(rows, found, lines):
    """The cells that are needed, {role: a list}, and what is set aside: [(line, text, reason)]."""
    roles = [role for role in (*names.NAMES["columns"], "usd", "own", "currency") if role in found]
    listed = [found[role] for role in roles if found["names"][found[role]].startswith("each round")]
    pick, taken, aside = itemgetter(*(found[role] for role in roles)), [], []
    for start, end, cells in rows:
        lists = [cells[at].split(";") for at in listed] if cells and len(cells) == len(found["names"]) else []
        why = _wrong(cells, len(found["names"]), lists)
        if why:
            aside.append((start + 1, "".join(lines[start:end]).rstrip("\n"), why))
            continue
        fields = "; ".join([cells[at] for at in found["fields"] if cells[at]])
        for several in zip(*lists) if lists else [()]:
            for at, cell in zip(listed, several):
                cells[at] = cell
            taken.append((*pick(cells), fields, start, end))
    roles = [*roles, "fields", "start", "end"]
    taken = dict(zip(roles, zip(*taken))) if taken else dict.fromkeys(roles, ())
    taken |= {role: tuple(map(str.strip, taken[role])) for role in roles[:-3]}
    return {role: taken.get(role, ("",) * len(taken["day"])) for role in {*names.NAMES["columns"], *taken}}, aside


def _order(days, name):
    """Which of the two numbers of a day is the day, "DM" or "MD", by the header or by the days themselves."""
    if shown := re.search(r"(dd) mm|mm dd", name):
        return "DM" if shown[1] else "MD"
    pairs = [tuple(map(int, found.groups()[:2])) for text in days if (found := SAID["both_ways"].fullmatch(text))]
    shown = {"DM" if first > 12 else "MD" for first, second in pairs if max(first, second) > 12}
    if len(shown) > 1 or not shown and any(first != second for first, second in pairs):
        what = "some days have the day first and others the month" if shown else "the days can be read both ways"
        raise DealsError(f'In the column {name!r} {what}. Say which: --dates DM or --dates MD (in Python dates="DM")')
    return shown.pop() if shown else "MD" * bool(pairs)


def _year(text):
    return text if len(text) == 4 else f"{'20' if text < '50' else '19'}{text}"


def day_of(text, order=""):
    """A day as the book writes it ("2024-03-05", "2024-03", "2024"), and what is wrong with it; one of them is ""."""
    text = text.lower()
    if both := SAID["both_ways"].fullmatch(text):
        text = "-".join([_year(both[3]), *(both[2], both[1])[:: 1 if order == "DM" else -1]])
    found = next((match for pattern in names.NAMES["patterns"]["days"] if (match := re.fullmatch(pattern, text))), None)
    if not found:
        return "", "no day" if SAID["nothing"].fullmatch(text) else "a day that cannot be read"
    year, month, day = (found.groupdict().get(part) or "" for part in "ymd")
    parts = [_year(year), f"{MONTH.get(month, month):0>2}" if month else "", f"{day:0>2}" if day else ""]
    try:
        date(*(int(part or 1) for part in parts))
    except ValueError:
        return "", "a day that no calendar has"
    return ("-".join(filter(None, parts)), "") if "1900" < parts[0] < "2100" else ("", "a day that cannot be read")


def _units(found, taken, preface):
    """The dollars of a number that has no unit itself, {column: dollars}; 0: nobody says. Raises DealsError where no
    amount of the file says what it is in, and where all are in another currency."""
    other = re.search(r"(?i:currency)[^\n]*\b(?!USD)([A-Z]{3})\b", preface)
    if other and "USD" not in other[0]:
        raise DealsError(FOREIGN.format(other[1]))
    if found["vendor"] in ("PitchBook", "Dealroom"):
        return {"usd": 10**6, "own": 10**6}
    units = {"usd": 1, "own": 1} | found["factor"] | ({} if "currency" in found else {"own": 0})
    if "usd" not in found and not units["own"] and not any(amount_of(cell, 0)[0] for cell in {*taken["own"]}):
        if sign := re.search("[€£¥₹₩]", found["header"][found["own"]]):
            raise DealsError(FOREIGN.format(sign[0]))
        what = f"The amounts in the column {found['names'][found['own']]!r} have no unit"
        raise DealsError(f"{what}: if they are US dollars, name it amount USD, or amount USD m for millions")
    return units


def amount_of(text, unit, currency="USD"):
    """An amount in whole dollars and what is wrong with it; (None, "") where it was not disclosed. `unit`: the dollars
    of a number that names none itself, 0 where that is not known."""
    if SAID["nothing"].fullmatch(text):
        return None, ""
    found = SAID["amount"].fullmatch(text)
    if not found or found[3] and found[3].lower() not in names.FACTORS:
        foreign = re.search(names.NAMES["patterns"]["foreign"], text)
        return None, "an amount in another currency: nothing is converted" if foreign else "an amount that is no number"
    signed, known = found[1] or found[4], SAID["dollars"].fullmatch(currency)
    if not signed and not (known and unit):
        why = "an amount without a unit" if known or not currency else f"an amount in {currency}: nothing is converted"
        return None, why
    factor = names.FACTORS[found[3].lower()] if found[3] else unit or 1
    written = Decimal(re.sub(r"[,\s’']", "", found[2]))
    dollars = written * factor if written.adjusted() <= 12 else LARGEST
    if dollars >= LARGEST:
        return None, "an amount beyond any round: look at its unit"
    return int(dollars.to_integral_value()), ""


def each(function, *columns):
    """What a function says of each line, asked once of every distinct combination of cells."""
    known = {}
    return [known[key] if key in known else known.setdefault(key, function(*key)) for key in zip(*columns)]


def _parted(pairs):
    """Two columns of a list of pairs."""
    return tuple(zip(*pairs)) or ((), ())


def _rounds(taken, aside, order, unit, lines, found):
    """The rounds as a table, the number of repeats and what they are; what cannot be read goes to `aside`."""

    def amount(usd, own, currency):
        read = amount_of(usd, unit["usd"])
        return amount_of(own, unit["own"], currency) if read == (None, "") and own else read

    blank = ("",) * len(taken["day"])
    get = lambda *roles: [taken.get(role, blank) for role in roles]
    currency = taken.get("currency", ("USD",) * len(blank))
    days, wrong_days = _parted(each(lambda day: day_of(day, order), taken["day"]))
    amounts, wrong = _parted(each(amount, *get("usd", "own"), currency))
    _plausible(amounts)
    whys = [("" if one else "no company") or a or b for one, a, b in zip(taken["company"], wrong_days, wrong)]
    who = _who(taken)
    marks = _marks(taken, [who, days, *get("kind", "code"), amounts], whys)
    cells = lambda at: [column[at] for role, column in sorted(taken.items()) if role not in ("start", "end")]
    kept, repeats = _once(marks, days, amounts, whys, cells)
    for at in (at for at, why in enumerate(whys) if why):
        start, end = taken["start"][at], taken["end"][at]
        aside.append((start + 1, "".join(lines[start:end]).rstrip("\n"), whys[at]))
    kinds, stages = _parted(each(names.kind, *get("kind", "code", "status")))
    kinds = kinds if "kind" in found else ("equity",) * len(blank)
    quarter = lambda day: f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}" if day[5:7] else day
    frame = {"company": taken["company"], "who": who, "day": days, "amount": pd.array(amounts, dtype="Int64")}
    frame |= {"quarter": each(quarter, days), "kind": kinds, "stage": stages}
    region = partial(names.region, codes=names.has_codes({*taken["location"]}))
    frame |= {"region": each(region, *get("location", "city", "state", "region", "country"))}
    frame |= {"fields": _fields(taken), "line": [start + 1 for start in taken["start"]]}
    words = dict.fromkeys(["quarter", "kind", "stage", "region", "fields"], "category")
    told = {"investor": " (a row is an investor)" if repeats and _are_investors(marks, taken["investor"]) else ""}
    return pd.DataFrame(frame).astype(words).iloc[kept].reset_index(drop=True), repeats, told


def _fields(taken):
    """The fields of each round, and what a column says that tells of each whether it is of AI."""
    if not any(taken["ai"]):
        return taken["fields"]
    marked = each(lambda said: names.MARKED if SAID["yes"].fullmatch(said) else "", taken["ai"])
    return ["; ".join(filter(None, both)) for both in zip(taken["fields"], marked)]


def _are_investors(marks, investors):
    """Whether one round has lines of several investors."""
    pairs = {pair for pair in zip(marks, investors) if pair[0]}
    return len(pairs) > len({mark for mark, _ in pairs})


def _who(taken):
    """Whose round each line tells: the key of the company, of a line without one that of its name where that has one
    only, else its name."""
    keys = each(lambda key: "" if SAID["nothing"].fullmatch(key) else key, taken["key"])
    called, known = each(str.casefold, taken["company"]), {}
    if not any(keys):
        return called
    for name, key in zip(called, keys):
        known.setdefault(name, set()).update({key} - {""})
    return [key or (min(known[name]) if len(known[name]) == 1 else name) for name, key in zip(called, keys)]


def _plausible(amounts):
    """Raises DealsError where most amounts are too small for rounds: their unit stands nowhere."""
    known = [one for one in amounts if one is not None]
    if len(known) >= FEW and sum(one < SMALL for one in known) > len(known) // 2:
        what = f"Half of the amounts are below ${SMALL:,}, such as ${sorted(known)[len(known) // 2]}"
        raise DealsError(f"{what}: if they are millions, name their column amount USD m")


def _marks(taken, told, whys):
    """What tells the round of each line: its id, else what is told of it; None for a line that cannot be read."""
    of_lines = any(taken["investor"]) and len({*taken["id"]}) == len(whys)  # such ids are not of the rounds
    ids = ("",) * len(whys) if of_lines else taken["id"]
    return [None if why else one or tuple(rest) for one, why, *rest in zip(ids, whys, *told)]


def _once(marks, days, amounts, whys, cells):
    """The lines to keep, one a round whatever the order of lines, and the number of repeats. Lines of one round that
    contradict each other are set aside: `whys` says so."""
    often, groups, dropped = Counter(marks), {}, set()
    for at, mark in enumerate(marks):
        if mark is not None and often[mark] > 1:
            groups.setdefault(mark, []).append(at)
    for several in groups.values():
        if len({days[at] for at in several}) > 1 or len({amounts[at] for at in several} - {None}) > 1:
            for at in several:
                whys[at] = "lines of one round that contradict each other"
        else:
            best = min(several, key=lambda at: (amounts[at] is None, cells(at)))
            dropped.update(at for at in several if at != best)
    return [at for at, why in enumerate(whys) if not why and at not in dropped], len(dropped)
