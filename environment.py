"""Sets up `.venv` from requirements.lock: the Makefile calls it first, and where nothing is to do it says nothing.

An environment belongs to its folder, its lock and its Python: what it was made for stands in `.venv/.ready`. It is made
aside and put in place whole, so where that fails the one in place stays. Needs Python's own library and this folder.
"""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path

from claimbook.engine.alone import alone

ROOT = Path(__file__).resolve().parent
OLDEST, NEWEST = (3, 11), (3, 13)
"""The versions of Python that the tests pass on."""


def made_for(root):
    """What an environment of this folder and of this lock is made for, as the lines of its `.ready`."""
    files = [sha256((root / name).read_bytes()).hexdigest() for name in ("requirements.lock", "pyproject.toml")]
    return [str(root), *files]


def lacking(root):
    """Why the environment in place cannot be used, or None where it can."""
    home = root / ".venv"
    if not home.exists():
        return "there is none yet"
    if not (home / ".ready").exists():
        return "it was left half made"
    try:
        subprocess.run([str(home / "bin/python"), "-c", "import pip"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return "its Python is gone, as after an upgrade of the system"
    before = (home / ".ready").read_text(encoding="utf-8").splitlines()
    reasons = ("it belongs to another folder", "requirements.lock has changed", "pyproject.toml has changed")
    return next((why for old, new, why in zip_longest(before, made_for(root), reasons) if old != new), None)


def able():
    """Whether Python can make environments. What Debian leaves out of it is installed where root runs this."""
    if find_spec("ensurepip") and find_spec("venv"):
        return True
    steps = ("apt-get update -qq", "apt-get install -y -qq --no-install-recommends python3-venv")
    may = os.geteuid() == 0 and shutil.which("apt-get")
    return bool(may) and all(subprocess.run(step.split()).returncode == 0 for step in steps)


def make(aside, root):
    """An environment with what the lock names and the book's own package. Raises CalledProcessError."""
    subprocess.run([sys.executable, "-m", "venv", str(aside)], check=True)
    pip = [str(aside / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--require-hashes", "-r", "requirements.lock"], check=True, cwd=root)
    subprocess.run([*pip, "--no-build-isolation", "-e", "."], check=True, cwd=root)


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
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        span = "%d.%d to %d.%d" % (*OLDEST, *NEWEST)
        sys.exit(
            f"Python {span} is needed, {sys.executable} is %d.%d: call make with PYTHON=python3.12, say." % version
        )
    if lacking(root) is None:
        return
    try:
        with alone(root / "_build/environment.lock", "setting up .venv"):
            if why := lacking(root):  # another command may have set it up meanwhile
                if not able():
                    package = "sudo apt-get install python3-venv"
                    sys.exit(f"Python cannot make virtual environments here. Install them with: {package}")
                print(f"Setting up .venv from requirements.lock, about a minute ({why})", flush=True)
                set_up(root)
    except OSError as error:
        sys.exit(f"The environment could not be set up: {error}. Let this user write here, or make room, and repeat.")
    except subprocess.CalledProcessError:
        stays = "The one in place stays as it was. " if (root / ".venv").exists() else ""
        sys.exit(
            f"The environment could not be set up: see above. {stays}Mend it, or go back (git checkout"
            " requirements.lock pyproject.toml), and repeat. Without a network nothing can be installed."
        )


if __name__ == "__main__":
    main()
