"""Python in the page, for real: the button pressed on every chapter in a browser, what it gives against what is
stored, what goes wrong."""

import gzip
import json
import os
import re
import shutil
import subprocess
import threading
import zipfile
from functools import cache, partial
from html import unescape
from http.server import ThreadingHTTPServer

import pytest
import touched
import yaml
from conftest import Quiet

from claimbook import deals
from claimbook.engine import run
from claimbook.paths import ROOT
from claimbook.site import pyrun

CHAPTERS = [path.stem for path in run.notebooks()]
USED = CHAPTERS[0]
"""The page that is used after it has run."""


def go(chapter):
    """In which go a chapter is run: the pages that are only run have one each."""
    return "use" if chapter == USED else chapter


def found(what):
    """A test of what was found in one go: conftest.py keeps together what follows ~ in the names of tests."""
    return pytest.mark.parametrize("what", [what], ids=[f"~{what}"])


every_chapter = pytest.mark.parametrize("chapter", [pytest.param(one, id=f"{one}~{go(one)}") for one in CHAPTERS])
OWN = dict(
    re.findall(r'give\("([\w.]+)", "(.*)"\);', (ROOT / "tests/node/pyrun.mjs").read_text(encoding="utf-8")),
)
OWN = {name: text.replace("\\n", "\n") for name, text in OWN.items()}
"""The files that are chosen in the page, by name."""


@pytest.fixture(scope="module")
def look(site, tmp_path_factory):
    """What a browser found in one go: tests/node/pyrun.mjs. The site is served twice, as it is and with Python in a
    folder of its own (make vendor)."""
    own = tmp_path_factory.mktemp("own") / "site"
    shutil.copytree(site, own, copy_function=os.symlink)
    for name in ("pyrun.json", "book.zip"):
        (own / "_static" / name).unlink()
    touched.sites.append(own)
    with touched.heard():  # it counts when a page asks for it
        pyrun.publish(own, "pyodide/")
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) for folder in (own, site)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    places = [f"http://127.0.0.1:{server.server_port}/" for server in servers]
    profile = tmp_path_factory.mktemp("profile")

    @cache
    def gone(what):
        page, does = (USED, what) if what in ("use", "elsewhere") else (what, "run")
        touched.opened[-1].update(touched.reads(ROOT / f"chapters/{page}.ipynb"))
        command = ["node", ROOT / "tests/node/pyrun.mjs", shutil.which("chromium"), *places, profile, does]
        return subprocess.run([*command, f"chapters/{page}.html"], capture_output=True, text=True)

    def look(what):
        assert gone(what).returncode == 0, gone(what).stderr
        return json.loads(gone(what).stdout)

    yield look
    for server in servers:
        server.shutdown()


@pytest.fixture
def page(look, chapter):
    """What became of a chapter's page."""
    return look(go(chapter))["chapters"][f"chapters/{chapter}.html"]


@pytest.fixture
def used(look, what):
    return look(what)["use"]


@pytest.fixture
def elsewhere(look, what):
    return look(what)


def stored(chapter):
    """The code cells that run in the page, by id: their words and their HTML as stored, and the words and marks of
    their chart."""
    found = {}
    for cell in json.loads((ROOT / "chapters" / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code" and "remove-cell" not in cell["metadata"].get("tags", []):
            data = {kind: "".join(text) for output in cell["outputs"] for kind, text in output.get("data", {}).items()}
            printed = "".join("".join(output.get("text", "")) for output in cell["outputs"])
            found[cell["id"]] = (printed + data.get("text/plain", ""), data.get("text/html"), data.get("image/svg+xml"))
    return found


@every_chapter
def test_every_cell_gives_in_the_page_what_is_stored(page, chapter):
    cells = stored(chapter)
    assert page["end"].endswith(f"all {len(cells)} cells give what the book prints. Edit one and run from there."), (
        page["end"]
    )
    given = {result["cell"]: (result["text"], result["table"]) for result in page["results"]}
    assert given == {id: (text, table) for id, (text, table, _) in cells.items()}


@every_chapter
def test_every_chart_shows_the_same_words_and_marks_in_the_colours_of_the_page(page, chapter):
    drawn = {result["cell"] for result in page["results"] if "<svg" in (result["html"] or "")}
    assert drawn == {id for id, (_, _, svg) in stored(chapter).items() if svg}
    for _, _, svg in stored(chapter).values():
        if svg:
            name = re.search(r'data-chart="([^"]+)"', svg)[1]
            chart = page["charts"][f"chart-{name}"]
            words = [
                unescape(re.sub(r"<[^>]+>", "", text)) for text in re.findall(r"<text[^>]*>(.*?)</text>", svg, re.S)
            ]
            # Another matplotlib measures text by a hair otherwise, and may break a line at another word.
            assert " ".join(chart["words"]).split() == " ".join(words).split(), name
            assert chart["marks"] == len(re.findall(r"<(?:path|use)\b", svg)) and chart["paint"] > 3, name


@every_chapter
def test_nothing_is_loaded_before_the_button_is_pressed(page):
    asked = page["before"]
    assert len(asked) > 5 and [url for url in asked if re.search("py(run|odide)|book.zip|ipynb", url)] == []


@every_chapter
def test_what_the_button_fetches_bears_the_version_of_the_book(page):
    """A browser may keep files of an older one for days: new code would meet old tables."""
    ours = [url for url in page["fetched"] if re.search(r"book\.zip|pyrun|\.ipynb", url)]
    assert len(ours) >= 4 and all(url.endswith(f"?v={touched.version()}") for url in ours), ours


@found("12-your-own-deals")
def test_a_chosen_file_is_answered_in_the_page_as_by_the_command_and_nothing_leaves_the_browser(look, what, tmp_path):
    own, texts = look(what)["own"], OWN
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    mine = deals.read(tmp_path / "mine.csv")
    assert own["button"] == 1 and mine.notes in own["good"]["shown"]
    said = [word for one in deals.answers(mine).query("vote != ''").itertuples() for word in (one.says, one.published)]
    shown = " ".join(own["good"]["shown"].split())
    assert all(" ".join(word.split()) in shown for word in said) and len(said) > 50
    with pytest.raises(deals.DealsError) as refused:
        deals.read(tmp_path / "both.csv")
    assert str(refused.value) in own["bad"]["said"]
    assert own["sent"] == [], "what was asked of a host while a file was chosen and read"


@found("use")
def test_an_exercise_is_answered_in_the_page(used):
    asked, solved, editors = used["exercise"]
    assert used["exercises"] == 7 and "no answer yet" in asked and "boom-ex-1: right." in solved and editors == 1


@found("use")
def test_a_cell_runs_again_on_what_it_had_before_later_cells_used_the_same_names(used):
    (said, words), cells = used["titled"], list(stored("01-ai-boom"))
    assert "A title of my own" in words and f": 1 of {len(cells)} cells give something else" in said, said


@found("use")
def test_an_edited_cell_runs_with_what_follows_and_changes_its_chart(used):
    cells = list(stored(USED))
    assert used["ran"] == cells[cells.index("boom-01-3") :]
    gone = set(used["before"]["words"]) - set(used["after"]["words"])
    assert (
        "KPMG Venture Pulse, April 2025" in gone
        and used["after"]["marks"] < used["before"]["marks"]
        and used["after"]["paint"] > 3
    )
    assert used["before"]["edited"] != "none" == used["after"]["edited"], (
        "the files under a chart are those of the stored one"
    )
    assert (
        "KPMG Venture Pulse, April 2025" not in used["table"]
        and "PitchBook" in used["table"]
        and re.search(rf": \d+ of {len(cells)} cells give something else", used["edited"])
    )
    assert used["violations"] == []


@found(go("08-which-number"))
def test_a_number_is_placed_on_a_chart_that_was_drawn_again(look, what):
    assert look(what)["place"] == 1


BINDER, COLAB = "https://mybinder.org/v2/", "https://colab.research.google.com/"


@found("use")
def test_a_cell_that_raises_is_named_and_the_page_stays(used):
    message, (binder, colab), same = used["raised"]
    assert message.startswith("Cell boom-01-3 raised ZeroDivisionError: division by zero (line 1).") and same
    assert (
        binder.startswith(BINDER)
        and colab.startswith(COLAB)
        and message.endswith("It can also be run on Binder or Colab.")
    )


@found("use")
def test_a_cell_without_end_is_named_and_can_be_stopped_at_the_top_and_where_it_stands(used):
    by_the_bar, check, by_its_own = used["stopped"]
    assert by_the_bar.startswith("Stopped.") and by_its_own.startswith("Stopped.")
    assert check == "Run the page first, with the button at its top."
    cell = used["endless"][0]
    assert "Cell boom-01-3 is running …" in cell["bar"] and cell["value"] == "Cell boom-01-3"
    assert cell["marked"] == 1 and cell["top"] == "Stop"


@found("use")
def test_an_exercise_without_end_shows_that_it_runs_and_can_be_stopped(used):
    _, runs, stopped = used["endless"]
    assert runs["said"] == "Running …" and runs["outline"] == "solid" and runs["top"] == "Stop"
    assert "boom-ex-1" in runs["bar"] and "boom-ex-1" not in stopped["bar"]
    assert stopped["said"].startswith("Stopped. Run the page again") and stopped["top"] == "Run all again"


@found("use")
def test_an_exercise_whose_cells_have_not_run_says_which_to_run_first(used):
    told, goal = used["first"]
    assert told.startswith("NameError: name 'implied' is not defined (line 1). Run first cell boom-01-3 and")
    assert goal == "#cell-boom-01-3"


@found("use")
def test_a_reload_keeps_what_was_written_and_it_can_be_taken_back(used):
    cell, answer, posed, drawer = used["kept"]
    assert cell == "1 / 0" and answer == "while True:\n    pass"
    assert posed.startswith("answer = ...")
    assert set(json.loads(drawer)) == {"boom-01-5"}, "the title of its own is still written there"


@found("use")
def test_what_python_compiled_of_its_libraries_is_compiled_once(used):
    assert used["compiled"] == [True, False]
    (kept,) = used["shelf"]
    assert re.search(r"/pyodide/\?version=[\d.]+$", kept), "of this Pyodide, so that no other takes it"


@found("elsewhere")
def test_where_storage_is_refused_nothing_breaks_and_the_browser_asks(elsewhere):
    assert elsewhere["refused"] == {"errors": [], "before": 0, "asked": ["beforeunload"]}


@found("elsewhere")
def test_a_failure_stays_within_a_phone(elsewhere):
    assert elsewhere["phone"] <= 360


@found("elsewhere")
def test_where_python_cannot_be_reached_the_page_stays_and_says_where_else_it_runs(elsewhere):
    message, (binder, colab), same, elsewhere = elsewhere["unreachable"]
    assert (
        message.startswith("Python could not be loaded here (")
        and "The page shows what is stored. It can also be run on Binder or Colab." in message
    )
    assert binder.startswith(BINDER) and colab.startswith(COLAB) and same
    setting = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]["pyodide_url"]
    assert elsewhere == [f"{setting}pyodide.mjs"], "only the address of the setting is asked"


def test_the_book_adds_little_to_what_python_itself_weighs(site):
    weigh = lambda path: len(gzip.compress(path.read_bytes(), 6)) / 1e6
    own = weigh(site / "_static/book.zip") + max(map(weigh, run.notebooks()))
    assert own < 1 < 20 < sum(map(weigh, pyrun.DISTRIBUTION.iterdir())), "in MB, as a host sends it"


def test_a_package_that_is_not_the_official_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pyrun, "DISTRIBUTION", tmp_path / "pyodide")
    lock = json.loads((ROOT / "tests/node/node_modules/pyodide/pyodide-lock.json").read_text(encoding="utf-8"))[
        "packages"
    ]
    with zipfile.ZipFile(tmp_path / "false.whl", "w") as wheel:
        for package in lock.values():
            wheel.writestr(f"open_webui/frontend/pyodide/{package['file_name']}", b"something else")
    with pytest.raises(ValueError, match="is not the file that pyodide-lock.json names"):
        pyrun.collect(ROOT / "tests/node/node_modules/pyodide", tmp_path / "false.whl")
    assert not (tmp_path / "pyodide").exists()


def test_without_the_distribution_a_folder_as_setting_is_an_error_that_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(pyrun, "DISTRIBUTION", tmp_path / "none")
    (tmp_path / "_static").mkdir()
    with pytest.raises(FileNotFoundError, match="make vendor"):
        pyrun.publish(tmp_path, "pyodide/")
