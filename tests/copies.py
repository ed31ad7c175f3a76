"""Copies of the book, and the small book of batteries: in them faults can be planted, and the book's commands run."""

import atexit
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from tempfile import NamedTemporaryFile

import nbformat
import touched

from claimbook.engine import run
from claimbook.evidence import keys, tables
from claimbook.paths import BUILD, ROOT


class Copy:
    """The repository's own files in a temporary folder."""

    def __init__(self, root):
        self.root = root

    def run(self, *arguments, before=(), **environment):
        """Run `BEFORE python ARGUMENTS` in the copy, with the copy's package. Returns (exit code, all that it
        printed). What needs no process with an environment of its own is done in a fork of one that is ready."""
        if not before and environment.keys() <= {"CI"} and (arguments[0] == "-c" or arguments[:2] == CLI):
            return self.fork(arguments, environment)
        variables = plain() | {"PYTHONPATH": str(self.root), **environment}
        done = subprocess.run(
            [*before, sys.executable, *arguments], cwd=self.root, env=variables, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    def fork(self, arguments, environment):
        with NamedTemporaryFile("r", encoding="utf-8") as said:
            asked = [str(self.root), {"PYTHONPATH": str(self.root), **environment}, said.name, arguments]
            print(json.dumps(asked), file=server().stdin, flush=True)
            return int(server().stdout.readline()), said.read()

    def claimbook(self, *arguments, **environment):
        return self.run(*CLI, *arguments, **environment)

    def nbval(self, notebook, *options):
        return self.run(
            "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", *options, f"chapters/{notebook}"
        )

    def edit(self, path, old, new):
        """Replace the one place where `old` stands in a file."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new), encoding="utf-8")


def copied(root):
    """The book as it is, in a folder that does not exist yet."""
    ignore = shutil.ignore_patterns(
        ".git", ".venv", "_build", "node_modules", "__pycache__", ".pytest_cache", ".ipynb_checkpoints"
    )
    with touched.heard():
        shutil.copytree(ROOT, root, ignore=ignore)
    if (BUILD / "png").exists():  # what was drawn once need not be drawn again
        shutil.copytree(BUILD / "png", root / "_build" / "png", copy_function=os.link)
    return Copy(root)


def small_book(root):
    """A book of one chapter and two claims: `tests/small_book` and the package, in a folder that does not exist yet."""
    for name in (
        "claimbook",
        "requirements.lock",
        "pyproject.toml",
        "_config.yml",
        "LICENSE",
        ".gitignore",
        ".gitattributes",
    ):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "tests/small_book", root, dirs_exist_ok=True)
    shutil.move(root / "thisbook.py", root / "claimbook/judgement/thisbook.py")
    config = (root / "_config.yml").read_text(encoding="utf-8")
    title = "title: Batteries, claim by claim"
    (root / "_config.yml").write_text(re.sub(r"^title: .*$", title, config, flags=re.M), encoding="utf-8")
    return Copy(root)


CLI = ("-m", "claimbook.commands.cli")
SERVER = """
import fcntl, json, os, socket, sys
from multiprocessing import util
import frictionless, ipykernel.kernelapp, jupyter_client, nbclient, seaborn, yaml
for line in sys.stdin:
    home, environment, said, arguments = json.loads(line)
    pid = os.fork()
    if not pid:
        os.environ.update(environment), os.chdir(home), sys.path.insert(0, home)
        said = os.open(said, os.O_WRONLY)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0), os.dup2(said, 1), os.dup2(said, 2)
        ours, theirs = socket.socketpair()
        server = os.fork()
        if not server:
            os.closerange(3, theirs.fileno()), os.closerange(theirs.fileno() + 1, 1000)
            asked, given, *_ = socket.recv_fds(theirs, 2**16, 9)
            command, wanted = json.loads(asked or "[0, []]")
            given = [fcntl.fcntl(one, fcntl.F_DUPFD, 100) for one in given]
            for one, place in zip(given, wanted):
                os.dup2(one, place), os.close(one)
            exec(command or "")
            os._exit(0)
        spawn, theirs = util.spawnv_passfds, theirs.close()
        def start(path, command, wanted):
            if "forkserver" not in command[-1]:
                return spawn(path, command, wanted)
            socket.send_fds(ours, [json.dumps([command[-1], wanted]).encode()], wanted)
            return server
        util.spawnv_passfds = start
        flag, what, *sys.argv[1:] = arguments
        exec(what if flag == "-c" else "from claimbook.commands import cli; cli.main()", {"__name__": "__main__"})
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
"""A process that has loaded the libraries, but nothing of the book; for each line it forks, and the fork is Python with
these arguments in that folder. Beside it stands another: if it asks for the server of its kernels, that one is it."""


def plain():
    """The environment without what tests and continuous integration say in it."""
    variables = {k: v for k, v in os.environ.items() if k not in ("CI", "PYTHONPATH") and not k.startswith("PYTEST")}
    return variables | {"PYTHONDONTWRITEBYTECODE": "1"}


@cache
def server():
    command = [sys.executable, "-c", SERVER]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=plain(), cwd="/")
    atexit.register(process.communicate)
    return process


TABLE, LEDGER, CITED, DESCRIBED, NOTEBOOK = (
    "data/figures.csv",
    "data/claims.csv",
    "data/sources.csv",
    "data/datapackage.json",
    "chapters/01-batteries.ipynb",
)


LINES = (ROOT / "tests/small_book" / TABLE).read_text(encoding="utf-8").splitlines()
FIRST, SECOND = (line.split(",")[0] for line in LINES[1:3])


class Book(Copy):
    """A book of one chapter and two claims."""

    def build(self, **environment):
        code, text = self.claimbook("build", **environment)
        return code, text.strip()

    def accept(self):
        """What `claimbook data` writes, without its checks: the tables as they are are those that are described."""
        path = self.root / DESCRIBED
        package = json.loads(path.read_text(encoding="utf-8"))
        for resource in package["resources"]:
            file = self.root / "data" / resource["path"]
            if file.is_file():
                resource |= {
                    "bytes": file.stat().st_size,
                    "hash": f"sha256:{run.sha256(file.read_bytes()).hexdigest()}",
                }
        path.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def published(self):
        """Every file of the site in place, with its bytes."""
        home = self.root / "_build/html"
        return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def code(source):
    """A chapter that does this besides."""

    def plant(book):
        path = book.root / NOTEBOOK
        notebook = nbformat.read(path, 4)
        notebook.cells[1].source += f"\n{source}"
        nbformat.write(notebook, path)

    return plant


def named(line):
    """A line of the table with the id that it must have; as it is where it cannot be read."""
    columns = [field["name"] for field in tables.describe("funding")["schema"]["fields"]]
    cells = next(csv.reader([line]))
    if len(cells) != len(columns):
        return line
    return f"{keys.id_of('funding', dict(zip(columns, cells)))},{line.split(',', 1)[1]}"
