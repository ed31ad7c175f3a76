"""What the tests share: copies of the book in which faults can be planted, the built site and a server for it."""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from http.server import SimpleHTTPRequestHandler

import nbval.kernel
import pytest
import touched

touched.start()
from copies import Book, copied, small_book
from hypothesis import settings
from jupyter_client.manager import KernelManager
from xdist.scheduler import LoadScopeScheduling

from claimbook.engine.alone import alone
from claimbook.paths import ROOT, SITE

collect_ignore = ["small_book"]
"""Its notebooks are another book's: they run in copies only."""


LONGEST = "grown look used seen packed path .ipynb latex copy sound".split()
"""Fixtures, parameters and kinds of file whose tests take longest: a new claim in every chapter, Python in the page,
browsers, chapters that are executed, other forms, copies."""


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
    parser.addoption("--touched", action="store_true", help="only the tests that a change touches: make touched")


@pytest.hookimpl(trylast=True)  # the reporter is there
def pytest_configure(config):
    # Without the option the same numbers are tried every time, and however slow the machine is, that is no failure.
    settings.register_profile("book", derandomize=config.getoption("shuffle") is None, database=None, deadline=None)
    settings.load_profile("book")
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.isatty and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Left(reporter, getattr(config, "cache", None)))
    config.pluginmanager.register(touched.Watch(config))


class Left:
    """Shows on a terminal how many tests have ended, and how long the others take by what they took last time."""

    def __init__(self, reporter, cache):
        self.reporter, self.cache, self.took, self.ids, self.processes = reporter, cache, {}, [], 0
        self.last = cache.get("book/took", {}) if cache else {}

    def pytest_collection_finish(self, session):
        self.pytest_xdist_node_collection_finished(None, [item.nodeid for item in session.items] or self.ids)

    def pytest_xdist_node_collection_finished(self, node, ids):
        self.ids, self.processes = ids, self.processes + bool(ids)

    def pytest_report_teststatus(self, report):
        if report.passed:  # the line below tells it
            return "passed" if report.when == "call" else "", "", ""

    def pytest_runtest_logreport(self, report):
        self.took[report.nodeid] = self.took.get(report.nodeid, 0) + report.duration
        known = [self.last[id] for id in self.ids if id in self.last and id not in self.took]
        left = f", about {sum(known) / self.processes:.0f} s left" if known else ""
        self.reporter.rewrite(f"{len(self.took)} of {len(self.ids)} tests{left}", erase=True)

    def pytest_sessionfinish(self):
        self.reporter.write_line("")
        if self.cache:
            self.cache.set("book/took", self.last | self.took)


def asked(item):
    """The kind of a test's file, and what it asks for."""
    return [item.path.suffix, *getattr(item, "fixturenames", ())]


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
    else:  # the longest first, so that no process waits for another at the end
        place = {name: at for at, name in enumerate(LONGEST)}
        items.sort(key=lambda item: min(place.get(name, len(place)) for name in asked(item)))


class Spread(LoadScopeScheduling):
    """Which tests stay in one process: those of a file, as they share what it made; of them those whose names have the
    same word after ~. What the engine and the preview do is tried on copies, each test on its own: any free process
    takes one."""

    def _split_scope(self, nodeid):
        path, name = nodeid.split("::", 1)
        apart = path.startswith(("tests/engine/", "tests/site/test_preview"))
        return nodeid if apart else " ".join([path, *re.findall(r"~[\w ]+", name)])


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # the order is that of the items
    return Spread(config, log)


def once(tmp_path_factory, name, make):
    """What several processes need and one makes, the first that asks: a folder, made by `make(folder)`."""
    home = tmp_path_factory.getbasetemp()
    home = (home.parent if "PYTEST_XDIST_WORKER" in os.environ else home) / name
    with alone(home.with_suffix(".lock"), "a test"):
        if not home.with_suffix(".made").exists():
            shutil.rmtree(home, ignore_errors=True)
            make(home)
            home.with_suffix(".made").touch()
    return home


@pytest.fixture
def copy(tmp_path):
    return copied(tmp_path / "book")


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    """The book as it should be, built."""

    def make(home):
        book = Book(small_book(home / "book").root)
        book.accept()
        for command in ("init -q -b main", "add ."):  # as a reader has it: what is lost can be restored
            subprocess.run(["git", *command.split()], cwd=book.root, check=True, capture_output=True)
        code, text = book.build()
        assert code == 0 and "Executed chapters/01-batteries.ipynb" in text, text

    return Book(once(tmp_path_factory, "sound", make) / "book")


@pytest.fixture
def book(sound, tmp_path):
    return Book(shutil.copytree(sound.root, tmp_path / "book", symlinks=True))


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
