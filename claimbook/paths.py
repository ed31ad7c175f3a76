"""Where everything lies, and what a chapter's file name says. Imports nothing of the book."""

import re
import shlex
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
    ask = ["git", "--no-optional-locks", "--literal-pathspecs", "-C", ROOT, "status", "--porcelain", "--ignored"]
    try:
        state = subprocess.run([*ask, "--", path], capture_output=True, text=True).stdout[:2]
    except OSError:  # there is no git
        state = ""
    named = shlex.quote(path)
    if re.fullmatch("[AU][AU]|UD|DU", state):
        side = "theirs" if state in ("DU", "UA") else "ours"  # the other has none
        return f"Two versions of it wait to be merged: take one, git checkout --{side} {named}, then git add {named}"
    if not (ROOT / path).is_dir():  # of a folder it would take more than is broken
        if re.fullmatch("[ MADRT][MDT]", state):
            return f"Restore it: git checkout {named}"
        if re.fullmatch("[MDT] ", state):  # what is broken is staged
            return f"Restore it: git checkout HEAD {named}"
    return "Mend it, or put a sound copy in its place"
