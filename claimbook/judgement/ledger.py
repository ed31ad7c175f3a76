"""The ledger: the claims, each checked against its witnesses, and the scoreboard of their verdicts."""

import json
import math
import sys
from dataclasses import asdict, dataclass, field, replace
from functools import cache

import pandas as pd

from claimbook import paths
from claimbook.evidence import tables
from claimbook.judgement import questions, rules, votes
from claimbook.judgement.rules import Interval
from claimbook.judgement.words import WORST

VERDICT_MIME = "application/vnd.claimbook.verdict+json"


@dataclass(frozen=True)
class Figure:
    """One figure of a claim: its name within the claim, the text as printed, its unit and precision, and the collector
    or report that the article names or plainly rests on."""

    part: str
    printed: str
    unit: str
    precision: str
    cited: str = ""

    @property
    def interval(self):
        return rules.claimed_interval(self.printed, self.precision)


@dataclass(frozen=True)
class Witness:
    """One witness of one figure. `low` and `high` differ where the witness is itself a range.

    `says`: where its value lies, one of votes.VOTES. `role`: its "vote" is counted; it shows the "spread" of others
    where only the source is asked; it is "context", and `why` says why. `known`: the days (ISO) between which it became
    public.
    """

    part: str
    label: str
    low: float
    high: float
    unit: str
    collector: str
    ids: tuple
    sources: tuple
    says: str = ""
    role: str = "context"
    why: str = ""
    known: tuple = ("", "")

    @property
    def value(self):
        return self.low if self.low == self.high else Interval(self.low, self.high)


@dataclass(frozen=True)
class Verdict:
    """What became of a claim: the Finding on each of its figures, and the witnesses.

    `findings`: {part: votes.Finding}, none where the claim is not scored. `judged`: the day (ISO) of the word of today.
    `note`: a sentence of the chapter's.
    """

    claim: "Claim"
    findings: dict
    witnesses: tuple
    misquote: tuple
    judged: str = ""
    note: str = ""
    evidence: pd.DataFrame = field(default=None, compare=False, repr=False)
    """The table that it was shown with, its figures in the column `value`."""

    @property
    def word(self):
        """The word of today: of several figures that of the worst."""
        return min((one.now for one in self.findings.values()), key=WORST.index, default="not scored")

    @property
    def reason(self):
        """Why, in a sentence: who counts, and how many bear each figure out."""
        if not self.findings:
            return "Advice is not scored; the nearest evidence is shown."
        told, cited = {}, {figure.part: figure.cited for figure in self.claim.figures}
        for part, one in self.findings.items():
            whose = [w.label for w in self.misquote if w.part == part and w.says == "exact"]
            told.setdefault(_because(one, cited[part], whose), []).append(part)
        named = len(self.findings) > 1
        reason = "; ".join(f"{', '.join(parts)}: " * named + text for text, parts in told.items())
        return f"{reason[0].upper()}{reason[1:]}. {self.note}".strip()

    def stays(self, part=""):
        """In how many choices of the rule, each changed alone, a figure stays on its side, in words."""
        stays, of = self.findings[part].firm
        return f"{stays} of {of} choices of the rule"

    def payload(self):
        """The verdict as plain data, as it is stored with the notebook and read by the scoreboard."""
        record = {"claim": self.claim.id, "verdict": self.word, "reason": self.reason, "judged": self.judged}
        record["figures"] = told(self.findings)
        record["witnesses"] = [_json(witness) for witness in self.witnesses]
        record["misquote"] = [_json(witness) for witness in self.misquote]
        return record

    def _repr_mimebundle_(self, include=None, exclude=None):
        from claimbook.judgement import cards

        return {"text/plain": cards.plain(self), "text/html": cards.html(self), VERDICT_MIME: self.payload()}


def told(findings):
    """Findings as plain data, one a figure: its words, and how many votes are for it, of how many."""
    return [{"part": part} | _told(one) for part, one in findings.items()]


def _told(finding):
    counted = lambda ballots: [votes.tally(ballots)[0], sum(votes.tally(ballots))]
    return {
        "quoted": finding.quoted,
        "then": [finding.early, finding.late],
        "then_votes": counted(finding.then),
        "now": finding.now,
        "votes": counted(finding.today),
        "firm": finding.firm and [*finding.firm],
        "choices": finding.choices,
        "grade": questions.grade(finding.today),
    }


def _because(finding, cited, whose):
    """How a figure came to its word of today. `cited`: its source; `whose`: what its number belongs to instead."""
    agree, against = votes.tally(finding.today)
    mute = [one.vote for one in finding.today if one.vote not in votes.VOTES[:3]]
    if finding.now in ("right as quoted", "since revised", "garbled"):
        prints = {
            "right as quoted": "printed it, and prints it still",
            "since revised": "printed it, and prints otherwise now",
            "garbled": "printed another figure",
        }
        text = f"{cited} {prints[finding.now]}"
    elif agree + against > 1:
        text = f"{agree} of {agree + against} counts bear it out"
    elif agree + against:
        voter = next(one.collector for one in finding.today if one.vote in votes.VOTES[:3])
        text = f"one count only ({voter}), which {'bears it out' if agree else 'does not bear it out'}"
    else:
        text = "nobody's count answers it"
    for why in dict.fromkeys(mute):
        text += f", {mute.count(why)} {why}"
    return text + (f"; the number belongs to {' and '.join(dict.fromkeys(whose))}" if whose else "")


def _json(witness):
    """A witness as plain data; an open end is None, for JSON knows no infinity."""
    return {key: None if value in (math.inf, -math.inf) else value for key, value in asdict(witness).items()}


@dataclass(frozen=True)
class Claim:
    """One row of `data/claims.csv`."""

    id: str
    chapter: str
    article: str
    passage: str
    kind: str
    statement: str
    figures: tuple

    def check(self, evidence=None, value="value", misquote=None, judged=None, note="", **choices):
        """Judge the claim, and show it with `evidence`. Returns a Verdict, which shows itself as a card.

        Whoever answers the question of data/questions.csv in the tables has a vote; so has a row of `evidence` that
        does so by what the chapter computed. `evidence` has one row for each witness: the columns `label` (its name on
        the card), `collector` (whose data it is: the unit of independence), `id` and `source` (any column that begins
        so), and the column named by `value`, in the claim's unit. Optional: `part` (which figure of the claim, where it
        has several), `low` and `high` (where the witness is a range). `misquote`: rows of the same form for another
        quantity whose number the claim may have taken. `judged`: the day of the judgement (ISO), the last on which a
        page was read where none is given. `note`: added to the reason. `choices`: what to choose otherwise, as in
        votes.View: check(evidence, without="Crunchbase"), check(evidence, tolerance=0.05).
        Raises ValueError, naming row and column, for evidence that cannot be used.
        """
        witnesses, other = self._witnesses(evidence, value), self._witnesses(misquote, value)
        stored, misquoted = map(_json, witnesses), map(_json, other)
        judged = judged or questions.today()
        findings, context = questions.judge(self, [*stored], [*misquoted], judged, **choices)
        witnesses = [_placed(one, findings, context) for one in witnesses]
        for part, finding in findings.items():
            told = {frozenset(one.ids) for one in witnesses if one.part == part}
            witnesses += self._voters(part, [b for b in finding.today if b.heard], told)
        kept = None if evidence is None else evidence.assign(value=evidence[value]) if value in evidence else evidence
        return Verdict(self, findings, tuple(witnesses), tuple(other), judged, note, kept)

    def _voters(self, part, ballots, told):
        """Those who vote by what the tables say, and are not among the rows of the evidence."""
        figure, seen = next(one for one in self.figures if one.part == part), set()
        for ballot in ballots:
            for answer in ballot.heard:
                if answer.ids not in told and (name := (answer.label, answer.low, answer.high)) not in seen:
                    seen.add(name)
                    rows = [questions.figures()[id] for id in sorted(answer.ids)]
                    ids, sources = (tuple(dict.fromkeys(row[key] for row in rows)) for key in ("id", "source"))
                    who = (part, answer.label, answer.low, answer.high, figure.unit, answer.collector, ids, sources)
                    says = votes.vote(answer.low, answer.high, *votes.zones(figure.printed, figure.precision))
                    yield Witness(*who, says, "vote", "", (answer.begin, answer.end))

    def _witnesses(self, evidence, value):
        if evidence is None:
            return []
        if evidence.empty:
            raise ValueError(f"{self.id}: the evidence has no row: look at the query. Give none where none is known.")
        figures = {figure.part: figure for figure in self.figures}
        need = {"label", "collector"} | (set() if {"low", "high"} <= set(evidence.columns) else {value})
        if lost := need - set(evidence.columns):
            raise ValueError(f"{self.id}: the evidence lacks the column {', '.join(sorted(lost))}.")
        found = []
        for number, row in enumerate(evidence.to_dict("records"), 1):
            part = row.get("part", self.figures[0].part)
            if part not in figures:
                known = ", ".join(map(repr, figures))
                raise ValueError(f"{self.id}: row {number}, column part: {part!r} is none of {known}.")
            low, high = row.get("low", row.get(value)), row.get("high", row.get(value))
            low, high = (row[value] if pd.isna(end) else end for end in (low, high))
            if pd.isna(low) or pd.isna(high):
                raise ValueError(f"{self.id}: row {number} ({row['label']}), column {value}: the value is missing.")
            one = evidence.iloc[[number - 1]]
            ids, sources = tuple(tables.trace(one, "id")), tuple(tables.trace(one, "source"))
            if not ids or not sources:
                what = "has no id or no source: keep those columns."
                raise ValueError(f"{self.id}: row {number} ({row['label']}) {what}")
            figure, low, high, says = figures[part], float(low), float(high), ""
            if self.kind not in rules.UNSCORED:
                says = votes.vote(low, high, *votes.zones(figure.printed, figure.precision))
            known = questions.public(ids)
            found.append(
                Witness(part, row["label"], low, high, figure.unit, row["collector"], ids, sources, says, known=known)
            )
        return found


def _placed(witness, findings, context):
    """A witness of the evidence in its role: with a vote, in the spread, or as context, and why."""
    if witness.part not in findings:
        return witness
    finding, ids = findings[witness.part], frozenset(witness.ids)
    whys = {answer.ids: why for answer, why in context[witness.part]}
    for ballot in finding.today:
        if ids in [answer.ids for answer in ballot.heard]:
            return replace(witness, role="vote", says=ballot.vote)
    if ids in whys:
        return replace(witness, why=whys[ids])
    if any(ids == answer.ids for answer in finding.spread):
        return replace(witness, role="spread")
    dated = next((one.heard for one in finding.today if one.collector == witness.collector), ("left out",))
    return replace(witness, why="its collector votes by another figure" if dated else "cannot be dated")


def _figures(row):
    columns = [column for column in ("part", "claimed", "unit", "precision", "cited") if column in row]
    cells = [("" if pd.isna(row[column]) else str(row[column])).split(";") for column in columns]
    count = max(map(len, cells))
    for column, cell in zip(columns, cells):
        if len(cell) not in (1, count):
            what = f"column {column}: {count} values are needed, or one for all."
            raise tables.DataError(f"data/claims.csv, claim {row['id']}, {what}")
    return tuple(Figure(*(cell[i if len(cell) > 1 else 0] for cell in cells)) for i in range(count))


@cache
def claims():
    """All claims by id, in the ledger's order."""
    found = [(row, _figures(row)) for row in tables.load("claims").to_dict("records")]
    told = ("id", "chapter", "article", "passage", "kind", "statement")
    return {row["id"]: Claim(*(row[column] for column in told), figures) for row, figures in found}


def claim(id):
    """The claim with this id. Raises KeyError that names the chapter's ids."""
    if id not in claims():
        near = [other for other in claims() if other.split("-")[0] == id.split("-")[0]]
        near = near or sorted({other.split("-")[0] for other in claims()})
        raise KeyError(f"There is no claim {id!r}; there are {', '.join(near)}.")
    return claims()[id]


@cache
def _read(path, written):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def cells(path):
    """The cells of a stored chapter, read again only after a change."""
    return _read(path, path.stat().st_mtime_ns)


def stored_outputs(mime, notebooks=None):
    """Every stored output of this kind in the chapters, as (notebook's file name, cell number, content)."""
    for path in paths.notebooks():
        if notebooks is not None and path.name not in notebooks:
            continue
        for number, cell in enumerate(cells(path)):
            for output in cell.get("outputs", []):
                if mime in output.get("data", {}):
                    yield path.name, number, output["data"][mime]


def verdicts():
    """The verdicts that the chapters stored, as {claim: (notebook's file name, Verdict.payload)}."""
    themes = {*tables.load("claims")["chapter"]}
    chapters = {path.name for path in paths.notebooks() if paths.theme_of(path) in themes}
    for name in sorted(chapters):
        sys.audit("claimbook.asks", f"verdicts of chapters/{name}")
    with tables.unwatched():
        return {content["claim"]: (name, content) for name, _, content in stored_outputs(VERDICT_MIME, chapters)}


def scoreboard():
    """All claims with their verdicts as stored in the chapters: one row a claim, in the ledger's order.

    Columns: id, chapter, article, kind, statement, claimed, verdict (the word of today), reason, figures (the list of
    Verdict.payload), witnesses (collectors with a vote), notebook.
    """
    from claimbook.judgement import cards

    stored, rows = verdicts(), []
    unseen = {"verdict": "not examined yet", "reason": "", "witnesses": [], "figures": []}
    for one in claims().values():
        name, content = stored.get(one.id, (None, unseen))
        voters = {w["collector"] for w in content["witnesses"] if w["role"] == "vote"}
        rows.append(
            {column: getattr(one, column) for column in ("id", "chapter", "article", "kind", "statement")}
            | {"claimed": cards.claimed(one), "verdict": content["verdict"], "reason": content["reason"]}
            | {"figures": content["figures"], "witnesses": len(voters), "notebook": name}
        )
    return pd.DataFrame(rows)


def findings():
    """Every figure that is scored: one row each, with what the chapters stored of it.

    Columns: claim, part, chapter, article, kind, quoted, early, late, now (words), agree, count (votes for it, and all
    that are counted), firm (the part of the choices in which it stays on its side, NaN without a vote), grade, choices.
    """
    rows = []
    for one in scoreboard().itertuples():
        for said in one.figures:
            early, late = said["then"]
            stays, of = said["firm"] or (math.nan, 1)
            rows.append(
                {"claim": one.id, "part": said["part"], "chapter": one.chapter, "article": one.article}
                | {"kind": one.kind, "quoted": said["quoted"], "early": early, "late": late, "now": said["now"]}
                | {"agree": said["votes"][0], "count": said["votes"][1], "firm": stays / of, "grade": said["grade"]}
                | {"choices": said["choices"]}
            )
    columns = "claim part chapter article kind quoted early late now agree count firm grade choices".split()
    return pd.DataFrame(rows, columns=columns)


def history():
    """The word of every claim that is scored as of each day on which it became another: columns claim, day, word."""
    stored, rows = verdicts(), []
    for one in claims().values():
        if one.kind not in rules.UNSCORED and one.id in stored:
            content = stored[one.id][1]
            told = questions.history(one, content["witnesses"], content["misquote"])
            rows += [{"claim": one.id, "day": day, "word": word} for day, word in told.items()]
    return pd.DataFrame(rows, columns=["claim", "day", "word"])
