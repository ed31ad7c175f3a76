"""Every notebook is executed, stored in its normal form, and tells each of its claims in full."""

import ast
import re

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from claimbook import ledger, run, style

NOTEBOOKS = run.notebooks()
THEMES = {path: path.stem[3:] for path in NOTEBOOKS if any(c.chapter == path.stem[3:] for c in ledger.claims().values())}


def code_cells(path):
    return [cell for cell in run.read(path).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_stored_as_executed(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert not {"nbval-skip", "nbval-ignore-output", "raises-exception"} & set(cell.metadata.get("tags", [])), cell.id
        assert not re.search(r"NBVAL_|%%capture", cell.source), cell.id
        for output in cell.outputs:
            assert output.output_type != "error" and output.get("name") != "stderr", cell.id
            assert not {"image/png", "image/jpeg"} & set(output.get("data", {})), f"{cell.id}: nbval does not compare pixels; end the cell with finish(...)"
    assert path.read_text(encoding="utf-8") == run.dump(run.read(path))
    assert not re.search(r"/home/|/work/|/tmp/|/root/", path.read_text(encoding="utf-8"))


def test_no_chapter_is_stale():
    assert run.stale() == {}


@pytest.mark.parametrize("path", THEMES, ids=lambda p: p.name)
def test_each_claim_is_told_in_full(path):
    notebook = run.read(path)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown").replace("\\$", "$")
    charts = [chart["name"] for _, _, chart in ledger.stored_outputs(style.CHART_MIME, {path.name})]
    verdicts = {verdict["claim"] for _, _, verdict in ledger.stored_outputs(ledger.VERDICT_MIME, {path.name})}
    for claim in (c for c in ledger.claims().values() if c.chapter == THEMES[path]):
        assert f"({claim.id})=\n## " in text, f"{claim.id} has no section"
        assert f"> **Claim {claim.id}.** {claim.statement} *Article {claim.article}, {claim.passage}.*" in text, f"{claim.id}: the quote is not the ledger's"
        assert claim.id in verdicts, f"{claim.id} has no verdict"
        assert any(name.startswith(claim.id) for name in charts), f"{claim.id} has no chart"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_number_is_typed_in_prose(path):
    claimed = {n for c in ledger.claims().values() for f in c.figures for n in re.findall(r"\d+(?:\.\d+)?", f.printed + " " + c.statement)} | {str(len(ledger.claims()))}
    for cell in run.read(path).cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"```.*?```|`[^`]*`|\([^)]*\)|https?://\S+|\b(19|20)\d\d\b|[a-z]+-\d+|^\s*\d+\.", "", cell.source, flags=re.S | re.M)
            typed = [n for n in re.findall(r"\d+(?:[.,]\d+)*", prose.replace("Article 1", "").replace("Article 2", "")) if n not in claimed]
            quoted = re.findall(r"> \*\*Claim.*", prose)
            assert not [n for n in typed if not any(n in q for q in quoted)], f"{cell.id}: {typed}"


@pytest.mark.parametrize("path", THEMES, ids=lambda p: p.name)
def test_verdicts_are_computed(path):
    source = "\n".join(cell.source for cell in code_cells(path))
    assert not re.search(r"\bVerdict\(|\.word\s*=[^=]", source)
    for claim in (c for c in ledger.claims().values() if c.chapter == THEMES[path]):
        assert f'claim("{claim.id}").check(' in source, claim.id


DAYS = r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
NAMES = r"S&P 500|Zero2IPO"


def typed_numbers(cell, allowed):
    """Numbers that stand in a sentence of this code cell as they were typed: not in braces, not a date, a name or a figure of the claim."""
    found = []
    for call in ast.walk(ast.parse(TransformerManager().transform_cell(cell.source))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "say":
            strings = [part for node in call.args for part in (node.values if isinstance(node, ast.JoinedStr) else [node])]
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in strings)
            prose = re.sub(rf"`[^`]*`|\]\([^)]*\)|{NAMES}|{DAYS}|\b(19|20)\d\d\b|[a-z]+-\d+|^\s*\d+\.", "", text, flags=re.M)
            found += [number for number in re.findall(r"\d+(?:[.,]\d+)*", prose) if number not in allowed]
    return found


SPOKEN = {"boom-03-13": "69", "boom-04-12": "56", "boom-07-7": "1.5", "us-06-5": "65 70 72", "us-08-5": "70", "bubble-04-10": "100", "bubble-08-11": "40",
          "race-07-14": "24", "which-ai-2024-4": "252", "which-private-2024-4": "252", "which-ipos-2024-4": "5"}
"""Sentences that name a number for which there is no figure to be taken from: a threshold, a number that others print. No new ones."""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_number_is_typed_in_a_sentence(path):
    own = [claim for claim in ledger.claims().values() if claim.chapter == THEMES.get(path, claim.chapter)]
    claimed = {n for claim in own for f in claim.figures for n in re.findall(r"\d+(?:\.\d+)?", f.printed + " " + claim.statement)}
    for cell in code_cells(path):
        typed = typed_numbers(cell, claimed | set(SPOKEN.get(cell.id, "").split()))
        assert not typed, f"{cell.id}: {typed}"
