"""Where a chapter can be rerun: Binder, Colab, a clone of one's own, by the address that `_config.yml` gives."""

from claimbook.paths import config

CLONE = {"type": "link", "text": "Own clone", "tooltip": "Clone the book and rerun it", "icon": "fas fa-laptop"}


def fetch():
    """The first cell of every chapter. On Colab it fetches what the others need; anywhere else it does nothing."""
    repository = config()["repository"]
    return f"""# Colab has neither the book nor its data; anywhere else they are here already.
import sys

if "google.colab" in sys.modules:
    !git clone --quiet --depth 1 --branch {repository["branch"]} {repository["url"]} /content/book
    %pip install --quiet --no-deps -e /content/book
    %cd /content/book/chapters
    sys.path.insert(0, "/content/book")"""


def buttons(context):
    """Give the theme's launch buttons their icons, and add the way to a clone."""
    for group in context.get("header_buttons", []):
        if group.get("label") == "launch-buttons":
            for button in group["buttons"]:
                button["icon"] = "fas fa-cloud"
            group["buttons"].append(CLONE | {"url": f"{config()['repository']['url']}#change-a-chart-rerun-a-notebook"})
