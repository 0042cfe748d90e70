# `make` alone lists what there is. Everything lands in .venv/ and data/; nothing outside this folder is touched.
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet
STAMP := $(VENV)/.stamp

.DEFAULT_GOAL := help
.PHONY: help run test check format servers browser bench clean

help: ## Lists the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

$(STAMP)-run: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (once) …"
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMP)-dev: requirements-dev.txt requirements-schemas.txt $(STAMP)-run
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --require-hashes --no-deps -r requirements-schemas.txt
	@touch $@

run: $(STAMP)-run ## Sets up and runs everything on embedded defaults
	@exec $(VENV)/bin/whistle run

test: $(STAMP)-dev ## Sets up and runs the tests that need no server and no browser
	@$(PY) -m pytest -q -n 3 --dist loadfile -m "not browser and not servers and not slow"

check: $(STAMP)-dev ## Format, lint, types, imports
	@scripts/check

format: $(STAMP)-dev ## Formats the code
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

servers: ## Installs PostgreSQL, Redis, Chromium and Chinese fonts (Debian, as root)
	@scripts/install-servers

browser: $(STAMP)-dev ## Runs the browser tests (after `make servers`)
	@$(PY) -m pytest -q -m browser

bench: $(STAMP)-dev ## Measures tap-to-card and reports a second
	@$(PY) -m bench.first

clean: ## Removes the environment and the data of this folder
	@rm -rf $(VENV) data build
