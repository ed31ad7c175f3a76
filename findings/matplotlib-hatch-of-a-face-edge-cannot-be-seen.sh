#!/usr/bin/env bash
# Expected: the hatch of a band is seen: `fill_between(.., facecolor=.., edgecolor="face", hatch="//")` draws black lines, the
# default of the hatch's colour, as it did up to 3.10 and still does where no edge colour or "none" is given.
# Seen: with 3.11 the lines have the colour of the band itself, so that the hatch is there and cannot be seen. An edge of "face"
# counts as a colour of the edge now. `hatchcolor="black"` (new in 3.11) or the setting hatch.color gives the lines back.
# Versions: matplotlib 3.10.9 and 3.11.2. Source: https://matplotlib.org/3.11.0/release/next_whats_new/separated_hatchcolor.html, which
# names the fallback for "none" and says nothing of "face"
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cat > "$folder/hatch.py" <<'PY'
import io
import re

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt


def stroke(settings={}, **edge):
    with plt.rc_context(settings):
        figure, ax = plt.subplots()
        ax.fill_between([0, 1], [1, 2], facecolor="#aabbcc", hatch="//", **edge)
        figure.savefig(picture := io.StringIO(), format="svg")
    pattern = re.search("<pattern.*?</pattern>", picture.getvalue(), re.S)[0]
    return re.search("stroke: (#[0-9a-f]+)", pattern)[1]


print("no edge", stroke(), "none", stroke(edgecolor="none"), "face", stroke(edgecolor="face"), end=" ")
print("face, hatch.color black", stroke({"hatch.color": "black"}, edgecolor="face"))
PY
python3 -m venv "$folder/env"
for version in 3.10.9 3.11.2
do
  "$folder/env/bin/pip" install --quiet --disable-pip-version-check "matplotlib==$version" numpy==2.4.6
  said=$("$folder/env/bin/python" "$folder/hatch.py"); echo "hatch of a band of #aabbcc, matplotlib $version: $said"
  face="#000000"; [ "$version" = 3.10.9 ] || face="#aabbcc"
  test "$said" = "no edge #000000 none #000000 face $face face, hatch.color black #000000"
done
