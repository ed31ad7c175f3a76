"""The commands behind the Makefile: claimbook build, pdf, epub, test, run, data, figures, bench, environment."""

import argparse
import errno
import os
import re
import shutil
import signal
import subprocess
import sys

from claimbook.engine.stamp import fresh
from claimbook.paths import ROOT, SITE


def main():
    parser = argparse.ArgumentParser(prog="claimbook", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="check the data, execute what is stale, build the site")
    commands.add_parser("pdf", help="the whole book as one PDF, checked, then the site that links it")
    commands.add_parser("epub", help="the whole book as an EPUB, checked, then the site that links it")
    tester = commands.add_parser("test", help="nbval on every notebook, and all other tests")
    tester.add_argument(
        "--text", action="store_true", help="leave out how charts are drawn: for versions that are not the locked ones"
    )
    tester.add_argument("rest", nargs="*", help="passed on to pytest")
    runner = commands.add_parser("run", help="execute stale chapters and store their outputs")
    runner.add_argument("--all", action="store_true", help="execute every chapter, stale or not")
    commands.add_parser("data", help="accept a change in data/: check it, renew hashes and generated pages")
    commands.add_parser("figures", help="write every chart as SVG into _build/figures")
    commands.add_parser("class", help="the class kit: notebooks for students and teachers, in one zip")
    commands.add_parser("slides", help="one deck of slides for each chapter")
    adder = commands.add_parser(
        "new-claim", help="add a claim: asks what is not given, writes its row and the skeleton of its section"
    )
    for field in ("chapter", "article", "passage", "statement", "kind", "claimed", "unit", "precision"):
        adder.add_argument(f"--{field}")
    commands.add_parser("bench", help="measure the engine against plain tools, into chapters/benchmark.md")
    commands.add_parser("environment", help="write environment.yml from requirements.lock")
    chosen = parser.parse_args()
    if chosen.command == "build" and fresh():
        return print(f"Nothing has changed: the book is in {SITE.relative_to(ROOT)}/index.html")
    from claimbook.engine import run
    from claimbook.evidence import tables
    from claimbook.site import build

    if (
        chosen.command != "test"
    ):  # pytest ends by itself; all others may be cut off at any moment, nothing half-written is ever in place
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        sys.exit(globals()[f"_{chosen.command.replace('-', '_')}"](chosen))
    except (build.BuildError, run.RunError, tables.DataError) as error:
        _progress("")
        sys.exit(f"\n{error}")
    except OSError as error:
        _progress("")
        file = os.path.relpath(error.filename, ROOT) if isinstance(error.filename, str) else None
        remedy = REMEDIES.get(
            error.errno,
            f"Restore it: git checkout {file}" if file else "Repeat it; if it stays, begin anew: make clean",
        )
        sys.exit(f"\n{file or 'The system'}: {error.strerror or error}. {remedy}. The site in place is as it was")


REMEDIES = {
    errno.ENOSPC: "Make room on the disk and repeat",
    errno.EDQUOT: "Make room on the disk and repeat",
    errno.EROFS: "Let this user write there and repeat",
    errno.EACCES: "Let this user write there and repeat",
    errno.EPERM: "Let this user write there and repeat",
}
"""What to do when a file cannot be read or written."""


def _progress(text):
    """The latest news in one line of a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")
        sys.stderr.flush()


def _build(chosen):
    from claimbook.engine import run
    from claimbook.site import build

    executed = build.build(_progress)
    _progress("")
    if executed:
        print(f"Executed {run.told(executed)}")
    print(f"The book is in {SITE.relative_to(ROOT)}/index.html")


def _pdf(chosen):
    from claimbook.editions import export
    from claimbook.site import build

    export.pdf()
    build.build()


def _epub(chosen):
    from claimbook.editions import export
    from claimbook.site import build

    export.epub()
    build.build()


def _test(chosen):
    from claimbook.engine import run

    notebooks = [str(path) for path in run.notebooks()]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-n",
        "auto",
        "--dist",
        "loadfile",
        "tests",
        *notebooks,
        *chosen.rest,
    ]
    command += ["--nbval-sanitize-with", "tests/book/other-versions.cfg"] if chosen.text else []
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}).returncode


def _run(chosen):
    from claimbook.engine import run

    todo = run.notebooks() if chosen.all else run.stale()
    run.run(todo, _progress)
    _progress("")
    print(
        f"Executed all {len(todo)} chapters"
        if chosen.all
        else f"Executed {run.told(todo)}"
        if todo
        else "Nothing is stale"
    )


def _data(chosen):
    from claimbook.engine import intake
    from claimbook.evidence import tables
    from claimbook.site import pages

    faults = intake.files()
    renamed = intake.name_rows() if not faults else {}
    changed = tables.renew() if not faults else []
    faults = faults or intake.faults()
    if faults:
        raise tables.DataError("\n".join(faults))
    for former, current in renamed.items():
        print(f"Renamed: {former} is {current}")
    print("Tables accepted: " + (", ".join(changed) or "none had changed"))
    print("Pages renewed: " + (", ".join(pages.write()) or "none was stale"))


def _figures(chosen):
    from claimbook.site import build

    print(f"The charts are in {build.figures().relative_to(ROOT)}")


def _class(chosen):
    from claimbook.teaching import classkit

    print(f"The class kit is {classkit.build().relative_to(ROOT)}")


def _slides(chosen):
    from claimbook.editions import slides

    print(f"The decks are in {slides.build().relative_to(ROOT)}/index.html")


def _new_claim(chosen):
    from claimbook.teaching import newclaim

    id, path = newclaim.new_claim(newclaim.ask(vars(chosen)))
    print(
        f"{id} stands in data/claims.csv, its section in {path.relative_to(ROOT)}. Name its witnesses there, then: make"
        " data book"
    )


def _bench(chosen):
    from claimbook.commands import bench

    for what, ours, other, against, promise in bench.bench():
        print(
            f"{ours / other:6.2f}  {what}: {ours:.2f} against {other:.2f} ({against})"
            + (f", promised at most {promise}" if promise else "")
        )


def environment():
    """The text of environment.yml: Python from conda, everything else exactly as in requirements.lock, without
    hashes."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9_.-]+==[^\\\n]+?)\s*\\?$", lock, re.M)
    lines = [
        "# For conda and Binder. Written from requirements.lock by `make lock`: the same versions.",
        "name: hundred-billion-dollar-year",
    ]
    lines += ["channels: [conda-forge]", "dependencies:", "  - python=3.11", "  - pip", "  - pip:"]
    return "\n".join(lines + [f'      - "{pin}"' for pin in pins] + ["      - -e ."]) + "\n"


def _environment(chosen):
    (ROOT / "environment.yml").write_text(environment(), encoding="utf-8")


if __name__ == "__main__":
    main()
