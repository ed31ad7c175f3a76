#!/usr/bin/env bash
# Expected: `sort_values` on a text column gives the same rows in the same order whether or not pyarrow is installed beside
# pandas, for no line of the program mentions it; at most the dtype's storage differs.
# Seen: rows that tie come in another order, so "the last row of each group" is another row and another number is printed.
# Without pyarrow the texts are Python objects, sorted by numpy's quicksort, which is not stable beyond 16 rows; with pyarrow
# installed pandas 3 stores them in Arrow, whose sort keeps the order. `kind="stable"` gives the same with both.
# Versions: pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1, Python 3.11. Source: pandas/core/arrays/string_.py, and
# the note on `kind` in https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.sort_values.html
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cat > "$folder/ties.py" <<'PY'
import sys
import pandas as pd

kind = sys.argv[1]
day = ["2024" if n % 3 else "2025" for n in range(60)]
prints = pd.DataFrame({"published": day, "publisher": ["A", "B"] * 30, "value": range(60)})
last = prints.sort_values("published", kind=kind).drop_duplicates("publisher", keep="last")
print(last.set_index("publisher")["value"].sort_index().to_dict())
PY
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 numpy==2.4.6
without=$("$folder/env/bin/python" "$folder/ties.py" quicksort); stable=$("$folder/env/bin/python" "$folder/ties.py" stable)
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
with=$("$folder/env/bin/python" "$folder/ties.py" quicksort); again=$("$folder/env/bin/python" "$folder/ties.py" stable)
echo "last value of each publisher, without pyarrow: $without"
echo "the same program, with pyarrow installed:      $with"
echo "kind=stable, without and with:                 $stable $again"
[ "$without" != "$with" ] && [ "$stable" = "$again" ] && [ "$with" = "$stable" ]
