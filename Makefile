# The two commands of the README are `make demo` and `make test`. Everything runs in .venv, which the first command makes.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
WORLD := examples/world
OUT := out
CLI := $(BIN)/canonical-contact
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help venv demo test check format generate dist bench bench-truth bench-stages bench-import bench-map bench-migrate bench-vcards bench-normalize bench-records bench-match bench-ceiling bench-ten bench-fit bench-campaign bench-ledger bench-tamper bench-merging bench-review mutation fuzz fuzz-consent fuzz-identity clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

# Stamp files say what is in the environment, so that it is made once and brought up to date when pyproject.toml changes.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, and none was found. Name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "This Python cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }

# The first pip of a new environment may be too old for dependency groups; --no-build-isolation is not used, so an index is enough.
$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing canonical-contact into $(VENV)"
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install -qq -e '.[all]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the developers' tools into $(VENV)"
	@$(BIN)/python -m pip install -qq --group dev
	@$(BIN)/python -m pip install -qq --no-deps 'axe-playwright-python>=0.1.8'  # for its copy of axe-core; nothing of it is run
	@touch $@

venv: $(VENV)/.installed-dev ## make .venv with everything that a developer needs

demo: $(VENV)/.installed ## unify the exports under examples/world and show what came out
	@mkdir -p $(OUT) && rm -f $(OUT)/contacts.db* $(OUT)/*.csv $(OUT)/report.html
	@$(CLI) unify $(WORLD) --store $(OUT)/contacts.db --links $(OUT)/links.csv --report $(OUT)/report.html --review $(OUT)/review.csv
	@echo
	@echo "May we send them marketing e-mail? (the strictest rules that apply to each person)"
	@$(CLI) may-contact --store $(OUT)/contacts.db --channel email --purpose marketing -o $(OUT)/allowed.csv
	@head -n 6 $(OUT)/allowed.csv
	@echo
	@echo "Store:  $(CURDIR)/$(OUT)/contacts.db"
	@echo "Report: file://$(CURDIR)/$(OUT)/report.html"
	@echo "Answer the pairs that wait, on a page in the browser: $(CLI) review --store $(OUT)/contacts.db"

test: $(VENV)/.installed-dev ## run the tests; those that need Chromium only where it is
	@$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.installed-dev ## lint, format, types, layers, generated files, compatibility of the schema versions, no regex that backtracks badly
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/generate.py --check
	@$(BIN)/python scripts/check_schema.py
	@$(BIN)/python scripts/check_patterns.py

format: $(VENV)/.installed-dev ## put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

generate: $(VENV)/.installed-dev ## write the generated files anew: the schema, the dictionary, its page, the tables of the normalisers
	@$(BIN)/python scripts/generate.py

dist: $(VENV)/.installed-dev ## build the wheel and the source archive into dist/
	@rm -rf dist && $(BIN)/python -m build -q

bench: bench-import bench-truth bench-stages ## run every benchmark

bench-import: $(VENV)/.installed ## how long the import takes
	@$(BIN)/python bench/import_time.py

bench-truth: $(VENV)/.installed ## results against the truth: make bench-truth FOLDER=…
	@$(BIN)/python bench/truth.py $(or $(FOLDER),$(WORLD))

bench-stages: $(VENV)/.installed ## 100,000 records: seconds and memory by stage
	@$(BIN)/python bench/stages.py

bench-map: $(VENV)/.installed ## how many columns `map` reads right
	@$(BIN)/python bench/map_accuracy.py

bench-migrate: $(VENV)/.installed ## 1,000,000 documents to another version and back
	@$(BIN)/python bench/migrate.py

bench-vcards: $(VENV)/.installed-dev ## 100,000 cards read and written, beside vobject
	@$(BIN)/python -m pip install -qq --group bench
	@$(BIN)/python bench/vcards.py

bench-normalize: $(VENV)/.installed-dev ## the normalisers beside their peers, right and fast
	@$(BIN)/python -m pip install -qq --group bench
	@$(BIN)/python bench/normalize.py

bench-records: $(VENV)/.installed-dev ## 1,000,000 whole records over columns: records a second, memory
	@$(BIN)/python bench/normalize_records.py

bench-match: $(VENV)/.installed-dev ## matching beside its peers: make bench-match SETS=febrl,crm,10k
	@$(BIN)/python -m pip install -qq --group bench-match
	@$(BIN)/python bench/match/run.py --sets $(or $(SETS),febrl,crm,10k,100k)

bench-fit: $(VENV)/.installed-dev ## fit the shipped model of matching on generated worlds anew; they are kept: make bench-fit WORLDS=…
	@mkdir -p $(or $(WORLDS),$(OUT)/worlds)
	@cd bench && ../$(BIN)/python -m match.fit_default_model $(abspath $(or $(WORLDS),$(OUT)/worlds)) ../src/canonical_contact/match/data/contacts_model.toml

bench-campaign: $(VENV)/.installed ## may we contact 1,000,000 contacts: seconds with reasons
	@$(BIN)/python bench/campaign.py

bench-ledger: $(VENV)/.installed ## the consent ledger: durable appends, checks and folds a second
	@$(BIN)/python bench/ledger.py

bench-tamper: $(VENV)/.installed ## 10,000 edits of stored ledgers: all found, and where
	@$(BIN)/python bench/tamper.py

bench-ten: $(VENV)/.installed-dev ## ten million records in 8 GB; half an hour
	@$(BIN)/python bench/match_ten_million.py --memory 256

bench-ceiling: $(VENV)/.installed ## what no evidence decides, by an oracle over the same features: make bench-ceiling SETS=crm,10k-8
	@$(BIN)/python bench/match/ceiling.py --sets $(or $(SETS),crm,10k-8,10k-9)

bench-merging: $(VENV)/.installed ## merges a second on SQLite, and back to the same bytes: make bench-merging MERGES=100000
	@$(BIN)/python bench/merging.py --merges $(or $(MERGES),100000)

bench-review: $(VENV)/.installed ## what answers are worth, in the queue's order against a random one
	@$(BIN)/python bench/review.py

mutation: $(VENV)/.installed-dev ## change the code of consent in small ways: how many do the tests notice
	@$(BIN)/python -m pip install -qq --group mutation
	@nice $(BIN)/python bench/mutation.py

fuzz-consent: $(VENV)/.installed-dev ## many paths that must not make a blocked person contactable: make fuzz-consent PATHS=500
	@CANONICAL_CONTACT_PATHS=$(or $(PATHS),500) $(BIN)/python -m pytest -q -p no:cacheprovider tests/property/test_no_path_makes_a_blocked_person_contactable.py

fuzz-identity: $(VENV)/.installed-dev ## many lives of merges, judgements, undoing and runs: make fuzz-identity PATHS=500
	@CANONICAL_CONTACT_PATHS=$(or $(PATHS),500) $(BIN)/python -m pytest -q -p no:cacheprovider tests/property/test_identity_outlives_whatever_happens.py

fuzz: $(VENV)/.installed ## feed the readers with what a fuzzer finds: make fuzz SECONDS=600
	@$(BIN)/python -m pip install -qq --group fuzz
	@fuzz/run.sh $(or $(SECONDS),600)

clean: ## remove what the commands above made, but for the environment
	@rm -rf $(OUT) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
