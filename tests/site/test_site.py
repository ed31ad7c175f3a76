"""What the site makes of a notebook's output, and the cards and tables that it shows."""

import json
import re
import subprocess
from html import unescape
from types import SimpleNamespace

import pandas as pd
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string
from pybtex.plugin import find_plugin

from claimbook.charts import forms
from claimbook.editions import translate
from claimbook.evidence.quantity import Quantity
from claimbook.evidence.units import amount, number, signed
from claimbook.judgement import cards, ledger, thisbook
from claimbook.judgement.cards import Board, Sentence, Table
from claimbook.paths import ROOT, notebooks
from claimbook.site import files, pages, share, theme, themed


def test_a_dataframe_becomes_a_plain_table_without_row_numbers():
    frame = pd.DataFrame({"name": ["a", "b"], "value": [1.5, -2.0]})
    html = themed.page_html(frame._repr_html_())
    assert "<style" not in html and "<th>" not in html and "border=" not in html and "dataframe" not in html
    assert ">0<" not in html and 'tabindex="0"' in html


def test_columns_of_numbers_stand_right_with_their_heads_and_what_is_missing_is_a_dash():
    frame = pd.DataFrame({"name": ["a", "b"], "value": [None, -2.0], "year": ["2024", "2024 to 2025"]})
    html = themed.page_html(frame._repr_html_())
    assert re.findall(r'class="number"[^>]*>([^<]*)<', html) == ["value", "–", "−2.0"]
    merged = themed.page_html(frame.assign(part=["x", "x"]).set_index(["part", "name"])[["value"]]._repr_html_())
    assert re.findall(r'class="number"[^>]*>([^<]*)<', merged) == ["value", "", "–", "−2.0"]


def test_an_index_that_says_something_stays():
    html = themed.page_html(pd.DataFrame({"value": [1.0]}, index=["CB Insights"])._repr_html_())
    assert '<th scope="row">CB Insights</th>' in html


@given(st.floats(-0.0499, 0) | st.just(-0.0))
def test_what_is_rounded_to_zero_has_no_sign_wherever_it_is_printed(value):
    row = {"id": "a", "value": value}
    frame = pd.DataFrame([row]).round(1)[["value"]]
    off = SimpleNamespace(low=314 * (1 + value / 100), high=314 * (1 + value / 100))
    told = [format(Quantity(value, (row,)), spec) for spec in (".1f", ".0f", "+.1f")]
    told += [number(round(value, 1)), amount(round(value, 1), "USD_bn"), amount(-0.0, "percent")]
    told += [cards._difference(off, SimpleNamespace(printed="314", precision="as printed"))]
    told += [forms.told("{value:.1f} %", row), *forms._ticks([round(value, 1)], "signed percent", False)]
    told += [Sentence(f"It is {value:.1f}, {value:+.1f} %, that is {value:.0f}.").text]
    told += [Table(frame)._repr_mimebundle_()[kind] for kind in ("text/plain", "text/html")]
    told += [themed.page_html(frame._repr_html_()), translate.latex_of(frame._repr_html_())]
    assert [text for text in told if re.search(r"[-−]\$?0(?:\.0+)?(?!\.?\d)", text)] == []


def test_a_number_that_is_not_zero_keeps_its_sign_and_a_name_its_hyphen():
    said = signed("boom-02 of 2024-05: -0.04, -5 %, −0.05 and -0.0.")
    assert said == "boom-02 of 2024-05: −0.04, −5 %, −0.05 and 0.0."


def test_notebooks_link_to_notebooks_and_pages_to_pages():
    assert themed.page_html('<a href="01-ai-boom.ipynb#boom-01">') == '<a href="01-ai-boom.html#boom-01">'


def test_a_sentence_keeps_its_paragraphs_and_its_dollars():
    bundle = Sentence("One line\nbroken here, $5.\n\n> a quote\n\n1. first\n2. second")._repr_mimebundle_()
    assert bundle["text/markdown"] == "One line broken here, \\$5.\n\n> a quote\n\n1. first\n2. second"
    assert "$5" in bundle["text/plain"] and "\\$" not in bundle["text/plain"]


def test_a_table_escapes_its_text():
    assert "<script" not in Table(pd.DataFrame({"a": ["<script>"]}))._repr_mimebundle_()["text/html"]


def test_the_scoreboard_table_has_a_row_a_claim_with_what_was_claimed_and_computed():
    html = Board(ledger.scoreboard())._repr_mimebundle_()["text/html"]
    assert html.count("<tr data-verdict") == len(ledger.claims()) == html.count('href="')
    row = html[html.index('#boom-03"') :].split("</tr>")[0]
    one = ledger.verdicts()["boom-03"][1]["figures"][0]
    assert f"● {one['now']} {cards.fraction(one['votes'])}<" in row and f">{cards.firm(one)}<" in row


def test_every_term_that_a_chapter_links_is_in_the_glossary():
    glossary = (ROOT / "chapters/glossary.md").read_text(encoding="utf-8")
    text = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "chapters").glob("*.ipynb"))

    linked = set(re.findall(r"\(#(term-[a-z-]+)\)", text))
    assert len(linked) >= 12 and [term for term in linked if f"({term})=" not in glossary] == []


def test_the_cover_counts_every_claim():
    text = pages.cover()
    scored = ledger.findings()["claim"].nunique()
    assert text.startswith(f"1. Of {scored} scored claims, by their weakest figure:") and len(text.splitlines()) == 5
    assert [re.search(r"\(#(.*)\)$", line)[1] for line in pages.believed().splitlines()] == thisbook.BELIEVED


def test_a_page_begins_with_its_finding(site):
    for path in sorted((site / "chapters").glob("0[1-6]-*.html")):
        html = path.read_text(encoding="utf-8")
        assert 0 < html.index("The finding.</strong>") < html.index('class="cell_input'), path.name


def test_the_index_of_the_search_holds_numbers(site):
    """Sphinx's does until version 8; from 9 on a number that is asked for would find nothing."""
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    terms = json.loads(index[index.index("(") + 1 : index.rindex(")")])["terms"]
    assert {"57", "2024", "314"} <= terms.keys()


def test_a_download_holds_no_formula():
    made = files.rows_csv(
        {
            "data": [
                [{"id": "a", "label": "=1+1", "value": -5.0}, {"id": "b", "label": "-5", "value": 2.0}],
                [{"id": "c", "note": "@SUM(A1)"}, {"id": "d", "label": "", "value": None, "note": "a - b = c"}],
            ]
        }
    )
    assert made == ("table,id,label,value,note\n1,a,'=1+1,-5.0,\n1,b,-5,2.0,\n2,c,,,'@SUM(A1)\n2,d,,,a - b = c\n"), (
        "what is empty stays empty, what is a number or a sentence stays what it is"
    )


def test_the_theme_keeps_what_pages_use():
    css = (
        ".used{a:b}.lost{c:d}.used.lost,.used:not(.lost){e:f}@media print{.lost{g:h}}@font-face{i:j}#gone"
        " .used,a[href]{k:l}"
    )
    assert theme.cut(css, {"used"}) == ".used{a:b}.used:not(.lost){e:f}@font-face{i:j}a[href]{k:l}"


def test_the_version_is_the_same_everywhere():
    newest = re.search(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    cited = files.cited()
    assert (newest[1], newest[2]) == (cited["version"], cited["date-released"])
    assert f'version = "{newest[1]}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def entry(page, title):
    """The page's entry for BibTeX, as its button shows it."""
    return unescape(re.search(r"<pre[^>]*>(.*)</pre>", share.cite(page, title, "https://example.org/"), re.S)[1])


def test_a_style_of_bibtex_prints_title_and_author_as_they_are():
    """Styles write "The ai boom" of a title, and take "The authors of The Year" for a first and a last name."""
    title = "R&D: 100 % AI in the US_of #1"
    found = parse_string(entry("chapters/01-ai-boom", title), "bibtex")
    printed = find_plugin("pybtex.style.formatting", "plain")(abbreviate_names=True).format_entries(
        found.entries.values()
    )
    text = next(printed).text.render_as("text")
    assert text.startswith(f"{files.authors()}.") and f"{title}." in text and f"In {files.cited()['title']}" in text
    costs = entry("chapters/01-ai-boom", "A $5 AI").partition("  url")[0]
    assert not re.search(r"(?<!\\)[&%$#_]", costs) and r"title = {{A \$5 AI}}" in costs


def test_the_cover_is_cited_as_the_book_and_not_as_a_part_of_itself():
    found = parse_string(entry("index", "The cover"), "bibtex").entries["hundred-billion-index"]
    assert found.type == "book" and "booktitle" not in found.fields
    assert found.fields["title"] == f"{{{files.cited()['title']}}}"
    assert f"): {files.cited()['title']}, version" in share.cite("index", "The cover", "")


def test_a_reference_manager_takes_the_cover_for_a_book_and_a_chapter_for_its_part():
    """Zotero's rules (Embedded Metadata.js, RDF.js): `citation_book_title` makes a section of a book, no other word
    does; `og:type` makes a book. Google Scholar's: title, every author, the day as YYYY/MM/DD."""
    book, part = (
        share.head(page, "Title", "A text.", "https://example.org/") for page in ("index", "chapters/01-ai-boom")
    )
    title = files.cited()["title"]
    assert f'<meta name="citation_book_title" content="{title}" />' in part and "citation_book_title" not in book
    assert '<meta property="og:type" content="book" />' in book
    for head in (book, part):
        assert '<meta name="citation_title" content="Title" />' in head and head.count('name="citation_author"') == 1
        assert re.search(r'<meta name="citation_publication_date" content="\d{4}/\d\d/\d\d" />', head)


def things(part):
    """Every thing of schema.org in a page's structured data."""
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from things(one)
    if isinstance(part, dict) and "@type" in part:
        yield part


def test_an_author_is_a_person_or_an_organisation_with_a_name():
    """The vocabulary allows no other. What is written has one and a day; whose claim it is, is said by its article."""
    reviews = 0
    for page in ("index", "chapters/data", *(f"chapters/{path.stem}" for path in notebooks())):
        graph = share.structured(page, "Title", "A text.", "https://example.org/")
        for one in things(graph):
            authors = one.get("author", [])
            for author in authors if isinstance(authors, list) else [authors]:
                assert author["@type"] in ("Person", "Organization") and author["name"], (page, one["@type"], author)
        for one in graph:
            assert one["author"] and re.fullmatch(r"\d{4}-\d\d-\d\d", one["datePublished"]), one
            if one["@type"] == "ClaimReview":
                reviews += 1
                assert one["itemReviewed"]["@type"] == "Claim" and one["itemReviewed"]["appearance"]["headline"]
        head = share.head(page, "Title", "A text.", "https://example.org/")
        assert f'<meta name="author" content="{files.authors()}" />' in head
    assert reviews > 40


def test_who_takes_the_citation_from_its_file_is_told_where_the_book_is():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert files.cited()["url"] == config["html"]["baseurl"]
    assert files.cited()["repository-code"] == config["repository"]["url"]


def test_a_filter_of_all_repositories_does_not_touch_the_notebooks(tmp_path):
    """nbstripout --install --global would commit them without the outputs that they are published with."""
    (tmp_path / "attributes").write_text("*.ipynb filter=nbstripout\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    asked = ["git", "-c", f"core.attributesFile={tmp_path / 'attributes'}", "check-attr", "filter", "chapters/a.ipynb"]
    assert subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True).stdout.endswith("filter: unset\n")
