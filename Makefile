# Works with GNU make 3.81 and newer. `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
WORKERS ?= auto
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
SAM_TRANSLATOR := tests/support/requirements.txt
REFERENCE := $(subst $(VENV),.reference-venv,$(BIN))
CLIENTS := .client-3.8.8-venv/stamp .client-3.2.0-venv/stamp .client-aws-venv/stamp
PACKAGE := from importlib.util import find_spec; print(*find_spec('prefect').submodule_search_locations)
SAM := SAM_CLI_TELEMETRY=0 $(subst $(VENV),.sam-venv,$(BIN))/sam
INSTALL := -m pip install --quiet --disable-pip-version-check
COMPILE := $(subst $(VENV),.pins-venv,$(BIN))/uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --custom-compile-command 'make pins' $(ARGS)
REHEARSAL := .ministack-venv/stamp .lambda-venv/stamp
LAMBDA_PYTHON = $(shell python3.13 -c 'import sys; print(sys.executable)' 2>/dev/null)
DATABASE := local/node_modules/.package-lock.json

.PHONY: help run ui test faults check format openapi bench conformance clients recount keys import export retention pins sam rehearsal clean

help: ## list these targets
	@sed -n 's/^\([a-z ]*\):[^#]*## /  make \1	/p' Makefile

run: $(VENV)/local.stamp $(DATABASE) ## start the local server (PORT, HOST, DATA, AUTH, AUTHENTICATION, SOCKETS, DYNAMODB_ENDPOINT)
	@exec $(BIN)/python -m local

ui: $(VENV)/local.stamp .reference-venv/stamp ## serve Prefect's UI for the local server (UI_PORT, HOST, PREFECT_API_URL)
	@exec $(BIN)/python -m local.ui "$$($(REFERENCE)/python -c "$(PACKAGE)")"

# `WORKERS=auto` means three for two processors (tests/conftest.py), for tests also wait.
# With bytecode, workers and the servers that tests start need not compile all they import each time.
test: $(VENV)/dev.stamp $(DATABASE) ## run the tests (ARGS="-k word" selects some, WORKERS=0: in one process)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

faults: $(VENV)/dev.stamp $(DATABASE) ## let each DynamoDB call of each function meet each kind of fault: some minutes
	@FAULTS=all $(BIN)/python -m pytest -n $(WORKERS) tests/faults $(ARGS)

check: $(VENV)/dev.stamp ## check format, lint, types, import contracts, template, the domain's coverage
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint template.yaml
	$(BIN)/coverage run -m pytest --quiet --hypothesis-seed=0 tests/domain
	$(BIN)/coverage report

format: $(VENV)/dev.stamp ## format the code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

openapi: $(VENV)/dev.stamp ## make the OpenAPI document from the routes and functions
	@$(BIN)/python -m openapi

bench: $(VENV)/dev.stamp $(DATABASE) .reference-venv/stamp ## measure time and DynamoDB units per request, beside the reference
	@$(BIN)/python -m tests.bench $(ARGS)

conformance: $(VENV)/dev.stamp $(DATABASE) .reference-venv/stamp ## send the same requests to Runledger and the reference, compare the answers
	@$(BIN)/python -m tests.conformance $(ARGS)

clients: $(VENV)/dev.stamp $(DATABASE) .reference-venv/stamp $(CLIENTS) ## run programs with unmodified Prefect, check the API's record of them
	@$(BIN)/python -m tests.conformance.clients $(ARGS)

recount: $(VENV)/local.stamp $(DATABASE) ## repair the counts by state of a table (TABLE_NAME, DYNAMODB_ENDPOINT, DATA)
	@exec $(BIN)/python -m recount

keys: $(VENV)/local.stamp $(DATABASE) ## add, list and revoke keys (ARGS="add etl --scope write"; STACK, or DATA, DYNAMODB_ENDPOINT)
	@$(BIN)/python -m keys $(ARGS)

# `export` may not begin a line: it is a word of make.
import export: $(VENV)/local.stamp $(DATABASE) ## move a table's items, ARGS="runs.jsonl" (TABLE_NAME, DYNAMODB_ENDPOINT, DATA, STACK)
	@exec $(BIN)/python -m transfer $@ $(ARGS)

retention: $(VENV)/local.stamp $(DATABASE) ## let finished runs leave, also those that ended before it was set (STACK, or RUN_RETENTION_DAYS and as above)
	@exec $(BIN)/python -m retention

pins: .pins-venv/stamp ## pin all packages of pyproject.toml and requirements.in, with hashes (ARGS=--upgrade)
	for layer in dependencies encryption; do \
	  (cd layers/$$layer && ../../$(COMPILE) requirements.in --output-file requirements.txt) || exit 1; done
	$(COMPILE) pyproject.toml --extra local --constraint layers/dependencies/requirements.txt \
	  --constraint layers/encryption/requirements.txt \
	  --output-file requirements/local.txt
	$(COMPILE) pyproject.toml --extra local --extra dev --constraint requirements/local.txt \
	  --output-file requirements/dev.txt

sam: .sam-venv/stamp ## validate the template, build for `sam deploy` and `sam local`
	$(SAM) validate --lint
	$(SAM) build

rehearsal: $(VENV)/dev.stamp $(REHEARSAL) .sam-venv/stamp .reference-venv/stamp ## deploy to an AWS on loopback that enforces the roles, use all of it
	@exec $(BIN)/python -m tests.rehearsal $(ARGS)

clean: ## remove the tools' files; keep the database in .runledger/
	rm -rf $(VENV) .reference-venv .client-*-venv .sam-venv .pins-venv .ministack-venv .lambda-venv .aws-sam local/node_modules build
	rm -rf .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf layers/runledger/python/*.egg-info
	find examples functions keys layers local openapi recount retention tests transfer -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Runledger needs Python 3.11 or newer: make PYTHON=python3.13 ...' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/local.stamp: $(VENV)/pyvenv.cfg pyproject.toml requirements/local.txt
	@echo 'Installing into $(VENV) (once) ...'
	@$(BIN)/python $(INSTALL) --require-hashes --requirement requirements/local.txt
	@$(BIN)/python $(INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/local.stamp requirements/dev.txt $(SAM_TRANSLATOR)
	@echo 'Installing the tools into $(VENV) (once) ...'
	@$(BIN)/python $(INSTALL) --require-hashes --requirement requirements/dev.txt
	@$(BIN)/python $(INSTALL) --no-deps --require-hashes --requirement $(SAM_TRANSLATOR)
	@touch $@

# Without dynoxide the local server and the tests print which database they use instead. npm succeeds
# even if an optional package is not available: then the next make tries again.
$(DATABASE): local/package-lock.json
	@npm ci --prefix local --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=1000 \
	  >/dev/null 2>&1; \
	if ls local/node_modules/@dynoxide/*/dynoxide* >/dev/null 2>&1; then touch $@; else rm -f $@; fi

.sam-venv/stamp:
	@echo 'Installing the SAM CLI into .sam-venv (once) ...'
	@$(PYTHON) -m venv .sam-venv
	@$(subst $(VENV),.sam-venv,$(BIN))/python $(INSTALL) aws-sam-cli==1.170.0
	@touch $@

.pins-venv/stamp:
	@echo 'Installing uv into .pins-venv (once) ...'
	@$(PYTHON) -m venv .pins-venv
	@$(subst $(VENV),.pins-venv,$(BIN))/python $(INSTALL) uv==0.13.9
	@touch $@

.ministack-venv/stamp: tests/rehearsal/requirements.txt
	@echo 'Installing ministack into .ministack-venv (once) ...'
	@$(PYTHON) -m venv .ministack-venv
	@$(subst $(VENV),.ministack-venv,$(BIN))/python $(INSTALL) --requirement $<
	@touch $@

# The Python of the rehearsal's functions: Lambda's, if there is one, with what Lambda brings.
.lambda-venv/stamp: pyproject.toml
	@$(or $(LAMBDA_PYTHON),$(PYTHON)) -m venv .lambda-venv
	@$(subst $(VENV),.lambda-venv,$(BIN))/python $(INSTALL) \
	  "$$(sed -n 's/^ *"\(boto3==[^"]*\)".*/\1/p' pyproject.toml)"
	@touch $@

.reference-venv/stamp: tests/conformance/requirements.txt
	@echo 'Installing the reference into .reference-venv (once) ...'
	@$(PYTHON) -m venv .reference-venv
	@$(REFERENCE)/python $(INSTALL) --requirement $< || { \
	  echo 'Prefect could not be installed: see the error of pip above.' >&2; exit 1; }
	@touch $@

.client-%-venv/stamp: tests/conformance/requirements-%.txt
	@echo 'Installing another client, $*, into .client-$*-venv (once) ...'
	@$(PYTHON) -m venv .client-$*-venv
	@$(subst $(VENV),.client-$*-venv,$(BIN))/python $(INSTALL) --requirement $<
	@touch $@
