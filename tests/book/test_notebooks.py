"""Every notebook is executed, stored in its normal form, and tells each of its claims in full."""

import ast
import json
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from IPython.core.inputtransformer2 import TransformerManager

import claimbook
from claimbook.charts import paper
from claimbook.engine import run
from claimbook.evidence import tables
from claimbook.judgement import ledger
from claimbook.paths import ROOT, theme_of

NOTEBOOKS = run.notebooks()
THEMES = {
    path: theme_of(path) for path in NOTEBOOKS if any(c.chapter == theme_of(path) for c in ledger.claims().values())
}


def code_cells(path):
    return [cell for cell in run.read(path).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_stored_as_executed(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert not {"nbval-skip", "nbval-ignore-output", "raises-exception"} & set(cell.metadata.get("tags", [])), (
            cell.id
        )
        assert not re.search(r"NBVAL_|%%capture", cell.source), cell.id
        for output in cell.outputs:
            assert output.output_type != "error" and output.get("name") != "stderr", cell.id
            assert not {"image/png", "image/jpeg"} & set(output.get("data", {})), (
                f"{cell.id}: nbval does not compare pixels; end the cell with finish(...)"
            )
    assert path.read_text(encoding="utf-8") == run.dump(run.read(path))
    assert not re.search(r"/home/|/work/|/tmp/|/root/", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_sentence_and_no_text_of_a_chart_has_a_hole(path):
    """A value that is missing, or a name that was not filled in; `text/plain` of a chart has its title and alt text."""
    made = [output.get("data", {}) for cell in code_cells(path) for output in cell.outputs]
    told = [data["text/markdown"] for data in made if "text/markdown" in data]
    charts = [data for data in made if "image/svg+xml" in data]
    told += [data["text/plain"] for data in charts]
    told += [text for data in charts for text in re.findall(r">([^<>]+)</text>", data["image/svg+xml"])]
    assert told and [text for text in told if re.search(r"\b(nan|NaT|NaN)\b|\{\w", text)] == []


def test_no_table_shows_a_number_by_its_exponent():
    """What pandas makes of small numbers beside a precision of one decimal: show them in another unit."""
    cells = [(path.name, cell) for path in NOTEBOOKS for cell in code_cells(path)]
    said = {
        (name, cell.id): output["data"]["text/html"]
        for name, cell in cells
        for output in cell.outputs
        if "text/html" in output.get("data", {})
    }
    assert [place for place, html in said.items() if re.search(r"<td>[-\d.]+e[-+]\d+</td>", html)] == []
    assert len(said) > 100


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_chapter_gives_a_name_of_the_package_another_meaning(path):
    """A reader who runs a cell again, or takes one into another notebook, would meet the other meaning."""
    for cell in code_cells(path):
        tree = ast.parse(TransformerManager().transform_cell(cell.source))
        given = {node.id for part in tree.body for node in targets(part)}
        assert not given & set(claimbook.__all__), f"{cell.id}: {given & set(claimbook.__all__)}"


PROGRAMS = re.compile(
    r"\b(subprocess|multiprocessing|get_ipython\(\)|os\.(?:system|popen|fork|exec|spawn|posix_spawn)\w*)"
)


def test_no_chapter_starts_another_program():
    """What one prints is stored, and nbval does not hear it: ipykernel leaves it to pytest. Only Colab needs one."""
    starts = [
        (cell.id, "remove-cell" in cell.metadata.get("tags", []))
        for path in NOTEBOOKS
        for cell in code_cells(path)
        if PROGRAMS.search(TransformerManager().transform_cell(cell.source))
    ]
    assert starts and all(unseen for _, unseen in starts), starts


def sources():
    """The code of every cell and of the package, by where it stands."""
    code = {
        cell.id: TransformerManager().transform_cell(cell.source) for path in NOTEBOOKS for cell in code_cells(path)
    }
    return code | {str(path): path.read_text(encoding="utf-8") for path in (ROOT / "claimbook").rglob("*.py")}


def test_every_sort_keeps_the_order_of_ties():
    """Else the last of tied rows is another row where pyarrow is installed, or on another processor."""
    sorts = 0
    for place, text in sources().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("sort_values", "argsort"):
                sorts, by = sorts + 1, node.args[0] if node.args else ast.Constant("")
                stable = any(word.arg == "kind" and word.value.value == "stable" for word in node.keywords)
                assert stable or isinstance(by, ast.List) and len(by.elts) > 1, f"{place}: {ast.unparse(node)}"
    assert sorts > 60


def test_no_number_is_rounded_before_it_is_printed():
    """Else it is rounded twice, and by another rule: see tests/judgement/test_properties.py."""
    calls = [
        (place, node)
        for place, text in sources().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
    ]
    for place, node in calls:
        if getattr(node.func, "id", "") in ("number", "amount", "table"):
            inner = [part.func for part in ast.walk(node.args[0]) if isinstance(part, ast.Call) and len(part.args) == 2]
            assert "round" not in [getattr(name, "id", "") for name in inner], f"{place}: {ast.unparse(node)}"


def said(value):
    """What a name of a chapter holds, whatever the order of its rows: rows of tables, numbers, texts."""
    flat = lambda one: f"{one:.9g}" if isinstance(one, float) else ";".join(sorted(str(one).split(";")))
    if isinstance(value, (pd.DataFrame, pd.Series)):
        frame = value.to_frame("") if isinstance(value, pd.Series) else value
        frame = frame[sorted(frame.columns, key=str)]
        rows = frame.itertuples(index=not pd.api.types.is_integer_dtype(frame.index), name=None)
        return sorted([*map(flat, row)] for row in rows)
    return flat(value) if isinstance(value, (int, float, str)) else None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_every_choice_among_tied_rows_says_what_breaks_the_tie(path, monkeypatch):
    """Whatever makes it (drop_duplicates, first, nlargest, iloc): it is the same where the rows of every table stand in
    the other order."""
    read, found = tables.read, []
    monkeypatch.setattr(paper, "svg_of", lambda *given: "")
    monkeypatch.setattr(paper, "_bands", lambda *given: None)
    monkeypatch.chdir(path.parent)
    for step in (1, -1):
        monkeypatch.setattr(tables, "read", lambda name: read(name)[:: step if name in tables.figures() else 1])
        names = {}
        for cell in code_cells(path):
            exec(compile(TransformerManager().transform_cell(cell.source), cell.id, "exec"), names)
        found.append({name: said(value) for name, value in names.items() if not name.startswith("_")})
        plt.close("all")
    differ = {name: (one, other) for name, one in found[0].items() if one != (other := found[1][name])}
    assert differ == {}, "; ".join(
        f"{name}: {[row for row in one if row not in other][:2]}" for name, (one, other) in differ.items()
    )


def targets(part):
    """The names that a statement gives a value to."""
    found = getattr(part, "targets", [getattr(part, "target", None)])
    return [node for one in found if one for node in ast.walk(one) if isinstance(node, ast.Name)]


def test_no_chapter_is_stale():
    assert run.stale() == {}


@pytest.mark.parametrize("path", THEMES, ids=lambda p: p.name)
def test_each_claim_is_told_in_full(path):
    notebook = run.read(path)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown").replace("\\$", "$")
    charts = [chart["name"] for _, _, chart in ledger.stored_outputs(paper.CHART_MIME, {path.name})]
    stored = [verdict for _, _, verdict in ledger.stored_outputs(ledger.VERDICT_MIME, {path.name})]
    verdicts = {verdict["claim"]: verdict["witnesses"] for verdict in stored}
    for claim in (c for c in ledger.claims().values() if c.chapter == THEMES[path]):
        assert f"({claim.id})=\n## " in text, f"{claim.id} has no section"
        assert f"> **Claim {claim.id}.** {claim.statement} *Article {claim.article}, {claim.passage}.*" in text, (
            f"{claim.id}: the quote is not the ledger's"
        )
        assert claim.id in verdicts, f"{claim.id} has no verdict"
        assert any(name.startswith(claim.id) for name in charts) or not verdicts[claim.id], f"{claim.id} has no chart"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_number_is_typed_in_prose(path):
    claimed = {
        n
        for c in ledger.claims().values()
        for f in c.figures
        for n in re.findall(r"\d+(?:\.\d+)?", f.printed + " " + c.statement)
    } | {str(len(ledger.claims()))}
    for cell in run.read(path).cells:
        if cell.cell_type == "markdown":
            prose = re.sub(
                r"```.*?```|`[^`]*`|\([^)]*\)|https?://\S+|\b(19|20)\d\d\b|[a-z]+-\d+|^\s*\d+\.",
                "",
                cell.source,
                flags=re.S | re.M,
            )
            typed = [
                n
                for n in re.findall(r"\d+(?:[.,]\d+)*", prose.replace("Article 1", "").replace("Article 2", ""))
                if n not in claimed
            ]
            quoted = re.findall(r"> \*\*Claim.*", prose)
            assert not [n for n in typed if not any(n in q for q in quoted)], f"{cell.id}: {typed}"


@pytest.mark.parametrize("path", THEMES, ids=lambda p: p.name)
def test_verdicts_are_computed(path):
    source = "\n".join(cell.source for cell in code_cells(path) if "-ex-" not in cell.id)
    assert not re.search(r"\bVerdict\(|\.word\s*=[^=]", source)
    for claim in (c for c in ledger.claims().values() if c.chapter == THEMES[path]):
        assert f'claim("{claim.id}").check(' in source, claim.id


DAYS = r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
NAMES = r"S&P 500|Zero2IPO"
SPOKEN = {
    "01 intro": "100",
    "01 boom-01": "304",
    "01 boom-02": "100 100",
    "01 boom-03": "69",
    "01 boom-04": "100 80",
    "01 boom-07": "1.5",
    "01 boom-11": "7.01",
    "01 boom-13": "13",
    "02 intro": "62 69 62",
    "02 us-01": "20 20",
    "02 us-04": "62",
    "02 us-05": "62 62 69 62 69 62",
    "02 us-06": "69 69",
    "02 us-07": "62",
    "02 us-08": "100 62 62",
    "03 bubble-04": "100 100",
    "03 bubble-08": "40 50",
    "04 race-06": "44.5",
    "04 race-07": "24",
    "05 ipo-03": "100",
    "05 ipo-exercises": "100 235",
    "06 founder-01": "100",
    "08 which-ai-2024": "252",
    "08 which-share-2024": "69",
    "08 which-us-ai-share": "62",
    "08 which-ai-of-us": "44",
    "08 which-bay-2024": "57",
    "08 which-bay-ai": "62",
    "08 which-private-2024": "252",
    "08 which-corporate-2024": "44.5",
    "08 which-ipos-2024": "5 200",
}
"""The numbers that sentences speak of and no figure gives, by chapter and section: the claim's own, a threshold, what
others print, what one should not say."""


def told(node):
    """The text of a sentence as it stands in the code, with {} for what is computed."""
    if isinstance(node, ast.FormattedValue):
        return "{}" + "".join(told(within) for within in ast.walk(node.value) if isinstance(within, ast.JoinedStr))
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return ("" if isinstance(node, ast.JoinedStr) else "\n").join(map(told, ast.iter_child_nodes(node)))


def typed_numbers(cell, section):
    """Numbers that stand in a sentence, a title or an alt text of this code cell as they were typed: not a date, not a
    name. Of titles and alt texts those of the claim itself are left out: they are what the chart is about."""
    found = []
    claimed = re.findall(r"\d+(?:[.,]\d+)*", " ".join(_claimed(section)))
    for call in ast.walk(ast.parse(TransformerManager().transform_cell(cell.source))):
        name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
        if name == "say":
            found += _numbers(told(call))
        if name == "finish":
            texts = [keyword.value for keyword in call.keywords if keyword.arg in ("title", "alt")]
            found += [n for text in texts for n in _numbers(re.sub(r"\{[^}]*\}", "", told(text))) if n not in claimed]
    return " ".join(found)


def _numbers(prose):
    prose = re.sub(rf"`[^`]*`|\]\([^)]*\)|{NAMES}|{DAYS}|\b(19|20)\d\d\b|[a-z]+-\d+", "", prose)
    return re.findall(r"\d+(?:[.,]\d+)*", prose)


def _claimed(section):
    """What the claim of a section says, in words and figures."""
    one = ledger.claims().get(section)
    return [one.statement, *(figure.printed for figure in one.figures)] if one else []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_number_is_typed_in_a_sentence(path):
    typed, section = {}, "intro"
    for cell in run.read(path).cells:
        if cell.cell_type == "markdown" and (anchor := re.match(r"\(([\w-]+)\)=", cell.source)):
            section = anchor[1]
        if cell.cell_type == "code" and (found := typed_numbers(cell, section)):
            place = f"{path.stem[:2]} {section}"
            typed[place] = f"{typed[place]} {found}" if place in typed else found
    assert typed == {place: numbers for place, numbers in SPOKEN.items() if place.startswith(path.stem[:2])}, (
        "take the number from a figure, or name it in SPOKEN"
    )


PLACES = (
    r"scale|paper|panels|shaded|tag|text|margins|[xy]lim|set\w*|range|linspace|between|head|tail|n(larg|small)est|round"
)
"""Calls whose numbers are limits, ticks, places of words or how many rows: no figures."""
LOOKS = r"\w*size|gap|lw|linewidths?|alpha|zorder|room|width|height|\w+_ratios|columns|across|padding|least|limits"
"""Keywords of the look."""
UNITS = {0, 1, 100, 1000, 1e6, 1e9}
NUMBER = re.compile(r"([$−+-]?)(\d[\d,]*(?:\.\d+)?)(?: ?(?:%|percent|bn|m))?(?:\n.*)?")


def printed_numbers():
    """The numbers of every row of the data, as they may be typed: {id: {number}}. Money may stand in millions or in
    billions, a rate as a hundredth or as a factor."""
    found = {}
    for table in tables.figures():
        numbers = [field["name"] for field in tables.describe(table)["schema"]["fields"] if field["type"] == "number"]
        for id, *row in tables.load(table)[["id", *numbers]].itertuples(index=False):
            values = [abs(value) for value in row if value == value]
            found[id] = {
                round(n, 9) for v in values for n in (v, v / 1000, v * 1000, v / 100, 1 + v / 100, 1 - v / 100)
            }
    return found


def shown(cells):
    """The ids of the figures that these cells name, draw or judge by."""
    outputs = [output.get("data", {}) for cell in cells for output in cell.outputs]
    ours = [said for data in outputs for kind, said in data.items() if kind.startswith(run.OURS)]
    return set(re.split(r'[";]', "\n".join(cell.source for cell in cells) + json.dumps(ours)))


def typed_figures(cell):
    """The numbers that stand in the code of a cell where a figure could stand, each with its node. A year, a unit's
    hundred, a digit that counts things, an index, a limit, a place and a size are none."""
    tree = ast.parse(TransformerManager().transform_cell(cell.source))
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        text = NUMBER.fullmatch(node.value) if isinstance(getattr(node, "value", None), str) else None
        if not isinstance(node, ast.Constant) or not (text or type(node.value) in (int, float)):
            continue
        value, around, within = float(text[2].replace(",", "")) if text else node.value, [node], node
        while within in above:
            around.append(within := above[within])
        calls = [getattr(one.func, "id", getattr(one.func, "attr", "")) for one in around if isinstance(one, ast.Call)]
        signed = text or isinstance(around[1], ast.UnaryOp)
        limit = any(isinstance(one, (ast.Compare, ast.Assert)) for one in around)
        index = any(isinstance(up, ast.Subscript) and up.slice is one for one, up in zip(around, around[1:]))
        look = any(isinstance(one, ast.keyword) and re.fullmatch(LOOKS, str(one.arg)) for one in around)
        place = "scale" in calls if text else any(re.fullmatch(PLACES, call) for call in calls)
        digit = not signed and value in (*range(10), *(n / 10 for n in range(10)))
        year = value == int(value) and 1900 < value < 2100
        if not (limit or index or look or place or digit or year or value in UNITS):
            yield abs(value), node


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_figure_of_the_data_is_typed_in_code(path):
    """It would stay as it is when its row is mended, and hide what is wrong with the row."""
    printed, sections, typed = printed_numbers(), {"intro": []}, []
    for cell in run.read(path).cells:
        if cell.cell_type == "markdown" and (anchor := run.ANCHOR.match(cell.source)):
            sections[anchor[1]] = []
        if cell.cell_type == "code":
            sections[list(sections)[-1]].append(cell)
    for section, cells in sections.items():
        ids = (shown(cells) | shown(sections["intro"])) & printed.keys()
        claimed = {float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", " ".join(_claimed(section)))}
        for cell in cells:
            for value, node in typed_figures(cell):
                rows = [id for id in sorted(ids) if round(value, 9) in printed[id]]
                if rows and not {value, round(100 * value, 9)} & claimed:
                    typed.append(f"{cell.id}: {ast.unparse(node)} stands in {rows[0]}")
    assert not typed, "take it from its row: " + "; ".join(typed)
