"""What Python compiled when it imported its libraries, for a browser to keep: assets/pyrun-worker.js. Compiling is more
than half of a start, and every page starts anew.
"""

import os
import shutil
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

HOME = "/tmp/bytecode"
LIBRARIES = "lib"
"""What lies below this folder never changes as long as Pyodide's version does not. The book's own files do."""


def begin():
    """Write what is compiled into HOME, and read it from there where the source has the size that it had: Pyodide
    unpacks its libraries anew at each start, so the times of their files say nothing."""
    sys.pycache_prefix, sys.dont_write_bytecode = HOME, False
    SourceFileLoader.path_stats = lambda self, path: {"mtime": 0, "size": os.stat(path).st_size}


def packed():
    """All that was compiled of the libraries, as the bytes of a tar."""
    archive = Path(shutil.make_archive(HOME, "tar", HOME, LIBRARIES))
    content = archive.read_bytes()
    archive.unlink()
    return content
