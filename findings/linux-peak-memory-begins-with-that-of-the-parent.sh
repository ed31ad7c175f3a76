#!/usr/bin/env bash
# Expected: resource.getrusage(RUSAGE_SELF).ru_maxrss of a fresh Python is the most memory that this Python has held, so a command gives
# the same number whoever starts it.
# Seen: on Linux the number begins with the peak of the process that started it, which outlives exec, whether subprocess starts it by
# vfork or (where there is a preexec_fn) by fork. A Python of 12 MB says 400 when one that holds an array of 400 MB starts it, and a
# benchmark that starts programs from one large process prints the same peak for all of them. VmHWM of /proc/self/status is of the new
# program alone, and psutil, which says what is held now, agrees with it.
# Versions: Python 3.11.7, Linux 6.18.44, numpy 2.3.5 (it holds the array), psutil 7.2.2. Source: running it.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check numpy==2.3.5 psutil==7.2.2
"$folder/env/bin/python" - <<'PY'
import subprocess
import sys

import numpy

SMALL = """
import re, resource, psutil
told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
held = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) >> 10
print(told, held, psutil.Process().memory_info().rss >> 20)
"""


def seen(what, **options):
    said = subprocess.run([sys.executable, "-c", SMALL], capture_output=True, text=True, check=True, **options).stdout
    told, held, now = map(int, said.split())
    print(f"{what}: ru_maxrss {told} MB, VmHWM {held} MB, held now {now} MB")
    return told, held


alone = seen("started by a small process")
array = numpy.ones(50_000_000)
after = [seen("started by one with 400 MB"), seen("the same by fork", preexec_fn=lambda: None)]
assert alone[0] < 100 and all(told > 390 and held < 100 for told, held in after), "this has changed"
PY
