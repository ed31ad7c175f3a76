"""`claimbook deals FILE`: what an export of funding rounds says of the claims, printed, and as a folder beside it."""

import textwrap
from pathlib import Path

import pandas as pd

from claimbook import deals
from claimbook.charts.forms import bars, listed, scale
from claimbook.charts.look import use_style
from claimbook.charts.paper import finish

LAST = 12
"""How many years a chart of an export shows, the last ones."""


def answer(file, dates=None, ai=None, collector=None):
    """Read a file, print what was counted and what it says of every claim, and write the folder. Returns its path.

    Raises deals.DealsError for a file that cannot be used.
    """
    chosen = {"dates": dates, "ai": ai, "collector": collector}
    mine = deals.read(file, **{name: given for name, given in chosen.items() if given})
    said = deals.answers(mine)
    print(f"{mine.notes}\n\n{told(said)}\n")
    home = Path.cwd() / f"{Path(file).stem}-answers"
    home.mkdir(exist_ok=True)
    said.to_csv(home / "answers.csv", index=False)
    mine.aside.to_csv(home / "aside.csv", index=False)
    mine.alike.to_csv(home / "alike.csv", index=False)
    (home / "notes.txt").write_text(f"{mine.notes}\n", encoding="utf-8")
    for name, svg in charts(mine):
        (home / f"{name}.svg").write_text(svg, encoding="utf-8")
    return home


def told(said):
    """The answers as lines: those that could be asked one by one, the others by their reason."""
    asked, others = said[said["vote"] != ""], said[said["vote"] == ""]
    lines = [
        f"{f'{one.claim} {one.part}'.strip()}: {one.vote}: {one.says}; claimed {one.claimed}; the book: {one.published}"
        for one in asked.itertuples()
    ]
    rest = [f"{', '.join(rows['claim'].unique())}: {why}" for why, rows in others.groupby("says", sort=False)]
    head = [f"Asked: {asked['claim'].nunique()} claims, of {said['claim'].nunique()}.", *lines, "", "Not asked:", *rest]
    return "\n".join(line for one in head for line in textwrap.wrap(one, 118, subsequent_indent="    ") or [""])


def charts(mine):
    """The charts of an export: its new money by year, of all and of AI. Yields (name, SVG)."""
    use_style()
    years = sorted({str(day)[:4] for day in mine.rounds["day"]})[-LAST:]
    for name, sector in (("money", "all"), ("ai", "AI")):
        rows = pd.DataFrame({"year": years, "millions": [mine.money(year, sector=sector) / 1e6 for year in years]})
        if rows["millions"].sum():
            bars(rows, "{year}", "millions", text="{millions:,.1f}", across=True)
            scale("x", [0], limits=(0, 1.3 * rows["millions"].max()))
            chart = finish(
                f"scoreboard-deals-{name}",
                title=f"New money{' of AI' * (sector == 'AI')} in {mine.name}",
                subtitle="Shares and convertible notes by year, USD m",
                alt=f"New money by year in {mine.name}, USD m: {listed(rows, '{year} {millions:,.1f}')}.",
            )
            yield name, chart.svg
