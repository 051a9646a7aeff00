# Room 110.  `make` alone prints what there is.
#
# Everything runs in .venv, made by deploy/install.sh from constraints.txt; a second run is quick.
# PYTHON=... names another interpreter for a new environment; ARGS=... goes to the program run.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
FUZZ_SECONDS ?= 60
MORNINGS ?= 4000

.DEFAULT_GOAL := help
.PHONY: help run monitoring-demo test fuzz laws mutants check pytest docs screenshots bench-janus soak lock clean install debian-packages

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## a whole conference here: the service and 63 synthetic sites
	@$(BIN)/room110 demo $(ARGS)

# ARGS="--divide 1" waits as long as the rules of deploy/ do; ARGS="--sites 9" is for a small machine.
monitoring-demo: debian-packages install ## a conference, its Prometheus, and three lines that break
	@$(BIN)/room110 bench alarms $(ARGS)

test: debian-packages check pytest ## everything a change must pass (ARGS="-k words" for pytest)

check: install ## format, lint, types and the rules of the house; no media, well under a minute
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/architecture

pytest: install
	$(BIN)/python -m pytest --durations=10 $(ARGS)

# atheris is no part of the environment: not every Python has it, and then chance looks instead.
fuzz: install ## look for bytes that a door does not take, FUZZ_SECONDS each (ARGS="rtp sdp" for some)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade \
	    --target build/atheris atheris==3.0.0 || echo "no atheris here: by chance"
	@PYTHONPATH=build/atheris $(BIN)/python -m tests.fuzz $(FUZZ_SECONDS) $(ARGS)

laws: install ## MORNINGS conferences by chance, every law after every event; a commit tries 200
	ROOM110_MORNINGS=$(MORNINGS) $(BIN)/python -m pytest -q -o faulthandler_timeout=0 \
	    tests/bridge/conference/test_laws.py $(ARGS)

# All of them take three quarters of an hour on two cores: ARGS="giving.py" tries those of one module, ARGS="--sample 60" some.
# What may survive, and why, stands in tests/mutants/explained.py.
mutants: install ## would the tests notice if a rule of the core were another?
	@$(BIN)/python -m tests.mutants $(ARGS)

docs: install ## write anew the documents and dashboards that are printed from code
	$(BIN)/python -m tests.support.documents
	$(BIN)/python -m monitoring.dashboards

screenshots: debian-packages install ## pictures of the pages with a conference running
	$(BIN)/python -m tests.support.screenshots

bench-janus: install ## Room 110 beside Janus, as root; writes the table of docs/performance.md
	@bench/janus/prepare.sh
	@$(BIN)/python -m bench.janus --write docs/performance.md $(ARGS)

soak: install ## half an hour of coming and going; memory, and what is left over
	@$(BIN)/room110 bench soak --json $(ARGS)

lock: ## resolve pyproject.toml anew into constraints.txt
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check pip-tools==7.6.2
	CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/pip-compile --quiet --upgrade \
	    --extra dev --build-deps-for editable --generate-hashes --allow-unsafe --strip-extras \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
	    --output-file constraints.txt pyproject.toml

clean: ## remove everything that can be made again, the environment too
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install:
	@PYTHON=$(PYTHON) VENV=$(VENV) deploy/install.sh

debian-packages:
	@deploy/debian-packages.sh fonts-dejavu-core chromium prometheus prometheus-alertmanager coturn
