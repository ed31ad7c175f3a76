"""What the theme brings along and no page uses is cut, and what it gets wrong is mended, at the end of a build.

The theme loads 600 KiB of styles and icons on every page. Here each style sheet loses the rules whose classes and ids
no
page or script has, and the icon fonts keep the icons that are left.
"""

import logging
import re
from base64 import b64encode
from hashlib import sha256

from fontTools import subset

MENDED = [
    (r'(<meta name="viewport"[^>]*>)(.*?)<meta name="viewport"[^>]*>', r"\1\2"),
    (r'<meta name="viewport"[^>]*>\s*(<meta name="docsearch:language")', r"\1"),
    # A button's name must hold the words that it shows.
    (r'(<button class="btn search-button-field[^>]*?) aria-label="Search"', r"\1"),
    (r'(<summary) aria-label="Toggle hidden content"', r"\1"),
    # The names of buttons come up by the browser itself: five boxes that a script would lay out on every page.
    (r' data-bs-toggle="tooltip"', ""),
    (r' data-bs-title="', ' title="'),
    # A summary may hold no paragraph, a header cell no attribute `halign`.
    (r'<p (class="(?:collapsed|expanded) admonition-title")>(.*?)</p>', r"<span \1>\2</span>"),
    (r'(<th\b[^>]*?) halign="\w+"', r"\1"),
    # A box that scrolls is reached by keyboard, with or without script; assets/page.js takes those out that do not
    # scroll.
    (r"<pre>", '<pre tabindex="0">'),
    # Icons come from the font: the script that draws them weighs half a megabyte.
    (r'<script defer src="[^"]*/scripts/fontawesome\.js[^"]*"></script>', ""),
    # Under the page's policy no attribute is a script (page.js listens instead), and no style sheet stands in the page.
    (r' onclick="(toggleFullScreen|window\.print)\(\)"', r' data-does="\1"'),
    (r"<noscript>\s*<style>.*?</style>\s*</noscript>", ""),
    # Small scripts of extensions: some are in `first`, the others nothing here has a use for.
    (
        (
            r"<script>(?:let toggleOpenOnPrint|DOCUMENTATION_OPTIONS\.|kernelName|\s*// Activate the search"
            r" field)[^<]*</script>"
        ),
        "",
    ),
    (r'<script type="text/x-thebe-config">[^<]*</script>', ""),
    (
        r'<script [^>]*src="[^"]*/(?:clipboard\.min|copybutton)\.js[^"]*"></script>',
        "",
    ),  # page.js brings them when they are wanted
    # Names and operators in code need no element of their own, nor do neighbours of one kind: half of a page's
    # elements.
    (r'<span class="[nopw]">([^<]*)</span>', r"\1"),
    (r'<span class="s[1aei]">', '<span class="s2">'),
    (r'(<span class="(\w\w?)">[^<]*)</span><span class="\2">', r"\1"),
    (r'(<span class="(\w\w?)">[^<]*)</span><span class="\2">', r"\1"),  # those that were merged before, two by two
    # The book's name stands outside every landmark.
    (r'<div id="pst-primary-sidebar"', '<div id="pst-primary-sidebar" role="complementary" aria-label="Book"'),
]
"""Pattern and replacement, for every page."""
SPARED = [
    (
        "pydata-sphinx-theme.js",
        r'\["pre",[^\]]*\]',
        '["none"]',
    ),  # measures every box at once, for what page.js does one by one
    (
        "sphinx-book-theme.js",
        r'\["marginnote",[^\]]*\]',
        '["margin"]',
    ),  # looks in every element for notes in the margin, which this book has not
]
"""Script, pattern and replacement: work that the theme does on every page for nothing."""
LATER = r'<script (src="[^"]*(?:doctools|sphinx_highlight|sphinx-book-theme)\.js[^"]*")>'
"""Scripts that can wait until the page stands. On the search page others lean on them."""
SEARCH_TOOLS = r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
"""Loaded by every page for a search while typing, which this book does not have: the search page alone needs them."""


FIRST = """{{
  const set = document.documentElement.dataset;
  set.mode = localStorage.getItem("mode") || "auto";
  set.theme = set.mode !== "auto" ? set.mode : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}}
{options}
DOCUMENTATION_OPTIONS.search_as_you_type = false;"""
"""What must run before anything is shown: the one script that stands in the page itself, the same in all. Its hash is
in the policy.
The theme sets its colours only at the end, with a flash of light in the dark and everything styled once more."""
POLICY = (
    "default-src 'none'; script-src 'self' 'sha256-{hash}'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src"
    " 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
"""What a page may load and run: files of this site, and `FIRST`. Charts carry their colours in attributes, which no
data can write."""


SHEET = r'<link (?=[^>]*rel="stylesheet")[^>]*href="[^"?]*_static/((?!book\.css)[^"?]+)[^>]*>'
"""A style sheet of a page. All of them go into one: each is a wait before a phone shows anything."""


def finish(site):
    """Mend every page of the site, then cut its style sheets and icon fonts to what the pages use. A page that was
    finished before stays."""
    static = site / "_static"
    pages = {
        path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html")) if static not in path.parents
    }
    fresh = {path: html for path, html in pages.items() if "_static/book.css" not in html}
    if not fresh:
        return
    (static / "scripts/fontawesome.js").unlink(missing_ok=True)
    for name, pattern, replacement in SPARED:
        script = static / "scripts" / name
        script.write_text(re.sub(pattern, replacement, script.read_text(encoding="utf-8")), encoding="utf-8")
    options = (static / "documentation_options.js").read_text(encoding="utf-8").strip()
    first = FIRST.format(options=options)
    policy = POLICY.format(hash=b64encode(sha256(first.encode()).digest()).decode())
    for path, html in fresh.items():
        for pattern, replacement in MENDED:
            html = re.sub(pattern, replacement, html, count=1 if "viewport" in pattern else 0, flags=re.S)
        html = re.sub(r'<script src="[^"]*/documentation_options\.js[^"]*"></script>', "", html)
        html = re.sub(
            r'<script data-cfasync="false">[^<]*</script>', lambda match: f"<script>{first}</script>", html, count=1
        )
        html = re.sub(
            r'<meta charset="utf-8" />',
            rf'\g<0>\n    <meta http-equiv="Content-Security-Policy" content="{policy}" />',
            html,
            count=1,
        )
        if path.name != "search.html":
            html = re.sub(LATER, r"<script defer \1>", re.sub(SEARCH_TOOLS, "", html))
        pages[path] = fresh[path] = html
    scripts = [path.read_text(encoding="utf-8") for path in site.rglob("*.js") if path.name != "searchindex.js"]
    words = set(re.findall(r"[\w-]+", " ".join([*pages.values(), *scripts])))
    used = dict.fromkeys(sheet for html in fresh.values() for sheet in re.findall(SHEET, html))
    text = "".join((static / sheet).read_text(encoding="utf-8") for sheet in used)
    text = re.sub(r'@import "\.\./([^"]+)";', lambda match: (static / match[1]).read_text(encoding="utf-8"), text)
    css = cut(text, words).replace("url(../", "url(")
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    for font in (static / "vendor/fontawesome/webfonts").glob("*.ttf"):
        shrink(font, icons_of(css))
    css = re.sub(
        r'url\(([^()]*/fa-[\w-]+)\.woff2\) format\("woff2"\),\s*url\([^()]*\.ttf\) format\("truetype"\)',
        r'url(\1.woff) format("woff")',
        css,
    )
    css = css.replace("summary>p.", "summary>span.")  # mended above
    (static / "book.css").write_text(css, encoding="utf-8")
    name = f"_static/book.css?v={sha256(css.encode()).hexdigest()[:8]}"
    for path, html in fresh.items():
        root = "../" * (len(path.relative_to(site).parts) - 1)
        html = re.sub(SHEET, f'<link rel="stylesheet" href="{root}{name}" />', html, count=1)
        path.write_text(re.sub(SHEET, "", html), encoding="utf-8")


def cut(css, words):
    """A style sheet without the selectors that name a class or id which is not among `words`."""

    def rule(match):
        kept = [one for one in re.split(r",(?![^(\[]*[)\]])", match[1]) if names(one) <= words]
        return f"{','.join(kept)}{{{match[2]}}}" if kept else ""

    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"([^{}]+)\{([^{}]*)\}", rule, css)
    return re.sub(r"@(?:media|supports)[^{}]*\{\s*\}", "", css)


def names(selector):
    """The classes and ids that an element must have. What stands in :not(), :is() and :where() is not asked for."""
    selector = re.sub(r"\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]", "", selector.replace("\\", ""))
    return set(re.findall(r"[.#](-?[A-Za-z_][\w-]*)", selector)) if not selector.lstrip().startswith("@") else set()


def icons_of(css):
    """The characters of icons that a style sheet still asks for: written as escapes or as they are."""
    return {int(code, 16) for code in re.findall(r"\\([ef][0-9a-f]{3})\b", css)} | {
        ord(c) for c in css if "\ue000" <= c <= "\uf8ff"
    }


def shrink(font, icons):
    """Cut a font to some icons. It is stored as WOFF; the font it was made of goes."""
    options = subset.Options(
        flavor="woff", recalc_timestamp=False, notdef_outline=False, layout_features=[], name_IDs=[]
    )
    full = subset.load_font(font, options)
    small = subset.Subsetter(options)
    small.populate(unicodes=icons)
    small.subset(full)
    subset.save_font(full, font.with_suffix(".woff"), options)
    font.unlink()
    font.with_suffix(".woff2").unlink()
