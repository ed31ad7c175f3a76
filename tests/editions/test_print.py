"""The PDF's LaTeX and the EPUB hold the whole book, and the checks of both products see what is wrong. None of this
needs LaTeX or Java."""

import re
import zipfile
from functools import cache

import pytest

from claimbook.charts.paper import CHART_MIME
from claimbook.editions import export
from claimbook.editions import translate as printed
from claimbook.engine import run
from claimbook.evidence import tables
from claimbook.judgement import ledger
from claimbook.site import compiled


@cache
def charts():
    return {chart["name"] for _, _, chart in ledger.stored_outputs(CHART_MIME)}


@cache
def tables_shown():
    """How many tables the chapters show; solutions of exercises stay on the screen."""
    shown = [
        o.data
        for path in run.notebooks()
        for cell in run.read(path).cells
        if "hide-cell" not in cell.metadata.get("tags", []) and not cell.id.endswith("-solution")
        for o in cell.get("outputs", [])
        if "data" in o
    ]
    return sum(
        one.get("text/html", "").count("<table") or "dtype: " in one["text/plain"] and "text/html" not in one
        for one in shown
    )


@pytest.fixture(scope="module")
def latex(tmp_path_factory):
    home = tmp_path_factory.mktemp("latex")
    compiled.other_form(home, "--builder", "latex")
    return home / "_build/latex"


@pytest.fixture(scope="module")
def epub(tmp_path_factory):
    home = tmp_path_factory.mktemp("epub")
    compiled.other_form(home, "--builder", "custom", "--custom-builder", "epub")
    return home / "_build/epub/book.epub"


def test_the_latex_holds_every_chart_verdict_and_table(latex):
    text = (latex / "book.tex").read_text(encoding="utf-8")
    drawn = re.findall(r"\\bookchart\{([\w-]+)\}", text)
    assert set(drawn) == charts() and len(drawn) == len(charts()) + 1  # the scoreboard stands on the cover too
    assert {path.stem for path in (latex / "charts").glob("*.svg")} == charts()
    verdicts = [verdict for _, _, verdict in ledger.stored_outputs(ledger.VERDICT_MIME)]
    assert text.count(r"\begin{verdictcard}") == len(verdicts) >= 60
    assert text.count(r"\begin{booktable}") == tables_shown()
    assert [
        w["label"] for verdict in verdicts for w in verdict["witnesses"] if printed.inline(w["label"]) not in text
    ] == []


def test_the_latex_has_no_code_but_the_rule(latex):
    text = (latex / "book.tex").read_text(encoding="utf-8")
    assert text.count(r"\begin{sphinxVerbatim}") == 1 and "Interval(low" not in text and "<table" not in text


def test_the_printed_book_has_no_names_of_the_code_as_heads_and_no_pages_of_addresses(latex):
    text = (latex / "book.tex").read_text(encoding="utf-8")
    heads = re.findall(r"\\tablehead\{(.*?)\}", text)
    assert [head for head in heads if "_" in head or head == "label"] == [] and "against offer" in heads
    before, _, bibliography = text.rpartition(r"\bibliographytype")
    assert bibliography.count(r"\sphinxhref{") > 600 and r"\addresstype" not in bibliography
    assert r"\addresstype" in before


def test_a_table_of_the_prose_that_would_fill_a_page_can_be_broken(latex):
    text = (latex / "book.tex").read_text(encoding="utf-8")
    broken = "".join(re.findall(r"\\begin\{longtable\}.*?\\end\{longtable\}", text, re.S))
    letters = lambda tex: re.sub(r"\\[a-zA-Z]+|[\W_]", "", tex)  # without what LaTeX makes of a hyphen or a line
    lost = [id for id in tables.load("misfits")["figure"] if letters(id) not in letters(broken)]
    assert lost == []


def test_links_of_the_printed_book_lead_to_its_pages(latex):
    text = (latex / "book.tex").read_text(encoding="utf-8")
    labels = set(re.findall(r"\\label\{\\detokenize\{(.*?)\}\}", text))
    goals = re.findall(r"\\(?:hyperref\[|pageref\{)\\detokenize\{(.*?)\}", text)
    assert len(goals) > 200 and set(goals) <= labels
    assert len(re.findall(r"\\pageref", text)) == 60


def test_the_epub_has_no_fault_that_can_be_seen_without_epubcheck(epub):
    assert export.epub_faults(epub) == []
    with zipfile.ZipFile(epub) as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml")}
    chapters = "".join(text for name, text in pages.items() if re.search(r"chapters/\d", name))
    assert (
        len(re.findall('<table(?! class="docutils)', chapters)) == tables_shown()
        and chapters.count('class="verdict-card"') >= 60
        and "cell_input" not in chapters
        and 'class="tip"'
        not in chapters  # what a term means, for pointers and keyboards: here it would stand in the sentence
        and chapters.count("glossary.xhtml#term-") > 20
    )
    assert (
        export.outline_faults(re.sub(r"<a href=(.*?)>(.*?)</a>", r"<item page=\1>\2</item>", pages["nav.xhtml"])) == []
    )


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ('<p class="verdict">', '<p class="verdict">&', "01-ai-boom.xhtml: not well-formed"),
        ('<p class="verdict">', '<script></script><p class="verdict">', "01-ai-boom.xhtml: a script"),
        ('#boom-02"', '#boom-99"', "#boom-99 leads nowhere"),
        ('src="../charts/boom-01.svg"', 'src="../charts/boom-00.svg"', "the chart boom-01 is not in the book"),
        (
            'alt="World venture funding in 2024',
            'alt="" title="World venture funding in 2024',
            "boom-01.svg has no alt text",
        ),
    ],
)
def test_a_fault_of_the_epub_is_seen(epub, tmp_path, old, new, fault):
    broken = tmp_path / "broken.epub"
    with zipfile.ZipFile(epub) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "chapters/01-ai-boom.xhtml":
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode(), 1)
            target.writestr(name, text)
    assert any(fault in line for line in export.epub_faults(broken)), export.epub_faults(broken)


def test_what_latex_only_mentions_is_a_fault():
    log = (
        "Overfull \\hbox (0.84pt too wide) in paragraph\nOverfull \\hbox (12.3pt too wide) in paragraph\nMissing"
        " character: There is no ✖ (U+2716)\n"
    )
    log += (
        "LaTeX Warning: Hyper reference `chapters/method::doc' on page 75 undefined on inp\nut line 2672.\nLaTeX Font"
        " Warning: Some font shapes\n"
    )
    assert [line.split(" (")[0][:40] for line in export.log_faults(log)] == [
        "Overfull \\hbox",
        "Missing character: There is no ✖",
        "LaTeX Warning: Hyper reference `chapters",
    ]


def test_an_empty_page_a_page_of_two_lines_and_a_word_at_the_edge_are_faults():
    page = '<page width="595" height="842">{}</page>'
    word = '<word xMin="{}" yMin="{}" xMax="{}" yMax="{}">Year</word>'
    lines = lambda many: "".join(word.format(60, 100 + 12 * n, 90, 110 + 12 * n) for n in range(many))
    edge = word.format(540, 100, 580, 110)
    boxes = map(page.format, (lines(1), word.format(290, 800, 300, 805), lines(2), lines(4), lines(4) + edge))
    assert export.page_faults(export.page_words("".join(boxes))) == [
        "page 2 is empty",
        "page 3 is of 2 lines",
        "page 5: 'Year' stands too near the edge",
    ]


def test_what_the_pdf_lacks_is_a_fault():
    fonts = (
        "name type emb sub uni object ID\n----\nABCDEF+Lato-Regular CID TrueType Identity-H yes yes yes 9 0\nHelvetica"
        " Type 1 WinAnsi no no no 12 0\n"
    )
    assert export.font_faults(fonts) == ["the font Helvetica is not embedded"]
    assert len(export.text_faults([])) == len(ledger.claims()) + len(charts())
    faults = export.outline_faults('<item page="7">The AI boom</item>')
    assert "the outline lacks 'US dominance'" in faults and "the outline lacks 'The AI boom'" not in faults


def table(head, rows, cell="td"):
    row = lambda tag, texts: "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in texts) + "</tr>"
    return (
        f"<table><thead>{row('th', head)}</thead><tbody>{''.join(row(cell, texts) for texts in rows)}</tbody></table>"
    )


@pytest.mark.parametrize(
    "head, rows, expected",
    [
        (["name", "value"], [["A & B, 50 % of $3_000", "−1.5"]], r"\begin{tabular}{@{}lr@{}}"),
        (["name", "value"], [["a", "1"]] * 30, r"\begin{longtable}{@{}lr@{}}"),
        (["name", "what"], [["a", "a long sentence " * 12]], r"\begin{tabularx}{\linewidth}{@{}l>"),
        (["name", "what"], [["a", "a long sentence " * 12]] * 30, r"\begin{xltabular}{\linewidth}{@{}l>"),
        (
            [*"abcdef"],
            [["a", "a long sentence " * 12] * 3] * 30,
            r"\LTleft-15mm\LTright\LTleft" + "\n" + r"\begin{xltabular}{\dimexpr\linewidth+30mm}",
        ),
        (["", *map(str, range(2001, 2020))], [["x", *["1.5"] * 19]], r"\begin{tabular}{@{}rr@{}}"),
    ],
)
def test_a_table_fits_the_page(head, rows, expected):
    latex = printed.latex_of(table(head, rows))
    assert expected in latex and not re.search(r"(?<!\\)[%$_]", latex.split(r"\midrule")[1])


def test_a_table_says_missing_and_negative_values_in_print():
    latex = printed.latex_of(table(["name", "a", "b"], [["x", "NaN", "-2.5"]]))
    assert "x & – & −2.5" in latex


def test_the_site_offers_the_forms_that_are_made_of_the_same_files(book):
    contents = "```{tableofcontents}"
    book.edit("index.md", contents, f"```{{other-forms}}\n```\n\n{contents}")
    code, made_of = book.run("-c", "from claimbook.engine import stamp; print(stamp.sources())")
    folder = book.root / "_build"
    folder.mkdir(exist_ok=True)
    for form, of in (("pdf", made_of.strip()), ("epub", "older files")):
        (folder / f"the-hundred-billion-dollar-year.{form}").write_bytes(b"a book")
        (folder / f"the-hundred-billion-dollar-year.{form}.stamp").write_text(of, encoding="utf-8")
    code, text = book.claimbook("build")
    assert code == 0, text
    assert "Left out of the site, as of an earlier state: EPUB. Renew by: make epub" in text
    page = (folder / "html/index.html").read_text(encoding="utf-8")
    assert 'href="the-hundred-billion-dollar-year.pdf"' in page and "the-hundred-billion-dollar-year.epub" not in page
    assert (folder / "html/the-hundred-billion-dollar-year.pdf").read_bytes() == b"a book"
    config = book.root / "_config.yml"  # as make vendor does it, without the files that it would fetch
    elsewhere = re.sub(r"(pyodide_url: )\S+", r"\1https://example.org/", config.read_text(encoding="utf-8"))
    config.write_text(elsewhere, encoding="utf-8")
    code, text = book.claimbook("build")
    assert code == 0 and "Nothing has changed" not in text and "PDF" not in text, text
    assert "https://example.org/" in (folder / "html/_static/pyrun.json").read_text(encoding="utf-8")
    assert (folder / "html/the-hundred-billion-dollar-year.pdf").exists(), "the PDF does not depend on it"
    (folder / "the-hundred-billion-dollar-year.pdf").unlink()
    assert "Nothing has changed" not in book.claimbook("build")[1]
    assert "hundred-billion-dollar-year.pdf" not in (folder / "html/index.html").read_text(encoding="utf-8")
