"""Executes a cell in the reader's browser as Jupyter would, for assets/pyrun-worker.js: gives what the page shows."""

import io
import json
import traceback
from contextlib import redirect_stderr, redirect_stdout
from html import escape

import matplotlib.pyplot as plt
import pandas as pd
from pretty import pretty
from pyodide.code import eval_code_async

from claimbook.site.themed import page_html, picture, themed

SHOWN = ("text/plain", "text/html", "text/markdown")
"""Kinds of output by which a fresh result is compared with the stored one. A chart's picture may be drawn by another
matplotlib: its words count."""
names = {}
"""What the cells have defined so far."""
before = {}
"""What was defined before a cell, by its id: it is run again on that, as later cells give their own meaning to the
same names."""

pd.set_option("display.max_columns", 20)  # as in a notebook; elsewhere a table would fit the width of a terminal


def copied(names):
    """The same names with copies of what a cell could change in place. pandas copies a table when it is changed."""

    def copy(one):
        if isinstance(one, (pd.DataFrame, pd.Series)):
            return one.copy(deep=False)
        return one.copy() if type(one) in (list, dict, set) else one

    return {name: copy(one) for name, one in names.items()}


async def run(id, source, stored, back):
    """Execute one cell. `stored`: its outputs in the notebook, as JSON; `back`: first go back to where it was run
    before. Returns JSON, with these keys:

    `same`: whether it printed and gave what is stored; `html`: what the page shows of it; `text` and `table`: its
    words and its HTML; `error`: what was raised, in one line, or None.
    """
    if back and id in before:
        names.clear()
        names.update(copied(before[id]))
    before[id] = copied(names)
    plt.close("all")
    printed, value, error = io.StringIO(), None, None
    with redirect_stdout(printed), redirect_stderr(printed):
        try:
            value = await eval_code_async(source, names, filename=id)
        except BaseException as raised:  # a cell may raise SystemExit too: it ends the cell, not Python
            error = _told(raised, id)
    given, text = {} if value is None else _bundle(value), printed.getvalue()
    fresh = {"printed": text} | {kind: given[kind] for kind in SHOWN if kind in given}
    same = not error and fresh == _kept(json.loads(stored))
    parts = [f"<pre>{escape(text)}</pre>"] if text else []
    chart, left_open = given.get("image/svg+xml"), [_svg(plt.figure(number)) for number in plt.get_fignums()]
    if chart:
        parts.append(picture(chart, "../"))
    elif given and not same:
        parts.append(_html(given))
    html = "".join(parts + left_open) if chart or left_open or not same else None
    told = {"same": same, "html": html, "text": text + given.get("text/plain", ""), "table": given.get("text/html")}
    return json.dumps(told | {"error": error})


def _bundle(value):
    """What an object shows of itself, by kind."""
    if hasattr(value, "_repr_mimebundle_"):
        return value._repr_mimebundle_()
    html = value._repr_html_() if hasattr(value, "_repr_html_") else None
    return {"text/plain": pretty(value)} | ({"text/html": html} if html else {})


def _kept(outputs):
    """The stored outputs of a cell in the form of fresh ones."""
    printed = "".join("".join(output.get("text", "")) for output in outputs)
    shown = [(kind, text) for output in outputs for kind, text in output.get("data", {}).items() if kind in SHOWN]
    return {"printed": printed} | {kind: "".join(text) for kind, text in shown}


def _html(given):
    if "text/html" in given:
        return page_html(given["text/html"])
    if "text/markdown" in given:
        from markdown_it import MarkdownIt  # only for a sentence that is not the stored one

        return page_html(MarkdownIt().render(given["text/markdown"]))
    return f"<pre>{escape(given['text/plain'])}</pre>"


def _svg(figure):
    """A figure that was drawn and not made a chart by `finish`."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    return f'<div class="chart">{themed(svg[svg.index("<svg") :])}</div>'


def _told(error, id):
    """An error in one line, with the line of the cell that raised it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == id]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    text = traceback.format_exception_only(error)[-1].strip()
    return f"{text} (line {line})" if line else text
