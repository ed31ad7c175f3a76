"""The decks: every claim has its slides and speaker notes, nothing hangs over an edge or asks another host (looked at
in a browser)."""

import json
import re
import shutil
import subprocess

from claimbook.editions import slides
from claimbook.judgement import ledger
from claimbook.paths import ROOT


def test_every_deck_fits_and_asks_nobody():
    folder = slides.build(progress=lambda text: None)
    done = subprocess.run(
        ["node", ROOT / "tests" / "node" / "slides.mjs", folder, shutil.which("chromium")],
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)
    assert found["faults"] == [] and done.returncode == 0, done.stdout + done.stderr
    told = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))
    assert set(re.findall(r"<strong>([a-z]+-\d\d)</strong>", told)) == set(ledger.claims())
    charts = {chart for chart in re.findall(r'data-chart="([\w-]+)"', told)}
    assert {name.rsplit("-", 1)[0] if name.count("-") > 1 else name for name in charts} >= set(
        ledger.claims()
    ) and not [c for c in charts if "garbled" in c]
