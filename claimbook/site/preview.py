"""The live preview behind `make serve`: one Sphinx that stays loaded compiles what was changed, and open pages reload.

It shows, and publishes nothing: the site is made clean by `make book`. A chapter whose code was changed is executed
from the first changed cell on, in a kernel that is kept, and stays stale: `make book` executes it whole.
"""

import asyncio
import gc
import json
import mimetypes
import os
import re
import shutil
import socket
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import takewhile
from pathlib import Path
from threading import Lock, Thread

import nbformat
from pydata_sphinx_theme import toctree
from sphinx.util import logging
from tornado import httpserver, netutil, web
from tornado.iostream import StreamClosedError

from claimbook.engine import run
from claimbook.engine.alone import alone
from claimbook.engine.kernels import forget
from claimbook.engine.stamp import paths, sources
from claimbook.evidence.tables import DataError
from claimbook.judgement import ledger
from claimbook.paths import BUILD, CHAPTERS, ROOT, config, notebooks
from claimbook.site import build, compiled, files, pyrun, theme

HOME = BUILD / "preview"
SITE = HOME / "html"
RECORD = HOME / "files.json"
"""What the book's files said when the pages were compiled."""
PORTS = range(8000, 8020)
SOCKET = "CLAIMBOOK_SOCKET"
OTHERS = re.compile(r"(^|/)[.]|fingerprints[.]json$|~$")
"""What lies beside the book's files, or follows from them, and is not watched."""
PAUSE = 0.2
"""Seconds between two looks at the files."""
SOON = 1
"""Seconds for the cells below a changed one: if they take longer, it is shown before them."""
KEPT = 3
"""How many chapters keep their kernel: each holds some 200 MB."""
RESTART = ("claimbook", "_config.yml", "_toc.yml", "requirements.lock")
"""A change of these needs everything to be loaded anew."""
EVERYWHERE = ("chapters/glossary.md", "CITATION.cff", "CHANGELOG.md")
"""A change of these shows on every page."""
WRITING = Lock()
"""Held while pages are written: whoever asks for one meanwhile waits for the whole of it."""
FAULTS = (compiled.BuildError, run.RunError, DataError, OSError)
SCRIPT = b"""
{
  const { version } = document.currentScript.dataset;
  const box = document.createElement("pre");
  box.style.cssText =
    "position:fixed;inset:auto 0 0;z-index:9999;max-height:60vh;overflow:auto;margin:0;padding:1rem;" +
    "background:#7a1020;color:#fff;white-space:pre-wrap";
  box.setAttribute("role", "alert");
  const page = encodeURIComponent(location.pathname);
  const news = new EventSource(`/preview-news?version=${version}&page=${page}`);
  news.onmessage = ({ data }) => {
    const { reload, fault } = JSON.parse(data);
    if (reload) return location.reload();
    box.textContent = fault;
    fault ? document.body.append(box) : box.remove();
  };
}
"""
"""What every page runs besides: it reloads at its place when it was compiled anew, and shows what is wrong."""


STATES = """
def _begin(number, names=globals(), states=[]):
    if number < len(states):
        for name in names.keys() - states[number].keys():
            del names[name]
        names.update(states[number])
    del states[number:]
    states.append(dict(names))
    __import__("sys").audit("claimbook.anew")
"""
"""Run in a kernel before each code cell: its names are as the cells above left them, though cells below may have given
them other values since; and what it asks for is noted, though cells above may have asked for it too."""

FORGET = "__import__('claimbook.engine.kernels', fromlist=['']).forget()"
"""Run in a kernel when the tables have changed."""


class Kept:
    """A chapter's kernel that stays, the cells that it has executed, all of them in one thread, and what each asked
    for: files and claims."""

    def __init__(self, path):
        self.path, self.thread, self.done, self.open = path, ThreadPoolExecutor(1), [], ExitStack()
        self.asked = []
        self.client = self.thread.submit(self._start)

    def _start(self):
        client = self.open.enter_context(run.kernel(self.path, run.read(self.path)))
        client.reset_execution_trackers()
        quietly(client, STATES)
        return client

    def begin(self, notebook):
        """Start to give a notebook the outputs of its code, executed from the first changed cell on. Returns two
        Futures: the first has a result as soon as that cell was executed, how many cells have their outputs, or None
        with the second, whose result raises RunError where a cell fails."""
        first = Future()
        whole = self.thread.submit(self._execute, notebook, first)
        whole.add_done_callback(lambda _: first.done() or first.set_result(None))
        return first, whole

    def _execute(self, notebook, first):
        codes = [(number, cell) for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        same = [*takewhile(lambda pair: pair[0][1].source == pair[1][0], zip(codes, self.done))]
        for (_, cell), (_, outputs) in same:
            cell.outputs = outputs
        for _, cell in codes[len(same) :]:
            cell.outputs = []
        executed = lambda upto: [(cell.source, cell.outputs) for number, cell in codes if number < upto]
        if len(same) < len(codes):
            client = self.client.result()
            client.nb = notebook
            client.reset_execution_trackers()
            ordinal = {number: at for at, (number, _) in enumerate(codes)}
            del self.asked[len(same) :]
            client.km.inputs()
            for number in run.execute(self.path, notebook, client, codes[len(same)][0]):
                self.done = executed(number)
                if number > codes[len(same)][0] and not first.done():
                    first.set_result(number)
                if number in ordinal:
                    if len(self.asked) < ordinal[number]:
                        self.asked.append(client.km.inputs())
                    quietly(client, f"_begin({ordinal[number]})")
            self.asked.append(client.km.inputs())
        self.done = executed(len(notebook.cells))

    def again(self, changed):
        """With the next change execute anew what may follow from these files and claims, for they have changed."""

        def forget():
            quietly(self.client.result(), FORGET)
            known = all(name.endswith(".csv") or name.startswith("claim ") for name in changed)
            first = next((at for at, names in enumerate(self.asked) if names & changed), len(self.done))
            self.done = self.done[: first if known else 0]

        self.thread.submit(forget).result()

    def close(self):
        self.thread.submit(self.open.close).result()
        self.thread.shutdown()


def quietly(client, code):
    """Execute code that belongs to no cell: what executes a cell would put it into the notebook."""
    notebook, cell = client.nb, nbformat.v4.new_code_cell(code)
    client.nb = nbformat.v4.new_notebook(cells=[cell])
    client.execute_cell(cell, 0, store_history=False)
    client.nb = notebook


class Book:
    """The book in the state that the open pages show."""

    def __init__(self, news):
        self.news, self.kept, self.compiled, self.faults = news, {}, False, []
        self.spoken, self.changed = {}, set()

    def load(self):
        """Load Sphinx, as jupyter-book would call it, and keep it."""
        made_by, now = HOME / "made-by", sources(RESTART)
        if not made_by.exists() or made_by.read_text(encoding="utf-8") != now:
            shutil.rmtree(HOME, ignore_errors=True)
            HOME.mkdir(parents=True)
            made_by.write_text(now, encoding="utf-8")
        self.loaded = ExitStack()  # until the process ends: what is registered in docutils is so for all
        self.app, self.said = self.loaded.enter_context(compiled.sphinx(HOME, complete_site=False))
        self.lists = lists_of_pages(self.app)
        self.files = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
        self.app.connect("env-get-outdated", lambda app, env, *_: compiled.made_of(self.new, env))
        self.app.connect("env-get-updated", count_anew, priority=0)

    def update(self, changed):
        """Bring the pages up to date. `changed`: names of files, relative to the book; None for all. What is wrong is
        told to the pages, which stay as they were."""
        times = lambda: {path: path.stat().st_mtime_ns for path in SITE.rglob("*.html")}
        before, start = times(), time.monotonic()
        self.faults = []
        try:
            with alone(BUILD / "lock", "claimbook serve"):
                self._execute(changed)
            self._show()
        except FAULTS as error:
            self._tell(str(error))
        fresh = {path.stem for path, _ in times().items() - before.items()} - {"search", "genindex", "404"}
        names = ", ".join(sorted(fresh)) or "nothing to show"
        print(f"{time.strftime('%X')} {names}: {time.monotonic() - start:.1f} s", flush=True)
        for fault in self.faults:
            print(fault, flush=True)

    def _show(self):
        """Compile what is not as its source, and tell the open pages."""
        forget()
        with WRITING:
            fault = self._compile()
        self._tell(fault)

    def _tell(self, fault):
        """Tell the open pages that some may be new, and what has been wrong since the change."""
        self.faults += [fault] if fault else []
        self.news.tell("\n".join(self.faults))

    def _execute(self, changed):
        """Accept a change of the data as `make data` does, then execute what is stale, first what was looked at."""
        touched = lambda folder: changed is None or any(name.startswith(folder) for name in changed)
        if touched("data/"):
            forget()
            self.changed |= {name for name in changed or () if name.endswith(".csv")}
            if changed:
                print(*build.accept(), sep="\n", flush=True)
                stale, said = run.stale(), spoken()
                self.changed |= {name for name in said if said[name] != self.spoken.get(name)}
                for one in self.kept.values():
                    one.again(self.changed)
                self.spoken, self.changed = said, set()
                opened = [CHAPTERS / name for name in reversed(self.kept) if CHAPTERS / name in stale]
                if opened:  # to be seen soon: what is recorded comes of whole runs alone
                    self._from_first_changed(opened[0])
                    self._show()
                build.refresh(stale, after=self._show, first=opened)
            else:
                build.make_ready()
                self.spoken = spoken()
        elif touched("chapters/"):
            for path in (CHAPTERS / Path(name).name for name in changed if name.endswith(".ipynb")):
                if path.exists():
                    self._from_first_changed(path)

    def _from_first_changed(self, path):
        notebook, written = run.read(path), path.read_bytes()
        mark = run.recorded().get(path.name)
        if path.name not in self.kept and mark and run.code(notebook) == mark["code"]:
            return
        first, whole = self.keep(path).begin(notebook)
        early, soon = first.result(), time.monotonic() + SOON
        while early and not whole.done() and time.monotonic() < soon:  # `wait` would not end where the clock is faked
            time.sleep(SOON / 50)
        if early and not whole.done() and path.read_bytes() == written:
            shown = run.read(path)
            for old, new in zip(shown.cells[:early], notebook.cells):
                old.update({"outputs": new.outputs} if old.cell_type == "code" else {})
            written = store(path, shown, written)
            self._show()
        whole.result()
        if path.read_bytes() == written:  # else it was saved again meanwhile, which is the next change
            store(path, notebook, written)

    def keep(self, path):
        """The kernel of a chapter, started where there is none; of the others the oldest goes."""
        if path.name not in self.kept:
            while len(self.kept) >= KEPT:
                self.drop(next(iter(self.kept)))
            self.kept[path.name] = Kept(path)
        return self.kept[path.name]

    def drop(self, *names):
        for name in names:
            self.kept.pop(name).close()

    def warm(self, page):
        """Execute the chapter of a page that was opened, so that its first change finds a kernel."""
        path = CHAPTERS / f"{Path(page).stem}.ipynb"
        if path in notebooks() and path.name not in self.kept:
            self.keep(path).begin(run.read(path))

    def _compile(self):
        """Compile what is not as its source: all of it by Sphinx's own way once, then the pages alone, without what
        only a whole site needs (indexes, a search, copies of styles). Returns Sphinx's warnings."""
        self.said.seek(0)
        self.said.truncate()
        now = compiled.hashes()
        self.new = {name for name, _ in now.items() ^ self.files.items()}
        everything = any(name in EVERYWHERE for name in self.new)
        builder, env = self.app.builder, self.app.env
        written = None
        if not self.compiled or everything:
            self.app.build(force_all=everything)
            self.compiled = True
            RECORD.write_text(json.dumps(now), encoding="utf-8")  # as Sphinx writes what it has read, here alone
            self.lists.clear()
            gc.freeze()  # what is loaded stays: no use to look for garbage among it at every change
        else:
            contents = env.titles | {}, env.tocs | {}
            with logging.pending_warnings():
                pages = {*builder.read()}
            told = lambda titles, tocs: [str(trees.get(page)) for trees in (titles, tocs) for page in pages]
            if told(*contents) != told(env.titles, env.tocs):  # other pages may show it
                self.lists.clear()
                pages |= {*env.check_dependents(self.app, pages)}
            builder.search = False
            builder.prepare_writing(pages)
            builder._write_serial(sorted(pages))
            self.app.emit("build-finished", None)
            written = [SITE / f"{page}.html" for page in pages]
        scripts = self.app.registry.js_files  # the theme adds one for each page that is written
        scripts[:] = {str(script): script for script in scripts}.values()
        for path, html in theme.mend(SITE, self.app.config.html_baseurl, written, str(time.time_ns()))[1].items():
            path.write_text(html, encoding="utf-8")
        self.files = now
        return compiled.plain(self.said.getvalue())


def store(path, notebook, written):
    """Write a chapter, where it says something else than is written. Returns its bytes."""
    text = run.dump(notebook)
    if text.encode() != written:
        run.write(path, text)
    return text.encode()


def spoken():
    """What the description of the tables, and all tables together of each claim, say now: a hash of each."""
    return {name: run.content(name) for name in ["data/datapackage.json", *(f"claim {id}" for id in ledger.claims())]}


def count_anew(app, env):
    """Begin the chapters' numbers at 1: of an application that stays loaded sphinx-external-toc 1.1 counts on."""
    for listener in app.events.listeners["env-get-updated"]:
        if counters := vars(getattr(listener.handler, "__self__", count_anew)):
            counters.update({name: 0 for name in counters if name.endswith("_count")})
    return []


def lists_of_pages(app):
    """Keep what the theme makes anew for every page that is written, and longer the more pages there are: its list of
    all pages. Returns what is kept, to be cleared when a title or the order of the pages changes."""
    kept = {}

    def keep(app, page, template, context, doctree):
        theirs(app, page, template, context, doctree)
        make = context["generate_toctree_html"]

        def once(*asked, **how):
            key = (page, *asked, *sorted(how.items()))
            if key not in kept:
                kept[key] = str(make(*asked, **how))
            return kept[key]

        context["generate_toctree_html"] = once

    listeners = app.events.listeners["html-page-context"]
    place = next(n for n, one in enumerate(listeners) if one.handler is toctree.add_toctree_functions)
    theirs = listeners[place].handler
    listeners[place] = listeners[place]._replace(handler=keep)
    return kept


class News:
    """Tells open pages that they were compiled anew, or what is wrong."""

    def __init__(self):
        self.loop, self.changed, self.fault, self.opened = asyncio.new_event_loop(), asyncio.Event(), "", []

    def tell(self, fault):
        self.fault = fault
        self.loop.call_soon_threadsafe(self._wake)

    def _wake(self):
        self.changed.set()
        self.changed = asyncio.Event()  # for the next time


def version(page):
    """When a page was compiled: it stands in the page, and another one means that it was compiled anew."""
    return str(page.stat().st_mtime_ns) if page.is_file() else ""


class Listen(web.RequestHandler):
    """The news of one open page, as server-sent events."""

    async def get(self):
        news, page = self.application.news, self.get_argument("page").removeprefix("/")
        page = SITE / (page + "index.html" if page == "" or page.endswith("/") else page)
        news.opened.append(page)
        self.set_header("Content-Type", "text/event-stream")
        told = None
        while True:
            changed = news.changed
            state = {"reload": version(page) != self.get_argument("version"), "fault": news.fault}
            try:
                if state != told:
                    self.write(f"data: {json.dumps(state)}\n\n")
                await self.flush()
                told = state
                await asyncio.wait_for(changed.wait(), 15)
            except StreamClosedError:
                return
            except asyncio.TimeoutError:
                self.write(": still here\n\n")


class Page(web.RequestHandler):
    """A file of the preview; files of charts and of "Run this page" are made when they are asked for."""

    def get(self, name):
        with WRITING:
            self._answer(name + "index.html" if name == "" or name.endswith("/") else name)

    def _answer(self, name):
        file = (SITE / name).resolve()
        body = file.read_bytes() if file.is_file() and file.is_relative_to(SITE.resolve()) else made(name)
        if body is None:
            self.set_status(404)
            name, lost = "404.html", SITE / "404.html"
            body = lost.read_bytes() if lost.exists() else b"Not found"
        self.set_header("Content-Type", mimetypes.guess_type(name)[0] or "application/octet-stream")
        self.set_header("Cache-Control", "no-store")
        script = f'<script src="/preview.js" data-version="{version(file)}"></script></body>'
        self.finish(body.replace(b"</body>", script.encode(), 1) if name.endswith(".html") else body)


class Script(web.RequestHandler):
    def get(self):
        self.set_header("Content-Type", "text/javascript")
        self.finish(SCRIPT)


def made(name):
    """The bytes of a file that only the published site holds; None of one that it does not hold either."""
    folder, _, file = name.partition("/")
    stem, _, kind = file.rpartition(".")
    if folder == files.FOLDER and stem in files.charts():
        chart, svg, _ = files.charts()[stem]
        ways = {"csv": lambda: files.rows_csv(chart).encode(), "svg": svg.encode, "png": lambda: files.png(svg)}
        return ways[kind]() if kind in ways else None
    vendored = (pyrun.DISTRIBUTION / file).resolve()
    if folder == "pyodide" and vendored.is_file() and vendored.is_relative_to(pyrun.DISTRIBUTION.resolve()):
        return vendored.read_bytes()
    setting = lambda: pyrun.setting(config()["sphinx"]["config"]["pyodide_url"]).encode()
    return {"_static/book.zip": pyrun.book, "_static/pyrun.json": setting}.get(name, lambda: None)()


def _listen(news, listening):
    """Serve in a thread of its own."""

    async def live():
        app = web.Application([("/preview.js", Script), ("/preview-news", Listen), ("/(.*)", Page)], log_function=str)
        app.news = news
        httpserver.HTTPServer(app).add_socket(listening)
        await asyncio.Event().wait()

    asyncio.set_event_loop(news.loop)
    news.loop.run_until_complete(live())


def _socket(handed):
    """The socket that the process handed over that this one takes the place of, or one at the first free port."""
    if handed:
        os.set_inheritable(int(handed), False)
        one = socket.socket(fileno=int(handed))
        one.setblocking(False)
        return one
    for port in PORTS:
        try:
            return netutil.bind_sockets(port, "127.0.0.1")[0]
        except OSError:  # taken
            continue
    sys.exit(f"The ports from {PORTS[0]} to {PORTS[-1]} are taken: end what uses one of them, and repeat")


def serve():
    """Show the book and follow its changes until the process is ended."""
    handed = os.environ.pop(SOCKET, "")
    listening = _socket(handed)
    address = f"http://localhost:{listening.getsockname()[1]}"
    try:
        with alone(BUILD / "preview.lock", address, wait=False):
            print("Loading the book anew" if handed else "Loading the book, and building what is missing", flush=True)
            _serve(listening, address)
    except BlockingIOError as shown:
        sys.exit(f"This folder is shown already, on {shown.strerror}")


def _serve(listening, address):
    news, seen = News(), _seen()
    Thread(target=_listen, args=(news, listening), daemon=True).start()
    book = Book(news)
    book.load()
    book.update(None)
    print(f"The book is on {address} and follows every change, until you press Ctrl+C", flush=True)
    while True:
        time.sleep(PAUSE)
        now = _seen()
        changed = {name for name, _ in seen ^ now}
        while changed and now != (now := _seen()):
            time.sleep(PAUSE)  # something is being written
        seen = now
        if any(name.startswith(RESTART) for name in changed):
            book.drop(*book.kept)
            os.environ[SOCKET] = str(listening.fileno())  # else another could take the port between them
            os.set_inheritable(listening.fileno(), True)
            os.execv(sys.executable, [sys.executable, "-m", "claimbook.commands.cli", "serve"])
        if changed:
            book.update(changed)
        elif news.opened:
            book.warm(news.opened.pop())


def _seen():
    """The book's files with the time of each. They are few: to look is as quick as to be told, on any file system."""
    found = set()
    for path in paths():
        name = str(path.relative_to(ROOT))
        if not OTHERS.search(name):
            with suppress(FileNotFoundError):  # an editor's own, and gone again
                found.add((name, path.stat().st_mtime_ns))
    return found
