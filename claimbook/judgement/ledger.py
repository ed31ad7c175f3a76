"""The ledger: the claims, each checked against its witnesses, and the scoreboard of their verdicts."""

import json
import math
from dataclasses import asdict, dataclass, field
from functools import cache

import pandas as pd

from claimbook import paths
from claimbook.evidence import tables
from claimbook.judgement import rules
from claimbook.judgement.rules import Interval

VERDICT_MIME = "application/vnd.claimbook.verdict+json"


@dataclass(frozen=True)
class Figure:
    """One figure of a claim: its name within the claim, the text as printed, its unit and precision, and the collector
    or publisher that the article has it from."""

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
    """One witness of one figure. `low` and `high` differ where the witness is itself a range."""

    part: str
    label: str
    low: float
    high: float
    unit: str
    collector: str
    agrees: bool | None
    ids: tuple
    sources: tuple

    @property
    def value(self):
        return self.low if self.low == self.high else Interval(self.low, self.high)


@dataclass(frozen=True)
class Verdict:
    """What became of a claim: the word, the reason in a sentence, and the witnesses it rests on."""

    claim: "Claim"
    word: str
    reason: str
    witnesses: tuple
    misquote: tuple
    evidence: pd.DataFrame = field(default=None, compare=False, repr=False)
    """The table that it was judged by, its figures in the column `value`."""

    def payload(self):
        """The verdict as plain data, as it is stored with the notebook and read by the scoreboard."""
        record = {"claim": self.claim.id, "verdict": self.word, "reason": self.reason}
        record["witnesses"] = [_json(witness) for witness in self.witnesses]
        record["misquote"] = [_json(witness) for witness in self.misquote]
        return record

    def _repr_mimebundle_(self, include=None, exclude=None):
        from claimbook.judgement import cards

        return {"text/plain": cards.plain(self), "text/html": cards.html(self), VERDICT_MIME: self.payload()}


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

    def check(self, evidence=None, value="value", misquote=None, judged=None, note=""):
        """Judge the claim by `evidence`: one row for each witness. Returns a Verdict, which shows itself as a card.

        `evidence` needs the columns `label` (the witness's name on the card), `collector` (whose data it is: the
        unit of independence), `id` and `source` (any column that begins so), and the column named by `value`, in
        the claim's unit. Optional: `part` (which figure of the claim, where it has several), `low` and `high`
        (where the witness is a range). `misquote`: rows of the same form for another quantity whose number the
        claim may have taken. `judged`: the date of the judgement of a forecast. `note`: added to the reason.
        Raises ValueError, naming row and column, for evidence that cannot be used.
        """
        witnesses = self._witnesses(evidence, value)
        other = self._witnesses(misquote, value)
        parts = []
        for figure in self.figures if self.kind not in rules.UNSCORED else ():
            said = [w.agrees for w in witnesses if w.part == figure.part and w.agrees is not None]
            parts.append(rules.decide_part(said, any(w.agrees for w in other if w.part == figure.part)))
        word = rules.decide(self.kind, parts)
        kept = None if evidence is None else evidence.assign(value=evidence[value]) if value in evidence else evidence
        reason = _reason(self, witnesses, parts, other)
        if judged:
            reason += f" Judged on {judged}."
        return Verdict(self, word, f"{reason} {note}".strip(), tuple(witnesses), tuple(other), kept)

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
            seen = Interval(float(low), float(high)) if low != high else float(low)
            mute = self.kind in rules.UNSCORED or row["collector"] == rules.NOT_NAMED
            ok = None if mute else rules.agrees(seen, figures[part].interval)
            who = (part, row["label"], float(low), float(high), figures[part].unit, row["collector"])
            found.append(Witness(*who, ok, ids, sources))
        return found


def _reason(claim, witnesses, parts, other):
    """Who agrees, counted by collector: copies and editions of one collector's data are one witness."""
    if claim.kind in rules.UNSCORED:
        return "Advice is not scored; the nearest evidence is shown."
    sentences = []
    for figure, verdict in zip(claim.figures, parts):
        said = {}
        for witness in (w for w in witnesses if w.part == figure.part and w.agrees is not None):
            said.setdefault(witness.collector, set()).add(witness.agrees)
        lead = f"{figure.part}: " if len(claim.figures) > 1 else ""
        yes, no = (sum(answers == {side} for answers in said.values()) for side in (True, False))
        both = len(said) - yes - no
        if not said:
            text = "nothing can be judged yet" if claim.kind == "forecast" else "no public evidence was found"
        elif len(said) == 1:
            agrees = "agrees" if yes else "disagrees" if no else "agrees by one figure and not by another"
            text = f"one witness only ({next(iter(said))}), which {agrees}"
        else:
            text = f"{yes} of {len(said)} independent witnesses agree"
            text += f", {both} by one figure and not by another" if both else ""
        if verdict == "misquoted":
            whose = dict.fromkeys(w.label for w in other if w.part == figure.part and w.agrees)
            text += f"; the number belongs to {' and '.join(whose)}"
        sentences.append(lead + text)
    reason = "; ".join(sentences) + "."
    return reason[0].upper() + reason[1:]


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
    return {content["claim"]: (name, content) for name, _, content in stored_outputs(VERDICT_MIME)}


def scoreboard():
    """All claims with their verdicts as stored in the chapters: one row a claim, in the ledger's order.

    Columns: id, chapter, article, kind, statement, claimed, computed (the range of the witnesses), verdict, reason,
    witnesses (independent ones), notebook.
    """
    from claimbook.judgement import cards

    stored, rows = verdicts(), []
    unseen = {"verdict": "not examined yet", "reason": "", "witnesses": []}
    for one in claims().values():
        name, content = stored.get(one.id, (None, unseen))
        rows.append(
            {column: getattr(one, column) for column in ("id", "chapter", "article", "kind", "statement")}
            | {"claimed": cards.claimed(one), "computed": cards.computed(content["witnesses"])}
            | {"verdict": content["verdict"], "reason": content["reason"]}
            | {"witnesses": len({w["collector"] for w in content["witnesses"]}), "notebook": name}
        )
    return pd.DataFrame(rows)
