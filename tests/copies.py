"""Copies of the book, and the small book of batteries: in them faults can be planted, and the book's commands run."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import nbformat

from claimbook.engine import run
from claimbook.evidence import keys, tables
from claimbook.paths import BUILD, ROOT


class Copy:
    """The repository's own files in a temporary folder."""

    def __init__(self, root):
        self.root = root

    def run(self, *arguments, before=(), **environment):
        """Run `BEFORE python ARGUMENTS` in the copy, with the copy's package. Returns (exit code, all that it
        printed)."""
        variables = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("PYTEST")}
        variables |= {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", **environment}
        done = subprocess.run(
            [*before, sys.executable, *arguments], cwd=self.root, env=variables, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    def claimbook(self, *arguments, **environment):
        return self.run("-m", "claimbook.commands.cli", *arguments, **environment)

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


SERVER = """
import json, os, sys
import ipykernel.kernelapp, jupyter_client, nbclient, pandas, yaml
for line in sys.stdin:
    home, environment = json.loads(line)
    pid = os.fork()
    if not pid:
        os.environ.update(environment), os.chdir(home), sys.path.insert(0, home)
        said = os.open("said", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(said, 1), os.dup2(said, 2)
        sys.argv[1:] = ["build"]
        from claimbook.commands import cli
        cli.main()
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
"""A process that has loaded the libraries, but nothing of the book; for each line it forks, and the fork is `claimbook
build` in that folder."""
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

    def __init__(self, root, server):
        super().__init__(root)
        self.server = server

    def build(self, **environment):
        print(json.dumps([str(self.root), environment]), file=self.server.stdin, flush=True)
        code = int(self.server.stdout.readline())
        said = self.root / "said"
        text = said.read_text(encoding="utf-8").strip()
        said.unlink()
        return code, text

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
