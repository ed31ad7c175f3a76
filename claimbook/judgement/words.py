"""The words of the verdicts, once: what each means, how it is marked, coloured and rated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A verdict's word. `mark`: a character, so that no verdict is told by colour alone; `shape`: the same for
    matplotlib.

    `colour`: one of `charts.look.COLOURS`. `rating`: 1 to 5 for ClaimReview; where nobody counts there is none.
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
    "holds": Word("two collectors or more have a vote, and two thirds of them bear it out", "●", FULL, "teal", 5),
    "right as quoted": Word(
        "an amount that its source printed so, and prints so today", "◆", dict(marker="D"), "teal", 5
    ),
    "since revised": Word(
        "an amount that its source printed so and prints otherwise today",
        "◇",
        dict(marker="D", fillstyle="none"),
        "teal",
        4,
    ),
    "one count, for": Word(
        "only one collector has a vote, and it bears the claim out", "▲", dict(marker="^"), "blue", 4
    ),
    "disputed": Word("neither side has two thirds of the votes", "◐", HALF, "orange", 3),
    "one count, against": Word(
        "only one collector has a vote, and it does not bear the claim out", "▼", dict(marker="v"), "orange", 2
    ),
    "garbled": Word("an amount that its source printed of another quantity, or otherwise", "■", SQUARE, "purple", 2),
    "fails": Word("two collectors or more have a vote, and two thirds of them are off", "✖", CROSS, "red", 1),
    "no count": Word("nobody was found who counts what is asked; what was searched is said", "○", EMPTY, "grey"),
    "not scored": Word("advice: the nearest evidence is shown", "▬", dict(marker="_"), "grey"),
    "not examined yet": Word("the chapter is not written", "·", dict(marker="."), "pale"),
}
"""The closed list of words, in the order in which they are shown."""

WORST = ("fails", "garbled", "one count, against", "disputed", "no count", "since revised", "one count, for")
WORST += ("right as quoted", "holds", "not scored", "not examined yet")
"""The words, the worst first: a claim of several figures has the colour of the worst."""

QUOTED = {
    "right": "the source that the article names or plainly rests on printed this figure",
    "wrong": "that source printed another figure, or this one of another quantity",
    "page not seen": "no page of that source with the figure was found",
    "no source named": "the article names none",
}
"""Whether a figure is quoted right: the answers, with what each means."""

MARKS = {word: verdict.mark for word, verdict in VERDICTS.items()}
