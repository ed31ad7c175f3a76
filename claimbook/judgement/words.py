"""The words of the verdicts, once: what each means, how it is marked, coloured and rated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A verdict's word. `mark`: a character, so that no verdict is told by colour alone; `shape`: the same for
    matplotlib.

    `colour`: one of `charts.look.COLOURS`. `rating`: 1 to 5 for ClaimReview; what is open or not found has none.
    """

    meaning: str
    mark: str
    shape: dict
    colour: str
    rating: int | None = None


FULL, CROSS, SQUARE = dict(marker="o"), dict(marker="X"), dict(marker="s")
HALF = dict(marker="o", fillstyle="left", markerfacecoloralt="none")
EMPTY = dict(marker="o", fillstyle="none")

VERDICTS = {
    "reproduced": Word(
        "every witness agrees with the claim to the precision in which it was made", "●", FULL, "teal", 5
    ),
    "depends on the source": Word(
        "some independent publishers or vintages agree and others do not", "◐", HALF, "orange", 3
    ),
    "misquoted": Word("the number exists, but for another quantity, which is shown", "■", SQUARE, "purple", 2),
    "contradicted": Word("the evidence says otherwise", "✖", CROSS, "red", 1),
    "not found": Word("no public evidence for or against was found; what was searched is said", "○", EMPTY, "grey"),
    "came true": Word("a forecast: every witness agrees, at the date of the judgement", "●", FULL, "teal", 5),
    "came partly true": Word("a forecast: some witnesses agree, at the date of the judgement", "◐", HALF, "orange", 3),
    "failed": Word("a forecast: no witness agrees, at the date of the judgement", "✖", CROSS, "red", 1),
    "open": Word("a forecast: the date by which it can be judged has not come", "○", EMPTY, "grey"),
    "judgement": Word("advice: the nearest evidence is shown, nothing is scored", "▬", dict(marker="_"), "blue"),
    "not examined yet": Word("the chapter is not written", "·", dict(marker="."), "pale"),
}
"""The closed list of verdicts, in the order in which they are shown."""

MARKS = {word: verdict.mark for word, verdict in VERDICTS.items()}
