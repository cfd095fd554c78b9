# Everything a person runs by hand. Needs Python 3.11 or newer, make, and nothing else.
# `make` prints the menu; every target that needs packages begins with `setup`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup check test test-slow test-faults demo bench events lock clean

help: ## this menu
	@printf 'hoso: an event-sourced ledger for government dossiers\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nAfter setup: .venv/bin/hoso --help\n'

setup: $(VENV)/.project-installed ## make .venv from the lock file (quick when nothing changed)

# A python3 may exist as a name and still not run (a pyenv shim), or lack venv (Debian without python3-venv):
# each candidate is tried, not only looked up. PYTHON=/path/to/python3 chooses one.
$(BIN)/python:
	@for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found="$$name"; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo 'No Python 3.11 or newer with venv was found on this machine. Install one (on Debian 12: apt-get install python3 python3-venv),' >&2; \
	  echo 'or name it: make setup PYTHON=/path/to/python3' >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version) ..."; \
	"$$found" -m venv --clear $(VENV)

# The lock's hash, not its date, decides: a fresh clone or a switched branch changes dates without changing packages.
$(VENV)/.lock-installed: requirements.lock | $(BIN)/python
	@if ! sha256sum --check --status $@ 2>/dev/null; then \
	  echo 'Installing the packages of requirements.lock (about a minute the first time) ...'; \
	  $(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock; \
	fi; \
	sha256sum requirements.lock > $@

# In a folder of their own: they declare Python 3.12 and run on 3.11.
$(VENV)/.verifiers-installed: tests/verifiers.lock | $(VENV)/.lock-installed
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps --ignore-requires-python --upgrade \
	  --target $(VENV)/verifiers --requirement tests/verifiers.lock
	@touch $@

# In a folder of their own: half a gigabyte that nothing of the project imports.
$(VENV)/.miners-installed: tests/miners.lock | $(VENV)/.lock-installed
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps --upgrade --target $(VENV)/miners \
	  --requirement tests/miners.lock
	@touch $@

$(VENV)/.project-installed: $(VENV)/.lock-installed $(VENV)/.verifiers-installed $(VENV)/.miners-installed pyproject.toml
	@$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@
	@echo 'Ready: .venv/bin/hoso'

check: setup ## style, types (strict), the architecture test, and docs/events.md against its schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/test_architecture.py
	$(BIN)/python -m tools.make_events --check

test: setup ## the whole fast suite, against a PostgreSQL that the tests start themselves
	$(BIN)/pytest -m 'not slow' -n auto --maxprocesses 4

test-slow: setup ## what takes minutes
	$(BIN)/pytest -m slow -n auto --maxprocesses 2

test-faults: setup ## what kills processes for real
	$(BIN)/pytest -m faults

demo: setup ## the handover of Bắc Giang, end to end, then serve it on 127.0.0.1:8000
	$(BIN)/hoso demo

bench: setup ## the append benchmark, next to psycopg, pgbench and the plain library
	$(BIN)/hoso bench append

events: setup ## docs/events.md and what the API serves of the schemas, from docs/schemas and the template
	$(BIN)/python -m tools.make_events

# uv comes from a throw-away environment: nobody but the one who renews the lock needs it.
lock: ## renew requirements.lock from pyproject.toml
	@throwaway=$$(mktemp -d); trap 'rm -rf "$$throwaway"' EXIT; \
	python3 -m venv "$$throwaway/uv"; \
	"$$throwaway/uv/bin/pip" install --quiet uv; \
	"$$throwaway/uv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --group dev --upgrade --custom-compile-command 'make lock' \
	  pyproject.toml --output-file requirements.lock

clean: ## remove .venv and caches; keeps .hoso (your data)
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
