# Two commands on a fresh machine: `make demo`, `make test`. Both make the environment first, and `make test` brings the
# programs that only tests need.
SHELL := bash
.DEFAULT_GOAL := help
BIN := .venv/bin
WORKERS ?= 3

# One core a process: the libraries below would otherwise start a thread for each core in each of them.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help environment demo quick test soak lint bench verifier dev clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

environment: ## .venv with everything pinned (done by the others where needed)
	@.setup/environment.sh

demo: environment ## a whole audit of the sample library, into demo/
	@rm -rf demo
	@$(BIN)/pdpo-audit demo demo/

quick: environment ## the tests without servers, browsers and long ones
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not service and not browser and not slow" $(ARGS)

test: environment ## every test
	@.setup/test_programs.sh
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: environment ## format, style, types and floors
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

soak: environment ## what takes hours: long attacks, large catalogues, mutants; one with ONLY=name
	@.setup/test_programs.sh
	@set -e; for script in benchmarks/soak/$(or $(ONLY),[a-z]*).py; do echo "== $$script"; $(BIN)/python "$$script" $(ARGS); done

bench: environment ## the benchmarks: all, or one with ONLY=name
	@set -e; for script in benchmarks/$(or $(ONLY),[a-z]*).py; do echo "== $$script"; $(BIN)/python "$$script" $(ARGS); done

verifier: environment ## pdpo-verify as a wheel of its own, into dist/
	@mkdir -p dist && $(BIN)/python .setup/verifier.py dist

dev: environment ## the environment, and the checks before each commit
	@$(BIN)/pre-commit install

clean: ## removes what was made, except .venv
	rm -rf demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
