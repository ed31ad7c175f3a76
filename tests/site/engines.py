"""The built site in the engines that the tests do not use, Firefox and WebKit: `make engines`, before a version.

Prints one table, engine by check, and below it what is wrong. Exits with 1 where anything is. Names of checks as
arguments: only these.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from conftest import Quiet

from claimbook.judgement import ledger
from claimbook.paths import SITE
from claimbook.site import pyrun
from claimbook.site.launch import config


def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def patiently(connect, *failures):
    """What `connect` gives, once what it connects to has started."""
    for _ in range(300):
        try:
            return connect()
        except failures:
            time.sleep(0.1)
    return connect()


class Browser:
    """A browser that is told what to do by WebDriver: a subclass starts it and sends it commands."""

    def __init__(self, home):
        self.home, self.processes = Path(home), []

    def start(self, *command, **environment):
        with open(self.home / "output", "ab") as output:
            self.processes.append(subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | environment))

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait(timeout=20)

    def until(self, what, *arguments, seconds=20):
        """What a script gives, as soon as that is something; what it gives last when the time is over."""
        end = time.time() + seconds
        while not (found := self.script(what, *arguments)) and time.time() < end:
            time.sleep(0.1)
        return found


class Firefox(Browser):
    """Driven by Marionette, which it brings along: each message is JSON with its length before it."""

    def __init__(self, home):
        super().__init__(home)
        at, self.number = port(), 0
        # As a reader has it: a driven Firefox fetches nothing ahead, unless told.
        wanted = {"marionette.port": at, "network.prefetch-next": True, "app.update.enabled": False}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted.items()]
        (self.home / "user.js").write_text("\n".join(lines), encoding="utf-8")
        self.start(
            "firefox-esr",
            "--marionette",
            "--remote-allow-system-access",
            "--headless",
            "--no-remote",
            "--profile",
            home,
        )
        self.line = patiently(lambda: socket.create_connection(("127.0.0.1", at), timeout=300), OSError)
        self.message()
        self.send("WebDriver:NewSession")

    def message(self):
        head = b""
        while not head.endswith(b":"):
            head += self.line.recv(1)
        body, length = b"", int(head[:-1])
        while len(body) < length:
            body += self.line.recv(length - len(body))
        return json.loads(body)

    def send(self, command, **arguments):
        self.number += 1
        text = json.dumps([0, self.number, command, arguments]).encode()
        self.line.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self.message()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    def go(self, url):
        self.send("WebDriver:Navigate", url=url)

    def script(self, source, *arguments):
        return self.send("WebDriver:ExecuteScript", script=source, args=arguments, sandbox=None)["value"]

    def enter(self, frame):
        self.send("WebDriver:SwitchToFrame", id=frame)

    def faults(self, url):
        """What the console tells of a page: errors, and what a policy refused."""
        self.go(url)
        time.sleep(0.5)
        self.send("Marionette:SetContext", value="chrome")
        lines = self.script("""
            const told = Services.console.getMessageArray().filter((one) => one instanceof Ci.nsIScriptError);
            Services.console.reset();
            const ours = told.filter(({ category, flags, sourceName }) =>
              /CSP|Content Security/i.test(category) || (sourceName.startsWith("http") && !(flags & 1)));  // a warning
            return ours.map(({ category, errorMessage }) => `${category}: ${errorMessage}`);
        """)
        self.send("Marionette:SetContext", value="content")
        return lines


class WebKit(Browser):
    """The small browser of WebKitGTK, by its own driver, on a screen that nobody sees."""

    def __init__(self, home):
        super().__init__(home)
        self.at, self.session = port(), ""
        screen = f":{port()}"
        self.own = {"DISPLAY": screen, "HOME": home}
        self.start("Xvfb", screen, "-screen", "0", "1280x900x24", "-nolisten", "tcp")
        self.start("WebKitWebDriver", f"--port={self.at}", **self.own)
        self.browser = str(next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")))
        options = {"binary": self.browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        start = lambda: self.send("POST", "/session", capabilities=wanted)
        self.session = "/session/" + patiently(start, URLError)["sessionId"]

    def send(self, method, path, **body):
        address, data = f"http://127.0.0.1:{self.at}{self.session}{path}", json.dumps(body).encode()
        asked = Request(address, data if method == "POST" else None, method=method)
        try:
            with urlopen(asked, timeout=300) as answer:
                return json.load(answer)["value"]
        except HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def go(self, url):
        self.send("POST", "/url", url=url)

    def script(self, source, *arguments):
        return self.send("POST", "/execute/sync", script=source, args=arguments)

    def enter(self, frame):
        self.send("POST", "/frame", id=frame)

    def faults(self, url):
        """What the console tells of a page. A driven browser keeps it to itself, so another opens the page."""
        with open(self.home / "console", "w+", encoding="utf-8") as console:
            command = ["stdbuf", "-oL", self.browser, "--enable-write-console-messages-to-stdout=true", url]
            alone = subprocess.Popen(command, stdout=console, stderr=console, env=os.environ | self.own)
            time.sleep(4)
            alone.terminate()
            alone.wait(timeout=20)
            console.seek(0)
            return [line.strip() for line in console if re.search(r"CONSOLE (\w+ )?ERROR", line)]

    def close(self):
        if self.session:
            self.send("DELETE", "")
        super().close()


def anchors(browser, site):
    """Every link to a claim, opened afresh, lands on its heading."""
    for claim in ledger.scoreboard().query("verdict != 'not examined yet'").itertuples():
        page = f"chapters/{claim.notebook.removesuffix('.ipynb')}.html#{claim.id}"
        browser.go("about:blank")
        browser.go(site + page)
        time.sleep(0.3)
        top, end = browser.script(
            """const heading = document.getElementById(arguments[0]).closest("section").querySelector("h1, h2, h3, h4");
            const page = document.scrollingElement;
            return [heading.getBoundingClientRect().top, page.scrollTop + innerHeight > page.scrollHeight - 2];""",
            claim.id,
        )
        if not -2 < top < (800 if end else 120):
            yield f"{page} lands {top:.0f} pixels from its heading"


def console(browser, site):
    """No page tells its console of an error or of something that the page's policy refuses."""
    for path in sorted(SITE.rglob("*.html")):
        if "_static" not in path.parts:
            yield from (f"{path.name}: {line}" for line in browser.faults(f"{site}{path.relative_to(SITE)}"))


FOUND = """const first = document.querySelector("#search-results ul.search li");
    const done = /finished/.test(document.querySelector(".search-summary")?.textContent);
    return done && first && [first.querySelector("a").href, first.textContent];"""


def search(browser, site):
    """A claim is found by its id, and its verdict is told."""
    browser.go(f"{site}search.html?q=boom-03")
    browser.until(FOUND)
    browser.until("return document.querySelector('#search-results .context')")
    link, text = browser.script(FOUND) or ("", "")
    if not link.endswith("01-ai-boom.html#boom-03") or ledger.verdicts()["boom-03"][1]["verdict"] not in text.lower():
        yield f"boom-03 is not found: {link} {text[:80]}"


def run(browser, site):
    """Run this page: every cell gives in the page what is stored."""
    browser.go(f"{site}chapters/08-which-number.html")
    browser.script("document.querySelector('.run-page button').click()")
    told = browser.until(
        """const text = (one) => document.querySelector(`.run-page ${one}`).textContent, told = text("output");
        return /again/.test(text("button")) && told;""",
        seconds=240,
    )
    if not re.search("all .* cells give what the book prints", told or ""):
        yield f"Run this page: {told}"


def frame(browser, site):
    """In the frame of a learning platform, where nothing can be stored, theme, Ctrl+K and search work."""
    browser.go(f"{site}frame.html")
    browser.enter(0)
    before, after, opened = browser.until("""
        const set = document.documentElement.dataset, before = set.mode;
        const button = document.querySelector(".theme-switch-button");
        if (document.readyState !== "complete" || !button) return null;
        button.click();
        dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
        return [before, set.mode, Boolean(document.querySelector("dialog[open], input[type=search]:focus"))];
    """)
    if before == after:
        yield f"the theme stays {before}"
    if not opened:
        yield "Ctrl+K opens no search"
    browser.script("location.href = '../search.html?q=boom-03'")
    time.sleep(1)
    if not (browser.until(FOUND) or [""])[0].endswith("01-ai-boom.html#boom-03"):
        yield "the search finds nothing"
    browser.enter(None)


def lost(browser, site):
    """The page for an address that leads nowhere has its style and leads on, however deep the address is."""
    browser.go(f"{site}a/b/c.html")
    styled, link = browser.script(
        """return [Boolean(document.querySelector("link[rel=stylesheet]").sheet?.cssRules.length),
            document.querySelector("article p a").href];"""
    )
    if not styled or link != f"{site}index.html":
        yield f"styled: {styled}, its link leads to {link}"


CHECKS = (anchors, console, search, run, frame, lost)
FRAME = '<!DOCTYPE html><iframe sandbox="allow-scripts" width="1000" height="700" src="{}"></iframe>'


class Host(Quiet):
    """A host that shows 404.html for what it has not."""

    def send_error(self, code, *told, **more):
        page = Path(self.directory) / "book/404.html"
        if code != 404 or not page.exists():
            return super().send_error(code, *told, **more)
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.read_bytes())


class Server(ThreadingHTTPServer):
    def handle_error(self, *told):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a browser that goes on does not wait for the rest
            super().handle_error(*told)


def look(kind, asked, site, home):
    """What an engine got wrong in each check, as {name of the check: faults}."""
    (place := Path(home) / kind.__name__).mkdir()
    browser, wrong = kind(str(place)), {}
    try:
        for check in asked:
            wrong[check.__name__] = list(check(browser, site))
    finally:
        browser.close()
    return wrong


def seen(asked):
    """What each engine got wrong, by its name. Both look at once."""
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor() as pool:
        own = Path(home) / "host/book"  # under the path that the site has where it is published
        shutil.copytree(SITE.resolve(), own, copy_function=os.symlink)
        for name in ("pyrun.json", "book.zip"):
            (own / "_static" / name).unlink()
        pyrun.publish(own, "pyodide/")
        server = Server(("127.0.0.1", 0), partial(Host, directory=str(own.parent)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site = f"http://127.0.0.1:{server.server_port}/book/"
        (own / "frame.html").write_text(FRAME.format("chapters/01-ai-boom.html"), encoding="utf-8")
        for path in list(own.rglob("*.html")):  # as if published there: pages name the address of their site
            text = path.read_text(encoding="utf-8").replace(config()["html"]["baseurl"], site)
            path.unlink()
            path.write_text(text, encoding="utf-8")
        looks = {kind.__name__: pool.submit(look, kind, asked, site, home) for kind in (Firefox, WebKit)}
        wrong = {name: one.result() for name, one in looks.items()}
        server.shutdown()
    return wrong


def main():
    asked = [check for check in CHECKS if check.__name__ in (sys.argv[1:] or check.__name__)]
    wrong = seen(asked)
    print(f"{'':8}" + "".join(f"{check.__name__:>12}" for check in asked))
    for name, checks in wrong.items():
        print(f"{name:8}" + "".join(f"{len(faults) or 'right':>12}" for faults in checks.values()))
    for name, checks in wrong.items():
        for check, faults in checks.items():
            print("".join(f"{name}, {check}: {fault}\n" for fault in faults), end="")
    sys.exit(any(faults for checks in wrong.values() for faults in checks.values()))


if __name__ == "__main__":
    main()
