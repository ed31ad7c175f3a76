"""What the site makes of a notebook's output, and the cards and tables that it shows."""

import json
import re

import pandas as pd

from claimbook.judgement import cards, ledger
from claimbook.judgement.cards import Board, Sentence, Table
from claimbook.paths import ROOT
from claimbook.site import files, pages, theme, themed


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
    assert (
        "about 33.3 %" in row
        and cards.computed(
            next(v["witnesses"] for _, _, v in ledger.stored_outputs(ledger.VERDICT_MIME) if v["claim"] == "boom-03")
        )
        in row
    )


def test_every_term_that_a_chapter_links_is_in_the_glossary():
    glossary = (ROOT / "chapters/glossary.md").read_text(encoding="utf-8")
    text = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "chapters").glob("*.ipynb"))

    linked = set(re.findall(r"\(#(term-[a-z-]+)\)", text))
    assert len(linked) >= 12 and [term for term in linked if f"({term})=" not in glossary] == []


def test_the_cover_counts_every_claim():
    text = pages.cover()
    assert text.startswith(f"1. Of {len(ledger.claims())} claims:") and len(text.splitlines()) == 5


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
