# Remote video visits. `make` alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
FACES ?= ../shared/faces
READY := .venv/.ready-$(shell sha256sum requirements/dev.txt 2>/dev/null | cut -c1-12)

PAGE := clients/officer_h5
PAGE_PARTS := $(PAGE)/node_modules/.package-lock.json
PAGE_BUILT := $(PAGE)/dist/index.html
PAGE_SOURCES := $(shell find $(PAGE)/src $(PAGE)/public -type f 2>/dev/null) \
	$(addprefix $(PAGE)/,index.html package.json vite.config.ts tsconfig.json)
PAGE_TYPES := $(PAGE)/src/api/schema.d.ts

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

setup: $(READY) ## make .venv and install everything in it

$(READY): requirements/dev.txt
	@PYTHON=$(PYTHON) bash tools/setup.sh
	@rm -f .venv/.ready-* && touch $@

demo: $(READY) ## walk one visit end to end (DATABASE_URL=mysql+pymysql://… for MariaDB)
	@DATABASE_URL="$(DATABASE_URL)" $(BIN)/python -m local.journey

page: $(PAGE_BUILT) ## build the officers' page (Node from the system, or else from PyPI)

$(PAGE_PARTS): $(PAGE)/package-lock.json | $(READY)
	@echo "准备民警页面的构建工具（首次约 1 分钟）…"
	@bash tools/node.sh npm ci --silent
	@touch $@

$(PAGE_TYPES): miniprogram_api_spec/openapi.json $(PAGE_PARTS)
	@bash tools/node.sh npm run --silent types >/dev/null

$(PAGE_BUILT): $(PAGE_PARTS) $(PAGE_TYPES) $(PAGE_SOURCES)
	@echo "构建民警页面…"
	@bash tools/node.sh npm run --silent build -- --logLevel warn

run: $(READY) $(PAGE_BUILT) ## serve everything on this machine and print the addresses
	@DATABASE_URL="$(DATABASE_URL)" $(BIN)/python -m local.gateway --lively

test: $(READY) $(PAGE_BUILT) ## run every test (installs MariaDB and Chromium by apt where missing)
	@bash tools/system_packages.sh
	@bash tools/node.sh npm test --silent
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(READY) $(PAGE_TYPES) ## ruff, mypy, import-linter, vue-tsc
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	bash tools/node.sh npm run --silent check

format: $(READY) ## put the code in the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench-faces: $(READY) ## measure the face check on FACES=dir and draw its charts (3 minutes)
	$(BIN)/python -m benchmarks.faces --dir $(FACES) --charts docs/zh/images

check-serverless: $(READY) ## hold serverless.yml to the code
	$(BIN)/python -m tools.check_serverless

package: $(READY) $(PAGE_BUILT) ## a zip per function in dist/package, wheels for SCF's Python 3.10 (PACKAGES="booking approve" for some)
	@$(BIN)/python -m tools.package $(PACKAGES)

check-package: package ## unpack each zip and have it answer under Python 3.10, alone
	@$(BIN)/python -m tools.check_package $(PACKAGES)

spec: $(READY) ## write miniprogram_api_spec/openapi.json from the routes
	$(BIN)/python -m tools.make_jobs
	$(BIN)/python -m tools.make_spec

migration: $(READY) ## draft a migration from the models: make migration NAME="add x"
	DATABASE_URL=sqlite:///.local/draft.db bash tools/draft_migration.sh "$(NAME)"

lock: $(READY) ## make requirements/*.txt anew from pyproject.toml
	@$(BIN)/pip install --quiet uv && bash tools/lock.sh

clean: ## remove .venv and all local state
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache $(PAGE)/node_modules $(PAGE)/dist $(PAGE_TYPES)

.PHONY: help setup demo page run test lint format bench-faces check-serverless package check-package spec migration lock clean
