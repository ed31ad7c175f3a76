"""The Sphinx side of the book: charts stand in the page as inline SVG and follow its light and dark theme."""

import re
from functools import cache
from html import escape, unescape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx_exercise.nodes import solution_node

from claimbook.charts import look, paper
from claimbook.judgement import ledger
from claimbook.judgement.words import MARKS, VERDICTS
from claimbook.paths import CHAPTERS, DATA, ROOT, notebooks, theme_of
from claimbook.site import files, launch, pyrun, share, theme
from claimbook.site.themed import page_html, picture
from claimbook.teaching.onpage import Exercise

ASSETS = Path(__file__).with_name("assets")


def raw(html):
    return nodes.raw("", html, format="html")


def chart(svg, env):
    """A chart as it stands in the page that is being read: the picture, and below it its files."""
    name, root = files.name_of(svg), "../" * env.docname.count("/")
    footer = files.footer(name, root, env.config.html_baseurl)
    return raw(f'<figure class="chart-figure" id="chart-{name}">{picture(svg, root)}{footer}</figure>')


class OutputRenderer:
    """MyST-NB asks this first for every output of a notebook."""

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type.startswith("application/vnd.claimbook."):
            return []
        if data.mime_type == "text/html":
            return [raw(page_html(data.string))]
        if data.mime_type != "image/svg+xml":
            return None
        if "aria-label=" not in data.string:
            fault = "a chart without alt text: end its cell with finish(...)"
            renderer.logger.warning(fault, subtype="alt", line=data.line)
        return [chart(data.string, renderer.renderer.sphinx_env)]


class ChartDirective(Directive):
    """```{chart} scoreboard```: a chart of a notebook, by its name, on another page."""

    required_arguments = 1

    def run(self):
        if self.arguments[0] not in files.charts():
            raise self.error(f"No notebook has a chart named {self.arguments[0]!r}.")
        env = self.state.document.settings.env
        env.note_dependency(str(CHAPTERS / files.charts()[self.arguments[0]][2]))
        return [chart(files.charts()[self.arguments[0]][1], env)]


def reading_time(chapter):
    """Minutes to read a chapter: its prose at 230 words a minute, and half a minute for each chart."""
    path = next(path for path in notebooks() if theme_of(path) == chapter)
    prose = ["".join(cell["source"]) for cell in ledger.cells(path) if cell["cell_type"] == "markdown"]
    prose += ["".join(text) for _, _, text in ledger.stored_outputs("text/markdown", {path.name})]
    charts = sum(1 for _ in ledger.stored_outputs(paper.CHART_MIME, {path.name}))
    return round(len(" ".join(prose).split()) / 230 + charts / 2)


class VerdictStrip(Directive):
    """```{verdict-strip} ai-boom```: the verdicts of a chapter's claims, each a link to its section."""

    required_arguments = 1

    def run(self):
        chapter = self.arguments[0]
        board = ledger.scoreboard().query("chapter == @chapter")
        if board.empty:
            raise self.error(f"No claim belongs to the chapter {chapter!r}.")
        counts = board["verdict"].value_counts()
        told = ", ".join(f"{counts[word]} {word}" for word in VERDICTS if word in counts)
        told = f"{len(board)} claims: {told}. Reading time about {reading_time(chapter)} minutes."
        items = "".join(
            f'<li data-verdict="{escape(r.verdict)}"><a href="#{r.id}" title="{escape(r.statement)}">'
            f'<span aria-hidden="true">{MARKS[r.verdict]}</span> {r.id.split("-")[1]}'
            f'<span class="sr-only">: {escape(r.verdict)}</span></a></li>'
            for r in board.itertuples()
        )
        html = f'<p class="verdict-counts">{escape(told)}</p><ul class="verdict-strip">{items}</ul>'
        return [raw(html), nodes.raw("", told, format="latex")]


@cache
def glossary():
    """What each term of the glossary means, by its anchor, as plain text. A new book has no glossary yet."""
    page = ROOT / "chapters/glossary.md"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    found = re.findall(r"^\((term-[\w-]+)\)=\n(.+)$", text, re.M)
    return {
        anchor: re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", meaning).replace("*", "").replace("\\", "")
        for anchor, meaning in found
    }


def preview_terms(app, doctree, page):
    """A link to a term of the glossary shows what it means when it is pointed at or reached by keyboard."""
    if app.builder.name != "html" or page.endswith("glossary"):
        return
    for number, link in enumerate(list(doctree.findall(nodes.reference)), 1):
        address, _, anchor = link.get("refuri", "").partition("#")
        if anchor in glossary():
            tip = f'<span class="tip" role="tooltip" id="tip-{number}">{escape(glossary()[anchor])}</span>'
            goal = f'href="{escape(address)}#{anchor}" aria-describedby="tip-{number}"'
            link.replace_self(raw(f'<a class="term" {goal}>{escape(link.astext())}</a>{tip}'))


def put(node, others):
    """Other nodes in place of one, without its ids and classes, which docutils' own way would hand on."""
    at = node.parent.index(node)
    node.parent[at : at + 1] = others


def fold_solutions(app, doctree, page):
    """A solution of an exercise is folded without script, left out on paper, and shown without nbgrader's markers."""
    for section in list(doctree.findall(nodes.section)):
        if any(re.fullmatch(r"(exercise|solution)-content(-\d+)?", id) for id in section["ids"]):
            put(section, section.children)
    for solution in list(doctree.findall(solution_node)):
        if app.builder.name != "html":
            solution.parent.remove(solution)
            continue
        for code in solution.findall(nodes.literal_block):
            code.rawsource = re.sub(r"### (BEGIN|END) SOLUTION\n", "", code.astext())
            code[:] = [nodes.Text(code.rawsource)]  # where the two differ, Sphinx does not colour
        start, end = raw('<details class="solution"><summary>Solution</summary>'), raw("</details>")
        put(solution, [start, *(child for child in solution if not isinstance(child, nodes.title)), end])


def lead_with_finding(app, doctree, page):
    """The finding of a chapter comes before the code that prepares its tables, which a notebook must run first."""
    cells = [node for node in doctree.findall(nodes.container) if node.get("nb_element") == "cell_code"]
    for finding in (cell for cell in cells if cell.astext().startswith("The finding.")):
        finding.parent.remove(finding)
        cells[0].parent.insert(cells[0].parent.index(cells[0]), finding)


def name_cells(app, doctree, page):
    """Each cell of a notebook can be found in its page: assets/pyrun.js puts there what it gives when it is run."""
    if app.builder.name != "html" or not (cells := pyrun.cells(page)):
        return
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            node["ids"].append(f"cell-{cells[node['cell_index']]['id']}")


def index_claims(app, doctree):
    """Each claim can be searched for by its id and its words: the search then leads to its section."""
    if app.env.docname == share.DATA:  # its head names every table
        app.env.note_dependency(str(DATA / "datapackage.json"))
    for section in doctree.findall(nodes.section):
        for claim in (ledger.claims()[name] for name in section["ids"] if name in ledger.claims()):
            name = f"{claim.id}: {claim.statement.rstrip('.')}"
            app.env.get_domain("std").note_object("claim", name, claim.id, location=section)


def page_parts(app, page, template, context, doctree):
    """What a page has besides its text: scripts and styles, launch buttons, what those who share and cite it need."""
    if app.builder.name != "html":  # an EPUB has none of it
        return
    for name in ("scoreboard", "which-number", "search"):
        if page.endswith(name):
            app.add_js_file(f"{name}.js", loading_method="defer")
    context.setdefault("metatags", "")
    if doctree is None:  # search and index pages are nothing to share
        context["metatags"] += '<meta name="robots" content="noindex" />\n'
        return
    launch.buttons(context)
    title = unescape(re.sub(r"<[^>]+>", "", context["title"] or "")).strip()
    text, base = share.description(doctree), app.config.html_baseurl
    context["metatags"] += share.head(page, title, text, base)
    if pyrun.cells(page):
        context["body"] = context["body"].replace("</h1>", f"</h1>{pyrun.button(page)}", 1)
    context["body"] += share.cite(page, title, base)
    app.shared_pages[page] = (title, text)


def not_found(app):
    """The page that a host shows for an address that leads nowhere."""
    if app.builder.name == "html":
        body = '<h1>Not found</h1><p>No page of the book stands here. <a href="index.html">To its first page</a>.</p>'
        yield "404", {"title": "Not found", "body": body}, "page.html"


def lost_words(app):
    """Sphinx keeps in its index words whose last page was changed: without pages they are left out."""
    for words in (
        (app.builder.indexer._mapping, app.builder.indexer._title_mapping) if app.builder.name == "html" else ()
    ):
        for word in [word for word, pages in words.items() if not pages]:
            del words[word]
    return ()


def begin(app):
    """Colours are those of the charts. Pages are put together on one core: the others draw."""
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / "colours.css").write_text(look.variables(), encoding="utf-8")
    app.drawing = files.begin() if app.builder.name == "html" and app.config.complete_site else None


def finish(app, error):
    """Once plain jupyter-book has written all pages: what makes a site of them."""
    if app.drawing is not None and not error:
        complete(Path(app.outdir), app, app.drawing)


def complete(site, app, drawing):
    """Files of charts, cards and lists of pages; Python for the pages; the theme cut to what is used. `site`: the
    folder of pages as Sphinx wrote them; `drawing`: what `files.begin` gave."""
    base = app.config.html_baseurl
    files.write(site, drawing)
    share.publish(site, app.shared_pages, base)
    pyrun.publish(site, app.config.pyodide_url)
    theme.finish(site, base)


def setup(app):
    app.shared_pages = {}
    app.add_directive("verdict-strip", VerdictStrip)
    app.add_directive("chart", ChartDirective)
    app.add_directive("exercise", Exercise, override=True)
    app.add_object_type("claim", "claim")
    app.registry.domain_object_types["std"]["claim"].attrs["searchprio"] = 0  # before pages that have its words
    app.add_config_value("pyodide_url", None, "html", str)
    app.add_config_value("complete_site", True, "", bool)
    app.add_css_file("colours.css")
    app.add_css_file("claimbook.css")
    app.add_js_file("page.js", loading_method="defer")
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(ASSETS)))
    app.connect(
        "config-inited", lambda app, config: setattr(config, "numfig", False), priority=900
    )  # nobody refers to one
    app.connect("builder-inited", begin)
    app.connect("doctree-read", index_claims)
    for change in (preview_terms, fold_solutions, lead_with_finding, name_cells):
        app.connect("doctree-resolved", change)
    app.connect("html-collect-pages", not_found)
    app.connect("html-collect-pages", lost_words)
    app.connect("html-page-context", page_parts, priority=900)
    app.connect("build-finished", finish, priority=900)  # after the theme has written its styles
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
