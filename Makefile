# Needs Python 3.11 or newer, make and git.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
TIME_LIMIT ?= 20s
# Of the benchmark: QUICK=1 for minutes instead of hours, DATA for a directory of real roads and incidents.
QUICK ?=
DATA ?=

.PHONY: help install demo pictures test lint bench-draws bench-cover bench-sites bench-toptw clean

help:
	@echo "make demo   plan a Friday night in a small made-up town, check it, and show where the files are"
	@echo "make test   run the tests"
	@echo "make lint   run the linters and the type checker"
	@echo "make pictures  draw the pictures of the documents anew from the demo town; needs Chromium and pdftoppm"
	@echo "make bench-cover  measure how near plans come to the proven best; QUICK=1 takes minutes instead of hours"
	@echo "make bench-draws  measure how much the plans of a draw differ, and what an observer can tell; QUICK=1 takes a minute"
	@echo "make bench-sites  measure the choice of points beside spopt and at the size of a city; QUICK=1 takes minutes"
	@echo "make bench-toptw  measure how visits are planned beside other people's solvers; QUICK=1 takes minutes, DATA=DIR adds published instances"
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
	$(BIN)/patrol export pdf demo --out demo/sheets.pdf --force
	@echo
	@echo "The shift on a map:            demo/map.html (open it in a browser)"
	@echo "A page a unit, to print:       demo/sheets.pdf"
	@echo "GPX for the units' terminals:  demo/gpx/"
	@echo "GeoJSON for a map program:     demo/plan.geojson"
	@echo "The plan for machines:         demo/plan.json"

# The pictures of the documents: the map of the demo town, and pages of its sheets.
pictures: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks.pictures
	$(BIN)/patrol plan instances/demo_town/night.yaml --out demo --work-limit 20000 --force --quiet > /dev/null
	$(BIN)/patrol export pdf demo --out demo/sheets.pdf --force
	pdftoppm -r 68 -singlefile -f 2 -png demo/sheets.pdf docs/sheet
	pdftoppm -r 68 -singlefile -f 1 -png demo/sheets.pdf docs/sheet_shift

# One process a core, of which one compiles the kernels; `python -m pytest` runs the same tests in one.
test: install
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Two and a half hours on two cores; with QUICK=1 less than five minutes, and nothing that is kept changes.
bench-cover: $(VENV)/.installed-bench
ifeq ($(QUICK),)
	$(BIN)/python -m benchmarks.cover --sizes S,M,L --seeds 1,2,3 --seconds 60
	$(BIN)/python -m benchmarks.cover --sizes S,M,L --seeds 1,2,3 --minutes 10 --methods patrolplan
	$(BIN)/python -m benchmarks.cover --sizes base,hotspots,units,hours,grid --seeds 1 --seconds 60 --methods patrolplan
ifneq ($(DATA),)
	$(BIN)/python -m benchmarks.cover.cities --data $(DATA) --seconds 60
endif
	$(BIN)/python -m benchmarks.cover.report --draw docs
else
	$(BIN)/python -m benchmarks.cover --sizes S,M,L --seeds 1 --seconds 10 --out out/cover.csv
endif

# Three minutes of a processor; with QUICK=1 one.
bench-draws: install
	$(BIN)/python -m benchmarks.draws --seconds 20 $(if $(QUICK),--quick)

# Half an hour; with QUICK=1 less than five minutes, and nothing that is kept changes. DATA is a directory with mclp_sjc and spopt_sf.
bench-sites: $(VENV)/.installed-bench
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.sites $(if $(DATA),--data $(DATA)) $(if $(QUICK),--quick --out out/sites.csv)

# Days on one core; runs that are kept are not made again. With QUICK=1 less than five minutes, and nothing that is kept changes.
bench-toptw: $(VENV)/.installed-bench
ifeq ($(QUICK),)
	$(BIN)/python -m benchmarks.toptw --cases towns --seconds 10,30,60 --seeds 1,2
else
	$(BIN)/python -m benchmarks.toptw --cases town-20x600-1,town-60x1000-1 --seconds 5 --methods patrolplan,PyVRP --out out/toptw.csv
endif
ifeq ($(DATA),)
	@echo "the published instances need DATA=DIR, the directory with them, see docs/benchmarks.md"
else ifeq ($(QUICK),)
	$(BIN)/python -m benchmarks.toptw --data $(DATA) --seconds 1,3,10,30,60 --seeds 1,2,3,4,5
	$(BIN)/python -m benchmarks.toptw --data $(DATA) --seconds 60 --methods patrolplan --cases 50_
else
	$(BIN)/python -m benchmarks.toptw --data $(DATA) --seconds 5 --cases quick --out out/toptw.csv
endif

$(VENV)/.installed-bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable ".[dev,bench]"
	touch $@

clean:
	rm -rf $(VENV) demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
