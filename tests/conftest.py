"""A copy of the book in which faults can be planted, and a way to run the book's commands there; the built site and a
server for it."""

import fcntl
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import nbval.kernel
import pytest
from hypothesis import settings
from jupyter_client.manager import KernelManager

from claimbook.paths import BUILD, SITE

ROOT = Path(__file__).resolve().parents[1]


def over_files(**arguments):
    """A manager for nbval's kernels that talk over files, as those of `claimbook run`: no port can be taken, no
    network is needed."""
    return KernelManager(
        transport="ipc", connection_file=f"{tempfile.mkdtemp(prefix='nbval-')}/kernel.json", **arguments
    )


nbval.kernel.KernelManager = over_files


def pytest_addoption(parser):
    parser.addoption(
        "--shuffle",
        type=int,
        metavar="SEED",
        help="files and tests in random order, other numbers in the tests of properties: make stress",
    )


def pytest_configure(config):
    # Without the option the same numbers are tried every time, and however slow the machine is, that is no failure.
    settings.register_profile("book", derandomize=config.getoption("shuffle") is None, database=None, deadline=None)
    settings.load_profile("book")


def pytest_collection_modifyitems(config, items):
    seed, files = config.getoption("shuffle"), {}
    if seed is not None:
        chance = random.Random(seed)
        for item in items:
            files.setdefault(item.path, []).append(item)
        order = chance.sample(sorted(files), len(files))
        items[:] = [
            item
            for path in order
            for item in (files[path] if path.suffix == ".ipynb" else chance.sample(files[path], len(files[path])))
        ]


class Copy:
    """The repository's own files in a temporary folder."""

    def __init__(self, root):
        self.root = root

    def run(self, *arguments, before=(), **environment):
        """Run `BEFORE python ARGUMENTS` in the copy, with the copy's package. Returns (exit code, all that it
        printed)."""
        variables = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("PYTEST")}
        variables |= {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", **environment}
        done = subprocess.run(
            [*before, sys.executable, *arguments], cwd=self.root, env=variables, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    def claimbook(self, *arguments, **environment):
        return self.run("-m", "claimbook.commands.cli", *arguments, **environment)

    def nbval(self, notebook, *options):
        return self.run(
            "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", *options, f"chapters/{notebook}"
        )

    def edit(self, path, old, new):
        """Replace the one place where `old` stands in a file."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new), encoding="utf-8")


def copied(root):
    """The book as it is, in a folder that does not exist yet."""
    ignore = shutil.ignore_patterns(
        ".git", ".venv", "_build", "node_modules", "__pycache__", ".pytest_cache", ".ipynb_checkpoints"
    )
    shutil.copytree(ROOT, root, ignore=ignore)
    if (BUILD / "png").exists():  # what was drawn once need not be drawn again
        shutil.copytree(BUILD / "png", root / "_build" / "png", copy_function=os.link)
    return Copy(root)


@pytest.fixture
def copy(tmp_path):
    return copied(tmp_path / "book")


def small_book(root):
    """A book of one chapter and two claims: `tests/small_book` and the package, in a folder that does not exist yet."""
    for name in ("claimbook", "requirements.lock", "pyproject.toml", "_config.yml", "LICENSE", ".gitignore"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "tests/small_book", root, dirs_exist_ok=True)
    shutil.move(root / "thisbook.py", root / "claimbook/judgement/thisbook.py")
    config = (root / "_config.yml").read_text(encoding="utf-8")
    title = "title: Batteries, claim by claim"
    (root / "_config.yml").write_text(re.sub(r"^title: .*$", title, config, flags=re.M), encoding="utf-8")
    return Copy(root)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def site():
    """The site as it is built from the files as they are. A stale chapter is an error here: `make book` first."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "tests.lock").open("w") as lock:  # two files of tests ask for it, in two processes
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, "-m", "claimbook.commands.cli", "build"],
            cwd=ROOT,
            env=os.environ | {"CI": "true"},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return SITE.resolve()
