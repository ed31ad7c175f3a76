"""A notebook's outputs as the page shows them: charts in the page's colours, tables that can scroll.

The build makes the page with it, and so does Python in the reader's browser: what is run there looks like the stored.
"""

import re
from html import escape

from claimbook.charts import look
from claimbook.evidence.units import signed
from claimbook.judgement import ledger

VARIABLES = {light: name for name, (light, _) in look.COLOURS.items()}
"""Colours that the page replaces by CSS variables, which differ in light and dark."""


NEEDLESS = (
    # Stands in claimbook.css.
    r'<defs>\s*<style type="text/css">\*\{stroke-linejoin: round; stroke-linecap: butt\}</style>\s*</defs>',
    r' transform="rotate\(-0 [^"]*"',
    r" ?font-family: [^;\"]+;",
)
"""What a page has no use for: a style of all charts, turns by nothing, a font other than the page's own."""


def themed(svg):
    """The SVG with each colour of the style as a CSS variable and its fallback, and without what no page needs."""
    # A hundredth of a point is enough.
    svg = re.sub(r' (?:d|x|y|points|transform)="[^"]+"', lambda m: re.sub(r"(\.\d\d)\d+", r"\1", m[0]), svg)
    # `fill="#..."` as an attribute cannot hold var(): matplotlib writes styles.
    svg = re.sub(rf"({'|'.join(VARIABLES)})\b", lambda m: f"var(--cb-{VARIABLES[m[0]]}, {m[0]})", svg)
    svg = re.sub("|".join(NEEDLESS), "", svg)
    svg = re.sub(r"(?<=font-size: )[\d.]+px", r"calc(\g<0>*var(--fit,1))", svg)  # page.js says what fits
    svg = re.sub(r"\s+", " ", svg).replace("> <", "><")
    return ungrouped(re.sub(r'(width|height)="[\d.]+pt"\s*', "", svg, count=2))


def ungrouped(svg):
    """The SVG without groups that say nothing of their members: matplotlib makes one or two for each mark."""
    kept, opened = [], []
    for part in re.split(r"(</?g\b[^>]*>)", svg):
        if part == "</g>":
            kept += [part] if opened.pop() else []
        elif part.startswith("<g"):
            says = " " in part.rstrip("/> ")
            kept += [part] if says else []
            opened += [] if part.endswith("/>") else [says]
        else:
            kept.append(part)
    return "".join(kept)


def linked(svg, root):
    """The scoreboard's picture, each mark a link to its claim: marks stand above numbers, in the ledger's order."""
    places = re.findall(r'<text[^>]*? x="([\d.]+)" y="([\d.]+)"[^>]*>\d\d</text>', svg)
    links = "".join(
        f'<a href="{root}chapters/{r.notebook.removesuffix(".ipynb")}.html#{r.id}"><title>{r.id}, {r.verdict}:'
        f' {escape(r.statement)}</title><rect x="{float(x) - 10:.1f}" y="{float(y) - 24:.1f}" width="20" height="28"'
        ' fill="transparent"/></a>'
        for r, (x, y) in zip(ledger.scoreboard().itertuples(), places, strict=True)
    )
    return svg.replace('role="img"', 'role="group"').replace("</svg>", f"{links}</svg>")


def picture(svg, root):
    """A chart's picture as it stands in a page. `root`: the way from the page to the site's first folder."""
    shape = "/".join(re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    drawn = linked(themed(svg), root) if 'data-chart="scoreboard"' in svg else themed(svg)
    return f'<div class="chart" style="aspect-ratio:{shape}">{drawn}</div>'


def page_html(html):
    """A notebook's HTML output as the page shows it: links to pages, and DataFrames as plain tables that can scroll."""
    html = re.sub(r'(href="[\w-]+)\.ipynb', r"\1.html", html)
    if 'class="dataframe"' not in html:
        return html
    html = re.sub(r"<style scoped>.*?</style>", "", html, flags=re.S)
    table = html[html.index("<table") : html.index("</table>") + len("</table>")]
    head, body = table.split("<tbody>")
    index = re.findall(r"<tr>\s*<th>(.*?)</th>", body)
    if "<th></th>" in head and all(name.isdigit() and len(name) != 4 for name in index):
        # pandas' row numbers say nothing to a reader
        head, body = head.replace("<th></th>", "", 1), re.sub(r"(<tr>\s*)<th>.*?</th>", r"\1", body)
    head = re.sub(r' (border="1"|class="dataframe"|style="text-align: right;")', "", head)
    head = head.replace("<th></th>", "<td></td>").replace("<th>", '<th scope="col">')
    head, body = _aligned(head, body.replace("<th>", '<th scope="row">'))
    return f'<div class="data-table" tabindex="0">{head}<tbody>{body}</div>'


def _aligned(head, body):
    """The head and the body of a table: columns of numbers stand right, with their heads; what is missing is a dash."""
    rows = [re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", row, re.S) for row in body.split("</tr>")[:-1]]
    # From the last column on: where the names of rows are merged, rows lack cells at their beginning.
    numeric = [
        all(re.fullmatch(r"-?[\d.,]+(e[+-]\d+)?|NaN", text) for text in column)
        for column in zip(*(row[::-1] for row in rows))
    ]

    def marked(row):
        before, *cells = re.split(r"(?=<t[dh]\b)", row)
        if "colspan" not in row:
            for at, right in enumerate(numeric[: len(cells)], 1):
                cells[-at] = f'{cells[-at][:3]} class="number"{cells[-at][3:]}' if right else cells[-at]
        return before + "".join(cells)

    head, body = ("".join(map(marked, re.split(r"(?=<tr)", part))) for part in (head, body))
    return head, signed(body.replace(">NaN<", ">–<"))
