"""One command at a time changes this folder. Python's own library only: `.venv` is set up behind it too."""

import fcntl
import os
from contextlib import contextmanager


@contextmanager
def alone(file, who, wait=True):
    """Hold a lock while this goes on; whoever comes second waits, and is told for what, or, where it may not, gets a
    BlockingIOError whose `strerror` is that. `file`: the lock, a Path."""
    file.parent.mkdir(exist_ok=True)
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            lock.seek(0)
            other = lock.read()
            if not wait:
                raise BlockingIOError(held.errno, other) from held
            print(f"Waiting for another command in this folder: {other}", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        print(f"{who}, process {os.getpid()}", end="", file=lock, flush=True)
        yield
