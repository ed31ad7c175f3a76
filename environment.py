"""Sets up `.venv` from requirements.lock: the Makefile calls it first, and where nothing is to do it says nothing.

An environment belongs to its folder, its lock and its Python: what it was made for stands in `.venv/.ready`. It is made
aside and put in place whole, so where that fails the one in place stays. Needs Python's own library and this folder;
written so that a Python far too old can still say that it is.
"""

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib import invalidate_caches
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parent
FILES = ("requirements.lock", "pyproject.toml")
SIZE = 700
"""MiB that an environment takes."""


def versions(root):
    """The oldest and the newest version of Python that the tests pass on: pyproject.toml says them."""
    asked = re.search(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"$', (root / "pyproject.toml").read_text("utf-8"), re.M)
    return (3, int(asked[1])), (3, int(asked[2]) - 1)


def made_for(root):
    """What an environment of this folder and of this lock is made for, as the lines of its `.ready`."""
    files = [sha256((root / name).read_bytes()).hexdigest() for name in FILES]
    return [str(root), *files]


def lacking(root):
    """Why the environment in place cannot be used, or None where it can."""
    home = root / ".venv"
    if not home.exists():
        return "there is none yet"
    os.listdir(str(home))  # raises where another user's may not be read, which exists() hides from Python 3.14 on
    if not (home / ".ready").exists():
        return "it was left half made"
    try:
        subprocess.run([str(home / "bin/python"), "-c", "import pip"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return "its Python is gone, as after an upgrade of the system"
    before = (home / ".ready").read_text(encoding="utf-8").splitlines()
    reasons = ["it belongs to another folder", *(f"{name} has changed" for name in FILES)]
    return next((why for old, new, why in zip_longest(before, made_for(root), reasons) if old != new), None)


def refuse(root):
    """End where no environment can be made here, with what to do. What Debian leaves out of Python is installed where
    root runs this."""
    oldest, newest = versions(root)
    if not oldest <= sys.version_info[:2] <= newest:
        span = "%d.%d to %d.%d" % (*oldest, *newest)
        this = "%s is %d.%d" % (sys.executable, *sys.version_info[:2])
        sys.exit(f"Python {span} is needed, {this}: install one, and call make with PYTHON=python%d.%d, say." % newest)
    odd = re.search(r'[:"$`\\\n]', str(root))
    if odd:
        sys.exit(f"No environment works in a folder with {odd[0]!r} in its name, as {root} has: rename it, and repeat.")
    free = shutil.disk_usage(root).free >> 20
    if free < SIZE:  # venv would fail without a word of it
        sys.exit(f"The environment takes {SIZE} MiB, and {free} MiB are free where {root} lies: make room, and repeat.")
    able = lambda: find_spec("ensurepip") and find_spec("venv")
    package = "python%d.%d-venv" % sys.version_info[:2]
    if not able() and os.geteuid() == 0 and shutil.which("apt-get"):
        for step in ("apt-get update -qq", f"apt-get install -y -qq --no-install-recommends {package}"):
            subprocess.run(step.split(), check=True)
        invalidate_caches()
    if not able():
        way = f"install what it lacks, on Debian with: sudo apt-get install {package}, and repeat"
        sys.exit(f"{sys.executable} cannot make virtual environments: {way}.")


def make(aside, root):
    """An environment with what the lock names and the book's own package. Raises CalledProcessError."""
    subprocess.run([sys.executable, "-m", "venv", str(aside)], check=True)
    pip = [str(aside / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    pip += ["--no-user", "--target=", "--root=/", f"--prefix={aside}"]  # whatever pip.conf and the PIP_ variables say
    subprocess.run([*pip, "--require-hashes", "-r", "requirements.lock"], check=True, cwd=root)
    own = os.environ | {"PIP_REQUIRE_HASHES": "0"}  # a folder has none
    subprocess.run([*pip, "--no-build-isolation", "-e", "."], check=True, cwd=root, env=own)


def set_up(root, make=make):
    """Make the environment aside, then put it in place. Raises CalledProcessError where pip or venv fails."""
    home, aside = root / ".venv", root / ".venv.new"
    shutil.rmtree(aside, ignore_errors=True)
    try:
        make(aside, root)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    for path in [*aside.glob("pyvenv.cfg"), *(aside / "bin").iterdir()]:  # they name their own place
        raw = path.read_bytes() if not path.is_symlink() else b""
        if bytes(aside) in raw:
            path.write_bytes(raw.replace(bytes(aside), bytes(home)))
    if (home / "pyodide").exists():  # fetched apart from it, and good for any
        os.replace(home / "pyodide", aside / "pyodide")
    (aside / ".ready").write_text("\n".join(made_for(root)) + "\n", encoding="utf-8")
    if home.is_symlink():
        home.unlink()
    shutil.rmtree(home, ignore_errors=True)
    os.replace(aside, home)


def main(root=ROOT):
    """Set up what is lacking. Ends with a message that says what to do where that is not possible."""
    if sys.platform == "win32":
        sys.exit(
            "Windows itself is not enough: install WSL (wsl --install), and call make there, in a folder of its own."
        )
    try:
        if lacking(root) is None:
            return
        refuse(root)
        from claimbook.engine.alone import alone  # knows no Windows

        with alone(root / "_build/environment.lock", "setting up .venv"):
            why = lacking(root)  # another command may have set it up meanwhile
            if why:
                print(f"Setting up .venv from requirements.lock, about a minute ({why})", flush=True)
                set_up(root)
    except OSError as error:
        way = "Let this user write here (what another made: sudo chown -R $USER .), or make room, and repeat."
        sys.exit(f"The environment could not be set up: {error}. {way}")
    except subprocess.CalledProcessError:
        from claimbook.paths import way_back

        stays = "The one in place stays as it was. " if (root / ".venv").exists() else ""
        ways = ", ".join(f"{name} ({way_back(name)})" for name in FILES)
        sys.exit(
            f"The environment could not be set up: see above. {stays}Without a network nothing can be installed;"
            f" with one, look at what these ask for, and repeat: {ways}."
        )


if __name__ == "__main__":
    main()
