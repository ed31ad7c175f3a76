"""What a message tells to do helps in the state in which it appears; two commands do not meet; what changed is told."""

import fcntl
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys

import nbformat
import pytest
from copies import FIRST, LEDGER, NOTEBOOK, TABLE, Copy, plain
from nbformat import v4

from claimbook.commands import cli
from claimbook.paths import ROOT


def git(root, *arguments, check=True):
    name = ["-c", "user.name=A reader", "-c", "user.email=reader@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *name, *arguments], cwd=root, capture_output=True, text=True, check=check).stdout


def way_back(book, path):
    return book.run("-c", f"from claimbook.paths import way_back; print(way_back({path!r}))")[1].strip()


def test_a_broken_file_comes_back_by_the_command_that_is_named(book):
    sound = (book.root / TABLE).read_bytes()
    (book.root / TABLE).write_bytes(b"")
    code, said = book.build()
    assert code != 0 and (told := f"git checkout {TABLE}") in said
    subprocess.run(told.split(), cwd=book.root, check=True, capture_output=True)
    assert (book.root / TABLE).read_bytes() == sound and book.build()[0] == 0


def test_no_command_of_git_is_named_for_a_file_that_git_does_not_know(book):
    git(book.root, "rm", "-q", "--cached", TABLE)
    (book.root / LEDGER).write_bytes(b"")
    assert "git" not in way_back(book, TABLE) and way_back(book, LEDGER) == f"Restore it: git checkout {LEDGER}"
    assert "git" not in way_back(book, ".."), "that would throw away what lies there"
    assert "git" not in way_back(book, "data"), "that would throw away all that was changed there"
    shutil.rmtree(book.root / ".git")
    assert "git" not in way_back(book, LEDGER)


def test_what_is_broken_comes_back_where_it_was_staged_too_and_not_where_it_was_committed(book):
    """By the command that is named, whatever the file's name is."""
    odd = "chapters/12 a reader's [1].ipynb"
    for path in (TABLE, odd):
        shutil.copy(book.root / NOTEBOOK, book.root / odd)
        git(book.root, "add", ".")
        git(book.root, "commit", "--allow-empty", "-qm", "sound")
        sound = (book.root / path).read_bytes()
        for staged in (False, True):
            for broken in (lambda: (book.root / path).write_bytes(b""), (book.root / path).unlink):
                broken()
                git(book.root, "add", *(["."] if staged else ["--intent-to-add", "."]))
                told = way_back(book, path)
                assert told.startswith(f"Restore it: git checkout {'HEAD ' * staged}"), told
                subprocess.run(shlex.split(told.partition(": ")[2]), cwd=book.root, check=True, capture_output=True)
                assert (book.root / path).read_bytes() == sound and git(book.root, "status", "--short") == ""
        (book.root / path).write_bytes(b"")
        git(book.root, "commit", "-qam", "broken")
        assert "git" not in way_back(book, path)


def test_of_two_versions_the_one_that_is_there_is_named(book):
    git(book.root, "commit", "-qm", "all")
    for branch in ("other", "main"):
        git(book.root, "checkout", "-q", *(["-b", "other"] if branch == "other" else ["main"]))
        for path, gone in ((TABLE, "other"), (LEDGER, "main")):
            if branch == gone:
                git(book.root, "rm", "-q", path)
            else:
                (book.root / path).write_text("changed\n")
        git(book.root, "commit", "-qam", branch)
    git(book.root, "merge", "other", check=False)
    for path, side in ((TABLE, "ours"), (LEDGER, "theirs")):
        told = way_back(book, path)
        assert f"git checkout --{side} {path}" in told, told
        for command in told.partition("take one, ")[2].split(", then "):
            subprocess.run(command.split(), cwd=book.root, check=True, capture_output=True)
    assert not git(book.root, "ls-files", "--unmerged")


def test_a_file_in_two_versions_is_merged_by_the_commands_that_are_named(book):
    git(book.root, "commit", "-qm", "all")
    for branch, value in (("other", "11.5"), ("main", "11.6")):
        git(book.root, "checkout", "-q", *(["-b", "other"] if branch == "other" else ["main"]))
        book.edit(TABLE, ",11.4,", f",{value},")
        git(book.root, "commit", "-qam", value)
    git(book.root, "merge", "other", check=False)
    book.accept()
    code, said = book.build()
    told = way_back(book, TABLE)
    assert code != 0 and "Traceback" not in said and f"git checkout --ours {TABLE}, then git add {TABLE}" in told
    for command in told.partition("take one, ")[2].split(", then "):
        subprocess.run(command.split(), cwd=book.root, check=True, capture_output=True)
    assert ",11.6," in (book.root / TABLE).read_text(encoding="utf-8") and not git(book.root, "ls-files", "--unmerged")


def test_marks_of_a_merge_in_what_was_recorded_only_mean_to_execute_again(book):
    path = book.root / "chapters/fingerprints.json"
    path.write_text("<<<<<<< ours\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    code, said = book.build()
    assert code == 0 and "never executed here" in said and len(json.loads(path.read_text(encoding="utf-8"))) == 2


@pytest.mark.parametrize("old, new", [(",11.4,", ",11.5,"), (f"{FIRST},", "another-id,")])
def test_a_changed_table_is_accepted_by_the_command_that_is_named(book, old, new):
    book.edit(TABLE, old, new)
    code, said = book.build()
    assert code != 0 and re.search(r"make data$", said), said
    assert book.claimbook("data")[0] == 0
    code, said = book.build()
    assert code == 0, said


@pytest.mark.parametrize("form, tool", [("pdf", "rsvg-convert"), ("epub", "java")])
def test_a_tool_that_is_not_installed_is_named_with_the_command_that_installs_it(book, form, tool):
    there = str(book.root / "no tools")  # but for Python, which is called by its whole path
    code, said = book.claimbook(form, PATH=there)
    assert code != 0 and said.strip().endswith(f"{tool} is not installed: make {form} installs it on Debian."), said
    recipe = re.search(rf"^{form}: .*\n(.*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1]
    assert recipe == f"\t@$(call install,$(FOR_{form.upper()}))"


def test_a_checkout_with_the_line_ends_of_windows_has_changed_nothing(book, tmp_path):
    assert book.claimbook("data")[0] == 0
    git(book.root, "add", ".")
    git(book.root, "commit", "-qm", "all")
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", book.root, "cloned")
    cloned = Copy(tmp_path / "cloned")
    assert cloned.claimbook("data") == (0, "Tables accepted: none had changed\nPages renewed: none was stale\n")
    assert cloned.claimbook("run") == (0, "Nothing is stale\n") and git(cloned.root, "status", "--short") == ""


def test_a_claim_that_cannot_be_judged_is_told_before_it_is_accepted(book):
    for claimed in ("100 to 120", "NaN", "1e3", "12,5", "inf"):
        before = (book.root / LEDGER).read_text(encoding="utf-8")
        book.edit(LEDGER, ",12,USD_bn", f',"{claimed}",USD_bn')
        code, said = book.claimbook("data")
        assert code != 0 and "cannot be judged" in said and "Traceback" not in said, said
        (book.root / LEDGER).write_text(before, encoding="utf-8")


@pytest.mark.parametrize("command", [["build"], ["run"], ["run", "--all"], ["pdf"]], ids=" ".join)
def test_a_verdict_that_changed_is_told(book, command):
    book.edit(TABLE, ",11.4,", ",4.4,")
    book.accept()
    script = "from claimbook.editions import export; export.pdf = export.make_ready; "  # here is no LaTeX
    code, said = book.run("-c", f"{script}from claimbook.commands import cli; cli.main()", *command)
    told = [line for line in said.splitlines() if " -> " in line]
    assert code == 0 and len(told) == 1 and told[0].startswith("batteries-01: "), said


def test_a_verdict_that_changed_is_told_where_another_chapter_fails(book):
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("1 / 0")]), book.root / "chapters/02-other.ipynb")
    book.edit(TABLE, ",11.4,", ",4.4,")
    book.accept()
    code, said = book.claimbook("run")
    assert code != 0 and "ZeroDivisionError" in said and "batteries-01: " in said and " -> " in said, said


def test_the_second_of_two_commands_waits_and_says_for_what(book):
    with (book.root / "_build/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        print("claimbook data, process 1", end="", file=lock, flush=True)
        command = [sys.executable, "-m", "claimbook.commands.cli", "figures"]
        environment = os.environ | {"PYTHONPATH": str(book.root)}
        second = subprocess.Popen(command, cwd=book.root, env=environment, stdout=subprocess.PIPE, text=True)
        assert second.stdout.readline() == "Waiting for another command in this folder: claimbook data, process 1\n"
        assert second.poll() is None
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 0 and "The charts are in" in said


def test_the_book_is_shown_on_the_next_port_where_one_is_taken(book):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            pass  # somebody else has it: as good
        command = [sys.executable, "-u", "-m", "claimbook.commands.cli", "serve"]
        environment = os.environ | {"PYTHONPATH": str(book.root)}
        shown = subprocess.Popen(command, cwd=book.root, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            said = next(line for line in shown.stdout if "http://localhost:80" in line)
        finally:
            shown.kill()
            shown.wait(timeout=20)
    assert ":8000 " not in said


def test_the_work_is_done_though_nobody_reads_what_is_printed(book):
    book.edit(TABLE, ",11.4,", ",11.5,")
    command = [sys.executable, "-m", "claimbook.commands.cli", "data"]
    work = subprocess.Popen(
        command,
        cwd=book.root,
        env=plain() | {"PYTHONPATH": str(book.root), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    work.stdout.close()
    assert (work.stderr.read(), work.wait()) == ("", 128 + signal.SIGPIPE)
    assert book.claimbook("data") == (0, "Tables accepted: none had changed\nPages renewed: none was stale\n")


def test_only_what_is_named_is_tested(book):
    (book.root / "tests").mkdir()
    (book.root / "tests/test_one.py").write_text("def test_one():\n    pass\n")
    (book.root / "tests/test_two.py").write_text("def test_two():\n    assert False\n")
    code, said = book.claimbook("test", "tests/test_one.py")
    assert code == 0 and "1 passed" in said, said


@pytest.mark.parametrize("asked", ["help", "--help", ""])
def test_help_names_every_command_and_says_what_it_does(asked):
    done = subprocess.run(
        [sys.executable, "-m", "claimbook.commands.cli", *asked.split()], capture_output=True, text=True
    )
    said = dict(re.findall(r"^    ([a-z-]+) +(.*(?:\n {8}.*)*)", done.stdout, re.M))
    told = {name: " ".join(text.split()) for name, text in said.items()}
    assert done.returncode == 0 and told == {name: help for name, (_, help) in cli.COMMANDS.items()}, done.stderr
    described = done.stdout.split("\n\n")[1]
    assert not set(re.findall(r"[a-z-]+", described)) & told.keys(), "no list by hand, which would be a part of it"


def test_make_help_names_every_target_but_what_others_only_need():
    rules = re.findall(r"^([a-z]+):([^#=\n]*)(?:## (.*))?$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    needed = {one for _, needs, _ in rules for one in needs.split()} | {"look"}
    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    told = dict(line.split(maxsplit=1) for line in said.splitlines())
    assert told == {name: help for name, _, help in rules if help}
    assert {name for name, _, _ in rules} - needed <= told.keys()


def test_every_target_can_be_made():
    """What a rule needs has one itself."""
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    done = subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_command_that_a_text_names_is_one():
    """Of the book's texts and of what its programs say."""
    texts = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "Makefile", ROOT / "environment.py"]
    texts += [*(ROOT / "chapters").glob("*.md"), *(ROOT / "claimbook").rglob("*.py")]
    said = "".join(path.read_text(encoding="utf-8") for path in texts)
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    made = [*re.findall(r"`make ([a-z ]+)`", said), *re.findall(r": make ([a-z]+)", said)]
    assert len(made) > 40 and {one for names in made for one in names.split()} - {"room"} <= {*targets}
    asked = re.findall(r"(?:bin/|\(BIN\)/|`)claimbook ([a-z-]+)", said)
    assert len(asked) > 10 and set(asked) <= cli.COMMANDS.keys()
