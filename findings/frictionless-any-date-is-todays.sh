#!/usr/bin/env bash
# Expected: a date field with `format: any` reads what is unmistakably a date and refuses a bare year, or reads it as the same
# date whenever the table is read.
# Seen: "2024" is valid and becomes a day of 2024 with today's month and day, "March" a day of this year: the same table
# holds other values tomorrow. dateutil's parser fills what a text lacks from the clock.
# Version: frictionless 5.21.0 with python-dateutil 2.9.0.post0. Source: frictionless/fields/date.py, `any`
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
VERSION=${VERSION:-5.21.0}
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check "frictionless==$VERSION" python-dateutil==2.9.0.post0
cat > "$folder/any.py" <<'PY'
from datetime import date

from frictionless import Resource, Schema

schema = Schema.from_descriptor({"fields": [{"name": "day", "type": "date", "format": "any"}]})
table = Resource(data=[["day"], ["2024"], ["March"]], schema=schema)
year, month = (row["day"] for row in table.read_rows())
today = date.today()
print("2024 is read as", year, "and March as", month, "today,", today)
assert table.validate().valid and (year.month, month.year) == (today.month, today.year)
assert year.day == today.day or (year.month, today.day) == (2, 29)
PY
"$folder/env/bin/python" "$folder/any.py"
