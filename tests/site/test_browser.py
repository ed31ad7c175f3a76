"""The built site in a real browser: what every page must be in all its states, and what a reader does."""

import csv
import io
import json
import re
import shutil
import subprocess
import threading
from base64 import b64encode
from functools import partial
from hashlib import sha256
from html.parser import HTMLParser
from http.server import ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from conftest import Quiet
from PIL import Image

from claimbook.charts import paper
from claimbook.judgement import ledger
from claimbook.judgement.words import VERDICTS
from claimbook.paths import CHAPTERS, ROOT, notebooks
from claimbook.site import build, files, launch

HERE = ROOT / "tests/node"
BASE = urlsplit(launch.config()["html"]["baseurl"])
ALONE = ["404.html", "genindex.html", "index.html", "search.html"]
PAGES = ALONE + [
    f"chapters/{path.stem}.html" for path in sorted(CHAPTERS.iterdir()) if path.suffix in (".ipynb", ".md")
]


@pytest.fixture(scope="module")
def pages(site):
    return sorted(str(path.relative_to(site)) for path in site.rglob("*.html") if "_static" not in path.parts)


def looked(site, *jobs):
    """What a browser found on these pages, or in use: tests/node/check.mjs. The site stands under the path that its
    address has where it is published."""
    with TemporaryDirectory() as host:
        (Path(host) / BASE.path.strip("/")).symlink_to(site)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=host))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}{BASE.path}"
        command = ["node", HERE / "check.mjs", address, shutil.which("chromium"), *jobs]
        done = subprocess.run(command, capture_output=True, text=True)
        server.shutdown()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module", params=PAGES, ids=lambda page: f"~{Path(page).stem.replace('-', ' ')}")
def page(request):
    """conftest.py keeps together what follows ~ in the names of tests."""
    return request.param


@pytest.fixture(scope="module")
def seen(site, page):
    found = looked(site, page)
    assert found["pages"] == 1
    return found


def test_every_page_is_looked_at(pages):
    assert pages == sorted(PAGES)


@pytest.fixture(scope="module", params=["--use"], ids=["~use"])
def used(site, request):
    return looked(site, request.param)


@pytest.mark.parametrize("what", ["violations", "errors", "requests", "wide"])
def test_no_page_has_a_fault(seen, what):
    """axe's violations, console errors, requests to other hosts, pages wider than a phone."""
    assert seen[what] == []


@pytest.mark.parametrize("what", ["violations", "errors", "requests"])
def test_nothing_that_a_reader_does_brings_out_a_fault(used, what):
    assert used[what] == []


def test_the_text_of_a_chart_can_be_read_on_a_phone_and_does_not_shout_on_a_desk(site, seen, page):
    drawn = {name for name, *_ in seen["text"]["phone"]}
    own = ledger.stored_outputs(paper.CHART_MIME, {Path(page).with_suffix(".ipynb").name})
    assert {chart["name"] for *_, chart in own} <= drawn
    assert all((site / f"charts/{name}.svg").is_file() for name in drawn)
    assert [(name, low) for name, low, _ in seen["text"]["phone"] if low < 9.5] == []
    assert [(name, high) for name, _, high in seen["text"]["desktop"] if high > 16] == []


def test_no_text_of_a_chart_runs_out_of_its_picture_or_over_another(seen):
    """As it stands, and with the spacing of lines, letters and words that a reader may ask for."""
    assert seen["crowded"] == []


def test_a_spreadsheet_reads_the_negative_numbers_of_a_copied_table(site, seen, page):
    """It takes a number with a true minus for text, as a text and as HTML."""
    assert sum(len(signed) for signed, _, _ in seen["copied"]) == len(negative(site, page))
    for signed, cells, text in seen["copied"]:
        for number, shown in signed:  # a text holds what is shown
            plain = number.replace("−", "-")
            assert plain in cells and number not in cells and (plain in text or not shown) and number not in text, (
                number
            )


def negative(site, page):
    """The cells of a page's tables that begin with a true minus."""
    return re.findall(r"<td\b[^>]*>\s*(?:<[^>]*>\s*)*−", (site / page).read_text(encoding="utf-8"))


def test_there_are_negative_numbers_to_copy(site, pages):
    assert sum(len(negative(site, page)) for page in pages) > 80


def test_no_page_weighs_more_than_200_kib(seen, page):
    assert {page for page, kib in seen["weight"].items() if 20 < kib <= 200} == {page}


def test_the_html_is_valid(site, pages):
    jar = HERE / "node_modules/vnu-jar/build/dist/vnu.jar"
    done = subprocess.run(
        ["java", "-jar", str(jar), "--errors-only", "--format", "gnu", *(str(site / page) for page in pages)],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_links_inside_the_site_lead_somewhere(site):
    assert build.check_site(site) == []


def test_every_page_has_a_strict_policy_before_all_else(site, pages):
    """Every page works under it, see `errors` above: a refusal is an error on the console."""
    for page in pages:
        head = (site / page).read_text(encoding="utf-8").split("</head>")[0]
        policy = dict(
            part.strip().split(" ", 1)
            for part in re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)"', head)[1].split(";")
        )
        assert head.index("Content-Security-Policy") < min(head.index(tag) for tag in ("<script", "<link", "<title")), (
            page
        )
        assert (
            policy["default-src"] == "'none'" == policy["base-uri"]
            and "unsafe" not in policy["script-src"] + policy["style-src"]
        ), page
        inline = [script for script in re.findall(r"<script>(.*?)</script>", head, re.S)]
        assert (
            re.fullmatch(rf"'self' {BASE.geturl()} 'sha256-([\w+/=]+)'", policy["script-src"])[1]
            == b64encode(sha256(inline[0].encode()).digest()).decode()
            and len(inline) == 1
        ), page
        assert " onclick=" not in (site / page).read_text(encoding="utf-8")


def test_no_page_asks_for_what_its_policy_refuses(site, pages):
    """Firefox fetches `next` ahead, as others do what is named by these words: no directive of the policy lets it."""
    for page in pages:
        rels = set(re.findall(r'<link\b[^>]*?\brel="([^"]+)"', (site / page).read_text(encoding="utf-8")))
        assert rels & {"next", "prefetch", "prerender", "modulepreload", "manifest"} == set(), page
        assert {"stylesheet", "icon", "apple-touch-icon"} <= rels, page


def test_a_link_to_a_part_of_a_page_lands_there_in_every_engine(site, pages):
    """Where a box's size is guessed until it is drawn, what stands below it moves after the reader was led there."""
    css = (site / "_static/book.css").read_text(encoding="utf-8")
    waiting = re.findall(r"([^{}]+)\{[^{}]*content-visibility:\s*auto", css)
    assert [selector.strip() for selector in waiting] == [".chart"] and "contain-intrinsic" not in css
    for page in pages:
        charts = re.findall(r'<div class="chart"[^>]*>', (site / page).read_text(encoding="utf-8"))
        assert [one for one in charts if not re.search(r'style="aspect-ratio:[\d.]+/[\d.]+"', one)] == [], page


def test_in_a_frame_that_stores_nothing_everything_works(used):
    before, after, opened, found = used["use"]["framed"]
    assert before == "auto" != after and opened
    assert found.startswith("The AI boom") or "boom-03" in found, found


def test_what_is_no_page_is_downloaded_not_shown(site, pages):
    """A host that knows no type of a file, or one that says JSON, would have it shown as text."""
    for page in pages:
        links = re.findall(
            r'<a\b[^>]*\bhref="(?![a-z]+:)([^"#?]+)[^"]*"([^>]*)>', (site / page).read_text(encoding="utf-8")
        )
        files = {link: rest for link, rest in links if not link.endswith((".html", "/", ".pdf", ".md"))}
        assert [link for link, rest in files.items() if " download" not in rest] == [], page


def test_the_page_for_a_lost_address_leads_on_from_any_depth(site):
    html = (site / "404.html").read_text(encoding="utf-8")
    links = [link for link in re.findall(r'\b(?:href|src|action)="([^"#]+)', html) if not link.startswith("https:")]
    for place in ("", "a", "a/b/c.html"):
        goals = {urlsplit(urljoin(f"{BASE.geturl()}{place}", link)).path for link in links}
        assert len(goals) > 20
        assert [goal for goal in goals if not (site / goal.removeprefix(BASE.path)).is_file()] == [], place
    assert "404" not in (site / "sitemap.xml").read_text(encoding="utf-8")


def test_phones_and_old_browsers_find_an_icon(site, pages):
    with Image.open(site / "apple-touch-icon.png") as touch, Image.open(site / "favicon.ico") as old:
        assert touch.size == (180, 180) and old.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
        assert touch.convert("RGB").getpixel((90, 90)) != (255, 255, 255) == touch.convert("RGB").getpixel((0, 0))


def test_the_policy_refuses_what_is_smuggled_in_and_lets_buttons_work(used):
    use = used["use"]
    assert use["smuggled"] == [
        "nothing",
        ["connect-src", "img-src", "script-src-attr", "script-src-elem", "style-src-elem"],
    ]
    assert use["printed_by_button"] == 1 and use["fullscreen"]


def test_search_leads_to_the_claim_and_says_what_became_of_it(used):
    use, verdicts = used["use"], ledger.scoreboard().set_index("id")["verdict"]
    first = use["searchId"][0]
    assert (
        first["links"][0].endswith("chapters/01-ai-boom.html#boom-03")
        and verdicts["boom-03"].capitalize() in first["text"]
    )
    assert "chapters/01-ai-boom.html#boom-13" in [
        links[0] for links in (result["links"] for result in use["searchWords"][:2])
    ]


def test_search_leads_to_the_part_of_a_page_that_holds_the_words(used):
    assert any(
        "Convertible note. Debt that turns into shares" in result["text"] for result in used["use"]["searchText"]
    )
    page, part = used["use"]["searchPart"][0]["links"][:2]
    assert page == "chapters/04-global-race.html" and part.endswith("chapters/04-global-race.html#race-03")
    assert "for the four quarters add up to 96.4" in used["use"]["searchNumber"][0]["text"], (
        "numbers are searched for too"
    )
    for result in (
        result
        for key in ("searchId", "searchWords", "searchText", "searchPart", "searchNumber")
        for result in used["use"][key]
    ):
        assert all(link.split("#")[0].endswith(result["links"][0].split("#")[0]) for link in result["links"]), (
            "parts are of the page in whose result they stand"
        )


def test_the_scoreboard_is_filtered_and_sorted_by_keyboard_and_address(used):
    use, board = used["use"], ledger.scoreboard()
    assert use["linked"] == f"{(board['verdict'] == 'fails').sum()} of {len(board)} claims"
    assert use["all"] == f"{len(board)} of {len(board)} claims" and use["theme"] == [
        "ai-boom",
        f"{(board['chapter'] == 'ai-boom').sum()} of {len(board)} claims",
        "?theme=ai-boom",
    ]
    direction, query, firm = use["sorted"]
    assert (
        direction == "descending"
        and query == "?theme=ai-boom&sort=5&down="
        and firm == sorted(firm, key=float, reverse=True)
        and len(set(firm)) > 2
    )
    assert use["withoutScript"] == len(board)
    links = [
        [f"../chapters/{r.notebook.removesuffix('.ipynb')}.html#{r.id}", f"{r.id}, {r.verdict}: {r.statement}"]
        for r in board.itertuples()
    ]
    assert use["marks"] == links


def test_a_chart_follows_the_theme_and_prints_dark_on_white(used):
    use = used["use"]
    assert use["light"] != use["dark"] and use["kept"] == use["after"] == use["first"] == "dark"
    brightness = lambda rgb: sum(map(int, rgb.removeprefix("rgb(").rstrip(")").split(",")))
    text, teal, ground = use["printed"]
    assert (
        [text, teal] == use["light"][:2] and brightness(text) < 300 < 700 < brightness(ground) and use["pdf"] > 100_000
    )
    assert brightness(use["dark"][0]) > 400 > 100 > brightness(use["dark"][2])


def test_keyboard_reaches_content_and_previews(used):
    use = used["use"]
    assert use["skip"] == "#main-content" and use["next"] == "02-us-dominance.html"
    assert (
        use["preview"][0] == "visible"
        and use["preview"][1].startswith("Vintage. The date at which")
        and use["closed"] == "hidden"
    )


def test_what_stands_under_a_chart_can_be_downloaded(used):
    files = used["use"]["files"]
    assert (
        files["boom-03.csv"].startswith("table,id,label,")
        and "<svg role=" in files["boom-03.svg"]
        and files["boom-03.png"].startswith("\x89PNG")
    )
    assert used["use"]["notebook"] == len(
        json.loads((ROOT / "chapters/01-ai-boom.ipynb").read_text(encoding="utf-8"))["cells"]
    )


def test_code_is_copied_by_a_button_that_comes_when_it_is_wanted(used):
    before, copied, shown = used["use"]["copied"]
    assert before == 0 and copied == shown.rstrip("\n") and len(copied) > 50
    copied, shown = used["use"]["copiedByKeyboard"]
    assert copied == shown.rstrip("\n") and len(copied) > 50


def test_a_sentence_to_say_is_copied_whole(used):
    copied, shown = used["use"]["sentence"]
    assert copied == shown and copied.startswith("Global venture funding was")


def test_every_chart_has_its_files_and_a_link_that_stays(site):
    for name, (chart, svg, notebook) in files.charts().items():
        rows = list(csv.DictReader(io.StringIO((site / f"charts/{name}.csv").read_text(encoding="utf-8"))))
        assert len(rows) == sum(map(len, chart["data"])) and {row.get("id") for row in rows} >= {
            row["id"] for row in chart["data"][0] if "id" in row
        }, name
        ElementTree.fromstring((site / f"charts/{name}.svg").read_text(encoding="utf-8"))
        assert (site / f"charts/{name}.png").read_bytes().startswith(b"\x89PNG"), name
        page = (site / "chapters" / f"{notebook.removesuffix('.ipynb')}.html").read_text(encoding="utf-8")
        assert f'id="chart-{name}"' in page and files.address(name, "").split("#")[1] == f"chart-{name}"


class Head(HTMLParser):
    """The tags of a page's head, and its structured data."""

    def __init__(self, html):
        super().__init__()
        self.meta, self.links, self.graph, self._json = {}, {}, [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "meta":
            self.meta[attrs.get("name") or attrs.get("property")] = attrs.get("content")
        elif tag == "link":
            self.links[attrs.get("rel")] = attrs.get("href")
        self._json = tag == "script" and attrs.get("type") == "application/ld+json"

    def handle_data(self, data):
        if self._json:
            self.graph = json.loads(data)["@graph"]
            self._json = False


def test_every_page_says_what_it_is(site, pages):
    base = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]
    kinds, texts = [], []
    shared = [page for page in pages if page not in ("search.html", "genindex.html", "404.html")]
    for page in shared:
        head = Head((site / page).read_text(encoding="utf-8"))
        assert head.links["canonical"] == head.meta["og:url"] == base + page
        assert 40 < len(head.meta["description"]) <= 200 and (
            site / head.meta["og:image"].removeprefix(base)
        ).read_bytes().startswith(b"\x89PNG"), page
        kinds += [item["@type"] for item in head.graph]
        texts.append(head.meta["description"])
    rated = sum(VERDICTS[word].rating is not None for word in ledger.scoreboard()["verdict"])
    assert (
        kinds.count("ClaimReview") == rated > 40
        and kinds.count("Dataset") == 1 == kinds.count("Book")
        and kinds.count("ScholarlyArticle") == len(shared) - 2
    )
    assert len(set(texts)) == len(texts)
    sitemap = ElementTree.fromstring((site / "sitemap.xml").read_text(encoding="utf-8"))
    assert sorted(place.text for place in sitemap.findall(".//{*}loc")) == [base + page for page in shared]
    assert f"Sitemap: {base}sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")
    feed = ElementTree.fromstring((site / "feed.xml").read_text(encoding="utf-8"))
    assert [entry.findtext("{*}title") for entry in feed.findall("{*}entry")][-1] == "Version 0.1.0"


def test_launch_buttons_lead_to_what_the_repository_has(site):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]
    place = config["url"].removeprefix("https://github.com/")
    for notebook in notebooks():
        html = (site / "chapters" / f"{notebook.stem}.html").read_text(encoding="utf-8")
        assert (
            f'href="https://mybinder.org/v2/gh/{place}/{config["branch"]}?urlpath=lab/tree/chapters/{notebook.name}"'
            in html
        )
        assert (
            f'href="https://colab.research.google.com/github/{place}/blob/{config["branch"]}/chapters/{notebook.name}"'
            in html
        )
        assert f'href="{config["url"]}#change-a-chart-rerun-a-notebook"' in html
        first = next(
            cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"
        )
        assert "".join(first["source"]) == launch.fetch() and config["url"] in launch.fetch(), (
            f"{notebook.name}: on Colab the first cell must fetch the book"
        )
    assert "## Change a chart, rerun a notebook" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "- -e ." in (ROOT / "environment.yml").read_text(encoding="utf-8")
