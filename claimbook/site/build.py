"""Builds the site: data checked, stale chapters executed, pages renewed, the book compiled, checked, published."""

import os
import re
import shutil
from html import unescape
from pathlib import Path

from claimbook.engine import intake, kernels, run
from claimbook.engine.stamp import STAMP, forms, sources, stamp
from claimbook.evidence import tables
from claimbook.judgement import ledger
from claimbook.paths import BUILD, SITE, notebooks
from claimbook.site import compiled, files, pages
from claimbook.site.compiled import BuildError

CHECKED, SOUND = ("data", "claimbook", "requirements.lock"), BUILD / "sound"
"""What the checks of the tables read and are made of, and where it is noted that they found no fault in it."""


def build(progress=lambda text: None):
    """Build the site into `_build/html`. The site in place stays as it is until the new one is whole and checked.

    Returns the chapters that were executed for it, as {path: reason}. `progress` is told, in one line, what goes on.
    """
    files.ahead()
    executed = make_ready(progress)
    made_of = stamp()
    aside = BUILD / "new"
    shutil.rmtree(aside, ignore_errors=True)
    progress("Compiling the book")
    compiled.site(aside)
    for form in forms():
        shutil.copy(form, aside)
    if faults := check_site(aside):
        raise BuildError("The new site has faults and was not published.", faults[:20])
    publish(aside, made_of)
    return executed


def make_ready(progress=lambda text: None):
    """Check the data, execute what is stale, see that all stored outputs can be published: what every form of the book
    begins with.

    Returns the chapters that were executed, as {path: reason}.
    """
    stale, ci = run.stale(), os.environ.get("CI") == "true"
    if stale and not ci:
        kernels.warm_up()
    progress("Checking the data")
    now = sources(CHECKED)  # before the check: what is changed after it was not checked
    known = SOUND.exists() and SOUND.read_text(encoding="utf-8") == now  # but chapters may differ
    if faults := intake.claims() if known else intake.faults():
        raise BuildError("The data has faults; nothing was built.", faults[:20])
    refresh(stale, ci, progress)
    if faults := stored_faults():
        raise BuildError("Stored outputs cannot be published.", faults)
    run.write(SOUND, now)
    return stale


def accept():
    """Accept a change of the data: rename rows, check all, renew hashes. Returns in lines what was done.

    Raises DataError with all faults.
    """
    faults = intake.files()
    if not faults:
        renamed = intake.name_rows()
        faults = intake.faults(accepting=True)
    if faults:
        raise tables.DataError("\n".join(faults))
    accepted = ", ".join(tables.renew()) or "none had changed"
    run.write(SOUND, sources(CHECKED))
    return [*(f"Renamed: {former} is {current}" for former, current in renamed.items()), f"Tables accepted: {accepted}"]


def publish(fresh, made_of):
    """Put a finished site in place in one step: `_build/html` is a link, and is pointed to the new folder at once."""
    home = BUILD / f"site-{made_of}"
    shutil.rmtree(home, ignore_errors=True)
    (fresh / ".buildinfo").unlink(missing_ok=True)  # Sphinx's own note for a next build; it holds a hash of local paths
    os.replace(fresh, home)
    link = BUILD / "html.new"
    link.unlink(missing_ok=True)
    link.symlink_to(home.name)
    if SITE.is_dir() and not SITE.is_symlink():
        os.replace(SITE, BUILD / "site-plain")  # of another tool
    os.replace(link, SITE)
    STAMP.write_text(made_of, encoding="utf-8")
    for old in BUILD.glob("site-*"):
        if old != home:
            shutil.rmtree(old, ignore_errors=True)


def refresh(stale, ci=False, progress=lambda text: None, **how):
    """Execute stale chapters, see `run.run`, and renew stale pages. In continuous integration either is an error."""
    if ci and stale:
        raise BuildError("Stored outputs are stale: " + run.told(stale) + ". Execute and commit them: make run")
    run.run(stale, progress, **how)
    if not ci:
        pages.write()
    elif lost := pages.stale():
        raise BuildError(f"Generated pages are stale: {', '.join(lost)}. Renew and commit them: make data")


def stored_faults():
    """Cells whose stored outputs hold an error or a warning: Sphinx would print them without a word."""
    return [
        f"chapters/{path.name}, cell {n} ({cell.get('id')}): a stored error or warning. Execute it afresh: make run"
        for path in notebooks()
        for n, cell in enumerate(run.read(path).cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


def check_site(site):
    """What Sphinx does not see: a claim without section or chart, a dead link or anchor inside the site."""
    paths = [path for path in sorted(Path(site).rglob("*.html")) if "_static" not in path.parts]
    html = {path.resolve(): path.read_text(encoding="utf-8") for path in paths}
    anchors = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in html.items()}
    faults = [
        f"{path.name}: the link {link} leads nowhere"
        for path, text in html.items()
        for link in re.findall(r'<a\b[^>]*?\bhref="([^"]+)"', text)
        if not re.match(r"[a-z]+:|/", link) and not _leads(path, link, anchors)
    ]
    shown = {files.name_of(chart) for text in html.values() for chart in re.findall(r'data-chart="[^"]+"', text)}
    faults += [
        f"{notebook}: the chart of cell {cell} is not in the site"
        for notebook, cell, svg in files.pictures()
        if files.name_of(svg) not in shown
    ]
    examined = ledger.scoreboard().query("verdict != 'not examined yet'").itertuples()
    sections = set().union(*anchors.values())
    return faults + [f"{one.notebook}: the claim {one.id} has no section" for one in examined if one.id not in sections]


def _leads(path, link, anchors):
    """Whether a page's link leads to a file, and to an anchor where that is a page. `anchors`: those of every page."""
    file, _, anchor = unescape(link).partition("#")
    goal = (path.parent / file.split("?")[0]).resolve() if file else path
    goal = goal / "index.html" if goal.is_dir() else goal
    return goal.exists() and (not anchor or goal not in anchors or anchor in anchors[goal])


def figures(target=BUILD / "figures"):
    """Write every chart of the book as an SVG file. Returns the folder."""
    target.mkdir(parents=True, exist_ok=True)
    for _, _, svg in files.pictures():
        svg = re.sub(r"<path (?![^>]*\bd=)[^>]*/>", "", svg)  # matplotlib draws nothing as a path without a course
        text = f'<?xml version="1.0" encoding="utf-8"?>\n{svg}'
        (target / f"{files.name_of(svg)}.svg").write_text(text, encoding="utf-8")
    return target
