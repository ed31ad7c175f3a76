"""Which tests a change touches: those that opened a file which says something else than when they passed.

Noted in `_build/touched.json` by every run of the tests. Of the book's own files a test opens some; the package and
what the tests share count as opened by all. Where not a whole file counts, its part does: the verdicts in a chapter,
what all tables say to a claim. A page in a browser is a file of the site, opened where it is asked for. A copy of the
whole book counts for none of its files: what is tried on one would be so on any book.
"""

import functools
import importlib
import json
import os
import re
import sys
from collections import Counter
from contextlib import contextmanager
from hashlib import sha256

import pytest

from claimbook.engine import stamp
from claimbook.paths import BUILD, ROOT, SITE

NOTED = BUILD / "touched.json"
OWN = re.compile(
    r"(?!(\.\.|_build|claimbook|\.venv|\.git|\.hypothesis|\.\w+_cache)(/|$)|.*(node_modules|__pycache__|\.ipynb_checkpoints)).+"
)
"""Files that count one by one, by their path."""
SHARED = "claimbook tests/small_book _config.yml _toc.yml requirements.lock pyproject.toml environment.py".split()
SHARED += ["environment.yml", "Makefile"]
PACKED = re.compile(r"_static/book\.zip|_sources/.*\.ipynb")
"""What Python in the page fetches: of it counts what the chapter reads, see `reads`."""
HASHES = "sizes and hashes of the tables"
"""Part of data/datapackage.json: who reads a table has opened that, so of the file the rest counts."""
HASH = re.compile(rb'"(?:bytes|hash)": .*')
PART = re.compile("claim |verdicts of ")
"""How the names of parts of files begin, whose content the engine knows."""
GIVES = ["claimbook.teaching.classkit._anchors"]
"""Cached functions that read a file for little: what they give counts."""
sites = []
"""Folders that hold the site a second time."""
opened = [set()]
"""What is opened: the last set is that of the test, fixture, file or cached function at work."""
before = {}
"""What a fixture has opened when it was made, and a test's file when it was imported."""


@contextmanager
def heard():
    """A set of what is opened meanwhile, which counts for nobody else."""
    opened.append(set())
    try:
        yield opened[-1]
    finally:
        opened.pop()


@functools.lru_cache(maxsize=None)
def named(path):
    """The name under which a file counts, "data/x.csv" or "site/x.html"; None for one that is not the book's."""
    real = os.path.relpath(os.path.realpath(path), ROOT.resolve())
    second = next((os.path.relpath(path, site) for site in sites if path.startswith(f"{site}/")), "")
    if page := re.match(r"_build/site-[^/]+/(.+)", real) or re.match("(.+)", second):
        return None if PACKED.fullmatch(page[1]) else f"site/{page[1]}"
    return real if OWN.fullmatch(real) else None


def hear(event, given):
    """What Python opens and lists, and what it hands to other programs, of a folder all: an audit hook. Who asks
    for the verdicts of chapters has not asked for these."""
    if event == "claimbook.asks" and given[0].startswith("verdicts of "):
        opened[-1].add(given[0])
    elif event == "claimbook.reads" and given[0]:
        opened.append(set())
    elif event == "claimbook.reads":
        read = opened.pop()
        opened[-1].update(name for name in read if not name.startswith("chapters/"))
    if event not in ("open", "os.listdir", "os.scandir", "subprocess.Popen"):
        return
    handed = event == "subprocess.Popen"
    for path in given[1] if handed else given[:1]:
        if isinstance(path, (str, os.PathLike)):
            path = os.path.abspath(os.path.join(given[2] or "", path) if handed else path)
            if (not handed or os.path.exists(path)) and (name := named(path)):
                opened[-1].add(f"{name}/*" if handed and os.path.isdir(path) else name)


def cache(function):
    """functools.cache; who gets what was read before counts as having opened it."""
    kept, name = {}, f"{function.__module__}.{function.__qualname__}"

    @functools.wraps(function)
    def asked(*given, **words):
        key = (given, *sorted(words.items()))
        if key in kept:
            value, found = kept[key]
        else:
            try:
                with heard() as found:
                    value = function(*given, **words)
            except BaseException:  # what raises has opened something, too
                opened[-1].update(found)
                raise
            found = {name} if name in GIVES else found
            kept[key] = value, found
        opened[-1].update(found)
        return value

    asked.cache_clear = kept.clear
    return asked


def start():
    """Hear from now on; to be called before the book is imported."""
    functools.cache = cache
    sys.addaudithook(hear)


@functools.lru_cache(maxsize=None)
def says(name):
    """What a file says, in one word; of a folder, which files it holds; of the site without the version of the book; of
    a function what it gives."""
    if PART.match(name):
        from claimbook.engine import run

        with heard():
            return run.content(name)
    if name in GIVES:
        module, _, function = name.rpartition(".")
        with heard():
            given = getattr(importlib.import_module(module), function)()
        return sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
    described = ROOT / "data/datapackage.json"
    if name == HASHES:
        return repr(HASH.findall(described.read_bytes()))
    path = SITE / name.removeprefix("site/") if name.startswith("site/") else ROOT / name
    if name.endswith("/*"):
        return stamp.sources([path.parent] if path.parent != ROOT else sorted(filter(OWN.fullmatch, os.listdir(ROOT))))
    if path.is_dir():
        holds = (one for one in sorted(os.listdir(path)) if OWN.fullmatch(os.path.normpath(f"{name}/{one}")))
        return sha256("\n".join(holds).encode()).hexdigest()
    said = path.read_bytes() if path.is_file() else b""
    if path == described:
        said = HASH.sub(b"", said)
    return sha256(said.replace(version().encode(), b"") if name.startswith("site/") else said).hexdigest()


@functools.lru_cache(maxsize=None)
def version():
    """The version of the book, which its pages bear: made of all its files, and no test depends on it."""
    with heard():
        return stamp.sources()


@functools.lru_cache(maxsize=None)
def shared():
    """What all tests share, in one word."""
    beside = [path for folder in ("*", "*/*") for path in (ROOT / "tests").glob(folder) if path.is_file()]
    return stamp.sources([*SHARED, *sorted(path for path in beside if not path.name.startswith("test_"))])


@functools.lru_cache(maxsize=None)
def state(names, file):
    """In one word what the files say that a test of this file has opened."""
    return sha256(repr([shared(), says(file), *((name, says(name)) for name in names)]).encode()).hexdigest()[:16]


class Watch:
    """The plugin: notes what each test opened; with --touched it leaves out those that a change does not touch."""

    def __init__(self, config):
        self.config, self.new, self.left = config, {}, Counter()
        self.known = json.loads(NOTED.read_text(encoding="utf-8")) if NOTED.exists() else {"sets": [], "tests": {}}

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector):
        with heard() as found:
            try:
                return (yield)
            finally:
                before.setdefault(collector.path, set()).update(found)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        with heard() as before[fixturedef]:
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        with heard() as found:
            result = yield
        names = tuple(sorted(found.union(before.get(item.path, ()), reads(item.path))))
        with heard():
            self.new.setdefault(item.nodeid, [names, state(names, str(item.path.relative_to(ROOT)))])
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item):
        made = getattr(getattr(item, "_request", None), "_fixture_defs", {})
        opened[-1].update(*(before.get(one, ()) for one in made.values()))

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.new[report.nodeid] = [(), ""]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        if self.config.getoption("touched"):
            touched = {self.of(item) for item in items if self.touches(item)}
            self.left.update(str(item.path.relative_to(ROOT)) for item in items if self.of(item) not in touched)
            items[:] = [item for item in items if self.of(item) in touched]

    def of(self, item):
        """What is run as a whole: a test, all cells of a notebook."""
        return item.path if item.path.suffix == ".ipynb" else item.nodeid

    def touches(self, item):
        at, was = self.known["tests"].get(item.nodeid, (None, ""))
        with heard():
            return not was or state(tuple(self.known["sets"][at]), str(item.path.relative_to(ROOT))) != was

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        told = getattr(node, "workeroutput", {})
        self.new |= told.get("new", {})
        self.left = told.get("left", self.left)  # of all processes the same

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self):
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput.update(new=self.new, left=dict(self.left))
            return
        tests = {id: (tuple(self.known["sets"][at]), was) for id, (at, was) in self.known["tests"].items()}
        tests |= {id: (tuple(names), was) for id, (names, was) in self.new.items()}
        sets = {names: at for at, names in enumerate(dict.fromkeys(names for names, _ in tests.values()))}
        kept = {"sets": list(sets), "tests": {id: [sets[names], was] for id, (names, was) in tests.items()}}
        from claimbook.engine import run

        run.write(NOTED, json.dumps(kept))

    def pytest_terminal_summary(self, terminalreporter):
        if self.left:
            rooms = Counter()
            for file, count in sorted(self.left.items()):
                rooms[os.path.dirname(file)] += count
            often = ", ".join(f"{room} {count}" for room, count in rooms.items())
            terminalreporter.write_line(
                f"Left out, as nothing that they opened has changed since they passed: {sum(self.left.values())} tests"
                f" ({often}). Of what is tried on copies of the book only code counts. make test runs all."
            )


def reads(path):
    """A notebook and what it reads, as its last run has noted it."""
    if path.suffix != ".ipynb":
        return ()
    from claimbook.engine import run

    with heard():
        return [str(path.relative_to(ROOT)), *run.recorded().get(path.name, {}).get("inputs", ())]
