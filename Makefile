# One command does everything it needs: distribution packages, .venv, front-end assets. A second run downloads nothing.

# The distribution's Python first: an interpreter below a private home cannot be run by the server's account.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
ARGS ?=

.PHONY: demo test setup setup-test check bench drills clients pictures constraints clean help

help: ## what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

demo: setup ## the main job on the register of 南康, maps written and served at http://127.0.0.1:8000
	$(BIN)/gisplanner demo $(ARGS)

test: setup-test ## the whole test suite on a real PostGIS and a real browser
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

setup: $(STAMPS)/python ## everything the installed command needs

setup-test: setup $(STAMPS)/packages-test $(STAMPS)/python-test

check: setup-test ## static gates: lint, format, types, import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: setup-test $(STAMPS)/python-bench ## side-by-side benchmarks; tables into docs/benchmarks
	$(BIN)/python -m benchmarks $(ARGS)

drills: setup-test ## fault drills: full disk, fallen database, hostile names on every page (needs root)
	$(BIN)/pytest -m drill $(ARGS)

clients: setup-test $(STAMPS)/packages-clients ## checks with heavy outside clients: QGIS, LibreOffice
	$(BIN)/pytest -m client $(ARGS)

pictures: setup-test ## draw the pictures of README and docs anew
	$(BIN)/python scripts/pictures.py

constraints: setup-test $(STAMPS)/python-bench ## pin what is installed now
	$(BIN)/python scripts/pin.py

$(STAMPS)/packages: scripts/packages.sh
	bash scripts/packages.sh run
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages-test: scripts/packages.sh
	bash scripts/packages.sh test
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages-clients: scripts/packages.sh
	bash scripts/packages.sh clients
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/venv: constraints.txt | $(STAMPS)/packages
	@echo "--- Python environment in $(VENV)"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -c constraints.txt pip
	$(BIN)/pip install -q -c constraints.txt --group front-end
	@mkdir -p $(STAMPS) && touch $@

# The front-end libraries travel in the wheel, so they must be there before the package is installed.
$(STAMPS)/assets: web/package.json web/package-lock.json scripts/vendor_assets.py $(STAMPS)/venv
	@echo "--- front-end libraries into web/vendor"
	$(BIN)/python scripts/vendor_assets.py
	@touch $@

$(STAMPS)/python: pyproject.toml $(STAMPS)/venv $(STAMPS)/assets
	@echo "--- Python packages"
	$(BIN)/pip install -q -c constraints.txt -e .
	$(BIN)/python -m gisplanner.planning.warm_up
	@touch $@

$(STAMPS)/python-test: $(STAMPS)/python
	@echo "--- Python packages for tests"
	$(BIN)/pip install -q -c constraints.txt --group dev
	@touch $@

$(STAMPS)/python-bench: $(STAMPS)/python-test
	@echo "--- Python packages for benchmarks (the peers)"
	$(BIN)/pip install -q -c constraints.txt --group bench
	@touch $@

clean: ## remove what set-up made (the data folder stays)
	rm -rf $(VENV) web/node_modules web/vendor dist build
