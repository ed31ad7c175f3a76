"""The other forms of the book: the PDF through LaTeX and the EPUB, each made aside, checked as a product and only then
put in place."""

import re
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from claimbook.charts.paper import CHART_MIME
from claimbook.engine import run
from claimbook.engine.stamp import FORMS, sources
from claimbook.judgement import ledger
from claimbook.paths import BUILD, ROOT
from claimbook.site.build import BuildError, compile_book, make_ready

EPUBCHECK = ["java", "-jar", "/usr/bin/epubcheck"]
MARGIN = 36
"""Points at each edge of a page where nothing may stand (a printer's own margin and more)."""


def pdf(progress=print):
    """The whole book as one PDF. Raises BuildError with its faults, and leaves the former one in place."""
    make_ready(progress)
    made_of, aside = sources(), BUILD / "new-pdf"
    shutil.rmtree(aside, ignore_errors=True)
    progress("Compiling the book for LaTeX")
    compile_book(aside, "--builder", "latex")
    home = aside / "_build" / "latex"
    for chart in sorted((home / "charts").glob("*.svg")):
        chart.write_text(
            chart.read_text(encoding="utf-8").replace("'DejaVu Sans'", "Lato, 'DejaVu Sans'"), encoding="utf-8"
        )
        _run(["rsvg-convert", "--format", "pdf", "--output", chart.with_suffix(".pdf"), chart])
    progress("Setting the pages")
    for _ in range(3):  # contents and page numbers settle in the third run; the check sees it if not
        _run(["xelatex", "-interaction=nonstopmode", "-halt-on-error", "book.tex"], cwd=home)
    book = home / "book.pdf"
    faults, pages = pdf_faults(book)
    _put(
        book,
        FORMS[".pdf"],
        made_of,
        log_faults((home / "book.log").read_text(encoding="utf-8", errors="replace")) + faults,
    )
    shutil.rmtree(aside)
    progress(
        f"The PDF is in {FORMS['.pdf'].relative_to(ROOT)}: {pages} pages, {FORMS['.pdf'].stat().st_size / 2**20:.1f} MB"
    )


def epub(progress=print):
    """The whole book as an EPUB. Raises BuildError with its faults, and leaves the former one in place."""
    make_ready(progress)
    made_of, aside = sources(), BUILD / "new-epub"
    shutil.rmtree(aside, ignore_errors=True)
    progress("Compiling the book for EPUB")
    compile_book(aside, "--builder", "custom", "--custom-builder", "epub")
    book = aside / "_build" / "epub" / "book.epub"
    checked = subprocess.run([*EPUBCHECK, "--failonwarnings", book], capture_output=True, text=True)
    told = (checked.stdout + checked.stderr).splitlines()
    _put(book, FORMS[".epub"], made_of, epub_faults(book) + (told if checked.returncode else []))
    shutil.rmtree(aside)
    progress(next(line for line in told if line.startswith("Messages:")).replace("Messages:", "epubcheck:"))
    progress(f"The EPUB is in {FORMS['.epub'].relative_to(ROOT)}: {FORMS['.epub'].stat().st_size / 2**20:.1f} MB")


def _run(command, **more):
    """Run a tool of LaTeX's or poppler's and return what it printed. Raises BuildError with its last lines."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", **more)
    except FileNotFoundError as error:
        raise BuildError(f"{command[0]} is not installed: make pdf installs it on Debian.") from error
    if done.returncode:
        raise BuildError(f"{command[0]} failed.\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    return done.stdout


def _put(book, place, made_of, faults):
    if faults:
        raise BuildError(
            f"The new {place.suffix[1:].upper()} has faults and was not published.\n" + "\n".join(faults[:20])
        )
    shutil.copy(book, place)
    place.with_suffix(f"{place.suffix}.stamp").write_text(made_of, encoding="utf-8")


def log_faults(log):
    """What LaTeX only mentions: something wider than its line, a character that no font has, a reference that leads
    nowhere."""
    log = re.sub(r"(?<=^.{79})\n", "", log, flags=re.M)  # it breaks its lines at 79
    wide = [
        line
        for line in re.findall(r"^Overfull \\[hv]box \(.*", log, re.M)
        if float(re.search(r"\(([\d.]+)pt", line)[1]) > 1
    ]
    return wide + re.findall(r"^Missing character: .*|^LaTeX Warning: .*(?:undefined|Rerun|multiply).*", log, re.M)


def pdf_faults(book):
    """The faults of a finished PDF, and its number of pages: fonts, pictures, outline, what stands on each page and
    where."""
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
    """Pages with nothing between head and foot, and words that stand too near an edge."""
    faults = []
    for number, (width, height, words) in enumerate(pages, 1):
        if not [word for word, _, top, _, bottom in words if top > 70 and bottom < height - 70]:
            faults.append(f"page {number} is empty")
        for word, left, top, right, bottom in words:
            if left < MARGIN or top < MARGIN or right > width - MARGIN or bottom > height - MARGIN:
                faults.append(f"page {number}: {word!r} stands too near the edge")
    return faults


def plain(text):
    """Text without the differences that typesetting makes: spaces, hyphenation, quotes, ligatures."""
    return re.sub(
        r"[\s\-‐]+", "", unicodedata.normalize("NFKC", text).replace("’", "'").replace("“", '"').replace("”", '"')
    )


def text_faults(pages):
    """Claims and charts that are not in the book's text: each chart is found by its title, which only a vector graphic
    has as text."""
    text = plain(" ".join(word for _, _, words in pages for word, *_ in words))
    faults = [f"the claim {id} is not in the book" for id in ledger.claims() if plain(f"Claim {id}.") not in text]
    charts = [chart for _, _, chart in ledger.stored_outputs(CHART_MIME)]
    return faults + [
        f"the chart {chart['name']} is not in the book" for chart in charts if plain(chart["title"]) not in text
    ]


def font_faults(table):
    """Fonts that the PDF does not carry with it, from `pdffonts`."""
    fonts = [line.split() for line in table.splitlines()[2:]]
    return (
        [f"the font {font[0]} is not embedded" for font in fonts if font[-5] != "yes"]
        if fonts
        else ["there are no fonts, so no text"]
    )


def outline_faults(outline):
    """Chapters and claims that a reader's sidebar does not list, from `pdftohtml -xml`."""
    listed = {plain(unescape(item)) for item in re.findall(r"<item page=.*?>(.*?)</item>", outline)}
    prose = [cell.source for path in run.notebooks() for cell in run.read(path).cells if cell.cell_type == "markdown"]
    titles = [title.replace("\\", "") for text in prose for title in re.findall(r"^##? (.*)", text, re.M)]
    return [f"the outline lacks {title!r}" for title in titles if plain(title) not in listed]


def epub_faults(book):
    """What can be seen without epubcheck: pages that are not XML, scripts, dead links, and charts that are missing or
    have no alt text."""
    faults, charts = [], set()
    with zipfile.ZipFile(book) as archive:
        names = set(archive.namelist())
        pages = {name: archive.read(name).decode() for name in sorted(names) if name.endswith(".xhtml")}
    trees = {}
    for name, text in pages.items():
        try:
            trees[name] = ET.fromstring(re.sub(r"&nbsp;", "&#160;", text))
        except ET.ParseError as error:
            faults.append(f"{name}: {error}")
    anchors = {name: {node.get("id") for node in tree.iter() if node.get("id")} for name, tree in trees.items()}
    for name, tree in trees.items():
        for node in tree.iter():
            tag = node.tag.split("}")[-1]
            goal = node.get("href") or node.get("src")
            if tag == "script":
                faults.append(f"{name}: a script")
            if tag == "img":
                charts.add(Path(goal).stem)
                if not re.search(r"\d", node.get("alt", "")):
                    faults.append(f"{name}: {goal} has no alt text with its numbers")
            if goal and not re.match(r"[a-z]+:", goal):
                file, _, anchor = unquote(goal).partition("#")
                target = str((Path("/") / name).parent.joinpath(file).resolve())[1:] if file else name
                if target not in names or anchor and anchor not in anchors.get(target, ()):
                    faults.append(f"{name}: the link {goal} leads nowhere")
    lost = {chart["name"] for _, _, chart in ledger.stored_outputs(CHART_MIME)} - charts
    return faults + [f"the chart {name} is not in the book" for name in sorted(lost)]
