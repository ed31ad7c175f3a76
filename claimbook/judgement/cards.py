"""What a notebook shows besides charts: verdict cards, tables and sentences, as HTML or Markdown and as plain text."""

import json
import math
import re
from html import escape

import pandas as pd

from claimbook.evidence.dates import first, last
from claimbook.evidence.tables import month
from claimbook.evidence.units import amount, number, signed
from claimbook.judgement import rules
from claimbook.judgement.words import MARKS, QUOTED, VERDICTS

COLUMNS = {
    "Claimed": "what the article says",
    "Quoted": "whether the source that the article names or plainly rests on printed this figure",
    "Then": "the word on the days on which the article may have appeared, by prints of these days and of the six months"
    " after, and how many votes bear the figure out",
    "Now": "the word today, by the latest print of every collector, and how many votes bear the figure out",
    "Firm": "in how many choices of the rule, each changed alone, the figure stays on its side",
    "Read on": "how directly the votes were read: on the publisher's own page, on a copy of it, in a report of it",
}
"""What is said of every figure of a claim, with what it means."""
SAYS = "exact: what the claim allows; about: within a tenth of that; off: neither; else why it has no vote"


def _span(low, high, unit):
    if low == high:
        return amount(low, unit)
    if math.isinf(high):
        return f"{amount(low, unit)} or more"
    return f"{number(low)} to {amount(high, unit)}"


def _claimed(figure):
    if figure.precision in rules.UNSCORED:
        return ""
    if figure.precision == "range":
        low, high = figure.printed.split("..")
        return f"{number(float(low))} to {amount(float(high), figure.unit)}"
    words = {"as printed": "", "first": "ahead of the rest"}.get(figure.precision, figure.precision)
    value = amount(float(figure.printed), figure.unit) if figure.printed else ""
    return f"{words} {value}".strip()


def claimed(claim):
    """All figures of a claim in words: "$314 bn; $304 bn"."""
    return "; ".join(text for text in map(_claimed, claim.figures) if text)


def _difference(witness, figure):
    """How far the witness is from the claimed figure, in percent of it, where that says anything."""
    one = figure.printed and figure.precision not in ("range", *rules.UNSCORED) and witness.low == witness.high
    if not one or float(figure.printed) == 0:
        return ""
    return signed(f"{100 * (witness.low / float(figure.printed) - 1):+.1f} %").replace("+0.0", "0.0")


def fraction(counted):
    """So many, of how many: "2 of 3"; "" of none."""
    return f"{counted[0]}\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}{counted[1]}" if counted[1] else ""


def _voted(word, counted):
    """A word with the votes for it, where it is one of several votes."""
    return f"{word} {fraction(counted)}" if word in ("holds", "fails", "disputed") else word


def then(figure):
    """The word on the article's days; both where its first and its last day differ. `figure`: of Verdict.payload."""
    early, late = figure["then"]
    return late if early == late else f"{early}, later {late}"


def firm(figure):
    """ "7 of 8", or a dash where nobody has a vote."""
    return fraction(figure["firm"]) if figure["firm"] else "–"


def _told(figure, said):
    """The cells of COLUMNS for a figure of a claim; `said`: the same in Verdict.payload."""
    before = _voted(then(said), said["then_votes"]) or "–"
    return [_claimed(figure), said["quoted"], before, _now(said), firm(said), said["grade"] or "–"]


def _now(said):
    return f"{MARKS[said['now']]} {_voted(said['now'], said['votes'])}"


def _rows(verdict, part):
    """The witnesses of a figure: those with a vote, the spread, the context."""
    roles = ("vote", "spread", "context")
    return sorted((w for w in verdict.witnesses if w.part == part), key=lambda w: roles.index(w.role))


def _known(witness):
    """The day on which a witness became public, or the days between; "" for one that is not in the data."""
    begin, end = witness.known
    for shown in (begin[:4], begin[:7]):  # a whole year, a whole month
        if (begin, end) == (first(shown), last(shown)):
            return month(shown)
    return " to ".join(f"{int(day[8:])} {month(day)}" for day in dict.fromkeys(witness.known))


def _role(witness):
    """What a witness says, or why it is no vote."""
    says = {"vote": witness.says, "spread": "another count"}
    return says.get(witness.role, witness.why or ("context" if witness.says else ""))


def plain(verdict):
    """The card as text, for nbval, for screen readers of notebooks and for the diff of a pull request."""
    lines, said = [f"{verdict.claim.id}: {verdict.claim.statement}"], verdict.payload()["figures"]
    told = dict(zip((one["part"] for one in said), said))
    for figure in verdict.claim.figures:
        if figure.part in told:
            cells = [f"{name.lower()}: {cell}" for name, cell in zip(COLUMNS, _told(figure, told[figure.part])) if cell]
            lines.append(f"  {f'{figure.part}, ' * bool(figure.part)}{'; '.join(cells)}")
        for w in _rows(verdict, figure.part):
            line = f"    {w.label} [{w.collector}]: {_span(w.low, w.high, w.unit)} {_difference(w, figure)} {_role(w)}"
            lines.append(f"    {' '.join(line.split())}{f', known {_known(w)}' if w.known[0] else ''}")
    for w in verdict.misquote:
        lines.append(f"  the number stands for: {w.label}, {_span(w.low, w.high, w.unit)}")
    lines.append(f"  {MARKS[verdict.word]} {verdict.word.upper()}. {verdict.reason}")
    return "\n".join(lines)


def _meant(word):
    """A word with what it means, for the pointer."""
    known = {name: one.meaning for name, one in VERDICTS.items()} | QUOTED
    return f'<abbr title="{escape(known[word])}">{escape(word)}</abbr>' if word in known else escape(word)


def html(verdict):
    """The card as HTML: the verdict, what is said of each figure, one row for each witness."""
    e, body, figures = escape, [], []
    said = {one["part"]: one for one in verdict.payload()["figures"]}
    named = len(verdict.claim.figures) > 1
    for figure in verdict.claim.figures:
        if figure.part in said:
            cells = _told(figure, said[figure.part])
            cells[1] = _meant(cells[1])
            name = f'<th scope="row">{e(figure.part)}</th>' * named
            cells = [f"<td><small>{column}</small> {cell}</td>" for column, cell in zip(COLUMNS, cells)]
            figures.append(f'<tr data-verdict="{e(said[figure.part]["now"])}">{name}{"".join(cells)}</tr>')
        rows = _rows(verdict, figure.part)
        if named and rows:
            body.append(f'<tr class="claimed"><th scope="rowgroup" colspan="4">{e(figure.part)}</th></tr>')
        for w in rows:
            known = f" <small>known {e(_known(w))}</small>" if w.known[0] else ""
            body.append(
                f'<tr class="{w.role} {w.says.replace(" ", "-")}"><th scope="row">{e(w.label)}{known}</th>'
                f"<td>{e(_span(w.low, w.high, w.unit))}</td><td>{_difference(w, figure)}</td>"
                f"<td>{e(_role(w))}</td></tr>"
            )
    for w in verdict.misquote:
        body.append(
            f'<tr class="misquote"><th scope="row">{e(w.label)}</th><td>{e(_span(w.low, w.high, w.unit))}</td>'
            "<td></td><td>another quantity</td></tr>"
        )
    heads = "".join(f'<th scope="col"><abbr title="{e(told)}">{name}</abbr></th>' for name, told in COLUMNS.items())
    findings = (
        f'<table class="findings"><thead><tr>{"<td></td>" * named}{heads}</tr></thead>'
        f"<tbody>{''.join(figures)}</tbody></table>"
    )
    table = (
        '<table class="witnesses"><thead><tr><th scope="col">Witness</th><th scope="col">Value</th>'
        f'<th scope="col">Off by</th><th scope="col"><abbr'
        f' title="{e(SAYS)}">Says</abbr></th></tr></thead><tbody>{"".join(body)}</tbody></table>'
    )
    return (
        f'<div class="verdict-card" data-verdict="{e(verdict.word)}"><p class="verdict"><span'
        f' aria-hidden="true">{MARKS[verdict.word]}</span> '
        f'<strong><abbr title="{e(VERDICTS[verdict.word].meaning)}">{e(verdict.word.capitalize())}</abbr></strong>'
        f" {e(verdict.reason)}</p>{findings if figures else ''}{table if body else ''}</div>"
    )


class Sentence:
    """Prose whose numbers come out of code: Markdown on the page, the same text for nbval."""

    def __init__(self, text):
        # Paragraphs and lists keep their lines; all others are joined, so that code can break a line anywhere.
        joined = []
        for part in re.split(r"\n\s*\n", text.strip()):
            mark = r"\d+\. |> |- " if re.match(r"\d+\. ", part) else "> |- "  # a number may begin a line of prose
            joined.append(re.sub(rf"\s*\n(?!{mark})\s*", " ", part.strip()))
        self.text = signed("\n\n".join(joined))

    def _repr_mimebundle_(self, include=None, exclude=None):
        # Notebooks read $...$ as a formula and <...> as HTML; text of the data is neither.
        return {"text/markdown": self.text.replace("$", r"\$").replace("<", "&lt;"), "text/plain": self.text}


def say(text):
    """A paragraph of the book, with its numbers filled in by code. `text` is Markdown; line breaks in it are free."""
    return Sentence(text)


def table(frame, caption=None):
    """A DataFrame as a small accessible HTML table, without its index. Numbers stand right, text stands left."""
    return Table(frame, caption)


class Table:
    def __init__(self, frame, caption=None):
        self.frame, self.caption = frame, caption

    def _repr_mimebundle_(self, include=None, exclude=None):
        frame = self.frame
        numeric = {c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])}
        text = frame.apply(
            lambda column: column.map(lambda v: "" if pd.isna(v) else number(v) if column.name in numeric else str(v))
        )
        cell = lambda tag, column, value: (
            f"<{tag}{' class=number' if column in numeric else ''}>{escape(str(value))}</{tag.split()[0]}>"
        )
        head = "".join(cell('th scope="col"', c, c) for c in frame.columns)
        body = "".join(
            "<tr>" + "".join(cell("td", c, row[c]) for c in frame.columns) + "</tr>" for row in text.to_dict("records")
        )
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        html = (
            '<div class="data-table"'
            f' tabindex="0"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        )
        return {"text/plain": text.to_string(index=False), "text/html": html}


class Board:
    """The scoreboard as a table: one row a claim, each linked to its section. The page sorts and filters it, and shows
    it as of a day.

    `frame`: as from ledger.scoreboard; `history`: as from ledger.history, the words of each claim day by day.
    """

    HEAD = {
        "Claim": "",
        "What the article says": "",
        "Quoted": COLUMNS["Quoted"],
        "Then": COLUMNS["Then"],
        "Now": COLUMNS["Now"],
        "Firm": COLUMNS["Firm"],
        "Read on": COLUMNS["Read on"],
    }

    def __init__(self, frame, history=None):
        self.frame, self.history = frame, history

    def _repr_mimebundle_(self, include=None, exclude=None):
        days = {}
        for one in () if self.history is None else self.history.itertuples():
            days.setdefault(one.claim, []).append(f"{one.day} {one.word}")
        marks = escape(json.dumps(MARKS, ensure_ascii=False))
        rows = "".join(self._row(r, ";".join(days.get(r.id, ()))) for r in self.frame.itertuples())
        head = "".join(
            f'<th scope="col">{f"<abbr title={chr(34)}{escape(told)}{chr(34)}>{name}</abbr>" if told else name}</th>'
            for name, told in self.HEAD.items()
        )
        html = (
            f'<div class="data-table board" data-marks="{marks}" tabindex="0"><table>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
        lines = []
        for r in self.frame.itertuples():
            told = "; ".join(
                f"{one['part'] + ': ' if one['part'] else ''}quoted: {one['quoted']}, then: {then(one) or '–'}, now:"
                f" {_now(one)}, firm: {firm(one)}, read on: {one['grade'] or '–'}"
                for one in r.figures
            )
            lines.append(f"{MARKS[r.verdict]} {r.id} {r.verdict}: {r.statement} {told}".rstrip())
        return {"text/plain": "\n".join(lines), "text/html": html}

    def _row(self, r, days):
        """A row of the table: what is asked of every figure of a claim, one line a figure where they differ."""
        name = f'<a href="{r.notebook}#{r.id}">{r.id}</a>' if isinstance(r.notebook, str) else r.id
        said = {
            "quoted": [one["quoted"] for one in r.figures],
            "then": [_voted(then(one), one["then_votes"]) or "–" for one in r.figures],
            "now": [_now(one) for one in r.figures] or [f"{MARKS[r.verdict]} {r.verdict}"],
            "firm": [firm(one) for one in r.figures],
            "read": [one["grade"] or "–" for one in r.figures],
        }
        parts, words = [one["part"] for one in r.figures], [one["now"] for one in r.figures]
        parted = [one["firm"][0] / one["firm"][1] for one in r.figures if one["firm"]]
        least = min(parted, default=0)
        cells = "".join(
            f'<td class="{key}"{f" data-sort={least:.3f}" * (key == "firm")}>{_lines(parts, texts, words)}</td>'
            for key, texts in said.items()
        )
        firmly = [
            "no vote" if not one["firm"] else "every choice" if len(set(one["firm"])) == 1 else "not every choice"
            for one in r.figures
        ]
        kept = {"then": [then(one) or "–" for one in r.figures], "firm": firmly}
        data = {"verdict": r.verdict, "theme": r.chapter, "article": r.article, "days": days}
        data |= {key: "|".join(dict.fromkeys((said | kept)[key])) for key in ("quoted", "then", "firm", "read")}
        data = " ".join(f'data-{key}="{escape(str(value))}"' for key, value in data.items())
        return f"<tr {data}><td>{name}</td><td>{escape(r.statement)}</td>{cells}</tr>"


def _lines(parts, texts, words):
    """The words of a claim's figures as lines of a cell, each with the name of its figure; one line where all agree."""
    if len(set(texts)) < 2:
        return escape(texts[0]) if texts else ""
    return "".join(
        f'<div data-verdict="{escape(word)}"><small>{escape(part)}</small> {escape(text)}</div>'
        for part, text, word in zip(parts, texts, words)
    )
