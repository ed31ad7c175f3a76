"""The Sphinx side of the book: charts stand in the page as inline SVG and follow its light and dark theme."""

import re
from pathlib import Path

from docutils import nodes

from claimbook import style

ASSETS = Path(__file__).with_name("assets")

VARIABLES = {
    style.INK: "ink",
    style.MUTED: "muted",
    style.GRID: "grid",
    style.SURFACE: "surface",
    style.BAND: "band",
    style.PALE: "pale",
    style.TEAL: "teal",
    style.ORANGE: "orange",
    style.PURPLE: "purple",
    style.BLUE: "blue",
    style.RED: "red",
    style.GREY: "grey",
}
"""Colours of the style that the page replaces by CSS variables of these names (assets/claimbook.css)."""


def themed(svg):
    """The SVG with each colour of the style as a CSS variable, the colour itself as its fallback."""
    svg = re.sub(r"#[0-9a-f]{6}\b", lambda m: f"var(--cb-{VARIABLES[m[0]]}, {m[0]})" if m[0] in VARIABLES else m[0], svg)
    # `fill="#..."` as an attribute cannot hold var(): matplotlib writes styles, so only those are left.
    return re.sub(r'(width|height)="[\d.]+pt"\s*', "", svg, count=2)


class OutputRenderer:
    """MyST-NB asks this first for every output of a notebook."""

    mime_priority_overrides = [("*", "application/vnd.claimbook.chart+json", None), ("*", "application/vnd.claimbook.verdict+json", None)]

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type != "image/svg+xml" or renderer.renderer.sphinx_env.app.builder.format != "html":
            return None
        if "aria-label=" not in data.string:
            renderer.logger.warning("a chart without alt text: end its cell with finish(...)", subtype="alt", line=data.line)
        return [nodes.raw("", f'<div class="chart">{themed(data.string)}</div>', format="html")]


def setup(app):
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(ASSETS)))
    app.add_css_file("claimbook.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
