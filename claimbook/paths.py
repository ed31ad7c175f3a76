"""Where everything lies, and what a chapter's file name says. Imports nothing of the book."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
CHAPTERS = ROOT / "chapters"
BUILD = ROOT / "_build"
SITE = BUILD / "html"


def notebooks(folder=None):
    """The chapters that are notebooks, in the order of their numbers."""
    return sorted((folder or CHAPTERS).glob("*.ipynb"))


def theme_of(path):
    """The theme of a chapter, from its file's name or its page: that of "chapters/03-bubble-risk" is "bubble-risk"."""
    return Path(path).name.partition(".")[0].partition("-")[2]
