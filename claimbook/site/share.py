"""What a page tells those who find, share, cite or follow it: description, card, structured data, sitemap, feed."""

import json
import re
from html import escape, unescape
from pathlib import Path

import matplotlib
from docutils import nodes
from PIL import Image, ImageDraw, ImageFont

from claimbook.charts import look
from claimbook.evidence import tables
from claimbook.judgement import ledger
from claimbook.judgement.words import MARKS, VERDICTS
from claimbook.paths import ROOT, theme_of
from claimbook.site import files
from claimbook.site.launch import config

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def plain(html):
    return unescape(re.sub(r"<[^>]+>", "", html or "")).strip()


def description(doctree):
    """A page in a few sentences: its finding where it has one, else its first paragraph."""
    texts = [" ".join(node.astext().split()) for node in doctree.findall(nodes.paragraph)] if doctree else []
    found = [text.removeprefix("The finding. ") for text in texts if text.startswith("The finding.")]
    return next(iter(found + [text for text in texts if len(text) > 40]), "")


def shortened(text, length):
    """The text, or as many whole words of it as fit."""
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def board_of(page):
    """The claims of a chapter's page, with their verdicts."""
    board = ledger.scoreboard()
    return board[board["notebook"] == f"{Path(page).name}.ipynb"]


def head(page, title, text, base):
    """The tags in a page's head: description, picture, feed, structured data."""
    book = files.cited()["title"]
    tags = [
        ("name", "description", shortened(text, 200)),
        ("property", "og:title", title),
        ("property", "og:description", shortened(text, 200)),
    ]
    tags += [
        ("property", "og:type", "website" if page == "index" else "article"),
        ("property", "og:url", f"{base}{page}.html"),
        ("property", "og:site_name", book),
    ]
    tags += [
        ("property", "og:image", f"{base}cards/{Path(page).name}.png"),
        ("property", "og:image:alt", f"{title}: {shortened(text, 200)}"),
        ("name", "twitter:card", "summary_large_image"),
    ]
    lines = [f'<meta {kind}="{name}" content="{escape(content)}" />' for kind, name, content in tags]
    lines.append(f'<link rel="alternate" type="application/atom+xml" title="{escape(book)}" href="{base}feed.xml" />')
    graph = json.dumps(
        {"@context": "https://schema.org", "@graph": structured(page, title, text, base)}, ensure_ascii=False
    ).replace("<", "\\u003c")  # no text can end the script or open a comment in it
    return "\n".join([*lines, f'<script type="application/ld+json">{graph}</script>\n'])


def structured(page, title, text, base):
    """A page as schema.org has it: the book, a chapter with the reviews of its claims, the data."""
    book = files.cited()
    authors = [{"@type": "Organization", "name": author["name"]} for author in book["authors"]]
    common = {
        "author": authors,
        "datePublished": book["date-released"],
        "license": LICENCE,
        "inLanguage": "en",
        "description": text,
        "url": f"{base}{page}.html",
    }
    if page == "index":
        return [
            {
                "@type": "Book",
                "name": book["title"],
                "version": book["version"],
                "keywords": book["keywords"],
                "image": f"{base}cards/index.png",
            }
            | common
        ]
    if page == "chapters/data":
        raw = "{url}/raw/{branch}/data/".format(**config()["repository"])
        described = [tables.describe(name) for name in tables.tables()]
        downloads = [
            {"@type": "DataDownload", "name": t["title"], "encodingFormat": "text/csv", "contentUrl": raw + t["path"]}
            for t in described
        ]
        return [
            {
                "@type": "Dataset",
                "name": f"{book['title']}: data",
                "version": book["version"],
                "distribution": downloads,
                "isAccessibleForFree": True,
            }
            | common
        ]
    found = [
        {
            "@type": "ScholarlyArticle",
            "headline": title,
            "image": f"{base}cards/{Path(page).name}.png",
            "isPartOf": {"@type": "Book", "name": book["title"], "url": base},
        }
        | common
    ]
    articles = tables.load("articles").set_index("id")["title"]
    for claim in board_of(page).itertuples():
        if rating_of := VERDICTS[claim.verdict].rating:
            rating = {
                "@type": "Rating",
                "ratingValue": rating_of,
                "worstRating": 1,
                "bestRating": 5,
                "alternateName": claim.verdict,
            }
            reviewed = {"@type": "Claim", "author": {"@type": "CreativeWork", "name": articles[claim.article]}}
            found.append(
                {
                    "@type": "ClaimReview",
                    "url": f"{base}{page}.html#{claim.id}",
                    "claimReviewed": claim.statement,
                    "author": authors,
                    "datePublished": book["date-released"],
                }
                | {"reviewRating": rating, "itemReviewed": reviewed}
            )
    return found


def cite(page, title, base):
    """The end of a page: how to cite it, as a line and for BibTeX."""
    book, key = files.cited(), theme_of(page) or Path(page).name
    year, where = book["date-released"][:4], f"{base}{page}.html"
    author = " and ".join(a["name"] for a in book["authors"])
    line = f"{author} ({year}): “{title}”, in {book['title']}, version {book['version']}. {where}"
    fields = {
        "author": f"{{{author}}}",
        "title": title,
        "booktitle": book["title"],
        "year": year,
        "note": f"Version {book['version']}",
        "url": where,
    }
    entry = (
        f"@incollection{{hundred-billion-{key},\n"
        + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        + "}"
    )
    return (
        f'<details class="cite"><summary>Cite this page</summary><p>{escape(line)}</p><pre'
        f' tabindex="0">{escape(entry)}</pre></details>'
    )


def card(page, title, text):
    """The picture that goes with a shared link: the page's title, its finding, its verdicts."""
    font = lambda size, weight="": ImageFont.truetype(
        str(Path(matplotlib.get_data_path()) / f"fonts/ttf/DejaVuSans{weight}.ttf"), size
    )
    picture = Image.new("RGB", (1200, 630), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 1200, 18), fill=look.TEAL)
    y = 70
    for words, size, weight, colour, most in ((title, 54, "-Bold", look.INK, 2), (text, 32, "", look.INK, 6)):
        lines = wrapped(words, font(size, weight), 1080)
        for line in lines[: most - 1] + (
            [lines[most - 1] + (" …" if len(lines) > most else "")] if len(lines) >= most else []
        ):
            draw.text((60, y), line, colour, font(size, weight))
            y += round(size * 1.35)
        y += 22
    counts = board_of(page)["verdict"].value_counts()
    x = 60
    for word in (word for word in VERDICTS if word in counts):
        draw.text((x, 500), f"{MARKS[word]} {counts[word]}", look.VERDICT_COLOURS[word], font(36, "-Bold"))
        draw.text((x, 544), word, look.MUTED, font(18))
        x += 40 + round(max(font(36, "-Bold").getlength(f"{MARKS[word]} {counts[word]}"), font(18).getlength(word)))
    draw.text((60, 586), files.cited()["title"], look.MUTED, font(22))
    return picture


def wrapped(text, font, width):
    """The text in lines no longer than `width` pixels."""
    lines = [""]
    for word in text.split():
        if lines[-1] and font.getlength(f"{lines[-1]} {word}") > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def feed(base):
    """The changes of the book as an Atom feed, one entry for each version in CHANGELOG.md."""
    book = files.cited()
    changes = re.findall(
        r"^## (\S+) \((\d{4}-\d\d-\d\d)\)\n+(.*?)(?=^## |\Z)",
        (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        re.M | re.S,
    )
    entries = "".join(
        f"<entry><title>Version {version}</title><id>{base}#{version}</id><link"
        f' href="{base}"/><updated>{day}T00:00:00Z</updated><content'
        f' type="text">{escape(text.strip())}</content></entry>\n'
        for version, day, text in changes
    )
    author = "".join(f"<author><name>{escape(a['name'])}</name></author>" for a in book["authors"])
    start = (
        f'<title>{escape(book["title"])}</title><id>{base}</id><link href="{base}"/><link rel="self"'
        f' href="{base}feed.xml"/><updated>{changes[0][1]}T00:00:00Z</updated>'
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed'
        f' xmlns="http://www.w3.org/2005/Atom">{start}{author}\n{entries}</feed>\n'
    )


def publish(site, pages, base):
    """Write cards, sitemap, robots.txt and feed. `pages`: title and description of each page by its name."""
    (site / "cards").mkdir(exist_ok=True)
    for page, (title, text) in pages.items():
        card(page, title, text).save(site / "cards" / f"{Path(page).name}.png")
    day = files.cited()["date-released"]
    urls = "".join(f"<url><loc>{base}{page}.html</loc><lastmod>{day}</lastmod></url>\n" for page in pages)
    (site / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset'
        f' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n',
        encoding="utf-8",
    )
    (site / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n", encoding="utf-8")
    (site / "feed.xml").write_text(feed(base), encoding="utf-8")
