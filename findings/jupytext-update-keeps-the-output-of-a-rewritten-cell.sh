#!/usr/bin/env bash
# Expected: `jupytext --update` keeps the outputs of the cells that did not change; a cell whose code was rewritten has no output
# until it is run.
# Seen: "print(max(amounts))" stands above "6", what print(sum(amounts)) had printed, with its execution number: a cell that matches
# no old one by its text takes the output of the old cell at its place. No message says so.
# Version: jupytext 1.19.6. Source: jupytext/combine.py, map_outputs_to_inputs, and https://github.com/jupytext/jupytext/pull/474
# ("a notebook refactored has the outputs attributed according to the cell index")
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check jupytext==1.19.6 nbclient==0.11.0 ipykernel==7.4.0 nbformat==5.11.1
cat > "$folder/sums.py" <<'PY'
# %%
amounts = [1, 2, 3]

# %%
print(sum(amounts))
PY
cd "$folder"; export IPYTHONDIR=$folder/ipython
"$folder/env/bin/jupytext" --quiet --to ipynb sums.py
"$folder/env/bin/python" - 2>/dev/null <<'PY'
import nbclient
import nbformat

book = nbformat.read("sums.ipynb", 4)
nbclient.NotebookClient(book, kernel_name="python3").execute()
nbformat.write(book, "sums.ipynb")
PY
sed -i 's/sum(amounts)/max(amounts)/' sums.py
"$folder/env/bin/jupytext" --quiet --to ipynb --update sums.py
said=$("$folder/env/bin/python" -c 'import nbformat; cell = nbformat.read("sums.ipynb", 4).cells[1]; print(cell.source, cell.execution_count, [output.text for output in cell.outputs])')
echo "code, execution number and output of the rewritten cell: $said"
test "$said" = "print(max(amounts)) 2 ['6\n']"
