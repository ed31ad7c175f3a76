"""The commands behind the Makefile."""

import argparse
import errno
import gc
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import nullcontext
from importlib import import_module

from claimbook.engine.alone import alone
from claimbook.engine.stamp import fresh, left_out, tables_written
from claimbook.paths import BUILD, ROOT, SITE, way_back

REMEDIES = dict.fromkeys([errno.ENOSPC, errno.EDQUOT], "Make room on the disk and repeat")
REMEDIES |= dict.fromkeys([errno.EROFS, errno.EACCES, errno.EPERM], "Let this user write there and repeat")
"""What to do when a file cannot be read or written."""
UNCHANGED = f"Nothing has changed: the book is in {SITE.relative_to(ROOT)}/index.html"
ENVIRONMENT = """\
# For conda and Binder. Written from requirements.lock by `make lock`: the same versions.
name: hundred-billion-dollar-year
channels: [conda-forge]
dependencies:
  - python=3.11
  - pip
  - pip:
"""


def main():
    parser = argparse.ArgumentParser(prog="claimbook", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {name: commands.add_parser(name, help=help) for name, (_, help) in COMMANDS.items()}
    drawn = "leave out how charts are drawn: for versions that are not the locked ones"
    parsers["test"].add_argument("--text", action="store_true", help=drawn)
    touched = "only the tests that a change touches since they passed"
    parsers["test"].add_argument("--touched", action="store_true", help=touched)
    parsers["test"].add_argument("rest", nargs="*", help="files to run instead of all, and options of pytest after --")
    parsers["run"].add_argument("--all", action="store_true", help="execute every chapter, stale or not")
    for field in ("chapter", "article", "passage", "cited", "statement", "kind", "claimed", "unit", "precision"):
        parsers["new-claim"].add_argument(f"--{field}")
    parsers["deals"].add_argument("file", help="a CSV of funding rounds, or a zip of one")
    parsers["deals"].add_argument("--dates", choices=["DM", "MD"], help="how days such as 3/4/2024 are written")
    parsers["deals"].add_argument("--ai", metavar="PATTERN", help="the whole words of AI, with | between them")
    parsers["deals"].add_argument("--collector", metavar="NAME", help="whose data it is")
    chosen = parser.parse_args(["--help"] if sys.argv[1:] in ([], ["help"]) else None)
    if chosen.command == "build" and fresh():
        return print(UNCHANGED)
    gc.set_threshold(100_000, 50, 100)  # pages are trees of millions of nodes that stay: a fifth of the time went here
    if chosen.command in ("build", "run") and tables_written():
        from claimbook.engine import kernels

        kernels.warm_up()  # while this process loads its own libraries
    from claimbook.engine.run import RunError, tidy
    from claimbook.evidence.tables import DataError
    from claimbook.site.build import BuildError

    # pytest ends by itself; all others may be cut off at any moment, nothing half-written is ever in place
    if chosen.command != "test":
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    before = {}
    try:
        free = chosen.command in ("test", "serve", "bench", "deals")
        with nullcontext() if free else alone(BUILD / "lock", f"claimbook {chosen.command}"):
            # Continuous integration builds what is committed: what is wrong with its form the tests say.
            for path in [] if free or os.environ.get("CI") == "true" else tidy():
                print(f"Stored in the book's own form: chapters/{path.name}", flush=True)
            before = {} if free else _verdicts()
            sys.exit(COMMANDS[chosen.command][0](chosen))
    except BrokenPipeError:  # `claimbook ... | head`: who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    except (BuildError, RunError, DataError, OSError) as error:
        _progress("")
        sys.exit(f"\n{_remedied(error) if isinstance(error, OSError) else error}")
    finally:  # what was executed is stored, also where something else failed
        _news(before)


def _remedied(error):
    """An error of the system in words, with what to do."""
    file = os.path.relpath(error.filename, ROOT) if isinstance(error.filename, str) else None
    other = way_back(file) if file else "Repeat it; if it stays, begin anew: make clean"
    what = f"{file or 'The system'}: {error.strerror or error}"
    return f"{what}. {REMEDIES.get(error.errno, other)}. The site in place is as it was"


def _progress(text):
    """The latest news in one line of a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")
        sys.stderr.flush()


def _verdicts():
    """What the chapters say of each claim, as {claim: (verdict, reason)}; nothing where one cannot be read."""
    from claimbook.judgement import ledger

    try:
        return {claim: (one["verdict"], one["reason"]) for claim, (_, one) in ledger.verdicts().items()}
    except (OSError, ValueError, KeyError):  # what is wrong, the command itself will tell
        return {}


def _news(before):
    """Tell, a line each, which claims have another verdict or reason than before."""
    for claim, (word, reason) in _verdicts().items() if before else ():
        old, why = before.get(claim, (word, reason))
        if (old, why) != (word, reason):
            print(f"{claim}: {old}, {why} -> {f'{word}, ' if word != old else ''}{reason}")


def _build(chosen):
    from claimbook.engine import run
    from claimbook.site import build

    if fresh():  # another command has built it meanwhile
        return print(UNCHANGED)
    executed = build.build(_progress)
    _progress("")
    told = f"Executed {run.told(executed)}\n" if executed else ""
    print(f"{told}The book is in {SITE.relative_to(ROOT)}/index.html\n{left_out()}", end="")


def _edition(chosen):
    from claimbook.editions import export
    from claimbook.site import build

    getattr(export, chosen.command)()
    build.build()
    print(left_out(), end="")


def _test(chosen):
    from claimbook.engine import run

    named = any((ROOT / one.partition("::")[0]).exists() for one in chosen.rest)
    command = [sys.executable, *"-m pytest --nbval --nbval-current-env -n auto --dist loadfile".split()]
    command += chosen.rest if named else ["tests", *map(str, run.notebooks()), *chosen.rest]
    command += ["--nbval-sanitize-with", "tests/book/other-versions.cfg"] if chosen.text else []
    command += ["--touched"] if chosen.touched else []
    code = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}).returncode
    return 0 if chosen.touched and code == 5 else code  # 5: there was nothing to run


def _run(chosen):
    from claimbook.engine import run

    todo = run.notebooks() if chosen.all else run.stale()
    run.run(todo, _progress)
    _progress("")
    executed = f"all {len(todo)} chapters" if chosen.all else run.told(todo)
    print(f"Executed {executed}" if executed else "Nothing is stale")


def _data(chosen):
    from claimbook.site import build, pages

    accepted, renewed = build.accept(), pages.write()
    print(*accepted, f"Pages renewed: {', '.join(renewed) or 'none was stale'}", sep="\n")


def _made(told, module, function="build"):
    """A command that makes one thing and says where it is."""
    return lambda _: print(told.format(getattr(import_module(module), function)().relative_to(ROOT)))


_figures = _made("The charts are in {}", "claimbook.site.build", "figures")
_class = _made("The class kit is {}", "claimbook.teaching.classkit")
_slides = _made("The decks are in {}/index.html", "claimbook.editions.slides")


def _new_claim(chosen):
    from claimbook.teaching import newclaim

    id, path = newclaim.new_claim(newclaim.ask(vars(chosen)))
    where = f"{id} stands in data/claims.csv, its section in {path.relative_to(ROOT)}"
    print(f"{where}. Name its witnesses there, then: make data book")


def _deals(chosen):
    from claimbook.commands.deals import answer
    from claimbook.deals import DealsError

    try:
        home = answer(chosen.file, chosen.dates, chosen.ai, chosen.collector)
    except DealsError as error:
        sys.exit(str(error))
    print(f"Written: {os.path.relpath(home)}/answers.csv, aside.csv, notes.txt and charts")


def _serve(chosen):
    from claimbook.site import preview

    preview.serve()


def _bench(chosen):
    from claimbook.commands import bench

    for what, ours, other, against, promise in bench.bench():
        promised = f", promised at most {promise}" if promise else ""
        print(f"{ours / other:6.2f}  {what}: {ours:.2f} against {other:.2f} ({against}){promised}")


def environment():
    """The text of environment.yml: Python from conda, all else exactly as in requirements.lock, without hashes."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9_.-]+==[^\\\n]+?)\s*\\?$", lock, re.M)
    return ENVIRONMENT + "".join(f'      - "{pin}"\n' for pin in pins) + "      - -e .\n"


def _environment(chosen):
    (ROOT / "environment.yml").write_text(environment(), encoding="utf-8")


COMMANDS = {
    "build": (_build, "check the data, execute what is stale, build the site"),
    "pdf": (_edition, "the whole book as one PDF, checked, then the site that links it"),
    "epub": (_edition, "the whole book as an EPUB, checked, then the site that links it"),
    "test": (_test, "nbval on every notebook, and all other tests"),
    "run": (_run, "execute stale chapters and store their outputs"),
    "data": (_data, "accept a change in data/: check it, renew hashes and generated pages"),
    "figures": (_figures, "write every chart as SVG into _build/figures"),
    "class": (_class, "the class kit: notebooks for students and teachers, in one zip"),
    "slides": (_slides, "one deck of slides for each chapter"),
    "new-claim": (_new_claim, "add a claim: asks what is not given, writes its row and the skeleton of its section"),
    "deals": (_deals, "put the claims to a file of funding rounds of your own; nothing leaves this machine"),
    "serve": (_serve, "show the book on this machine and follow every change of it"),
    "bench": (_bench, "measure the engine against plain tools, into chapters/benchmark.md"),
    "environment": (_environment, "write environment.yml from requirements.lock"),
}
"""Each command with what does it and its line of help."""


if __name__ == "__main__":
    main()
