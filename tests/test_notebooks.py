"""Every notebook is executed, stored in its normal form, and tells each of its claims in full."""

import re

import pytest

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
