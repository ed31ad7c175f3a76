"""One layout of code for package, tests and notebooks: ruff's, with the settings of pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

from claimbook.paths import ROOT

RUFF = Path(sys.executable).with_name("ruff")


@pytest.mark.parametrize("command", (["format", "--check"], ["check"]), ids=" ".join)
def test_code_is_laid_out_as_ruff_does_it(command):
    done = subprocess.run([RUFF, *command, "--no-cache", ROOT], capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nMend it: make format"


def test_a_line_that_is_too_long_is_seen(tmp_path):
    long = tmp_path / "long.py"
    long.write_text(f"x = '{'a' * 120}'\n", encoding="utf-8")
    done = subprocess.run([RUFF, "check", "--no-cache", "--config", ROOT / "pyproject.toml", long], capture_output=True)
    assert b"E501" in done.stdout and done.returncode
