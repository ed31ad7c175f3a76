"""What the tests share: copies of the book in which faults can be planted, the built site and a server for it."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from http.server import SimpleHTTPRequestHandler

import nbval.kernel
import pytest
from copies import SERVER, Book, copied, small_book
from hypothesis import settings
from jupyter_client.manager import KernelManager

from claimbook.paths import ROOT, SITE

collect_ignore = ["small_book"]
"""Its notebooks are another book's: they run in copies only."""


def over_files(**arguments):
    """A manager for nbval's kernels that talk over files, as those of `claimbook run`: no port can be taken, no
    network is needed. What a reader has set for IPython is left aside."""
    os.environ["IPYTHONDIR"] = folder = tempfile.mkdtemp(prefix="nbval-")
    return KernelManager(transport="ipc", connection_file=f"{folder}/kernel.json", **arguments)


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


@pytest.fixture
def copy(tmp_path):
    return copied(tmp_path / "book")


@pytest.fixture(scope="module")
def server():
    environment = {
        k: v for k, v in os.environ.items() if k not in ("CI", "PYTHONPATH") and not k.startswith("PYTEST")
    } | {"PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd="/",
    )
    yield process
    process.stdin.close()
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def sound(server, tmp_path_factory):
    """The book as it should be, built."""
    book = Book(small_book(tmp_path_factory.mktemp("bad") / "book").root, server)
    book.accept()
    for command in ("init -q -b main", "add ."):  # as a reader has it: what is lost can be restored
        subprocess.run(["git", *command.split()], cwd=book.root, check=True, capture_output=True)
    code, text = book.build()
    assert code == 0 and "Executed chapters/01-batteries.ipynb" in text, text
    return book


@pytest.fixture
def book(sound, tmp_path):
    return Book(shutil.copytree(sound.root, tmp_path / "book", symlinks=True), sound.server)


class Quiet(SimpleHTTPRequestHandler):
    """A host that tells nothing, and knows no type for .mjs, as nginx."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "application/octet-stream"}

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def site():
    """The site as it is built from the files as they are. A stale chapter is an error here: `make book` first."""
    command = [sys.executable, "-m", "claimbook.commands.cli", "build"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"CI": "true"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return SITE.resolve()
