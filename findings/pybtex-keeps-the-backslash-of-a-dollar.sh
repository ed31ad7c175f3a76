#!/usr/bin/env bash
# Expected: `\$`, `\%`, `\&`, `\#` and `\_` are how LaTeX writes five characters; as plain text, HTML or Markdown a title has
# the characters.
# Seen: four of the five lose their backslash, the dollar keeps it: "\$5 lunch, 100% paid". latexcodec knows `$` only as the
# begin of a formula.
# Version: pybtex 0.26.1 with latexcodec 3.0.1. Source: latexcodec/codec.py, the table of characters
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
VERSION=${VERSION:-0.26.1}
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check "pybtex==$VERSION" latexcodec==3.0.1
cat > "$folder/dollar.py" <<'PY'
from pybtex.database import parse_string
from pybtex.plugin import find_plugin

book = parse_string(r"@misc{a, title = {{A \$5 lunch, 100\% paid, R\&D \#1 a\_b}}}", "bibtex")
for form in ("text", "html"):
    shown = next(find_plugin("pybtex.style.formatting", "plain")().format_entries(book.entries.values()))
    text = shown.text.render_as(form)
    print(form, text, sep=": ")
    assert r"A \$5 lunch, 100% paid, R" in text and "#1 a_b" in text
PY
"$folder/env/bin/python" "$folder/dollar.py"
