"""Chapters executed in this process, cell by cell, so that thousands of faults can be tried in minutes: for
`tests/faults/mutate.py`.

A chapter is executed once and remembered after every cell; for a fault in a table only those cells are executed again
that depend on it. `drawing=False` leaves out the drawing of charts, which costs most, and keeps everything else that
nbval compares.
"""

import ast
import contextlib
import functools
import io
import json
import os
import pickle
import resource

import matplotlib
import pandas
from IPython.core.formatters import DisplayFormatter
from IPython.core.inputtransformer2 import TransformerManager

matplotlib.use("Agg")
from claimbook.charts import paper  # noqa: E402
from claimbook.engine import run
from claimbook.evidence import tables
from claimbook.judgement import ledger

READ, DRAWN = tables.read, (paper.svg_of, paper._bands)
pandas.set_option("display.max_columns", 20)  # as in a notebook
FORMAT = DisplayFormatter().format
MUTATORS = ("append", "extend", "update", "insert", "add", "pop", "setdefault")
SECONDS = 120
"""Of computing time, after which a fault counts as one that makes a chapter run for ever."""


LOOK = ("xydata", "offsets", "text", "position", "bbox", "color", "facecolor", "edgecolor", "linewidth", "linestyle")
LOOK += ("marker", "sizes", "alpha", "zorder", "fontweight", "visible")


def sketch(fig, name, alt):
    """Stands for the SVG of a figure: what each of its artists is, in words; nothing is drawn."""
    seen = [name, alt, fig.get_size_inches().tolist()]
    for ax in fig.axes:
        ticks = [[tick.get_text() for tick in axis.get_ticklabels()] for axis in (ax.xaxis, ax.yaxis)]
        seen += [ax.get_xlim(), ax.get_ylim(), ax.get_xscale(), ax.get_yscale(), ax.get_title(loc="left"), *ticks]
        for artist in ax.get_children():
            found = {look: getattr(artist, f"get_{look}") for look in LOOK if hasattr(artist, f"get_{look}")}
            seen.append((type(artist).__name__, {look: str(get()) for look, get in found.items()}))
    return str(seen)


def drawing(on):
    """Draw charts, or sketch them: then a chart is its title, source line, alt text, rows and all artists on it."""
    paper.svg_of, paper._bands = DRAWN if on else (sketch, lambda *given: None)


def patch(frames):
    """Let the chapters read these tables instead of those in `data/`."""
    tables.read = lambda table: frames[table] if table in frames else READ(table)
    ledger.claims.cache_clear()


class Cell:
    """A code cell, compiled: what it reads, what it may change, and its last line, whose value is shown."""

    def __init__(self, cell):
        self.id, self.source, self.stored = (
            cell.id,
            cell.source,
            [dict(o.get("data", {"text/plain": o.get("text")})) for o in cell.outputs],
        )
        tree = ast.parse(TransformerManager().transform_cell(cell.source))
        self.reads, self.changes = set(), set()
        for statement in tree.body:
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            within = [node.target for node in ast.walk(statement) if isinstance(node, (ast.For, ast.comprehension))]
            within = {node.id for target in within for node in ast.walk(target) if isinstance(node, ast.Name)}
            self.reads |= {node.id for node in names if isinstance(node.ctx, ast.Load)} - within - self.changes
            self.changes |= {node.id for node in names if not isinstance(node.ctx, ast.Load)}
        self.changes |= {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        for node in ast.walk(tree):
            stored = isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load)
            while stored and isinstance(node, (ast.Subscript, ast.Attribute)):
                node = node.value
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
                node, stored = node.func.value, True
            if stored and isinstance(node, ast.Name):
                self.changes.add(node.id)
        last = (
            tree.body.pop()
            if tree.body and isinstance(tree.body[-1], ast.Expr) and not cell.source.rstrip().endswith(";")
            else None
        )
        self.body = compile(tree, self.id, "exec")
        self.drawn = False
        self.last = last and compile(ast.Expression(last.value), self.id, "eval")

    def execute(self, names):
        """Everything that nbval would compare of this cell's outputs, as a list like that of the stored ones."""
        drawing(self.drawn)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(self.body, names)
            value = eval(self.last, names) if self.last else None
            shown = [FORMAT(value)[0]] if value is not None else []
        return ([{"text/plain": said.getvalue()}] if said.getvalue() else []) + shown


class Chapter:
    """A chapter executed once without a fault. `cells`, `before` (names and loaded tables before each), `outputs`,
    `loads` (tables that each asked for)."""

    def __init__(self, path, drawn=False):
        self.path, self.cells = path, [Cell(cell) for cell in run.read(path).cells if cell.cell_type == "code"]
        self.before, self.outputs, self.loads, self.texts, names = [], [], [], [], {"__name__": "__main__"}
        os.chdir(path.parent)
        tables.loaded.clear()
        for cell in self.cells:
            asked = set()
            tables.read = lambda table: asked.add(table) or READ(table)
            ledger.claims.cache_clear()
            self.before.append((dict(names), list(tables.loaded)))
            cell.drawn = drawn
            self.outputs.append(cell.execute(names))
            self.loads.append(asked - {"sources"})  # its keys only, which the schema guards
        tables.read = READ

    def strays(self):
        """Cells that show something else here than what is stored in the notebook, drawings apart."""
        plain = lambda outputs: json.loads(
            json.dumps([{kind: content for kind, content in one.items() if kind != "image/svg+xml"} for one in outputs])
        )
        return [cell.id for cell, seen in zip(self.cells, self.outputs) if plain(seen) != plain(cell.stored)]

    def affected(self, tables):
        """Whether a cell of the chapter asks for one of these tables."""
        return any(asked & tables for asked in self.loads)

    def about(self, id, others=()):
        """The numbers of the cells that an output is made of in which this id stands, and of those that these other
        cells (by id) are made of."""
        if not self.texts:
            self.texts = [str(outputs) for outputs in self.outputs]
        wanted = set()
        for number, (cell, text) in enumerate(zip(self.cells, self.texts)):
            if f"{id!r}" in text or cell.id in others:
                wanted |= self.slice(number)
        return wanted

    @functools.cache
    def slice(self, number):
        """The numbers of the cells that this cell is made of, itself among them."""
        wanted, needed = {number}, set(self.cells[number].reads)
        for earlier in range(number - 1, -1, -1):
            cell = self.cells[earlier]
            if cell.changes & needed:
                wanted.add(earlier)
                needed = needed - (cell.changes - cell.reads) | cell.reads
        return wanted

    def fault(self, tables, only=None):
        """The first cell that shows something else now that these tables are patched, or None. Only cells that depend
        on them are executed."""
        names, dirty = {}, set()
        os.chdir(self.path.parent)
        for number, (cell, (before, tables_before), expected, asked) in enumerate(
            zip(self.cells, self.before, self.outputs, self.loads)
        ):
            if only is not None and number not in only:
                continue
            if not (asked & tables or cell.reads & dirty):
                dirty -= cell.changes - cell.reads
                continue
            names.update({name: value for name, value in before.items() if name not in dirty})
            tables.loaded.clear()
            tables.loaded.update({table: tables.read(table) for table in tables_before})
            try:
                if cell.execute(names) != expected:
                    return cell.id
            except Exception as error:
                return f"{cell.id} ({type(error).__name__})"
            dirty |= cell.changes
        return None


def apart(function, *arguments):
    """The function's result, computed in a fork, so that nothing it does is left behind; an error's name where it
    raises one."""
    ours, theirs = os.pipe()
    if not (child := os.fork()):
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # IPython tells there of what cannot be shown
        try:
            result = function(*arguments)
        except BaseException as error:
            result = type(error).__name__
        with open(theirs, "wb") as pipe:
            pickle.dump(result, pipe)
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(text) if text else "does not end"


@functools.cache
def chapters():
    return [Chapter(path) for path in run.notebooks()]
