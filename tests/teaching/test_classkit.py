"""The exercises and the class kit: every solution is right, a student's copy holds none, and its checks tell right
from wrong."""

import json
import os
import re
import zipfile
from decimal import Decimal
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

from claimbook.engine import run
from claimbook.evidence import quantity
from claimbook.judgement import ledger
from claimbook.paths import theme_of
from claimbook.teaching import classkit, exercises

CHAPTERS = [
    path for path in run.notebooks() if any(claim.chapter == theme_of(path) for claim in ledger.claims().values())
]
VERDICT = re.compile(r"([\w-]+-ex-\d+):?(?:\*\*)?:? (right|not yet|no answer yet)")


def told(cells):
    """What each check of these cells says, as (exercise, word)."""
    text = "\n".join("".join(output.get("data", {}).get("text/plain", "")) for cell in cells for output in cell.outputs)
    return VERDICT.findall(text)


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    home = tmp_path_factory.mktemp("class")
    with zipfile.ZipFile(classkit.build()) as archive:
        archive.extractall(home)
    return home / "hundred-billion-dollar-year"


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
        monkeypatch.setattr(classkit, "read", lambda _: notebook)
        for keep in (False, True):
            kept = classkit.student(path, keep).cells
            assert len(kept) > 5 and not [cell.source for cell in kept if "google.colab" in cell.source], path.name


def test_every_sealed_answer_belongs_to_an_exercise():
    asked = [id for path in CHAPTERS for id in classkit.exercise_cells(run.read(path))]
    assert sorted(asked) == sorted(exercises.exercises())
    for id, one in exercises.exercises().items():
        assert one["hint"] and one["right"] not in one["near"] and all(one["near"].values()), id


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.name)
def test_a_student_copy_checks_right_and_wrong_answers(kit, path):
    """One run of the student's notebook: each exercise as handed out, then with a wrong answer, then with the
    reference answer."""
    notebook = nbformat.read(kit / "chapters" / path.name, 4)
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
    environment = os.environ | {"PYTHONPATH": str(kit)}
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(kit / "chapters")}}).execute(
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


ASKED = {
    "a-ex-1": {"right": exercises.seal("a-ex-1", 50.6), "hint": "Look at the base.", "near": {}},
    "a-ex-2": {"right": exercises.seal("a-ex-2", "B"), "hint": "Look again.", "near": {}},
    "a-ex-3": {"right": exercises.seal("a-ex-3", True), "hint": "Count.", "near": {}},
    "a-ex-4": {"right": exercises.seal("a-ex-4", "reproduced"), "hint": "Judge.", "near": {}},
}
JUDGED = SimpleNamespace(word="reproduced")


@pytest.mark.parametrize(
    "id, answer",
    [
        *[("a-ex-1", one) for one in (50.6, "50.6", "50.6 %", "50,6", " 50,6 percent", [50.6], (50.6,), 50.55)],
        *[("a-ex-1", one) for one in (np.float64(50.6), np.array(50.6), np.array([50.6]), pd.Series([50.6]))],
        *[("a-ex-1", one) for one in (Decimal("50.6"), quantity.Quantity(50.6, ()))],
        *[("a-ex-2", one) for one in ("B", "b", "B.", " b; ", ["B"], np.array(["B"]))],
        *[("a-ex-3", one) for one in (True, np.bool_(True), "yes", "Yes.", pd.Series([True]))],
        *[("a-ex-4", one) for one in ("reproduced", "Reproduced.", JUDGED)],
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
