# make mutants: change the engine line by line and see that some test minds (about an hour on two cores).
# make docs: write again what is generated from the program and kept in the repository.
# make fuzz: give the gates inputs that are nearly rubrics or workbooks, spoiled evidence, files made to harm (15 minutes).
# make test-all: run all tests whole; of the large generated families make test runs a fixed sample. CI runs test-all.
# make proof: score thousands of rubrics with both engines and compare every cell (half an hour).
# make demo: set up and score the example. make test: set up and run the tests. make check: all that CI looks at beside.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test test-all check format docs bench fuzz proof mutants clean

demo: $(READY)
	@$(BIN)/dangjian score zhibu-xize-2 examples/zhibu-2024/证据.xlsx

test: $(READY)
	@$(BIN)/python -m pytest -n 2 --dist worksteal

test-all: $(READY)
	@DANGJIAN_TESTS=all $(BIN)/python -m pytest -n 2 --dist worksteal

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/dangjian validate rubrics

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	$(BIN)/python -m dangjian_score codes --format md --lang zh > docs/codes.md
	$(BIN)/dangjian schema --lang zh --output rubrics/rubric.schema.json

bench: $(READY)
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.speed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks.columns
	$(BIN)/python benchmarks/cohort.py

fuzz: $(READY)
	$(BIN)/python -m benchmarks.fuzz
	$(BIN)/python -m benchmarks.hostile
	$(BIN)/python -m benchmarks.fuzz_workbooks
	$(BIN)/python -m benchmarks.fuzz_evidence
	$(BIN)/python -m benchmarks.fuzz_compiled
	$(BIN)/python -m benchmarks.fuzz_audits
	$(BIN)/python -m benchmarks.hostile_workbooks

proof: $(READY)
	$(BIN)/python -m benchmarks.agreement
	$(BIN)/python -m benchmarks.agreement --spark --rubrics 40

mutants: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt mutmut
	$(BIN)/mutmut run --max-children 2
	$(BIN)/mutmut results

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更新 / needs Python 3.11 or newer")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)

clean:
	rm -rf $(VENV) dist build mutants .coverage* .mypy_cache .pytest_cache .ruff_cache
