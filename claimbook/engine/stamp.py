"""What the site in place was made of, so that a build with nothing to do can say so at once. Imports nothing heavy."""

from hashlib import sha256

from claimbook.paths import BUILD, ROOT, SITE

STAMP = BUILD / "stamp"
PARTS = "_config.yml _toc.yml index.md CITATION.cff CHANGELOG.md requirements.lock chapters data claimbook".split()
FORMS = {suffix: BUILD / f"the-hundred-billion-dollar-year{suffix}" for suffix in (".pdf", ".epub")}
"""The other forms of the book. The site takes those that are made of the same files as itself."""


def sources():
    """A short hash of the names and bytes of all files that the book is made of."""
    digest = sha256()
    for path in (path for part in PARTS for path in [ROOT / part, *sorted((ROOT / part).rglob("*"))]):
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def forms(made_of=None):
    """The other forms that are made of the files as they are now."""
    made_of = made_of or sources()
    noted = {form: form.with_suffix(f"{form.suffix}.stamp") for form in FORMS.values() if form.exists()}
    return [form for form, note in noted.items() if note.read_text(encoding="utf-8") == made_of]


def stamp():
    """What the site is made of, as a name for a folder: a hash of the sources, and the other forms that it offers."""
    made_of = sources()
    return "-".join([made_of, *(form.suffix[1:] for form in forms(made_of))])


def write_stamp(made_of):
    STAMP.write_text(made_of, encoding="utf-8")


def fresh():
    """Whether the site in place is made of the files as they are now."""
    return SITE.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == stamp()
