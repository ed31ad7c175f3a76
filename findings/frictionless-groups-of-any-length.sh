#!/usr/bin/env bash
# Expected: `groupChar: ","` of a number field lets "1,234.5" be read as 1234.5 and refuses what is no group of thousands: "5,4",
# as half of Europe writes 5.4, and "1,,0". The Table Schema says that the character is "used to group digits within the number".
# Seen: "5,4" is valid and read as 54, ten times as much, "1,,0" as 10, ",5" as 5: the character is deleted wherever it stands.
# The type integer, which knows no groups, takes Python's own: "1_000" is valid and read as 1000.
# Version: frictionless 5.21.0. Source: frictionless/fields/number.py (cell.replace) and integer.py (int(cell))
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
VERSION=${VERSION:-5.21.0}
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check "frictionless==$VERSION"
cat > "$folder/groups.py" <<'PY'
from frictionless import Resource, Schema

for field, cells in (
    ({"type": "number", "groupChar": ","}, ("1,234.5", "5,4", "1,,0", ",5")),
    ({"type": "integer"}, ("1000", "1,000", "1_000")),
):
    schema = Schema.from_descriptor({"fields": [field | {"name": "amount"}]})
    for cell in cells:
        table = Resource(data=[["amount"], [cell]], schema=schema)
        read = next(iter(table.read_rows()))["amount"] if table.validate().valid else "refused"
        print(field["type"], cell, "is", read)
PY
said=$("$folder/env/bin/python" "$folder/groups.py"); echo "$said"
for line in "number 1,234.5 is 1234.5" "number 5,4 is 54" "number 1,,0 is 10" "number ,5 is 5" "integer 1,000 is refused" "integer 1_000 is 1000"
do grep -qxF "$line" <<<"$said"; done
