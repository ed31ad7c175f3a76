"""How much code the chapters and the package need. Prints it, and fails where it is more than was promised:
`.venv/bin/python tests/book/measure.py`."""

import ast
import json
import re
import sys

from claimbook import __all__ as offered
from claimbook.paths import ROOT, notebooks

FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
OPAQUE = r"[\"'](?:[a-z]{1,3}\d{3,4}|[A-Z]{1,3}-?[A-C]?\d{3,4})[\"']"
PACKAGE = [
    path for path in (ROOT / "claimbook").rglob("*.py") if path.name != "bench.py" and "teaching" not in path.parts
]


def lines(text):
    return [line for line in text.splitlines() if line.strip()]


def cells():
    """Every code cell of the chapters, as (id, source, tags)."""
    return [
        (cell["id"], "".join(cell["source"]), set(cell["metadata"].get("tags", ())))
        for path in notebooks()
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]


def seaborn():
    """A pattern that finds seaborn's own functions, and the forms that draw by them or by such a form."""
    tree = ast.parse((ROOT / "claimbook/charts/forms.py").read_text(encoding="utf-8"))
    bodies = {part.name: ast.unparse(part) for part in tree.body if isinstance(part, ast.FunctionDef)}
    pattern = r"\bsns\.\w+\("
    for _ in bodies:
        found = [name for name, body in bodies.items() if re.search(pattern, body.partition("\n")[2])]
        pattern = rf"\b(sns\.\w+|{'|'.join(found)})\("
    return pattern


def open_code():
    """The lines that are not folded on the page, for each claim up to its first chart."""
    count, drawn = {}, set()
    for id, source, tags in cells():
        claim = re.match(r"[a-z]+-\d\d(?=-)|", id)[0]
        if claim and claim not in drawn:
            count[claim] = count.get(claim, 0) + (0 if tags & FOLDED else len(lines(source)))
            drawn |= {claim} if "finish(" in source else set()
    return count


def measured():
    """Rows of (what, how much, the most that was promised)."""
    sources = [source for _, source, _ in cells()]
    drawing = [source for source in sources if re.search(r"\b(finish|strip)\(", source)]
    charts = sorted(len(lines(source)) for source in drawing if "finish(" in source)
    at = lambda share: charts[min(len(charts) - 1, int(len(charts) * share))]
    functions = [name for name in offered if name.islower()]
    callers = {name: [source for source in sources if re.search(rf"\b{name}\(", source)] for name in functions}
    once = [name for name, found in callers.items() if len(found) == 1 and found[0] in drawing]
    package = [line for path in PACKAGE for line in lines(path.read_text(encoding="utf-8")) if line.lstrip()[0] != "#"]
    return [
        ("lines of a chart's cell, median", at(0.5), 12),
        ("lines of a chart's cell, nine in ten", at(0.9), 18),
        ("lines of a chart's cell, longest", charts[-1], 40),
        ("lines of code, all chapters", sum(len(lines(source)) for source in sources), 6000),
        ("characters of a line, longest", max(len(line) for source in sources for line in source.splitlines()), 120),
        ("unfolded lines up to a claim's first chart, most", max(open_code().values()), 25),
        ("ids that say nothing", sum(len(re.findall(OPAQUE, source)) for source in sources), 0),
        ("charts without seaborn", sum(not re.search(seaborn(), source) for source in drawing), len(drawing) - 35),
        ("functions of the package that one chart alone calls", len(once), 0),
        # 4,200 until figures had days and spoke of each other, and charts were held against their rows.
        ("lines of the package without bench and teaching", len(package), 4800),
    ]


if __name__ == "__main__":
    for what, much, promised in measured():
        print(f"{much:6,}  {what} (promised: at most {promised:,})")
    sys.exit(any(much > promised for _, much, promised in measured()))
