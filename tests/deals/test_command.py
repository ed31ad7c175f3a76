"""`claimbook deals FILE`: what it prints, the folder that it writes, and its one line where a file cannot be used."""

import os
import subprocess
import sys

import exports
import pandas as pd

from claimbook import deals
from claimbook.paths import ROOT


def command(folder, *given):
    line = [sys.executable, "-m", "claimbook.commands.cli", "deals", *given]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True)


def test_it_prints_the_answers_and_writes_them_with_what_was_left_out(tmp_path):
    (tmp_path / "mine.csv").write_text(exports.INDIA, encoding="utf-8")
    done = command(tmp_path, "mine.csv", "--ai", "learning", "--collector", "a list")
    assert done.returncode == 0, done.stderr
    mine = deals.read(tmp_path / "mine.csv", ai="learning", collector="a list")
    assert done.stdout.startswith(mine.notes) and "Asked: 32 claims, of 60." in done.stdout
    home = tmp_path / "mine-answers"
    assert sorted(path.name for path in home.iterdir()) == [
        *("ai.svg", "alike.csv", "answers.csv", "aside.csv", "money.svg", "notes.txt")
    ]
    assert list(pd.read_csv(home / "aside.csv")["line"]) == list(mine.aside["line"]) == [3, 4]
    assert list(pd.read_csv(home / "answers.csv", keep_default_na=False)["vote"]) == list(deals.answers(mine)["vote"])
    assert "<svg" in (home / "money.svg").read_text(encoding="utf-8")


def test_what_cannot_be_used_is_one_line_and_writes_nothing(tmp_path):
    (tmp_path / "both.csv").write_text("company,date,type,amount USD\nAcme,03/04/2024,Seed,1\n", encoding="utf-8")
    done = command(tmp_path, "both.csv")
    assert done.returncode == 1 and done.stderr.startswith("In the column 'date' the days can be read both ways.")
    assert len(done.stderr.splitlines()) == 1 and [path.name for path in tmp_path.iterdir()] == ["both.csv"]
    assert command(tmp_path, "both.csv", "--dates", "DM").returncode == 0
