# Everything that a reader, an editor or a machine does with this book. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help book test run data figures bench lab serve lock oldest newest faketime clean
help:            ## list the targets
	@grep -hE '^[a-z]+: .*##|^[a-z]+:  *##' Makefile | sed -E 's/:.*##/\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else f"Python 3.11 to 3.13 is needed, {sys.executable} is {v.major}.{v.minor}: call make with PYTHON=python3.12, say.")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; } \
	  || { echo 'Python cannot make virtual environments here. Install them with: sudo apt-get install python3-venv'; exit 1; }
	@echo 'Setting up $(VENV) from requirements.lock (about a minute)'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

book: $(READY)   ## check the data, execute what is stale, build the site into _build/html
	@$(BIN)/claimbook build

test: $(READY) faketime ## every cell of every notebook against its stored output, and all other tests
	@$(BIN)/claimbook test

faketime:
	@command -v faketime >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends faketime; } \
	  || { echo 'One test builds the book on another day, by faketime. Install it with: sudo apt-get install faketime'; exit 1; }

run: $(READY)    ## execute every chapter afresh and store its outputs
	@$(BIN)/claimbook run --all

data: $(READY)   ## accept a change in data/: check it, renew datapackage.json and the generated pages
	@$(BIN)/claimbook data

figures: $(READY) ## write every chart as SVG into _build/figures
	@$(BIN)/claimbook figures

bench: $(READY)  ## measure the engine against plain tools, about fifteen minutes
	@$(BIN)/claimbook bench

lab: $(READY)    ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab chapters

serve: book      ## build, then show the book on http://localhost:8000
	@$(BIN)/python -m http.server --directory _build/html 8000

lock: $(READY)   ## renew requirements.lock and environment.yml from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	@$(BIN)/claimbook environment

oldest: $(READY) ## the tests with the oldest versions that pyproject.toml allows, in .venv/oldest
newest: $(READY) ## the tests with the newest versions there are, in .venv/newest
oldest: RESOLUTION := lowest-direct
newest: RESOLUTION := highest
oldest newest: faketime
	@$(BIN)/uv venv --quiet --clear --python $(PYTHON) $(VENV)/$@
	@$(BIN)/uv pip install --quiet --python $(VENV)/$@ --upgrade --resolution $(RESOLUTION) -e .
	@$(BIN)/uv pip list --python $(VENV)/$@ | grep -E '^(pandas|numpy|matplotlib|seaborn|ipykernel|nbclient|jupyter-book|frictionless|nbval|pytest) '
	@$(VENV)/$@/bin/claimbook test --text

clean:           ## remove what was built, keep the environment
	@rm -rf _build .pytest_cache
