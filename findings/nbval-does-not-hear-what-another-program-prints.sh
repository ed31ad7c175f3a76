#!/usr/bin/env bash
# Expected: a cell prints under nbval what it prints in Jupyter and in `jupyter execute`, what another program that it starts
# prints included: `os.system("echo heard")` gives "heard".
# Seen: under nbval the cell gives nothing: a notebook that was just executed fails ("Missing output fields"), and one whose stored
# output lacks the line passes. ipykernel listens to file descriptor 1 unless pytest's PYTEST_CURRENT_TEST is in its environment,
# to keep off pytest's own capture; nbval starts its kernels as children of pytest, and they inherit it.
# Versions: nbval 0.11.0, ipykernel 7.4.0, pytest 9.2.0. Source: ipykernel/iostream.py, OutStream.__init__ ("Pytest set its own capture")
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check nbval==0.11.0 ipykernel==7.4.0 pytest==9.2.0 nbclient==0.11.0 nbformat==5.11.1
cd "$folder"; export IPYTHONDIR=$folder/ipython
"$folder/env/bin/python" - >/dev/null 2>&1 <<'PY'
import nbclient
import nbformat
from nbformat import v4

for name, execute in (("executed", True), ("silent", False)):
    book = v4.new_notebook(cells=[v4.new_code_cell('import os\ncode = os.system("echo heard")')])
    if execute:
        nbclient.NotebookClient(book, kernel_name="python3").execute()
        print(book.cells[0].outputs, file=open("stored", "w"))
    nbformat.write(book, f"{name}.ipynb")
PY
echo "as executed, the cell gives $(cat stored)"
grep -q heard stored
for name in executed silent
do
  said=$("$folder/env/bin/python" -m pytest -q -p no:cacheprovider --nbval --nbval-current-env "$name.ipynb" || true)
  echo "nbval on the $name notebook: $(tail -n 1 <<<"$said")"
  case $name in executed) grep -q "^1 failed" <<<"$(tail -n 1 <<<"$said")";; silent) grep -q "^1 passed" <<<"$(tail -n 1 <<<"$said")";; esac
done
