"""The book outside the site: the HTML that its notebooks show as LaTeX for the PDF and as XHTML for the EPUB.

Both are for reading: they leave out the code and keep what it shows, charts as vectors, verdict cards and tables as
tables.
"""

import re
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import texescape
from sphinx.util.docutils import SphinxDirective

from claimbook.charts.look import VERDICT_COLOURS, painted
from claimbook.engine import stamp
from claimbook.evidence.units import signed
from claimbook.judgement.words import MARKS
from claimbook.site import build

HOME = Path(__file__).parent
texescape.init()
ROOM, SHARED = 96, 20
"""Characters of a table's small type in a printed line, and the least of a column whose text is broken into lines."""
BREAKS, LONG = 24, 30
"""A table of more rows may be broken between two pages: one that a notebook shows, and one of the prose, which may be
if its text would fill as many lines, too."""
NUMBER = re.compile(r"(?:[<>+−-]?\$?[\d.,]+(?: %| bn| m| points)?|NaN|)")
"""A cell of a column of numbers: they stand right."""


class Printed(SphinxPostTransform):
    """Leaves out code cells, unwraps their outputs and translates each, once MyST-NB has chosen the outputs to show."""

    builders = ("latex", "epub")
    default_priority = 100

    def run(self):
        for cell in [node for node in self.document.findall(nodes.container) if node.get("nb_element") == "cell_code"]:
            hidden = cell.get("hide_mode") == "all"
            outputs = [part for part in cell if part.get("nb_element") == "cell_code_output" and not hidden]
            cell.parent.replace(cell, [node for part in outputs for node in part])
            for block in [block for part in outputs for block in part.findall(nodes.literal_block)]:
                block.parent.replace(block, series(block.astext()))
        paper, depth = self.app.builder.name == "latex", self.env.docname.count("/")
        if paper:
            self.for_paper()
        for node in [node for node in self.document.findall(nodes.raw) if node["format"] == "html"]:
            html = node.astext()
            node.parent.replace(node, raw(latex_of(html), "latex") if paper else raw(xhtml_of(html, depth), "html"))

    def for_paper(self):
        """What only paper needs: addresses spelt out, tables at the left edge, the cover's sections without entries."""
        sections = list(self.document.findall(nodes.section))
        cited = {link for one in sections if "bibliography" in one["ids"] for link in one.findall(nodes.reference)}
        links = [node for node in self.document.findall(nodes.reference) if "://" in node.get("refuri", "")]
        for link in [node for node in links if node not in cited]:  # its hundreds of addresses would fill 28 pages
            address = f" {{\\addresstype\\url{{{link['refuri']}}}}}"
            link.parent.replace(link, [link, raw(address, "latex")])
        for table in self.document.findall(nodes.table):
            table["align"] = "left"
            columns = list(zip(*([cell.astext() for cell in row] for row in table.findall(nodes.row))))
            letters = sum(len(text) for column in columns for text in column)
            if len(columns[0]) > LONG or letters > LONG * ROOM:  # over several pages LaTeX does not balance columns
                table["classes"] += ["longtable", "colwidths-given"]
                for spec, column in zip(table.findall(nodes.colspec), columns):
                    spec["colwidth"] = round(10 * max(map(len, column)) ** 0.5)
        for section in sections:
            if "bibliography" in section["ids"]:
                section.insert(1, raw("\\bibliographytype", "latex"))
            if section.get("docname") == "index" and section["header_level"] > 1:
                title = section.pop(0).astext()
                heading = f"\\section*{{{inline(title)}}}" if title != "The chapters" else ""  # the contents list those
                section.parent.replace(section, [raw(heading, "latex"), *section])


def raw(text, form):
    return nodes.raw("", text, format=form)


def series(text):
    """A pandas Series as a table. Any other bare value says nothing without its code: the prose tells it."""
    if "dtype: " not in text:
        return []
    pairs = re.findall(r"^(.+?) {2,}(\S.*)", text, re.M)
    rows = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in pairs)
    return [raw(f'<div class="data-table"><table><tbody>{rows}</tbody></table></div>', "html")]


def xhtml_of(html, depth):
    """HTML of the site for an EPUB page `depth` folders down: charts as files, heads in one row, links to its pages."""
    soup = BeautifulSoup(html, "html.parser")
    if chart := soup.select_one("[data-chart]"):
        file = f"{'../' * depth}charts/{chart['data-chart']}.svg"
        return str(soup.new_tag("img", attrs={"class": "chart", "src": file, "alt": chart["aria-label"]}))
    for table in soup.select("table:has(thead)"):
        cells = (f'<th scope="col">{escape(name)}</th>' if name else "<td></td>" for name in heads(table))
        table.thead.replace_with(BeautifulSoup(f"<thead><tr>{''.join(cells)}</tr></thead>", "html.parser"))
    for link in soup.find_all("a", href=True):
        link["href"] = re.sub(r"\.html(?=#|$)", ".xhtml", link["href"])
    return str(soup)


def latex_of(html):
    """HTML of the site as LaTeX: a chart, a verdict card or a table. All else (a form, say) has no place on paper."""
    soup = BeautifulSoup(html, "html.parser")
    if chart := soup.select_one("[data-chart]"):
        return f"\\bookchart{{{chart['data-chart']}}}"
    if not (card := soup.select_one(".verdict-card")):
        return latex_table(soup.table) if soup.table else ""
    word, said = card["data-verdict"], card.p
    said.span.extract()
    said.strong.append(".")
    head = f"\\begin{{verdictcard}}{{{VERDICT_COLOURS[word].lstrip('#')}}}{{{MARKS[word]}}}"
    for name in card.select(".findings td small"):  # on a phone a cell names its column itself
        name.extract()
    findings, witnesses = (card.select_one(f".{name}") for name in ("findings", "witnesses"))
    lower = f"\\tcblower\n{latex_table(findings)}" if findings else ""
    after = f"\n{latex_table(witnesses)}" if witnesses else ""  # not in the box: it may go on overleaf
    return f"{head}\n{inline(said)}\n{lower}\n\\end{{verdictcard}}{after}"


def inline(element):
    """Text with its markup as LaTeX."""
    if isinstance(element, str):
        return texescape.escape(re.sub(r"\s+", " ", element), "xelatex")
    text = "".join(map(inline, element.children))
    if element.name == "a" and (label := _label(element)):
        return f"\\hyperref[{label}]{{{text}}}"
    markup = {"strong": r"\textbf{%s}", "small": r"\newline\aside{%s}"}.get(element.name, "%s")
    return markup % text


def _label(link):
    """The LaTeX label that a link to a section of the book leads to, or None."""
    goal = re.fullmatch(r"([\w-]+)\.html#([\w-]+)", link["href"])
    return goal and f"\\detokenize{{chapters/{goal[1]}:{goal[2]}}}"


def latex_table(table):
    """An HTML table as LaTeX: columns as wide as their texts or sharing the line, long ones over several pages."""
    lines, headed = _lines(table)
    lower = lambda cell: cell[0].count(r"\newline") + len(cell[1]) // 50  # lines of a cell below its first
    tall = sum(1 + max(map(lower, line)) for line in lines[headed:])
    long = tall > BREAKS
    spec, wide = _columns(lines, headed, long, of_witnesses="witnesses" in table.get("class", ()))
    shared = "X" in spec
    kind = "tabular tabularx longtable xltabular".split()[2 * long + shared]
    measure = f"\\dimexpr\\linewidth+{wide}mm" if wide else "\\linewidth"
    width = f"{{{measure}}}" if shared else ""
    margin = f"\\LTleft-{wide / 2:g}mm\\LTright\\LTleft" if wide else ""
    caption = f"\\tablecaption{{{inline(table.caption)}}}\n" if table.caption else ""
    names = " & ".join(f"\\tablehead{{{name}}}" for line in lines[:headed] for name, _ in line)
    title = f"{names} \\\\\n\\midrule\n" + ("\\endhead\n" if long else "") if names else ""
    gap = "[3pt]" if shared else ""
    rows = f" \\\\{gap}\n".join(" & ".join(latex for latex, _ in line) for line in lines[headed:])
    return (
        f"\\begin{{booktable}}{margin}\n{caption}\\begin{{{kind}}}{width}{{@{{}}{spec}@{{}}}}\n"
        f"\\toprule\n{title}{rows} \\\\\n\\bottomrule\n\\end{{{kind}}}\n\\end{{booktable}}"
    )


def _lines(table):
    """The lines of a table as they stand on paper, and how many of them are its head (none or one). Each cell as LaTeX
    and as the text that its width is reckoned from."""
    body = table.select("tbody tr")
    rows = [[one for cell in row.find_all(["th", "td"]) for one in _cells(cell)] for row in body]
    head = [(inline(name), name) for name in heads(table)]
    links = [row.find("a", href=True) for row in body]
    if head and all(links):  # on paper a link is a page
        head.insert(1, ("Page", "Page"))
        for row, link in zip(rows, links):
            row.insert(1, (f"\\pageref{{{_label(link)}}}", "100"))
    headed, lines = (1, [head, *rows]) if head else (0, rows)
    columns = [column for column in zip(*lines) if any(text for _, text in column[headed:])]
    on_its_side = headed and len(columns) > max(len(rows), 12)  # where many columns of few rows stand better
    return columns if on_its_side else list(zip(*columns)), headed


def _columns(lines, headed, long, of_witnesses):
    """The columns of a table in LaTeX (`r` numbers, `l` text, `X` a text that is broken into lines, with its share of
    what is left for them) and the millimetres by which the table is wider than the text."""
    columns = [[text for _, text in column] for column in zip(*lines)]
    lengths = [max(map(len, column)) for column in columns]
    numeric = [any(column) and all(map(NUMBER.fullmatch, column[headed:])) for column in columns]
    if of_witnesses:  # their values stand under each other, in words or not
        numeric[1] = True
    wide = 30 if long and len(columns) > 5 and sum(lengths) > 2 * ROOM else 0
    room = ROOM * (1 + wide / 150) - 2 * len(columns)
    least = list(lengths)
    for n in sorted(range(len(lengths)), key=lambda n: (numeric[n], -lengths[n])):  # the longest texts give way first
        if lengths[n] <= SHARED or sum(least) <= room:
            break
        least[n] = SHARED
    shares = {n: length**0.45 for n, length in enumerate(lengths) if least[n] < length}
    mean = sum(shares.values()) / max(len(shares), 1)
    letters = ["r" if number else "l" for number in numeric]
    for n, share in shares.items():
        letters[n] = f">{{\\hsize={share / mean:.3f}\\hsize\\raggedright\\arraybackslash}}X"
    return "".join(letters), wide


def heads(table):
    """The names of a table's columns: pandas heads them with several cells, and gives that of the index a row."""
    lines = [line.find_all(["th", "td"]) for line in table.select("thead tr")]
    rows = [
        [cell.get_text(" ", strip=True) for cell in line for _ in range(int(cell.get("colspan", 1)))] for line in lines
    ]
    names = [column[-1] or ", ".join(filter(None, column)) for column in zip(*rows)]
    return ["" if name == "label" else name.replace("_", " ") for name in names]  # the code's names stay with the code


def _cells(cell):
    """A cell, and empty ones where it spans several columns."""
    return [_cell(cell), *[("", "")] * (int(cell.get("colspan", 1)) - 1)]


def _cell(cell):
    text = signed(cell.get_text(" ", strip=True))
    latex = "–" if text == "NaN" else inline(text) if text[:1] == "−" else inline(cell).strip()
    latex = latex.removeprefix("\\newline")  # where nothing stands before a name, no line ends
    return f"\\textbf{{{latex}}}" if "claimed" in cell.parent.get("class", []) else latex, text


class OtherForms(SphinxDirective):
    """```{other-forms}```: on the site alone, links to the PDF and the EPUB where they are made of the same files."""

    def run(self):
        links = " or ".join(
            f'<a href="{form.name}">{form.suffix[1:].upper()}</a> ({form.stat().st_size / 2**20:.1f} MB)'
            for form in stamp.forms()
        )
        if not links or self.env.app.builder.name != "html":
            return []
        return [raw(f"<p><strong>To print, or for an e-reader:</strong> the whole book as {links}.</p>", "html")]


def configure(app, config):
    """The page of the PDF is our own (print.tex), not the class of Jupyter Book."""
    config.latex_theme = "manual"
    address = f"\\newcommand{{\\bookaddress}}{{{config.html_theme_options['repository_url']}}}\n"
    config.latex_elements["preamble"] = address + (HOME / "print.tex").read_text(encoding="utf-8")


def prepare(app):
    """Lay the charts beside the pages; an EPUB has no style and no script of the site."""
    if app.builder.name in Printed.builders:
        build.figures(Path(app.outdir) / "charts")
    if app.builder.name == "epub":
        css = Path(app.outdir, "_static", "print.css")
        css.parent.mkdir(parents=True, exist_ok=True)
        verdicts = "".join(f'[data-verdict="{w}"] {{ border-color: {c} }}\n' for w, c in VERDICT_COLOURS.items())
        css.write_text(painted((HOME / "print.css").read_text(encoding="utf-8")) + verdicts, encoding="utf-8")
        app.config.html_static_path = []
        app.config.html_theme_options.pop("launch_buttons", None)  # nothing runs in an EPUB
        app.connect("html-page-context", bare, priority=950)
        app.connect("doctree-read", list_claims)


def bare(app, page, template, context, doctree):
    context["css_files"], context["script_files"] = ["_static/print.css"], []
    if "body" in context:  # the scripts are thebe's, which would run the cells
        context["body"] = re.sub(r"<script.*?</script>", "", context["body"], flags=re.S)


def list_claims(app, doctree):
    """An EPUB's contents are its only way to a claim: they list sections too, which the site's sidebar does not."""
    for toctree in doctree.findall(addnodes.toctree):
        toctree["titlesonly"] = False


def setup(app):
    app.add_post_transform(Printed)
    app.add_directive("other-forms", OtherForms)
    app.connect("config-inited", configure, priority=900)
    app.connect("builder-inited", prepare, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
