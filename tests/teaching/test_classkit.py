"""The exercises and the class kit: every solution is right, a student's copy holds none, its checks tell right from
wrong, its links lead somewhere, and an exercise has one name."""

import json
import os
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
import touched
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from claimbook.engine import run
from claimbook.evidence import quantity
from claimbook.paths import CHAPTERS as PAGES
from claimbook.paths import ROOT
from claimbook.teaching import classkit, exercises

with touched.heard():  # a test of one chapter opens that
    CHAPTERS = [path for path in run.notebooks() if classkit.exercise_cells(run.read(path))]
VERDICT = re.compile(r"([\w-]+-ex-\d+):?(?:\*\*)?:? (right|not yet|no answer yet)")


def told(cells):
    """What each check of these cells says, as (exercise, word)."""
    text = "\n".join("".join(output.get("data", {}).get("text/plain", "")) for cell in cells for output in cell.outputs)
    return VERDICT.findall(text)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The kit's folder, and what was opened to make it: it counts for those who ask for all of the kit."""
    home = tmp_path_factory.mktemp("class")
    with touched.heard() as opened, zipfile.ZipFile(classkit.build()) as archive:
        archive.extractall(home)
    return home / "hundred-billion-dollar-year", opened


@pytest.fixture(scope="module")
def kit(packed):
    touched.opened[-1].update(packed[1])
    return packed[0]


@pytest.fixture
def handed_out(packed, path):
    """The kit's folder, for a test that opens one chapter of it."""
    classkit.student(path)
    touched.opened[-1].update(touched.reads(path))
    return packed[0]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.name)
def test_a_chapter_has_five_to_seven_exercises_with_right_solutions(path):
    cells = classkit.exercise_cells(run.read(path))
    assert 5 <= len(cells) <= 7
    text = "\n".join(cell.source for cell in run.read(path).cells if cell.cell_type == "markdown")
    for id, cell in cells.items():
        assert told([cell]) == [(id, "right")], f"{id}: the stored check does not say right"
        assert f":label: {id}\n" in text and f"{{solution-start}} {id}\n" in text, (
            f"{id}: exercise or solution is missing on the page"
        )


def test_what_is_for_colab_alone_is_in_no_kit_whatever_its_id(monkeypatch):
    """nbstripout, and editors that know no ids, give a cell another one."""
    for path in run.notebooks():
        notebook = run.read(path)
        for number, cell in enumerate(notebook.cells):
            cell["id"] = str(number)
        monkeypatch.setattr(classkit, "read", lambda asked: notebook if asked == path else run.read(asked))
        for keep in (False, True):
            kept = classkit.student(path, keep).cells
            assert len(kept) > 5 and not [cell.source for cell in kept if "google.colab" in cell.source], path.name


def test_every_sealed_answer_belongs_to_an_exercise():
    asked = [id for path in CHAPTERS for id in classkit.exercise_cells(run.read(path))]
    assert sorted(asked) == sorted(exercises.exercises())
    for id, one in exercises.exercises().items():
        assert one["hint"] and one["right"] not in one["near"] and all(one["near"].values()), id


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.name)
def test_a_student_copy_checks_right_and_wrong_answers(handed_out, path):
    """One run of the student's notebook: each exercise as handed out, then with a wrong answer, then with the
    reference answer."""
    notebook = nbformat.read(handed_out / "chapters" / path.name, 4)
    assert "SOLUTION" not in json.dumps(notebook) and "{" + "exercise" not in json.dumps(notebook)
    solved = classkit.exercise_cells(run.read(path))
    cells, tried = [], {}
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "code" and (asked := re.search(r'^check\("([\w-]+)", answer\)$', cell.source, re.M)):
            wrong = nbformat.v4.new_code_cell(cell.source.replace(classkit.BLANK, 'answer = "none of these"\n'))
            right = nbformat.v4.new_code_cell(solved[asked[1]].source)
            cells += [wrong, right]
            tried[asked[1]] = [cell, wrong, right]
    assert set(tried) == set(solved)
    notebook.cells = cells
    environment = os.environ | {"PYTHONPATH": str(handed_out)}
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(handed_out / "chapters")}}).execute(
        env=environment
    )
    for id, three in tried.items():
        assert told(three) == [(id, "no answer yet"), (id, "not yet"), (id, "right")]


def test_an_answer_may_be_rounded_but_not_wrong():
    assert exercises.seal("a", 50.5618) == exercises.seal("a", 50.6) != exercises.seal("b", 50.6)
    assert exercises.seal("a", 50.6) in exercises.seals("a", 50.549) and exercises.seal(
        "a", 50.6
    ) not in exercises.seals("a", 51)
    assert exercises.seal("a", "B") == exercises.seal("a", " b ") and exercises.seal("a", ["x", "Y"]) == exercises.seal(
        "a", {"y", "X"}
    )
    assert exercises.seal("a", True) == exercises.seal("a", "yes")


def test_a_known_mistake_is_none_the_less_one_where_it_lies_near():
    assert "not yet" in exercises.check("us-ex-6", 102.3).text and "right" in exercises.check("us-ex-6", 103.4).text


def test_an_unknown_exercise_is_named():
    with pytest.raises(KeyError, match="us-ex-99.*us-ex-1"):
        exercises.check("us-ex-99", 1)


@pytest.mark.parametrize("edited", [(50.6,), ([1, 2],), (None, 50.6)])
def test_a_check_that_lost_its_name_is_told(edited):
    with pytest.raises(KeyError, match="There is no exercise"):
        exercises.check(*edited)


def test_the_name_of_an_exercise_may_be_typed_anew():
    assert exercises.check(" US-ex-1 ", 50.6).text == "**us-ex-1: right.**"


ASKED = {
    "a-ex-1": {"right": exercises.seal("a-ex-1", 50.6), "hint": "Look at the base.", "near": {}},
    "a-ex-2": {"right": exercises.seal("a-ex-2", "B"), "hint": "Look again.", "near": {}},
    "a-ex-3": {"right": exercises.seal("a-ex-3", True), "hint": "Count.", "near": {}},
    "a-ex-4": {"right": exercises.seal("a-ex-4", "holds"), "hint": "Judge.", "near": {}},
}
JUDGED = SimpleNamespace(word="holds")


@pytest.mark.parametrize(
    "id, answer",
    [
        *[("a-ex-1", one) for one in (50.6, "50.6", "50.6 %", "50,6", " 50,6 percent", [50.6], (50.6,), 50.55)],
        *[("a-ex-1", one) for one in ("50.6 %.", "about 50.6", "~50.6%", "US$50.6 bn", "50.6 Percent", "50.6 times.")],
        *[
            ("a-ex-1", one)
            for one in ("50.6x", "50.6 percentage points", "$50.6 billion", "USD 50.6bn", "50.6 million")
        ],
        *[("a-ex-1", one) for one in (np.float64(50.6), np.array(50.6), np.array([50.6]), pd.Series([50.6]))],
        *[("a-ex-1", one) for one in (Decimal("50.6"), quantity.Quantity(50.6, ()))],
        *[("a-ex-2", one) for one in ("B", "b", "B.", " b; ", ["B"], np.array(["B"]))],
        *[("a-ex-3", one) for one in (True, np.bool_(True), "yes", "Yes.", pd.Series([True]))],
        *[("a-ex-4", one) for one in ("holds", "Holds.", JUDGED)],
    ],
)
def test_a_right_answer_is_right_in_whatever_form(monkeypatch, id, answer):
    monkeypatch.setattr(exercises, "exercises", lambda: ASKED)
    assert exercises.check(id, answer).text == f"**{id}: right.**"


@pytest.mark.parametrize(
    "answer, said",
    [
        (0.506, "asked in percent"),
        ("0.506", "asked in percent"),
        (pd.NA, "no answer yet"),
        (float("nan"), "no answer yet"),
        (max, "call it, with brackets"),
        ([50.6, 1].sort, "call it, with brackets"),
        (object(), "not object"),
        (pd.DataFrame({"a": [50.6, 1]}), "not yet"),
        (["x", "y"], "Look at the base"),
        ("", "Look at the base"),
        (51, "Look at the base"),
        ("-50.6", "Look at the base"),
        ("50.6 or 51", "Look at the base"),
        ("not 50.6", "Look at the base"),
        (float("inf"), "Look at the base"),
    ],
)
def test_an_answer_that_is_none_is_told_what_it_lacks(monkeypatch, answer, said):
    monkeypatch.setattr(exercises, "exercises", lambda: ASKED)
    assert said in exercises.check("a-ex-1", answer).text


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.name)
def test_every_exercise_gives_a_point_that_only_a_right_answer_earns(path):
    asked = classkit.exercise_cells(run.read(path))
    for keep in (False, True):
        cells = classkit.student(path, keep).cells
        points = {cell.id.removesuffix("-point"): cell for cell in cells if cell.id.endswith("-point")}
        assert set(points) == set(asked) and all(cell.metadata.nbgrader.points == 1 for cell in points.values())
        assert all(("HIDDEN TESTS" in cell.source) == keep for cell in points.values())
        ids = [cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata]
        assert len(set(ids)) == len(ids) == 2 * len(asked)


def executed(cells, home, kit=""):
    """Run cells in a kernel of their own, in the folder of a chapter. `kit`: where the package is installed."""
    notebook = nbformat.v4.new_notebook(cells=cells)
    environment = os.environ | {"PYTHONPATH": str(kit)}
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(home)}}).execute(env=environment)


def test_an_exercise_alone_says_what_to_run_first(kit):
    cells = nbformat.read(kit / "chapters" / "02-us-dominance.ipynb", 4).cells
    alone = next(cell for cell in cells if cell.id == "us-ex-1-solution")
    executed([alone], kit / "chapters", kit)
    assert told([alone]) == [("us-ex-1", "no answer yet")], "the check itself needs nothing else"
    alone.source = alone.source.replace(classkit.BLANK, "answer = share(bay_2024, us_2024)\n")
    with pytest.raises(CellExecutionError) as raised:
        executed([alone], kit / "chapters", kit)
    assert "name 'share' is not defined" in str(raised.value)
    shown = "\n".join(alone.outputs[0].traceback)
    assert shown.rstrip().endswith(
        "Run the cells above this one first: in Jupyter by Run, Run All Above Selected Cell."
    )


def test_the_kit_runs_wherever_its_folder_lies_and_whatever_it_is_called(kit, tmp_path):
    """Not installed there, and beside another copy that is: it takes its own package and data."""
    moved = kit.rename(tmp_path / "my class, 2026")
    try:
        cells = nbformat.read(moved / "chapters" / "01-ai-boom.ipynb", 4).cells
        where = nbformat.v4.new_code_cell(
            "import claimbook\nfrom pathlib import Path\nprint(Path(claimbook.__file__).resolve())"
        )
        executed([*[cell for cell in cells if cell.cell_type == "code"][:3], where], moved / "chapters", ROOT)
        assert where.outputs[0].text.strip() == str(moved / "claimbook" / "__init__.py")
    finally:
        moved.rename(kit)


LINK = re.compile(r"\]\(([^)\s]+)\)|<([a-z]+:[^>\s]+)>|\b(?:href|src)=\\?[\"']([^\"'\\]+)")


def linked(path):
    """The links of a file of the kit, of sentences that its code writes too, each with the text that it stands in."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix != ".ipynb":
        return [(next(filter(None, link)), text) for link in LINK.findall(text)]
    parts = []
    for cell in json.loads(text)["cells"]:
        kinds = [output.get("data", {}) for output in cell.get("outputs", [])]
        parts += [
            "".join(cell["source"]),
            *("".join(data[kind]) for data in kinds for kind in data if kind[:4] != "appl"),
        ]
    return [(next(filter(None, link)), part) for part in parts for link in LINK.findall(part)]


def test_every_link_of_the_kit_leads_into_it_or_to_the_book(kit, site):
    """Inside a picture, to a file of the kit, to a page and an anchor that the book has, or to another host."""
    base = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]
    files = [path for path in kit.rglob("*") if path.suffix in (".ipynb", ".md") and path.is_file()]
    dead, ours = [], 0
    for path in files:
        for link, text in linked(path):
            file, _, anchor = link.removeprefix(base).partition("#")
            if link.startswith(base):
                page, ours = site / (file or "index.html"), ours + 1
                known = page.exists() and (not anchor or f'id="{anchor}"' in page.read_text(encoding="utf-8"))
            else:
                inside = f'id="{anchor}"' in text if not file else (path.parent / file).exists()
                known = inside or re.match(r"https?://", link)
            dead += [] if known else [f"{path.relative_to(kit)}: {link}"]
    assert not dead and ours > 100


@pytest.mark.parametrize("builder, page", [("html", "index.html"), ("latex", "b.tex"), ("epub", "index.xhtml")])
def test_an_exercise_has_one_name_in_every_form_of_the_book(tmp_path, builder, page):
    conf = "extensions, version = ['myst_parser', 'sphinx_exercise', 'own'], '1'\nproject = author = copyright = 'B'\n"
    (tmp_path / "conf.py").write_text(conf + "latex_documents = [('index', 'b.tex', 'B', 'B', 'manual')]\n")
    own = "from claimbook.teaching.onpage import Exercise\n"
    (tmp_path / "own.py").write_text(own + "setup = lambda app: app.add_directive('exercise', Exercise, True)\n")
    asked = "".join(f"```{{exercise}} Title *{n}*\n:label: a-ex-{n}\n\nText.\n```\n\n" for n in (3, 4))
    (tmp_path / "index.md").write_text(f"# B\n\nSee [a-ex-4](#a-ex-4).\n\n{asked}")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "-d",
        tmp_path / "trees",
        "-b",
        builder,
        tmp_path,
        tmp_path / "out",
    ]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": f"{ROOT}:{tmp_path}"})
    text = (tmp_path / "out" / page).read_text(encoding="utf-8").replace("\\sphinxhyphen", "-")
    text = re.sub(r"<[^>]+>|\\sphinxstyleemphasis|[{}]", "", text)
    assert re.findall(r"Exercise.*", text) == ["Exercise a-ex-3: Title 3", "Exercise a-ex-4: Title 4"]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.name)
def test_an_exercise_is_called_by_its_check_on_the_site_and_in_the_kit(handed_out, site, path):
    page = (site / "chapters" / f"{path.stem}.html").read_text(encoding="utf-8")
    heads = re.findall(r'<p class="admonition-title">Exercise ([\w-]+): ', page)
    assert heads == list(classkit.exercise_cells(run.read(path)))
    prose = "\n".join(cell.source for cell in nbformat.read(handed_out / "chapters" / path.name, 4).cells)
    assert re.findall(r"^### Exercise ([\w-]+): ", prose, re.M) == heads


def test_the_guide_names_exercises_that_are_what_it_says():
    guide = (PAGES / "teaching.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\b[a-z]+-ex-\d+", guide)) <= set(exercises.exercises())
    assert not re.search(r"[Ee]xercises? \d", guide), "an exercise has a name, no number"
    cells = {id: cell.source for path in CHAPTERS for id, cell in classkit.exercise_cells(run.read(path)).items()}
    plan = re.findall(r"^\| \[.*?\]\((.*?)\)" + r" \| \[([\w-]+)\]\(#\2\)" + r"(.*) \|$", guide, re.M)
    rows = [(page, [first, *re.findall(r"\[([\w-]+)\]\(#", rest)]) for page, first, rest in plan if "-ex-" in first]
    drawn = [path.name for path in CHAPTERS if "What is wrong with this chart?" in path.read_text(encoding="utf-8")]
    assert [page for page, _ in rows] == drawn
    for path in CHAPTERS:
        good_for, *_, groups = [line for line in guide.splitlines() if f"]({path.name})" in line]
        assert good_for.count("|") == 5 and (path.name in drawn or groups.startswith("["))
        assert sum(f"](#{id})" in guide for id in classkit.exercise_cells(run.read(path))) >= 3, path.name
    for page, (computed, judged, garbled) in rows:
        assert {id.split("-")[0] for id in (computed, judged, garbled)} == {computed.split("-")[0]}, page
        prose = "\n".join(cell.source for cell in run.read(PAGES / page).cells)
        assert f"{{exercise}} What is wrong with this chart?\n:label: {garbled}\n" in prose
        assert ").check(" in cells[judged] and ").check(" not in cells[computed]
