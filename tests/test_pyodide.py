"""Python in the page, for real: the button pressed on every chapter in a browser, what it gives against what is stored, what goes wrong."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections import Counter
from functools import partial
from http.server import ThreadingHTTPServer

import pytest
from conftest import Quiet

from claimbook import pyrun, run
from claimbook.data import ROOT

CHAPTERS = [path.stem for path in run.notebooks()]


@pytest.fixture(scope="module")
def seen(site, tmp_path_factory):
    """What a browser found: tests/node/pyrun.mjs. The site is served twice, as it is and with Python in a folder of its own (make vendor)."""
    own = tmp_path_factory.mktemp("own") / "site"
    shutil.copytree(site, own, copy_function=os.symlink)
    for name in ("pyrun.json", "book.zip"):
        (own / "_static" / name).unlink()
    pyrun.publish(own, "pyodide/")
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) for folder in (own, site)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    places = [f"http://127.0.0.1:{server.server_port}/" for server in servers]
    command = ["node", str(ROOT / "tests/node/pyrun.mjs"), shutil.which("chromium"), *places, *(f"chapters/{name}.html" for name in CHAPTERS)]
    done = subprocess.run(command, capture_output=True, text=True)
    for server in servers:
        server.shutdown()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
