# Needs Python 3.11 or later (with venv), git and make; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
VENV := .venv/.made
RUN := .venv/.installed
TEST := .venv/.test-installed
AXE := .venv/.axe-installed
JOBS ?= 2

# A stamp newer than what it was made from means there is nothing to do: a second `make` is quick.
.PHONY: demo test test-all check bench docs stress clean

demo: $(RUN)
	@$(BIN)/gb demo

test: $(TEST)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not debian and not stress"

# What `make test` leaves out: lint, types, the generated docs, and the tests that need a Debian package.
test-all: check $(AXE)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "debian and not stress"

check: $(TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m docs.build --check

docs: $(TEST)
	$(BIN)/python -m docs.build

stress: $(TEST)
	GB_STRESS=1 $(BIN)/python -m pytest -n $(JOBS) tests/crash tests/property tests/audit tests/sync tests/book/test_chain.py tests/cli/test_every_question.py

bench: $(RUN)
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

$(VENV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gb-ledger needs Python 3.11 or later")'
	$(PYTHON) -m venv .venv
	@touch $@

$(RUN): $(VENV) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(TEST): $(RUN) requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

# axe's rules alone: the package would bring a browser of its own, and the tests drive Debian's.
$(AXE): $(TEST) requirements-axe.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-axe.txt
	@touch $@
