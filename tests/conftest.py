"""A copy of the book in which faults can be planted, and a way to run the book's commands there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


class Copy:
    """The repository's own files in a temporary folder."""

    def __init__(self, root):
        self.root = root

    def run(self, *arguments, **environment):
        """Run `python ARGUMENTS` in the copy, with the copy's package. Returns (exit code, all that it printed)."""
        variables = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("PYTEST")}
        variables |= {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", **environment}
        done = subprocess.run([sys.executable, *arguments], cwd=self.root, env=variables, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def claimbook(self, *arguments, **environment):
        return self.run("-m", "claimbook.cli", *arguments, **environment)

    def nbval(self, notebook):
        return self.run("-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", f"chapters/{notebook}")

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
