"""The Sphinx side of the book: charts stand in the page as inline SVG and follow its light and dark theme."""

import json
import re
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx_exercise.nodes import solution_node

from claimbook import charts, launch, ledger, share, style, theme, verdicts
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
    # A hundredth of a point is enough.
    svg = re.sub(r' (?:d|x|y|points|transform)="[^"]+"', lambda m: re.sub(r"(\.\d\d)\d+", r"\1", m[0]), svg)
    svg = re.sub(r"#[0-9a-f]{6}\b", lambda m: f"var(--cb-{VARIABLES[m[0]]}, {m[0]})" if m[0] in VARIABLES else m[0], svg)
    svg = re.sub(r'<defs>\s*<style type="text/css">\*\{stroke-linejoin: round; stroke-linecap: butt\}</style>\s*</defs>', "", svg)  # stands in claimbook.css
    # `fill="#..."` as an attribute cannot hold var(): matplotlib writes styles, so only those are left.
    return re.sub(r'(width|height)="[\d.]+pt"\s*', "", svg, count=2)


def linked(svg, root):
    """The scoreboard's picture with each mark as a link to its claim: the marks stand above their numbers, in the ledger's order."""
    places = re.findall(r'<text[^>]*? x="([\d.]+)" y="([\d.]+)"[^>]*>\d\d</text>', svg)
    links = "".join(
        f'<a href="{root}chapters/{r.notebook.removesuffix(".ipynb")}.html#{r.id}"><title>{r.id}, {r.verdict}: {escape(r.statement)}</title>'
        f'<rect x="{float(x) - 10:.1f}" y="{float(y) - 24:.1f}" width="20" height="28" fill="transparent"/></a>'
        for r, (x, y) in zip(ledger.scoreboard().itertuples(), places, strict=True)
    )
    return svg.replace('role="img"', 'role="group"').replace("</svg>", f"{links}</svg>")


def chart(svg, env):
    """A chart as it stands in the page that is being read: the picture, and below it its files."""
    name = re.search(r'data-chart="([^"]+)"', svg)[1]
    root = "../" * env.docname.count("/")
    footer = charts.footer(name, root, env.config.html_baseurl)
    picture = linked(themed(svg), root) if name == "scoreboard" else themed(svg)
    ratio = "/".join(re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    return nodes.raw("", f'<figure class="chart-figure" id="chart-{name}"><div class="chart" style="aspect-ratio:{ratio}">{picture}</div>{footer}</figure>', format="html")


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
        return [chart(data.string, renderer.renderer.sphinx_env)]


class ChartDirective(Directive):
    """```{chart} scoreboard```: a chart of a notebook, by its name, on another page."""

    required_arguments = 1

    def run(self):
        for _, _, svg in ledger.stored_outputs("image/svg+xml"):
            text = "".join(svg)
            if f'data-chart="{self.arguments[0]}"' in text:
                return [chart(text, self.state.document.settings.env)]
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


@cache
def glossary():
    """What each term of the glossary means, by its anchor, as plain text. A new book has no glossary yet."""
    page = ROOT / "chapters/glossary.md"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    found = re.findall(r"^\((term-[\w-]+)\)=\n(.+)$", text, re.M)
    return {anchor: re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", meaning).replace("*", "").replace("\\", "") for anchor, meaning in found}


def preview_terms(app, doctree, page):
    """A link to a term of the glossary shows what it means when it is pointed at or reached by keyboard."""
    if app.builder.format != "html" or page.endswith("glossary"):
        return
    for number, link in enumerate(list(doctree.findall(nodes.reference)), 1):
        address, _, anchor = link.get("refuri", "").partition("#")
        if anchor in glossary():
            tip = f'<span class="tip" role="tooltip" id="tip-{number}">{escape(glossary()[anchor])}</span>'
            html = f'<a class="term" href="{escape(address)}#{anchor}" aria-describedby="tip-{number}">{escape(link.astext())}</a>{tip}'
            link.replace_self(nodes.raw("", html, format="html"))


def put(node, others):
    """Other nodes in place of one, without its ids and classes, which docutils' own way would hand on."""
    at = node.parent.index(node)
    node.parent[at : at + 1] = others


def fold_solutions(app, doctree, page):
    """A solution of an exercise is folded without script; on paper it is left out. The markers of nbgrader are for students' copies."""
    for section in [one for one in doctree.findall(nodes.section) if {"exercise-content", "solution-content"} & {re.sub(r"-\d+$", "", id) for id in one["ids"]}]:
        put(section, section.children)
    for solution in list(doctree.findall(solution_node)):
        if app.builder.format != "html" or app.builder.name == "epub":
            solution.parent.remove(solution)
            continue
        for code in solution.findall(nodes.literal_block):
            code[:] = [nodes.Text(re.sub(r"### (BEGIN|END) SOLUTION\n", "", code.astext()))]
        opened = nodes.raw("", '<details class="solution"><summary>Solution</summary>', format="html")
        put(solution, [opened, *(child for child in solution.children if not isinstance(child, nodes.title)), nodes.raw("", "</details>", format="html")])


def index_claims(app, doctree):
    """Each claim can be searched for by its id and its words: the search then leads to its section."""
    for section in doctree.findall(nodes.section):
        for claim in (ledger.claims()[name] for name in section["ids"] if name in ledger.claims()):
            name = f"{claim.id}: {claim.statement.rstrip('.')}"
            app.env.get_domain("std").note_object("claim", name, claim.id, location=section)


UNUSED = ("thebe", "sphinx-design", "design-tabs", "togglebutton", "toggleHint")
"""Scripts and styles that extensions put on every page, and no page of this book has a use for."""


def page_parts(app, page, template, context, doctree):
    """What a page has besides its text: scripts and styles, launch buttons, what it says to those who share and cite it."""
    if app.builder.name != "html":  # an EPUB has none of it
        return
    for name in ("scoreboard", "which-number"):
        if page.endswith(name):
            app.add_js_file(f"{name}.js", loading_method="defer")
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if not any(word in f"{file} {getattr(file, 'attributes', '')}" for word in UNUSED)]
    if doctree is None:  # search and index pages are nothing to share
        context["metatags"] = context.get("metatags", "") + '<meta name="robots" content="noindex" />\n'
        return
    launch.buttons(context)
    title, text, base = share.plain(context["title"]), share.description(doctree), app.config.html_baseurl
    context["metatags"] = context.get("metatags", "") + share.head(page, title, text, base)
    context["body"] += share.cite(page, title, base)
    app.shared_pages[page] = (title, text)


def finish(app, error):
    """Once all pages are written: files of charts, cards and lists of pages; the theme cut to what is used."""
    if error or app.builder.name != "html":
        return
    charts.write(app.outdir)
    share.publish(Path(app.outdir), app.shared_pages, app.config.html_baseurl)
    theme.finish(Path(app.outdir))


def setup(app):
    app.shared_pages = {}
    app.add_directive("verdict-strip", VerdictStrip)
    app.add_directive("chart", ChartDirective)
    app.add_object_type("claim", "claim")
    app.registry.domain_object_types["std"]["claim"].attrs["searchprio"] = 0  # a claim comes before pages that have its words
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(ASSETS)))
    app.add_css_file("claimbook.css")
    app.add_js_file("page.js", loading_method="defer")
    app.connect("doctree-read", index_claims)
    app.connect("doctree-resolved", preview_terms)
    app.connect("doctree-resolved", fold_solutions)
    app.connect("html-page-context", page_parts, priority=900)
    app.connect("build-finished", finish, priority=900)  # after the theme has written its styles
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
