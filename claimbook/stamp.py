"""What the site in place was made of, so that a build with nothing to do can say so at once. Imports nothing heavy."""

from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "_build"
SITE = BUILD / "html"
STAMP = BUILD / "stamp"
PARTS = ("_config.yml", "_toc.yml", "index.md", "CITATION.cff", "CHANGELOG.md", "requirements.lock", "chapters", "data", "claimbook")


def stamp():
    """A short hash of the names and bytes of all files that the site is made of."""
    digest = sha256()
    for part in PARTS:
        home = ROOT / part
        for path in [home] if home.is_file() else sorted(p for p in home.rglob("*") if p.is_file()):
            if "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def write_stamp(made_of):
    STAMP.write_text(made_of, encoding="utf-8")


def fresh():
    """Whether the site in place is made of the files as they are now."""
    return SITE.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == stamp()
