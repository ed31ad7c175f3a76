"""Where everything lies, and what a chapter's file name says. Imports nothing of the book."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
CHAPTERS = ROOT / "chapters"
BUILD = ROOT / "_build"
SITE = BUILD / "html"


@cache
def config():
    """What `_config.yml` says."""
    import yaml

    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))


def notebooks(folder=None):
    """The chapters that are notebooks, in the order of their numbers."""
    return sorted((folder or CHAPTERS).glob("*.ipynb"))


def theme_of(path):
    """The theme of a chapter, from its file's name or its page: that of "chapters/03-bubble-risk" is "bubble-risk"."""
    return Path(path).name.partition(".")[0].partition("-")[2]


def way_back(path):
    """What to do with a file that cannot be used, in a sentence without full stop: true of the state that git says it
    is in. `path`: relative to the repository."""
    try:
        asked = ["git", "-C", ROOT, "ls-files", "--stage", "--", path]
        known = subprocess.run(asked, capture_output=True, text=True).stdout
    except OSError:  # there is no git
        known = ""
    if re.search(r"^\d+ \w+ [123]\t", known, re.M):  # the versions of a merge
        return f"Two versions of it wait to be merged: take one, git checkout --ours {path}, then git add {path}"
    one = known and not (ROOT / path).is_dir()  # of a folder it would take more than is broken
    return f"Restore it: git checkout {path}" if one else "Mend it, or put a sound copy in its place"
