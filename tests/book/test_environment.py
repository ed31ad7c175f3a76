"""The environment belongs to its folder, its lock and its Python; where it cannot be set up, the one in place stays."""

import ast
import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest
import yaml

from claimbook.commands import cli
from claimbook.engine.alone import alone
from claimbook.paths import ROOT
from claimbook.teaching import classkit

sys.path.insert(0, str(ROOT))
import environment  # noqa: E402  (it lies beside the package)

WORKFLOWS = ("links", "rot-guard", "site")


@pytest.fixture
def folder(tmp_path):
    """A folder with a lock that asks for nothing, and its environment."""
    home = tmp_path / "a folder"
    home.mkdir()
    shutil.copy(ROOT / "environment.py", home)
    shutil.copytree(ROOT / "claimbook", home / "claimbook", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "requirements.lock").write_text("")
    (home / "pyproject.toml").write_text('requires-python = ">=3.0,<3.99"')
    environment.set_up(home, made)
    return home


def made(aside, root):
    """What venv and pip would make: a Python, and a command that names the place it was made in."""
    (aside / "bin").mkdir(parents=True)
    (aside / "bin/python").write_text(f"#!/bin/sh\nexec '{sys.executable}' \"$@\"\n")  # Debian's own has no pip
    (aside / "bin/hello").write_text(f"#!/bin/sh\necho '{aside}'\n")
    for command in (aside / "bin").iterdir():
        command.chmod(0o755)


def broken(aside, root):
    made(aside, root)
    raise subprocess.CalledProcessError(1, "pip")


def run(root):
    return subprocess.run([sys.executable, root / "environment.py"], capture_output=True, text=True)


def test_its_commands_run_in_their_own_place(folder):
    said = subprocess.run([folder / ".venv/bin/hello"], capture_output=True, text=True, check=True).stdout
    assert said.strip() == str(folder / ".venv") and not (folder / ".venv.new").exists()


def test_what_is_sound_is_left_alone_and_nothing_is_said(folder):
    for name in ("requirements.lock", "pyproject.toml"):
        os.utime(folder / name)  # touched, and the same
    before = (folder / ".venv/.ready").stat().st_mtime_ns
    done = run(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / ".venv/.ready").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "happens, reason",
    [
        (lambda home: shutil.rmtree(home / ".venv"), "there is none yet"),
        (lambda home: (home / ".venv/.ready").unlink(), "half made"),
        (lambda home: (home / ".venv/.ready").write_text(""), "another folder"),
        (lambda home: (home / "requirements.lock").write_text("# new"), "requirements.lock has changed"),
        (lambda home: (home / "pyproject.toml").write_text("# new"), "pyproject.toml has changed"),
        (lambda home: (home / ".venv/bin/python").unlink(), "its Python is gone"),
    ],
)
def test_what_is_not_sound_is_named(folder, happens, reason):
    assert environment.lacking(folder) is None
    happens(folder)
    assert reason in environment.lacking(folder)
    environment.set_up(folder, made)
    assert environment.lacking(folder) is None


@pytest.mark.parametrize("moved", [shutil.copytree, shutil.move])
def test_a_copied_and_a_renamed_folder_get_their_own(folder, tmp_path, moved):
    other = tmp_path / "mine"
    moved(folder, other, **({"symlinks": True} if moved is shutil.copytree else {}))
    assert "another folder" in environment.lacking(other)


def test_where_nothing_can_be_installed_the_one_in_place_stays(folder):
    (folder / ".venv/pyodide").mkdir()
    with pytest.raises(subprocess.CalledProcessError):
        environment.set_up(folder, broken)
    assert environment.lacking(folder) is None and not (folder / ".venv.new").exists()
    environment.set_up(folder, made)
    assert (folder / ".venv/pyodide").exists(), "what was fetched is kept"


def test_a_lock_that_cannot_be_installed_is_told_in_words(folder):
    (folder / "requirements.lock").write_text("no-such-package @ file:///nowhere.whl --hash=sha256:" + "0" * 64)
    done = run(folder)
    assert done.returncode == 1 and "The one in place stays as it was." in done.stderr
    assert "Traceback" not in done.stderr.splitlines()[-1] and (folder / ".venv/bin/hello").exists()


def test_a_span_of_versions_that_cannot_be_read_is_told_in_words(folder):
    (folder / "pyproject.toml").write_text('requires-python = ">=3.0"')
    said = run(folder)
    assert said.returncode == 1 and said.stderr.startswith("pyproject.toml must have a line requires-python")


def test_the_way_back_from_a_lock_that_cannot_be_installed_is_one_that_git_knows(folder):
    """Run in the state in which it is told, each command helps, and none throws away what git has never seen."""
    git = lambda *command: subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    broken = "no-such-package @ file:///nowhere.whl --hash=sha256:" + "0" * 64
    for known in ([], ["requirements.lock"], ["requirements.lock", "pyproject.toml"]):
        (folder / "requirements.lock").write_text("")
        if known:
            git("init", "-q")
            git("add", *known)
        (folder / "requirements.lock").write_text(broken)
        if "pyproject.toml" in known:
            (folder / "pyproject.toml").write_text((folder / "pyproject.toml").read_text() + "\n# changed\n")
        said = run(folder).stderr
        told = re.findall(r"git checkout ([\w.]+)", said)
        assert told == known, said
        for name in told:
            git("checkout", name)
        if known:
            assert run(folder).returncode == 0


def test_the_second_of_two_waits(folder):
    (folder / "requirements.lock").write_text("# new")
    with alone(folder / "_build/environment.lock", "setting up .venv"):
        second = subprocess.Popen([sys.executable, folder / "environment.py"], stdout=subprocess.PIPE, text=True)
        assert "Waiting" in second.stdout.readline()
        environment.set_up(folder, made)
    assert second.communicate(timeout=60)[0] == "" and second.returncode == 0


def test_one_span_of_versions_is_named_everywhere():
    (_, first), (_, last) = environment.versions(ROOT)
    oldest, *others = every = [f"3.{minor}" for minor in range(first, last + 1)]
    named = ["Makefile", "README.md", "environment.yml", *(f".github/workflows/{one}.yml" for one in WORKFLOWS)]
    said = {name: (ROOT / name).read_text(encoding="utf-8") for name in named} | {"the class kit": classkit.README}
    found = {
        place: set(re.findall(r"\bpython(?:-version)?\W+(3\.\d+(?: to 3\.\d+)?)", text, re.I))
        for place, text in said.items()
    }
    span, one = {f"{oldest} to {others[-1]}"}, {oldest}
    assert list(found.values()) == [one, span, one, one, set(every), one, span], found
    guard = yaml.safe_load(said[".github/workflows/rot-guard.yml"])["jobs"]["tests"]["strategy"]["matrix"]["include"]
    assert [job["python"] for job in guard if job["versions"] == "test"] == others, (
        "every change is tested on the first"
    )
    assert said["environment.yml"] == cli.environment()


BACKEND = """
from zipfile import ZipFile

def build_editable(folder, config=None, metadata=None):
    with ZipFile(f"{folder}/one-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("one.py", "")
        wheel.writestr("one-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: one\\nVersion: 1\\n")
        wheel.writestr("one-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("one-1.dist-info/RECORD", "")
    return "one-1-py3-none-any.whl"
"""


@pytest.fixture
def shelf(folder, tmp_path, monkeypatch):
    """A folder that asks for `one`, its own package, and a shelf of wheels, of which only pip has been told. Gives what
    puts a wheel on the shelf and into the lock."""
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "pip.conf").write_text(f"[global]\nfind-links = {tmp_path}/none\n[install]\nfind-links = {shelf}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))

    def put(name, file, text):
        wheel, inside = shelf / f"{name}-1-py3-none-any.whl", f"{name}-1.dist-info"
        with ZipFile(wheel, "w") as made:
            script = ZipInfo(file)
            script.external_attr = 0o100755 << 16
            made.writestr(script, text)
            made.writestr(f"{inside}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
            made.writestr(f"{inside}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            made.writestr(f"{inside}/RECORD", "")
        with (folder / "requirements.lock").open("a") as lock:
            print(f"{name}==1 \\\n    --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}", file=lock)

    return put


def installed_by(folder):
    """Who installed each package of an environment's that the lock or the folder asks for."""
    found = folder.glob(".venv/lib/python*/site-packages/*-1.dist-info/INSTALLER")
    return {path.parent.name[: -len("-1.dist-info")]: path.read_text().strip() for path in found}


UV = Path(sys.executable).with_name("uv")


def test_it_is_installed_into_its_folder_whatever_installers_are_told_elsewhere(folder, shelf, tmp_path, monkeypatch):
    """uv gets what pip is told of where packages are, and nothing else."""
    shelf("two", "two.py", "")
    shelf("uv", "uv-1.data/scripts/uv", f"#!/bin/sh\nexec '{UV}' \"$@\"\n")
    other = tmp_path / "elsewhere"
    for name in ("TARGET", "PREFIX", "ROOT"):
        monkeypatch.setenv(f"PIP_{name}", str(other))
    for name in ("USER", "REQUIRE_HASHES", "REQUIRE_VIRTUALENV"):
        monkeypatch.setenv(f"PIP_{name}", "1")
    (tmp_path / "uv.toml").write_text(f'[pip]\ntarget = "{other}"\n')
    monkeypatch.setenv("UV_CONFIG_FILE", str(tmp_path / "uv.toml"))
    monkeypatch.setenv("UV_PYTHON", str(other))
    environment.set_up(folder)
    assert installed_by(folder) == {"uv": "pip", "two": "uv", "one": "uv"} and not other.exists()


@pytest.mark.parametrize("script", [None, "exit 1", "echo 'error: not on this shelf' >&2; exit 2"])
def test_where_uv_cannot_install_pip_does_and_says_so(folder, shelf, script, capfd):
    """There is no wheel of it for this machine; it cannot be run; it fails."""
    shelf("two", "two.py", "")
    if script:
        shelf("uv", "uv-1.data/scripts/uv", f"#!/bin/sh\n{script}\n")
    else:
        with (folder / "requirements.lock").open("a") as lock:
            print(f"uv==1 ; python_version < '3' --hash=sha256:{'0' * 64}", file=lock)
    environment.set_up(folder)
    assert installed_by(folder) == {"two": "pip", "one": "pip"} | ({"uv": "pip"} if script else {})
    said = capfd.readouterr().out.splitlines()
    assert len(said) == 1 and said[0].startswith("uv cannot install it here, so pip does")
    assert script is None or "echo" not in script or "error: not on this shelf" in said[0]


def test_what_is_in_the_lock_and_has_another_hash_is_refused(folder, shelf):
    shelf("two", "two.py", "")
    shelf("uv", "uv-1.data/scripts/uv", f"#!/bin/sh\nexec '{UV}' \"$@\"\n")
    lock = folder / "requirements.lock"
    lock.write_text(re.sub(r"(?<=two==1 \\\n    --hash=sha256:)\w+", "0" * 64, lock.read_text()))
    with pytest.raises(subprocess.CalledProcessError):
        environment.set_up(folder)
    assert installed_by(folder) == {}


def pip_says():
    command = [sys.executable, "-m", "pip", "config", "list"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_what_pip_is_told_of_where_packages_are_is_told_to_uv(shelf, tmp_path, monkeypatch):
    """By a file and by variables, of which the variables win."""
    said = {
        "index-url": "https://one.example/simple",
        "extra-index-url": "https://two.example/simple\n    https://three.example/simple",
        "find-links": "/shelf\n    https://four.example/",
        "trusted-host": "one.example two.example:8080",
        "cert": "/of the file.pem",
        "client-cert": "/client.pem",
        "proxy": "http://proxy.example:3128",
        "timeout": "180",
        "only-binary": "a,b",
        "no-index": "false",
    }
    (tmp_path / "pip.conf").write_text("[global]\n" + "".join(f"{name} = {told}\n" for name, told in said.items()))
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "https://five.example/simple")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/of requests.pem")
    monkeypatch.setenv("UV_INDEX_URL", "https://six.example/simple")
    own, options = environment.told(pip_says())
    expected = {
        "UV_DEFAULT_INDEX": "https://five.example/simple",
        "UV_INDEX": "https://two.example/simple https://three.example/simple",
        "UV_FIND_LINKS": "/shelf,https://four.example/",
        "UV_INSECURE_HOST": "one.example two.example:8080",
        "SSL_CERT_FILE": "/of the file.pem",
        "SSL_CLIENT_CERT": "/client.pem",
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://proxy.example:3128"),
        "UV_HTTP_TIMEOUT": "180",
        "UV_CACHE_DIR": str(tmp_path / "cache"),
    }
    assert {name: own.get(name) for name in expected} == expected and "UV_INDEX_URL" not in own
    assert options == ["--only-binary=a", "--only-binary=b"]
    monkeypatch.setenv("PIP_NO_INDEX", "yes")
    assert "--no-index" in environment.told(pip_says())[1]


def test_make_hands_on_nothing_that_leads_to_another_python(folder):
    (folder / "Makefile").write_text((ROOT / "Makefile").read_text(encoding="utf-8") + "\nseen:\n\t@env\n")
    odd = {name: "/nowhere" for name in ("PYTHONHOME", "PYTHONPATH", "PIP_PYTHON", "PYTHONDONTWRITEBYTECODE")}
    done = subprocess.run(["make", "seen"], cwd=folder, env=os.environ | odd, capture_output=True, text=True)
    assert done.returncode == 0 and "=/nowhere" not in done.stdout


def test_a_python_that_is_not_there_is_told(folder):
    shutil.copy(ROOT / "Makefile", folder)
    done = subprocess.run(["make", "book", "PYTHON=python9"], cwd=folder, capture_output=True, text=True)
    assert done.returncode and "There is no python9 here: install Python" in done.stdout


@pytest.mark.parametrize("letter", ':"$`\\')
def test_a_folder_in_which_no_environment_works_is_told(folder, letter):
    odd = folder.rename(folder.with_name(f"a {letter} b"))
    done = run(odd)
    assert done.returncode == 1 and "rename it" in done.stderr and "Traceback" not in done.stderr


def test_a_python_that_is_too_new_is_told_only_where_one_is_needed(folder):
    old = 'requires-python = ">=3.3,<3.5"'
    (folder / "pyproject.toml").write_text(old)
    done = run(folder)
    assert "Python 3.3 to 3.4 is needed" in done.stderr and "PYTHON=python3.4" in done.stderr
    environment.set_up(folder, made)
    assert run(folder).returncode == 0


def test_a_python_far_too_old_can_say_so():
    ast.parse((ROOT / "environment.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_what_another_user_has_set_up_is_told(folder):
    """As by `sudo make book` where others may read nothing."""
    (folder / ".venv").chmod(0)
    here = ["unshare", "--user", "--map-user=1234", sys.executable] if os.geteuid() == 0 else [sys.executable]
    done = subprocess.run([*here, folder / "environment.py"], capture_output=True, text=True)
    (folder / ".venv").chmod(0o755)
    assert "Let this user write here" in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_windows_itself_is_told_what_to_install(folder):
    pretend = "import runpy, shutil, subprocess, sys; sys.platform, sys.modules['fcntl'] = 'win32', None; "
    script = pretend + "runpy.run_path('environment.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
    assert "wsl --install" in done.stderr and "Traceback" not in done.stderr


def test_a_disk_that_is_too_full_is_told_before_anything_is_made(folder, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(2**30, 2**30 - 2**22, 2**22))
    with pytest.raises(SystemExit, match="4 MiB are free .* make room"):
        environment.refuse(folder)


@pytest.mark.parametrize("user, option", [("0", True), ("1000", False)])
def test_jupyterlab_opens_for_root_too(tmp_path, user, option):
    (tmp_path / "id").write_text(f"#!/bin/sh\necho {user}\n")
    (tmp_path / "id").chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["make", "-n", "lab"]
    said = subprocess.run(command, cwd=ROOT, env=os.environ | path, capture_output=True, text=True, check=True).stdout
    assert ("--allow-root" in said) == option, said
