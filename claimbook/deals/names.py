"""What the columns, rounds and places of an export are: `names.toml` has what vendors call them."""

import re
import tomllib
from pathlib import Path

NAMES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
FACTORS = {word: int(float(factor)) for factor, words in NAMES["factors"].items() for word in words}
DOLLARS = {"usd", "us", "dollar", "dollars"}
MARKED = "so marked"
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
        places = [names.index(name) for name in known if name in names]
        if role == "code":
            places = [place for place in places if place != found.get("kind")]
        found |= {role: place for place in places[:1]}
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
    """What a round is, and its stage: its instrument, or "unknown" where its type does not say, and "seed", "later"
    (Series A and what follows) or "". `code`: what a second column says of it."""
    texts = [" ".join(re.findall(r"[\w&]+", one.lower().replace("_", " "))) for one in (text, code)]
    stages = {stage(one) for one in texts}
    told = "later" if "later" in stages else "seed" * ("seed" in stages)
    pattern = NAMES["patterns"]
    if not re.fullmatch(pattern["nothing"], status.lower()) and not re.search(pattern["done"], status.lower()):
        return "talks", told
    first, second = map(instrument, texts)
    said = second != "unknown" and re.fullmatch(pattern["second"], texts[1])
    return second if first == "unknown" or first == "equity" and said else first, told


def instrument(words):
    """The kind of a round by the words of one cell."""
    return next((name for name, known in NAMES["kinds"].items() if re.search(known, words)), "unknown")


def stage(words):
    """The stage of a round by the words of one cell."""
    if re.search(r"(?<!pre )\bs[eé]ries? ?[a-j]\d*\b|^(venture |round )?[a-j]( round|轮)?$", words):
        return "later"
    return "seed" * bool(re.search(r"(?<!pre )\bseed\b", words))


def region(location, city, state, area, country, codes=False):
    """The region of a company: BAY, one of NAMES["regions"], "elsewhere", or "" where the line does not say. `codes`:
    whether two letters that end a location are a country's, as the DE of Berlin, or a state's, as that of Dover."""
    city, state, area, country = (text.strip().lower() for text in (city, state, area, country))
    if location and not country:
        first, middle, country = placed(location, codes)
        city, state = city or first, state or middle
    country = "" if re.fullmatch(NAMES["patterns"]["nothing"], country) else country
    found = REGION.get(country or ("us" if state in STATES else ""), "elsewhere" if country else "")
    near = city in CITIES if state in ("ca", "calif.", "california") else not state and city in CITIES[:12]
    named = re.search(r"\b(san francisco bay|sf bay|silicon valley)\b", f"{area} {location.lower()}")
    return BAY if near and found in ("US", "") or named and found in ("US", "elsewhere", "") else found


def placed(location, codes):
    """City, state and country of a location such as "Palo Alto, CA"; `codes` as of `region`."""
    parts = [part.strip() for part in location.lower().split(",")]
    state_ends = parts[-1] in STATES and not (codes and len(parts[-1]) == 2)
    parts += ["us"] * (state_ends or parts[-1] == "ca" and parts[0] in CITIES)
    return parts[0], parts[-2] if len(parts) > 2 else "", parts[-1]


def has_codes(locations):
    """Whether two letters that end the locations of a file are codes of countries: some can be nothing else, and none
    can only be a state."""
    last = {location.rpartition(",")[2].strip().lower() for location in locations if "," in location}
    countries = {one for one in last if len(one) == 2 and one in REGION and one not in STATES} - {"us", "uk"}
    return bool(countries) and not last & {*NAMES["places"]["own_letters"]}
