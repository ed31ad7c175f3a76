"""Builds the site: data checked, stale chapters executed, pages renewed, the book compiled aside, checked, moved into
place."""

import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

from claimbook.engine import intake, kernels, run
from claimbook.engine.stamp import forms, stamp, write_stamp
from claimbook.judgement import ledger
from claimbook.paths import BUILD, ROOT, SITE
from claimbook.site import files, pages


class BuildError(Exception):
    """A fault that stops the build before anything is published."""


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
    compile_book(aside)
    for form in forms():
        shutil.copy(form, aside / "_build" / "html")
    faults = check_site(aside / "_build" / "html")
    if faults:
        raise BuildError("The new site has faults and was not published.\n" + "\n".join(faults[:20]))
    publish(aside / "_build" / "html", made_of)
    shutil.rmtree(aside, ignore_errors=True)
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
    faults = intake.faults()
    if faults:
        raise BuildError("The data has faults; nothing was built.\n" + "\n".join(faults[:20]))
    refresh(stale, ci, progress)
    faults = stored_faults()
    if faults:
        raise BuildError("Stored outputs cannot be published.\n" + "\n".join(faults))
    return stale


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
    write_stamp(made_of)
    for old in BUILD.glob("site-*"):
        if old != home:
            shutil.rmtree(old, ignore_errors=True)


def refresh(stale, ci, progress):
    """Execute stale chapters and renew stale pages. In continuous integration either is an error that names it and the
    command."""
    if ci and stale:
        raise BuildError("Stored outputs are stale: " + run.told(stale) + ". Execute and commit them: make run")
    run.run(stale, progress)
    if not ci:
        pages.write()
    elif lost := pages.stale():
        raise BuildError(f"Generated pages are stale: {', '.join(lost)}. Renew and commit them: make data")


def stored_faults():
    """Cells whose stored outputs hold an error or a warning: Sphinx would print them without a word."""
    faults = []
    for path in run.notebooks():
        for number, cell in enumerate(run.read(path).cells):
            for output in cell.get("outputs", []):
                if output.output_type == "error" or output.get("name") == "stderr":
                    faults.append(
                        f"chapters/{path.name}, cell {number} ({cell.get('id')}): a stored error or warning. Execute it"
                        " afresh: make run"
                    )
    return faults


def compile_book(target, *builder):
    """Compile by plain jupyter-book, clean, warnings as errors. Raises BuildError with its last lines. `builder`: its
    options for another form than the site."""
    command = [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        str(ROOT),
        "--path-output",
        str(target),
        *builder,
        "-W",
        "-n",
        "--keep-going",
        "-q",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    if done.returncode:
        text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
        warnings = [line for line in text.splitlines() if re.search(r"WARNING|ERROR|CRITICAL|Error", line)]
        raise BuildError("jupyter-book found faults.\n" + "\n".join(warnings[:20] or text.splitlines()[-20:]))


def check_site(site):
    """What Sphinx does not see: a claim without section or chart, a dead link or anchor inside the site."""
    faults = []
    html = {
        path: path.read_text(encoding="utf-8")
        for path in sorted(Path(site).rglob("*.html"))
        if "_static" not in path.parts
    }
    anchors = {path.resolve(): set(re.findall(r'\bid="([^"]+)"', text)) for path, text in html.items()}
    for path, text in html.items():
        for link in re.findall(r'<a\b[^>]*?\bhref="([^"]+)"', text):
            if re.match(r"[a-z]+:|//", link):
                continue
            file, _, anchor = unescape(link).partition("#")
            goal = (path.parent / file.split("?")[0]).resolve() if file else path.resolve()
            goal = goal / "index.html" if goal.is_dir() else goal
            if not goal.exists() or anchor and goal in anchors and anchor not in anchors[goal]:
                faults.append(f"{path.name}: the link {link} leads nowhere")
    pages_text = "".join(html.values())
    for name, number, svg in ledger.stored_outputs("image/svg+xml"):
        chart = re.search(r'data-chart="[^"]+"', "".join(svg))
        if not chart or chart[0] not in pages_text:
            faults.append(f"{name}: the chart of cell {number} is not in the site")
    for one in ledger.scoreboard().query("verdict != 'not examined yet'").itertuples():
        if not any(one.id in ids for ids in anchors.values()):
            faults.append(f"{one.notebook}: the claim {one.id} has no section")
    return faults


def figures(target=BUILD / "figures"):
    """Write every chart of the book as an SVG file. Returns the folder."""
    target.mkdir(parents=True, exist_ok=True)
    for _, _, svg in ledger.stored_outputs("image/svg+xml"):
        text = re.sub(
            r"<path (?![^>]*\bd=)[^>]*/>", "", "".join(svg)
        )  # matplotlib draws nothing as a path without a course
        name = re.search(r'data-chart="([^"]+)"', text)[1]
        (target / f"{name}.svg").write_text('<?xml version="1.0" encoding="utf-8"?>\n' + text, encoding="utf-8")
    return target
