"""One command at a time changes this folder. Python's own library only: `.venv` is set up behind it too."""

import fcntl
import os
from contextlib import contextmanager


@contextmanager
def alone(file, who):
    """Hold a lock while this goes on; whoever comes second waits, and is told for what. `file`: the lock, a Path."""
    file.parent.mkdir(exist_ok=True)
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            print(f"Waiting for another command in this folder: {lock.read()}", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        print(f"{who}, process {os.getpid()}", end="", file=lock, flush=True)
        yield
