"""The engine: what is stale and what is not, the same bytes every time, nothing lost on failure, no network."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

STALE = "from claimbook import run; print(sorted(p.name for p in run.stale()))"


def test_nothing_is_stale_and_the_run_says_so(copy):
    code, text = copy.claimbook("run")
    assert code == 0 and "Nothing is stale" in text


def test_a_changed_table_reruns_only_the_chapters_that_read_it(copy):
    table = copy.root / "data/nasdaq.csv"
    head, first, rest = table.read_text(encoding="utf-8").split("\n", 2)
    table.write_text("\n".join([head, '"' + first.replace(",", '",', 1), rest]), encoding="utf-8")
    assert copy.claimbook("data")[0] == 0  # accepted: the data package now holds another hash
    assert copy.run("-c", STALE)[1].strip() == "['03-bubble-risk.ipynb', '07-scoreboard.ipynb']"  # the scoreboard counts all figures


def test_changed_code_reruns_its_chapter_and_the_scoreboard(copy):
    copy.edit("chapters/05-ipo-outlook.ipynb", "# The IPO outlook", "# The outlook for IPOs")
    assert copy.run("-c", STALE)[1].strip() == "['07-scoreboard.ipynb']"


@pytest.mark.parametrize("path", ["claimbook/verdicts.py", "claimbook/claimbook.mplstyle", "requirements.lock"])
def test_a_changed_package_or_lock_reruns_everything(copy, path):
    file = copy.root / path
    file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    notebooks = sorted(p.name for p in (copy.root / "chapters").glob("*.ipynb"))
    assert copy.run("-c", STALE)[1].strip() == str(notebooks)


def test_a_newly_loaded_table_is_tracked(copy):
    copy.edit("chapters/07-scoreboard.ipynb", "board = scoreboard()", "board = scoreboard(); pd.read_csv('../data/nasdaq.csv')")
    assert copy.claimbook("run")[0] == 0
    code, text = copy.run("-c", "from claimbook import run; print('data/nasdaq.csv' in run.recorded()['07-scoreboard.ipynb']['inputs'])")
    assert text.strip() == "True"


def test_a_run_repeated_gives_the_same_bytes(copy):
    name = "chapters/05-ipo-outlook.ipynb"
    before = (copy.root / name).read_bytes()
    code = f"from pathlib import Path; from claimbook import run; run.run([Path({str(copy.root / name)!r})])"
    done = copy.run("-c", code, TZ="Asia/Tokyo", LANG="C", PYTHONHASHSEED="7")
    assert done[0] == 0, done[1]
    assert (copy.root / name).read_bytes() == before


def test_a_failing_chapter_keeps_its_outputs(copy):
    name = "chapters/07-scoreboard.ipynb"
    copy.edit(name, "board = scoreboard()", "board = scoreboard(); 1 / 0")
    before = (copy.root / name).read_bytes()
    code, text = copy.claimbook("run")
    assert code and "07-scoreboard.ipynb, cell" in text and "ZeroDivisionError" in text
    assert (copy.root / name).read_bytes() == before


def test_a_run_that_is_killed_loses_nothing(copy):
    environment = os.environ | {"PYTHONPATH": str(copy.root)}
    process = subprocess.Popen([sys.executable, "-m", "claimbook.cli", "run", "--all"], cwd=copy.root, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(4)
    os.killpg(process.pid, signal.SIGKILL)
    code, text = copy.claimbook("run")
    assert code == 0, text
    assert copy.claimbook("run")[1].strip() == "Nothing is stale"


def test_a_failed_build_leaves_the_site_in_place(copy):
    site = copy.root / "_build/site-old"
    site.mkdir(parents=True)
    (site / "index.html").write_text("the old site", encoding="utf-8")
    (copy.root / "_build/html").symlink_to("site-old")
    copy.edit("data/funding.csv", "cb0024,venture funding,World,all,2024,314,", "cb0024,venture funding,World,all,2024,3140,")
    assert copy.claimbook("build")[0]
    assert (copy.root / "_build/html/index.html").read_text(encoding="utf-8") == "the old site"


def test_two_builds_are_the_same_in_every_byte(copy, tmp_path):
    other = tmp_path / "a folder with spaces, é"
    shutil.copytree(copy.root, other)
    assert copy.claimbook("build")[0] == 0
    here, copy.root = copy.root, other
    assert copy.claimbook("build", TZ="Asia/Tokyo", LANG="C", PYTHONHASHSEED="7")[0] == 0
    files = {p.relative_to(here / "_build/html/"): p.read_bytes() for p in (here / "_build/html/").rglob("*") if p.is_file()}
    again = {p.relative_to(other / "_build/html/"): p.read_bytes() for p in (other / "_build/html/").rglob("*") if p.is_file()}
    assert len(files) > 20 and sorted(files) == sorted(again)
    assert [str(path) for path in files if files[path] != again[path]] == []
    code, text = copy.claimbook("build")
    assert code == 0 and "Nothing has changed" in text


def test_the_build_asks_no_network(copy):
    """In a namespace with nothing but its own loopback; where the machine cannot make one, the test fails and says so."""
    loopback = "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh', b'lo', 0x41))"  # kernels talk over it
    inside = f'"{sys.executable}" -c "{loopback}" && exec "{sys.executable}" -m claimbook.cli build'
    command = ["unshare", "--net", "--map-root-user", "sh", "-c", inside]
    probe = subprocess.run(["unshare", "--net", "--map-root-user", "true"], capture_output=True, text=True)
    assert probe.returncode == 0, f"this machine cannot make a network namespace: {probe.stderr}"
    environment = {k: v for k, v in os.environ.items() if k != "CI"} | {"PYTHONPATH": str(copy.root)}
    copy.edit("chapters/07-scoreboard.ipynb", "board = scoreboard()", "board = scoreboard().copy()")
    done = subprocess.run(command, cwd=copy.root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
