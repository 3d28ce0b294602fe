# make run    the local page on http://127.0.0.1:8403, with the sample recordings analysed
# make test   every check: format, lint, types, import contracts, tests in Python and in Chromium, the wheel
# make lint   the checks that run no test
# make bench  times the analysis, and redaction beside har-capture
# make agree  compares our verdicts with Chromium's on N made-up cases of each family (N=2000; SEED=1 repeats a run,
#             FAMILY=cors runs that one alone)
# make importers  opens redacted recordings with har-validator, mitmproxy and haralyzer (HARINSPECT_LAB and
#             HARINSPECT_CORPUS name folders with more of them)
# make clean  removes what the others made
#
# `make run PYTHON=python3.12` chooses the interpreter that .venv is made with.

BIN := .venv/bin
N := 2000
COVERAGE := --cov --cov-report=term --cov-fail-under=95 \
	--cover-fully=harinspect/wire --cover-fully=harinspect/inspectors

.PHONY: run test lint bench agree importers clean

run:
	@scripts/setup run
	@exec $(BIN)/harinspect demo

# pytest comes last: its summary closes the output.
test: lint
	@scripts/setup browser
	@scripts/setup importers
	@$(BIN)/pytest $(COVERAGE)

lint:
	@scripts/setup dev
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@told=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$told"; exit 1; }

bench:
	@scripts/setup dev
	@$(BIN)/python benchmarks/run.py
	@scripts/setup contender
	@$(BIN)/python benchmarks/redaction.py

agree:
	@scripts/setup dev
	@scripts/setup browser
	@$(BIN)/python -m tests.agreement --cases $(N) $(if $(SEED),--seed $(SEED)) $(addprefix --family ,$(FAMILY))

importers:
	@scripts/setup dev
	@scripts/setup importers
	@$(BIN)/pytest -q -rPs tests/test_importers.py

clean:
	@rm -rf .venv build dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find harinspect tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
