# `make run` and `make test` need Python >= 3.11 and a package index; npm, where it is there, makes charts load faster.
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
PORT ?= 8000
PLAN ?= fixtures/sz-sti-14
export PORT
# Every process is told the same data folder; unset, the settings choose ./var.
ifdef DATA_DIR
export DATA_DIR
endif

# Where it is set, each of a hundred processes that tests start would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run quick test worked-example screens drills interop mutants check format lint types setup load-plan bench collect messages picture lock audit

help: ## say what each command does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

# uv installs in seconds what takes pip a minute; where it fails (an index that pip alone is told of), pip does it.
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
install = $(PIP) uv && $(VENV)/bin/uv pip install --quiet --python $(PY) -e '$(1)' || $(PIP) -e '$(1)'

$(VENV)/run: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(call install,.[redis])
	touch $@

$(VENV)/dev: pyproject.toml node_modules/.package-lock.json
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(call install,.[dev])
	touch $@ $(VENV)/run

setup: $(VENV)/dev ## install everything for development

load-plan: $(VENV)/run ## read the plan's fixtures again
	$(PY) manage.py load_plan $(PLAN)

# The partial plotly.js, where npm is there and answers; without it pages load the whole file of the wheel.
NPM := $(shell command -v npm)
node_modules/.package-lock.json: package.json package-lock.json
ifneq ($(NPM),)
	@npm ci --ignore-scripts --no-audit --no-fund --silent --fetch-retries=0 --fetch-timeout=20000 \
	  || echo "npm did not answer: pages will load the whole plotly.js."
endif

STATIC := $(or $(DATA_DIR),var)/static/staticfiles.json
$(STATIC): $(shell find static -type f) shenzhen_plan/sheets.py $(VENV)/run node_modules/.package-lock.json
	@COLLECTING_STATIC=1 $(PY) manage.py collectstatic --noinput --verbosity 0

WORDS := locale/en/LC_MESSAGES/django.mo
$(WORDS): $(WORDS:.mo=.po) $(VENV)/run
	@$(PY) manage.py compilemessages

messages: $(VENV)/dev ## bring the English catalogue up to the words in code and templates (needs GNU gettext)
	$(PY) manage.py makemessages
	$(PY) manage.py compilemessages

picture: $(VENV)/dev ## draw docs/architecture.svg from the imports
	$(PY) tools/architecture.py

collect: $(STATIC) ## compress and hash the static files

run: $(VENV)/run $(WORDS) $(STATIC) ## install, migrate, load the plan, serve on http://127.0.0.1:8000
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py load_plan $(PLAN) --or-keep
	@exec $(PY) manage.py up

# The rooms that differ from BASE, the pure ones, every page once and the rules of the house; not what drives a
# browser, starts processes or takes seconds. ROOMS="desk plan" names others.
BASE ?= main
CHANGED = git diff --name-only $(BASE); git ls-files --others --exclude-standard
ROOMS = $(shell ($(CHANGED)) 2>/dev/null | sed -n -E 's;^(tests/|templates/)?([a-z]+)/.*;\2;p' | sort -u)
SLOW_ROOMS := tests/backups tests/browser tests/drills tests/jobs tests/training tests/upgrades
QUICK = $(filter-out $(SLOW_ROOMS), $(wildcard $(addprefix tests/, charts judging tables texts $(ROOMS)))) \
  tests/test_pages.py tests/test_sources.py
quick: $(VENV)/dev ## what a change of Python needs (meant for 90 seconds): style, import contracts, tests of the rooms changed
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports
	$(PY) -m pytest -q -n 2 --dist worksteal -m "not browser and not services and not slow" $(sort $(QUICK))

worked-example: $(VENV)/dev ## write the report and slides of docs/worked-example-midterm.md
	WORKED_EXAMPLE=1 $(PY) -m pytest -q -m drills tests/browser/test_midterm.py

screens: $(VENV)/dev ## keep pictures of every page, in every look and on paper, under artifacts/browser/
	PICTURES=1 $(PY) -m pytest -q tests/browser/test_pages.py tests/browser/test_demo.py tests/browser/test_print.py

test: $(VENV)/dev ## run every test
	$(PY) -m pytest

drills: $(VENV)/dev ## properties at full size, the product killed, starved and soaked; for the night
	$(PY) -m pytest -m drills

# EXAMPLES is how many requests schemathesis makes of each kind.
interop: $(VENV)/dev ## ask programs that nobody here wrote whether they get on with it (docs/interop.md); nightly
	$(PY) -m tools.interop

# All of it takes a night; MUTANTS="workflow --sample 20" takes one group and so many changes of it.
mutants: $(VENV)/dev ## break the rules one change at a time and count what tests notice (docs/testing.md)
	$(PIP) -e '.[mutants]'
	$(PY) tools/mutants.py $(MUTANTS)

DJHTML := --tabwidth 2 --extra-block joined,endjoined templates
PRETTIER := node_modules/.bin/prettier
format: $(VENV)/dev ## write Python, templates, style sheets and scripts as `make lint` wants them
	$(PY) -m ruff format .
	-$(VENV)/bin/djhtml $(DJHTML)
	@if test -x $(PRETTIER); then $(PRETTIER) --write --log-level warn static tests/browser; fi

lint: $(VENV)/dev ## formatting, style, import contracts, dependencies
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/djhtml --check $(DJHTML)
	@if test -x $(PRETTIER); then $(PRETTIER) --check static tests/browser; \
	  else echo "npm is not here: style sheets and scripts are held to their widths by tests/test_sources.py alone."; fi
	$(VENV)/bin/lint-imports
	$(PY) -m pip check

# Every package with its hashes, for whatever machine; a production installs with `pip install --require-hashes`.
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade pyproject.toml
lock: $(VENV)/dev ## write down every package with its hashes
	$(VENV)/bin/$(LOCK) --extra redis --output-file requirements/run.txt
	$(VENV)/bin/$(LOCK) --extra dev --output-file requirements/dev.txt

audit: $(VENV)/dev ## ask the public advisories about every locked package
	@$(VENV)/bin/pip-audit --requirement requirements/run.txt --disable-pip --progress-spinner off \
	  || { echo "Known holes are named above; where nothing is, no source of advisories could be reached."; exit 1; }

types: $(VENV)/dev ## static types of the pure rooms
	$(PY) -m mypy

check: ## what CI runs
	bash .ci/run

bench: $(VENV)/run $(WORDS) ## the product beside the contestants (see docs/bench.md)
	bash tools/bench.sh
