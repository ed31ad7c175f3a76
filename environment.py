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
from ast import literal_eval
from functools import partial
from hashlib import sha256
from importlib import invalidate_caches
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from sysconfig import get_config_var
from textwrap import shorten

ROOT = Path(__file__).resolve().parent
FILES = ("requirements.lock", "pyproject.toml")
SIZE = 700
"""MiB that an environment takes."""
INSTALL = ("install", "--quiet", "--no-deps", "--no-user", "--target=", "--root=/")
"""How pip installs into its own environment, whatever pip.conf and the PIP_ variables say."""
LOCK = ("--require-hashes", "-r", "requirements.lock")
TOLD = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "HTTP_PROXY HTTPS_PROXY ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
"""A setting of pip, and the variables in which uv looks for the same."""
KEPT = ("UV_CACHE_DIR", "UV_NO_CACHE", "UV_LINK_MODE")
"""What uv may be told apart from that: where it keeps what it fetched. The rest could lead elsewhere."""


def versions(root):
    """The oldest and the newest version of Python that the tests pass on: pyproject.toml says them. Ends with a message
    where it does not."""
    asked = re.search(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"$', (root / "pyproject.toml").read_text("utf-8"), re.M)
    if not asked:
        sys.exit(
            'pyproject.toml must have a line requires-python = ">=3.A,<3.B", A and B numbers: mend it, and repeat.'
        )
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


def told(said):
    """What pip is told on this machine, by its files and the PIP_ variables, as uv takes it: variables, and options.
    `said`: what `pip config list` says."""
    found = {"cert": repr(os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE", ""))}
    for place in ("global", "install", ":env:"):  # the later wins
        found.update(re.findall(rf"^{place}\.([\w-]+)=(.*)$", said, re.M))
    found = {name: literal_eval(value).split() for name, value in found.items()}
    own = {name: value for name, value in os.environ.items() if not name.startswith("UV_") or name in KEPT}
    own.update(UV_INDEX_STRATEGY="unsafe-best-match", UV_SYSTEM_CERTS="1")  # as pip does; the hashes say what is taken
    for name, names in TOLD.items():
        if found.get(name):
            own.update(dict.fromkeys(names.split(), ("," if name == "find-links" else " ").join(found[name])))
    options = ["--no-index"] if found.get("no-index", ["0"])[0].lower() in ("1", "true", "yes", "on") else []
    for name in ("no-binary", "only-binary"):
        options += [f"--{name}={one}" for value in found.get(name, []) for one in value.split(",")]
    return own, options


def by_uv(aside, root):
    """Install with uv, a tenth of pip's work. uv itself is fetched by the pip that Python carries for venv, which takes
    long to set up and is only unpacked for that. Raises CalledProcessError and OSError."""
    from ensurepip import __file__ as carrier

    lock = (root / "requirements.lock").read_text("utf-8")
    line = re.search(r"^uv==(?:.*\\\n)*.*", lock, re.M)
    if not line:
        raise ValueError("requirements.lock does not name it")
    call = partial(subprocess.run, check=True, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    call([sys.executable, "-m", "venv", "--without-pip", str(aside)])
    python, unpacked = str(aside / "bin/python"), aside / "pip"
    places = [Path(carrier).with_name("_bundled"), Path(get_config_var("WHEEL_PKG_DIR") or carrier)]
    wheel, *_ = [wheel for place in places for wheel in place.glob("pip-*.whl")]
    shutil.unpack_archive(str(wheel), str(unpacked), "zip")
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    own = dict(os.environ, PYTHONPATH=str(unpacked), PYTHONDONTWRITEBYTECODE="")
    get = [*pip, *INSTALL, f"--prefix={aside}", "--quiet", "--retries=1", "--require-hashes", "-r", "/dev/stdin"]
    call(get, input=line[0].encode(), env=own)
    own.update(PIP_USER="0", PIP_GLOBAL="0", PIP_SITE="0")  # else some of its files would not be listed
    own, options = told(call([*pip, "config", "list"], env=own).stdout.decode())
    uv = [str(aside / "bin/uv"), "pip", "install", "--quiet", "--no-config", "--no-deps", f"--python={python}"]
    call([*uv, *options, *LOCK], env=own)
    call([*uv, *options, "--no-build-isolation", "-e", ".", str(wheel)], env=own)
    shutil.rmtree(unpacked)


def by_pip(aside, root):
    """Install with pip alone. Raises CalledProcessError."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(aside)], check=True)
    pip = [str(aside / "bin/python"), "-m", "pip", "--disable-pip-version-check", *INSTALL, f"--prefix={aside}"]
    subprocess.run([*pip, *LOCK], check=True, cwd=root)
    own = os.environ | {"PIP_REQUIRE_HASHES": "0"}  # a folder has none
    subprocess.run([*pip, "--no-build-isolation", "-e", "."], check=True, cwd=root, env=own)


def make(aside, root):
    """An environment with what the lock names and the book's own package. Raises CalledProcessError."""
    try:
        return by_uv(aside, root)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        why = getattr(error, "output", b"").decode(errors="replace") or str(error)
    print(f"uv cannot install it here, so pip does, which takes longer: {shorten(why, 200)}", flush=True)
    by_pip(aside, root)


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
