"""The book outside the site: what its notebooks show, translated from the site's HTML into LaTeX for the PDF and XHTML
for the EPUB.

Both are for reading, so they leave out the code and keep what it shows: charts as vectors, verdict cards and tables as
tables.
"""

import re
from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import texescape
from sphinx.util.docutils import SphinxDirective

from claimbook.charts.look import VERDICT_COLOURS, painted
from claimbook.engine import stamp
from claimbook.judgement.words import MARKS
from claimbook.paths import BUILD
from claimbook.site import build

HOME = Path(__file__).parent
texescape.init()
ROOM = 96
"""Characters of a table's small type in one line of the printed page."""
SHARED = 20
"""Of these at least that many for a column whose text is broken into lines."""
BREAKS = 24
"""A table of more rows may be broken between two pages."""

LONG = 30
"""A table of the prose with more rows is one that Sphinx breaks between pages."""


class Printed(SphinxPostTransform):
    """Leaves out code cells, unwraps their outputs and translates each, once MyST-NB has chosen the outputs to show."""

    builders = ("latex", "epub")
    default_priority = 100

    def run(self):
        latex = self.app.builder.name == "latex"
        depth = self.env.docname.count("/")
        for cell in [node for node in self.document.findall(nodes.container) if node.get("nb_element") == "cell_code"]:
            outputs = (
                [part for part in cell.children if part.get("nb_element") == "cell_code_output"]
                if cell.get("hide_mode") != "all"
                else []
            )
            _replace(cell, [node for part in outputs for node in part.children])
            for block in [block for part in outputs for block in part.findall(nodes.literal_block)]:
                _replace(block, series(block.astext()))
        if latex:
            self.for_paper()
        for raw in [node for node in self.document.findall(nodes.raw) if node["format"] == "html"]:
            text = latex_of(raw.astext()) if latex else xhtml_of(raw.astext(), depth)
            _replace(raw, [nodes.raw("", text, format="latex" if latex else "html")])

    def for_paper(self):
        """What only a page of paper needs: addresses spelt out, tables at the left edge, the cover's sections without
        entries of their own."""
        for link in self.document.findall(nodes.reference):
            if "://" in link.get("refuri", ""):
                link.parent.insert(
                    link.parent.index(link) + 1,
                    nodes.raw("", f" {{\\addresstype\\url{{{link['refuri']}}}}}", format="latex"),
                )
        for table in self.document.findall(nodes.table):
            table["align"] = "left"
            columns = list(zip(*([cell.astext() for cell in row.children] for row in table.findall(nodes.row))))
            if len(columns[0]) > LONG:  # over several pages LaTeX does not balance columns
                table["classes"].append("colwidths-given")
                for spec, column in zip(table.findall(nodes.colspec), columns):
                    spec["colwidth"] = round(10 * max(map(len, column)) ** 0.5)
        for section in [
            node
            for node in self.document.findall(nodes.section)
            if node.get("docname") == "index" and node["header_level"] > 1
        ]:
            title = section.pop(0).astext()
            heading = (
                f"\\section*{{{inline(title)}}}" if title != "The chapters" else ""
            )  # the printed contents say them already
            _replace(section, [nodes.raw("", heading, format="latex"), *section.children])
        for section in self.document.findall(nodes.section):
            if "bibliography" in section["ids"]:
                section.insert(1, nodes.raw("", "\\bibliographytype", format="latex"))


def _replace(node, others):
    place = node.parent.index(node)
    node.parent[place : place + 1] = others


def series(text):
    """A pandas Series as a table. Any other bare value says nothing without its code and is left out: the prose tells
    it."""
    if "dtype: " not in text:
        return []
    pairs = [m.groups() for m in (re.match(r"(.+?)\s{2,}(\S.*)", line) for line in text.splitlines()[:-1]) if m]
    rows = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in pairs)
    return [nodes.raw("", f'<div class="data-table"><table><tbody>{rows}</tbody></table></div>', format="html")]


def chart_of(soup):
    """The name and alt text of the chart in a piece of HTML, or None."""
    svg = soup.find(attrs={"data-chart": True})
    return svg and (svg["data-chart"], svg["aria-label"])


def xhtml_of(html, depth):
    """HTML of the site as it may stand in an EPUB page that lies `depth` folders down: charts as files, well-formed,
    no scripts."""
    soup = BeautifulSoup(html, "html.parser")
    if chart := chart_of(soup):
        return str(
            soup.new_tag(
                "img", attrs={"class": "chart", "src": f"{'../' * depth}charts/{chart[0]}.svg", "alt": chart[1]}
            )
        )
    for table in soup.find_all("table"):
        if table.thead:
            names = heads(table)
            table.thead.clear()
            table.thead.append(soup.new_tag("tr"))
            table.thead.tr.extend(
                soup.new_tag("th" if name else "td", string=name, attrs={"scope": "col"} if name else {})
                for name in names
            )
    for link in soup.find_all("a", href=True):
        link["href"] = re.sub(r"\.html(?=#|$)", ".xhtml", link["href"])
    return str(soup)


def latex_of(html):
    """HTML of the site as LaTeX: a chart, a verdict card or a table. Anything else (a form, say) has no place on
    paper."""
    soup = BeautifulSoup(html, "html.parser")
    if chart := chart_of(soup):
        return f"\\bookchart{{{chart[0]}}}"
    if card := soup.find(class_="verdict-card"):
        word = card["data-verdict"]
        said = card.p.extract()
        said.span.extract()
        said.strong.append(".")
        table = f"\\tcblower\n{latex_table(card.table)}" if card.table else ""
        head = f"\\begin{{verdictcard}}{{{VERDICT_COLOURS[word].lstrip('#')}}}{{{MARKS[word]}}}"
        return f"{head}\n{inline(said)}\n{table}\n\\end{{verdictcard}}"
    if soup.find("table"):
        return latex_table(soup.table)
    return ""


def inline(element):
    """Text with its markup as LaTeX."""
    if isinstance(element, str):
        return texescape.escape(re.sub(r"\s+", " ", element), "xelatex")
    text = "".join(map(inline, element.children))
    if element.name == "strong":
        return f"\\textbf{{{text}}}"
    if element.name == "small":
        return f"\\newline\\aside{{{text}}}"
    if element.name == "a" and _label(element):
        return f"\\hyperref[{_label(element)}]{{{text}}}"
    return text


def _label(link):
    """The LaTeX label that a link to a section of the book leads to, or None."""
    goal = re.fullmatch(r"([\w-]+)\.html#([\w-]+)", link["href"])
    return goal and f"\\detokenize{{chapters/{goal[1]}:{goal[2]}}}"


def latex_table(table):
    """An HTML table as LaTeX: columns as wide as their text, or sharing the line where they would not fit; long ones
    over several pages."""
    rows = [[_cell(cell) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]
    head = [(inline(name), name) for name in heads(table)]
    links = [row.find("a", href=True) for row in table.select("tbody tr")]
    if all(links):  # on paper a link is a page
        rows = [[row[0], (f"\\pageref{{{_label(link)}}}", "100"), *row[1:]] for row, link in zip(rows, links)]
        head.insert(1, ("Page", "Page"))
    kept = [number for number, column in enumerate(zip(*rows)) if any(text for _, text in column)]
    head, rows = [head[number] for number in kept if head], [[row[number] for number in kept] for row in rows]
    if len(head) > max(len(rows), 12):  # many columns of few rows stand better on their side
        head, *rows = map(list, zip(head, *rows))
    columns = [[text for _, text in column] for column in zip(*([head] if head else []), *rows)]
    numeric = [
        all(re.fullmatch(r"(?:[<>+−-]?\$?[\d.,]+(?: %| bn| m| points)?|NaN|)", text) for text in column[bool(head) :])
        and any(column)
        for column in columns
    ]
    if table.parent.get("data-verdict"):  # values of a card stand under each other, in words or not
        numeric[1] = True
    lengths = [max(map(len, column)) for column in columns]
    long = len(rows) > BREAKS
    wide = 30 if long and len(columns) > 5 and sum(lengths) > 2 * ROOM else 0  # millimetres into the margins
    room, flexible = ROOM * (1 + wide / 150) - 2 * len(lengths), set()
    for number in sorted(
        range(len(lengths)), key=lambda n: (numeric[n], -lengths[n])
    ):  # the longest texts give way first
        if (
            lengths[number] <= SHARED
            or sum(SHARED if n in flexible else length for n, length in enumerate(lengths)) <= room
        ):
            break
        flexible.add(number)
    shares = [length**0.45 if number in flexible else 0 for number, length in enumerate(lengths)]
    spec = ""
    for number, share in zip(numeric, shares):
        part = share and share * sum(map(bool, shares)) / sum(shares)
        spec += f">{{\\hsize={part:.3f}\\hsize\\raggedright\\arraybackslash}}X" if share else "r" if number else "l"
    free = bool(flexible)
    width = "" if not free else f"{{\\dimexpr\\linewidth+{wide}mm}}" if wide else r"{\linewidth}"
    kind = {
        (False, False): "tabular",
        (False, True): "tabularx",
        (True, False): "longtable",
        (True, True): "xltabular",
    }[long, free]
    title = (
        " & ".join(f"\\tablehead{{{name}}}" for name, _ in head)
        + " \\\\\n\\midrule\n"
        + ("\\endhead\n" if long else "")
        if head
        else ""
    )
    lines = (" \\\\[3pt]\n" if free else " \\\\\n").join(
        " & ".join(cell for cell, _ in row) for row in rows
    ) + " \\\\\n"
    margin = f"\\LTleft-{wide / 2:g}mm\\LTright\\LTleft" if wide else ""
    caption = f"\\tablecaption{{{inline(table.caption)}}}\n" if table.caption else ""
    return (
        f"\\begin{{booktable}}{margin}\n{caption}\\begin{{{kind}}}{width}{{@{{}}{spec}@{{}}}}\n"
        f"\\toprule\n{title}{lines}\\bottomrule\n\\end{{{kind}}}\n\\end{{booktable}}"
    )


def heads(table):
    """The names of a table's columns. pandas heads a column with several cells, and names the index in a row of its
    own."""
    rows = [
        [
            cell.get_text(" ", strip=True)
            for cell in row.find_all(["th", "td"])
            for _ in range(int(cell.get("colspan", 1)))
        ]
        for row in table.select("thead tr")
    ]
    return [column[-1] or ", ".join(filter(None, column)) for column in zip(*rows)]


def _cell(cell):
    """A cell as LaTeX and as the text that its width is reckoned from."""
    text = re.sub(r"^-(?=\d)", "−", cell.get_text(" ", strip=True))
    latex = "–" if text == "NaN" else inline(text) if text[:1] == "−" else "".join(map(inline, cell.children)).strip()
    return (f"\\textbf{{{latex}}}" if "claimed" in cell.parent.get("class", []) else latex), text


class OtherForms(SphinxDirective):
    """```{other-forms}```: on the site, links to the PDF and the EPUB where they are made of the same files; on their
    own pages, nothing."""

    def run(self):
        links = [
            f'<a href="{form.name}">{form.suffix[1:].upper()}</a> ({form.stat().st_size / 2**20:.1f} MB)'
            for form in stamp.forms()
        ]
        if not links or self.env.app.builder.name != "html":
            return []
        return [
            nodes.raw(
                "",
                f"<p><strong>To print, or for an e-reader:</strong> the whole book as {' or '.join(links)}.</p>",
                format="html",
            )
        ]


def configure(app, config):
    """The page of the PDF is our own (print.tex), not the class of Jupyter Book."""
    config.latex_theme = "manual"
    address = config.html_theme_options["repository_url"]
    config.latex_elements |= {
        "preamble": f"\\newcommand{{\\bookaddress}}{{{address}}}\n" + (HOME / "print.tex").read_text(encoding="utf-8")
    }


def prepare(app):
    """Lay the charts beside the pages; an EPUB has no style and no script of the site."""
    if app.builder.name in Printed.builders:
        build.figures(Path(app.outdir) / "charts")
    if app.builder.name == "epub":
        css = BUILD / "epub-style" / "print.css"
        css.parent.mkdir(parents=True, exist_ok=True)
        verdicts = "".join(f'[data-verdict="{w}"] {{ border-color: {c} }}\n' for w, c in VERDICT_COLOURS.items())
        css.write_text(painted((HOME / "print.css").read_text(encoding="utf-8")) + verdicts, encoding="utf-8")
        app.config.html_static_path = [str(css)]
        app.config.html_theme_options.pop("launch_buttons", None)  # nothing runs in an EPUB
        app.connect("html-page-context", bare, priority=950)
        app.connect("doctree-read", list_claims)


def bare(app, page, template, context, doctree):
    context["css_files"], context["script_files"] = ["_static/print.css"], []
    if "body" in context:
        context["body"] = re.sub(
            r"<script.*?</script>", "", context["body"], flags=re.S
        )  # of thebe, which would run the cells


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
