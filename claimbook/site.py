"""The Sphinx side of the book: charts stand in the page as inline SVG and follow its light and dark theme."""

import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

from claimbook import ledger, style, verdicts
from claimbook.card import MARKS
from claimbook.data import ROOT

ASSETS = Path(__file__).with_name("assets")

VARIABLES = {
    style.INK: "ink",
    style.MUTED: "muted",
    style.GRID: "grid",
    style.SURFACE: "surface",
    style.BAND: "band",
    style.PALE: "pale",
    style.TEAL: "teal",
    style.ORANGE: "orange",
    style.PURPLE: "purple",
    style.BLUE: "blue",
    style.RED: "red",
    style.GREY: "grey",
    "#ffffff": "on",  # text on a coloured bar
}
"""Colours of the style that the page replaces by CSS variables of these names (assets/claimbook.css)."""


def themed(svg):
    """The SVG with each colour of the style as a CSS variable, the colour itself as its fallback."""
    svg = re.sub(r"#[0-9a-f]{6}\b", lambda m: f"var(--cb-{VARIABLES[m[0]]}, {m[0]})" if m[0] in VARIABLES else m[0], svg)
    # `fill="#..."` as an attribute cannot hold var(): matplotlib writes styles, so only those are left.
    return re.sub(r'(width|height)="[\d.]+pt"\s*', "", svg, count=2)


def chart(svg):
    """A chart as it stands in a page."""
    return nodes.raw("", f'<div class="chart">{themed(svg)}</div>', format="html")


def page_html(html):
    """A notebook's HTML output as the page shows it: links to pages, and DataFrames as plain tables that can scroll."""
    html = re.sub(r'(href="[\w-]+)\.ipynb', r"\1.html", html)
    if 'class="dataframe"' not in html:
        return html
    html = re.sub(r"<style scoped>.*?</style>", "", html, flags=re.S)
    table = html[html.index("<table") : html.index("</table>") + len("</table>")]
    head, body = table.split("<tbody>")
    index = re.findall(r"<tr>\s*<th>(.*?)</th>", body)
    numbered = "<th></th>" in head and all(name.isdigit() and len(name) != 4 for name in index)
    if numbered:  # pandas' row numbers say nothing to a reader
        head, body = head.replace("<th></th>", "", 1), re.sub(r"(<tr>\s*)<th>.*?</th>", r"\1", body)
    head = head.replace("<th></th>", "<td></td>").replace("<th>", '<th scope="col">').replace('border="1" ', "").replace(' style="text-align: right;"', "")
    body = body.replace("<th>", '<th scope="row">')
    body = re.sub(r"<td>(-?[\d.,]+|NaN)</td>", r'<td class="number">\1</td>', body)
    return f'<div class="data-table" tabindex="0">{head}<tbody>{body}</div>'


class OutputRenderer:
    """MyST-NB asks this first for every output of a notebook."""

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type.startswith("application/vnd.claimbook."):
            return []
        if data.mime_type == "text/html":
            return [nodes.raw("", page_html(data.string), format="html")]
        if data.mime_type != "image/svg+xml":
            return None
        if "aria-label=" not in data.string:
            renderer.logger.warning("a chart without alt text: end its cell with finish(...)", subtype="alt", line=data.line)
        return [chart(data.string)]


class ChartDirective(Directive):
    """```{chart} scoreboard```: a chart of a notebook, by its name, on another page."""

    required_arguments = 1

    def run(self):
        for _, _, svg in ledger.stored_outputs("image/svg+xml"):
            text = "".join(svg)
            if f'data-chart="{self.arguments[0]}"' in text:
                return [chart(text)]
        raise self.error(f"No notebook has a chart named {self.arguments[0]!r}.")


def reading_time(chapter):
    """Minutes to read a chapter: its prose at 230 words a minute, and half a minute for each chart."""
    path = next((ROOT / "chapters").glob(f"*-{chapter}.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    prose += ["".join(text) for _, _, text in ledger.stored_outputs("text/markdown", {path.name})]
    charts = sum(1 for _ in ledger.stored_outputs(style.CHART_MIME, {path.name}))
    return round(len(" ".join(prose).split()) / 230 + charts / 2)


class VerdictStrip(Directive):
    """```{verdict-strip} ai-boom```: the verdicts of a chapter's claims, each a link to its section."""

    required_arguments = 1

    def run(self):
        board = ledger.scoreboard().query("chapter == @self.arguments[0]")
        if board.empty:
            raise self.error(f"No claim belongs to the chapter {self.arguments[0]!r}.")
        counts = board["verdict"].value_counts()
        told = ", ".join(f"{counts[word]} {word}" for word in verdicts.VERDICTS if word in counts)
        items = "".join(
            f'<li data-verdict="{escape(r.verdict)}"><a href="#{r.id}" title="{escape(r.statement)}"><span aria-hidden="true">{MARKS[r.verdict]}</span>'
            f' {r.id.split("-")[1]}<span class="sr-only">: {escape(r.verdict)}</span></a></li>'
            for r in board.itertuples()
        )
        told += f". Reading time about {reading_time(self.arguments[0])} minutes"
        html = f'<p class="verdict-counts">{len(board)} claims: {escape(told)}.</p><ul class="verdict-strip">{items}</ul>'
        return [nodes.raw("", html, format="html"), nodes.raw("", f"{len(board)} claims: {told}.", format="latex")]


def page_script(app, page, template, context, doctree):
    """Two pages have a script of their own: the scoreboard's table and the number field. None needs thebe's."""
    for name in ("scoreboard", "which-number"):
        if page.endswith(name):
            app.add_js_file(f"{name}.js", loading_method="defer")
    context["script_files"] = [s for s in context.get("script_files", []) if "thebe" not in f"{s} {getattr(s, 'attributes', '')}".lower()]


def setup(app):
    app.add_directive("verdict-strip", VerdictStrip)
    app.add_directive("chart", ChartDirective)
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(ASSETS)))
    app.add_css_file("claimbook.css")
    app.connect("html-page-context", page_script, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
