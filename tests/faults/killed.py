"""Kills build, preview and tests at random moments, with all that they have started, as when the power fails: the site
in place is whole, and the next run makes what it would have made. Prints a line for each: `make stress` runs it too.

An argument says how many times each is killed, ten if there is none; a second one the seed.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
from copies import CLI, LINES, NOTEBOOK, TABLE, Book, copied, plain, small_book

TESTS = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "tests/engine/test_editors.py")


def sentence(book, number):
    text = (book.root / "index.md").read_text(encoding="utf-8")
    (book.root / "index.md").write_text(f"{text}\nSentence {number}.\n", encoding="utf-8")


def code(book, number):
    book.edit(NOTEBOOK, 'use_style()\\n",', f'use_style()\\n",\n    "print({number})\\n",')


def note(book, number):
    table = (book.root / TABLE).read_text(encoding="utf-8")
    new = f"{LINES[1]}Seen {number} times."
    lines = [new if line.startswith(LINES[1]) else line for line in table.splitlines()]
    (book.root / TABLE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert book.claimbook("data")[0] == 0


CHANGES = (sentence, code, note)


def started(root, arguments):
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=root,
        env=plain() | {"PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def killed(root, arguments, after):
    """Start a command and kill it with all its processes so many seconds later. Returns whether it still ran."""
    process = started(root, arguments)
    time.sleep(after)
    ran = process.poll() is None
    if ran:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return ran


def took(root, arguments):
    start = time.monotonic()
    assert started(root, arguments).wait() == 0, arguments
    return time.monotonic() - start


def of_a_book(folder, command, times, chance):
    """Change the small book, kill the command at its work, and see what stands and what the next build makes."""
    book = Book(small_book(folder / command).root)
    book.accept()
    whole = took(book.root, (*CLI, "build"))
    for number in range(times):
        before, change = book.published(), CHANGES[number % len(CHANGES)]
        if command == "build":
            change(book, number)
        at = chance.uniform(0, whole)
        if command == "serve":  # what it looks at is changed while it shows the book
            process = started(book.root, (*CLI, "serve"))
            time.sleep(whole)
            change(book, number)
            time.sleep(at / 2)
            os.killpg(process.pid, signal.SIGKILL)
            ran = process.wait() == -signal.SIGKILL
        else:
            ran = killed(book.root, (*CLI, "build"), at)
        stood = book.published()
        assert book.claimbook("data")[0] == 0
        said = book.build()
        made = book.published()
        shutil.rmtree(book.root / "_build/kept", ignore_errors=True)
        (book.root / "_build/stamp").unlink()
        assert said[0] == 0 and book.build()[0] == 0 and book.published() == made, said
        assert stood in (before, made), "half of a site was published"
        state = "running" if ran else "ended"
        print(f"{command}, {change.__name__}: killed after {at:.1f} s, {state}; the next build is whole", flush=True)


def of_the_tests(folder, times, chance):
    """Kill some tests at their work: the book is as it was, and they pass."""
    book = copied(folder / "tests")
    own = lambda: (path for path in book.root.rglob("*") if path.is_file() and "_build" not in path.parts)
    files = lambda: {path: path.read_bytes() for path in own()}
    before, whole = files(), took(book.root, TESTS)
    for _ in range(times):
        at = chance.uniform(0, whole)
        killed(book.root, TESTS, at)
        assert files() == before
        print(f"tests: killed after {at:.1f} s; the book is as it was", flush=True)
    took(book.root, TESTS)
    print("tests: they pass", flush=True)


def main():
    times, seed = [*map(int, sys.argv[1:]), *(10, 1)[len(sys.argv) - 1 :]]
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="killed ") as folder:
        for command in ("build", "serve"):
            of_a_book(Path(folder), command, times, chance)
        of_the_tests(Path(folder), times, chance)


if __name__ == "__main__":
    main()
