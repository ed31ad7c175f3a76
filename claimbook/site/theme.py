"""What the theme brings along and no page uses is cut, and what it gets wrong is mended, at the end of a build.

The theme loads 600 KiB of styles and icons on every page. Here each style sheet loses the rules whose classes and ids
no page or script has, and the icon fonts keep the icons that are left.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from fontTools import subset

from claimbook.site import pyrun

UNUSED = r"documentation_options thebe design togglebutton scripts/fontawesome clipboard\.min copybutton\.js".split()
"""Words in the names of scripts and styles that the theme and extensions put on every page."""
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
    # A box that scrolls is reached by keyboard, with or without script; assets/page.js takes those out that do not.
    (r"<pre>", '<pre tabindex="0">'),
    # Under the page's policy no attribute is a script (page.js listens instead), and no style sheet stands in the page.
    (r' onclick="(toggleFullScreen|window\.print)\(\)"', r' data-does="\1"'),
    (r"<noscript>\s*<style>.*?</style>\s*</noscript>", ""),
    # Small scripts of extensions: some are in assets/first.js, the others nothing here has a use for.
    (r"<script>(?:(?:let|var) toggle|const THEBE|DOCUMENTATION_OPTIONS\.|kernelName|\s*// Activate)[^<]*</script>", ""),
    # Files that no page needs. Icons come from the font: the script that draws them weighs half a megabyte. The buttons
    # that copy code page.js brings, once they are wanted.
    (rf"<(?:script|link) [^>]*(?:{'|'.join(UNUSED)})[^>]*>(?:[^<]*</script>)?", ""),
    # Names and operators in code need no element of their own, nor do neighbours of one kind (the second time for those
    # that were merged before, two by two): half of a page's elements.
    (r'<span class="[nopw]">([^<]*)</span>', r"\1"),
    (r'<span class="s[1aei]">', '<span class="s2">'),
    (r'(<span class="(\w\w?)">[^<]*)</span><span class="\2">', r"\1"),
    (r'(<span class="(\w\w?)">[^<]*)</span><span class="\2">', r"\1"),
    # Firefox fetches ahead what comes next, which the page's policy refuses: the link at the page's end is enough.
    (r'\s*<link rel="next"[^>]*>', ""),
    # A notebook is JSON: a browser would show its text.
    (r'(<a href="[^"]*_sources/[^"]*") target="_blank"', r"\1 download"),
    # Phones and older browsers do not read an SVG.
    (r'(<link rel="icon" href="([^"]*)_static)', r'<link rel="apple-touch-icon" href="\2apple-touch-icon.png" />\1'),
    (r'(<link rel="icon" href="([^"]*)_static)', r'<link rel="icon" href="\2favicon.ico" sizes="32x32" />\1'),
    # The book's name stands outside every landmark.
    (r'<div id="pst-primary-sidebar"', '<div id="pst-primary-sidebar" role="complementary" aria-label="Book"'),
]
"""Pattern and replacement, for every page."""
SPARED = [
    # Measures every box at once, for what page.js does one by one.
    ("pydata-sphinx-theme.js", r'\["pre",[^\]]*\]', '["none"]'),
    # Looks in every element for notes in the margin, which this book has not.
    ("sphinx-book-theme.js", r'\["marginnote",[^\]]*\]', '["margin"]'),
]
"""Script, pattern and replacement: work that the theme does on every page for nothing."""
NOT_FOR_SEARCH = [
    # Loaded by every page for a search while typing, which this book does not have: the search page alone needs them.
    (r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>', ""),
    # Scripts that can wait until the page stands. On the search page others lean on them.
    (r'<script (src="[^"]*(?:doctools|sphinx_highlight|sphinx-book-theme)\.js[^"]*")>', r"<script defer \1>"),
]
"""Pattern and replacement, for every page but that of the search."""
POLICY = (
    "default-src 'none'; script-src {site} 'sha256-{hash}'; style-src {site}; style-src-attr 'unsafe-inline'; img-src"
    " {site} data:; font-src {site}; connect-src {site}; form-action {site}; base-uri 'none'"
)
"""What a page may load and run: files of this site, and assets/first.js. Charts carry their colours in attributes,
which no data can write. The site is named by its address too: in a frame without an origin WebKit knows no 'self'."""
SHEET = r'<link (?=[^>]*rel="stylesheet")[^>]*href="[^"?]*_static/((?!book\.css)[^"?]+)[^>]*>'
"""A style sheet of a page. All of them go into one: each is a wait before a phone shows anything."""


def mend(site, base, paths=None, version=None):
    """Mend every page of the site that was not, without its styles. Returns all pages, and those that were mended, as
    {path: HTML}. `base`: the site's address. `paths`: the pages to look at, all where None. `version`: see
    pyrun.marked."""
    static = site / "_static"
    if paths is None:
        paths = [path for path in sorted(site.rglob("*.html")) if static not in path.parents]
    pages = {path: path.read_text(encoding="utf-8") for path in paths}
    fresh = [path for path, html in pages.items() if "Content-Security-Policy" not in html]
    if not fresh:
        return pages, {}
    for name, *rule in SPARED:
        script = static / "scripts" / name
        script.write_text(mended(script.read_text(encoding="utf-8"), [rule]), encoding="utf-8")
    rules = [*MENDED, pyrun.marked(version)] + guarded(
        (static / "documentation_options.js").read_text(encoding="utf-8").strip(), base
    )
    for path in fresh:
        pages[path] = mended(pages[path], rules if path.name == "search.html" else rules + NOT_FOR_SEARCH)
    return pages, {path: pages[path] for path in fresh}


def finish(site, base):
    """Mend every page of the site, then cut its style sheets and icon fonts to what the pages use. A page that was
    finished before stays. `base`: the site's address; 404.html is shown at any depth, and links by its path."""
    pages, fresh = mend(site, base)
    if not fresh:
        return
    static = site / "_static"
    (static / "scripts/fontawesome.js").unlink(missing_ok=True)
    scripts = [path.read_text(encoding="utf-8") for path in site.rglob("*.js") if path.name != "searchindex.js"]
    words = set(re.findall(r"[\w-]+", " ".join([*pages.values(), *scripts])))
    css = styles(static, dict.fromkeys(sheet for html in fresh.values() for sheet in re.findall(SHEET, html)), words)
    (static / "book.css").write_text(css, encoding="utf-8")
    name = f"_static/book.css?v={sha256(css.encode()).hexdigest()[:8]}"
    for path, html in fresh.items():
        root = "../" * (len(path.relative_to(site).parts) - 1)
        html = re.sub(SHEET, f'<link rel="stylesheet" href="{root}{name}" />', html, count=1)
        last = [(SHEET, "")]
        if path.name == "404.html":
            last.append((r'\b(href|src|action)="(?![a-z]+:|[/#])', rf'\1="{urlsplit(base).path}'))
        path.write_text(mended(html, last), encoding="utf-8")


def mended(text, rules):
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text, flags=re.S)
    return text


def guarded(options, base):
    """The rules that put first.js and the policy into a page. `options`: Sphinx's script; `base`: its address."""
    first = Path(__file__).with_name("assets").joinpath("first.js").read_text(encoding="utf-8")
    first += f"{options}\nDOCUMENTATION_OPTIONS.search_as_you_type = false;"
    policy = POLICY.format(hash=b64encode(sha256(first.encode()).digest()).decode(), site=f"'self' {base}")
    return [
        (r'<script data-cfasync="false">[^<]*</script>', lambda match: f"<script>{first}</script>"),
        (r'<meta charset="utf-8" />', rf'\g<0>\n    <meta http-equiv="Content-Security-Policy" content="{policy}" />'),
    ]


def styles(static, sheets, words):
    """The one style sheet of the site. The icon fonts that it asks for are cut on the way."""
    read = lambda name: (static / name).read_text(encoding="utf-8")
    text = re.sub(r'@import "\.\./([^"]+)";', lambda match: read(match[1]), "".join(map(read, sheets)))
    css = cut(text, words).replace("url(../", "url(").replace("summary>p.", "summary>span.")  # mended above
    for font in (static / "vendor/fontawesome/webfonts").glob("*.ttf"):
        shrink(font, css)
    fonts = r'url\(([^()]*/fa-[\w-]+)\.woff2\) format\("woff2"\),\s*url\([^()]*\.ttf\) format\("truetype"\)'
    return re.sub(fonts, r'url(\1.woff) format("woff")', css)


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


def shrink(font, css):
    """Cut a font to the icons that a style sheet asks for, by escapes or as they are, and store it as WOFF alone."""
    escapes, plain = re.findall(r"\\([ef][0-9a-f]{3})\b", css), re.findall(r"[\ue000-\uf8ff]", css)
    icons = [f"--unicodes={','.join(escapes)}", f"--text={''.join(plain)}"]
    bare = ["--no-notdef-outline", "--layout-features=", "--name-IDs="]
    subset.main([str(font), *icons, *bare, "--flavor=woff", f"--output-file={font.with_suffix('.woff')}"])
    font.unlink()
    font.with_suffix(".woff2").unlink()
