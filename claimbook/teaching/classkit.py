"""The class kit: the chapters as notebooks for students (solutions taken out, checks kept) and for teachers, with all
they need, in one zip. Links lead to the book's pages, wherever the kit lies.

Solutions stand in the chapters between nbgrader's markers `### BEGIN SOLUTION` and `### END SOLUTION`; the cells carry
nbgrader's metadata too, so that a teacher who uses it can go on with it.
"""

import re
import shutil
import zipfile
from functools import cache

import nbformat

from claimbook.engine.run import read
from claimbook.paths import BUILD, CHAPTERS, ROOT, config, notebooks

KIT = BUILD / "class"
ZIP = BUILD / "class.zip"
SOLUTION = re.compile(r"### BEGIN SOLUTION\n.*?### END SOLUTION\n", re.S)
BLANK = "answer = ...  # yours in place of the dots\n"
FOLDED = {"hide-input", "hide-cell", "remove-input"}
FIRST = 'import sys\n\nsys.path.insert(0, "..")  # the package of this kit, wherever its folder lies'
"""A chapter's first cell in the kit: what the book's first cell fetches lies here."""
ALONE = "from claimbook.teaching.alone import check\n\n"
"""The first line of an exercise, which may be the first cell that a kernel runs."""
README = """# The Hundred-Billion-Dollar Year: class kit

`chapters/` holds the notebooks for students: every chapter with its exercises, solutions taken out, checks kept.
`teacher/` holds the same with solutions. `data/` holds the tables, `claimbook/` the helper package. Nothing asks the
network once it is installed.

Install, once (conda or mamba; or Python 3.11 to 3.15 with `pip install -e .`):

    conda env create -f environment.yml
    conda activate hundred-billion-dollar-year

Open: `jupyter lab chapters`. Run all cells of a chapter (Run, Run All Cells): until then, or until you type
`jupyter trust chapters/*.ipynb`, JupyterLab shows charts as words. Go to the exercises at its end, put answers
in place of the dots. An exercise needs what stands above it: after a pause, Run, Run All Above Selected Cell.
A notebook finds package and data beside its folder: hand in the notebook alone, and open it in `chapters/` of any kit.

With nbgrader: put a notebook of `teacher/` into the course's `source/ASSIGNMENT/`, then `nbgrader generate_assignment`.
Every exercise gives one point, and nbgrader's own autograder counts it. Not with Otter: its marks are others, and
`otter assign` (7.0.0) finds no tests in a notebook of `teacher/` and leaves the solutions in the students' copy.
"""


def exercise_cells(notebook):
    """The code cells of the exercises, by the exercise's id."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and (asked := re.search(r'^check\("([\w-]+)", answer\)$', cell.source, re.M)):
            found[asked[1]] = cell
    return found


@cache
def _anchors():
    """The page of each anchor that a sentence of the book can link to."""
    files = [*notebooks(), *sorted(CHAPTERS.glob("*.md")), ROOT / "index.md"]
    prose = {file: file.read_text(encoding="utf-8") for file in files if file.suffix == ".md"}
    prose |= {file: "\n".join(cell.source for cell in read(file).cells) for file in notebooks()}
    found = [
        (one, file) for file in files for one in re.findall(r"^\(([\w-]+)\)=$|^:label: ([\w-]+)$", prose[file], re.M)
    ]
    return {first or second: str(file.relative_to(ROOT).with_suffix(".html")) for (first, second), file in found}


def outward(text):
    """Links between pages as links to the book: in prose, in code that writes prose and in what it wrote."""

    def link(found):
        words, file, anchor = found.groups()
        page = f"chapters/{file}.html" if file else _anchors().get(anchor)
        return f"[{words}]({config()['html']['baseurl']}{page}{f'#{anchor}' * bool(anchor)})" if page else found[0]

    return re.sub(r"\[([^\]]+)\]\((?:([\w-]+)\.(?:md|ipynb))?(?:#([\w-]+))?\)", link, text)


def plain(text, keep_solution):
    """A Markdown cell of the book as plain Jupyter shows it: no anchors, no directives, links to the book's pages."""
    if "{solution-end}" in text and not keep_solution:
        return ""
    text = re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.M)
    text = re.sub(
        r"```\{exercise\} (.*)\n:label: ([\w-]+)\n\n(.*?)\n```", r"### Exercise \2: \1\n\n\3", text, flags=re.S
    )
    text = re.sub(
        r"```\{solution-start\} ([\w-]+)\n.*?```", r"*Solution to \1*" if keep_solution else "", text, flags=re.S
    )
    text = re.sub(r"```\{[\w-]+\}.*?```", "", text, flags=re.S)
    return outward(text).strip()


def _nbgrader(id, **said):
    return {
        "grade": False,
        "grade_id": id,
        "locked": False,
        "schema_version": 3,
        "solution": False,
        "task": False,
    } | said


def point(id, keep_solution):
    """The cell by which nbgrader gives an exercise its point; what it asks is hidden from students."""
    ask = f'### BEGIN HIDDEN TESTS\nassert check("{id}", answer).text == "**{id}: right.**"\n### END HIDDEN TESTS\n'
    cell = nbformat.v4.new_code_cell(f"# One point for a right answer to {id}\n" + ask * keep_solution)
    cell["id"], cell.metadata["nbgrader"] = f"{id}-point", _nbgrader(f"{id}-point", grade=True, locked=True, points=1)
    return cell


def student(path, keep_solution=False):
    """A chapter as a student gets it (`keep_solution`: as a teacher). Outputs stay, but for the exercises'."""
    notebook = nbformat.from_dict(read(path))
    exercises = {cell.id: id for id, cell in exercise_cells(notebook).items()}
    kept = []
    for cell in notebook.cells:
        if "remove-cell" in cell.metadata.get("tags", []):  # for Colab alone; the kit has another way to its package
            cell.source, cell.outputs, cell.metadata = FIRST, [], {}
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source, keep_solution)
        else:
            if FOLDED & set(cell.metadata.pop("tags", [])):
                cell.metadata["jupyter"] = {"source_hidden": True}
            cell.source = outward(cell.source)
            for data in [output.data for output in cell.outputs if "text/markdown" in output.get("data", {})]:
                data |= {kind: outward(data[kind]) for kind in ("text/markdown", "text/plain")}
        if id := exercises.get(cell.id):
            cell.metadata["nbgrader"] = _nbgrader(id, solution=True)
            cell.source = ALONE + cell.source
            if not keep_solution:
                cell.source, blanked = SOLUTION.subn(BLANK, cell.source)
                told = f"{path.name}, exercise {id}: one solution is needed between the markers, there are {blanked}."
                assert blanked == 1, told
                cell.outputs, cell.execution_count = [], None
        if cell.source:
            kept += [cell, point(id, keep_solution)] if id else [cell]
    notebook.cells = kept
    return notebook


def build():
    """Write the kit into `_build/class` and `_build/class.zip`. Returns the zip's path."""
    shutil.rmtree(KIT, ignore_errors=True)
    for name in ("chapters", "teacher"):
        (KIT / name).mkdir(parents=True)
    for path in notebooks():
        if exercise_cells(read(path)):
            for folder, keep in (("chapters", False), ("teacher", True)):
                nbformat.write(student(path, keep), KIT / folder / path.name)
    shutil.copy(CHAPTERS / "exercises.json", KIT / "chapters")
    for name in ("data", "claimbook"):
        shutil.copytree(ROOT / name, KIT / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("environment.yml", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, KIT)
    (KIT / "README.md").write_text(README, encoding="utf-8")
    ZIP.unlink(missing_ok=True)
    with zipfile.ZipFile(ZIP, "w", zipfile.ZIP_DEFLATED) as kit:
        for path in sorted(p for p in KIT.rglob("*") if p.is_file()):
            name = zipfile.ZipInfo(
                f"hundred-billion-dollar-year/{path.relative_to(KIT)}", date_time=(2026, 1, 1, 0, 0, 0)
            )  # the same bytes on any day
            name.compress_type, name.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            kit.writestr(name, path.read_bytes())
    return ZIP
