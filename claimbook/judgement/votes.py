"""The vote on a figure: pure functions over numbers and days, no tables, no files.

Each collector has one vote: its latest print known on the day of judgement. A view is such a day with one set of
choices; `firmness` asks how a word stands when one defensible choice at a time is made otherwise. `questions.py` says
which rows of the data may vote.
"""

from dataclasses import dataclass, replace
from functools import cache

from claimbook.evidence import dates
from claimbook.judgement import rules
from claimbook.judgement.rules import TENTH, Interval

MONTHS = 6
"""A collector without a print on the day speaks by the first that came within so many months, and that is marked."""

QUORUM = 2 / 3
"""The part of the votes by which a figure holds or fails, where there are two or more."""

SIGNS = ("above zero", "up", "down", "first")
"""Precisions that know no "about": a change is above zero or it is not."""

VOTES = ("exact", "about", "off", "cannot tell", "cannot be dated")
"""What a collector can say of a figure. Only the first three are counted."""

FOR = {"holds": 1, "one count, for": 1, "fails": -1, "one count, against": -1, "disputed": 0, "no count": 0}
FOR |= {"right as quoted": 1, "since revised": 0, "garbled": -1}
"""The words, with the side that each is on: for, against, neither. A figure that its source prints otherwise now was
quoted right, and is not what is known today."""


def side(word):
    """1, -1 or 0: whether a word is for a figure, against it or neither, as what is not scored is."""
    return FOR.get(word, 0)


@dataclass(frozen=True)
class Answer:
    """What a collector's print, or several of its prints together, say of a figure.

    `low` and `high`: in the figure's unit; they differ where it is a range. `value`: the number itself, without its
    "nearly" or "over"; None where no print has it. `begin`, `end`: the first and the last day (ISO) between which it
    became known. `day`, `other`: the middle of the days between which its newest and its oldest figure did. `prints`:
    how many it is made of. `order`: of several measures that answer, which; the least is heard. `apart`: the collector,
    if whoever puts own estimates on another's records counts as a collector of its own. `ids`: of the figures.
    """

    label: str
    low: float
    high: float
    collector: str
    publisher: str
    begin: str
    end: str
    day: str
    other: str
    prints: int = 1
    order: int = 0
    apart: str = ""
    value: float | None = None
    ids: frozenset = frozenset()


@dataclass(frozen=True)
class View:
    """A day of judgement (ISO) and the choices made: see MONTHS, QUORUM, Answer. `without`: a collector left out."""

    day: str
    tolerance: float = TENTH
    quorum: float = QUORUM
    months: int = MONTHS
    without: str = ""
    apart: bool = False
    first: bool = False


@dataclass(frozen=True)
class Ballot:
    """The vote of one collector: one of VOTES, by the values from `low` to `high` (None where it cannot be dated).

    `late`: it had no print on the day and speaks by one that came in the months after. `heard`: the Answers it speaks
    by.
    """

    collector: str
    vote: str
    low: float | None = None
    high: float | None = None
    late: bool = False
    heard: tuple = ()


@cache
def zones(printed, precision, tolerance=TENTH):
    """The values that bear a figure out, and those that nearly do: two Intervals, the second holds the first.

    About is within the tolerance; of a marked change it is half of it (5 points), of no change all of it (10 points).
    Raises ValueError as `claimed_interval`.
    """
    exact = rules.claimed_interval(printed, precision, tolerance)
    if precision in SIGNS:
        return exact, exact
    if precision.startswith("markedly"):
        return exact, rules.claimed_interval(printed, precision, tolerance / 2)
    if precision == "about":
        return exact, rules.claimed_interval(printed, precision, tolerance * (1 if float(printed) else 2))
    near = [float(end) * (1 + side * tolerance) for end in printed.split("..") for side in (-1, 1)]
    return exact, Interval(min(exact.low, *near), max(exact.high, *near))


def vote(low, high, exact, about):
    """What the values from `low` to `high` say of a figure with these two zones.

    A range that is not wholly inside a zone, nor wholly outside of both, cannot tell.
    """
    hair = 1e-9 * max(1.0, min(abs(low), abs(high)))  # 1.1 * 3 must not miss 3.3 by a binary hair
    for name, zone in (("exact", exact), ("about", about)):
        if zone.low - hair <= low and high <= zone.high + hair:
            return name
    return "off" if high < about.low - hair or low > about.high + hair else "cannot tell"


def heard(answers, view):
    """The answers by which each collector speaks: {collector: (answers, whether they came after the day)}.

    The latest print known on the day, else the first of the months after; of the measure asked first, and rather of
    one print than of two. All prints of that one day are heard. Who may have printed before the day or after it, and
    nobody knows, has no answer.
    """
    until, found = dates.later(view.day, view.months), {}
    for one in answers:
        if one.collector != view.without and one.begin <= until:
            found.setdefault(view.apart and one.apart or one.collector, []).append(one)
    for name, said in found.items():
        known = [one for one in said if one.end <= view.day]
        late = not known
        known = known or [one for one in said if one.end <= until]
        of_measure = min(((one.order, one.prints) for one in known), default=None)
        known = [one for one in known if (one.order, one.prints) == of_measure]
        at = (min if late or view.first else max)(((one.day, one.other) for one in known), default=None)
        found[name] = [one for one in known if (one.day, one.other) == at], late
    return found


def ballots(answers, printed, precision, view):
    """The vote of every collector, by name. Several prints of one day are one range."""
    made = []
    for name, (said, late) in sorted(heard(answers, view).items()):
        if said:
            low, high = min(one.low for one in said), max(one.high for one in said)
            says = vote(low, high, *zones(printed, precision, view.tolerance))
            made.append(Ballot(name, says, low, high, late, tuple(said)))
        else:
            made.append(Ballot(name, "cannot be dated"))
    return made


def word(agree, against, quorum=QUORUM):
    """The word for a figure that so many votes bear out, exactly or about, and so many do not.

    Two votes or more: it holds or fails by two thirds of them, else it is disputed. One vote is one count.
    """
    count = agree + against
    if count == 0:
        return "no count"
    if count == 1:
        return "one count, for" if agree else "one count, against"
    needed = quorum * count - 1e-9
    return "holds" if agree >= needed else "fails" if against >= needed else "disputed"


def tally(made):
    """How many ballots bear the figure out, exactly or about, and how many do not: (for, against)."""
    cast = [one.vote for one in made]
    return cast.count("exact") + cast.count("about"), cast.count("off")


def judged(answers, printed, precision, view):
    """The word of a figure in a view."""
    return word(*tally(ballots(answers, printed, precision, view)), view.quorum)


def choices(collectors, apart=()):
    """Every defensible choice that could be made otherwise, as what it changes in a View, by its name.

    `collectors`: those that can be left out. `apart`: those who put own estimates on another's records.
    """
    named = {f"tolerance {part:.0%}": {"tolerance": part} for part in (0.05, 0.15)}
    named |= {"all votes": {"quorum": 1.0}}
    named |= {f"{months} months": {"months": months} for months in (0, 3, 12)}
    named |= {f"without {name}": {"without": name} for name in collectors}
    named |= {f"{name} on its own": {"apart": True} for name in apart}
    return named | {"first print": {"first": True}}


def firmness(answers, printed, precision, now, then=None):
    """In how many of the choices, each made alone, the figure stays on its side: (n, of how many, {choice: word}).

    Asked of the view `now`; how many months later a print may come is asked of the view `then`, where there is one. A
    choice that leaves no vote counts as neither for nor against.
    """
    voters = [one.collector for one in ballots(answers, printed, precision, now) if one.vote in VOTES[:3]]
    found, stays = {}, 0
    for name, change in choices(voters, sorted({one.apart for one in answers} - {""})).items():
        base = then if "months" in change else now
        if base:
            found[name] = judged(answers, printed, precision, replace(base, **change))
            stays += FOR[found[name]] == FOR[judged(answers, printed, precision, base)]
    return stays, len(found), found


def quoted(answers, printed, precision, cited, day, other=()):
    """Whether a figure is quoted right: right, wrong, page not seen, no source named.

    The cited source's own print nearest before the article's last day is compared, at the claim's precision. What is
    only implied by other figures, or set together of two prints, is no print of it. `answers`: those of the source
    alone. `other`: values that it printed of another quantity, whose number the claim may have taken.
    """
    if not cited:
        return "no source named"
    seen = [one for one in answers if one.end <= day and one.prints == 1]
    last = max(((one.day, one.other) for one in seen), default=None)
    values = [one.value for one in seen if (one.day, one.other) == last]
    exact, _ = zones(printed, precision)
    if any(rules.agrees(value, exact) for value in other):
        return "wrong"
    if not values or None in values:
        return "page not seen"
    return "right" if all(rules.agrees(value, exact) for value in values) else "wrong"


@dataclass(frozen=True)
class Finding:
    """What became of a figure: whether it is quoted right, its word on the article's first and last day and now.

    `early`, `late`: "" for a forecast. `then`: the ballots of the article's last day, `today` those of now. `firm`: in
    how many choices the figure stays on its side, of how many; None where nobody's vote is counted. `choices`: the word
    by each. `spread`: the Answers of other collectors where only the source was asked.
    """

    quoted: str
    early: str
    late: str
    now: str
    then: tuple
    today: tuple
    firm: tuple | None
    choices: dict
    spread: tuple = ()


def is_quotation(figure):
    """Whether a figure is judged at its source alone: an amount or a count printed to the digit, of a named source."""
    is_amount = figure.precision == "as printed" and figure.unit not in ("percent", "points", "ratio")
    return bool(figure.cited) and is_amount


def of_source(answers, figure):
    """The Answers of the source that the article names, whoever prints them."""
    return [one for one in answers if figure.cited in (one.collector, one.publisher)]


def asked_of(answers, figure):
    """Who is asked of a figure, and who is only shown: a quotation is judged by its source alone, for other collectors
    count another universe. Returns two lists of Answers."""
    if not is_quotation(figure):
        return answers, []
    asked = of_source(answers, figure)
    return asked, [one for one in answers if one not in asked]


def standing(answers, figure, view, said):
    """The word of a figure in a view, with the ballots. `answers`: of those who are asked; `said`: as from `quoted`.

    An amount whose source was seen is told as a quotation: right as quoted, since revised, garbled.
    """
    made = tuple(ballots(answers, figure.printed, figure.precision, view))
    if not is_quotation(figure) or said not in ("right", "wrong"):
        return word(*tally(made), view.quorum), made
    if said == "wrong":
        return "garbled", made
    return "right as quoted" if [one.vote for one in made] == ["exact"] else "since revised", made


def finding(answers, figure, article, now, forecast=False, other=(), **choices):
    """The Finding on a figure, from all its answers. `article`: its first and last day, `now`: that of judgement (ISO).

    A forecast has no word for the days of the article. `other`: see `quoted`. `choices`: see View.
    """
    heard_of, spread = asked_of(answers, figure)
    said = quotation(answers, figure, article[1], other)
    views = [View(**{"day": day} | choices) for day in article] + [View(**{"day": now, "months": 0} | choices)]
    (early, _), (late, then), (today, made) = (standing(heard_of, figure, view, said) for view in views)
    if forecast:
        early, late, then = "", "", ()
    stays, of, each = firmness(heard_of, figure.printed, figure.precision, views[2], None if forecast else views[1])
    firm = (stays, of) if sum(tally(made)) else None
    return Finding(said, early, late, today, then, made, firm, each, tuple(spread))


def quotation(answers, figure, day, other=()):
    """Whether a figure is quoted right, from all its answers: see `quoted`."""
    return quoted(of_source(answers, figure), figure.printed, figure.precision, figure.cited, day, other)
