"""Runs all tests five times, each in another random order and in another place or on another day, and the notebooks on
two other machines: one where pyarrow stands beside pandas, one whose processor has no vector units. Prints a table:
`make stress`.

Arguments are passed on to pytest; with files among them only those are run: `make stress
ARGS="tests/judgement"`. `--machines` runs the notebooks on the other machines, and nothing else.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from numpy._core._multiarray_umath import __cpu_dispatch__

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
    "with pyarrow": ([], {}),
    "without vector units": ([], {"NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__)}),
}
MACHINES = ("with pyarrow", "without vector units")
"""What a machine changes is arithmetic and the order of ties: the notebooks show it."""


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
        path = [str(root)]
        if condition == "with pyarrow":  # beside the environment, which stays as it is
            install = "-m uv pip install --quiet --only-binary :all: --target".split()
            subprocess.run([sys.executable, *install, elsewhere, "--no-deps", "pyarrow"], check=True)
            path.append(elsewhere)
        notebooks = sorted(str(path.relative_to(root)) for path in (root / "chapters").glob("*.ipynb"))
        all_of_them = notebooks if condition in MACHINES else [f"--shuffle={seed}", "tests", *notebooks]
        named = any("/" in one for one in arguments)
        chosen = [f"--shuffle={seed}", *arguments] if named else [*all_of_them, *arguments]
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
            *chosen,
        ]
        start = time.monotonic()
        done = subprocess.run(
            [*before, *command],
            cwd=root,
            env=environment | {"PYTHONPATH": os.pathsep.join(path)},
            capture_output=True,
            text=True,
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
    codes, arguments = [], [one for one in sys.argv[1:] if one != "--machines"]
    print(f"{'run':<30} {'order':>5} {'seconds':>8}  result")
    for seed, condition in enumerate(RUNS, 1):
        if "--machines" in sys.argv and condition not in MACHINES:
            continue
        counted, code, seconds = run(condition, seed, arguments)
        codes.append(code)
        print(
            f"{condition:<30} {seed:>5} {seconds:>8.0f}  {counted}"
            + (f": see _build/stress-{seed}.txt" if code else ""),
            flush=True,
        )
    sys.exit(any(codes))


if __name__ == "__main__":
    main()
