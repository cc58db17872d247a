# Everything that people and CI do with a checkout. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Python 3.11 or newer; PYTHON=/path/to/python chooses another one.
PYTHON ?= $(firstword $(foreach name,python3.11 python3 python,$(shell command -v $(name) 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

# Sockets are for loopback only, also for what the tests start. Three processes: many tests wait for a source.
PYTEST := $(BIN)/pytest
TESTS ?= tests
WORKERS ?= 3

# What cannot know a service: neither connectors nor the engine may import Django, and the linter says so.
WITHOUT_SERVICES := tests/engine tests/architecture \
	$(filter-out tests/connectors/kit tests/connectors/thirdparty,$(patsubst %/,%,$(wildcard tests/connectors/*/)))

# The systems of other makers that `make real-test` installs and starts.
SYSTEMS ?= kinto wordpress vendure directus

export PORT DEMO_SYSTEMS_PORT DEMO_DIR
# The suite starts its programs a hundred times: what they are made of is compiled once.
test services-test browser-test: export PYTHONDONTWRITEBYTECODE =

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/.runs ## Start the hub with the demo company (PORT, DEMO_SYSTEMS_PORT, DEMO_DIR move it)
	@exec $(BIN)/python -m orchestrator.demo

.PHONY: test
test: $(VENV)/.tests ## Run the test suite (TESTS=tests/engine for a part)
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not browser and not services and not real" $(TESTS)

.PHONY: lint
lint: $(VENV)/.tests ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: services-test
services-test: $(VENV)/.tests ## Run the same suite on PostgreSQL, Redis and RabbitMQ (see .ci/services)
	source .ci/services && $(PYTEST) -n $(WORKERS) --dist worksteal -m "not browser and not real" $(TESTS) \
		$(addprefix --ignore=,$(WITHOUT_SERVICES))

.PHONY: browser-test
browser-test: $(VENV)/.tests ## Drive the admin in Chromium
	.ci/browser
	$(PYTEST) -n 2 --dist worksteal -m browser tests/browser

.PHONY: real-test
real-test: $(VENV)/.tests ## Drive connectors against the real systems, on loopback (SYSTEMS="kinto" for some)
	$(BIN)/python -m tests.real.install $(SYSTEMS)
	REAL_SYSTEMS="$(SYSTEMS)" $(BIN)/python -m tests.real.table -n $(WORKERS) --dist loadgroup tests/real

.PHONY: bench
bench: $(VENV)/.tests ## Measure what an answer costs, beside floors of the same run (needs wrk and taskset)
	@$(BIN)/python -m tests.bench

.PHONY: pictures
pictures: $(VENV)/.tests ## Take docs/images from a running demo (HUB, SYSTEMS, PASSWORD as `make demo` printed them)
	$(BIN)/python -m tests.browser.pictures $(or $(HUB),http://127.0.0.1:8000) $(or $(SYSTEMS),http://127.0.0.1:8801) $(PASSWORD)

.PHONY: openapi
openapi: $(VENV)/.runs ## Write the delivery API's OpenAPI document to build/openapi.json
	mkdir -p build
	DEBUG=1 DATA_DIR=build/data $(BIN)/python manage.py spectacular --validate --fail-on-warn \
		--format openapi-json --file build/openapi.json

.PHONY: contract-table
contract-table: $(VENV)/.tests ## Print which connector holds which case of the contract
	$(BIN)/python -m connectors.sdk.testing.table

.PHONY: conformance
conformance: $(VENV)/.tests ## Run the contract and write what holds into each connector's package
	$(BIN)/python -m connectors.sdk.testing.table --record $(patsubst connectors/%/simulator.py,tests/connectors/%,$(wildcard connectors/*/simulator.py))

.PHONY: clean
clean: ## Remove the virtual environment and what builds leave
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try PYTHON=/path/to/python."; exit 1; }
	$(if $(UV),$(UV) venv --quiet --python $(PYTHON) $(VENV),$(PYTHON) -m venv $(VENV))

# The lock files decide what is installed, byte for byte; our own package comes from the checkout.
$(VENV)/.runs: requirements.txt requirements.in pyproject.toml | $(VENV)/bin/python
	$(call install,requirements.txt)
	$(call install_own)
	@touch $@

$(VENV)/.tests: requirements-dev.txt $(VENV)/.runs
	$(call install,requirements-dev.txt)
	@touch $@

ifneq ($(UV),)
install = $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(1)
install_own = $(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
install = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
install_own = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
