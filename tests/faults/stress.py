"""Runs all tests five times, each in another random order and in another place or on another day, and prints a table:
`make stress`.

Arguments are passed on to pytest; with files among them only those are run: `make stress
ARGS="tests/judgement"`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = {
    "here": ([], {}),
    "a year ahead": (["faketime", "-m", "-f", "+366d"], {}),
    "another time zone and locale": (
        [],
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "LANGUAGE": "tr"},
    ),
    "another user": (
        ["unshare", "--user", "--map-user=1234", "--map-group=1234"],
        {"USER": "somebody", "LOGNAME": "somebody"},
    ),
    "another directory": ([], {}),
}


def run(condition, seed, arguments):
    """One run. Returns (what pytest counted, its exit code, seconds)."""
    before, more = RUNS[condition]
    with tempfile.TemporaryDirectory(prefix="stress ") as elsewhere:
        root, environment = ROOT, os.environ | {"PYTHONHASHSEED": str(seed)} | more
        if condition == "another user":
            environment["HOME"] = elsewhere
        if condition == "another directory":
            root = Path(elsewhere) / "the book, é"
            shutil.copytree(
                ROOT, root, symlinks=True, ignore=shutil.ignore_patterns(".venv", ".pytest_cache", "__pycache__")
            )
            (root / ".venv").mkdir()
            (root / ".venv/pyodide").symlink_to(ROOT / ".venv/pyodide")
        chosen = (
            arguments
            if any("/" in one for one in arguments)
            else [
                "tests",
                *sorted(str(path.relative_to(root)) for path in (root / "chapters").glob("*.ipynb")),
                *arguments,
            ]
        )
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "--nbval-current-env",
            "-n",
            "2",
            "--dist",
            "loadfile",
            "-p",
            "no:cacheprovider",
            "-o",
            "addopts=--strict-markers",
            f"--shuffle={seed}",
            *chosen,
        ]
        start = time.monotonic()
        done = subprocess.run(
            [*before, *command], cwd=root, env=environment | {"PYTHONPATH": str(root)}, capture_output=True, text=True
        )
        text = done.stdout + done.stderr
        (ROOT / "_build").mkdir(exist_ok=True)
        (ROOT / f"_build/stress-{seed}.txt").write_text(text, encoding="utf-8")
        counted = re.findall(r"\d+ (?:passed|failed|errors?|warnings?)", done.stdout.strip().rsplit("\n", 1)[-1])
        return (
            ", ".join(counted) or "nothing was counted",
            done.returncode or int(not counted),
            time.monotonic() - start,
        )


def main():
    codes = []
    print(f"{'run':<30} {'order':>5} {'seconds':>8}  result")
    for seed, condition in enumerate(RUNS, 1):
        counted, code, seconds = run(condition, seed, sys.argv[1:])
        codes.append(code)
        print(
            f"{condition:<30} {seed:>5} {seconds:>8.0f}  {counted}"
            + (f": see _build/stress-{seed}.txt" if code else ""),
            flush=True,
        )
    sys.exit(any(codes))


if __name__ == "__main__":
    main()
