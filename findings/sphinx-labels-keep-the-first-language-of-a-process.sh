#!/usr/bin/env bash
# Expected: what a page says depends on its text and its settings, so an English page built after a German one, by an application of its
# own with no environment kept, is the English page that a fresh process builds.
# Seen: the references to search, index and module index are German on the English page, one after another in otherwise English text, and
# there is no warning; built the other way round the German page says "Python Module Index". The labels are translated when the class of a
# domain is loaded, by whatever language is set then: the first application of a process decides for all. Merely importing
# `sphinx.domains.python` before the first application makes the label a lazy one, so that an environment kept from a process that had not
# done so no longer compares equal: libraries cannot be loaded ahead of time without being seen.
# Versions: Sphinx 7.4.7 and 8.2.3, Python 3.11. Source: running them; `initial_data` and `initial_labels` in sphinx/domains/std/ and
# sphinx/domains/python/; a site of documentation in many languages met it (django/djangoproject.com, issue 2416).
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir text; touch text/conf.py
printf 'Page\n====\n\nSee :ref:`modindex`, :ref:`search`, :ref:`py-modindex`.\n' > text/index.rst
for version in 7.4.7 8.2.3; do
  python3 -m venv "env-$version"
  "env-$version/bin/pip" install --quiet --disable-pip-version-check "sphinx==$version"
  for languages in en "de en" "en de"; do
    "env-$version/bin/python" - "$version" $languages <<'PY'
import re
import sys
import tempfile
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

version, *languages = sys.argv[1:]
for language in languages:
    with tempfile.TemporaryDirectory() as out, docutils_namespace():
        said = {"language": language}
        Sphinx("text", "text", f"{out}/html", f"{out}/trees", "html", said, status=None, freshenv=True).build()
        labels = re.findall(r'<span class="std std-ref">(.*?)</span>', Path(f"{out}/html/index.html").read_text())
print(f"Sphinx {version}, {' then '.join(languages)}: the last page says {', '.join(labels)}")
assert labels == {
    "en": ["Module Index", "Search Page", "Python Module Index"],
    "de en": ["Modulindex", "Suche", "Python-Modulindex"],
    "en de": ["Modulindex", "Suche", "Python Module Index"],
}[" ".join(languages)], "this has changed"
PY
  done
done
