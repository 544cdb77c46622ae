# Two commands are enough: `make demo` shows the station, `make test` checks everything.
PY := .venv/bin/python
FULL ?=
ONCE ?=
OUT ?= out/demo
WORKERS ?= 2
CORE = tests/unit/identity tests/unit/stock tests/unit/counting tests/unit/reconcile tests/unit/exchange \
  tests/unit/reports tests/unit/station tests/unit/drivers/test_[!c]*.py tests/unit/drivers/camera/test_images.py \
  tests/unit/test_command_line.py tests/integration/store tests/integration/reconcile tests/integration/cli

.PHONY: demo real test proof lowest check e2e bench fuzz format pins clean screenshot

demo: .venv/.run                      ## the demo warehouse; ONCE=1 runs it without a person
	.venv/bin/scanstation demo $(if $(ONCE),--once,) --out $(OUT)

real: .venv/.test                     ## the same main job on the shared real material
	.venv/bin/scanstation demo --real --out out/real

test: .venv/.test check               ## every check and test, heavy repetitions at a small count
	$(PY) -m pytest -n $(WORKERS) --dist worksteal -q

proof: .venv/.test                    ## the same tests at full count: those that have more to run then
	SCANSTATION_FULL=1 $(PY) -m pytest -n $(WORKERS) --dist worksteal -q -m counted --timeout 1500

lowest: .venv-lowest/.lowest          ## the tests of the core on the lowest versions that pyproject.toml allows
	.venv-lowest/bin/python -m pytest -n $(WORKERS) --dist worksteal -q -p no:cacheprovider -k "not spark" $(CORE)

check: .venv/.test                    ## formatting, lint, types, floors of the house
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports

e2e: .venv/.test                      ## only the tests of the page in a real browser
	$(PY) -m pytest -n $(WORKERS) -q tests/e2e

bench: .venv/.test                    ## every figure that README states, with its peers in the same run
	missed=; for file in $(filter-out bench/test_time.py,$(wildcard bench/*.py)); do echo "== $$file"; $(PY) $$file || missed="$$missed $$file"; done; \
	  test -z "$$missed" || { echo "a bar is missed in:$$missed"; exit 1; }

fuzz: .venv/.test                     ## ten million random and mutated payloads, resumable
	SCANSTATION_FUZZ_ROUNDS=1000 $(PY) -m pytest -n $(WORKERS) -q tests/fuzz --timeout 0

screenshot: .venv/.test               ## README's picture of the station
	SCANSTATION_SCREENSHOT=docs/img/station.png $(PY) -m pytest -q tests/e2e -k screenshot

format: .venv/.test
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

COMPILE = .venv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11

pins: .venv/.test                     ## compile requirements/*.in with hashes, without index lines
	.venv/bin/pip install -q uv
	for name in build base dev; do $(COMPILE) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	$(COMPILE) --upgrade --resolution lowest-direct --all-extras pyproject.toml requirements/lowest.in -o requirements/lowest.txt

.venv/.run: requirements/build.txt requirements/base.txt pyproject.toml setup.sh
	sh setup.sh run

.venv/.test: requirements/build.txt requirements/base.txt requirements/dev.txt pyproject.toml setup.sh tests/wire/llrp/package-lock.json tests/wire/llrp/sllurp.txt tests/integration/labels/package-lock.json tests/pictures/package-lock.json
	sh setup.sh test

.venv-lowest/.lowest: requirements/lowest.txt pyproject.toml setup.sh
	sh setup.sh lowest

clean:
	rm -rf .venv .venv-lowest tests/wire/llrp/node_modules tests/integration/labels/node_modules tests/pictures/node_modules build dist out var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
