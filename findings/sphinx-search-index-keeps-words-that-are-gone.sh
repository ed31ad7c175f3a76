#!/usr/bin/env bash
# Expected: after a page was changed, an incremental build of Sphinx writes the same search index as a clean build of the same files.
# Seen: a word whose last page no longer has it stays in the index, as a term of no page ("wide": []). Both indexes find the same, but
# the file differs from that of a clean build, and grows with every word that a text once had. So a site that is kept between builds is
# not the one that anybody can make from the same sources, and comparing them by bytes finds a difference in every other edit.
# Versions: Sphinx 7.4.7 and 9.0.4, Python 3.11. Source: running them; sphinx/search/__init__.py, IndexBuilder.prune, takes the page
# out of each word's set and keeps the empty set.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
for version in 7.4.7 9.0.4; do
  python3 -m venv "$folder/env-$version"
  "$folder/env-$version/bin/pip" install --quiet --disable-pip-version-check sphinx==$version
  cd "$folder"; rm -rf text; mkdir text; echo 'html_theme = "basic"' > text/conf.py
  printf 'Book\n====\n\nA wide field.\n' > text/index.rst
  build() { "env-$version/bin/sphinx-build" -q -b html text "text/$1"; }
  build kept
  sleep 1; printf 'Book\n====\n\nA narrow field.\n' > text/index.rst
  build kept; build clean
  python3 - "$version" <<'PY'
import json
import pathlib
import sys

read = lambda of: json.loads(pathlib.Path(f"text/{of}/searchindex.js").read_text()[len("Search.setIndex(") : -1])["terms"]
kept, clean = read("kept"), read("clean")
print(f"Sphinx {sys.argv[1]}: incremental {kept}, clean {clean}")
gone = {word: pages for word, pages in kept.items() if clean.get(word) != pages}
assert gone == {"wide": []} and kept.keys() - clean.keys() == {"wide"}, "this has changed"
PY
done
