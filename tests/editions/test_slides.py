"""The decks: every claim has its slides and speaker notes, all text can be read, nobody is asked (looked at in a
browser), and no slide tells a finding before the class has guessed."""

import json
import re
import shutil
import subprocess
from html import unescape

import pytest

from claimbook.charts import paper
from claimbook.editions import slides
from claimbook.engine import run
from claimbook.judgement import ledger
from claimbook.paths import ROOT


@pytest.fixture(scope="module")
def folder():
    return slides.build(progress=lambda text: None)


def looked_at(folder):
    """What tests/node/slides.mjs finds."""
    command = ["node", ROOT / "tests" / "node" / "slides.mjs", folder, shutil.which("chromium")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)["faults"]


def test_every_deck_can_be_read_and_asks_nobody(folder):
    assert looked_at(folder) == []
    told = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))
    assert set(re.findall(r"<strong>([a-z]+-\d\d)</strong>", told)) == set(ledger.claims())
    charts = {chart for chart in re.findall(r'data-chart="([\w-]+)"', told)}
    assert {name.rsplit("-", 1)[0] if name.count("-") > 1 else name for name in charts} >= set(
        ledger.claims()
    ) and not [c for c in charts if "garbled" in c]


SPOILT = {
    "is cut off": ".reveal .verdict-card { max-height: 120px; overflow: hidden; }",
    "hangs over the edge": ".reveal .verdict-card table { font-size: 60px; }",
    "px small": ".reveal .beside p { font-size: 9px; }",
    "stands under a control": ".reveal .beside p { position: fixed; bottom: 30px; right: 5px; }",
    "the page number stands under an arrow": ".reveal .slide-number { right: 8px; }",
}


@pytest.mark.parametrize("fault", SPOILT)
def test_what_cannot_be_read_on_a_slide_is_seen(folder, tmp_path, fault):
    spoilt = shutil.copytree(folder, tmp_path / "slides")
    for deck in spoilt.glob("0[1-46]*.html"):  # one deck is enough
        deck.unlink()
    with (spoilt / "slides.css").open("a", encoding="utf-8") as css:
        css.write(SPOILT[fault])
    assert any(fault in one for one in looked_at(spoilt))


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


@pytest.mark.parametrize("path", [p for p in run.notebooks() if (p.stem[:2] < "07")], ids=lambda p: p.name)
def test_a_finding_is_shown_after_its_claim(folder, path):
    """Neither the first slide nor that of a claim tells a heading, a verdict or a chart's title; the notes do."""
    deck = (folder / f"{path.stem}.html").read_text(encoding="utf-8")
    asked = [one for one in re.findall(r"<section>(?!\s*<section>)(.*?)</section>", deck, re.S) if "<blockquote" in one]
    prose = "\n".join(cell.source for cell in run.read(path).cells)
    findings = re.findall(r"^## (.*)\n\n> \*\*Claim", prose, re.M)
    titles = [chart["title"] for _, _, chart in ledger.stored_outputs(paper.CHART_MIME, {path.name})]
    assert len(asked) == len(findings) > 0
    for slide, finding in zip(asked, findings):
        shown, notes = slide.split('<aside class="notes">', 1)
        assert plain(finding) in plain(notes)
        for told in [finding, *titles]:
            assert plain(told) not in plain(shown)
    first = deck.split("<blockquote")[0].split("<aside")[0]
    assert "The finding" not in first


def plain(text):
    return re.sub(r"\W+", " ", words(text))
