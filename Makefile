# Two commands are the whole set-up: `make demo` and `make test`. ARGS goes on to the command:  make demo ARGS="--no-open --port 9000"
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench crash year requirements venv
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 24

demo: .venv/run ## Start the practice workspace, no Slack account needed
	@exec $(BIN)/handrail demo $(ARGS)

test: .venv/dev ## Run the whole test suite
	@$(BIN)/python -m pytest $(ARGS)

lint: .venv/dev ## Ruff, mypy and the import rules
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: .venv/dev ## Compare our speed with the plain way, in one run
	@$(BIN)/python -m tests.bench $(ARGS)

crash: .venv/dev ## Kill, freeze and cut off real senders on both databases (up to 30 minutes)
	@$(BIN)/python -m tests.crash $(ARGS)

year: .venv/dev ## Live through a year of two hundred people and count what they were sent (up to 10 minutes)
	@$(BIN)/python -m tests.year $(ARGS)

requirements: .venv/dev ## Pin requirements*.txt anew from requirements*.in
	$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.txt requirements.in
	$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements-dev.txt requirements-dev.in

venv: .venv/dev ## Make or refresh .venv with everything

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Handrail needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python requirements.txt pyproject.toml
	@echo "Setting up (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
