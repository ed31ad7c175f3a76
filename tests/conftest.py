"""A copy of the book in which faults can be planted, and a way to run the book's commands there."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbval.kernel
import pytest
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[1]


def over_files(**arguments):
    """A manager for nbval's kernels that talk over files, as those of `claimbook run`: no port can be taken, no network is needed."""
    return KernelManager(transport="ipc", connection_file=f"{tempfile.mkdtemp(prefix='nbval-')}/kernel.json", **arguments)


nbval.kernel.KernelManager = over_files


class Copy:
    """The repository's own files in a temporary folder."""

    def __init__(self, root):
        self.root = root

    def run(self, *arguments, before=(), **environment):
        """Run `BEFORE python ARGUMENTS` in the copy, with the copy's package. Returns (exit code, all that it printed)."""
        variables = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("PYTEST")}
        variables |= {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", **environment}
        done = subprocess.run([*before, sys.executable, *arguments], cwd=self.root, env=variables, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def claimbook(self, *arguments, **environment):
        return self.run("-m", "claimbook.cli", *arguments, **environment)

    def nbval(self, notebook, *options):
        return self.run("-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", *options, f"chapters/{notebook}")

    def edit(self, path, old, new):
        """Replace the one place where `old` stands in a file."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def copy(tmp_path):
    root = tmp_path / "book"
    ignore = shutil.ignore_patterns(".git", ".venv", "_build", "node_modules", "__pycache__", ".pytest_cache", ".ipynb_checkpoints")
    shutil.copytree(ROOT, root, ignore=ignore)
    return Copy(root)
