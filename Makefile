# Remote video visits. `make` alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready-$(shell sha256sum requirements/dev.txt 2>/dev/null | cut -c1-12)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

setup: $(READY) ## make .venv and install everything in it

$(READY): requirements/dev.txt
	@PYTHON=$(PYTHON) bash tools/setup.sh
	@rm -f .venv/.ready-* && touch $@

demo: $(READY) ## walk one visit end to end (DATABASE_URL=mysql+pymysql://… for MariaDB)
	@DATABASE_URL="$(DATABASE_URL)" $(BIN)/python -m local.journey

run: $(READY) ## serve everything on this machine and print the addresses
	@DATABASE_URL="$(DATABASE_URL)" $(BIN)/python -m local.gateway

test: $(READY) ## run every test (installs MariaDB by apt where missing)
	@bash tools/system_packages.sh
	$(BIN)/python -m pytest

lint: $(READY) ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## put the code in the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check-serverless: $(READY) ## hold serverless.yml to the code
	$(BIN)/python -m tools.check_serverless

spec: $(READY) ## write miniprogram_api_spec/openapi.json from the routes
	$(BIN)/python -m tools.make_spec

migration: $(READY) ## draft a migration from the models: make migration NAME="add x"
	DATABASE_URL=sqlite:///.local/draft.db bash tools/draft_migration.sh "$(NAME)"

lock: $(READY) ## make requirements/*.txt anew from pyproject.toml
	@$(BIN)/pip install --quiet uv && bash tools/lock.sh

clean: ## remove .venv and all local state
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache

.PHONY: help setup demo run test lint format check-serverless spec migration lock clean
