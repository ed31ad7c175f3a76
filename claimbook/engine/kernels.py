"""Kernels for the chapters, forked from one process that has loaded the libraries: no chapter waits for them again.

A kernel also tells which tables and notebooks its chapter opens, by any library, and which claims it judges:
dependencies are seen, not declared.
"""

import gc
import os
import sys
import tempfile
from multiprocessing import forkserver, get_context, parent_process
from threading import Thread

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from claimbook.paths import ROOT

if len(tempfile.gettempdir()) > 60:  # the sockets that lie there have names of at most 107 bytes
    tempfile.tempdir = "/tmp"
FORK = get_context("forkserver")
FORK.set_forkserver_preload(["ipykernel.kernelapp", "seaborn", "claimbook.charts.forms"])
warm_up = forkserver.ensure_running
"""Start to load the libraries, while something else goes on."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _live(connection_file, home, opened):
    """The life of a kernel, from its first moment in a process of its own. `opened`: where it sends what it opens."""
    import matplotlib
    import pandas
    from ipykernel.kernelapp import IPKernelApp

    os.chdir(home)
    gc.freeze()  # the libraries stay: no use to look for garbage among them
    # What these two choose when they are loaded in a notebook. Whatever else would differ there, nbval sees: its
    # kernels are not forked.
    matplotlib.rcParams["backend"] = "module://matplotlib_inline.backend_inline"
    pandas.set_option("display.max_columns", 20)
    sys.addaudithook(_watch(opened))
    # However the run ends, no kernel outlives it.
    Thread(target=lambda: (parent_process().join(), os._exit(1)), daemon=True).start()
    # What a reader has set for IPython is no part of the book.
    own = f"--ipython-dir={os.path.dirname(connection_file)}"
    IPKernelApp.launch_instance(["-f", connection_file, own], parent_handle=os.getppid())


def _watch(opened):
    """A hook that refuses every change of the book's files, and sends the name of each that is read once; of tables
    that the package reads for itself only those that the chapter asks for, and of which claims it asks. After the event
    "claimbook.anew" each is sent once more."""
    known, own = set(), False

    def note(name):
        if name not in known:
            known.add(name)
            opened.send(name)

    def watch(event, args):
        nonlocal own
        writes = event in ("os.remove", "os.truncate") or event == "open" and args[2] & WRITES
        for name in map(_ours, args[:2] if event == "os.rename" else args[:1] if writes else ()):
            if name.startswith(("data/", "chapters/")):
                what = f"A chapter may not write to {name}: it reads the book's files and shows what it finds"
                raise PermissionError(f"{what}. Write elsewhere, or change the file by hand.")
        if event == "claimbook.anew":
            known.clear()
        elif event == "claimbook.asks":
            note(args[0])
        elif event == "claimbook.reads":
            own = args[0]
        elif event == "open" and not own:
            name = _ours(args[0])
            if name.endswith((".csv", ".ipynb", ".json")) and "/." not in f"/{name}":
                note(name)

    return watch


def forget():
    """Drop what the package keeps of the book's files in this process, but for cells, which are kept with the time of
    their file."""
    from claimbook.judgement import ledger

    for name, module in list(sys.modules.items()):
        if name.startswith("claimbook."):
            for one in list(vars(module).values()):
                if hasattr(one, "cache_clear") and one is not ledger._read:
                    one.cache_clear()


def _ours(path):
    """The name of a file in the repository; "" for another, and for one that is open already and has a number only."""
    name = os.path.abspath(path) if isinstance(path, str) else ""
    return name.removeprefix(f"{ROOT}/") if name.startswith(f"{ROOT}/") else ""


class _Process(FORK.Process):
    """A forked process with what jupyter_client asks of a subprocess besides."""

    stdin = stdout = stderr = None
    wait = FORK.Process.join

    def poll(self):
        return self.exitcode

    def send_signal(self, number):
        os.kill(self.pid, number)


class _Fork(LocalProvisioner):
    """Starts a kernel by a fork instead of by its command."""

    async def launch_kernel(self, cmd, **kwargs):
        given = (self.parent.connection_file, kwargs["cwd"], self.parent.opens)
        self.process = _Process(target=_live, args=given, daemon=True)
        self.process.start()
        self.pid = self.process.pid
        return self.connection_info


class KernelManager(AsyncKernelManager):
    """Manages one forked kernel. It talks over files in a folder of its own: no port to be taken, no network."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.folder = tempfile.TemporaryDirectory(prefix="claimbook-")
        self.transport, self.connection_file = "ipc", f"{self.folder.name}/kernel.json"
        self.opened, self.opens = FORK.Pipe(duplex=False)
        self.provisioner = _Fork(kernel_id="chapter", kernel_spec=self.kernel_spec, parent=self)

    def inputs(self):
        """What the chapter asked for since this was asked last: files of the repository, and "claim boom-02"."""
        found = set()
        while self.opened.poll():
            found.add(self.opened.recv())
        return found
