"""What the site in place was made of, so that a build with nothing to do can say so at once. Imports nothing heavy."""

import re
from hashlib import sha256

from claimbook.paths import BUILD, ROOT, SITE

STAMP, CONFIG = BUILD / "stamp", ROOT / "_config.yml"
PARTS = "_config.yml _toc.yml index.md CITATION.cff CHANGELOG.md requirements.lock chapters data claimbook".split()
FORMS = {suffix: BUILD / f"the-hundred-billion-dollar-year{suffix}" for suffix in (".pdf", ".epub")}
"""The other forms of the book. The site takes those that are made of the same files as itself."""
OF_THE_SITE = re.compile(rb"^ *pyodide_url:.*\n", re.M)  # what make vendor sets: the other forms stay what they are


def paths(parts=PARTS):
    """The files that the book, or these parts of it, are made of."""
    for path in (path for part in parts for path in [ROOT / part, *sorted((ROOT / part).rglob("*"))]):
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
            yield path


def sources(parts=PARTS):
    """A short hash of the names and bytes of all files that the book, or these parts of it, are made of, but for what
    the site alone shows."""
    digest = sha256()
    for path in paths(parts):
        content = path.read_bytes()
        if path == CONFIG:
            content = OF_THE_SITE.sub(b"", content)
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + sha256(content).digest())
    return digest.hexdigest()[:16]


def forms(made_of=None):
    """The other forms that are made of the files as they are now."""
    made_of = made_of or sources()
    noted = {form: form.with_suffix(f"{form.suffix}.stamp") for form in FORMS.values() if form.exists()}
    return [form for form, note in noted.items() if note.read_text(encoding="utf-8") == made_of]


def stamp():
    """What the site is made of, as a name for a folder: the sources, its own setting, the other forms in it."""
    made_of, own = sources(), b"".join(OF_THE_SITE.findall(CONFIG.read_bytes()))
    return "-".join([made_of, sha256(own).hexdigest()[:4], *(form.suffix[1:] for form in forms(made_of))])


def left_out():
    """A line on the other forms that there are and the site does not offer, as they are of other files; or nothing."""
    current = forms()
    old = [form.suffix[1:] for form in FORMS.values() if form.exists() and form not in current]
    names = " and ".join(old).upper()
    return f"Left out of the site, as of an earlier state: {names}. Renew by: make {' '.join(old)}\n" if old else ""


def tables_written():
    """Whether a table was written since the site in place was built, told by times: chapters will be executed."""
    return STAMP.exists() and any(path.stat().st_mtime_ns > STAMP.stat().st_mtime_ns for path in paths(["data"]))


def fresh():
    """Whether the site in place is made of the files as they are now."""
    return SITE.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == stamp()
