"""Changes every chart, verdict and number of prose in the notebooks, one at a time, and tells whether a test would see
it: `make mutate`.

A chart's faults are planted in the figure just before it is finished, and its SVG is compared with the stored one, as
nbval does. A
verdict's and a sentence's faults are planted so that they show the same as before: only tests of the code can see them.
"""

import ast
import copy
import os
import re
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import test_ledger
import test_notebooks
from inprocess import Chapter, apart

from claimbook.charts import paper
from claimbook.engine import run
from claimbook.evidence import tables
from claimbook.judgement import ledger
from claimbook.paths import theme_of

KNOWN = {field["name"] for table in tables.tables() for field in tables.describe(table)["schema"]["fields"]}


def points(ax):
    """Everything on these axes that stands for a figure: (how to read its values, how to set them)."""
    for line in ax.lines:
        if len(line.get_xdata()) and line.get_transform() == ax.transData and not pd.isna(line.get_ydata()).all():
            yield (
                line,
                lambda line=line: [list(line.get_xdata()), list(line.get_ydata())],
                lambda value, line=line: line.set_data(*value),
            )
    for patch in ax.patches:
        if hasattr(patch, "get_height"):
            yield (
                patch,
                lambda patch=patch: [patch.get_width(), patch.get_height()],
                lambda value, patch=patch: (patch.set_width(value[0]), patch.set_height(value[1])),
            )
    for group in ax.collections:
        if len(group.get_offsets()) and type(group).__name__ == "PathCollection":
            yield group, lambda group=group: group.get_offsets().tolist(), group.set_offsets


def order(fig):
    """Two figures change places, or a line runs backwards."""
    for ax in fig.axes:
        found = list(points(ax))
        for mark, get, put in found:
            value = get()
            if hasattr(mark, "get_marker") and list(value[1]) != list(value[1][::-1]):
                return put([value[0], value[1][::-1]]) or True
            if hasattr(mark, "get_offsets") and len({*map(str, mark.get_facecolor()), *map(str, mark.get_sizes())}) > 2:
                return put(value[::-1]) or True
        for one in found:
            for other in found:
                if type(one[0]) is type(other[0]) and str(one[1]()) != str(other[1]()):
                    value = one[1]()
                    one[2](other[1]()), other[2](value)
                    return True
    return None


def scale(fig):
    """Everything is drawn on another scale."""
    for ax in fig.axes:
        ax.set_xlim([ax.get_xlim()[0], ax.get_xlim()[0] + 1.1 * (ax.get_xlim()[1] - ax.get_xlim()[0])])
    return True


def truncated(fig):
    """The axis of values begins later."""
    ax = fig.axes[0]
    upright = any(
        getattr(patch, "get_height", lambda: 0)() > getattr(patch, "get_width", lambda: 0)() for patch in ax.patches
    )
    get, put = (ax.get_ylim, ax.set_ylim) if upright else (ax.get_xlim, ax.set_xlim)
    put([get()[0] + 0.2 * (get()[1] - get()[0]), get()[1]])
    return True


def colours(fig):
    """The claimed and the computed, or else two other colours of the chart, change places."""
    marks = [mark for ax in fig.axes for mark, *_ in points(ax)]
    read = lambda mark: (
        (mark.get_color(), mark.get_markerfacecolor())
        if hasattr(mark, "get_marker")
        else set(map(str, mark.get_facecolor()))
    )
    for one in marks:
        for other in marks:
            if type(one) is type(other) and str(read(one)) != str(read(other)):
                if hasattr(one, "get_marker"):
                    a, b = read(one), read(other)
                    for mark, (colour, face) in ((one, b), (other, a)):
                        mark.set_color(colour), mark.set_markerfacecolor(face), mark.set_markeredgecolor(colour)
                else:
                    a, b = one.get_facecolor(), other.get_facecolor()
                    one.set_facecolor(b), other.set_facecolor(a)
                return True
    return None


def missing(fig):
    """One figure is not drawn."""
    for ax in fig.axes:
        for mark, get, put in points(ax):
            value = get()
            if hasattr(mark, "get_marker") and len(value[0]) > 1:
                return put([value[0][:-1], value[1][:-1]]) or True
            if hasattr(mark, "get_offsets") and len(value) > 1:
                return put(value[:-1]) or True
            return mark.remove() or True
    return None


CHART_FAULTS = {
    "wrong order": order,
    "wrong scale": scale,
    "truncated axis": truncated,
    "swapped colours": colours,
    "a point missing": missing,
}


def try_charts(path):
    """[(chart, fault, whether it is seen)] for the charts of a chapter. `None` where a chart has nothing that the
    fault could change."""
    found, finish = [], paper.finish
    stored = {
        chart["name"]: "".join(svg)
        for (_, _, chart), (_, _, svg) in zip(
            ledger.stored_outputs(paper.CHART_MIME, {path.name}), ledger.stored_outputs("image/svg+xml", {path.name})
        )
    }

    def planted(name, *given, **named):
        fig = plt.gcf()

        def seen(fault):
            if CHART_FAULTS[fault](fig) is None:
                return None
            try:
                return finish(name, *given, **named).svg != stored[name]
            except Exception:
                return True  # the cell fails

        found.extend((name, fault, apart(seen, fault)) for fault in CHART_FAULTS)
        wrong = apart(lambda: finish(name, *given, **named | {"title": named["title"] + " not"}).svg != stored[name])
        found.append((name, "wrong title", wrong))
        chart = finish(name, *given, **named)
        found.append((name, "no fault", chart.svg != stored[name]))
        return chart

    paper.finish = planted
    Chapter(path, drawn=True)
    paper.finish = finish
    return found


def try_columns(path):
    """[(cell, fault, whether it is seen)]: in each cell of a chart the name of a column becomes that of another column
    of the data."""
    chapter, found = Chapter(path), []
    for number, (cell, (before, _), expected) in enumerate(zip(chapter.cells, chapter.before, chapter.outputs)):
        chart = next((one[paper.CHART_MIME] for one in expected if paper.CHART_MIME in one), None)
        if not chart:
            continue
        columns = sorted({name for rows in chart["data"] for row in rows for name in row})
        for column in columns:
            for old in (f'"{column}"', f"{{{column}"):
                others = [
                    name
                    for name in columns
                    if any(row.get(name) != row.get(column) for rows in chart["data"] for row in rows)
                ]
                if old not in cell.source or not others:
                    continue
                new = old.replace(column, others[0])
                faulty = nbformat.v4.new_code_cell(cell.source.replace(old, new, 1), id=cell.id)
                found.append(
                    (f"{cell.id}: {new} for {old}", "wrong column", apart(differs, faulty, dict(before), expected))
                )
    return found


def differs(cell, names, expected):
    from inprocess import Cell

    os.chdir(run.CHAPTERS)
    try:
        return Cell(cell).execute(names) != expected
    except Exception:
        return True


def fails(test, *given):
    try:
        test(*given)
    except AssertionError:
        return True
    return False


def try_code(path):
    """[(cell, fault, whether it is seen)]: a verdict and a number of a sentence as a literal in place of the code that
    computes it."""
    found, whole, chapter, read = [], run.read(path), Chapter(path), run.read
    tests = [test_notebooks.test_no_number_is_typed_in_a_sentence, test_notebooks.test_no_number_is_typed_in_prose]
    tests += [test_notebooks.test_verdicts_are_computed] if path in test_notebooks.THEMES else []
    found += [(test.__name__, "no fault", fails(test, path)) for test in tests]

    def planted(id, source, test):
        changed = copy.deepcopy(whole)
        next(cell for cell in changed.cells if cell.id == id).source = source
        run.read = lambda _: changed
        found_out = fails(test, path)
        run.read = read
        return found_out

    for cell, (names, _) in zip(chapter.cells, chapter.before):
        for judged in re.finditer(r'claim\("([a-z]+-\d\d)"\)\.check\(', cell.source):
            if (
                path in test_notebooks.THEMES
                and ledger.claims()[judged[1]].chapter == theme_of(path)
                and cell.source.count(judged[0]) == 1
                and f'"{judged[1]}-ex' not in cell.source
                and "-ex-" not in cell.id
            ):
                literal = cell.source.replace(judged[0], f'Verdict(claim("{judged[1]}"), {{}}, (), ())  # (')
                found.append(
                    (cell.id, "verdict by hand", planted(cell.id, literal, test_notebooks.test_verdicts_are_computed))
                )
                found.append(
                    (
                        cell.id,
                        "verdict as a word",
                        planted(
                            cell.id,
                            cell.source.replace(judged[0], '"holds"  # ('),
                            test_notebooks.test_verdicts_are_computed,
                        ),
                    )
                )
                stored = next(
                    content
                    for _, _, content in ledger.stored_outputs(ledger.VERDICT_MIME)
                    if content["claim"] == judged[1]
                )
                for word in ("holds", "fails"):
                    if word != stored["verdict"]:
                        found.append(
                            (cell.id, "verdict replaced", fails(test_ledger.follows, stored | {"verdict": word}))
                        )
        if "say(" not in cell.source or "!git" in cell.source:
            continue
        names = dict(names)
        cell.execute(names)  # a number may be computed in the cell that tells it
        tree = ast.parse(cell.source)
        for string in [
            node
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "say"
            for node in ast.walk(call)
            if isinstance(node, ast.JoinedStr)
        ]:
            for at, part in enumerate(string.values):
                if not isinstance(part, ast.FormattedValue):
                    continue
                try:
                    text = eval(
                        compile(ast.Expression(ast.fix_missing_locations(ast.JoinedStr([part]))), "", "eval"), names
                    )
                except NameError:  # a name of a loop within the sentence
                    continue
                if re.search(r"\d", text) and not re.fullmatch(r".*\b(19|20)\d\d", text):
                    string.values[at] = ast.Constant(text)
                    found.append(
                        (
                            cell.id,
                            "typed number",
                            planted(cell.id, ast.unparse(tree), test_notebooks.test_no_number_is_typed_in_a_sentence),
                        )
                    )
                    string.values[at] = part
    for cell in whole.cells:
        if cell.cell_type == "markdown":
            found.append(
                (
                    cell.id,
                    "typed number",
                    planted(
                        cell.id,
                        f"{cell.source}\n\nIt rose by 7.3 percent.",
                        test_notebooks.test_no_number_is_typed_in_prose,
                    ),
                )
            )
    return found


def try_all(path):
    os.chdir(run.CHAPTERS)
    return [(path.name, *one) for one in try_charts(path) + try_columns(path) + try_code(path)]


def main(names):
    paths = [path for path in run.notebooks() if not names or path.name[:2] in names]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        found = [one for some in pool.map(try_all, paths) for one in some]
    controls = [seen for *_, fault, seen in found if fault == "no fault"]
    counts = Counter((fault, seen) for *_, fault, seen in found)
    print(f"{'fault':<20}{'planted':>9}{'caught':>9}{'survive':>9}{'nothing to change':>20}")
    for fault in sorted({fault for *_, fault, _ in found} - {"no fault"}):
        yes, no, none = (counts[fault, seen] for seen in (True, False, None))
        print(f"{fault:<20}{yes + no:>9}{yes:>9}{no:>9}{none:>20}")
    print(f"Without a fault {sum(controls)} of {len(controls)} comparisons fail.")
    left = [one for one in found if one[3] != (one[2] != "no fault") and one[3] is not None]
    for one in left:
        print("survives:", *one)
    sys.exit(bool(left))


if __name__ == "__main__":
    main(sys.argv[1:])
