#!/usr/bin/env bash
# Expected: the days of some rounds compared with the days of another table, looked up by `map`, give True and False whether or not
# pyarrow is installed beside pandas; of a company that the other table lacks, False.
# Seen: so it is as long as the other table has a row. Where it has none, `map` gives a column of numbers, all missing: without pyarrow
# pandas 3 still compares and says False, with pyarrow installed the same line raises TypeError; so does a comparison of no rows with [].
# A program that was tried on one machine fails on another, on the first file without a hit. With `.astype("str")` after `map` both say
# the same.
# Versions: pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1, Python 3.11. Source: running them; pandas/core/arrays/arrow/array.py, _cmp_method,
# which hands what Arrow cannot compare to pandas/core/ops/invalid.py.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cat > "$folder/lookup.py" <<'PY'
import pandas as pd


def later(companies, dtype=None):
    rounds = pd.DataFrame({"who": ["Acme", "Bold"], "day": ["2024-01-05", "2024-02-06"]})
    seeds = pd.Series({name: "2023-05-01" for name in companies}, dtype="str")
    found = rounds["who"].map(seeds)
    try:
        return (rounds["day"] >= (found.astype(dtype) if dtype else found)).tolist()
    except TypeError as error:
        return type(error).__name__


print("one found", later(["Acme"]), "| none found", later([]), "| none found, as texts", later([], "str"))
PY
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 numpy==2.4.6
without=$("$folder/env/bin/python" "$folder/lookup.py")
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
with=$("$folder/env/bin/python" "$folder/lookup.py")
echo "without pyarrow: $without"
echo "with pyarrow:    $with"
[ "$without" = "one found [True, False] | none found [False, False] | none found, as texts [False, False]" ]
[ "$with" = "one found [True, False] | none found TypeError | none found, as texts [False, False]" ]
