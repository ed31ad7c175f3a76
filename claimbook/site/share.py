"""What a page tells those who find, share, cite or follow it: description, card, structured data, sitemap, feed."""

import json
import re
import textwrap
from html import escape
from pathlib import Path

from docutils import nodes
from PIL import Image

from claimbook.charts import look
from claimbook.evidence import tables
from claimbook.judgement import ledger
from claimbook.judgement.words import MARKS, VERDICTS
from claimbook.paths import ROOT, config, theme_of
from claimbook.site import files

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
DATA = "chapters/data"
"""The page of all tables."""


def description(doctree):
    """A page in a few sentences: its finding where it has one, else its first paragraph."""
    texts = [" ".join(node.astext().split()) for node in doctree.findall(nodes.paragraph)]
    found = [text.removeprefix("The finding. ") for text in texts if text.startswith("The finding.")]
    return next(iter(found + [text for text in texts if len(text) > 40]), "")


def board_of(page):
    """The claims of a chapter's page, with their verdicts."""
    board = ledger.scoreboard()
    return board[board["notebook"] == f"{Path(page).name}.ipynb"]


def head(page, title, text, base):
    """The tags in a page's head: description, picture, feed, structured data."""
    data = {"@context": "https://schema.org", "@graph": structured(page, title, text, base)}
    graph = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")  # no text can end the script or open a comment
    url, image = escape(f"{base}{page}.html"), escape(f"{base}cards/{Path(page).name}.png")
    text = escape(textwrap.shorten(text, 200, placeholder="…"))
    title, book = escape(title), escape(files.cited()["title"])
    author, day = escape(files.authors()), files.cited()["date-released"]
    part = f'<meta name="citation_book_title" content="{book}" />\n' if page != "index" else ""
    return f"""<meta name="description" content="{text}" />
<meta name="author" content="{author}" />
<meta name="citation_title" content="{title}" />
<meta name="citation_author" content="{author}" />
<meta name="citation_publication_date" content="{day.replace("-", "/")}" />
{part}<meta name="citation_public_url" content="{url}" />
<meta property="og:title" content="{title}" />
<meta property="og:description" content="{text}" />
<meta property="og:type" content="{"article" if part else "book"}" />
<meta property="og:url" content="{url}" />
<meta property="og:site_name" content="{book}" />
<meta property="og:image" content="{image}" />
<meta property="og:image:alt" content="{title}: {text}" />
<meta name="twitter:card" content="summary_large_image" />
<link rel="alternate" type="application/atom+xml" title="{book}" href="{base}feed.xml" />
<script type="application/ld+json">{graph}</script>
"""


def thing(kind, **said):
    """Something as schema.org has it: its type, and what is said of it."""
    return {"@type": kind} | said


def structured(page, title, text, base):
    """A page as schema.org has it: the book, a chapter with the reviews of its claims, the data."""
    book, url, image = files.cited(), f"{base}{page}.html", f"{base}cards/{Path(page).name}.png"
    authors = [thing("Organization", name=author["name"]) for author in book["authors"]]
    made = {"author": authors, "datePublished": book["date-released"]}
    common = made | {"license": LICENCE, "inLanguage": "en", "description": text, "url": url}
    name, version = book["title"], book["version"]
    if page == "index":
        return [thing("Book", name=name, version=version, keywords=book["keywords"], image=image, **common)]
    if page == DATA:
        raw = "{url}/raw/{branch}/data/".format(**config()["repository"])
        downloads = [
            thing("DataDownload", name=one["title"], encodingFormat="text/csv", contentUrl=raw + one["path"])
            for one in tables.package()["resources"]
        ]
        free = {"distribution": downloads, "isAccessibleForFree": True}
        return [thing("Dataset", name=f"{name}: data", version=version, **free, **common)]
    whole = thing("Book", name=name, url=base)
    found = [thing("ScholarlyArticle", headline=title, image=image, isPartOf=whole, **common)]
    articles = tables.load("articles").set_index("id")["title"]
    for claim in board_of(page).itertuples():
        if grade := VERDICTS[claim.verdict].rating:
            rating = thing("Rating", ratingValue=grade, worstRating=1, bestRating=5, alternateName=claim.verdict)
            reviewed = thing("Claim", appearance=thing("CreativeWork", headline=articles[claim.article]))
            review = thing("ClaimReview", url=f"{url}#{claim.id}", claimReviewed=claim.statement, **made)
            found.append(review | {"reviewRating": rating, "itemReviewed": reviewed})
    return found


def cite(page, title, base):
    """The end of a page: how to cite it, as a line and for BibTeX."""
    book, key, url = files.cited(), theme_of(page) or Path(page).name, f"{base}{page}.html"
    # In double braces: an organisation has no surname, and styles would write "The ai boom".
    kind, line, part = ("incollection", f"“{title}”, in ", title) if page != "index" else ("book", "", None)
    fields = {"author": files.authors(), "title": part or book["title"], "booktitle": part and book["title"]}
    fields = {name: "{%s}" % re.sub(r"([&%$#_])", r"\\\1", text) for name, text in fields.items() if text}
    fields |= {"year": book["date-released"][:4], "note": f"Version {book['version']}", "url": url}
    said = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    line, entry = files.reference(line, url), f"@{kind}{{hundred-billion-{key},\n{said}}}"
    return (
        f'<details class="cite"><summary>Cite this page</summary><p>{escape(line)}</p>'
        f'<pre tabindex="0">{escape(entry)}</pre></details>'
    )


def card(page, title, text):
    """The picture that goes with a shared link, as SVG, half as large as it is drawn: the page's title, its finding,
    its verdicts. Lines are broken by their number of characters."""
    parts, y = [f'<rect width="600" height="9" fill="{look.TEAL}"/>'], 60

    def write(words, x, y, size, colour, weight="normal"):
        style = f'fill="{colour}" font-size="{size}" font-weight="{weight}"'
        parts.append(f'<text x="{x}" y="{y}" {style}>{escape(words)}</text>')

    for words, size, weight, width, lines in ((title, 27, "bold", 33, 2), (text, 16, "normal", 64, 6)):
        for line in textwrap.wrap(words, width, max_lines=lines, placeholder=" …", break_on_hyphens=False):
            write(line, 30, y, size, look.INK, weight)
            y += size * 1.35
        y += 4
    counts, x = board_of(page)["verdict"].value_counts(), 30
    for word in (word for word in VERDICTS if word in counts):
        write(f"{MARKS[word]} {counts[word]}", x, 267, 18, look.VERDICT_COLOURS[word], "bold")
        write(word, x, 281, 9, look.MUTED)
        x += 20 + max(50, 5 * len(word))
    write(files.cited()["title"], 30, 303, 11, look.MUTED)
    start = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="315" font-family="DejaVu Sans">'
    return f"{start}{''.join(parts)}</svg>"


def feed(base):
    """The changes of the book as an Atom feed, one entry for each version in CHANGELOG.md."""
    book, text = files.cited(), (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    changes = re.findall(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)\n+(.*?)(?=^## |\Z)", text, re.M | re.S)
    entries = "".join(
        f'<entry><title>Version {version}</title><id>{base}#{version}</id><link href="{base}"/>'
        f'<updated>{day}T00:00:00Z</updated><content type="text">{escape(text.strip())}</content></entry>\n'
        for version, day, text in changes
    )
    authors = "".join(f"<author><name>{escape(a['name'])}</name></author>" for a in book["authors"])
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f'<title>{escape(book["title"])}</title><id>{base}</id><link href="{base}"/>'
        f'<link rel="self" href="{base}feed.xml"/><updated>{changes[0][1]}T00:00:00Z</updated>'
        f"{authors}\n{entries}</feed>\n"
    )


def sitemap(pages, base):
    day = files.cited()["date-released"]
    urls = "".join(f"<url><loc>{base}{page}.html</loc><lastmod>{day}</lastmod></url>\n" for page in sorted(pages))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}</urlset>\n"
    )


def publish(site, pages, base):
    """Write cards, icons, sitemap, robots.txt and feed. `pages`: title and description of each page by its name."""
    (site / "cards").mkdir(exist_ok=True)
    for page, (title, text) in pages.items():
        (site / "cards" / f"{Path(page).name}.png").write_bytes(files.png(card(page, title, text)))
    icon, touch = (site / "_static/favicon.svg").read_text(encoding="utf-8"), site / "apple-touch-icon.png"
    touch.write_bytes(files.png(icon.replace("<svg", '<svg width="90"', 1)))
    Image.open(touch).save(site / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)])
    (site / "sitemap.xml").write_text(sitemap(sorted(pages), base), encoding="utf-8")
    (site / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n", encoding="utf-8")
    (site / "feed.xml").write_text(feed(base), encoding="utf-8")
