#!/usr/bin/env bash
# Expected: a decimal number of 16 or 17 digits, as repr() writes it, is read by `read_csv` as the float nearest to it, whichever
# pandas 3 reads it: float(text).
# Seen: with pandas 3.0 more than a quarter of such numbers below 1 are another float, one step off; with 3.1 none. On 3.0
# `float_precision="round_trip"` reads what 3.1 reads; 3.1 warns that the option will go. Short numbers are the same in both.
# Versions: pandas 3.0.2 and 3.1.1, numpy 2.4.6. Source: https://github.com/pandas-dev/pandas/pull/64432 (fast_float in place of
# pandas' own three parsers) and https://github.com/pandas-dev/pandas/pull/64666 (the option is deprecated)
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cat > "$folder/floats.py" <<'PY'
import io
import random
import sys

import pandas as pd

draw = random.Random(1)
for name, texts in (
    ("long", [repr(draw.random()) for _ in range(3000)]),
    ("short", [f"{draw.random():.6f}" for _ in range(3000)]),
):
    read = pd.read_csv(io.StringIO("\n".join(["x", *texts])), float_precision=None if len(sys.argv) < 2 else sys.argv[1])
    print(name, sum(float(text) != number for text, number in zip(texts, read["x"])), end=" ")
PY
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pandas==3.0.2 numpy==2.4.6
old=$("$folder/env/bin/python" "$folder/floats.py"); exact=$("$folder/env/bin/python" "$folder/floats.py" round_trip)
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1
new=$("$folder/env/bin/python" -W ignore "$folder/floats.py")
echo "of 3000 numbers each, read as another float by pandas 3.0.2:             $old"
echo "                                       3.0.2, float_precision=round_trip: $exact"
echo "                                       3.1.1:                             $new"
read -r _ long _ short <<<"$old"
[ "$long" -gt 750 ] && [ "$short" = 0 ] && [ "$exact" = "long 0 short 0 " ] && [ "$new" = "long 0 short 0 " ]
