"""What the theme brings along and no page uses is cut, and what it gets wrong is mended, at the end of a build.

The theme loads 600 KiB of styles and icons on every page. Here each style sheet loses the rules whose classes and ids no
page or script has, and the icon fonts keep the icons that are left.
"""

import re

from fontTools import subset

MENDED = [
    (r'(<meta name="viewport"[^>]*>)(.*?)<meta name="viewport"[^>]*>', r"\1\2"),
    (r'<meta name="viewport"[^>]*>\s*(<meta name="docsearch:language")', r"\1"),
    # A button's name must hold the words that it shows.
    (r'(<button class="btn search-button-field[^>]*?) aria-label="Search"', r"\1"),
    (r'(<summary) aria-label="Toggle hidden content"', r"\1"),
    # A summary may hold no paragraph, a header cell no attribute `halign`.
    (r'<p (class="(?:collapsed|expanded) admonition-title")>(.*?)</p>', r"<span \1>\2</span>"),
    (r'(<th\b[^>]*?) halign="\w+"', r"\1"),
    # The book's name stands outside every landmark.
    (r'<div id="pst-primary-sidebar"', '<div id="pst-primary-sidebar" role="complementary" aria-label="Book"'),
]
"""Pattern and replacement, for every page."""
SEARCH_TOOLS = r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
"""Loaded by every page for a search while typing, which this book does not have: the search page alone needs them."""


def finish(site):
    """Mend every page of the site, then cut its style sheets and icon fonts to what the pages use."""
    pages = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    for path in pages:
        html = path.read_text(encoding="utf-8")
        for pattern, replacement in MENDED:
            html = re.sub(pattern, replacement, html, count=1 if "viewport" in pattern else 0, flags=re.S)
        if path.name != "search.html":
            html = re.sub(SEARCH_TOOLS, "", html)
        path.write_text(html, encoding="utf-8")
    scripts = [path for path in site.rglob("*.js") if path.name != "searchindex.js"]
    words = set(re.findall(r"[\w-]+", " ".join(path.read_text(encoding="utf-8") for path in [*pages, *scripts])))
    sheets = {path: cut(path.read_text(encoding="utf-8"), words) for path in (site / "_static").rglob("*.css")}
    icons = icons_of("".join(sheets.values()))
    for font in (site / "_static/vendor/fontawesome/webfonts").glob("*.ttf"):
        shrink(font, icons)
    for path, css in sheets.items():
        css = re.sub(r'url\(([^()]*/fa-[\w-]+)\.woff2\) format\("woff2"\),\s*url\([^()]*\.ttf\) format\("truetype"\)', r'url(\1.woff) format("woff")', css)
        css = css.replace("summary>p.", "summary>span.")  # mended above
        path.write_text(css, encoding="utf-8")


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
    return {int(code, 16) for code in re.findall(r"\\([ef][0-9a-f]{3})\b", css)} | {ord(c) for c in css if "\ue000" <= c <= "\uf8ff"}


def shrink(font, icons):
    """Cut a font to some icons. It is stored as WOFF; the font it was made of goes."""
    options = subset.Options(flavor="woff", recalc_timestamp=False, notdef_outline=False, layout_features=[], name_IDs=[])
    full = subset.load_font(font, options)
    small = subset.Subsetter(options)
    small.populate(unicodes=icons)
    small.subset(full)
    subset.save_font(full, font.with_suffix(".woff"), options)
    font.unlink()
    font.with_suffix(".woff2").unlink()
