"""The decks: every claim has its slides and speaker notes, all text can be read, nobody is asked (looked at in a
browser), and no slide tells a finding before the class has guessed."""

import json
import re
import shutil
import subprocess
from html import unescape

import pytest
import touched
from conftest import once

from claimbook.charts import paper
from claimbook.editions import slides
from claimbook.engine import run
from claimbook.judgement import ledger
from claimbook.paths import ROOT, theme_of

THEMES = {claim.chapter for claim in ledger.claims().values()}
CHAPTERS = [path for path in run.notebooks() if theme_of(path) in THEMES]
every_deck = pytest.mark.parametrize("path", [pytest.param(one, id=f"{one.stem}~{one.stem}") for one in CHAPTERS])


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """All decks, made by one process for all: they are written into one folder."""
    make = lambda home: shutil.copytree(slides.build(progress=lambda text: None), home)
    with touched.heard():  # for a test its own counts
        return once(tmp_path_factory, "decks", make)


@pytest.fixture
def deck(decks, path):
    """The deck of a chapter."""
    slides.deck(path)
    return decks / f"{path.stem}.html"


def looked_at(deck, aside, css=""):
    """What tests/node/slides.mjs finds in a deck, in the folder `aside`, with more styles."""
    other = lambda _, names: [name for name in names if re.match(r"\d\d-", name) and name != deck.name]
    shutil.copytree(deck.parent, aside, ignore=other)
    with (aside / "slides.css").open("a", encoding="utf-8") as styles:
        styles.write(css)
    command = ["node", ROOT / "tests" / "node" / "slides.mjs", aside, shutil.which("chromium")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["slides"] > 10
    return found["faults"]


def test_there_is_a_deck_for_every_theme():
    assert {theme_of(path) for path in CHAPTERS} == THEMES and len(CHAPTERS) == 6


@every_deck
def test_every_deck_can_be_read_and_asks_nobody(deck, path, tmp_path):
    assert looked_at(deck, tmp_path / "slides") == []
    told = deck.read_text(encoding="utf-8")
    own = {claim.id for claim in ledger.claims().values() if claim.chapter == theme_of(path)}
    assert set(re.findall(r"<strong>([a-z]+-\d\d)</strong>", told)) == own
    charts = {chart for chart in re.findall(r'data-chart="([\w-]+)"', told)}
    shown = {name.rsplit("-", 1)[0] if name.count("-") > 1 else name for name in charts}
    assert shown >= own and not [chart for chart in charts if "garbled" in chart]


SPOILT = {
    "is cut off": ".reveal .verdict-card { max-height: 120px; overflow: hidden; }",
    "hangs over the edge": ".reveal .verdict-card table { font-size: 60px; }",
    "px small": ".reveal .beside p { font-size: 9px; }",
    "stands under a control": ".reveal .beside p { position: fixed; bottom: 30px; right: 5px; }",
    "the page number stands under an arrow": ".reveal .slide-number { right: 8px; }",
}


@pytest.mark.parametrize("path", CHAPTERS[4:5], ids=[f"~{CHAPTERS[4].stem}"])
@pytest.mark.parametrize("fault", SPOILT)
def test_what_cannot_be_read_on_a_slide_is_seen(deck, tmp_path, fault):
    assert any(fault in one for one in looked_at(deck, tmp_path / "slides", SPOILT[fault]))


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


@every_deck
def test_a_finding_is_shown_after_its_claim(deck, path):
    """Neither the first slide nor that of a claim tells a heading, a verdict or a chart's title; the notes do."""
    text = deck.read_text(encoding="utf-8")
    asked = [one for one in re.findall(r"<section>(?!\s*<section>)(.*?)</section>", text, re.S) if "<blockquote" in one]
    prose = "\n".join(cell.source for cell in run.read(path).cells)
    findings = re.findall(r"^## (.*)\n\n> \*\*Claim", prose, re.M)
    titles = [chart["title"] for _, _, chart in ledger.stored_outputs(paper.CHART_MIME, {path.name})]
    assert len(asked) == len(findings) > 0
    for slide, finding in zip(asked, findings):
        shown, notes = slide.split('<aside class="notes">', 1)
        assert plain(finding) in plain(notes)
        for told in [finding, *titles]:
            assert plain(told) not in plain(shown)
    first = text.split("<blockquote")[0].split("<aside")[0]
    assert "The finding" not in first


def plain(text):
    return re.sub(r"\W+", " ", words(text))
