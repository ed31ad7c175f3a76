"""The pages as Sphinx makes them, set up as by jupyter-book. The site's are kept: after a small change few are read and
written anew.

What is kept is known by the bytes that it was made of, never by times of files. Where other pages may show what has
changed, all are written; where it cannot be told, all is compiled afresh. A test compares with clean builds.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from fnmatch import fnmatch
from functools import cache
from hashlib import sha256
from pathlib import Path
from pprint import pformat

from claimbook.engine.stamp import forms, paths
from claimbook.paths import BUILD, ROOT

HOME = BUILD / "kept"
RECORD = HOME / "made-of.json"
AFRESH = (
    "claimbook/* _config.yml _toc.yml requirements.lock CITATION.cff data/claims.csv data/articles.csv forms".split()
)
"""What any page may be made of; `forms`: which other forms of the book are offered, and how large they are."""
OWN = "chapters/*.ipynb chapters/*.md index.md".split()
"""What one page is made of, and others that say so."""
BESIDE = "data/* chapters/fingerprints.json chapters/exercises.json CHANGELOG.md".split()
"""What no page shows by itself, but by chapters and by pages that are made of it. After a change of anything else all
pages are written."""
GLOSSARY = "chapters/glossary.md"
"""A page that others show."""


class BuildError(Exception):
    """Faults that stop the build before anything is published: what they prevent, and each in a line."""

    def __init__(self, what, faults=()):
        super().__init__("\n".join([what, *faults]))


def other_form(target, *builder):
    """Compile another form than the site by plain jupyter-book, clean, warnings as errors. Raises BuildError with its
    last lines. `builder`: its options for the form."""
    tool = Path(sys.executable).with_name("jupyter-book")
    command = [tool, "build", ROOT, "--path-output", target, *builder, "-W", "-n", "--keep-going", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    if done.returncode:
        raise BuildError("jupyter-book found faults.", told(done.stdout + done.stderr))


def plain(text):
    """What Sphinx says, without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()


def told(text):
    """What Sphinx warns of, in lines: at most twenty."""
    lines = plain(text).splitlines()
    return [line for line in lines if re.search(r"WARNING|ERROR|CRITICAL|Error", line)][:20] or lines[-20:]


@contextmanager
def sphinx(home, **settings):
    """Sphinx for the pages in the folder `home`, as jupyter-book would call it. Gives it, and a StringIO of what it
    warns of. What it raises becomes a BuildError."""
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    asked = {"external_toc_path": str(ROOT / "_toc.yml"), "latex_individualpages": False, "nitpicky": True}
    said = io.StringIO()
    try:
        found, _ = get_final_config(user_yaml=ROOT / "_config.yml", sourcedir=ROOT, cli_config=asked)
        options = {"confoverrides": found | settings, "status": None, "warning": said}
        with patch_docutils(None), docutils_namespace():
            yield Sphinx(str(ROOT), None, str(home / "html"), str(home / "trees"), "html", **options), said
    except OSError:  # which the command tells with its own remedy
        raise
    except Exception as error:  # of whatever extension
        raise BuildError("Sphinx found faults.", told(f"{said.getvalue()}\n{error}")) from error


def site(target):
    """Compile the site into the new folder `target`. Raises BuildError with what Sphinx warns of, and keeps nothing
    then, for what is read from what is kept warns of nothing."""
    from claimbook.site import extension, files

    now = hashes()
    now["forms"] = str({form.name: form.stat().st_size for form in forms()})
    was = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {"files": {}}
    changed = {name for name, _ in now.items() ^ was["files"].items()}
    if not was["files"] or _one_of(AFRESH, changed):
        shutil.rmtree(HOME, ignore_errors=True)
        was = {"pages": {}, "elsewhere": None}
    RECORD.unlink(missing_ok=True)  # until all is whole again
    drawing = files.begin()
    with sphinx(HOME, complete_site=False) as (app, said):
        app.shared_pages |= was["pages"]
        app.connect("env-get-outdated", lambda app, env, *_: made_of(changed, env))
        # Where one page may show of another what is new, all are written.
        app.connect("env-updated", lambda app, env: [] if _elsewhere(env) == was["elsewhere"] else [*env.all_docs])
        app.build(force_all=GLOSSARY in changed or not all(_one_of(OWN + BESIDE, [name]) for name in changed))
        elsewhere = _elsewhere(app.env)
    if said.getvalue().strip():
        shutil.rmtree(HOME)
        raise BuildError("Sphinx found faults.", told(said.getvalue()))
    shutil.copytree(HOME / "html", target, copy_function=shutil.copy)  # every file bears the time of this build
    extension.complete(target, app, drawing)
    if any((target / folder).exists() for folder in ("_images", "_downloads")):
        return  # files that pages bring along, and nobody takes away: to keep them is not worth its code
    kept = {"files": now, "pages": app.shared_pages, "elsewhere": elsewhere}
    RECORD.write_text(json.dumps(kept), encoding="utf-8")


def _one_of(patterns, names):
    return any(fnmatch(name, pattern) for name in names for pattern in patterns)


def hashes():
    """What each of the book's files says, as a hash: times tell nothing where an older file was put in place. A process
    that stays reads what has another time than when it read it last."""
    seen = ((path, path.stat()) for path in paths())
    return {str(path.relative_to(ROOT)): _of_file(path, state.st_mtime_ns, state.st_size) for path, state in seen}


@cache
def _of_file(path, time, size):
    return _hash(path.read_bytes())


def made_of(changed, env):
    """The pages that are made of changed files, or say that they are."""
    within = lambda name: os.path.relpath(ROOT / name, ROOT)
    of = lambda page: {within(env.doc2path(page)), *map(within, env.dependencies.get(page, ()))}
    return [page for page in env.found_docs if of(page) & changed]


def _elsewhere(env):
    """A hash of all that one page may show of another: titles, contents, numbers, labels, terms."""
    trees = [tree.pformat() for many in (env.titles, env.longtitles, env.tocs) for _, tree in sorted(many.items())]
    return _hash("\0".join([*trees, pformat([env.toctree_includes, env.toc_secnumbers, env.domaindata])]).encode())


def _hash(content):
    return sha256(content).hexdigest()[:16]
