"""What a notebook shows besides charts: verdict cards, tables and sentences, as HTML or Markdown and as plain text."""

import math
import re
from html import escape

import pandas as pd

from claimbook.evidence.units import amount, number, signed
from claimbook.judgement import rules
from claimbook.judgement.words import MARKS

YES = {True: "yes", False: "no", None: ""}
SAYS = {True: "agrees", False: "disagrees", None: ""}


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


def computed(witnesses):
    """The range of the stored witnesses of each figure in words: "$314 bn to $392 bn; ..."."""
    parts = {}
    for w in witnesses:
        low, high = (math.inf if end is None else end for end in (w["low"], w["high"]))
        parts.setdefault((w["part"], w["unit"]), []).extend([low, high])
    return "; ".join(_span(round(min(ends), 2), round(max(ends), 2), unit) for (_, unit), ends in parts.items())


def _difference(witness, figure):
    """How far the witness is from the claimed figure, in percent of it, where that says anything."""
    one = figure.printed and figure.precision not in ("range", *rules.UNSCORED) and witness.low == witness.high
    if not one or float(figure.printed) == 0:
        return ""
    return signed(f"{100 * (witness.low / float(figure.printed) - 1):+.1f} %").replace("+0.0", "0.0")


def _rows(verdict):
    """(figure, witnesses) for each figure of the claim."""
    return [(figure, [w for w in verdict.witnesses if w.part == figure.part]) for figure in verdict.claim.figures]


def plain(verdict):
    """The card as text, for nbval, for screen readers of notebooks and for the diff of a pull request."""
    lines = [f"{verdict.claim.id}: {verdict.claim.statement}"]
    for figure, witnesses in _rows(verdict):
        if _claimed(figure):
            lines.append(f"  claimed{f', {figure.part}' * bool(figure.part)}: {_claimed(figure)}")
        for w in witnesses:
            says = SAYS[w.agrees]
            line = f"    {w.label} [{w.collector}]: {_span(w.low, w.high, w.unit)} {_difference(w, figure)} {says}"
            lines.append(line.replace("  ", " ").replace("   [", "["))
    for w in verdict.misquote:
        lines.append(f"  the number stands for: {w.label}, {_span(w.low, w.high, w.unit)}")
    lines.append(f"  {MARKS[verdict.word]} {verdict.word.upper()}. {verdict.reason}")
    return "\n".join(lines)


def html(verdict):
    """The card as HTML: the verdict first, then one row for each witness."""
    e = escape
    body = []
    for figure, witnesses in _rows(verdict):
        head = f"{e(figure.part)}: claimed " if figure.part else "Claimed "
        if _claimed(figure):
            body.append(
                f'<tr class="claimed"><th scope="row">{head}</th><td>{e(_claimed(figure))}</td><td></td><td></td></tr>'
            )
        for w in witnesses:
            says = SAYS[w.agrees]
            body.append(
                f'<tr class="{says}"><th scope="row">{e(w.label)}</th><td>{e(_span(w.low, w.high, w.unit))}</td>'
                f"<td>{_difference(w, figure)}</td><td>{YES[w.agrees]}</td></tr>"
            )
    for w in verdict.misquote:
        body.append(
            '<tr class="misquote"><th'
            f' scope="row">{e(w.label)}</th><td>{e(_span(w.low, w.high, w.unit))}</td><td></td><td>another'
            " quantity</td></tr>"
        )
    table = (
        '<table><thead><tr><th scope="col">Witness</th><th scope="col">Value</th><th scope="col">Off by</th>'
        f'<th scope="col">Agrees</th></tr></thead><tbody>{"".join(body)}</tbody></table>'
    )
    return (
        f'<div class="verdict-card" data-verdict="{e(verdict.word)}"><p class="verdict"><span'
        f' aria-hidden="true">{MARKS[verdict.word]}</span> '
        f"<strong>{e(verdict.word.capitalize())}</strong> {e(verdict.reason)}</p>{table if body else ''}</div>"
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
    """The scoreboard as a table: one row a claim, each linked to its section. The page sorts and filters it."""

    HEAD = ("Claim", "What the article says", "Claimed", "Computed", "Witnesses", "Verdict")

    def __init__(self, frame):
        self.frame = frame

    def _repr_mimebundle_(self, include=None, exclude=None):
        rows = []
        for r in self.frame.itertuples():
            name = f'<a href="{r.notebook}#{r.id}">{r.id}</a>' if isinstance(r.notebook, str) else r.id
            cells = (
                name,
                f"{escape(r.statement)} <small>{escape(r.reason)}</small>",
                escape(r.claimed),
                escape(r.computed),
                r.witnesses,
            )
            verdict = f'<td class="verdict"><span aria-hidden="true">{MARKS[r.verdict]}</span> {escape(r.verdict)}</td>'
            data = f'data-verdict="{escape(r.verdict)}" data-theme="{r.chapter}" data-article="{r.article}"'
            rows.append(f"<tr {data}>{''.join(f'<td>{cell}</td>' for cell in cells)}{verdict}</tr>")
        head = "".join(f'<th scope="col">{name}</th>' for name in self.HEAD)
        html = (
            '<div class="data-table board"'
            f' tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
        )
        text = "\n".join(
            f"{MARKS[r.verdict]} {r.id} {r.verdict}: {r.statement} Claimed: {r.claimed or '-'}. Computed:"
            f" {r.computed or '-'}."
            for r in self.frame.itertuples()
        )
        return {"text/plain": text, "text/html": html}
