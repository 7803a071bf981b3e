# Needs Python 3.11 or newer, make and git.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
TIME_LIMIT ?= 20s

.PHONY: help install demo test lint clean

help:
	@echo "make demo   plan a Friday night in a small made-up town, check it, and show where the files are"
	@echo "make test   run the tests"
	@echo "make lint   run the linters and the type checker"
	@echo "make clean  remove what these made"

# One environment for all targets; it is made anew when what the project needs has changed.
install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed, this is %s.%s' % sys.version_info[:2] if sys.version_info < (3, 11) else 0)"
	@echo "making an environment in $(VENV) and installing what is needed; this takes about a minute"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

demo: install
	$(BIN)/patrol plan instances/demo_town/night.yaml --out demo --time-limit $(TIME_LIMIT) --force
	$(BIN)/patrol check demo
	$(BIN)/patrol export geojson demo --out demo/plan.geojson --force
	@echo
	@echo "GPX for the units' terminals:  demo/gpx/"
	@echo "GeoJSON for a map program:     demo/plan.geojson"
	@echo "The plan for machines:         demo/plan.json"

test: install
	$(BIN)/python -m pytest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
