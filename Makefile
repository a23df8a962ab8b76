# Every target is one line; `make` prints them. CI calls the same ones through .ci/run.
SHELL := /bin/bash
BIN := .venv/bin
PYTEST := $(BIN)/pytest

.DEFAULT_GOAL := help
.PHONY: help serve demo setup test check fix unit e2e bench bench-import bench-statistics bench-ses kill-test kill-import kill-ses drift fuzz fuzz-ses token-test test-clients docs lock migrate clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: .venv/.runtime ## start Signalbook on 127.0.0.1:8000; everything it needs is installed on the way
	@exec $(BIN)/signalbook serve

demo: .venv/.runtime ## the same on a throw-away folder, with 10,000 believable contacts
	@exec $(BIN)/signalbook serve --demo

setup: .venv/.dev ## make .venv with everything for development, and .venv/bin/signalbook

test: .venv/.dev ## everything CI runs, in order
	@scripts/test

check: .venv/.dev ## the quick half of it: lock, lint, format, types, import contracts
	@scripts/check

unit: .venv/.dev ## the tests for every save, in seconds; T=path to choose
	$(PYTEST) -q $(or $(T),tests/unit tests/architecture tests/docs)

e2e: .venv/.dev ## the journeys in a real browser against a real server
	$(PYTEST) -q tests/e2e

fix: .venv/.dev ## format and repair what ruff can repair
	$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format .

bench: .venv/.dev ## print the figures the README quotes; T=path to choose
	$(BIN)/python -m tests.bench $(T)

bench-import: .venv/.dev ## print the figures of imports and exports; T="--rows 100000" for less
	$(BIN)/python -m tests.bench.imports $(T)

bench-statistics: .venv/.dev ## print the figures of statistics; T="--only reach" for one of them
	$(BIN)/python -m tests.bench.statistics $(T)

bench-ses: .venv/.dev ## print the figures of the AWS SES door; T="--only page" for one of them
	$(BIN)/python -m tests.bench.ses $(T)

kill-test: .venv/.dev ## kill -9 server and database under load, then look for a lost or doubled write
	$(BIN)/python -m tests.kill $(T)

kill-import: .venv/.dev ## kill -9 everything, 50 times, during one import, then count every row
	$(BIN)/python -m tests.kill.imports $(T)

kill-ses: .venv/.dev ## kill -9 everything, SES too, while contacts are kept the same on both sides; T="--mode store --kills 10"
	$(BIN)/python -m tests.kill.ses $(T)

drift: .venv/.dev ## change contacts in every way at once, kill, and recount; T="--changes 5000" for less
	$(BIN)/python -m tests.kill.drift $(T)

fuzz: .venv/.dev ## schemathesis over the whole OpenAPI document, long
	$(BIN)/python -m tests.fuzz $(T)

fuzz-ses: .venv/.dev ## anything at all at the AWS SES door: members, paths, bodies; T="--examples 100" for less
	$(BIN)/python -m tests.fuzz.ses $(T)

test-clients: .venv/.dev ## AWS's clients in other languages against a real server; T=javascript for one
	$(BIN)/python -m tests.clients $(T)

token-test: .venv/.dev ## forge links to the public pages, 1,000,000 and more, and count those accepted
	$(BIN)/python -m tests.tokens $(T)

docs: .venv/.dev ## write docs/reference/ again from the code
	$(BIN)/python scripts/reference.py

lock: .venv/.dev ## choose versions again, within pyproject.toml, and write requirements/
	scripts/lock --upgrade

migrate: .venv/.runtime ## apply pending migrations to the configured database
	$(BIN)/signalbook migrate

clean: ## remove .venv and every cache; the data folder stays
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/.runtime: requirements/runtime.txt requirements/setup.txt pyproject.toml scripts/setup
	@scripts/setup runtime && touch $@

.venv/.dev: requirements/dev.txt requirements/setup.txt pyproject.toml scripts/setup
	@scripts/setup dev && touch .venv/.runtime $@
