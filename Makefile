# `make book` builds the book, `make test` runs everything. Both set up .venv when it is missing.
PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.DEFAULT_GOAL := help
.PHONY: help setup book serve test check unit mutants chapters notebooks recorded-runs recorded-games bench clean
.PHONY: test-colab test-lab test-plain test-versions

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | tr '|' '\t'

setup: ## Make .venv and install what requirements.txt names
	@$(PYTHON) -m tools.setup_env $(VENV)

book: setup ## Build the book; a warning is an error
	@$(BIN)/python -m tools.build_book build

serve: setup ## Open the book on this machine (PORT=8000)
	@$(BIN)/python -m tools.build_book serve --port $(or $(PORT),8000)

test: check book unit chapters ## Run everything: checks, library, chapters, pages

check: setup ## Lint, formatting, types, layers, vendored scripts
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m pyright
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tools.vendor check
	$(BIN)/python -m tools.address

unit: setup ## The tests of the library, the book's files and its pages
	$(BIN)/python -m tools.run_tests library

test-colab: export COLAB = all
test-colab: setup ## Run every chapter alone, with the packages of Colab
	$(BIN)/python -m pytest tests/colab

test-lab: export LAB = all
test-lab: setup ## Run every chapter in JupyterLab, in a browser
	$(BIN)/python -m pytest tests/browser/test_lab.py

test-versions: setup ## Run the library and a chapter with the oldest and the newest packages (TORCH_FREE="3.10")
	$(BIN)/python -m nox -s oldest newest

test-plain: setup ## Compare every chapter in an environment that pip alone made, in five surroundings
	$(BIN)/python -m nox -s plain

mutants: setup ## Put faults into copies of the library: the tests must notice each
	PYTHONPATH=tests $(BIN)/python -m mutants.run $(ONLY)

chapters: setup ## Execute every chapter and compare it with its committed outputs
	$(BIN)/python -m tools.run_tests chapters

notebooks: setup ## Execute chapters in place (all, or ONLY=01) and store their outputs
	$(BIN)/python -m tools.notebooks $(ONLY)

recorded-runs: setup ## Record the long runs that are missing or unfinished (hours; can be stopped)
	$(BIN)/python -m tools.record_runs $(RUNS)

recorded-games: setup ## Play the pixel-sized games that chapters 5 and 6 quote (minutes)
	$(BIN)/python -m tools.record_pixel_games

bench: setup ## Measure speed side by side and draw the page's plots (half an hour, or ONLY=start)
	$(BIN)/python -m benchmarks $(ONLY)

clean: ## Remove what was built; .venv stays
	rm -rf _build dist build .pytest_cache .ruff_cache .hypothesis
