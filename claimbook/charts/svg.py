"""A figure as SVG that can stand in a page: stable bytes, ids of its own, a role and the alt text."""

import io
import re
from html import escape

import matplotlib.pyplot as plt
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG


def svg_of(fig, name, alt):
    """The figure as SVG with stable bytes, ids of its own, a role and the alt text, ready to stand in a page."""
    buffer = io.StringIO()
    with plt.rc_context({"svg.hashsalt": name}):
        # savefig would draw everything twice
        FigureCanvasSVG(fig).print_svg(buffer, metadata={"Date": None, "Creator": None})
    if lost := _off_paper(fig):
        raise ValueError(f"Chart {name!r}: the words {lost!r} leave the paper. Shorten them, or widen the limits.")
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = _unclipped(svg)
    # matplotlib derives ids from exact coordinates, which the layout may miss by a hair: number them instead.
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg))
    new = {
        old: f"{name}-{number}"
        for number, old in enumerate((i for i in re.findall(r' id="([^"]+)"', svg) if i in used), 1)
    }
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{new[m[1]]}"' if m[1] in new else "", svg)
    svg = re.sub(r"(url\(#|href=\"#)([^)\"]+)", lambda m: m[1] + new[m[2]], svg)
    return svg.replace(
        "<svg ", f'<svg role="img" aria-label="{escape(alt)}" data-chart="{name}" data-axis="{_axis(fig)}" ', 1
    )


def _off_paper(fig):
    """The first words of a drawn figure that its edges cut, or None."""
    width, height = fig.get_size_inches() * fig.dpi
    renderer = RendererSVG(width, height, io.StringIO())  # it measures as the drawing did
    free = [text for ax in fig.axes for text in ax.texts if not text.get_in_layout()]  # the layout keeps the others in
    for text in [*fig.texts, *free]:
        box = text.get_window_extent(renderer)
        if text.get_visible() and not (0 <= box.x0 and box.x1 <= width and 0 <= box.y0 and box.y1 <= height):
            return text.get_text()
    return None


def _unclipped(svg):
    """The SVG without clip paths that cut nothing off and frames that nothing needs: it is painted sooner."""
    frames = {
        name: [float(n) for n in box]
        for name, *box in re.findall(
            r'<clipPath id="([^"]+)">\s*<rect x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)"/>', svg
        )
    }

    def path(match):
        x, y, width, height = frames[match[2]]
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", match[1])]
        across, down = numbers[::2], numbers[1::2]
        wide = all(x - 0.01 <= number <= x + width + 0.01 for number in across)
        high = all(y - 0.01 <= number <= y + height + 0.01 for number in down)
        return f'<path d="{match[1]}"' if wide and high else match[0]

    svg = re.sub(r'<path d="([^"]+)" clip-path="url\(#(.+?)\)"', path, svg)
    return re.sub(
        r'\s*<clipPath id="(.+?)">.*?</clipPath>',
        lambda match: match[0] if f"url(#{match[1]})" in svg else "",
        svg,
        flags=re.S,
    )


def _axis(fig):
    """Where the first axes lie in the SVG: data limits, then left, right, top and bottom in its units (points)."""
    ax, (width, height) = fig.axes[0], fig.get_size_inches() * 72
    box = ax.get_position()
    ends = [*ax.get_xlim(), box.x0 * width, box.x1 * width, (1 - box.y1) * height, (1 - box.y0) * height]
    return " ".join(f"{end:.2f}" for end in ends)
