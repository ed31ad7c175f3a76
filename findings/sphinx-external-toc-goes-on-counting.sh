#!/usr/bin/env bash
# Expected: a book whose _toc.yml says `numbered: true` has chapters 1, 2, 3 however often one Sphinx application builds it.
# Seen: the second build of the same application calls them 4, 5, 6, the third 7, 8, 9, with no page added and no warning: headings, the
# list of pages and references all follow. The counters are kept with the application and begin at zero with a new process only, so it
# meets live previews, servers and tests that keep an application loaded; plain `:numbered:` of Sphinx begins at 1 each time.
# Versions: sphinx-external-toc 1.1.0 (1.0.1 counts right), Sphinx 7.4.7, Python 3.11. Source: running them; sphinx_external_toc/collectors.py,
# TocTreeCollectorWithStyles.assign_section_numbers, sets a counter back only where numbers restart with each part.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir text; printf 'root: index\nsubtrees:\n- numbered: true\n  entries:\n  - file: a\n  - file: b\n  - file: c\n' > text/_toc.yml
for page in index a b c; do printf '# Page %s\n\nWords.\n' "$page" > "text/$page.md"; done
for version in 1.0.1 1.1.0; do
  python3 -m venv "env-$version"
  "env-$version/bin/pip" install --quiet --disable-pip-version-check "sphinx-external-toc==$version" sphinx==7.4.7 myst-parser==3.0.1
  "env-$version/bin/python" - "$version" <<'PY'
import sys
import tempfile

from sphinx.application import Sphinx

numbers = []
with tempfile.TemporaryDirectory() as out:
    said = dict(extensions=["myst_parser", "sphinx_external_toc"], external_toc_path="_toc.yml")
    app = Sphinx("text", None, f"{out}/html", f"{out}/trees", "html", confoverrides=said, status=None)
    for _ in range(3):
        app.build(force_all=True)
        numbers.append([app.env.toc_secnumbers[page][""][0] for page in "abc"])
print(f"sphinx-external-toc {sys.argv[1]}: {numbers}")
again = [[1, 2, 3]] * 3 if sys.argv[1] == "1.0.1" else [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
assert numbers == again, "this has changed"
PY
done
