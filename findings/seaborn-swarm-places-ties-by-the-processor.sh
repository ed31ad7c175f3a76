#!/usr/bin/env bash
# Expected: rows of one value stand in a swarm in the order of the table, the first in the middle, so that the same rows
# give the same picture on every machine.
# Seen: twenty equal values stand 1, 2, 3 ... from the middle outwards where numpy sorts with AVX2 or AVX-512, and in
# another order where it does not (here by NPY_DISABLE_CPU_FEATURES, which changes nothing on a processor without them):
# the second row stands at the edge. With colours by a third column the two pictures differ.
# Version: seaborn 0.13.2 with numpy 2.4.6. Source: seaborn/categorical.py, Beeswarm: np.argsort without kind="stable"
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
VERSION=${VERSION:-0.13.2}
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check "seaborn==$VERSION" numpy==2.4.6 matplotlib==3.11.2 pandas==3.1.1
cat > "$folder/ties.py" <<'PY'
import matplotlib
import pandas as pd
import seaborn as sns

matplotlib.use("svg")
rows = pd.DataFrame({"value": [5.0] * 20, "what": ["one"] * 20})
ax = sns.swarmplot(rows, x="value", y="what", size=4)
ax.figure.canvas.draw()
heights = [abs(float(y)) for y in ax.collections[0].get_offsets()[:, 1]]
print(" ".join(str(place) for place in sorted(range(20), key=heights.__getitem__)))
PY
cd "$folder"
echo "rows from the middle outwards, as this processor sorts: $("$folder/env/bin/python" ties.py)"
plain=$(NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX2 AVX512_SKX" "$folder/env/bin/python" -W ignore ties.py)
echo "rows from the middle outwards, without AVX:             $plain"
test "${plain:0:4}" != "0 1 "
