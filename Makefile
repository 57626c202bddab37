# Needs Python 3.11 to 3.14 (with venv), make and git. Everything else lands in .venv, hash-checked.
# Using another Python: make PYTHON=/path/to/python3.13 ...
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

WORKERS ?= 2
READY := .venv/.ready
BIN := .venv/bin
SUPPORTED := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for candidate in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	if $$candidate -c '$(SUPPORTED)' >/dev/null 2>&1; then echo $$candidate; break; fi; done)

.PHONY: help demo test check format lock calibrate card bench clean

help: ## List what can be asked for
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: $(READY) ## Show what osteon does, on real data, in about a minute
	@$(BIN)/osteon demo

test: $(READY) ## Run every test, the examples in docstrings and README included
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

check: $(READY) ## Style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy src $(wildcard benchmarks studies)
	$(BIN)/lint-imports

format: $(READY) ## Put the code in the house's layout
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

calibrate: $(READY) ## Fit the model to the calibration arms again
	$(BIN)/osteon calibrate --out out/calibration

card: $(READY) ## Write the model card as text, JSON, XML and HTML into out/card
	@mkdir -p out/card
	$(BIN)/osteon model-card --format json --out out/card/model-card.json
	@for form in text xml html; do \
		$(BIN)/osteon model-card --accuracy out/card/model-card.json --format $$form --out out/card/model-card.$$form; \
	done

bench: $(READY) ## Time the engine on this machine
	$(BIN)/python -m benchmarks

lock: ## Resolve requirements.txt again, for every Python at once (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --upgrade --quiet --output-file requirements.txt

clean: ## Remove .venv and everything that was built
	rm -rf .venv build dist out .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Wheels only: building a source archive would fetch tools that the lock does not pin.
$(READY): requirements.txt pyproject.toml
	@if ! '$(PYTHON)' -c '$(SUPPORTED)' 2>/dev/null; then \
		echo "osteon needs Python 3.11 to 3.14 with the venv module; found: '$(PYTHON)'." >&2; \
		echo "Install one (on Debian and Ubuntu also python3-venv), or: make PYTHON=/path/to/python" >&2; \
		exit 1; fi
	@echo "Setting up .venv with $$('$(PYTHON)' --version), once (about 1.3 GB on disk)"
	@if command -v uv >/dev/null 2>&1; then set -e; \
		uv venv --quiet --allow-existing --python '$(PYTHON)' .venv; \
		uv pip install --quiet --compile-bytecode --python .venv --require-hashes --only-binary :all: -r requirements.txt; \
		uv pip install --quiet --python .venv --no-deps --no-build-isolation -e .; \
	else set -e; \
		'$(PYTHON)' -m venv .venv; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@
