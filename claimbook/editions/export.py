"""The other forms of the book, PDF through LaTeX and EPUB: each made aside, checked as a product, then put in place."""

import re
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin

from claimbook.charts.paper import CHART_MIME
from claimbook.engine import run
from claimbook.engine.stamp import FORMS, sources
from claimbook.judgement import ledger
from claimbook.paths import BUILD, ROOT
from claimbook.site.build import make_ready
from claimbook.site.compiled import BuildError, other_form

EPUBCHECK = ["java", "-jar", "/usr/bin/epubcheck"]
MARGIN = 36
"""Points at each edge of a page where nothing may stand (a printer's own margin and more)."""
FEW = 4
"""Lines that a page holds at least: with fewer it looks like a slip."""


def pdf(progress=print):
    """The whole book as one PDF. Raises BuildError with its faults, and leaves the former one in place."""
    home, made_of = _compiled("pdf", "LaTeX", progress, "--builder", "latex")
    for chart in sorted((home / "charts").glob("*.svg")):
        svg = chart.read_text(encoding="utf-8").replace("'DejaVu Sans'", "Lato, 'DejaVu Sans'")
        chart.write_text(svg, encoding="utf-8")
        _run(["rsvg-convert", "--format", "pdf", "--output", chart.with_suffix(".pdf"), chart])
    progress("Setting the pages")
    for _ in range(3):  # contents and page numbers settle in the third run; the check sees it if not
        _run(["xelatex", "-interaction=nonstopmode", "-halt-on-error", "book.tex"], cwd=home)
    faults, pages = pdf_faults(home / "book.pdf")
    log = (home / "book.log").read_text(encoding="utf-8", errors="replace")
    progress(_put(home / "book.pdf", made_of, log_faults(log) + faults, f"{pages} pages, "))


def epub(progress=print):
    """The whole book as an EPUB. Raises BuildError with its faults, and leaves the former one in place."""
    home, made_of = _compiled("epub", "EPUB", progress, "--builder", "custom", "--custom-builder", "epub")
    book = home / "book.epub"
    told = _run([*EPUBCHECK, "--failonwarnings", book], "epub")
    progress(re.search(r"^Messages:.*", told, re.M)[0].replace("Messages:", "epubcheck:"))
    progress(_put(book, made_of, epub_faults(book)))


def _compiled(form, language, progress, *builder):
    """Compile the book aside. Returns the builder's folder and what the book is made of."""
    make_ready(progress)
    made_of, aside = sources(), BUILD / f"new-{form}"
    shutil.rmtree(aside, ignore_errors=True)
    progress(f"Compiling the book for {language}")
    other_form(aside, *builder)
    return aside / "_build" / builder[-1], made_of


def _put(book, made_of, faults, extent=""):
    """Put a book without faults in place and clear away what it was made from. Returns a line that says where it is."""
    form = book.suffix[1:]
    if faults:
        raise BuildError(f"The new {form.upper()} has faults and was not published.\n" + "\n".join(faults[:20]))
    place = FORMS[book.suffix]
    shutil.copy(book, place)
    place.with_suffix(f".{form}.stamp").write_text(made_of, encoding="utf-8")
    shutil.rmtree(BUILD / f"new-{form}")
    return f"The {form.upper()} is in {place.relative_to(ROOT)}: {extent}{place.stat().st_size / 2**20:.1f} MB"


def _run(command, form="pdf", **more):
    """Run a tool that a form of the book needs and return what it printed. Raises BuildError with its last lines."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", **more)
    except FileNotFoundError as error:
        raise BuildError(f"{command[0]} is not installed: make {form} installs it on Debian.") from error
    if done.returncode:
        raise BuildError(f"{command[0]} failed.\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    return done.stdout


def log_faults(log):
    """What LaTeX only mentions: more than a point too wide, a character without a font, a reference to nowhere."""
    log = re.sub(r"(?<=^.{79})\n", "", log, flags=re.M)  # it breaks its lines at 79
    wide = [line for line, pt in re.findall(r"^(Overfull \\[hv]box \(([\d.]+)pt.*)", log, re.M) if float(pt) > 1]
    return wide + re.findall(r"^Missing character: .*|^LaTeX Warning: .*(?:undefined|Rerun|multiply).*", log, re.M)


def pdf_faults(book):
    """The faults of a PDF (fonts, pictures, outline, what stands on each page and where), and its number of pages."""
    words = page_words(_run(["pdftotext", "-bbox", book, "-"]))
    outline = _run(["pdftohtml", "-xml", "-i", "-stdout", "-l", "1", book])
    faults = font_faults(_run(["pdffonts", book])) + page_faults(words) + text_faults(words) + outline_faults(outline)
    if pictures := len(_run(["pdfimages", "-list", book]).splitlines()[2:]):
        faults.append(f"{pictures} pictures are made of pixels")
    return faults, len(words)


def page_words(boxes):
    """Every word of every page with its box (left, top, right, bottom) and the page's size, from `pdftotext -bbox`."""
    pages = []
    for width, height, body in re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', boxes, re.S):
        found = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', body)
        pages.append((float(width), float(height), [(unescape(word), *map(float, box)) for *box, word in found]))
    return pages


def page_faults(pages):
    """Pages with next to nothing between head and foot (but the title), and words that stand too near an edge."""
    faults = []
    for number, (width, height, words) in enumerate(pages, 1):
        lines = {round(bottom / 4) for _, _, top, _, bottom in words if top > 70 and bottom < height - 70}
        if len(lines) < (FEW if number > 1 else 1):
            faults.append(f"page {number} is {f'of {len(lines)} lines' if lines else 'empty'}")
        for word, left, top, right, bottom in words:
            if min(left, top, width - right, height - bottom) < MARGIN:
                faults.append(f"page {number}: {word!r} stands too near the edge")
    return faults


def plain(text):
    """Text without the differences that typesetting makes: spaces, hyphenation, quotes, ligatures."""
    text = unicodedata.normalize("NFKC", text).translate(str.maketrans("’“”", '\'""'))
    return re.sub(r"[\s\-‐]+", "", text)


def text_faults(pages):
    """Claims and charts that are not in the book's text: each chart by its title, text only in a vector graphic."""
    text = plain(" ".join(word for _, _, words in pages for word, *_ in words))
    titles = {f"the claim {id}": f"Claim {id}." for id in ledger.claims()}
    titles |= {f"the chart {chart['name']}": chart["title"] for _, _, chart in ledger.stored_outputs(CHART_MIME)}
    return [f"{what} is not in the book" for what, title in titles.items() if plain(title) not in text]


def font_faults(table):
    """Fonts that the PDF does not carry with it, from `pdffonts`."""
    fonts = [line.split() for line in table.splitlines()[2:]]
    if not fonts:
        return ["there are no fonts, so no text"]
    return [f"the font {font[0]} is not embedded" for font in fonts if font[-5] != "yes"]


def outline_faults(outline):
    """Chapters and claims that a reader's sidebar does not list, from `pdftohtml -xml`."""
    listed = {plain(unescape(item)) for item in re.findall(r"<item page=.*?>(.*?)</item>", outline)}
    prose = [cell.source for path in run.notebooks() for cell in run.read(path).cells if cell.cell_type == "markdown"]
    titles = [title.replace("\\", "") for text in prose for title in re.findall(r"^##? (.*)", text, re.M)]
    return [f"the outline lacks {title!r}" for title in titles if plain(title) not in listed]


def epub_faults(book):
    """What is seen without epubcheck: pages that are no XML, scripts, dead links, charts lost or without alt text."""
    faults, trees = [], {}
    with zipfile.ZipFile(book) as archive:
        goals = set(archive.namelist())
        for page in sorted(name for name in goals if name.endswith(".xhtml")):
            try:
                trees[page] = ET.fromstring(archive.read(page).decode().replace("&nbsp;", "&#160;"))
            except ET.ParseError as error:
                faults.append(f"{page}: {error}")
    lost = {chart["name"] for _, _, chart in ledger.stored_outputs(CHART_MIME)}
    goals |= {f"{page}#{node.get('id')}" for page, tree in trees.items() for node in tree.iter() if node.get("id")}
    for page, tree in trees.items():
        faults += [f"{page}: a script" for _ in tree.iterfind(".//{*}script")]
        for image in tree.iterfind(".//{*}img"):
            lost.discard(Path(image.get("src")).stem)
            if not re.search(r"\d", image.get("alt", "")):
                faults.append(f"{page}: {image.get('src')} has no alt text with its numbers")
        for link in filter(None, (node.get("href") or node.get("src") for node in tree.iter())):
            if not re.match(r"[a-z]+:", link) and unquote(urljoin(page, link)) not in goals:
                faults.append(f"{page}: the link {link} leads nowhere")
    return faults + [f"the chart {name} is not in the book" for name in sorted(lost)]
