# Everything people type. `make demo` and `make test` do all the set-up themselves where there are Python 3.11
# and make and nothing else. With DATABASE_URL and REDIS_URL set, they use those servers.

SHELL := /bin/sh
.DEFAULT_GOAL := help

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps
# The first of these that is 3.11 or newer.
PYTHONS := $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python
TESTS ?=
# One process for each core, at most four: each has a database of its own.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; echo $$n)
SOURCES := pmo_portal programmes adoption governance forecasting tests scripts benchmarks manage.py

export PORT

.PHONY: help demo run test check lint types fmt migrate bench journeys lock audit clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: $(VENV)/embedded.stamp  ## the portal with two invented organisations; honours PORT and PMO_DATA
	@$(BIN)/python manage.py up --demo --port $(PORT)

run: $(VENV)/embedded.stamp  ## the portal without demonstration data; honours PORT and PMO_DATA
	@$(BIN)/python manage.py up --port $(PORT)

test: $(VENV)/dev.stamp  ## every test but the browser journeys; TESTS=path runs some
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal --ignore=tests/journeys $(TESTS)

journeys: $(VENV)/dev.stamp  ## the browser journeys, against `manage.py up`; needs Chromium
	@$(BIN)/python scripts/find_chromium.py
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal --timeout 1800 tests/journeys $(TESTS)

check: lint types test journeys  ## what CI runs

lint: $(VENV)/dev.stamp  ## style, templates, import contracts, vendored files, missing migrations
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/vendor.py --check
	@$(BIN)/python manage.py makemigrations --check --dry-run

types: $(VENV)/dev.stamp  ## mypy
	@PMO_PROFILE=embedded $(BIN)/mypy

fmt: $(VENV)/dev.stamp  ## put code into shape
	@$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

migrate: $(VENV)/embedded.stamp  ## apply migrations as the owner of the tables
	@$(BIN)/python manage.py migrate

bench: $(VENV)/dev.stamp  ## measure the pages with 200 and 2,000 programmes
	@$(BIN)/python -m benchmarks

lock: $(VENV)/dev.stamp  ## resolve the lock files again (needs uv and the network)
	@for set in "base:" "embedded:--extra embedded" "dev:--extra embedded --group dev"; do \
	  uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    $${set#*:} -c requirements/base.lock -o requirements/$${set%%:*}.lock pyproject.toml --quiet || exit 1; \
	done

audit: $(VENV)/dev.stamp  ## known vulnerabilities of what is locked (needs the network)
	@$(BIN)/pip-audit --requirement requirements/base.lock --require-hashes --disable-pip

clean:  ## remove the virtual environment and caches; data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles

# --- Set-up: done when a lock file changed ---

$(VENV)/bin/python:
	@for name in $(PYTHONS); do \
	  if command -v $$name >/dev/null 2>&1 && \
	     $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making the virtual environment $(VENV) with $$($$name --version)."; \
	    exec $$name -m venv --clear $(VENV); \
	  fi; \
	done; echo "Python 3.11 or newer was not found. Install it, or name it: make PYTHON=/path/to/python"; exit 1

$(VENV)/embedded.stamp: requirements/embedded.lock | $(VENV)/bin/python
	@[ -e $(VENV)/dev.stamp ] || { echo "Installing what the portal needs (once)."; $(PIP) -r $<; }
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock | $(VENV)/bin/python
	@echo "Installing what the portal and its tests need (once)."
	@$(PIP) -r $<
	@touch $@ $(VENV)/embedded.stamp
