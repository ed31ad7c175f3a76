"""Plants a sample of the faults of `mutate.py` in a copy of the book, by hand so to say, and tells how often the two
agree.

`make data` accepts the fault, the tests of the data are run, the chapters are executed by the engine, in kernels, with
all that is drawn.
"""

import csv
import random
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from copies import copied
from mutate import REPORT

EXECUTE = "from claimbook.engine import run; run.run([path for path in run.stale() if path.name[:2] in {}])"
TESTS = [
    "tests/evidence/test_data.py",
    "tests/book/test_notebooks.py",
    "-k",
    "figures_that or figures_are or told_in_full",
]


def sample(number, seed):
    """Faults of the report, as many of each kind of check as can be."""
    kinds = defaultdict(list)
    for one in csv.DictReader(REPORT.open(encoding="utf-8", newline="")):
        kinds[one["seen by"].split()[0] if one["seen by"] else "nothing"].append(one)
    chance = random.Random(seed)
    for ones in kinds.values():
        chance.shuffle(ones)
    while kinds and number:
        for kind in list(kinds):
            if kinds[kind] and number:
                number -= 1
                yield kinds[kind].pop()
            elif not kinds[kind]:
                del kinds[kind]


def texts(book):
    return {
        path.name: path.read_bytes()
        for path in [*(book.root / "chapters").iterdir(), book.root / "index.md"]
        if path.suffix in (".md", ".ipynb")
    }


def seen(book, fault):
    """What sees a fault in this copy of the book: the first of `make data`, a page, the tests of the data, a
    chapter."""
    path, before = book.root / "data" / f"{fault['table']}.csv", texts(book)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[int(fault["row"]) - 1][rows[0].index(fault["column"])] = fault["becomes"]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    if book.claimbook("data")[0]:
        return "refused"
    guess = fault["seen by"].split()
    if guess[:1] != ["chapter"]:  # else the chapter itself must see it, whatever else does
        if texts(book) != before:
            return "page"
        if book.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS)[0]:
            return "test"
    before = texts(book)
    code, _ = book.run(
        "-c",
        EXECUTE.format(repr([guess[1].strip(",")] if guess[:1] == ["chapter"] else [f"{n:02}" for n in range(1, 9)])),
    )
    return "chapter" if code or texts(book) != before else "nothing"


SAME = {
    "schema": "refused",
    "own": "refused",
    "bibliography": "page",
    "page": "page",
    "test": "test",
    "chapter": "chapter",
    "nothing": "nothing",
}


def main(number=60, seed=2024):
    agreed, counts = 0, Counter()
    for fault in sample(number, seed):
        with tempfile.TemporaryDirectory() as home:
            found = seen(copied(Path(home) / "book"), fault)
        told = SAME[fault["seen by"].split()[0] if fault["seen by"] else "nothing"]
        good = (found == "nothing") == (told == "nothing")  # two checks may both see it
        agreed += good
        counts[told, found] += 1
        if not good:
            print("differs:", fault, found, flush=True)
    for (told, found), count in sorted(counts.items()):
        print(f"said {told:<10}found {found:<10}{count:>4}")
    print(f"{agreed} of {number} faults came out as said")
    sys.exit(agreed != number)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
