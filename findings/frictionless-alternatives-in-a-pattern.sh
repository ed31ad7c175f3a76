#!/usr/bin/env bash
# Expected: the constraint `pattern` of a Frictionless schema must match the whole value, as the Table Schema says ("the
# field's value must match the regular expression", XML Schema syntax, which is anchored), alternatives included:
# "\d{4}|\d{4}-Q[1-4]" takes "2024" and "2024-Q4" and refuses "2024-Q5".
# Seen: "2024-Q5" and "2024 or so" are valid. The pattern is anchored as text, so that the anchors bind to the first and the
# last alternative alone: ^\d{4}|\d{4}-Q[1-4]$. In brackets, "(\d{4}|\d{4}-Q[1-4])", it does what it says.
# Version: frictionless 5.21.0. Source: frictionless/schema/field.py, the check of `pattern`
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
VERSION=${VERSION:-5.21.0}
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check "frictionless==$VERSION"
cat > "$folder/pattern.py" <<'PY'
from frictionless import Resource, Schema

for pattern in (r"\d{4}|\d{4}-Q[1-4]", r"(\d{4}|\d{4}-Q[1-4])"):
    field = {"name": "period", "type": "string", "constraints": {"pattern": pattern}}
    taken = []
    for period in ("2024", "2024-Q4", "2024-Q5", "2024 or so", "in 2024"):
        table = Resource(data=[["period"], [period]], schema=Schema.from_descriptor({"fields": [field]}))
        taken += [period] if table.validate().valid else []
    print(pattern, "takes", taken)
PY
said=$("$folder/env/bin/python" "$folder/pattern.py"); echo "$said"
grep -qF "\d{4}|\d{4}-Q[1-4] takes ['2024', '2024-Q4', '2024-Q5', '2024 or so']" <<<"$said"
grep -qF "(\d{4}|\d{4}-Q[1-4]) takes ['2024', '2024-Q4']" <<<"$said"
