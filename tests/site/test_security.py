"""Text of the data stays text, on every page and in every download; what is installed is fixed by hash."""

import csv
import io
import re
from html.parser import HTMLParser

from copies import CITED, LEDGER, TABLE, code, named
from packaging.requirements import Requirement

from claimbook.paths import ROOT
from claimbook.site import share

SCRIPT, IMAGE = "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>'
COMMENT = "<!--<script>"
FORMULA = '=HYPERLINK("https://example.org";"a")'


class Page(HTMLParser):
    """What a browser would make of a page: its elements, its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, text):
        self.text += text


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def test_no_text_of_the_data_becomes_markup(book):
    hostile = {column: f"{column} {SCRIPT}{IMAGE}{COMMENT}" for column in ("title", "definition", "statement")}
    hostile["site"] = f"Example {SCRIPT}{IMAGE}{COMMENT}"  # a site is named as its address names it
    # Two, for the name of a mark must have room on its chart.
    hostile |= {"publisher": f"{SCRIPT}{COMMENT}", "another publisher": IMAGE}
    book.edit(CITED, "Battery money,Example", ",".join(quoted(hostile[column]) for column in ("title", "site")))
    book.edit(
        TABLE,
        "Example,Example,cells",
        ",".join(quoted(text) for text in (hostile["publisher"], f"collector {SCRIPT}", hostile["definition"])),
    )
    book.edit(TABLE, "primary,example-2025,", f"primary,example-2025,{quoted(FORMULA)}")
    first, second = (book.root / TABLE).read_text(encoding="utf-8").splitlines()[1:3]
    book.edit(TABLE, first, named(first))
    book.edit(TABLE, second, named(second.replace("Other,Other", f"{quoted(IMAGE)},Other")))
    book.edit(LEDGER, "Battery makers raised $12 billion in 2024.", quoted(hostile["statement"]))
    code("from claimbook import table\ntable(figures, caption=figures['publisher'][0])")(book)
    book.accept()
    done, said = book.build()
    assert done == 0, said
    seen = ""
    for path in (path for path in (book.root / "_build/html").rglob("*.html") if "_static" not in path.parts):
        page = Page(path.read_text(encoding="utf-8"))
        seen += page.text
        for tag, attrs in page.elements:
            assert not [name for name in attrs if name.startswith("on")] and attrs.get("src") != "x", (
                path.name,
                tag,
                attrs,
            )
        assert (
            len(
                [
                    tag
                    for tag, attrs in page.elements
                    if tag == "script" and not attrs.get("src") and attrs.get("type") != "application/ld+json"
                ]
            )
            == 1
        ), path.name
        assert [tag for tag, _ in page.elements][-1] == "footer" or "</html>" in path.read_text(encoding="utf-8")[
            -20:
        ], f"{path.name} is cut off"
    plain = lambda text: re.sub('["”“–-]', "", text)  # the page sets quotation marks and dashes by its own rules
    assert [name for name, text in hostile.items() if plain(text) not in plain(seen)] == []
    rows = list(
        csv.DictReader(io.StringIO((book.root / "_build/html/charts/batteries-01.csv").read_text(encoding="utf-8")))
    )
    assert rows[0]["note"] == f"'{FORMULA}" and rows[0]["publisher"] == hostile["publisher"]


def test_structured_data_ends_where_it_should(monkeypatch):
    head = share.head("chapters/method", f"{SCRIPT}{COMMENT}", f"{COMMENT}{IMAGE}", "https://example.org/")
    inside = head.split('<script type="application/ld+json">')[1]
    assert inside.count("<") == 1 and inside.strip().endswith("</script>")


def test_every_version_of_the_lock_has_its_hashes():
    """pip installs nothing else: environment.py asks for `--require-hashes`."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip(), flags=re.I)
    for entry in entries:
        asked = Requirement(entry.split("\\")[0].strip())
        assert (
            [one.operator for one in asked.specifier] == ["=="]
            and not asked.url
            and re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)
        ), entry[:80]
    asked = (ROOT / "environment.py").read_text(encoding="utf-8")
    assert len(entries) > 100 and '"--require-hashes", "-r", "requirements.lock"' in asked
