# `make book` builds the book, `make test` runs everything. Both set up .venv when it is missing, with what a reader
# needs, or a developer.
PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.DEFAULT_GOAL := help
.PHONY: help lock setup setup-dev book serve test check unit mutants chapters notebooks recorded-runs recorded-games bench
.PHONY: quick bundle sheet links release handout slides classroom translation chapter clean
.PHONY: test-colab test-lab test-plain test-versions

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | tr '|' '\t'

setup: ## Make .venv and install what requirements.txt names
	@$(PYTHON) -m tools.setup_env $(VENV)

setup-dev: ## The same, and what requirements-dev.txt names
	@$(PYTHON) -m tools.setup_env $(VENV) --dev

book: setup ## Build the book; a warning is an error
	@$(BIN)/python -m tools.build_book build

serve: setup ## Open the book on this machine (PORT=8000)
	@$(BIN)/python -m tools.build_book serve --port $(or $(PORT),8000)

quick: setup-dev ## What a change can have broken, in minutes: checks, and tests whose ground changed
	@$(BIN)/python -m tools.quick

test: check book unit chapters ## Run everything: checks, library, chapters, pages

check: setup-dev ## Lint, formatting, types, layers, vendored scripts
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m pyright
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tools.vendor check
	$(BIN)/python -m tools.address
	$(BIN)/python -m pip check
	$(BIN)/python -m tools.lock

lock: setup-dev ## Write which versions of packages are here to requirements-lock.txt
	$(BIN)/python -m tools.lock --write

unit: setup-dev ## The tests of the library, the book's files and its pages
	$(BIN)/python -m tools.run_tests library

test-colab: export COLAB = all
test-colab: setup-dev ## Run every chapter alone, with the packages of Colab
	$(BIN)/python -m pytest tests/colab

test-lab: export LAB = all
test-lab: setup-dev ## Run every chapter in JupyterLab, in a browser
	$(BIN)/python -m pytest tests/browser/test_lab.py

test-versions: setup-dev ## Run the library and a chapter with the oldest and the newest packages (TORCH_FREE="3.10")
	$(BIN)/python -m nox -s oldest newest

test-plain: setup-dev ## Compare every chapter in an environment that pip alone made, in five surroundings
	$(BIN)/python -m nox -s plain

mutants: setup-dev ## Put faults into copies of the library: the tests must notice each
	PYTHONPATH=tests $(BIN)/python -m mutants.run $(ONLY)

chapters: setup-dev ## Execute every chapter and compare it with its committed outputs
	$(BIN)/python -m tools.run_tests chapters

bundle: setup-dev ## Write dist/: the book as a zip for a USB stick and as one PDF, the library as a wheel
	@$(BIN)/python -m tools.bundle

sheet: setup-dev ## Print one page for the classroom (PAGE=book/glossary) into dist/
	@$(BIN)/python -m tools.book_pdf $(PAGE)

links: setup ## Ask every link that leads out of the book whether it still leads anywhere
	@$(BIN)/python -m tools.dead_links

release: setup ## Make a release of this state (VERSION=1.0.0), and say what to type then
	@$(BIN)/python -m tools.release prepare $(VERSION)

classroom: setup ## Look at a machine before the lesson, and run chapters on it (ONLY="01 05")
	@$(BIN)/python -m tools.classroom $(ONLY)

handout: setup ## Chapters without solutions and outputs, ready for nbgrader (ONLY="01 05")
	@$(BIN)/python -m tools.handout $(ONLY)

slides: setup ## Slides of chapters (ONLY="01 05")
	@$(BIN)/python -m tools.slides $(ONLY)

chapter: setup ## Write a new chapter that works and says nothing yet (NAME=12-frequency TITLE="Frequency")
	@$(BIN)/python -m tools.new_chapter $(NAME) "$(TITLE)"

translation: setup ## Write what is to be translated, and build the book in it (LANGUAGE=de)
	@$(BIN)/python -m tools.translation $(LANGUAGE)

notebooks: setup ## Execute chapters in place (all, or ONLY=01) and store their outputs
	$(BIN)/python -m tools.notebooks $(ONLY)

recorded-runs: setup ## Record the long runs that are missing or unfinished (hours; can be stopped)
	$(BIN)/python -m tools.record_runs $(RUNS)

recorded-games: setup ## Play the pixel-sized games that chapters 5, 6 and 10 quote (a quarter of an hour)
	$(BIN)/python -m tools.record_pixel_games
	$(BIN)/python -m tools.record_dice

bench: setup-dev ## Measure speed side by side and draw the page's plots (half an hour, or ONLY=start)
	$(BIN)/python -m benchmarks $(ONLY)

clean: ## Remove what was built; .venv stays
	rm -rf _build dist build handout .quick-stamps.json .pytest_cache .ruff_cache .hypothesis
