"""What the columns, rounds and places of an export are: `names.toml` has what vendors call them."""

import re
import tomllib
from pathlib import Path

NAMES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
FACTORS = {word: int(float(factor)) for factor, words in NAMES["factors"].items() for word in words}
DOLLARS = {"usd", "us", "dollar", "dollars"}
MARKED = "marked as AI"
"""What is told of the field of a round that the export itself calls one of AI."""
NEW = ("equity", "convertible note", "mixed")
"""What brings a company new capital, as `evidence.tables.new_money` has it."""
BAY = "San Francisco Bay Area"
REGION = {word: place for place, all in NAMES["regions"].items() for one in all for word in one.split("/")}
STATES, CITIES = NAMES["places"]["states"], NAMES["places"]["bay"]


def columns(header):
    """What a header names: {role: place}, and `header`, `names`, `fields` (places), `vendor`, `factor`. Of amounts it
    may name `usd` and `own`, in the currency of the column `currency`; `factor` has the dollars of each."""
    split = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("US$", "$").replace("$", " USD ")) for name in header]
    names = [" ".join(re.findall(r"[^\W_]+", name.lower())) for name in split]
    fields = [at for at, name in enumerate(names) if re.fullmatch(NAMES["patterns"]["field"], name)]
    vendor = next(
        (who for who, known in NAMES["vendors"].items() if any({*one.split("+")} <= {*names} for one in known)), ""
    )
    found = {"header": header, "names": names, "fields": fields, "vendor": vendor}
    for role, known in NAMES["columns"].items():
        found |= {role: names.index(name) for name in reversed(known) if name in names}
    if "code" in found and found["code"] == found.get("kind"):
        del found["code"]
    return found | _amounts(names)


def _amounts(names):
    """The columns of amounts among these names: see `columns`."""
    found = {"factor": {}}
    for at, words in enumerate(map(str.split, names)):
        role = "usd" if DOLLARS & {*words} else "currency" if "currency" in words else "own"
        rest = " ".join(word for word in words if word not in {*FACTORS, *DOLLARS, "in", "currency", "code"})
        if role not in found and (
            rest in NAMES["amounts"]["names"] or role == "currency" and rest in ("", "each round", "deal")
        ):
            found[role] = at
            found["factor"][role] = next((FACTORS[word] for word in words if word in FACTORS), 1)
    return found


def kind(text, code="", status=""):
    """What a round is, and its stage: its instrument, or "unknown" where the type does not say, and "seed", "later"
    (Series A and what follows) or ""."""
    words = " ".join(re.findall(r"[\w&]+", f"{text} {code}".lower().replace("_", " ")))
    later = re.search(r"(?<!pre )\bs[eé]ries? [a-j]\d*\b|^(venture |round )?[a-j]( round|轮)?$", words)
    stage = "later" if later else "seed" * bool(re.search(r"(?<!pre )\bseed\b", words))
    if re.search(NAMES["patterns"]["pending"], status.lower()):
        return "talks", stage
    return next((name for name, known in NAMES["kinds"].items() if re.search(known, words)), "unknown"), stage


def region(location, city, state, area, country, codes=False):
    """The region of a company: BAY, one of NAMES["regions"], "elsewhere", or "" where the line does not say. `codes`:
    whether two letters that are a state's and a country's, as those of Delaware and Germany, are the country's."""
    city, state, area, country = (text.strip().lower() for text in (city, state, area, country))
    if location and not country:
        parts = [part.strip() for part in location.lower().split(",")]
        parts += ["us"] * (parts[-1] in STATES and not (codes and parts[-1] in REGION))
        city, state = city or parts[0], state or "".join(parts[-2:-1] if len(parts) > 2 else "")
        country = "" if re.fullmatch(NAMES["patterns"]["nothing"], parts[-1]) else parts[-1]
    found = REGION.get(country or ("us" if state in STATES else ""), "elsewhere" if country else "")
    near = city in CITIES if state in ("ca", "calif.", "california") else not state and city in CITIES[:12]
    named = re.search(r"\b(san francisco bay|sf bay|silicon valley)\b", f"{area} {location.lower()}")
    return BAY if near and found in ("US", "") or named and found in ("US", "elsewhere", "") else found


def has_codes(locations):
    """Whether the locations of a file end in codes of countries: one is neither a state's nor used in writing."""
    last = {location.rpartition(",")[2].strip().lower() for location in locations if "," in location}
    return any(len(one) == 2 and one in REGION and one not in STATES and one not in ("us", "uk") for one in last)
