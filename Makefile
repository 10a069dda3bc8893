# make run    index the sample reports and serve them on http://127.0.0.1:8000
# make test   lint, types and all tests
# make test-opensearch  all tests that need a cluster (a JDK 21 or newer, and Maven)
# make bench  the tables of bench/
# make bench-cluster [UNITS=300000]  those of a cluster beside what is written by hand for it (a JDK 21 or newer, and Maven)
# make opensearch [NODES=3] [HEAP=2g]  a cluster on this machine, to try the product with; make opensearch-stop ends it
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INDEX := .index/seeds
PORT ?= 8000
NODES ?= 1
HEAP ?= 512m
UNITS ?= 300000
CODE := $(shell find indexer search_app -name '*.py' -o -name '*.csv' -o -name '*.html' -o -name '*.css')
KERNELS := $(wildcard indexer/engines/columnar/kernels/*.[ch])
SEEDS := $(shell find seeds -type f)

.PHONY: run test test-opensearch lint types bench bench-cluster opensearch opensearch-stop clean

run: $(INDEX)/.made
	$(BIN)/baogao serve --index $(INDEX) --port $(PORT)

test: $(VENV)/.test lint types
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-opensearch: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m opensearch $(PYTEST_ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check .

types: $(VENV)/.test
	$(BIN)/mypy

bench: $(VENV)/.bench $(INDEX)/.made
	$(BIN)/python -m bench
	$(BIN)/python -m bench.compare --texts reports,laws --units 10000,100000
	$(BIN)/python -m bench.reading
	$(BIN)/python -m bench.load

bench-cluster: $(VENV)/.bench
	$(BIN)/python -m bench.cluster --units $(UNITS)

opensearch: $(VENV)/.python
	@$(BIN)/python -m cluster start --nodes "$(NODES)" --heap "$(HEAP)"

opensearch-stop: $(VENV)/.python
	@$(BIN)/python -m cluster stop

clean:
	@test ! -d .cache/opensearch || $(PYTHON) -m cluster stop
	rm -rf .cache $(VENV) .index build indexer/engines/columnar/kernels/kernels.bin *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(INDEX)/.made: $(VENV)/.installed $(CODE) $(SEEDS)
	$(BIN)/baogao index seeds --index $(INDEX) --rebuild
	@touch $@

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本;可用 make PYTHON=python3.11 指定" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: setup.cfg setup.py pyproject.toml $(KERNELS) | $(VENV)/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@

$(VENV)/.bench: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@
