"""The self-checks of the exercises: an answer is right, or a hint says what to look at, without giving it away.

`chapters/exercises.json` holds for each exercise the seal of the right answer, a hint, and the seals of known mistakes
with a word on each. A seal is a hash: the file can go to students.
"""

import json
import re
from contextlib import suppress
from decimal import Decimal
from functools import cache
from hashlib import sha256
from numbers import Real

import pandas as pd

from claimbook.evidence.quantity import Quantity
from claimbook.judgement.cards import Sentence
from claimbook.paths import ROOT

FILE = ROOT / "chapters" / "exercises.json"
MARGIN = 0.002
"""How far an answer may be off, as a part of itself: rounding on the way is no mistake."""
NUMBER = (
    r"(?:about|[~≈])?\s*(?:USD|US\$|[$€£])?\s*([+−-]?\d+(?:[.,]\d+)?)"
    r"\s*(?:%|per ?cent|(?:percentage )?points?|pp|bn|billion|m|million|x|×|times|years?)?\s*[.;:!]*"
)
"""A number with what people write around it."""


def seal(id, answer):
    """The hash of an answer to exercise `id`: a number to three significant digits, a word without its case, a
    collection in any order."""
    if isinstance(answer, bool):
        text = "yes" if answer else "no"
    elif isinstance(answer, Real):
        text = f"{float(answer):.3g}"
    elif isinstance(answer, str):
        text = " ".join(answer.casefold().split())
    else:
        text = "; ".join(sorted(" ".join(str(one).casefold().split()) for one in answer))
    return sha256(f"{id}: {text}".encode()).hexdigest()[:16]


def seals(id, answer):
    """The seals of an answer and, for a number, of those so near that only rounding parts them."""
    is_number = isinstance(answer, Real) and not isinstance(answer, bool)
    steps = (-1, -0.5, 0.5, 1) if is_number else ()  # no two lie further apart than the third digit of a number
    return {seal(id, answer)} | {seal(id, answer * (1 + MARGIN * step)) for step in steps}


@cache
def exercises():
    """All exercises by id, as they stand in `chapters/exercises.json`."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def plain(answer):
    """An answer as a number, a word, a truth or a list, in whatever form it came: "about 50,6 %." is 50.6, "B." is "B",
    a list of one is that one, a verdict its word."""
    answer = getattr(answer, "word", answer)
    if isinstance(answer, Quantity | Decimal):
        return float(answer)
    if hasattr(answer, "tolist"):  # of numpy or pandas
        answer = answer.tolist()
    if isinstance(answer, list | tuple) and len(answer) == 1:
        return plain(answer[0])
    if not isinstance(answer, str):
        return answer
    number = re.fullmatch(NUMBER, answer.strip(), re.I)
    return float(number[1].replace(",", ".").replace("−", "-")) if number else answer.strip().rstrip(".;:!")


def check(id, answer=...):
    """Say whether `answer` is right for exercise `id`, or what to look at. Raises KeyError for an unknown id."""
    id = str(id).strip().casefold()
    if id not in exercises():
        near = [one for one in exercises() if one.split("-")[0] == id.split("-")[0]]
        raise KeyError(f"There is no exercise {id!r}; there are {', '.join(near) or 'none in this chapter'}.")
    if answer is ... or answer is None or pd.api.types.is_scalar(answer) and pd.isna(answer):
        return Sentence(f"**{id}:** no answer yet. Put yours in place of the dots and run the cell again.")
    if callable(answer):
        return Sentence(f"**{id}: not yet.** That is a function, not what it gives: call it, with brackets.")
    exercise, near = exercises()[id], exercises()[id]["near"]
    meant, given, exact = plain(answer), set(), set()
    for one in (answer, meant):
        with suppress(TypeError):  # a form that no answer has
            given |= seals(id, one)
            exact.add(seal(id, one))
    if not given:
        return Sentence(f"**{id}: not yet.** A number, a word or a list is asked for, not {type(answer).__name__}.")
    if exercise["right"] in given and not exact & set(near):  # a known mistake may lie within the margin
        return Sentence(f"**{id}: right.**")
    known = [word for mistake, word in near.items() if mistake in given]
    if not known and isinstance(meant, Real) and exercise["right"] in seals(id, 100 * meant):
        known = ["That is a fraction: the answer is asked in percent."]
    return Sentence(f"**{id}: not yet.** {(known or [exercise['hint']])[0]}")
